"""Simplification for programs: what is used several times is computed once."""

from __future__ import annotations

from collections.abc import Sequence

from einsgrad.expressions.nodes import Einsum, Expr, Map, MatrixMap
from einsgrad.expressions.walks import Rebuilding, rebuild_knowing
from einsgrad.simplification.simplify import Shared


def simplify_sharing(exprs: Sequence[Expr]) -> tuple[Expr, ...]:
    """Simplify expressions for a program: sums and products used several times stay whole.

    What is written out in each of its uses reads better, and is computed for each of them.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.expressions.vocabulary.words import matmul, multiply
    >>> from einsgrad.simplification.simplify import simplify_expr
    >>> A, x = Variable("A", ("n", "n")), Variable("x", ("n",))
    >>> y = matmul(A, x)
    >>> square = multiply(y, y)
    >>> simplify_expr(square), simplify_sharing([square])[0]
    ("ni,i,nj,j->n"(A, x, A, x), "n,n->n"("ni,i->n"(A, x), "ni,i->n"(A, x)))
    """
    shared = Shared(set(), set())

    def rule(node: Expr, new: Expr, known: Rebuilding) -> Expr:
        simple = shared.simplified(new)
        if known.uses[node] > 1 and not _has_matrix_function(simple):
            shared.whole.add(simple)
        return simple

    return rebuild_knowing(exprs, rule)


def _has_matrix_function(expr: Expr) -> bool:
    """Tell whether an expression has a factor that may meet what it cancels with."""
    return isinstance(expr, Einsum) and any(
        isinstance(one, MatrixMap)
        or (isinstance(one, Map) and any(isinstance(part, MatrixMap) for part in one.operands))
        for one in expr.operands
    )
