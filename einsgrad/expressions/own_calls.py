"""Functions of whole arrays that a user gave, and calls of them: what a node of theirs holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from einsgrad.errors import ShapeError, clip


@dataclass(frozen=True, eq=False, slots=True)
class OwnFunction:
    """A function of whole arrays, and the pullback that its user wrote.

    Parameters
    ----------
    name
        Its name in messages and where it is printed.
    value
        Its value on arrays.
    pullback
        Maps a cotangent, the value and the arguments to a cotangent for each argument.
    """

    name: str
    value: Callable[..., Any]
    pullback: Callable[..., Any]

    def cotangents(self, cotangent: Any, value: Any, *arguments: Any) -> tuple[Any, ...]:
        """Return what the pullback gives, which may return a single cotangent by itself."""
        found = self.pullback(cotangent, value, *arguments)
        return tuple(found) if isinstance(found, tuple | list) else (found,)


@dataclass(frozen=True, slots=True)
class OwnCall:
    """How a function is called: which of its arguments are operands, and what the others are.

    Parameters
    ----------
    function
        The function.
    others
        The arguments that are no operands, each with its place and what tells it from its equals.
    count
        The number of arguments.
    kinds
        The kind of each operand as a letter of numpy's; programs compute with floats.
    """

    function: OwnFunction
    others: tuple[tuple[int, str | type[Any], Any], ...]
    count: int
    kinds: str

    def __repr__(self) -> str:
        return self.function.name

    @property
    def places(self) -> tuple[int, ...]:
        """The places of the operands among the arguments."""
        others = {place for place, _, _ in self.others}
        return tuple([place for place in range(self.count) if place not in others])

    def arguments(self, operands: Sequence[Any]) -> tuple[Any, ...]:
        """Return all arguments."""
        known = {place: value for place, _, value in self.others}
        left: Iterator[Any] = iter(operands)
        return tuple([known[p] if p in known else next(left) for p in range(self.count)])

    def value(self, arrays: Sequence[Any]) -> Any:
        """Call the function with arrays for the operands, integers where they are integers."""
        held = [
            array.astype(_WHOLE[kind]) if kind in _WHOLE else array
            for array, kind in zip(arrays, self.kinds, strict=True)
        ]
        return self.function.value(*self.arguments(held))


_WHOLE = {"i": int, "b": bool}


@dataclass(frozen=True, slots=True)
class OwnValue:
    """A call with the shape and the dtype of its value, as a function of the operands' arrays.

    Parameters
    ----------
    call
        The call.
    sizes, dtype
        The shape and the dtype.
    """

    call: OwnCall
    sizes: tuple[int, ...]
    dtype: str

    def __call__(self, *arrays: Any) -> Any:
        """Return a new array of the shape and the dtype.

        Raises
        ------
        ShapeError
            If the function returns another shape.
        """
        import numpy as np

        found = np.array(self.call.value(arrays), self.dtype)
        if found.shape != self.sizes:
            raise ShapeError(
                f"{clip(self.call.function.name)} returns shape {clip(found.shape)} where "
                f"{clip(self.sizes)} was told, or seen for arguments of these shapes. "
                "Let the shape depend on those of the arguments alone."
            )
        return found


def held_array(array: Any) -> OwnCall:
    """Return a call without arguments whose value is an array, as it is when it is asked for."""
    return OwnCall(OwnFunction("array", lambda: array, lambda *_: ()), (), 0, "")
