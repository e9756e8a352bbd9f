"""The rules of a derivation in words."""

from __future__ import annotations

from typing import assert_never

from einsgrad.expressions.nodes import (
    Add,
    Called,
    Einsum,
    Endpoint,
    Expr,
    Map,
    MatrixMap,
    Reduce,
)

REORDERED = "in canonical order"


def rule_between(user: Expr, node: Expr, name: str) -> str:
    """Say by which rule a node receives its cotangent from one that uses it.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x = eg.variables("A[m,n] x[n]")
    >>> rule_between(A @ x, x, "x")
    "product rule: the cotangent takes x's place"
    """
    if isinstance(user, Endpoint):
        return "the variable itself"
    match user:
        case Einsum(operands=operands):
            count = operands.count(node)
            if count > 1:
                return f"product rule: the cotangent takes each of {count} places"
            return f"product rule: the cotangent takes {name}'s place"
        case Add():
            return "a sum: each term has the sum's cotangent"
        case Map(function=function):
            return f"chain rule: the derivative of {function.name}"
        case Reduce(function=reduction):
            return f"chain rule: the derivative of {reduction.name}"
        case MatrixMap(function=matrix_function):
            return f"the differential of {matrix_function.name}"
        case Called(call=call):
            return f"the pullback of {call}"
        case _ as unreachable:
            assert_never(unreachable)


def tidying(before: Expr, after: Expr) -> str:
    """Name what simplification has done to a sum of contracted products."""
    terms = [len(e.terms) if isinstance(e, Add) else 1 for e in (before, after)]
    return "terms collected" if terms[1] < terms[0] else REORDERED
