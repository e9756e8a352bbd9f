"""Columns that many rows share, and the intervals that their arguments are drawn from."""

from __future__ import annotations

from typing import Any

from einsgrad.expressions.tables.entering import enter
from einsgrad.expressions.tables.rows import PARAMETERS, Elementwise, Interval, Partial
from einsgrad.expressions.tables.spellings import Form, Ufunc

LINE: Interval = (-3.0, 3.0)
POSITIVE: Interval = (0.2, 3.0)
UNIT: Interval = (-0.9, 0.9)


def everywhere(name: str, arity: int = 1) -> dict[str, Any]:
    """Return the columns of a ufunc that numpy, torch and jax have under the name of the row.

    Examples
    --------
    >>> everywhere("tanh")["torch"], everywhere("tanh")["shares"]
    (Form(text='torch.tanh({x})', numbers=(), needs=()), False)
    """
    places = ", ".join(f"{{{parameter}}}" for parameter in PARAMETERS[:arity])
    return {
        "numpy": Ufunc(name),
        "torch": Form(f"torch.{name}({places})"),
        "jax": Form(f"jnp.{name}({places})"),
        "public": (name,),
        "numpy_names": (name,),
        "shares": False,
    }


def unary(name: str, partial: Partial, domain: Interval = LINE, **columns: Any) -> Elementwise:
    """Enter a function of one argument."""
    row = Elementwise(name, partials=(partial,), domain=(domain,), **columns)
    enter(row)
    return row


def analytic(name: str, partial: Partial, domain: Interval = LINE, **columns: Any) -> Elementwise:
    """Enter a function of one argument that is complex differentiable."""
    return unary(name, partial, domain, analytic=True, **columns)


def binary(
    name: str,
    first: Partial,
    second: Partial,
    domain: tuple[Interval, Interval] = (LINE, LINE),
    **columns: Any,
) -> Elementwise:
    """Enter a function of two arguments, with its derivative in each."""
    row = Elementwise(name, partials=(first, second), domain=domain, **columns)
    enter(row)
    return row
