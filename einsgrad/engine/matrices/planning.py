"""The structure of a matrix for which solving takes the least work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from math import prod

from einsgrad.engine.matrices.arrows import Arrow, DirectSum
from einsgrad.engine.matrices.block_diagonal import BlockDiagonal
from einsgrad.engine.matrices.dense import DenseMatrix
from einsgrad.engine.matrices.finding_axes import (
    blocks_of,
    delta_axes,
    is_identity,
    part_key,
    restricted,
    separate_axes,
    united,
)
from einsgrad.engine.matrices.finding_ranks import outer_products
from einsgrad.engine.matrices.grids import Grid
from einsgrad.engine.matrices.kronecker import FactorAxes, Factors, KroneckerProduct
from einsgrad.engine.matrices.kronecker_sums import KroneckerSum, KroneckerTerm
from einsgrad.engine.matrices.low_rank import LowRankUpdate
from einsgrad.engine.matrices.matrix import Matrix
from einsgrad.engine.matrices.scalars import Scalars
from einsgrad.engine.matrices.sparse import SparseMatrix
from einsgrad.engine.parts import Part
from einsgrad.strings.joins import connected


def planned(grid: Grid, *, with_updates: bool = True) -> Matrix:
    """Find the structure of square matrices.

    Parameters
    ----------
    grid
        The matrices.
    with_updates
        Whether parts of low rank may be taken off.

    Examples
    --------
    >>> import numpy as np
    >>> grid = Grid.of([Part.of(np.ones(3), (0, 0))], (3,), (3,), np.dtype(float))
    >>> planned(grid).words
    'diagonal of 3 entries'
    """
    if grid.is_single and not grid.rows[0] and not grid.columns[0]:
        return Scalars(grid)
    if not grid.height:
        # A block that is copied no times need not be regular.
        return DenseMatrix(grid)
    held, copied = delta_axes(grid)
    if held or copied:
        block = planned(blocks_of(grid, held, copied))
        return BlockDiagonal(grid, tuple(held), tuple(copied), block)
    found: list[Matrix] = [DenseMatrix(grid)]
    if grid.is_single:
        found += _by_factors(grid)
    elif grid.rows == grid.columns:
        found += _by_variables(grid)
    if with_updates:
        found += _updates(grid)
    if find_spec("scipy") is not None and grid.height == grid.width:
        found.append(SparseMatrix(grid))
    return min(found, key=_price)


def _price(one: Matrix) -> float:
    """Return the work, of a dense matrix half: it is done in few calls."""
    return one.work(1) / 2 if isinstance(one, DenseMatrix) else one.work(1)


def _by_factors(grid: Grid) -> Iterator[Matrix]:
    """Yield the matrix as a Kronecker product, or as a Kronecker sum."""
    groups = separate_axes(grid)
    parts = list(grid.parts)
    if len(groups) < 2 or not parts:
        return
    same = [axes for axes in groups if _is_same(grid, axes)]
    if same:
        rest = [axes for axes in groups if axes not in same]
        axes = (*same, united(rest)) if rest else tuple(same)
        own = [(one, parts[:1]) for one in axes]
        own[-1] = axes[-1], parts
        grids = [restricted(grid, chosen, one, with_numbers=one is axes[-1]) for one, chosen in own]
        if len(axes) > 1:
            yield KroneckerProduct(Factors(grid, axes), tuple(map(planned, grids)))
            return
    if grid.rows == grid.columns and all(one.rows == one.columns for one in groups):
        yield from _sums(grid, groups)


def _is_same(grid: Grid, axes: FactorAxes) -> bool:
    """Tell whether all parts have one factor in common."""
    factors = restricted(grid, list(grid.parts), axes, with_numbers=False)
    return len(set(map(part_key, factors.parts))) == 1


def _sums(grid: Grid, groups: list[FactorAxes]) -> Iterator[Matrix]:
    """Yield the matrix as sums of Kronecker products: of any matrices, or of the same ones."""
    parts = list(grid.parts)
    acting = [[axes for axes in groups if not _is_identity(grid, x, axes)] for x in parts]
    own = [one for one in acting if one]
    joined = [
        united({axes for k in group for axes in own[k]})
        for group in connected([[groups.index(axes) for axes in one] for one in own])
    ]
    joined.sort(key=lambda one: one.rows)
    if len(joined) > 1:
        yield _plain_sum(grid, joined, acting)
    matrices = []
    for axes in groups:
        chosen = [part for part, one in zip(parts, acting, strict=True) if axes in one]
        factors = list(restricted(grid, chosen, axes, with_numbers=False).parts)
        if len(set(map(part_key, factors))) > 1:
            return
        matrices.append(restricted(grid, chosen[:1], axes, with_numbers=False))
    none = FactorAxes((), ())
    terms = tuple(
        KroneckerTerm(
            restricted(grid, [part], none, with_numbers=True), tuple(map(groups.index, one))
        )
        for part, one in zip(parts, acting, strict=True)
    )
    yield KroneckerSum(Factors(grid, tuple(groups)), tuple(matrices), terms)


def _plain_sum(
    grid: Grid, joined: list[FactorAxes], acting: list[list[FactorAxes]]
) -> KroneckerSum:
    """Return the sum of matrices each of which acts on some axes alone."""
    chosen: list[list[Part]] = [[] for _ in joined]
    for part, one in zip(grid.parts, acting, strict=True):
        rows = set(one[0].rows) if one else set[int]()
        chosen[next(k for k, axes in enumerate(joined) if rows <= set(axes.rows))].append(part)
    matrices = tuple(
        restricted(grid, parts, axes, with_numbers=True)
        for axes, parts in zip(joined, chosen, strict=True)
    )
    number = Grid.of(
        [Part((), (*range(len(grid.batch)),), grid.batch)], (), (), grid.dtype, grid.batch
    )
    terms = tuple(KroneckerTerm(number, (place,)) for place in range(len(joined)))
    return KroneckerSum(Factors(grid, tuple(joined)), matrices, terms)


def _is_identity(grid: Grid, part: Part, axes: FactorAxes) -> bool:
    first = len(grid.batch)
    split = first + len(grid.rows[0])
    return all(is_identity(part, first + x, split + x) for x in axes.rows)


def _by_variables(grid: Grid) -> Iterator[Matrix]:
    """Yield the matrix as a direct sum, or with some variables eliminated."""
    count = len(grid.rows)
    pairs = [
        (u, v)
        for u, row in enumerate(grid.blocks)
        for v, block in enumerate(row)
        if block or u == v
    ]
    groups = [tuple(sorted({x for k in group for x in pairs[k]})) for group in connected(pairs)]
    if len(groups) > 1:
        blocks = tuple(planned(grid.some(group, group)) for group in groups)
        yield DirectSum(grid, tuple(groups), blocks)
        return
    for numbers in dict.fromkeys(_eliminated_first(grid)):
        rest = tuple(k for k in range(count) if k not in numbers)
        if rest:
            yield Arrow(grid, numbers, rest, planned(grid.some(numbers, numbers)))


def _eliminated_first(grid: Grid) -> Iterator[tuple[int, ...]]:
    """Yield variables that may be eliminated together.

    Each alone; those that are diagonal in axes of one size; and those that share no block.
    """
    numbers = range(len(grid.rows))
    yield from ((k,) for k in numbers)
    sizes = [
        {one.size for group in delta_axes(grid.some([k], [k])) for one in group} for k in numbers
    ]
    for size in sorted(set[int]().union(*sizes), reverse=True):
        yield tuple(k for k in numbers if size in sizes[k])
    apart: list[int] = []
    for k in sorted(numbers, key=lambda k: -prod(grid.rows[k])):
        if not any(grid.blocks[k][other] or grid.blocks[other][k] for other in apart):
            apart.append(k)
    yield tuple(sorted(apart))


def _updates(grid: Grid) -> Iterator[Matrix]:
    """Yield the matrix without parts of low rank, and these: the lowest ranks first."""
    found = sorted(outer_products(grid), key=lambda pair: pair[1].rank)
    rank = 0
    taken: list[Part] = []
    for place, (part, one) in enumerate(found):
        rank += one.rank
        taken.append(part)
        if rank >= grid.height or len(taken) == len(list(grid.parts)):
            return
        blocks = tuple(
            tuple(
                tuple(x for x in block if not any(x is other for other in taken)) for block in row
            )
            for row in grid.blocks
        )
        base = replace(grid, blocks=blocks)
        products = tuple(product for _, product in found[: place + 1])
        yield LowRankUpdate(grid, planned(base, with_updates=False), products)
