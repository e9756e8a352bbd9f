"""Products that are their own transposes, multiplied out: `Xᵀ (diag(p) X - p pᵀ X)`."""

from __future__ import annotations

from einsgrad.expressions.nodes import Add, Einsum
from einsgrad.expressions.products import contract_deltas, factors_of, unwrap
from einsgrad.expressions.walks import children
from einsgrad.simplification.product_costs import expanded
from einsgrad.simplification.symmetry import is_own_transpose
from einsgrad.strings.subscripts import Subscripts

# A product with longer sums stays as it is written.
_MOST_TERMS = 4


def sum_last(node: Einsum) -> Einsum:
    """Let the sum in a symmetric product hold the columns, not the rows.

    Examples
    --------
    >>> import einsgrad as eg
    >>> X, S = eg.variables("X[n,k] S[n,n]", symmetric="S")
    >>> eg.simplify((S @ X - X).T @ X) is eg.simplify(X.T @ (S @ X - X))
    True
    """
    output = node.subscripts.output
    if len(output) != 2 or Add not in node.kinds or node.shape[0] != node.shape[1]:
        return node
    for place, operand in enumerate(node.operands):
        if isinstance(operand, Add) and len(operand.terms) <= _MOST_TERMS:
            held = node.subscripts.inputs[place]
            if output[0] in held and output[1] not in held and _is_symmetric(node, place):
                return Einsum(Subscripts(node.subscripts.inputs, output[::-1]), node.operands)
    return node


def _is_symmetric(node: Einsum, place: int) -> bool:
    """Tell whether a product with each term of a sum in it is symmetric, as its factors tell."""
    beside = {operand for operand in node.operands if len(operand.shape) == 2}
    if any(beside.isdisjoint(factors_of(term)) for term in children(node.operands[place])):
        return False
    products = (unwrap(contract_deltas(one)) for one in expanded(node, place))
    return all(map(is_own_transpose, products))
