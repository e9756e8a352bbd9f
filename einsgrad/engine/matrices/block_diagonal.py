"""Matrices that are diagonal in some axes: a matrix for each value of these, or one for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.matrices.dense import DenseMatrix
from einsgrad.engine.matrices.grids import Grid, Shape
from einsgrad.engine.matrices.matrix import Matrix
from einsgrad.engine.matrices.part_products import product_part
from einsgrad.engine.matrices.scalars import Scalars
from einsgrad.engine.parts import Part

_LETTERS = "ijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class DeltaAxes:
    """Axes of the rows and of the columns whose indices are the same.

    Parameters
    ----------
    rows, columns
        An axis of each variable.
    size
        How many values the index has.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    size: int


@dataclass(frozen=True, eq=False)
class BlockDiagonal:
    """Matrices that are diagonal in some axes.

    Parameters
    ----------
    grid
        The matrices.
    held
        Axes with a block for each value, which are the last ones of the batch of blocks.
    copied
        Axes along which the blocks are the same.
    block
        The blocks.
    """

    grid: Grid
    held: tuple[DeltaAxes, ...]
    copied: tuple[DeltaAxes, ...]
    block: Matrix

    @property
    def is_diagonal(self) -> bool:
        """Whether the blocks are numbers, of which there are several."""
        return isinstance(self.block, Scalars) and bool(self.held)

    @property
    def words(self) -> str:
        """The structure in words."""
        copies, count = self._copies, prod(one.size for one in self.held)
        inner = self.block.grid
        if isinstance(self.block, Scalars):
            if self.held:
                return f"diagonal of {count * copies} entries"
            return f"a multiple of the {copies} × {copies} identity"
        axes = sorted(one.rows[0] for one in (*self.held, *self.copied))
        over = ", ".join(_LETTERS[axis % len(_LETTERS)] for axis in axes)
        blocks = f"{count} blocks" if self.held else f"{copies} times one block"
        if self.held and self.copied:
            blocks = f"{copies} times {blocks}"
        what = f"{blocks} of {inner.height} × {inner.width}"
        if not isinstance(self.block, DenseMatrix):
            what += f", each {self.block.words}"
        return f"block diagonal over {over} ({what})"

    @property
    def _copies(self) -> int:
        return prod(one.size for one in self.copied)

    @property
    def _is_aligned(self) -> bool:
        """Whether the matrix is block diagonal for one order of both rows and columns."""
        pairs = (*self.held, *self.copied)
        return self.grid.rows == self.grid.columns and all(x.rows == x.columns for x in pairs)

    def work(self, columns: int) -> float:
        """Return about how many multiplications it takes to solve for some columns."""
        return self.block.work(columns * self._copies)

    def solve(self, right: Array) -> Array:
        """Solve for columns."""
        count = right.shape[-1]
        axes = [(one.rows, one.columns) for one in (*self.held, *self.copied)]
        rows = [
            self._order(u, [x[0][u] for x in axes], len(shape))
            for u, shape in enumerate(self.grid.rows)
        ]
        columns = [
            self._order(v, [x[1][v] for x in axes], len(shape))
            for v, shape in enumerate(self.grid.columns)
        ]
        inner = self.block.grid
        given = [
            right[..., place, :]
            .reshape(*self.grid.batch, *shape, count)
            .transpose(order)
            .reshape(*inner.batch, prod(own), self._copies * count)
            for place, shape, order, own in zip(
                self.grid.row_slices, self.grid.rows, rows, inner.rows, strict=True
            )
        ]
        found = self.block.solve(np.concatenate(given, -2) if len(given) > 1 else given[0])
        copies = [one.size for one in self.copied]
        return np.concatenate(
            [
                found[..., place, :]
                .reshape(*inner.batch, *own, *copies, count)
                .transpose(np.argsort(order))
                .reshape(*self.grid.batch, prod(shape), count)
                for place, own, order, shape in zip(
                    inner.column_slices, inner.columns, columns, self.grid.columns, strict=True
                )
            ],
            -2,
        )

    def _order(self, number: int, axes: Sequence[int], count: int) -> list[int]:
        """Return the order of axes in which those of the blocks stand between held and copied."""
        first = len(self.grid.batch)
        held, copied = axes[: len(self.held)], axes[len(self.held) :]
        rest = [axis for axis in range(count) if axis not in axes]
        moved = [first + axis for axis in (*held, *rest, *copied)]
        return [*range(first), *moved, first + count]

    @cached_property
    def _dense(self) -> DenseMatrix:
        return DenseMatrix(self.grid)

    def slogdet(self) -> tuple[Array, Array]:
        """Return signs and logarithms of the determinants."""
        if not self._is_aligned:
            return self._dense.slogdet()
        sign, logarithm = self.block.slogdet()
        axes = tuple(range(len(self.grid.batch), sign.ndim))
        copies = self._copies
        if not copies:
            return np.ones_like(sign).prod(axes), np.zeros_like(logarithm).sum(axes)
        return (sign**copies).prod(axes), copies * logarithm.sum(axes)

    def eigvalsh(self) -> Array:
        """Return the eigenvalues."""
        if not self._is_aligned:
            return self._dense.eigvalsh()
        found = np.repeat(self.block.eigvalsh(), self._copies, -1)
        return np.sort(found.reshape(*self.grid.batch, self.grid.height), -1)

    def inverse(self) -> Grid:
        """Return the inverses."""
        inner = self.block.inverse()
        blocks = tuple(
            tuple(
                tuple(self._spread(part, u, v) for part in inner.blocks[u][v])
                for v in range(len(inner.columns))
            )
            for u in range(len(inner.rows))
        )
        grid = self.grid
        return replace(grid, blocks=blocks, rows=grid.columns, columns=grid.rows)

    def _spread(self, part: Part, u: int, v: int) -> Part:
        """Give a part of a block's inverse the axes that are held and copied."""
        first = len(self.grid.batch)
        rows, columns = self.grid.columns[u], self.grid.rows[v]
        deltas = [
            (first + one.columns[u], first + len(rows) + one.rows[v])
            for one in (*self.held, *self.copied)
        ]
        shape: Shape = (*self.grid.batch, *rows, *columns)
        taken = {axis for pair in deltas for axis in pair}
        rest = [axis for axis in range(first, len(shape)) if axis not in taken]
        held = [pair[0] for pair in deltas[: len(self.held)]]
        identities = [Part((), (0, 0), (shape[one], shape[other])) for one, other in deltas]
        return product_part([part, *identities], [[*range(first), *held, *rest], *deltas], shape)

    def multiple(self) -> Array | None:
        """Return what the identity is multiplied by, if the blocks are of one number."""
        return self.block.multiple() if self._is_aligned and not self.held else None
