"""Squares of sums multiplied out: `‖T - M‖²` as `‖T‖² - 2 T:M + ‖M‖²`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from einsgrad.expressions.construct import add_terms
from einsgrad.expressions.nodes import Add, Einsum, Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.walks import rebuild
from einsgrad.simplification.flattening import flatten
from einsgrad.simplification.simplify import simplify_expr


def expand_squares(expr: Expr) -> Expr:
    """Multiply out the squares of sums, so that a residual is never formed.

    The square of a model of low rank becomes a product of small Gram matrices, and so do
    its derivatives. Near the optimum the terms cancel: the error of the value is that of
    `‖T‖²`, not that of the residual. Ask for it where that is precise enough.

    Parameters
    ----------
    expr
        The expression.

    Returns
    -------
    Expr
        An expression of the same value.

    Examples
    --------
    >>> import einsgrad as eg
    >>> T, u, v = eg.variables("T[m,n] u[m] v[n]")
    >>> eg.expand_squares(eg.sum_squares(T - eg.outer(u, v)))
    -2 * "mn,m,n->"(T, u, v) + "mn,mn->"(T, T) + "m,m,n,n->"(u, u, v, v)
    """
    return simplify_expr(rebuild(simplify_expr(as_expr(expr)), _expanded))


def _expanded(node: Expr) -> Expr:
    if not isinstance(node, Einsum):
        return node
    operands = node.operands
    for first, operand in enumerate(operands):
        if isinstance(operand, Add) and operand in operands[first + 1 :]:
            second = operands.index(operand, first + 1)
            return add_terms(list(_products(node, first, second, operand)), node.shape)
    return node


def _products(node: Einsum, first: int, second: int, total: Add) -> Iterator[Expr]:
    for one, other in product(total.terms, repeat=2):
        parts = list(node.operands)
        parts[first], parts[second] = one, other
        yield flatten(Einsum(node.subscripts, tuple(parts)), most=2 * len(parts) + 16)
