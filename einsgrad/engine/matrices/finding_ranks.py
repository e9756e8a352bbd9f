"""Which parts are products of matrices of few columns with matrices of few rows."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from einsgrad.engine.matrices.grids import Grid
from einsgrad.engine.matrices.low_rank import OuterProduct
from einsgrad.engine.parts import Part


def outer_products(grid: Grid) -> Iterator[tuple[Part, OuterProduct]]:
    """Yield the parts whose rows and columns share no label but those of the batch.

    Examples
    --------
    >>> import numpy as np
    >>> part = Part((), ("i", "j"), (3, 3))
    >>> [one.rank for _, one in outer_products(Grid.of([part], (3,), (3,), np.dtype(float)))]
    [1]
    """
    first = len(grid.batch)
    for u, row in enumerate(grid.blocks):
        for v, block in enumerate(row):
            for part in block:
                found = _outer_product(part, first, first + len(grid.rows[u]), u, v)
                if found is not None:
                    yield part, found


def _outer_product(part: Part, first: int, split: int, u: int, v: int) -> OuterProduct | None:
    batch = set(part.pattern[:first])
    rows = set(part.free(part.pattern[first:split])) - batch
    columns = set(part.free(part.pattern[split:])) - batch
    touched = [
        (not rows.isdisjoint(x.labels), not columns.isdisjoint(x.labels)) for x in part.factors
    ]
    if rows & columns or (True, True) in touched:
        return None
    left = [one for one, (on_left, _) in zip(part.factors, touched, strict=True) if on_left]
    right = [one for one, (_, on_right) in zip(part.factors, touched, strict=True) if on_right]
    middle = [one for one, sides in zip(part.factors, touched, strict=True) if not any(sides)]
    inner = set(part.inner_labels)
    sums = [
        tuple(dict.fromkeys(x for one in side for x in one.labels if x in inner))
        for side in (left, right)
    ]
    sizes = part.sizes
    ranks = [prod(sizes[x] for x in one) for one in sums]
    if ranks[0] <= ranks[1]:
        right += middle
        summed, rank = sums[0], ranks[0]
    else:
        left += middle
        summed, rank = sums[1], ranks[1]
    shape = tuple(sizes[x] for x in summed)
    own = (*part.pattern[:split], *summed), (*part.shape[:split], *shape)
    other = (
        (*part.pattern[:first], *summed, *part.pattern[split:]),
        (*part.shape[:first], *shape, *part.shape[split:]),
    )
    one, another = (
        Part(tuple(factors), pattern, whole, part.looked_up_by(pattern))
        for factors, (pattern, whole) in ((left, own), (right, other))
    )
    return OuterProduct(u, v, one, another, rank)
