"""Matrices of which few columns and rows are added to others: the formulas of Woodbury."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.matrices.block_diagonal import BlockDiagonal
from einsgrad.engine.matrices.checking import inverts_accurately, refined, solves_accurately
from einsgrad.engine.matrices.dense import DenseMatrix
from einsgrad.engine.matrices.factorised import Factorised, eigenvalues
from einsgrad.engine.matrices.grids import Grid
from einsgrad.engine.matrices.matrix import Matrix, singular
from einsgrad.engine.matrices.part_products import added, outer_grid
from einsgrad.engine.parts import Part
from einsgrad.engine.refusals import MatrixError


@dataclass(frozen=True, eq=False)
class OuterProduct:
    """A part of a block that is the product of a matrix of few columns with one of few rows.

    Parameters
    ----------
    row, column
        The number of the variable of the rows, and of the columns.
    left
        The batch, the axes of the rows, then those that are summed over.
    right
        The batch, those that are summed over, then the axes of the columns.
    rank
        How many values are summed over.
    """

    row: int
    column: int
    left: Part
    right: Part
    rank: int


@dataclass(frozen=True, eq=False)
class LowRankUpdate:
    """A matrix, and products of few columns with few rows that are added to it.

    Parameters
    ----------
    grid
        The whole.
    base
        The matrix.
    products
        What is added.
    """

    grid: Grid
    base: Matrix
    products: tuple[OuterProduct, ...]

    @property
    def rank(self) -> int:
        """How many columns are added."""
        return sum(one.rank for one in self.products)

    @property
    def words(self) -> str:
        """The structure in words."""
        base = self.base
        is_diagonal = isinstance(base, BlockDiagonal) and base.is_diagonal
        return f"{'diagonal' if is_diagonal else base.words} + rank {self.rank}"

    def work(self, columns: int) -> float:
        """Return about how many multiplications it takes to solve for some columns."""
        size, rank = float(self.grid.height), self.rank
        own = rank**3 + size * rank**2 + 2 * size * rank * columns
        return self.base.work(columns + rank) + self.grid.count * own

    @cached_property
    def _dense(self) -> DenseMatrix:
        return DenseMatrix(self.grid)

    @cached_property
    def _sides(self) -> tuple[Array, Array]:
        """The columns, and the rows."""
        grid = self.grid
        left = np.zeros((*grid.batch, grid.height, self.rank), grid.dtype)
        right = np.zeros((*grid.batch, self.rank, grid.width), grid.dtype)
        start = 0
        for one in self.products:
            place = slice(start, start + one.rank)
            target = left[..., grid.row_slices[one.row], place]
            target[...] = one.left.dense().reshape(target.shape)
            target = right[..., place, grid.column_slices[one.column]]
            target[...] = one.right.dense().reshape(target.shape)
            start += one.rank
        return left, right

    @cached_property
    def _solved(self) -> tuple[Array, Factorised] | None:
        """The columns solved for, and what is left of the rank; None if the base is singular."""
        left, right = self._sides
        try:
            solved = self.base.solve(left)
        except MatrixError:
            return None
        product = right @ solved
        return solved, Factorised(np.eye(self.rank, dtype=product.dtype) + product)

    @cached_property
    def _update(self) -> tuple[Array, Factorised] | None:
        """The same, and None where the base is too near to a singular matrix."""
        if self._solved is None:
            return None
        inner = self._solved[1]
        if inner.is_nearly_singular:
            # It is singular itself, unless the base makes it seem so.
            is_usable = inner.is_moderate
        else:
            is_usable = solves_accurately(self.grid, self._mended)
        return self._solved if is_usable else None

    def _refuse_singular(self, inner: Factorised) -> None:
        if inner.is_nearly_singular:
            raise singular("what is left of an update is 0 up to rounding")

    def solve(self, right: Array) -> Array:
        """Solve for columns."""
        if self._update is None:
            return self._dense.solve(right)
        self._refuse_singular(self._update[1])
        return self._mended(right)

    def _mended(self, right: Array) -> Array:
        return refined(self.grid, self._once, right)

    def _once(self, right: Array) -> Array:
        assert self._solved is not None
        solved, inner = self._solved
        found = self.base.solve(right)
        changed: Array = found - solved @ inner.solve(self._sides[1] @ found)
        return changed

    def slogdet(self) -> tuple[Array, Array]:
        """Return signs and logarithms of the determinants."""
        if self._update is None:
            return self._dense.slogdet()
        sign, logarithm = self.base.slogdet()
        own_sign, own = self._update[1].slogdet()
        return sign * own_sign, logarithm + own

    def eigvalsh(self) -> Array:
        """Return the eigenvalues; those of a multiple of the identity stay but for the rank's."""
        base, size = self.base.multiple(), self.grid.height
        if base is None or 2 * self.rank >= size or np.imag(base).any():
            return self._dense.eigvalsh()
        left, right = self._sides
        both = np.concatenate([left, right.conj().swapaxes(-1, -2)], -1)
        basis, _ = np.linalg.qr(both)
        inner = (basis.conj().swapaxes(-1, -2) @ left) @ (right @ basis)
        changed = eigenvalues(inner)
        same = np.zeros((*self.grid.batch, size - changed.shape[-1]), changed.dtype)
        shifted = np.concatenate([changed, same], -1) + np.real(base)[..., None]
        return np.asarray(np.sort(shifted, -1))

    def inverse(self) -> Grid:
        """Return the inverses: those of the base, and products of the same rank."""
        if self._update is None:
            return self._dense.inverse()
        solved, inner = self._update
        self._refuse_singular(inner)
        base = self.base.inverse()
        rows = base.transposed().times(self._sides[1].swapaxes(-1, -2)).swapaxes(-1, -2)
        found = added(base, outer_grid(-solved, inner.solve(rows), self.grid))
        return found if inverts_accurately(found, self._mended) else self._dense.inverse()

    def multiple(self) -> Array | None:
        """Return nothing: it is not looked for."""
        return None
