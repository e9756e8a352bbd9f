"""Matrices of few entries: bands and other patterns, factorised by scipy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.matrices.dense import DenseMatrix
from einsgrad.engine.matrices.grids import Grid, Shape
from einsgrad.engine.matrices.matrix import singular

# A band is stored with its zeros if it has at most so many times the entries.
_FILLED = 4


def sparse_matrix(grid: Grid) -> Any:
    """Return matrices as one sparse matrix of scipy: those of a batch are its blocks.

    Returns
    -------
    scipy.sparse.csr_array
    """
    from scipy import sparse

    size = grid.count * grid.height, grid.count * grid.width
    total = sparse.csr_array(size, dtype=grid.dtype)
    first = len(grid.batch)
    for u, (shape, start) in enumerate(zip(grid.rows, grid.row_slices, strict=True)):
        for v, (other, left) in enumerate(zip(grid.columns, grid.column_slices, strict=True)):
            for part in grid.blocks[u][v]:
                values, places = part.entries()
                split = first + len(shape)
                one = _number(places[:first], grid.batch, values)
                row = _number(places[first:split], shape, values)
                column = _number(places[split:], other, values)
                index = (
                    one * grid.height + start.start + row,
                    one * grid.width + left.start + column,
                )
                entries = sparse.coo_array((values.astype(grid.dtype), index), size)
                total = total + entries.tocsr()
    return total


def _number(places: Sequence[Array], shape: Shape, values: Array) -> Array:
    """Number entries by some of their indices, in C order."""
    number = np.zeros(values.shape, np.intp)
    for one, size in zip(places, shape, strict=True):
        number = number * size + one
    return number


def entry_count(grid: Grid) -> int:
    """Return how many entries the parts have at most, those at one place counted each."""
    return sum(prod(part.sizes[x] for x in part.labels) for part in grid.parts)


@dataclass(frozen=True, eq=False)
class SparseMatrix:
    """Matrices of few entries. It needs scipy."""

    grid: Grid

    @property
    def words(self) -> str:
        """The structure in words."""
        below, above = self._reach
        if _is_narrow(below, above, self._matrix.nnz, self._matrix.shape[0]):
            return f"band of {below + above + 1} diagonals, {self.grid.height} × {self.grid.width}"
        counted = self._matrix.nnz
        return f"sparse {self.grid.height} × {self.grid.width} with {counted} entries"

    def work(self, columns: int) -> float:
        """Return about how many multiplications it takes to solve for some columns."""
        grid, entries = self.grid, entry_count(self.grid)
        filled = entries / max(grid.count * grid.height, 1)
        # What is done once for each entry takes as long as some hundred multiplications.
        work = entries * (300 + 10 * filled + 10 * columns)
        is_line = sum(map(len, grid.rows)) == 1 and not any(part.looked for part in grid.parts)
        # The factors of a plane have more entries than it has.
        return work if is_line else work + 20 * grid.count * float(grid.height) ** 1.5

    @cached_property
    def _matrix(self) -> Any:
        matrix = sparse_matrix(self.grid)
        matrix.eliminate_zeros()
        return matrix

    @cached_property
    def _reach(self) -> tuple[int, int]:
        """How far entries stand below and above the diagonal."""
        row, column = self._matrix.nonzero()
        gap = row.astype(np.intp) - column
        return int(gap.max(initial=0)), int((-gap).max(initial=0))

    @cached_property
    def _band(self) -> Array | None:
        """The diagonals on and below the main one, if the matrix is a Hermitian band."""
        below, above = self._reach
        matrix = self._matrix
        if below != above or not _is_narrow(below, above, matrix.nnz, matrix.shape[0]):
            return None
        gap = abs(matrix - matrix.conj().T)
        largest = abs(matrix.data).max(initial=0)
        if gap.nnz and gap.data.max() > 100 * np.finfo(self.grid.dtype).eps * largest:
            return None
        band = np.zeros((below + 1, matrix.shape[0]), self.grid.dtype)
        for distance in range(below + 1):
            diagonal = matrix.diagonal(-distance)
            band[distance, : diagonal.size] = diagonal
        return band

    @cached_property
    def _cholesky(self) -> Array | None:
        """The Cholesky factor of a band that is positive definite."""
        from scipy import linalg

        if self._band is None or not self._band.size:
            return None
        try:
            return np.asarray(linalg.cholesky_banded(self._band, lower=True, check_finite=False))
        except np.linalg.LinAlgError:
            return None

    @cached_property
    def _lu(self) -> Any:
        from scipy.sparse import linalg

        below, above = self._reach
        is_narrow = _is_narrow(below, above, self._matrix.nnz, self._matrix.shape[0])
        order = "NATURAL" if is_narrow else "COLAMD"
        try:
            return linalg.splu(self._matrix.tocsc(), permc_spec=order)
        except RuntimeError:
            raise singular("a pivot is 0") from None

    def solve(self, right: Array) -> Array:
        """Solve for columns."""
        from scipy import linalg

        flat = right.reshape(self.grid.count * self.grid.height, right.shape[-1])
        if not flat.size:
            return np.zeros((*self.grid.batch, self.grid.width, right.shape[-1]), right.dtype)
        if self._cholesky is not None:
            found = linalg.cho_solve_banded((self._cholesky, True), flat, check_finite=False)
        elif np.iscomplexobj(flat) and self.grid.dtype.kind != "c":
            found = self._lu.solve(flat.real.copy()) + 1j * self._lu.solve(flat.imag.copy())
        else:
            found = self._lu.solve(flat.astype(self.grid.dtype))
        return np.asarray(found).reshape(*self.grid.batch, self.grid.width, right.shape[-1])

    @cached_property
    def _dense(self) -> DenseMatrix:
        return DenseMatrix(self.grid)

    def slogdet(self) -> tuple[Array, Array]:
        """Return signs and logarithms of the determinants."""
        if self.grid.batch or not self.grid.height:
            return self._dense.slogdet()
        if self._cholesky is not None:
            logarithms = 2 * np.log(self._cholesky[0].real)
            return np.ones((), self.grid.dtype), np.asarray(logarithms.sum())
        try:
            factor = self._lu
        except np.linalg.LinAlgError:
            return np.zeros((), self.grid.dtype), np.asarray(-np.inf)
        pivots = factor.U.diagonal()
        sign = _parity(factor.perm_r) * _parity(factor.perm_c)
        phases = (pivots / np.abs(pivots)).prod()
        return np.asarray(sign * phases), np.asarray(np.log(np.abs(pivots)).sum())

    def eigvalsh(self) -> Array:
        """Return the eigenvalues."""
        from scipy import linalg

        if self.grid.batch or self._band is None or not self.grid.height:
            return self._dense.eigvalsh()
        return np.asarray(linalg.eig_banded(self._band, lower=True, eigvals_only=True))

    def inverse(self) -> Grid:
        """Return the inverses, which are dense."""
        return self._dense.inverse()

    def multiple(self) -> Array | None:
        """Return nothing: it would be found as a block that is copied."""
        return None


def _is_narrow(below: int, above: int, entries: int, size: int) -> bool:
    """Tell whether a band is not much larger than the entries in it."""
    return (below + above + 1) * size <= _FILLED * entries


def _parity(order: Array) -> int:
    """Return the sign of a permutation: each of its cycles takes one exchange less than entries."""
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    size = order.size
    arrows = sparse.coo_array((np.ones(size, bool), (np.arange(size), order)), (size, size))
    cycles, _ = connected_components(arrows, directed=False)
    return 1 - 2 * ((size - int(cycles)) % 2)
