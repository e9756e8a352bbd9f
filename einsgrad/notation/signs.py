"""Signs of products, which go into the sums that they hold: `-2 (a - b) x` is `2 (b - a) x`."""

from __future__ import annotations

from collections.abc import Sequence

from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map
from einsgrad.expressions.products import fold_constants, is_one_everywhere
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.walks import Rebuilding, rebuild_knowing
from einsgrad.simplification.sums import split_coefficient, turned_sign, with_coefficient


def with_signs_inside(roots: Sequence[Expr]) -> tuple[Expr, ...]:
    """Write the signs of products into differences that stand there alone, or in odd functions.

    A sum that is used elsewhere too may have a name, and stays what it is.

    Examples
    --------
    >>> import einsgrad as eg
    >>> a, b, x = eg.variables("a[n] b[n] x[n]")
    >>> with_signs_inside([eg.simplify((a - b) * (-2 * x))])
    (2 * "n,n->n"(x, -a + b),)
    """
    return rebuild_knowing(roots, _with_sign_inside)


def _with_sign_inside(node: Expr, new: Expr, known: Rebuilding) -> Expr:
    if not isinstance(node, Einsum) or not isinstance(new, Einsum):
        return new
    number, rest = fold_constants(new)
    if isinstance(number, complex) or number >= 0:
        return new
    olds = [operand for operand in node.operands if not isinstance(operand, Constant)]
    # `(a - b) (1 - c)` is read more easily than `(b - a) (c - 1)`.
    for place in sorted(range(len(olds)), key=lambda place: _holds_ones(rest.operands[place])):
        old, operand = olds[place], rest.operands[place]
        turned = _turned(operand, rest) if known.uses[old] == 1 else None
        if turned is not None and all(known.uses[part] == 1 for part in _sums_in(old)):
            operands = (*rest.operands[:place], turned, *rest.operands[place + 1 :])
            return with_coefficient(-number, Einsum(rest.subscripts, operands))
    return new


def _holds_ones(operand: Expr) -> bool:
    return isinstance(operand, Add) and any(map(is_one_everywhere, operand.terms))


def _sums_in(operand: Expr) -> tuple[Expr, ...]:
    return operand.operands if isinstance(operand, Map) else ()


def _turned(operand: Expr, product: Einsum) -> Expr | None:
    """Return the negative of a difference, or of an odd function of one; else None."""
    match operand:
        case Add():
            return turned_sign(operand) if _is_difference(operand, product) else None
        case Map(function=row, operands=(Add() as inner,)) if row.parity == -1:
            return Map(row, (turned_sign(inner),)) if _is_difference(inner, product) else None
        case _:
            return None


def _is_difference(node: Add, product: Einsum) -> bool:
    """Tell whether a sum has a negative term, and reads as well in reverse: not `s (1 - s)`."""
    parts = [split_coefficient(term) for term in node.terms]
    if any(isinstance(number, complex) for number, _ in parts):
        return False
    if any(is_one_everywhere(core) for _, core in parts):
        others = {one for one in product.operands if not isinstance(one, Delta)}
        if any(core in others for _, core in parts):
            return False
    return any(not isinstance(number, complex) and number < 0 for number, _ in parts)
