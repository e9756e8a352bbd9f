"""Sums and products of expressions grouped for speed, given what is used elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from einsgrad.expressions.construct import add_terms, scale
from einsgrad.expressions.nodes import Add, Einsum, Expr, Number
from einsgrad.expressions.products import (
    SELECTORS,
    fold_constants,
    holds_selector,
    is_moderate,
    opened,
)
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.walks import Rebuilding, children, rebuild_knowing, topological
from einsgrad.strings.subscripts import Subscripts

# Products are opened up to this many factors, so that their order is soon found. What fewer do
# is seen in `python -m benchmarks --only hessians`; none there has more.
_MOST_OPENED = 12
# What products have in common: subscripts, the place where they differ, the other operands.
_Shared = tuple[Subscripts, int, tuple[Expr, ...]]


def factored(exprs: Sequence[Expr]) -> tuple[Expr, ...]:
    """Add operands before they are contracted with the same others: `Xᵀp - Xᵀy = Xᵀ(p - y)`."""
    if not any(isinstance(node, Add) for node in topological(*exprs)):
        return tuple(exprs)
    return rebuild_knowing(exprs, _factored_node)


def _factored_node(node: Expr, new: Expr, known: Rebuilding) -> Expr:
    if not isinstance(new, Add):
        return new
    pairs = zip(children(node), new.terms, strict=True)
    own = [term for old, term in pairs if known.uses[old] == 1]
    return _factored_sum(new, [term for term in own if isinstance(term, Einsum)])


def _factored_sum(node: Add, candidates: Sequence[Einsum]) -> Expr:
    groups: dict[_Shared, list[tuple[Einsum, Number, Expr]]] = {}
    for term in candidates:
        coefficient, rest = fold_constants(term)
        if not rest.subscripts.summed or not is_moderate(coefficient):
            continue
        for place, operand in enumerate(rest.operands):
            others = (*rest.operands[:place], *rest.operands[place + 1 :])
            is_array = operand.shape and not isinstance(operand, SELECTORS)
            if is_array and not any(isinstance(one, Delta) for one in rest.operands):
                key = (rest.subscripts, place, others)
                groups.setdefault(key, []).append((term, coefficient, operand))
    best = max(groups.items(), key=lambda item: len(item[1]), default=None)
    if best is None or len(best[1]) < 2:
        return node
    (subscripts, place, others), members = best
    total = _plain_sum([scale(number, operand) for _, number, operand in members])
    merged = Einsum(subscripts, (*others[:place], total, *others[place:]))
    gone = {term for term, _, _ in members}
    return _plain_sum([merged, *(term for term in node.terms if term not in gone)])


def _plain_sum(terms: Sequence[Expr]) -> Expr:
    """Add terms of one shape."""
    return add_terms(terms, terms[0].shape)


def flattened(exprs: Sequence[Expr]) -> tuple[Expr, ...]:
    """Write an einsum that only one product uses into that product.

    The joint contraction path is never worse than one that ends in the inner result; what
    several products use is kept, and computed once.
    """
    return rebuild_knowing(exprs, _flattened_node)


def _flattened_node(node: Expr, new: Expr, known: Rebuilding) -> Expr:
    if not isinstance(new, Einsum):
        return new
    inner: set[Expr] = {
        part
        for old, part in zip(children(node), new.operands, strict=True)
        if isinstance(old, Einsum) and known.uses[old] == 1 and isinstance(part, Einsum)
    }
    return _opened(new, inner) if inner else new


def _opened(node: Einsum, inner: set[Expr]) -> Einsum:
    chosen = [op for op in node.operands if op in inner and not _is_view(op)]
    total = len(node.operands) + sum(len(children(operand)) - 1 for operand in chosen)
    if not chosen or total > _MOST_OPENED or holds_selector(node):
        return node
    return opened(node, set(chosen).__contains__)


def _is_view(expr: Expr) -> bool:
    """Tell whether an expression is an einsum with selectors, which is mostly a view."""
    return isinstance(expr, Einsum) and holds_selector(expr)
