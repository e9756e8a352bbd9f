"""Values that would mend a part where another function, power or operation belongs."""

from __future__ import annotations

import numpy as np

from einsgrad.claims.edited import Edited, Formula, Spot
from einsgrad.claims.pools import Pool
from einsgrad.engine.row_values import row_value
from einsgrad.expressions.nodes import Add, Einsum, Map, MatrixMap
from einsgrad.expressions.tables.rows import elementwise_row
from einsgrad.expressions.walks import children

_MOST_SINGULAR = 1e8
# Functions that are taken for one another.
_SWAPPED = (
    "exp", "log", "sin", "cos", "tanh", "sigmoid", "softplus", "relu", "sqrt", "square", "abs",
    "sign", "reciprocal", "sinh", "cosh", "arctan",
)  # fmt: skip


def swapped(formula: Formula, part: Spot, pool: Pool) -> Edited:
    """Put another function, or the transposed or plain argument, in a function's place."""
    node = part.node
    if isinstance(node, Map) and len(node.operands) == 1 and formula.of(node).dtype.kind != "c":
        argument = formula.of(node.operands[0])
        for name in _SWAPPED:
            if name != node.function.name:
                yield name, np.asarray(row_value(elementwise_row(name), argument))


def unwrapped(formula: Formula, part: Spot, pool: Pool) -> Edited:
    """Put a function's argument in the function's place."""
    node = part.node
    if isinstance(node, Map | MatrixMap):
        for child in children(node)[:1]:
            if child.shape == node.shape:
                yield node.function.name, formula.of(child)


def within_function(formula: Formula, part: Spot, pool: Pool) -> Edited:
    """Take a function of a part, or of a matrix."""
    value = formula.of(part.node)
    if value.ndim == 2 and value.shape[0] == value.shape[1]:
        yield "diag of the diagonal", np.diag(np.diag(value))
        if np.linalg.cond(value) < _MOST_SINGULAR:
            yield "the inverse", np.linalg.inv(value)
            yield "the inverse of the transpose", np.linalg.inv(value).T
    names = ("exp", "log", "sqrt", "sigmoid", "tanh", "sign", "abs", "sin", "cos")
    for name in () if value.dtype.kind == "c" else names:
        yield name, np.asarray(row_value(elementwise_row(name), value))


def powers(formula: Formula, part: Spot, pool: Pool) -> Edited:
    """Raise a part to a power."""
    value = formula.of(part.node)
    for power in (2.0, 3.0, -1.0, -2.0, 0.5, -0.5):
        yield f"{power:g}", value**power
    if value.ndim == 2 and value.shape[0] == value.shape[1]:
        yield "2", value @ value


def sum_for_product(formula: Formula, part: Spot, pool: Pool) -> Edited:
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


def otherwise_multiplied(formula: Formula, part: Spot, pool: Pool) -> Edited:
    """Put the product of matrices in the place of that entry by entry, and the other way."""
    node = part.node
    if not isinstance(node, Einsum) or len(node.operands) != 2 or len(node.shape) != 2:
        return
    one, other = (formula.of(child) for child in node.operands)
    if one.shape != other.shape or one.ndim != 2 or one.shape[0] != one.shape[1]:
        return
    by_entries, turned = "entry by entry", "as matrices"
    yield from ((by_entries, one * other), (turned, one @ other))
