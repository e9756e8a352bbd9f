"""A `δ` without indices, as it is printed beside a tensor: `inverse(δ - A)`."""

from __future__ import annotations

from dataclasses import dataclass

from einsgrad.errors import ArgumentError
from einsgrad.expressions.base import Node
from einsgrad.expressions.dims import Shape
from einsgrad.expressions.nodes import Expr, Number
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.vocabulary import words


@dataclass(frozen=True, slots=True)
class UnsizedDelta:
    """A delta times a number: what stands beside it tells its dim.

    Parameters
    ----------
    factor
        The number.
    """

    factor: Number = 1

    def __repr__(self) -> str:
        return "δ" if self.factor == 1 else f"{self.factor} * δ"

    def sized(self, shape: Shape) -> Expr:
        """Return it with the axes of a tensor that stands beside it.

        Raises
        ------
        ArgumentError
            If they are no axes of a delta.

        Examples
        --------
        >>> UnsizedDelta(2).sized(("n", "n"))
        2 * eye("n")
        """
        if len(shape) < 2 or len(set(shape)) > 1:
            raise ArgumentError(
                f"a δ has axes of one dim, and here they are [{','.join(map(str, shape))}]. "
                "Write eye(n), or give indices."
            )
        delta = Delta(shape[0], len(shape))
        return delta if self.factor == 1 else words.multiply(self.factor, delta)


def scaled_delta(sign: str, left: object, right: object) -> UnsizedDelta | None:
    """Multiply or divide an unsized delta by a number; None for anything else.

    Examples
    --------
    >>> scaled_delta("*", 2, UnsizedDelta()), scaled_delta("+", 2, UnsizedDelta())
    (2 * δ, None)
    """
    match sign, left, right:
        case "*", UnsizedDelta(factor=factor), int() | float() | complex():
            return UnsizedDelta(factor * right)
        case "*", int() | float() | complex(), UnsizedDelta(factor=factor):
            return UnsizedDelta(left * factor)
        case "/", UnsizedDelta(factor=factor), int() | float() | complex() if right:
            return UnsizedDelta(factor / right)
        case _:
            return None


def sized_deltas(sign: str, left: object, right: object) -> tuple[object, object]:
    """Give an unsized delta the axes of the tensor on the other side of an operator.

    Raises
    ------
    ArgumentError
        If there is no tensor on the other side, or its axes are of several dims.
    """
    match left, right:
        case UnsizedDelta(), Node(shape=shape):
            return left.sized(shape[-2:][:1] * 2 if sign == "@" else shape), right
        case Node(shape=shape), UnsizedDelta():
            return left, right.sized(shape[-1:] * 2 if sign == "@" else shape)
        case _:
            raise ArgumentError("the dim of δ cannot be told. Write eye(n), or give indices.")
