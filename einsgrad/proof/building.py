"""Nodes built as they are: no rule may find an idiom again that has just been written out."""

from __future__ import annotations

from functools import partial

from einsgrad.expressions.construct import add_terms, scale
from einsgrad.expressions.nodes import Expr, Map, Number
from einsgrad.expressions.shaping import as_expr, broadcast, elementwise_product
from einsgrad.expressions.tables.rows import elementwise_row


def plain(name: str, *operands: Expr | Number) -> Expr:
    """Apply an elementwise function, and nothing else."""
    return Map(elementwise_row(name), tuple(as_expr(one) for one in operands))


def sum_of(*terms: Expr | Number) -> Expr:
    """Add expressions, of which some may be numbers."""
    exprs = [as_expr(term) for term in terms]
    shape = max((one.shape for one in exprs), key=len)
    return add_terms([broadcast(one, shape) for one in exprs], shape)


def product_of(*factors: Expr | Number) -> Expr:
    """Multiply expressions, of which some may be numbers."""
    return elementwise_product([as_expr(one) for one in factors])


def negative_of(x: Expr) -> Expr:
    """Return the negative."""
    return scale(-1, x)


def chosen_of(condition: Expr, yes: Expr | Number, no: Expr | Number) -> Expr:
    """Choose where a condition is not 0."""
    return plain("where", condition, yes, no)


def quotient_of(x: Expr | Number, y: Expr) -> Expr:
    """Divide."""
    return product_of(x, inverse(y))


exp, root, inverse = partial(plain, "exp"), partial(plain, "sqrt"), partial(plain, "reciprocal")
logarithm, power, modulus = partial(plain, "log"), partial(plain, "power"), partial(plain, "abs")
