"""Adding a function of one's own to the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.tables.rows import Bounds, Elementwise, Interval, Partial, enter
from einsgrad.expressions.tables.spellings import Form, Given
from einsgrad.expressions.vocabulary.application import function_of


def define(
    name: str,
    numpy: Callable[..., Any],
    *partials: Partial,
    domain: Sequence[Interval] | None = None,
    latex: str = "",
    kinks: str = "",
    torch: str = "",
    jax: str = "",
    bounds: tuple[float, float] | None = None,
    public: bool = False,
) -> Callable[..., Expr]:
    """Add an elementwise function; it is differentiated, printed and evaluated like the others.

    Parameters
    ----------
    name
        Its name.
    numpy
        Its value on arrays.
    partials
        For each argument its derivative, as a function of the namespace `m` (all of
        einsgrad's functions), the arguments and the value; None where it is zero.
    domain
        For each argument an interval of values, for random tests; by default (0.2, 3).
    latex
        How it is set, with `{0}`, `{1}` for the arguments; by default its name.
    kinks
        What the derivative is where there is none, in words.
    torch, jax
        Its value in code for these libraries, with `{x}`, `{y}`, `{z}` for the arguments.
    bounds
        Numbers that the values lie between for real arguments.
    public
        Whether it is an attribute of `einsgrad` from now on.

    Returns
    -------
    callable
        The function, of expressions.

    Raises
    ------
    ArgumentError
        If the name is taken.

    Examples
    --------
    >>> import einsgrad as eg
    >>> import numpy as np
    >>> cube = eg.define("cube", lambda x: x**3, lambda m, x, y: 3 * m.square(x))
    >>> (x,) = eg.variables("x[n]")
    >>> eg.grad(eg.sum(cube(x)), x)
    3 * "n,n->n"(x, x)
    """
    row = Elementwise(
        name,
        Given(numpy),
        partials,
        tuple(domain) if domain is not None else ((0.2, 3.0),) * len(partials),
        latex,
        kinks=kinks,
        public=(name,) if public else (),
        torch=Form(torch) if torch else None,
        jax=Form(jax) if jax else None,
        bounds=None if bounds is None else Bounds(*bounds),
    )
    enter(row)
    return function_of(row)
