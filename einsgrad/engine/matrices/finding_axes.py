"""Which axes of rows and columns have one index, and which groups of axes share no label."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import product
from math import prod
from typing import Any

from einsgrad.engine.matrices.block_diagonal import DeltaAxes
from einsgrad.engine.matrices.grids import Block, Grid
from einsgrad.engine.matrices.kronecker import FactorAxes
from einsgrad.engine.parts import Part
from einsgrad.engine.programs.affine_axes import AffineAxis
from einsgrad.strings.joins import Joins
from einsgrad.strings.subscripts import Label


def delta_axes(grid: Grid) -> tuple[list[DeltaAxes], list[DeltaAxes]]:
    """Return the axes in which matrices are diagonal: with blocks of their own, and with one block.

    Examples
    --------
    >>> import numpy as np
    >>> part = Part.of(np.ones((2, 3)), (0, 1, 0, 1))
    >>> held, copied = delta_axes(Grid.of([part], (2, 3), (2, 3), np.dtype(float)))
    >>> [one.rows for one in held], copied
    ([(0,), (1,)], [])
    """
    held: list[DeltaAxes] = []
    copied: list[DeltaAxes] = []
    for one in _candidates(grid):
        if any(_overlap(one, other) for other in (*held, *copied)):
            continue
        places = list(_places(grid, one))
        if all(_is_delta(part, *pair) for part, pair in places):
            is_copied = all(is_identity(part, *pair) for part, pair in places)
            (copied if is_copied else held).append(one)
    return held, copied


def _candidates(grid: Grid) -> Iterator[DeltaAxes]:
    """Yield axes that may have one index; those at the same places first."""
    shapes = [*grid.rows, *grid.columns]
    if grid.is_single:
        pairs = product(*(range(len(shape)) for shape in shapes))
        for row, column in sorted(pairs, key=lambda pair: pair[0] != pair[1]):
            if grid.rows[0][row] == grid.columns[0][column]:
                yield DeltaAxes((row,), (column,), grid.rows[0][row])
    elif grid.rows == grid.columns:
        for axes in product(*(range(len(shape)) for shape in grid.rows)):
            sizes = {shape[axis] for shape, axis in zip(grid.rows, axes, strict=True)}
            if len(sizes) == 1:
                yield DeltaAxes(axes, axes, sizes.pop())


def _overlap(one: DeltaAxes, other: DeltaAxes) -> bool:
    pairs = (*zip(one.rows, other.rows, strict=True), *zip(one.columns, other.columns, strict=True))
    return any(a == b for a, b in pairs)


def _places(grid: Grid, one: DeltaAxes) -> Iterator[tuple[Part, tuple[int, int]]]:
    """Yield each part, and where it has the axes."""
    first = len(grid.batch)
    for u, row in enumerate(grid.blocks):
        for v, block in enumerate(row):
            pair = first + one.rows[u], first + len(grid.rows[u]) + one.columns[v]
            for part in block:
                yield part, pair


def _is_delta(part: Part, one: int, other: int) -> bool:
    """Tell whether a part is 0 but where the indices of two axes are the same."""
    label = part.pattern[one]
    is_plain = not isinstance(label, AffineAxis) and all(x.label != label for x in part.looked)
    return is_plain and label == part.pattern[other]


def is_identity(part: Part, one: int, other: int) -> bool:
    """Tell whether a part is the identity in two axes.

    Examples
    --------
    >>> part = Part((), (0, 0, 1, 1), (2, 2, 3, 3))
    >>> is_identity(part, 0, 1), is_identity(part, 1, 2)
    (True, False)
    """
    label = part.pattern[one]
    others = [x for axis, x in enumerate(part.pattern) if axis not in (one, other)]
    held = {x for factor in part.factors for x in factor.labels}
    return _is_delta(part, one, other) and label not in {*held, *part.free(tuple(others))}


def blocks_of(grid: Grid, held: Sequence[DeltaAxes], copied: Sequence[DeltaAxes]) -> Grid:
    """Return the blocks of matrices that are diagonal in some axes, which their batch has then."""
    rows = tuple(
        tuple(size for axis, size in enumerate(shape) if axis not in taken)
        for shape, taken in zip(
            grid.rows, _taken(held, copied, "rows", len(grid.rows)), strict=True
        )
    )
    columns = tuple(
        tuple(size for axis, size in enumerate(shape) if axis not in taken)
        for shape, taken in zip(
            grid.columns, _taken(held, copied, "columns", len(grid.columns)), strict=True
        )
    )
    blocks = tuple(
        tuple(_inner(grid, u, v, held, copied) for v in range(len(columns)))
        for u in range(len(rows))
    )
    batch = (*grid.batch, *(one.size for one in held))
    return replace(grid, blocks=blocks, batch=batch, rows=rows, columns=columns)


def _taken(
    held: Sequence[DeltaAxes], copied: Sequence[DeltaAxes], side: str, count: int
) -> list[set[int]]:
    return [{getattr(one, side)[k] for one in (*held, *copied)} for k in range(count)]


def _inner(
    grid: Grid, u: int, v: int, held: Sequence[DeltaAxes], copied: Sequence[DeltaAxes]
) -> Block:
    """Take axes out of the parts of a block."""
    first, split = len(grid.batch), len(grid.batch) + len(grid.rows[u])
    taken = {first + one.rows[u] for one in (*held, *copied)}
    taken |= {split + one.columns[v] for one in (*held, *copied)}
    batch = [*range(first), *(first + one.rows[u] for one in held)]
    rest = range(first, split + len(grid.columns[v]))
    order = [*batch, *(axis for axis in rest if axis not in taken)]
    return tuple(
        replace(
            part,
            pattern=tuple(part.pattern[x] for x in order),
            shape=tuple(part.shape[x] for x in order),
        )
        for part in grid.blocks[u][v]
    )


def separate_axes(grid: Grid) -> list[FactorAxes]:
    """Group the axes that share labels in any part; each group has as many rows as columns.

    Examples
    --------
    >>> import numpy as np
    >>> part = Part((), (0, 1, 0, 1), (2, 3, 2, 3))
    >>> separate_axes(Grid.of([part], (2, 3), (2, 3), np.dtype(float)))
    [FactorAxes(rows=(0,), columns=(0,)), FactorAxes(rows=(1,), columns=(1,))]
    """
    (rows,), (columns,) = grid.rows, grid.columns
    first, split = len(grid.batch), len(grid.batch) + len(rows)
    joins = Joins[Any]()
    for number, part in enumerate(grid.parts):
        _join_axes(joins, number, part, first)
    groups: dict[Any, list[int]] = {}
    for axis in range(first, split + len(columns)):
        groups.setdefault(joins.find(("axis", axis)), []).append(axis)
    found = [
        FactorAxes(
            tuple(x - first for x in group if x < split),
            tuple(x - split for x in group if x >= split),
        )
        for group in groups.values()
    ]
    return sorted(_square(found, rows, columns), key=lambda one: one.rows)


def _join_axes(joins: Joins[Any], number: int, part: Part, first: int) -> None:
    """Join the axes of a part that share labels, but for those of the batch."""
    batch = set(part.pattern[:first])
    for axis, label in enumerate(part.pattern[first:], first):
        for free in part.free((label,)):
            if free not in batch:
                joins.join(("axis", axis), (number, free))
    for factor in part.factors:
        own = [x for x in factor.labels if x not in batch]
        for label in own:
            joins.join((number, own[0]), (number, label))


def _square(
    groups: Sequence[FactorAxes], rows: Sequence[int], columns: Sequence[int]
) -> list[FactorAxes]:
    """Put the groups together that are not square, or have one row alone."""
    heights = {one: prod(rows[axis] for axis in one.rows) for one in groups}
    widths = {one: prod(columns[axis] for axis in one.columns) for one in groups}
    square = [one for one in groups if heights[one] == widths[one] != 1]
    rest = [one for one in groups if one not in square]
    if not rest:
        return square
    numbers = [one for one in rest if heights[one] == widths[one]]
    if len(numbers) == len(rest) and square:
        rest.append(square.pop())
    return [*square, united(rest)]


def united(groups: Collection[FactorAxes]) -> FactorAxes:
    """Put groups together."""
    return FactorAxes(
        tuple(sorted(x for one in groups for x in one.rows)),
        tuple(sorted(x for one in groups for x in one.columns)),
    )


def restricted(grid: Grid, parts: Sequence[Part], axes: FactorAxes, *, with_numbers: bool) -> Grid:
    """Return the factor of a matrix that has some axes.

    Parameters
    ----------
    grid
        The matrix.
    parts
        The parts of it that count.
    axes
        The axes.
    with_numbers
        Whether the factors of parts that no axis has are multiplied with it.
    """
    (rows,), (columns,) = grid.rows, grid.columns
    first, split = len(grid.batch), len(grid.batch) + len(rows)
    order = [
        *range(first),
        *(first + axis for axis in axes.rows),
        *(split + axis for axis in axes.columns),
    ]
    found = [_restricted(part, order, first, with_numbers=with_numbers) for part in parts]
    shapes = tuple(rows[x] for x in axes.rows), tuple(columns[x] for x in axes.columns)
    return Grid.of(found, *shapes, grid.dtype, grid.batch)


def _restricted(part: Part, order: Sequence[int], first: int, *, with_numbers: bool) -> Part:
    joins = Joins[Any]()
    _join_axes(joins, 0, part, first)
    batch = set(part.pattern[:first])
    own = {joins.find(("axis", axis)) for axis in order[first:]}
    every = {joins.find(("axis", axis)) for axis in range(first, len(part.pattern))}

    def belongs(labels: Sequence[Label]) -> bool:
        inner = [x for x in labels if x not in batch]
        root = joins.find((0, inner[0])) if inner else None
        return root in own or (with_numbers and root not in every)

    pattern = tuple(part.pattern[x] for x in order)
    return Part(
        tuple(one for one in part.factors if belongs(one.labels)),
        pattern,
        tuple(part.shape[x] for x in order),
        part.looked_up_by(pattern),
    )


def part_key(part: Part) -> Any:
    """Return what two parts have in common if they are the same."""
    names: dict[Label, int] = {}

    def name(label: Label) -> Any:
        if isinstance(label, AffineAxis):
            return label.renamed(name)
        return names.setdefault(label, len(names))

    pattern = tuple(name(x) for x in part.pattern)
    factors = tuple((id(one.array), tuple(map(name, one.labels))) for one in part.factors)
    looked = tuple(
        (name(one.label), id(one.integers), tuple(map(name, one.axes))) for one in part.looked
    )
    return pattern, factors, looked
