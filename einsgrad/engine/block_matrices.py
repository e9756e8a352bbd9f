"""The blocks of several variables as one matrix, whose columns are tuples of arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array, as_array
from einsgrad.engine.dtypes import widest
from einsgrad.engine.flat_columns import (
    flat_columns_of,
    linear_operator,
    refuse_without_scipy,
    shaped_columns,
)
from einsgrad.engine.matrices.grids import Grid, Shape
from einsgrad.engine.matrices.sparse import sparse_matrix
from einsgrad.engine.square_matrices import SquareMatrix
from einsgrad.engine.structured import Structured
from einsgrad.errors import ShapeError, as_sequence


@dataclass(frozen=True, eq=False)
class BlockMatrix(SquareMatrix):
    """The blocks of a Hessian in several variables, as one matrix.

    Its columns are tuples of arrays, one for each variable.

    Parameters
    ----------
    blocks
        For each variable a row of blocks, one for each variable.

    Raises
    ------
    ShapeError
        If the shapes of blocks do not fit together.

    Examples
    --------
    >>> import einsgrad as eg
    >>> b, t = eg.variables("b[n] t[]")
    >>> energy = eg.sum(eg.exp(b) + t * b) + t**2
    >>> H = eg.compile(eg.hessian(energy, (b, t)), structured=True)(b=np.zeros(3), t=1.0)
    >>> H.structure
    'arrow: (diagonal of 3 entries), then a Schur complement of 1 × 1'
    >>> H.solve((np.ones(3), np.array(0.0)))
    (array([-2., -2., -2.]), array(3.))
    """

    blocks: tuple[tuple[Structured, ...], ...]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.blocks) for row in self.blocks) or not self.blocks:
            raise ShapeError("as many rows of blocks as columns are needed. Give a square.")
        for one, row in zip(self.shapes, self.blocks, strict=True):
            for other, block in zip(self.shapes, row, strict=True):
                if block.shape != (*one, *other):
                    raise ShapeError(
                        f"a block of shape {block.shape} was given for {(*one, *other)}. "
                        "Give the blocks of a Hessian, by rows."
                    )

    @classmethod
    def of(cls, blocks: Sequence[Structured], count: int) -> BlockMatrix:
        """Make a matrix of blocks that stand one row after the other."""
        width = len(blocks) // count
        return cls(tuple(tuple(blocks[k * width : (k + 1) * width]) for k in range(count)))

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shape of each variable."""
        own = [row[k].shape for k, row in enumerate(self.blocks)]
        return tuple(shape[: len(shape) // 2] for shape in own)

    @property
    def nbytes(self) -> int:
        """The memory that the blocks take."""
        return self._grid.nbytes

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the entries."""
        return widest(block.dtype for row in self.blocks for block in row)

    def __str__(self) -> str:
        lines = [
            f"block {u}, {v}: {part}"
            for u, row in enumerate(self.blocks)
            for v, block in enumerate(row)
            for part in block.parts
        ]
        return "\n".join(lines)

    @cached_property
    def _grid(self) -> Grid:
        parts = tuple(
            tuple(tuple(part for part in block.parts if not part.is_zero) for block in row)
            for row in self.blocks
        )
        return Grid(parts, (), self.shapes, self.shapes, self._computed)

    def dense(self) -> Array:
        """Return one matrix: the rows of the variables in turn, each in C order.

        Raises
        ------
        SizeError
            If it would be too large.
        """
        return self._grid.dense().astype(self.dtype, copy=False)

    def __matmul__(self, arrays: Any) -> tuple[Array, ...]:
        """Multiply with arrays of the variables' shapes, or with several along last axes.

        Raises
        ------
        ShapeError
            If an array has another shape.
        """
        return self._of_arrays(arrays, self._grid.times)

    def solve(self, right: Any) -> tuple[Array, ...]:
        """Solve for arrays of the variables' shapes, or for several along last axes.

        Raises
        ------
        ShapeError
            If an array has another shape.
        MatrixError
            If the matrix is singular.
        """
        return self._of_arrays(right, self._matrix.solve)

    def _of_arrays(self, given: Any, function: Any) -> tuple[Array, ...]:
        """Call a function of columns with arrays."""
        arrays = [as_array(one, "an array") for one in as_sequence(given, "the arrays")]
        columns = flat_columns_of(arrays, self.shapes, self._grid.dtype)
        further = arrays[0].shape[len(self.shapes[0]) :]
        kept = widest([*(one.dtype for one in arrays), self.dtype])
        return shaped_columns(function(columns), self.shapes, further, kept)

    def diag(self) -> tuple[Array, ...]:
        """Return the diagonal, as an array for each variable."""
        return tuple(row[k].diag() for k, row in enumerate(self.blocks))

    def trace(self) -> Any:
        """Return the sum of the diagonal."""
        return sum(row[k].trace() for k, row in enumerate(self.blocks))

    def inverse(self) -> BlockMatrix:
        """Return the inverse, which keeps the structure.

        Raises
        ------
        MatrixError
            If the matrix is singular.
        """
        found = self._matrix.inverse()
        return BlockMatrix(
            tuple(
                tuple(
                    Structured(found.blocks[u][v], (*rows, *columns))
                    for v, columns in enumerate(self.shapes)
                )
                for u, rows in enumerate(self.shapes)
            )
        )

    def to_scipy(self) -> Any:
        """Return the products with vectors as scipy takes them: the variables flat, in turn.

        Returns
        -------
        scipy.sparse.linalg.LinearOperator

        Raises
        ------
        ArgumentError
            If scipy is missing.
        """
        return linear_operator(self._grid)

    def to_scipy_sparse(self) -> Any:
        """Return a sparse matrix of scipy; what is known to be zero takes no memory.

        Returns
        -------
        scipy.sparse.csr_array

        Raises
        ------
        ArgumentError
            If scipy is missing.
        """
        refuse_without_scipy("a sparse matrix")
        return sparse_matrix(self._grid)
