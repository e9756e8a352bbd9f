"""What an expression is not: a number, an array of numpy, a set, a place to write into.

Python and code in C ask an object for such things unseen. What they would make of an
expression is a constant or an array that holds it as one object, so each of them is refused,
with a remedy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from einsgrad.errors import ArgumentError, ArgumentTypeError, clip

if TYPE_CHECKING:
    from einsgrad.expressions.dims import Shape
    from einsgrad.expressions.nodes import Expr

_NO_VALUE = "has no value while an expression is built"
_FUNCTIONAL = (
    "Write numpy.concatenate([x, y]) or numpy.stack([x, y]), or y = numpy.zeros_like(x) and "
    "y = y.at[key].set(x)"
)
_SHIFTS = "Multiply by a power of 2, or divide by one."


class Refusing:
    """Refuses what would make an expression a number, an array or a set."""

    __slots__ = ()

    shape: Shape

    def _no_number(self) -> ArgumentTypeError:
        # numpy asks for a float also where y[key] = x writes one into an array.
        return ArgumentTypeError(
            f"{clip(self)} {_NO_VALUE}, so it is no number, and none that y[key] = x could have "
            f"written into an array of numpy. Evaluate it on arrays. {_FUNCTIONAL}."
        )

    def __float__(self) -> float:
        raise self._no_number()

    def __int__(self) -> int:
        raise self._no_number()

    def __complex__(self) -> complex:
        raise self._no_number()

    def __index__(self) -> int:
        # numpy takes a TypeError for "no number" and goes on with the next guess: an array.
        raise ArgumentError(
            f"{clip(self)} is no index of a list and no size: it {_NO_VALUE}. Evaluate it on "
            "arrays, or use einsgrad.take(array, index, axis)."
        )

    def __format__(self, specification: str) -> str:
        if specification:
            raise self._no_number()
        return str(self)

    def __array__(self, dtype: Any = None, copy: Any = None) -> NoReturn:
        # Which of these it was is not told: numpy only asks for an array.
        raise ArgumentTypeError(
            f"{clip(self)} cannot become an array of numpy: numpy.asarray, numpy.array of a list, "
            "methods of arrays and other code that takes values were given an expression, or it "
            f"is written into an array (y[key] = x) or the index of one (a[x]). {_FUNCTIONAL}, "
            "einsgrad.take(a, x, axis), B @ x in place of B.dot(x), or call a function that "
            "numpy_functions() lists with the expression itself."
        )

    def __contains__(self, entry: object) -> bool:
        raise ArgumentTypeError(
            f"whether {clip(entry)} is in {clip(self)} depends on data that is not known while "
            "an expression is built. Use where(condition, a, b)."
        )

    def __setitem__(self, key: object, value: object) -> None:
        raise ArgumentTypeError(
            f"{clip(self)}[...] = ...: an expression is not written into. Write "
            "x = x.at[key].set(value), with .add(value) for +=, or where(mask, new, x)."
        )

    def _no_operation(self, name: str, remedy: str) -> ArgumentTypeError:
        return ArgumentTypeError(f"{name} of {clip(self)} is not supported. {remedy}")

    def __lshift__(self, other: object) -> Expr:
        raise self._no_operation("a << b", _SHIFTS)

    def __rshift__(self, other: object) -> Expr:
        raise self._no_operation("a >> b", _SHIFTS)

    __rlshift__ = __lshift__
    __rrshift__ = __rshift__
