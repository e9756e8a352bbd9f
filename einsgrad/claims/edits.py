"""Mistakes at a place in a formula, each a row of a table: what would mend it, by its value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from einsgrad.claims.edited import Formula, Spot
from einsgrad.claims.pools import Pool
from einsgrad.engine.binding import Array
from einsgrad.engine.row_values import row_value
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map, MatrixMap, Variable
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.tables.rows import elementwise_row
from einsgrad.expressions.walks import children

_MOST_AXES = 4
_SMALL = 1e-9
_MOST_SINGULAR = 1e8
# Functions that are taken for one another.
_SWAPPED = (
    "exp", "log", "sin", "cos", "tanh", "sigmoid", "softplus", "relu", "sqrt", "square", "abs",
    "sign", "reciprocal", "sinh", "cosh", "arctan",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edit:
    """A mistake.

    Parameters
    ----------
    name
        What it is called.
    words
        What is wrong in the claim, with `{0}` for the detail and `{1}` for the place.
    turned
        What is wrong in the claim where the derivative is edited to become the claim.
    candidates
        Values that would mend a part, each with the detail.
    """

    name: str
    words: str
    turned: str
    candidates: Callable[[Formula, Spot, Pool], Iterator[tuple[str, Array]]]


Edited = Iterator[tuple[str, Array]]


def _is_factor(part: Spot) -> bool:
    """Tell whether to scale a part is to scale the product that it is a factor of."""
    return isinstance(part.user, Einsum)


def _negated(formula: Formula, part: Spot, pool: Pool) -> Edited:
    if not _is_factor(part):
        yield "", -formula.of(part.node)


def _multiplied(formula: Formula, part: Spot, pool: Pool) -> Edited:
    for number in () if _is_factor(part) else ("2", "3", "4", "1/2", "1/3", "1/4"):
        above, _, below = number.partition("/")
        yield number, formula.of(part.node) * (float(above) / float(below or 1))


def _transposed(formula: Formula, part: Spot, pool: Pool) -> Edited:
    value = formula.of(part.node)
    if not 2 <= value.ndim <= _MOST_AXES or isinstance(part.node, Delta):
        return
    for order in permutations(range(value.ndim)):
        turned = value.transpose(order)
        if order != tuple(range(value.ndim)) and turned.shape == value.shape:
            yield "", turned


def _exchanged(formula: Formula, part: Spot, pool: Pool) -> Edited:
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


def _by_scalars(formula: Formula, part: Spot, pool: Pool) -> Edited:
    value = formula.of(part.node)
    for known in () if _is_factor(part) else pool.of(()):
        yield known.text, value * known.value
        if abs(complex(known.value)) > _SMALL:
            yield f"1/{_enclosed(known.text)}", value / known.value


def _by_sizes(formula: Formula, part: Spot, pool: Pool) -> Edited:
    value = formula.of(part.node)
    for text, size in () if _is_factor(part) else _sizes(formula):
        yield text, value * size
        yield f"1/{_enclosed(text)}", value / size


def _sizes(formula: Formula) -> Iterator[tuple[str, int]]:
    """Yield the sizes of dims, and how many entries arrays have."""
    for dim, size in formula.point.sizes.items():
        if not isinstance(dim, int):
            yield str(dim), size
    for name, array in formula.point.arrays.items():
        if array.ndim > 1:
            yield f"size({name})", array.size


def _by_entries(formula: Formula, part: Spot, pool: Pool) -> Edited:
    value = formula.of(part.node)
    if not value.ndim:
        return
    for known in pool.of(value.shape):
        yield known.text, value * known.value
        if np.abs(known.value).min() > _SMALL:
            yield f"1/{_enclosed(known.text)}", value / known.value
        for axis in range(value.ndim if value.ndim == 2 else 0):
            yield f"sum({known.text}, axis={axis})", value * known.value.sum(axis, keepdims=True)


def _by_matrices(formula: Formula, part: Spot, pool: Pool) -> Edited:
    """Multiply by a matrix from either side; the whole may have another shape then."""
    value = formula.of(part.node)
    if not 1 <= value.ndim <= 2:
        return
    is_whole = part.node is formula.root
    for known in pool.matrices:
        for text, matrix in (
            (known.text, known.value),
            (f"{_enclosed(known.text)}.T", known.value.T),
        ):
            if matrix.shape[1] == value.shape[0]:
                product = matrix @ value
                if is_whole or product.shape == value.shape:
                    yield text, product
            if value.ndim == 2 and value.shape[1] == matrix.shape[0]:
                product = value @ matrix
                if is_whole or product.shape == value.shape:
                    yield text, product


def _without(formula: Formula, part: Spot, pool: Pool) -> Edited:
    """Put ones, or the identity, in the place of a factor."""
    if not isinstance(part.user, Einsum) or isinstance(part.node, Constant | Delta):
        return
    value = formula.of(part.node)
    if len(part.user.operands) < 2:
        return
    yield "", np.ones_like(value, dtype=float)
    if value.ndim == 2 and value.shape[0] == value.shape[1]:
        yield "", np.eye(len(value))


def _with_term(formula: Formula, part: Spot, pool: Pool) -> Edited:
    """Add what was forgotten, also its mean and its sum, where a sum stands or may stand."""
    if isinstance(part.user, Add):
        return
    value = formula.of(part.node)
    if part.user is None or isinstance(part.node, Add | Variable):
        yield from _with_known(value, pool)
    yield "1", value + 1
    yield "-1", value - 1
    if value.ndim == 2 and value.shape[0] == value.shape[1]:
        yield "I", value + np.eye(len(value))
        yield "-I", value - np.eye(len(value))
        yield "its transpose", value + value.T
        yield "minus its transpose", value - value.T


def _with_known(value: Array, pool: Pool) -> Edited:
    for known in pool.of(value.shape):
        yield known.text, value + known.value
        yield f"-{_enclosed(known.text)}", value - known.value
        for text, reduced in _reduced(known.text, known.value):
            yield text, value + reduced
            yield f"-{text}", value - reduced
    for known in pool.of(()) if value.ndim else ():
        yield known.text, value + known.value
        yield f"-{_enclosed(known.text)}", value - known.value


def _reduced(text: str, value: Array) -> Iterator[tuple[str, Array]]:
    """Yield means and sums, spread over the shape again."""
    if not value.ndim or value.size == 1:
        return
    yield f"mean({text})", np.full(value.shape, value.mean())
    yield f"sum({text})", np.full(value.shape, value.sum())
    if value.ndim == 2:
        for axis in range(2):
            yield f"mean({text}, axis={axis})", value.mean(axis, keepdims=True) + 0 * value
            yield f"sum({text}, axis={axis})", value.sum(axis, keepdims=True) + 0 * value
        if value.shape[0] == value.shape[1]:
            yield f"diag(diag({text}))", np.diag(np.diag(value))


def _without_term(formula: Formula, part: Spot, pool: Pool) -> Edited:
    if isinstance(part.user, Add):
        yield "", 0 * formula.of(part.node)


def _swapped(formula: Formula, part: Spot, pool: Pool) -> Edited:
    """Put another function, or the transposed or plain argument, in a function's place."""
    node = part.node
    if isinstance(node, Map) and len(node.operands) == 1 and formula.of(node).dtype.kind != "c":
        argument = formula.of(node.operands[0])
        for name in _SWAPPED:
            if name != node.function.name:
                yield name, np.asarray(row_value(elementwise_row(name), argument))


def _unwrapped(formula: Formula, part: Spot, pool: Pool) -> Edited:
    node = part.node
    if isinstance(node, Map | MatrixMap):
        for child in children(node)[:1]:
            if child.shape == node.shape:
                yield node.function.name, formula.of(child)


def _wrapped(formula: Formula, part: Spot, pool: Pool) -> Edited:
    value = formula.of(part.node)
    if value.ndim == 2 and value.shape[0] == value.shape[1]:
        yield "diag of the diagonal", np.diag(np.diag(value))
        if np.linalg.cond(value) < _MOST_SINGULAR:
            yield "the inverse", np.linalg.inv(value)
            yield "the inverse of the transpose", np.linalg.inv(value).T
    names = ("exp", "log", "sqrt", "sigmoid", "tanh", "sign", "abs", "sin", "cos")
    for name in () if value.dtype.kind == "c" else names:
        yield name, np.asarray(row_value(elementwise_row(name), value))


def _powers(formula: Formula, part: Spot, pool: Pool) -> Edited:
    value = formula.of(part.node)
    for power in (2.0, 3.0, -1.0, -2.0, 0.5, -0.5):
        yield f"{power:g}", value**power
    if value.ndim == 2 and value.shape[0] == value.shape[1]:
        yield "2", value @ value


def _summed(formula: Formula, part: Spot, pool: Pool) -> Edited:
    """Put the sum of two factors in the place of their product, and the product for the sum."""
    values = [formula.of(child) for child in children(part.node)]
    if len(values) != 2 or values[0].shape != values[1].shape or not values[0].ndim:
        return
    if isinstance(part.node, Einsum) and part.node.shape == children(part.node)[0].shape:
        yield "a product stands where the sum belongs", values[0] + values[1]
    if isinstance(part.node, Add):
        yield "a sum stands where the product belongs", values[0] * values[1]
        if values[0].ndim == 2 and values[0].shape[0] == values[0].shape[1]:
            yield "a sum stands where the product belongs", values[0] @ values[1]


def _otherwise_multiplied(formula: Formula, part: Spot, pool: Pool) -> Edited:
    """Put the product of matrices in the place of that entry by entry, and the other way."""
    node = part.node
    if not isinstance(node, Einsum) or len(node.operands) != 2 or len(node.shape) != 2:
        return
    one, other = (formula.of(child) for child in node.operands)
    if one.shape != other.shape or one.ndim != 2 or one.shape[0] != one.shape[1]:
        return
    by_entries, turned = "entry by entry", "as matrices"
    yield from ((by_entries, one * other), (turned, one @ other))


EDITS: tuple[Edit, ...] = (
    Edit("sign", "the sign of {1} is wrong", "the sign of {1} is wrong", _negated),
    Edit(
        "constant factor",
        "a factor {0} is missing in {1}",
        "a factor {0} is too many in {1}",
        _multiplied,
    ),
    Edit(
        "transpose",
        "{1} is not transposed as it should be: a transpose is missing, or one too many",
        "{1} is transposed, or not, where it should be the other way",
        _transposed,
    ),
    Edit(
        "exchanged factors",
        "the order of the factors is wrong in {1}",
        "the order of the factors is wrong in {1}",
        _exchanged,
    ),
    Edit(
        "constant factor",
        "a factor {0} is missing in {1}, the size of an axis: sum and mean are confused",
        "a factor {0} is too many in {1}, the size of an axis: sum and mean are confused",
        _by_sizes,
    ),
    Edit(
        "missing factor",
        "the factor {0} is missing in {1}",
        "the factor {0} is too many, or its reciprocal is missing, in {1}",
        _by_scalars,
    ),
    Edit(
        "missing factor",
        "the factor {0} is missing in {1}",
        "the factor {0} is too many, or its reciprocal is missing, in {1}",
        _by_entries,
    ),
    Edit(
        "missing factor",
        "the factor {0} is missing in {1}",
        "the factor {0} is too many, or its reciprocal is missing, in {1}",
        _by_matrices,
    ),
    Edit(
        "extra factor",
        "the factor {1} is too many",
        "the factor {1} is missing",
        _without,
    ),
    Edit(
        "extra terms",
        "the term {1} is too many",
        "the term {1} is missing",
        _without_term,
    ),
    Edit(
        "missing term",
        "the term {0} is missing beside {1}",
        "the term {0} is too many beside {1}",
        _with_term,
    ),
    Edit(
        "sum and product",
        "{0} in {1}",
        "a sum and a product are confused in {1}",
        _summed,
    ),
    Edit(
        "product",
        "the product {1} is to be taken {0}",
        "the product {1} is to be taken otherwise: {0} is missing",
        _otherwise_multiplied,
    ),
    Edit(
        "function",
        "another function stands where {0} belongs, in {1}",
        "{0} stands where {1} belongs",
        _swapped,
    ),
    Edit(
        "function",
        "{0} is too many in {1}",
        "{0} is missing: {1} belongs there",
        _unwrapped,
    ),
    Edit(
        "power",
        "a power is wrong: {1} to the power of {0} belongs there",
        "a power is wrong: {1} is raised to {0}",
        _powers,
    ),
    Edit(
        "function",
        "{0} is missing around {1}",
        "{0} is too many around {1}",
        _wrapped,
    ),
)
"""What is tried at every part of a claim, and of the derivative."""


def _enclosed(text: str) -> str:
    return text if text.isidentifier() or text.endswith(")") else f"({text})"


def is_editable(node: Expr) -> bool:
    """Tell whether a mistake may be at a node: not at numbers and constants of zeros and ones."""
    return not isinstance(node, Constant | Delta)
