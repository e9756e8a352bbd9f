"""Adding a function of one's own to the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.tables.rows import Elementwise, Interval, Partial, enter
from einsgrad.expressions.vocabulary.words import apply


def define(
    name: str,
    numpy: Callable[..., Any],
    *partials: Partial,
    domain: Sequence[Interval] | None = None,
    latex: str = "",
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
    intervals = tuple(domain) if domain is not None else ((0.2, 3.0),) * len(partials)
    slots = ", ".join(f"{{{number}}}" for number in range(len(partials)))
    shown = latex or rf"\\operatorname{{{{{name}}}}}({slots})".replace("\\\\", "\\")
    row = enter(Elementwise(name, numpy, partials, intervals, shown))

    def function(*arguments: Any) -> Expr:
        return apply(row, *arguments)

    function.__name__ = function.__qualname__ = name
    return function
