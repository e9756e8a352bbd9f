"""The rule that multiplies a product out over a sum, and when it does."""

from __future__ import annotations

from einsgrad.expressions.nodes import Add, Einsum, Expr
from einsgrad.expressions.products import contract_deltas, contracted
from einsgrad.expressions.selectors import Delta
from einsgrad.simplification.flattening import degree, flatten
from einsgrad.simplification.sums import LONGEST_SUM

# A sum of more terms is not multiplied out beside other factors: each term would hold them all.
_MOST_DISTRIBUTED = 8


def distributed(node: Einsum) -> list[Einsum] | None:
    """Multiply a product out over a sum among its factors, where that makes it simpler.

    That is: the sum is the only factor and no ones are spread (a trace, a transpose, a
    row sum); or every term of the sum holds deltas or ones, which then contract (the
    Jacobian of softmax); or the terms are of a lower cost class than the sum as a
    whole (a Hessian contracted with a vector). None where nothing is gained.
    """
    sums = [
        place
        for place, operand in enumerate(node.operands)
        if isinstance(operand, Add)
        and len(operand.terms) <= LONGEST_SUM
        and sum(other is operand for other in node.operands) == 1
    ]
    if not sums:
        return None
    if len(node.operands) == 1:
        return _expanded(node, 0)
    others = [operand for operand in node.operands if not isinstance(operand, Delta)]
    if len(others) == 1 and not _has_ones(node):
        return _expanded(node, sums[0])
    for place in sums:
        operand = node.operands[place]
        assert isinstance(operand, Add)
        few = len(operand.terms) <= _MOST_DISTRIBUTED
        if few and (all(map(_is_structured, operand.terms)) or _is_cheaper(node, place)):
            return _expanded(node, place)
    return None


def _expanded(node: Einsum, place: int) -> list[Einsum]:
    operand = node.operands[place]
    assert isinstance(operand, Add)
    products = []
    for term in operand.terms:
        operands = (*node.operands[:place], term, *node.operands[place + 1 :])
        products.append(flatten(Einsum(node.subscripts, operands)))
    return products


def _has_ones(node: Einsum) -> bool:
    """Tell whether ones are spread over an axis of the output."""
    return any(
        isinstance(operand, Delta) and operand.order == 1 and indices[0] in node.subscripts.output
        for indices, operand in zip(node.subscripts.inputs, node.operands, strict=True)
    )


def _is_structured(term: Expr) -> bool:
    match term:
        case Delta():
            return True
        case Einsum(operands=operands):
            return any(isinstance(operand, Delta) and operand.order for operand in operands)
        case _:
            return False


def _is_cheaper(node: Einsum, place: int) -> bool:
    operand = node.operands[place]
    assert isinstance(operand, Add)
    if len(operand.shape) < 2:
        return False
    inner = max((_cost(term) for term in operand.terms if isinstance(term, Einsum)), default=0)
    whole = max(inner, _cost(node), len(operand.shape))
    terms = _expanded(node, place)
    # Sums of products of sums would be multiplied out one in the other without end.
    factors = [factor for term in terms for factor in term.operands]
    if any(isinstance(factor, Add) and len(factor.shape) > 1 for factor in factors):
        return False
    return max(_cost(contract_deltas(term)) for term in terms) < whole


def _cost(node: Einsum) -> int:
    product = contracted(node)
    return degree(product.subscripts.inputs, product.output)
