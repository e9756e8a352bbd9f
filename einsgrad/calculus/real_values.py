"""Complex expressions whose values are real, such as `wᴴ H w` of a Hermitian matrix."""

from __future__ import annotations

from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map, MatrixMap
from einsgrad.expressions.tables.elementwise import CONJ, EXP, POWER, RECIPROCAL, SQUARE
from einsgrad.expressions.tables.reductions import DET, INVERSE
from einsgrad.expressions.vocabulary.words import conj
from einsgrad.expressions.walks import Rebuilding, rebuild_knowing
from einsgrad.simplification.simplify import simplify_all

# Functions without cuts, whose value at a conjugate is the conjugate of the value.
_WITHOUT_CUTS = (CONJ, EXP, RECIPROCAL, SQUARE)


def is_known_real(expr: Expr) -> bool:
    """Tell whether an expression is equal to its conjugate, by simplification.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.expressions.vocabulary.words import exp
    >>> z = Variable("z", (), frozenset({"complex"}))
    >>> is_known_real(exp(z + conj(z))), is_known_real(exp(z - conj(z)))
    (True, False)
    """
    if not expr.is_complex:
        return True
    one, other = simplify_all([expr, _conjugate(expr)])
    return one is other


def _conjugate(expr: Expr) -> Expr:
    """Conjugate an expression, within functions where that is the same."""
    return rebuild_knowing([expr], _conjugate_node)[0]


def _conjugate_node(node: Expr, new: Expr, known: Rebuilding) -> Expr:
    if not node.is_complex:
        return node
    match node:
        case Constant(value=value) if isinstance(value, complex):
            return Constant(value.conjugate())
        case Einsum() | Add():
            return new
        case Map(function=row) if row in _WITHOUT_CUTS:
            return new
        case Map(function=row, operands=(_, Constant(value=int()))) if row is POWER:
            return new
        case MatrixMap(function=row) if row in (DET, INVERSE):
            return new
        case _:
            return conj(node)
