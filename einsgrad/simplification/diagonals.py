"""The rule for sums that are seen on a diagonal alone: `(A + B)_nn` is a sum of diagonals."""

from __future__ import annotations

from operator import is_
from typing import TypeGuard

from einsgrad.expressions.construct import add_terms, build_einsum, from_product
from einsgrad.expressions.nodes import Add, Einsum, Expr
from einsgrad.expressions.products import contracted
from einsgrad.expressions.selectors import Delta
from einsgrad.simplification.sums import LONGEST_SUM
from einsgrad.strings.deltas import Factor, Product
from einsgrad.strings.subscripts import Indices, Subscripts


def see_diagonals(node: Einsum) -> Einsum:
    """Put the sum of its terms' diagonals in place of a sum whose axes are joined.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.expressions.vocabulary.words import add
    >>> A, B, x = Variable("A", ("n", "n")), Variable("B", ("n", "n")), Variable("x", ("n",))
    >>> see_diagonals(build_einsum(Subscripts((("i", "i"), ("i",)), ("i",)), (add(A, B), x)))
    "n,n->n"("nn->n"(A) + "nn->n"(B), x)
    """
    if Delta not in node.kinds or not any(map(_is_short_sum, node.operands)):
        return node
    product = contracted(node)
    operands = list(node.operands)
    factors: list[Factor] = []
    for factor in product.factors:
        indices = factor.indices
        operand = None if factor.source is None else node.operands[factor.source]
        if _is_short_sum(operand) and len(set(indices)) < len(indices):
            assert factor.source is not None
            operands[factor.source], indices = _diagonal(operand, indices)
        factors.append(factor._replace(indices=indices))
    if all(map(is_, operands, node.operands)):
        return node
    return from_product(Product(tuple(factors), product.output), operands, node.dims)


def _is_short_sum(expr: Expr | None) -> TypeGuard[Add]:
    return isinstance(expr, Add) and len(expr.shape) > 1 and len(expr.terms) <= LONGEST_SUM


def _diagonal(node: Add, indices: Indices) -> tuple[Expr, Indices]:
    """See each term of a sum where axes of one label agree."""
    kept = tuple(dict.fromkeys(indices))
    seen = [build_einsum(Subscripts((indices,), kept), (term,)) for term in node.terms]
    return add_terms(seen, seen[0].shape), kept
