"""Parts made of arrays of matrices, and products of parts that have no axes in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from einsgrad.engine.binding import Array
from einsgrad.engine.labelled_arrays import Labelled
from einsgrad.engine.matrices.grids import Grid, Shape
from einsgrad.engine.parts import Part
from einsgrad.strings.joins import Joins
from einsgrad.strings.subscripts import Indices, Label


def array_grid(matrix: Array, grid: Grid) -> Grid:
    """Return matrices as the inverses of those of a grid, or as anything of their shape.

    Parameters
    ----------
    matrix
        The matrices: rows and columns are the columns and rows of the grid.
    grid
        The grid.
    """
    blocks = tuple(
        tuple(
            (Part.of(matrix[..., u, v].reshape((*grid.batch, *rows, *columns))),)
            for columns, v in zip(grid.rows, grid.row_slices, strict=True)
        )
        for rows, u in zip(grid.columns, grid.column_slices, strict=True)
    )
    return replace(grid, blocks=blocks, rows=grid.columns, columns=grid.rows)


def outer_grid(left: Array, right: Array, grid: Grid) -> Grid:
    """Return products of matrices of few columns with some of few rows, not multiplied out.

    They have the shapes of the inverses of a grid.
    """
    blocks = tuple(
        tuple(
            (
                outer_part(
                    left[..., u, :].reshape(*grid.batch, *rows, left.shape[-1]),
                    right[..., v].reshape(*right.shape[:-1], *columns),
                    len(grid.batch),
                ),
            )
            for columns, v in zip(grid.rows, grid.row_slices, strict=True)
        )
        for rows, u in zip(grid.columns, grid.column_slices, strict=True)
    )
    return replace(grid, blocks=blocks, rows=grid.columns, columns=grid.rows)


def outer_part(left: Array, right: Array, batch: int) -> Part:
    """Contract the last axis of an array with the first one behind the batch of another."""
    rows, columns = left.ndim - batch - 1, right.ndim - batch - 1
    first = tuple(("batch", k) for k in range(batch))
    own = tuple(("row", k) for k in range(rows))
    other = tuple(("column", k) for k in range(columns))
    factors = Labelled(left, (*first, *own, "rank")), Labelled(right, (*first, "rank", *other))
    shape = (*left.shape[:-1], *right.shape[batch + 1 :])
    return Part(factors, (*first, *own, *other), shape)


def added(*grids: Grid) -> Grid:
    """Add matrices of one shape."""
    first = grids[0]
    blocks = tuple(
        tuple(
            tuple(part for one in grids for part in one.blocks[u][v])
            for v in range(len(first.columns))
        )
        for u in range(len(first.rows))
    )
    return replace(first, blocks=blocks)


def product_part(parts: Sequence[Part], axes: Sequence[Sequence[int]], shape: Shape) -> Part:
    """Multiply parts whose axes are some of the product's.

    Parameters
    ----------
    parts
        The parts, without shifts and look-ups.
    axes
        For each axis of each part, its place in the product.
    shape
        The shape of the product.
    """
    joins = Joins[Label]()
    for number, (part, places) in enumerate(zip(parts, axes, strict=True)):
        for label, place in zip(part.pattern, places, strict=True):
            joins.join(("axis", place), (number, label))
    pattern: Indices = tuple(joins.find(("axis", place)) for place in range(len(shape)))
    factors = tuple(
        Labelled(one.array, tuple(joins.find((number, x)) for x in one.labels))
        for number, part in enumerate(parts)
        for one in part.factors
    )
    return Part(factors, pattern, shape)
