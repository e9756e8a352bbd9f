"""Matrices of several variables: some are eliminated, and a Schur complement is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.matrices.checking import inverts_accurately, refined, solves_accurately
from einsgrad.engine.matrices.dense import DenseMatrix
from einsgrad.engine.matrices.factorised import Factorised
from einsgrad.engine.matrices.grids import Block, Grid
from einsgrad.engine.matrices.matrix import Matrix
from einsgrad.engine.matrices.part_products import added, array_grid, outer_grid
from einsgrad.engine.refusals import MatrixError


@dataclass(frozen=True, eq=False)
class Variables:
    """Some of the variables of a grid: their rows, in the order in which they are named."""

    grid: Grid
    numbers: tuple[int, ...]

    def of(self, columns: Array) -> Array:
        """Take their rows out of columns."""
        slices = self.grid.row_slices
        return np.concatenate([columns[..., slices[k], :] for k in self.numbers], -2)

    def put(self, own: Array, whole: Array) -> None:
        """Put their rows into columns."""
        start, slices = 0, self.grid.column_slices
        for k in self.numbers:
            target = whole[..., slices[k], :]
            target[...] = own[..., start : start + target.shape[-2], :]
            start += target.shape[-2]


def scattered_blocks(
    grid: Grid, given: Sequence[tuple[Grid, Sequence[int], Sequence[int]]]
) -> Grid:
    """Put blocks in their places in matrices that have the shape of the inverses of a grid."""
    places: dict[tuple[int, int], Block] = {}
    for one, rows, columns in given:
        for u, row in enumerate(rows):
            for v, column in enumerate(columns):
                places[row, column] = places.get((row, column), ()) + one.blocks[u][v]
    blocks = tuple(
        tuple(places.get((u, v), ()) for v in range(len(grid.rows)))
        for u in range(len(grid.columns))
    )
    return replace(grid, blocks=blocks, rows=grid.columns, columns=grid.rows)


@dataclass(frozen=True, eq=False)
class DirectSum:
    """Matrices of variables that have nothing to do with one another.

    Parameters
    ----------
    grid
        The whole.
    groups
        The numbers of the variables of each matrix.
    blocks
        The matrices.
    """

    grid: Grid
    groups: tuple[tuple[int, ...], ...]
    blocks: tuple[Matrix, ...]

    @property
    def words(self) -> str:
        """The structure in words."""
        return "direct sum of " + " and ".join(f"({one.words})" for one in self.blocks)

    def work(self, columns: int) -> float:
        """Return about how many multiplications it takes to solve for some columns."""
        return sum(one.work(columns) for one in self.blocks)

    def solve(self, right: Array) -> Array:
        """Solve for columns."""
        found = np.zeros(
            (*self.grid.batch, self.grid.width, right.shape[-1]),
            np.result_type(right, self.grid.dtype),
        )
        for numbers, block in zip(self.groups, self.blocks, strict=True):
            own = Variables(self.grid, numbers)
            own.put(block.solve(own.of(right)), found)
        return found

    def slogdet(self) -> tuple[Array, Array]:
        """Return signs and logarithms of the determinants."""
        signs, logarithms = zip(*(one.slogdet() for one in self.blocks), strict=True)
        return np.stack(signs).prod(0), np.stack(logarithms).sum(0)

    def eigvalsh(self) -> Array:
        """Return the eigenvalues."""
        return np.sort(np.concatenate([one.eigvalsh() for one in self.blocks], -1), -1)

    def inverse(self) -> Grid:
        """Return the inverses."""
        return scattered_blocks(
            self.grid,
            [
                (block.inverse(), own, own)
                for own, block in zip(self.groups, self.blocks, strict=True)
            ],
        )

    def multiple(self) -> Array | None:
        """Return nothing: it is not looked for."""
        return None


@dataclass(frozen=True, eq=False)
class Arrow:
    """Matrices of which some variables are eliminated first.

    Parameters
    ----------
    grid
        The whole.
    numbers
        The variables that are eliminated.
    rest
        The others.
    first
        The block of the variables that are eliminated.
    """

    grid: Grid
    numbers: tuple[int, ...]
    rest: tuple[int, ...]
    first: Matrix

    @property
    def words(self) -> str:
        """The structure in words."""
        size = self._lower.height
        return f"arrow: ({self.first.words}), then a Schur complement of {size} × {size}"

    @property
    def _lower(self) -> Grid:
        return self.grid.some(self.rest, self.rest)

    def work(self, columns: int) -> float:
        """Return about how many multiplications it takes to solve for some columns."""
        size, first = float(self._lower.height), self.first.grid.height
        own = size**3 / 3 + first * size**2 + (2 * first * size + size**2) * columns
        return self.first.work(columns + self._lower.height) + self.grid.count * own

    @cached_property
    def _dense(self) -> DenseMatrix:
        return DenseMatrix(self.grid)

    @cached_property
    def _left(self) -> Grid:
        return self.grid.some(self.rest, self.numbers)

    @cached_property
    def _solved(self) -> tuple[Array, Factorised] | None:
        """The others' columns solved for, and the complement; None if the first is singular."""
        columns = self.grid.some(self.numbers, self.rest).dense()
        try:
            solved = self.first.solve(columns)
        except MatrixError:
            return None
        return solved, Factorised(self._lower.dense() - self._left.times(solved))

    @cached_property
    def _eliminated(self) -> tuple[Array, Factorised] | None:
        """The same, and None where the first block is too near to a singular matrix."""
        if self._solved is None:
            return None
        try:
            is_usable = solves_accurately(self.grid, self._mended)
        except MatrixError:
            # It is singular itself, which is told when it is solved, unless the base makes it so.
            is_usable = self._solved[1].is_moderate
        return self._solved if is_usable else None

    def solve(self, right: Array) -> Array:
        """Solve for columns."""
        return self._dense.solve(right) if self._eliminated is None else self._mended(right)

    def _mended(self, right: Array) -> Array:
        return refined(self.grid, self._once, right)

    def _once(self, right: Array) -> Array:
        assert self._solved is not None
        solved, complement = self._solved
        first, others = Variables(self.grid, self.numbers), Variables(self.grid, self.rest)
        found = self.first.solve(first.of(right))
        lower = complement.solve(others.of(right) - self._left.times(found))
        result = np.zeros((*self.grid.batch, self.grid.width, right.shape[-1]), lower.dtype)
        first.put(found - solved @ lower, result)
        others.put(lower, result)
        return result

    def slogdet(self) -> tuple[Array, Array]:
        """Return signs and logarithms of the determinants."""
        if self._eliminated is None:
            return self._dense.slogdet()
        sign, logarithm = self.first.slogdet()
        own_sign, own = self._eliminated[1].slogdet()
        return sign * own_sign, logarithm + own

    def eigvalsh(self) -> Array:
        """Return the eigenvalues."""
        return self._dense.eigvalsh()

    def inverse(self) -> Grid:
        """Return the inverses: that of the first block, and products of the rank of the others."""
        if self._eliminated is None:
            return self._dense.inverse()
        solved, complement = self._eliminated
        lower = self._lower
        identity = np.broadcast_to(
            np.eye(lower.height, dtype=complement.matrix.dtype), complement.matrix.shape
        )
        corner = complement.solve(identity)
        inverse = self.first.inverse()
        rows = inverse.transposed().times(self._left.dense().swapaxes(-1, -2)).swapaxes(-1, -2)
        upper = self.grid.some(self.numbers, self.numbers)
        right = self.grid.some(self.rest, self.numbers)
        below = self.grid.some(self.numbers, self.rest)
        found = scattered_blocks(
            self.grid,
            [
                (
                    added(inverse, outer_grid(solved, corner @ rows, upper)),
                    self.numbers,
                    self.numbers,
                ),
                (array_grid(-solved @ corner, right), self.numbers, self.rest),
                (array_grid(-corner @ rows, below), self.rest, self.numbers),
                (array_grid(corner, lower), self.rest, self.rest),
            ],
        )
        return found if inverts_accurately(found, self._mended) else self._dense.inverse()

    def multiple(self) -> Array | None:
        """Return nothing: it is not looked for."""
        return None
