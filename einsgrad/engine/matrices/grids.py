"""Matrices as they are given: sums of parts for each pair of variables, and batches of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, pairwise
from math import prod
from typing import Any, TypeAlias

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.parts import Part
from einsgrad.engine.refusals import check_array, most_bytes

Shape: TypeAlias = tuple[int, ...]
Block: TypeAlias = tuple[Part, ...]


@dataclass(frozen=True, eq=False)
class Grid:
    """A batch of matrices, as blocks whose rows and columns have axes.

    Parameters
    ----------
    blocks
        For each variable of the rows, and each of the columns, the parts of the block. The axes
        of a part are those of the batch, of the rows, then of the columns.
    batch
        The shape of the batch.
    rows, columns
        The shape of each variable.
    dtype
        What is computed in.

    Examples
    --------
    >>> Grid.of([Part.of(np.ones(2), (0, 0))], (2,), (2,), np.dtype(float)).dense()
    array([[1., 0.],
           [0., 1.]])
    """

    blocks: tuple[tuple[Block, ...], ...]
    batch: Shape
    rows: tuple[Shape, ...]
    columns: tuple[Shape, ...]
    dtype: np.dtype[Any]

    @classmethod
    def of(
        cls,
        parts: Sequence[Part],
        rows: Shape,
        columns: Shape,
        dtype: np.dtype[Any],
        batch: Shape = (),
    ) -> Grid:
        """Return a matrix of one block."""
        return cls(((tuple(parts),),), batch, (rows,), (columns,), dtype)

    @property
    def parts(self) -> Iterator[Part]:
        """The parts of all blocks."""
        for row in self.blocks:
            for block in row:
                yield from block

    @property
    def is_single(self) -> bool:
        """Whether there is one block."""
        return len(self.rows) == len(self.columns) == 1

    @property
    def count(self) -> int:
        """The number of matrices."""
        return prod(self.batch)

    @cached_property
    def height(self) -> int:
        """The number of rows."""
        return sum(map(prod, self.rows))

    @cached_property
    def width(self) -> int:
        """The number of columns."""
        return sum(map(prod, self.columns))

    @property
    def row_slices(self) -> list[slice]:
        """The rows of each variable."""
        return _slices(self.rows)

    @property
    def column_slices(self) -> list[slice]:
        """The columns of each variable."""
        return _slices(self.columns)

    @property
    def nbytes(self) -> int:
        """The memory that the parts take."""
        arrays = {id(one): one for part in self.parts for one in part.arrays}
        return sum(one.nbytes for one in arrays.values())

    def some(self, rows: Sequence[int], columns: Sequence[int]) -> Grid:
        """Return the blocks of some variables."""
        return replace(
            self,
            blocks=tuple(tuple(self.blocks[u][v] for v in columns) for u in rows),
            rows=tuple(self.rows[u] for u in rows),
            columns=tuple(self.columns[v] for v in columns),
        )

    def transposed(self) -> Grid:
        """Return the transposed matrices."""
        first = len(self.batch)
        blocks = tuple(
            tuple(
                tuple(_turned(part, first, len(rows)) for part in block)
                for block, rows in zip(column, self.rows, strict=True)
            )
            for column in zip(*self.blocks, strict=True)
        )
        return replace(self, blocks=blocks, rows=self.columns, columns=self.rows)

    def dense(self) -> Array:
        """Multiply all out.

        Raises
        ------
        SizeError
            If the array would be too large.
        """
        shape = (*self.batch, self.height, self.width)
        check_array(shape, self.dtype.itemsize, most_bytes(self.nbytes))
        result = np.zeros(shape, self.dtype)
        for u, rows in enumerate(self.row_slices):
            for v, columns in enumerate(self.column_slices):
                place = result[..., rows, columns]
                block = np.zeros((*self.batch, *self.rows[u], *self.columns[v]), self.dtype)
                for part in self.blocks[u][v]:
                    part.add_to(block)
                place[...] = block.reshape(place.shape)
        return result

    def times(self, given: Array) -> Array:
        """Multiply with columns: those of each matrix are the last axes but one of an array."""
        count, first = given.shape[-1], len(self.batch)
        result = np.zeros(
            (*self.batch, self.height, count), np.result_type(given.dtype, self.dtype)
        )
        for v, columns in enumerate(self.column_slices):
            right = given[..., columns, :].reshape(*self.batch, *self.columns[v], count)
            for u, rows in enumerate(self.row_slices):
                total = np.zeros((*self.batch, *self.rows[u], count), result.dtype)
                for part in self.blocks[u][v]:
                    part.contracted(right, first + len(self.rows[u]), first).add_to(total)
                result[..., rows, :] += total.reshape(result[..., rows, :].shape)
        return result


def _slices(shapes: Sequence[Shape]) -> list[slice]:
    ends = [0, *accumulate(map(prod, shapes))]
    return [slice(*pair) for pair in pairwise(ends)]


def _turned(part: Part, first: int, rows: int) -> Part:
    """Exchange the axes of rows and columns."""
    axes = range(len(part.shape))
    order = (*axes[:first], *axes[first + rows :], *axes[first : first + rows])
    return replace(
        part,
        pattern=tuple(part.pattern[x] for x in order),
        shape=tuple(part.shape[x] for x in order),
    )
