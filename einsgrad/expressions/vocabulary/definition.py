"""Adding a function of one's own to the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from unicodedata import normalize

from einsgrad.errors import ArgumentError, ArgumentTypeError, as_flag, as_sequence, as_text, clip
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.tables.entering import enter
from einsgrad.expressions.tables.properties import Bounds
from einsgrad.expressions.tables.rows import PARAMETERS, Elementwise, Interval, Partial
from einsgrad.expressions.tables.spellings import Form, Given
from einsgrad.expressions.vocabulary.application import function_of
from einsgrad.expressions.vocabulary.numpy_table import function_named, numpy_functions


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
    analytic: bool = False,
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
    analytic
        Whether it is complex differentiable, so that it has derivatives in complex variables.
    public
        Whether it is an attribute of `einsgrad` from now on.

    Returns
    -------
    callable
        The function, of expressions.

    Raises
    ------
    ArgumentError
        If the name is taken, or an option does not fit the arguments.
    ArgumentTypeError
        If a function is expected and something else is given.

    Examples
    --------
    >>> import einsgrad as eg
    >>> import numpy as np
    >>> cube = eg.define("cube", lambda x: x**3, lambda m, x, y: 3 * m.square(x))
    >>> (x,) = eg.variables("x[n]")
    >>> eg.grad(eg.sum(cube(x)), x)
    3 * "n,n->n"(x, x)
    """
    _check_name(name)
    name = str.__str__(name)
    _check_functions(numpy, partials)
    as_text(kinks, "kinks")
    row = Elementwise(
        name,
        Given(numpy),
        partials,
        _intervals(domain, len(partials)),
        as_text(latex, "latex"),
        kinks=kinks,
        public=(name,) if as_flag(public, "public") else (),
        torch=Form(torch) if as_text(torch, "torch") else None,
        jax=Form(jax) if as_text(jax, "jax") else None,
        bounds=None if bounds is None else Bounds(*_interval(bounds, "bounds")),
        analytic=as_flag(analytic, "analytic") or None,
    )
    _check_forms(row, {"latex": latex, "torch": torch, "jax": jax})
    enter(row)
    return function_of(row)


def _check_name(name: str) -> None:
    """Refuse a name that is read as another function."""
    if not isinstance(name, str):
        raise ArgumentTypeError(f"a name is expected, not {clip(name)}. Give a string.")
    if function_named(name) is not None or name in numpy_functions():
        raise ArgumentError(f"{clip(name)} is taken. Choose another name.")
    if normalize("NFKC", name) != name:
        raise ArgumentError(f"{clip(name)} is read as {clip(normalize('NFKC', name))}. Write that.")


def _check_functions(numpy: object, partials: Sequence[object]) -> None:
    if not callable(numpy):
        raise ArgumentTypeError(f"the value is a function of arrays, not {clip(numpy)}.")
    for partial in partials:
        if partial is not None and not callable(partial):
            raise ArgumentTypeError(
                "a derivative is a function of m, the arguments and the value, not "
                f"{clip(partial)}. Give None where it is zero."
            )


def _intervals(domain: Sequence[Interval] | None, arity: int) -> tuple[Interval, ...]:
    if domain is None:
        return ((0.2, 3.0),) * arity
    return tuple(_interval(one, "domain") for one in as_sequence(domain, "domain"))


def _interval(given: object, option: str) -> Interval:
    """Read two numbers, the smaller first."""
    match given:
        case (int() | float() as low, int() | float() as high) if low <= high:
            return low, high
        case _:
            raise ArgumentError(
                f"{option}: two numbers are expected, the smaller first, not {clip(given)}."
            )


def _check_forms(row: Elementwise, forms: dict[str, str]) -> None:
    """Refuse text with places that are none of the arguments."""
    letters = PARAMETERS[: row.arity]
    for option, text in forms.items():
        places = [f"{{{n}}}" for n in (range(row.arity) if option == "latex" else letters)]
        try:
            text.format(*letters, **dict(zip(letters, letters, strict=True)))
        except (LookupError, ValueError, AttributeError, TypeError) as error:
            raise ArgumentError(
                f"{option}={clip(text)} has places that are no arguments ({error!r}). Write "
                f"{', '.join(places)} for the arguments, and braces of the text itself twice."
            ) from error
