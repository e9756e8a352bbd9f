"""Kronecker products: each factor is solved on its own axes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from math import prod

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.matrices.dense import DenseMatrix
from einsgrad.engine.matrices.grids import Grid
from einsgrad.engine.matrices.matrix import Matrix
from einsgrad.engine.matrices.part_products import product_part
from einsgrad.engine.refusals import MatrixError


@dataclass(frozen=True, slots=True)
class FactorAxes:
    """The axes of the rows and of the columns that a factor has."""

    rows: tuple[int, ...]
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Factors:
    """How the axes of matrices are those of factors.

    Parameters
    ----------
    grid
        The matrices.
    axes
        The axes of each factor.
    """

    grid: Grid
    axes: tuple[FactorAxes, ...]

    @property
    def are_aligned(self) -> bool:
        """Whether each factor has the same axes of rows and of columns."""
        return self.grid.rows == self.grid.columns and all(
            one.rows == one.columns for one in self.axes
        )

    def apart(self, right: Array) -> Array:
        """Give columns an axis for each factor; those of the columns stay last."""
        first, (shape,) = len(self.grid.batch), self.grid.rows
        full = right.reshape(*self.grid.batch, *shape, right.shape[-1])
        order = [first + axis for one in self.axes for axis in one.rows]
        sizes = [prod(shape[axis] for axis in one.rows) for one in self.axes]
        moved = full.transpose([*range(first), *order, full.ndim - 1])
        return moved.reshape(*self.grid.batch, *sizes, right.shape[-1])

    def joined(self, found: Array) -> Array:
        """Bring solutions whose axes are those of the factors into the order of the columns."""
        first, (shape,) = len(self.grid.batch), self.grid.columns
        order = [first + axis for one in self.axes for axis in one.columns]
        sizes = [shape[axis] for one in self.axes for axis in one.columns]
        full = found.reshape(*self.grid.batch, *sizes, found.shape[-1])
        moved = full.transpose(np.argsort([*range(first), *order, full.ndim - 1]))
        return moved.reshape(*self.grid.batch, prod(shape), found.shape[-1])

    def places(self) -> Iterator[list[int]]:
        """Yield the axes of the inverse that the inverse of each factor has."""
        first, (shape,) = len(self.grid.batch), self.grid.columns
        for one in self.axes:
            rows = [first + axis for axis in one.columns]
            yield [*range(first), *rows, *(first + len(shape) + axis for axis in one.rows)]


def applied(blocks: Sequence[Matrix], apart: Array, first: int) -> Array:
    """Solve with each factor along its own axis."""
    for place, block in enumerate(blocks):
        moved = np.moveaxis(apart, first + place, first)
        shape = moved.shape
        columns = moved.reshape(*shape[: first + 1], prod(shape[first + 1 :]))
        solved = block.solve(columns).reshape(*shape[:first], block.grid.width, *shape[first + 1 :])
        apart = np.moveaxis(solved, first, first + place)
    return apart


@dataclass(frozen=True, eq=False)
class KroneckerProduct:
    """A product of matrices that have their own axes.

    Parameters
    ----------
    factors
        The axes of each factor.
    blocks
        The factors.
    """

    factors: Factors
    blocks: tuple[Matrix, ...]

    @property
    def grid(self) -> Grid:
        """The matrices as they are given."""
        return self.factors.grid

    @property
    def words(self) -> str:
        """The structure in words."""
        return "Kronecker product of " + " and ".join(f"({one.words})" for one in self.blocks)

    def work(self, columns: int) -> float:
        """Return about how many multiplications it takes to solve for some columns."""
        size = self.grid.height
        return sum(one.work(columns * size // max(one.grid.height, 1)) for one in self.blocks)

    def solve(self, right: Array) -> Array:
        """Solve for columns."""
        apart = self.factors.apart(right)
        return self.factors.joined(applied(self.blocks, apart, len(self.grid.batch)))

    @cached_property
    def _dense(self) -> DenseMatrix:
        return DenseMatrix(self.grid)

    def slogdet(self) -> tuple[Array, Array]:
        """Return signs and logarithms of the determinants."""
        size = self.grid.height
        if not self.factors.are_aligned or not size:
            return self._dense.slogdet()
        sign, logarithm = np.ones(self.grid.batch), np.zeros(self.grid.batch)
        for one in self.blocks:
            times = size // one.grid.height
            own_sign, own = one.slogdet()
            sign, logarithm = sign * own_sign**times, logarithm + times * own
        return sign, logarithm

    def eigvalsh(self) -> Array:
        """Return the eigenvalues."""
        if not self.factors.are_aligned:
            return self._dense.eigvalsh()
        try:
            found = [one.eigvalsh() for one in self.blocks]
        except MatrixError:
            # A product of factors that are not Hermitian may be.
            return self._dense.eigvalsh()
        total = found[0]
        for one in found[1:]:
            size = total.shape[-1] * one.shape[-1]
            total = (total[..., :, None] * one[..., None, :]).reshape(*self.grid.batch, size)
        return np.sort(total, -1)

    def inverse(self) -> Grid:
        """Return the inverses."""
        grid, places = self.grid, list(self.factors.places())
        shape = (*grid.batch, *grid.columns[0], *grid.rows[0])
        inverses = [list(one.inverse().parts) for one in self.blocks]
        block = tuple(product_part(parts, places, shape) for parts in product(*inverses))
        return replace(grid, blocks=((block,),), rows=grid.columns, columns=grid.rows)

    def multiple(self) -> Array | None:
        """Return nothing: it would be found as a block that is copied."""
        return None
