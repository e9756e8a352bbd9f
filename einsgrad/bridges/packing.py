"""Named arrays as one vector of unknowns, and back.

Of what is declared symmetric, triangular or diagonal only the entries that are free are
unknowns: those on and below the diagonal of a symmetric matrix.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array, as_array
from einsgrad.engine.refusals import MOST_BYTES
from einsgrad.engine.structured_arrays import as_declared
from einsgrad.errors import DtypeError, ShapeError, SizeError, clip
from einsgrad.expressions.nodes import Variable
from einsgrad.expressions.structures import is_structured


@dataclass(frozen=True, eq=False)
class Packing:
    """Where in one vector the unknowns of several variables stand.

    Parameters
    ----------
    symbols, shapes
        The variables, and the shape of each one's array.

    Examples
    --------
    >>> packing = Packing((Variable("A", ("m", "n")), Variable("b", ())), ((1, 2), ()))
    >>> packing.unpacked(np.array([1.0, 2.0, 3.0]))
    {'A': array([[1., 2.]]), 'b': array(3.)}
    """

    symbols: tuple[Variable, ...]
    shapes: tuple[tuple[int, ...], ...]

    @cached_property
    def ends(self) -> tuple[int, ...]:
        """Where each array starts among all entries, and where the last one ends."""
        return tuple(accumulate(map(math.prod, self.shapes), initial=0))

    @cached_property
    def _marks(self) -> Array | None:
        """For each entry which one it equals, counted from 1, with a sign; 0 where it is zero.

        None where every entry is an unknown.
        """
        if not any(map(is_structured, self.symbols)):
            return None
        marks = [
            np.sign(own) * (np.abs(own) + start)
            for own, start in zip(
                map(_own_marks, self.symbols, self.shapes), self.ends, strict=False
            )
        ]
        return np.concatenate(marks)

    @cached_property
    def kept(self) -> Array:
        """The entries that are unknowns, by their number among all entries."""
        if self._marks is None:
            return np.arange(self.ends[-1])
        return np.asarray(np.unique(np.abs(self._marks[self._marks != 0])) - 1)

    @cached_property
    def spread(self) -> Any:
        """The sparse matrix that makes all entries of the unknowns; None where they are these."""
        if self._marks is None:
            return None
        from scipy import sparse

        (rows,) = self._marks.nonzero()
        marks = self._marks[rows]
        columns = np.searchsorted(self.kept, np.abs(marks) - 1)
        shape = (self.ends[-1], self.count)
        return sparse.csr_array((np.sign(marks).astype(float), (rows, columns)), shape)

    @property
    def count(self) -> int:
        """How many unknowns there are."""
        return self.ends[-1] if self._marks is None else len(self.kept)

    def read(self, vector: Any) -> Array:
        """Return a vector of the unknowns as floats.

        Raises
        ------
        ShapeError
            If it has another shape.
        DtypeError
            If it holds no real numbers.
        """
        array = as_array(vector, "the vector of unknowns")
        if array.dtype.kind == "c":
            raise DtypeError("the vector of unknowns is complex. Give a real one.")
        if array.shape != (self.count,):
            raise ShapeError(
                f"a vector of {self.count} unknowns is expected, and {clip(array.shape)} is the "
                "shape of what is given. Make one with pack."
            )
        return array.astype(np.float64, copy=False)

    def arrays(self, vector: Any) -> list[Array]:
        """Return the arrays of a vector of unknowns, in their order; they may be views of it."""
        entries = self.read(vector)
        if self.spread is not None:
            entries = self.spread @ entries
        return [
            entries[start:end].reshape(shape)
            for (start, end), shape in zip(pairwise(self.ends), self.shapes, strict=True)
        ]

    def unpacked(self, vector: Any) -> dict[str, Array]:
        """Return the arrays by name; none shares memory with the vector."""
        arrays = self.arrays(vector)
        return {one.name: array.copy() for one, array in zip(self.symbols, arrays, strict=True)}

    def packed(self, arrays: Mapping[str, Array]) -> Array:
        """Return the vector of the unknowns of arrays, which are what they are declared to be."""
        entries = self.joined([arrays[one.name] for one in self.symbols])
        return entries if self._marks is None else np.asarray(entries[self.kept])

    def joined(self, arrays: Sequence[Any]) -> Array:
        """Return all entries of arrays of the variables' shapes, one array after the other."""
        entries = np.empty(self.ends[-1])
        for (start, end), array in zip(pairwise(self.ends), arrays, strict=True):
            entries[start:end] = np.ravel(array)
        return entries

    def gathered(self, arrays: Sequence[Any]) -> Array:
        """Return the gradient in the unknowns, from those in the arrays."""
        entries = self.joined(arrays)
        return entries if self.spread is None else np.asarray(self.spread.T @ entries)


def is_large(rows: int, columns: int) -> bool:
    """Tell whether a matrix of floats is larger than what is made unasked.

    Examples
    --------
    >>> is_large(10**4, 10**4), is_large(10**5, 10**5)
    (False, True)
    """
    return 8 * rows * columns > MOST_BYTES


def refuse_large(rows: int, columns: int, what: str, remedy: str) -> None:
    """Refuse to form a matrix of floats that is larger than what is made unasked.

    Raises
    ------
    SizeError

    Examples
    --------
    >>> refuse_large(10**4, 10**4, "the Hessian", "Use hessp.")
    """
    if is_large(rows, columns):
        raise SizeError(
            f"{what} is a matrix of {rows:,} by {columns:,} numbers, {8 * rows * columns:,} bytes. "
            f"{remedy}"
        )


def _own_marks(symbol: Variable, shape: tuple[int, ...]) -> Array:
    """Number the entries of an array from 1 on, those that are equal by the last of them."""
    numbers = np.arange(1, math.prod(shape) + 1).reshape(shape)
    return as_declared(numbers, symbol).astype(int).ravel()
