"""What a program makes once, before its function: numbers as arrays, ones, indices."""

from __future__ import annotations

from dataclasses import replace
from math import copysign, isfinite
from operator import is_
from typing import Any

import numpy as np

from einsgrad.engine.contractions.arrays import (
    Entrywise,
    FunctionCall,
    Index,
    MethodCall,
    Name,
    NumpyValue,
    Ones,
    Taken,
    View,
)
from einsgrad.engine.contractions.gathers import without_index
from einsgrad.engine.contractions.views import SMALL
from einsgrad.expressions.nodes import Number

MOST_INDEXED = 1 << 21
"""The entries of all the indices that a program may hold, of 8 bytes each."""


def literal(value: Number) -> str:
    """Write a number so that Python reads the same number.

    Examples
    --------
    >>> literal(0.5), literal(-2), literal(float("inf"))
    ('0.5', '-2', "float('inf')")
    """
    if isinstance(value, complex):
        return f"complex({literal(value.real)}, {literal(value.imag)})"
    if isinstance(value, int):
        return repr(int(value))
    text = repr(float(value))
    return text if isfinite(value) else f"float('{text}')"


def literal_atom(value: Number) -> str:
    """Write a number so that it can stand beside any operator.

    Examples
    --------
    >>> literal_atom(-2), literal_atom(0.5)
    ('(-2)', '0.5')
    """
    is_signed = not isinstance(value, complex) and isfinite(value) and copysign(1, value) < 0
    return f"({literal(value)})" if is_signed else literal(value)


class Constants:
    """The constants of a program, by their texts.

    Parameters
    ----------
    most_indexed
        The entries that all indices may have together; by default `MOST_INDEXED`.
    """

    def __init__(self, most_indexed: int | None = None) -> None:
        self._names: dict[str, Name] = {}
        self.hold_sizes = False
        self._left = MOST_INDEXED if most_indexed is None else most_indexed

    def lines(self) -> str:
        """Return the lines that make them."""
        return "".join(f"{name} = {text}\n" for text, name in self._names.items())

    def number(self, value: Number, met: np.dtype[Any] | None) -> Name:
        """Write a number that arrays of a dtype meet, or None if it meets no such array.

        numpy combines an array with an array without axes in half the time that it takes
        with a number of Python.
        """
        return self._array(value, met) or Name(literal(value))

    def atom(self, value: Number, met: np.dtype[Any] | None) -> Name:
        """Write a number that may stand beside any operator."""
        return self._array(value, met) or Name(literal_atom(value))

    def places(self, size: int) -> Name:
        """Write the places of an axis."""
        self.hold_sizes = True
        text = f"np.arange({size})"
        if self._left < size and text not in self._names:
            return Name(text)
        self._left -= 0 if text in self._names else size
        return self._named(text)

    def zero(self, dtype: np.dtype[Any]) -> Name:
        """Write a zero of a dtype."""
        return self._named(f"np.zeros((), '{dtype.str}')")

    def listed(self, text: str) -> Name:
        """Write an array that is known."""
        return self._named(text)

    def _array(self, value: Number, met: np.dtype[Any] | None) -> Name | None:
        if met is None or met.kind not in "fc" or (met.kind == "f" and isinstance(value, complex)):
            return None
        return self._named(f"np.array({literal(value)}, '{met.str}')")

    def hoisted(self, value: NumpyValue, dtype: np.dtype[Any]) -> NumpyValue:
        """Put names in the place of indices and of vectors of ones, unless they are large.

        Parameters
        ----------
        value
            What a line computes.
        dtype
            Its dtype, which is that of the ones.
        """
        match value:
            case Ones(size=size):
                small = size <= SMALL
                self.hold_sizes = True
                return self._named(f"np.ones({size}, '{dtype.str}')") if small else value
            case Taken(array=array, index=Index() as index):
                if self._left <= 0:
                    return self.hoisted(without_index(value), dtype)
                self.hold_sizes = True
                return Taken(self.hoisted(array, dtype), self._index(index), value.axis)
            case View(array=array):
                inner = self.hoisted(array, dtype)
                return value if inner is array else replace(value, array=inner)
            case MethodCall() | FunctionCall() | Entrywise():
                operands = tuple([self.hoisted(one, dtype) for one in value.operands])
                same = all(map(is_, operands, value.operands))
                return value if same else replace(value, operands=operands)
            case _:
                return value

    def _index(self, index: Index) -> Name:
        text = str(index)
        if text not in self._names:
            self._left -= index.size
        return self._named(text)

    def _named(self, text: str) -> Name:
        return self._names.setdefault(text, Name(f"c{len(self._names)}"))
