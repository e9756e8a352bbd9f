"""Powers of matrices as products, where a program computes these in less time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain

from einsgrad.expressions.construct import with_factors
from einsgrad.expressions.nodes import Einsum, Expr, MatrixMap
from einsgrad.expressions.walks import rebuild_all
from einsgrad.strings.subscripts import Subscripts

# Up to this exponent, a program multiplies one after another, as the code of a user does.
_FEW_FACTORS = 3
# So often, at most, a vector is multiplied in place of the power that is multiplied by it.
_MOST_PRODUCTS = 64


def open_powers(exprs: Sequence[Expr]) -> list[Expr]:
    """Write powers out as products, where that takes a program less time.

    Those that are multiplied by a vector, then those with few factors.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.simplification.matrix_powers import matrix_power_of
    >>> A, x = Variable("A", ("n", "n")), Variable("x", ("n",))
    >>> open_powers([matrix_power_of(A, 3), matrix_power_of(A, 3) @ x])
    ["nj,jk,ki->ni"(A, A, A), "ni,i->n"(A, "ni,i->n"(A, "ni,i->n"(A, x)))]
    """
    applied = rebuild_all(exprs, lambda node: _applied(node) if isinstance(node, Einsum) else node)
    return rebuild_all(applied, _written_out)


def _written_out(node: Expr) -> Expr:
    exponent = node.function.exponent if isinstance(node, MatrixMap) else None
    if not isinstance(node, MatrixMap) or exponent is None or exponent > _FEW_FACTORS:
        return node
    batch = tuple(range(exponent + 1, exponent + len(node.shape) - 1))
    lists = tuple((*batch, place, place + 1) for place in range(exponent))
    return Einsum(Subscripts(lists, (*batch, 0, exponent)), (node.operand,) * exponent)


def _applied(node: Einsum) -> Einsum:
    """Multiply vectors by the factors of a power, one after another."""
    counts = Counter(chain(*node.subscripts.inputs, node.subscripts.output))
    pairs = list(zip(node.subscripts.inputs, node.operands, strict=True))
    for place, (ends, operand) in enumerate(pairs):
        count = _exponent(operand)
        for beside, (labels, vector) in enumerate(pairs) if count else ():
            if len(labels) != 1 or labels[0] not in ends or counts[labels[0]] != 2:
                continue
            assert isinstance(operand, MatrixMap)
            lists = Subscripts((ends, labels), tuple(x for x in ends if x not in labels))
            moved = vector
            for _ in range(count):
                moved = Einsum(lists.numbered(), (operand.operand, moved))
            kept = [pair for k, pair in enumerate(pairs) if k not in (place, beside)]
            return _applied(with_factors(node, [*kept, (lists.output, moved)], labels))
    return node


def _exponent(expr: Expr) -> int:
    """Return the exponent of a power that is not too long; 0 of others."""
    exponent = expr.function.exponent if isinstance(expr, MatrixMap) else None
    return exponent if exponent and len(expr.shape) == 2 and exponent <= _MOST_PRODUCTS else 0
