"""The rule for squares of lengths: `‖x‖²`, `|x|²` and `hypot(x, y)²` need no root.

A root has no slope at 0, so its derivative is guarded there. The square has one everywhere.
"""

from __future__ import annotations

from collections import Counter

from einsgrad.expressions.construct import with_factors
from einsgrad.expressions.nodes import Einsum, Expr, Map, Reduce
from einsgrad.expressions.tables.elementwise import ABS, HYPOT, IMAG, REAL
from einsgrad.expressions.tables.reductions import NORM
from einsgrad.expressions.vocabulary.arithmetic import add, conj, multiply, real
from einsgrad.expressions.vocabulary.linear import sum


def square_lengths(node: Einsum) -> Einsum:
    """Replace lengths that stand an even number of times over the same labels.

    Examples
    --------
    >>> from einsgrad.expressions.vocabulary.norms import norm
    >>> from einsgrad.expressions.construct import build_einsum
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.strings.subscripts import Subscripts
    >>> length = norm(Variable("x", ("n",)))
    >>> square_lengths(build_einsum(Subscripts(((), ()), ()), (length, length))).operands
    ("n->"("n,n->n"(x, x)),)
    """
    if not any(_may_be_length(operand) for operand in node.operands):
        return node
    factors = list(zip(node.subscripts.inputs, node.operands, strict=True))
    squares = {
        (indices, length): [(indices, square)] * (times // 2)
        for (indices, length), times in Counter(factors).items()
        if times % 2 == 0 and (square := _square(length)) is not None
    }
    if not squares:
        return node
    kept = [factor for factor in factors if factor not in squares]
    for put in squares.values():
        kept += put
    return with_factors(node, kept)


def _may_be_length(expr: Expr) -> bool:
    return isinstance(expr, Map | Reduce) and expr.function in (NORM, ABS, HYPOT)


def _square(expr: Expr) -> Expr | None:
    """Write the square of a length without the root; nothing for what is no length."""
    match expr:
        case Reduce(function=row, operand=inner, axes=axes) if row is NORM:
            return sum(multiply(inner, inner), axes)
        case Map(function=row, operands=(inner,)) if row is ABS:
            return multiply(inner, inner)
        case Map(function=row, operands=(one, other)) if row is HYPOT:
            whole = _whole(one, other)
            if whole is not None:
                return real(multiply(conj(whole), whole))
            return add(multiply(one, one), multiply(other, other))
        case _:
            return None


def _whole(one: Expr, other: Expr) -> Expr | None:
    """Return `z` where two expressions are its real and its imaginary part."""
    match one, other:
        case Map(function=first, operands=(z,)), Map(function=second, operands=(w,)):
            return z if (first, second) == (REAL, IMAG) and z is w else None
        case _:
            return None
