"""Rules for functions of matrices: what they are of numbers, transposes and inverses."""

from __future__ import annotations

from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.nodes import Einsum, Expr, MatrixMap
from einsgrad.expressions.products import fold_constants, is_moderate, unwrap
from einsgrad.expressions.tables.reductions import INVERSE, LOGDET
from einsgrad.expressions.vocabulary.words import inverse, logdet, multiply, negative


def matrix_rules(node: MatrixMap) -> Expr | None:
    """Move a transpose out of a matrix function, and cancel an inverse."""
    inner = node.operand
    if isinstance(inner, MatrixMap) and inner.function is INVERSE:
        if node.function is INVERSE:
            return inner.operand
        if node.function is LOGDET:
            return negative(logdet(inner.operand))
    if isinstance(inner, Einsum) and len(inner.operands) == 1 and len(inner.shape) == 2:
        (indices,) = inner.subscripts.inputs
        if indices != inner.subscripts.output[::-1] or not node.function.transposes:
            return None
        moved = MatrixMap(node.function, inner.operands[0])
        return moved if len(moved.shape) < 2 else build_einsum(inner.subscripts, (moved,))
    if isinstance(inner, Einsum) and node.function is INVERSE:
        return _inverse_of_scaled(inner)
    return None


def _inverse_of_scaled(inner: Einsum) -> Expr | None:
    coefficient, rest = fold_constants(inner)
    if coefficient in (0, 1) or not is_moderate(coefficient) or not rest.operands:
        return None
    return multiply(1 / coefficient, inverse(unwrap(rest)))
