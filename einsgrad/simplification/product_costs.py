"""Whether a product costs less once it is multiplied out over a sum."""

from __future__ import annotations

from functools import lru_cache

from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr
from einsgrad.expressions.products import SELECTORS, contract_deltas, contracted
from einsgrad.expressions.selectors import Delta
from einsgrad.simplification.flattening import degree, products_with


def expanded(node: Einsum, place: int) -> list[Einsum]:
    """Multiply a product out over the sum at a place."""
    operand = node.operands[place]
    assert isinstance(operand, Add)
    return list(products_with(node, place, operand.terms))


@lru_cache(maxsize=1024)
def is_cheaper(node: Einsum, place: int) -> bool:
    """Tell whether each term costs less than the product with the sum at a place."""
    operand = node.operands[place]
    assert isinstance(operand, Add)
    if len(operand.shape) < 2:
        return False
    inner = max((_cost(term) for term in operand.terms if isinstance(term, Einsum)), default=0)
    own = _cost(node)
    whole = max(inner, own, len(operand.shape))
    if whole == own and any(map(_is_entrywise, operand.terms)):
        # Times such a term, the product costs as much.
        return False
    terms = expanded(node, place)
    # Sums of products of sums would be multiplied out one in the other without end.
    factors = [factor for term in terms for factor in term.operands]
    if any(isinstance(factor, Add) and len(factor.shape) > 1 for factor in factors):
        return False
    return max(_cost(contract_deltas(term)) for term in terms) < whole


def _is_entrywise(term: Expr) -> bool:
    """Tell whether a term is an array, or numbers and arrays multiplied entry by entry."""
    if not isinstance(term, Einsum):
        return not isinstance(term, (Constant, Delta, *SELECTORS))
    inputs, output = term.subscripts.inputs, set(term.subscripts.output)
    is_plain = term.kinds.isdisjoint((Delta, *SELECTORS))
    return is_plain and all(not one or set(one) == output for one in inputs)


def _cost(node: Einsum) -> int:
    """Return the cost class of a product; to see through selectors or to spread costs nothing."""
    product = contracted(node)
    output = product.output
    lists = [
        factor.indices
        for factor in product.factors
        if (
            len(factor.indices) > 1 or not set(factor.indices) <= set(output)
            if factor.source is None
            else not isinstance(node.operands[factor.source], SELECTORS)
        )
    ]
    return degree(lists, output)
