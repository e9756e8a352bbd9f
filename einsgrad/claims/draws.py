"""Points drawn on assumptions: of any sizes and signs for which everything has a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice, permutations, product
from math import prod
from typing import Any

import numpy as np

from einsgrad.claims.assumed import NOTHING, Assumed
from einsgrad.claims.points import NUDGES, SamplePoint, nudge
from einsgrad.engine.binding import Array, size_of
from einsgrad.engine.random_arrays import drawn, intervals_of
from einsgrad.engine.random_sizes import different_sizes, enlarged, needs_of
from einsgrad.engine.structured_arrays import nearest_declared
from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.tables.rows import Interval

# Larger arrays are not compared: a quarter of a gigabyte each.
_MOST_ENTRIES = 1 << 25
# So many orders of the sizes are tried until every inverse exists.
_MOST_ORDERS = 25

# The lowest and the highest whole number of an array, simple arrays first.
_DRAWS = ((0, 1), (0, 2), (0, 2), (-1, 2), (1, 3), (-2, 3))


@dataclass(frozen=True)
class PointSource:
    """Where points come from: variables, what is evaluated there, and what is assumed.

    Parameters
    ----------
    variables
        All that get arrays.
    exprs
        What is to have a value.
    assumed
        What holds at every point.
    """

    variables: tuple[Variable, ...]
    exprs: tuple[Expr, ...]
    assumed: Assumed = NOTHING

    @property
    def free(self) -> tuple[Variable, ...]:
        """What is drawn."""
        return self.assumed.free(self.variables)

    def point(self, free: Mapping[str, Array], sizes: Mapping[Dim, int]) -> SamplePoint | None:
        """Return the point of drawn arrays; None where the assumptions have none there."""
        arrays = self.assumed.complete(free, sizes)
        return None if arrays is None else SamplePoint(arrays, sizes, self._moved)

    def draw(self, sizes: Mapping[Dim, int], numbers: Any) -> SamplePoint | None:
        """Draw a point."""
        return self.point(drawn(self.free, sizes, numbers, self.exprs), sizes)

    def with_entry(
        self, point: SamplePoint, node: Variable, place: tuple[int, ...], number: int
    ) -> SamplePoint | None:
        """Return the point with another number in one entry of what is drawn."""
        array = np.array(point.arrays[node.name])
        array[place] = number
        if node.traits and len(node.shape) == 2:
            array[place[::-1]] = number
        array = nearest_declared(array, node) if node.traits else array
        if not self.assumed.has_part_in_points:
            near = [_nudged(node, array, seed) for seed in range(NUDGES)]
            return point.replaced(node, array, near)
        return self.point({**point.arrays, node.name: array}, point.sizes)

    def _moved(self, point: SamplePoint, seed: int) -> SamplePoint:
        moved = {node.name: _nudged(node, point.arrays[node.name], seed) for node in self.free}
        return self.point({**point.arrays, **moved}, point.sizes) or point


def _nudged(node: Variable, array: Array, seed: int) -> Array:
    near = nudge(array, seed)
    return nearest_declared(near, node) if node.traits else near


def random_points(
    source: PointSource, count: int, others: Sequence[Expr] = ()
) -> list[SamplePoint]:
    """Draw points where all expressions have values that rounding does not make.

    They are of any sign, or positive where that fails, or else where the functions in these
    and other expressions are defined; and of other sizes where a matrix is singular else.
    """
    for expr in (*source.variables, *source.exprs):
        _refuse_large(expr, _different_sizes(source))
    intervals = ((-0.9, 0.9), (0.2, 0.9), *intervals_of([*source.exprs, *others]))
    for zero in (False, True):
        for turn, sizes in enumerate(_sizes(source)):
            for interval in intervals:
                tries = count if turn else 2 * count
                found = list(islice(known_points(source, sizes, interval, tries, zero=zero), count))
                if found:
                    return found
    return []


def known_points(
    source: PointSource,
    sizes: Mapping[Dim, int],
    interval: Interval,
    tries: int,
    *,
    zero: bool = False,
) -> Iterator[SamplePoint]:
    """Yield points of these sizes where all expressions have values; `zero` as in `knows`."""
    for seed in range(tries):
        generator = np.random.default_rng([seed, 7])
        point = source.draw(sizes, partial(generator.uniform, *interval))
        if point is not None and all(point.knows(expr, zero=zero) for expr in source.exprs):
            yield point


def _sizes(source: PointSource) -> Iterator[dict[Dim, int]]:
    """Yield sizes that differ; then the same in other orders."""
    sizes = _different_sizes(source)
    given = source.assumed.sizes
    names = [dim for dim in sizes if not isinstance(dim, int) and dim not in given]
    needs = needs_of([*source.variables, *source.exprs])
    fixed: dict[Dim, int] = {dim: s for dim, s in sizes.items() if dim not in names}
    yield sizes
    orders = permutations([sizes[name] for name in names])
    for order in islice(orders, 1, _MOST_ORDERS):
        yield enlarged({**fixed, **dict(zip(names, order, strict=True))}, needs, fixed)


def _different_sizes(source: PointSource) -> dict[Dim, int]:
    nodes = (*source.variables, *source.free, *source.exprs)
    dims = (dim for node in nodes for dim in node.shape)
    return different_sizes(dims, source.assumed.sizes, lambda count: 3 + count % 5, needs_of(nodes))


def _refuse_large(expr: Expr, sizes: Mapping[Dim, int]) -> None:
    """Refuse to compare arrays that no one would wait for.

    Raises
    ------
    ArgumentError
        If an array would be too large.
    """
    entries = prod(size_of(dim, sizes) for dim in expr.shape)
    if entries > _MOST_ENTRIES:
        raise ArgumentError(
            f"{clip(expr)} has {entries} entries, too many to compare numbers. "
            "Declare its dims by names, for which small sizes are chosen."
        )


def small_points(source: PointSource) -> Iterator[SamplePoint]:
    """Yield points with small sizes and small integers, the smallest first."""
    every = _different_sizes(source)
    given = source.assumed.sizes
    dims = [dim for dim in every if not isinstance(dim, int) and dim not in given]
    fixed: dict[Dim, int] = {dim: size for dim, size in every.items() if dim not in dims}
    most = 3 if len(dims) <= 4 else 2
    needs = needs_of([*source.variables, *source.exprs])
    grids = sorted(product(range(1, most + 1), repeat=min(len(dims), 7)), key=lambda s: (sum(s), s))
    for grid in grids:
        sizes: dict[Dim, int] = {**fixed, **dict.fromkeys(dims, 2)}
        sizes.update(zip(dims, grid, strict=False))
        sizes = enlarged(sizes, needs, fixed)
        for seed, (low, high) in enumerate(_DRAWS):
            generator = np.random.default_rng([seed, sum(grid)])
            point = source.draw(sizes, partial(generator.integers, low, high + 1))
            if point is not None:
                yield point
