"""Values that would mend a part whose factors, sign or transpose are wrong."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import numpy as np

from einsgrad.claims.edited import Edited, Formula, Spot
from einsgrad.claims.pools import Pool, enclosed
from einsgrad.engine.binding import Array
from einsgrad.expressions.nodes import Constant, Einsum
from einsgrad.expressions.selectors import Delta

_MOST_AXES = 4
_SMALL = 1e-9


def _is_factor(part: Spot) -> bool:
    """Tell whether to scale a part is to scale the product that it is a factor of."""
    return isinstance(part.user, Einsum)


def with_other_sign(formula: Formula, part: Spot, pool: Pool) -> Edited:
    """Give a part the other sign."""
    if not _is_factor(part):
        yield "", -formula.of(part.node)


def multiplied(formula: Formula, part: Spot, pool: Pool) -> Edited:
    """Multiply a part by a small number, or divide it by one."""
    for number in () if _is_factor(part) else ("2", "3", "4", "1/2", "1/3", "1/4"):
        above, _, below = number.partition("/")
        yield number, formula.of(part.node) * (float(above) / float(below or 1))


def transposed(formula: Formula, part: Spot, pool: Pool) -> Edited:
    """Exchange the axes of a part."""
    value = formula.of(part.node)
    if not 2 <= value.ndim <= _MOST_AXES or isinstance(part.node, Delta):
        return
    for order in permutations(range(value.ndim)):
        turned = value.transpose(order)
        if order != tuple(range(value.ndim)) and turned.shape == value.shape:
            yield "", turned


def with_factors_exchanged(formula: Formula, part: Spot, pool: Pool) -> Edited:
    """Exchange the factors of a product, or turn a chain around, as the value of the product."""
    node = part.node
    if not isinstance(node, Einsum):
        return
    values = [formula.of(child) for child in node.operands]
    for first in range(len(values)):
        for second in range(first + 1, len(values)):
            if values[first].ndim == 2 and values[first].shape == values[second].shape:
                changed = list(values)
                changed[first], changed[second] = changed[second], changed[first]
                yield "", formula.point.values.node(node, changed)
    yield from _within_chain(formula, node, values)


def _within_chain(formula: Formula, node: Einsum, values: list[Array]) -> Edited:
    """Exchange a factor with one of a product that is a factor itself."""
    for place, inner in enumerate(node.operands):
        if not isinstance(inner, Einsum) or len(inner.operands) < 2:
            continue
        within = [formula.of(child) for child in inner.operands]
        for other, value in enumerate(values):
            for deep, deeper in enumerate(within):
                if other == place or value.ndim != 2 or value.shape != deeper.shape:
                    continue
                changed = [*within[:deep], value, *within[deep + 1 :]]
                outer = list(values)
                outer[other] = deeper
                outer[place] = formula.point.values.node(inner, changed)
                yield "", formula.point.values.node(node, outer)


def by_scalars(formula: Formula, part: Spot, pool: Pool) -> Edited:
    """Multiply or divide by a scalar of the problem."""
    value = formula.of(part.node)
    for known in () if _is_factor(part) else pool.of(()):
        yield known.text, value * known.value
        if abs(complex(known.value)) > _SMALL:
            yield f"1/{enclosed(known.text)}", value / known.value


def by_sizes(formula: Formula, part: Spot, pool: Pool) -> Edited:
    """Multiply or divide by the size of an axis, or of an array."""
    value = formula.of(part.node)
    for text, size in () if _is_factor(part) else _sizes(formula):
        yield text, value * size
        yield f"1/{enclosed(text)}", value / size


def _sizes(formula: Formula) -> Iterator[tuple[str, int]]:
    """Yield the sizes of dims, and how many entries arrays have."""
    for dim, size in formula.point.sizes.items():
        if not isinstance(dim, int):
            yield str(dim), size
    for name, array in formula.point.arrays.items():
        if array.ndim > 1:
            yield f"size({name})", array.size


def by_entries(formula: Formula, part: Spot, pool: Pool) -> Edited:
    """Multiply or divide entry by entry by what has the same shape, or by its sums."""
    value = formula.of(part.node)
    if not value.ndim:
        return
    for known in pool.of(value.shape):
        yield known.text, value * known.value
        if np.abs(known.value).min() > _SMALL:
            yield f"1/{enclosed(known.text)}", value / known.value
        for axis in range(value.ndim if value.ndim == 2 else 0):
            yield f"sum({known.text}, axis={axis})", value * known.value.sum(axis, keepdims=True)


def by_matrices(formula: Formula, part: Spot, pool: Pool) -> Edited:
    """Multiply by a matrix from either side; the whole may have another shape then."""
    value = formula.of(part.node)
    if not 1 <= value.ndim <= 2:
        return
    is_whole = part.node is formula.root
    for known in pool.matrices:
        for text, matrix in (
            (known.text, known.value),
            (f"{enclosed(known.text)}.T", known.value.T),
        ):
            if matrix.shape[1] == value.shape[0]:
                product = matrix @ value
                if is_whole or product.shape == value.shape:
                    yield text, product
            if value.ndim == 2 and value.shape[1] == matrix.shape[0]:
                product = value @ matrix
                if is_whole or product.shape == value.shape:
                    yield text, product


def without(formula: Formula, part: Spot, pool: Pool) -> Edited:
    """Put ones, or the identity, in the place of a factor."""
    if not isinstance(part.user, Einsum) or isinstance(part.node, Constant | Delta):
        return
    value = formula.of(part.node)
    if len(part.user.operands) < 2:
        return
    yield "", np.ones_like(value, dtype=float)
    if value.ndim == 2 and value.shape[0] == value.shape[1]:
        yield "", np.eye(len(value))
