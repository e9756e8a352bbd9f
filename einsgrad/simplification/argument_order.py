"""The order of the arguments of functions that commute: `maximum(0, x)` is `maximum(x, 0)`."""

from __future__ import annotations

from einsgrad.expressions.base import Key
from einsgrad.expressions.nodes import Constant, Expr, Map
from einsgrad.expressions.tables.elementwise import IMAG


def arguments_in_order(node: Map) -> Expr | None:
    """Exchange the arguments of a function that commutes, with numbers and imaginary parts last.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y = eg.variables("x y")
    >>> arguments_in_order(eg.maximum(0, x)), arguments_in_order(eg.maximum(x, y))
    (maximum(x, 0), None)
    """
    if not node.function.commutes:
        return None
    ordered = sorted(node.operands, key=_place_of_argument)
    return None if ordered[0] is node.operands[0] else Map(node.function, tuple(ordered))


def _place_of_argument(argument: Expr) -> tuple[bool, bool, Key]:
    is_imag = isinstance(argument, Map) and argument.function is IMAG
    return isinstance(argument, Constant), is_imag, argument.key
