"""Arrays whose selectors are not multiplied out: a Hessian in the form it was derived in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array, as_array
from einsgrad.engine.dtypes import widest
from einsgrad.engine.flat_columns import (
    flat_columns_of,
    linear_operator,
    refuse_without_scipy,
    row_axes,
    shaped_columns,
)
from einsgrad.engine.matrices.grids import Grid
from einsgrad.engine.matrices.sparse import sparse_matrix
from einsgrad.engine.parts import Part
from einsgrad.engine.refusals import check_array, most_bytes
from einsgrad.engine.square_matrices import SquareMatrix
from einsgrad.errors import ShapeError


@dataclass(frozen=True, eq=False)
class Structured(SquareMatrix):
    """A sum of arrays that are spread by deltas, ones, shifts and look-ups.

    Parameters
    ----------
    parts
        The terms.
    shape
        The shape of the whole.

    Notes
    -----
    The first half of the axes are the rows of a matrix, the other half its columns. Where these are
    not as many, the rows are the first axes that have as many entries as the others.

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
    >>> hessian.structure
    'diagonal of 3 entries'
    >>> hessian.trace(), hessian.logdet()
    (np.float64(6.0), np.float64(-inf))
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

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the entries."""
        return widest(part.dtype for part in self.parts)

    def __str__(self) -> str:
        return "\n".join(map(str, self.parts))

    def dense(self) -> Array:
        """Multiply the deltas out.

        Raises
        ------
        SizeError
            If the array would be too large.
        """
        check_array(self.shape, self.dtype.itemsize, most_bytes(self.nbytes))
        result = np.zeros(self.shape, self.dtype)
        for part in self.parts:
            part.add_to(result)
        return result

    def contract(self, array: Any) -> Array:
        """Contract the last axes with all axes of an array: a Hessian times a direction.

        Raises
        ------
        ShapeError
            If the array's shape is another one.
        """
        given = as_array(array, "the array")
        first = len(self.shape) - given.ndim
        if first < 0 or self.shape[first:] != given.shape:
            raise ShapeError(
                f"an array of shape {given.shape} cannot be contracted with the last axes of "
                f"one of shape {self.shape}. Give one whose shape is the end of that."
            )
        return self._times(given, first)

    def __matmul__(self, array: Any) -> Array:
        """Multiply with an array of the columns' shape, or with several along its last axes.

        Raises
        ------
        ShapeError
            If the array has another shape.
        """
        given = as_array(array, "the array")
        split = self._split
        if split is None:
            return self.contract(given)
        columns = self.shape[split:]
        if given.shape[: len(columns)] != columns:
            raise ShapeError(
                f"an array of shape {given.shape} is no column of one of shape {self.shape}. "
                f"Give one of shape {columns}, or with more axes behind these."
            )
        return self._times(given, split)

    def _times(self, given: Array, first: int) -> Array:
        further = given.shape[len(self.shape) - first :]
        result = np.zeros((*self.shape[:first], *further), np.result_type(given, self.dtype))
        for part in self.parts:
            part.contracted(given, first).add_to(result)
        return result

    def diag(self) -> Array:
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
        result = np.zeros(self.shape[:half], self.dtype)
        for part in self.parts:
            part.add_diagonal_to(result)
        return result

    def trace(self) -> Any:
        """Return the sum of the diagonal.

        Raises
        ------
        ShapeError
            If the first half of the axes is not the second half.
        """
        return self.diag().sum()

    def solve(self, right: Any) -> Array:
        """Solve for an array of the rows' shape, or for several along its last axes.

        Parameters
        ----------
        right
            The right side: its first axes are those of the rows.

        Returns
        -------
        numpy.ndarray
            The solution: its first axes are those of the columns.

        Raises
        ------
        ShapeError
            If the right side has another shape, or there are not as many rows as columns.
        MatrixError
            If the matrix is singular.

        Examples
        --------
        >>> import einsgrad as eg
        >>> U, V = eg.variables("U[n,k] V[m,k]")
        >>> hessian = eg.hessian(0.5 * eg.sum_squares(U @ V.T), U)
        >>> H = eg.compile(hessian, structured=True)(U=np.ones((10**4, 2)), V=2 * np.eye(2))
        >>> H.structure
        'block diagonal over i (10000 times one block of 2 × 2)'
        >>> H.solve(np.ones((10**4, 2)))[0]
        array([0.25, 0.25])
        """
        given = as_array(right, "the right side")
        rows, columns = self._grid.rows, self._grid.columns
        kept = widest([given.dtype, self.dtype])
        found = self._matrix.solve(flat_columns_of([given], rows, self._grid.dtype))
        (result,) = shaped_columns(found, columns, given.shape[len(rows[0]) :], kept)
        return result

    def inverse(self) -> Structured:
        """Return the inverse, which keeps the structure.

        Raises
        ------
        MatrixError
            If the matrix is singular.
        ShapeError
            If there are not as many rows as columns.

        Examples
        --------
        >>> import einsgrad as eg
        >>> A, B = eg.variables("A[i,k] B[j,l]")
        >>> kron = eg.compile(eg.einsum("ik,jl->ijkl", A, B), structured=True)
        >>> print(kron(A=2 * np.eye(3), B=np.eye(4)).inverse())
        "ij,kl->ikjl" of arrays of (3, 3) and (4, 4)
        """
        found = self._matrix.inverse()
        return Structured(found.blocks[0][0], (*found.rows[0], *found.columns[0]))

    def to_scipy(self, rows: int | None = None) -> Any:
        """Return the products with vectors as scipy takes them, of flat arrays in C order.

        Parameters
        ----------
        rows
            As for `to_scipy_sparse`.

        Returns
        -------
        scipy.sparse.linalg.LinearOperator

        Raises
        ------
        ArgumentError
            If scipy is missing, or `rows` must be said.
        """
        return linear_operator(self._as_grid(row_axes(self.shape, rows)))

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
        refuse_without_scipy("a sparse matrix")
        return sparse_matrix(self._as_grid(row_axes(self.shape, rows)))

    @property
    def _split(self) -> int | None:
        """How many of the first axes are the rows of a matrix, if their number can be told."""
        shape = self.shape
        half, odd = divmod(len(shape), 2)
        places = [half, *range(len(shape) + 1)] if not odd else [*range(len(shape) + 1)]
        square = (at for at in places if prod(shape[:at]) == prod(shape[at:]))
        return next(square, None if odd else half)

    def _as_grid(self, rows: int) -> Grid:
        parts = [part for part in self.parts if not part.is_zero]
        return Grid.of(parts, self.shape[:rows], self.shape[rows:], self._computed)

    @cached_property
    def _grid(self) -> Grid:
        split = self._split
        if split is None or prod(self.shape[:split]) != prod(self.shape[split:]):
            raise ShapeError(
                f"an array of shape {self.shape} is no square matrix. "
                "Give one with as many rows as columns, or multiply with it: H @ x."
            )
        return self._as_grid(split)
