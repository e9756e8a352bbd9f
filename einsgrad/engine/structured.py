"""Arrays whose selectors are not multiplied out: a Hessian in the form it was derived in."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array, as_array
from einsgrad.engine.dtypes import computed_in
from einsgrad.engine.parts import LookedPlaces, Part
from einsgrad.engine.programs.lowering_structured import SpreadTerm, StructuredProgram
from einsgrad.engine.programs.steps import Register
from einsgrad.engine.refusals import check_array, most_bytes, refuse_outside
from einsgrad.errors import ArgumentError, ShapeError, clip


@dataclass(frozen=True, eq=False)
class Structured:
    """A sum of arrays that are spread by deltas, ones, shifts and look-ups.

    Parameters
    ----------
    parts
        The terms.
    shape
        The shape of the whole.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y = eg.variables("x[n] y[n]")
    >>> hessian = eg.compile(eg.hessian(eg.sum(y * x**2), x), structured=True)(y=np.arange(3.0))
    >>> print(hessian)
    "i->ii" of an array of shape (3,)
    >>> hessian.contract(np.ones(3))
    array([0., 2., 4.])
    >>> hessian.dense()
    array([[0., 0., 0.],
           [0., 2., 0.],
           [0., 0., 4.]])
    """

    parts: tuple[Part, ...]
    shape: tuple[int, ...]

    @property
    def nbytes(self) -> int:
        """The memory that the parts take."""
        arrays = {id(one): one for part in self.parts for one in part.arrays}
        return sum(one.nbytes for one in arrays.values())

    @property
    def entry_count(self) -> int:
        """How many entries are not known to be zero; those of each part are counted."""
        return sum(one.entry_count for one in self.parts)

    def __str__(self) -> str:
        return "\n".join(map(str, self.parts))

    def dense(self) -> Array:
        """Multiply the deltas out.

        Raises
        ------
        SizeError
            If the array would be too large.
        """
        check_array(self.shape, self._dtype.itemsize, most_bytes(self.nbytes))
        result = np.zeros(self.shape, self._dtype)
        for part in self.parts:
            part.add_to(result)
        return result

    @property
    def _dtype(self) -> np.dtype[Any]:
        return np.result_type(*(part.array for part in self.parts))

    def contract(self, array: Any) -> Array:
        """Contract the last axes with all axes of an array: a Hessian times a direction.

        Raises
        ------
        ShapeError
            If the array's shape is not that of the last axes.
        """
        given = as_array(array, "the array")
        first = len(self.shape) - given.ndim
        if first < 0 or self.shape[first:] != given.shape:
            raise ShapeError(
                f"an array of shape {given.shape} cannot be contracted with the last axes of "
                f"one of shape {self.shape}. Give one whose shape is the end of that."
            )
        result = np.zeros(self.shape[:first], np.result_type(given, self._dtype))
        for part in self.parts:
            part.contracted(given).add_to(result)
        return result

    def diagonal(self) -> Array:
        """Return the entries whose first half of indices is the second half.

        Raises
        ------
        ShapeError
            If the shape has no such halves.
        """
        half = len(self.shape) // 2
        if self.shape[:half] != self.shape[half:]:
            raise ShapeError(
                f"an array of shape {self.shape} has no diagonal. Its axes must be the same twice."
            )
        result = np.zeros(self.shape[:half], self._dtype)
        for part in self.parts:
            values, places = part.entries()
            same = np.ones(values.shape, bool)
            for one, other in zip(places[:half], places[half:], strict=True):
                same &= one == other
            np.add.at(result, tuple(one[same] for one in places[:half]), values[same])
        return result

    def to_scipy_sparse(self, rows: int | None = None) -> Any:
        """Return a sparse matrix of scipy; what is known to be zero takes no memory.

        Parameters
        ----------
        rows
            How many of the first axes are joined to the rows, in C order; the others are the
            columns. By default half of them.

        Returns
        -------
        scipy.sparse.csr_array

        Raises
        ------
        ArgumentError
            If scipy is missing, or `rows` must be said.

        Examples
        --------
        >>> import einsgrad as eg
        >>> (x,) = eg.variables("x[n]")
        >>> energy = eg.sum((x[1:] - x[:-1]) ** 2)
        >>> hessian = eg.compile(eg.hessian(energy, x), structured=True)(x=np.zeros(10**6))
        >>> hessian.nbytes
        16
        """
        try:
            from scipy import sparse
        except ImportError:
            raise ArgumentError(
                "a sparse matrix is one of scipy, which is not installed. "
                "Install it: pip install 'einsgrad[special]'."
            ) from None
        rows = self._rows(rows)
        height, width = math.prod(self.shape[:rows]), math.prod(self.shape[rows:])
        # scipy has no sparse matrices of half precision.
        total = sparse.csr_array((height, width), dtype=computed_in(self._dtype))
        for part in self.parts:
            values, places = part.entries()
            row = _joined(places[:rows], self.shape[:rows], values)
            column = _joined(places[rows:], self.shape[rows:], values)
            total = (
                total
                + sparse.coo_array(
                    (values.astype(total.dtype), (row, column)), (height, width)
                ).tocsr()
            )
        return total

    def _rows(self, rows: int | None) -> int:
        count = len(self.shape)
        if rows is None and count % 2:
            raise ArgumentError(
                f"an array of shape {self.shape} has {count} axes, of which no half are rows. "
                "Say how many are: to_scipy_sparse(rows=1)."
            )
        if rows is None:
            return count // 2
        if not isinstance(rows, int) or not 0 <= rows <= count:
            raise ArgumentError(
                f"rows: {clip(rows)} of {count} axes. Give an integer from 0 to {count}."
            )
        return rows


def _joined(places: Sequence[Array], shape: tuple[int, ...], values: Array) -> Array:
    """Number entries by some of their indices, in C order."""
    number = np.zeros(values.shape, np.intp)
    for one, size in zip(places, shape, strict=True):
        number = number * size + one
    return number


def structured_results(
    results: Sequence[Any], lowered: StructuredProgram
) -> tuple[Structured, ...]:
    """Make structured arrays of what a program returns.

    Raises
    ------
    IndexingError
        If integers leave the axis that they point into.
    """
    arrays = dict(zip(lowered.registers, map(np.asarray, results), strict=True))
    looked = {label for group in lowered.terms for one in group for label in one.looked}
    for integers, size in {(label.integers, label.size) for label in looked}:
        if arrays[integers].size:
            ends = arrays[integers].min(), arrays[integers].max()
            refuse_outside(map(int, ends), size)
    names = _names(lowered)
    return tuple(
        Structured(tuple(_part(one, shape, arrays, names) for one in group), shape)
        for group, shape in zip(lowered.terms, lowered.shapes, strict=True)
    )


def _part(
    one: SpreadTerm,
    shape: tuple[int, ...],
    arrays: Mapping[Register, Array],
    names: Mapping[Register, str],
) -> Part:
    looked = tuple(
        LookedPlaces(x.label, arrays[x.integers], x.axes, x.size, names[x.integers])
        for x in one.looked
    )
    term = one.term
    return Part(arrays[term.register], term.held, term.classes, shape, looked)


def _names(lowered: StructuredProgram) -> dict[Register, str]:
    """Name integers like their variable, and those that are computed by letters."""
    looked = [label for group in lowered.terms for one in group for label in one.looked]
    names = {label.integers: label.name for label in looked}
    letters = (x for x in "pqrstuvwxyzabcdefghijklmno" if x not in names.values())
    return {register: name or next(letters, "?") for register, name in names.items()}
