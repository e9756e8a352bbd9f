"""Rules for `where`: conditions and branches that are known, or that say the same twice.

As in `functions`, a rule returns the simpler expression, or None where it does not apply.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import is_

from einsgrad.expressions.construct import add_terms
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map
from einsgrad.expressions.products import as_einsum, factors_of, fold_constants, is_one_everywhere
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.shaping import broadcast
from einsgrad.expressions.tables.elementwise import NOT_EQUAL, WHERE
from einsgrad.expressions.tables.spellings import ComparisonUfunc
from einsgrad.expressions.vocabulary.words import add, multiply


def once_compared(node: Map) -> Expr | None:
    """Write `(y ≠ 0) ≠ 0` as `y ≠ 0`."""
    match node:
        case Map(function=row, operands=(Map(function=inner) as condition, Constant(value=0))):
            is_condition = isinstance(inner.numpy, ComparisonUfunc)
            return condition if row is NOT_EQUAL and is_condition else None
        case _:
            return None


def known_condition(node: Map) -> Expr | None:
    """Take the branch that a number chooses."""
    match node:
        case Map(function=row, operands=(Constant(value=value), one, other)) if row is WHERE:
            return broadcast(one if value != 0 else other, node.shape)
        case _:
            return None


def number_of_branch(node: Map) -> Expr | None:
    """Write a branch that is a number, spread over the axes, as the number."""
    if node.function is not WHERE or not node.operands[0].shape:
        return None
    return _with_branches(node, [number_if_spread(operand) for operand in node.operands[1:]])


def _with_branches(node: Map, branches: Sequence[Expr]) -> Expr | None:
    """Put branches into a choice; None where they are those that it has."""
    if all(map(is_, branches, node.operands[1:])):
        return None
    return Map(WHERE, (node.operands[0], *branches))


def number_if_spread(expr: Expr) -> Expr:
    """Return the number that every entry of an expression is, or else the expression."""
    if not isinstance(expr, Einsum | Delta) or not expr.shape:
        return expr
    number, rest = fold_constants(as_einsum(expr))
    return Constant(number) if is_one_everywhere(rest) else expr


def known_branch(node: Map) -> Expr | None:
    """Drop a choice within a choice by the same condition, and one between 1 and 0."""
    if node.function is not WHERE:
        return None
    condition, one, other = node.operands
    one, other = _taken(condition, one, 1), _taken(condition, other, 2)
    compares = isinstance(condition, Map) and isinstance(condition.function.numpy, ComparisonUfunc)
    if compares and one is Constant(1) and other is Constant(0):
        return condition
    return _with_branches(node, (one, other))


def _taken(condition: Expr, branch: Expr, place: int) -> Expr:
    """Return what a branch is where it is chosen."""
    while isinstance(branch, Map) and branch.function is WHERE and branch.operands[0] is condition:
        branch = branch.operands[place]
    return branch


def join_choices(node: Add) -> Expr:
    """Join choices by one condition of which each leaves out something: Huber's `where(c, r, s)`.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y = eg.variables("x[n] y[n]")
    >>> parts = (eg.where(x > 0, 0, y), eg.exp(x) * (x > 0))
    >>> join_choices(Add(tuple(map(eg.simplify, parts))))
    where(greater(x, 0), exp(x), y)
    """
    found: dict[Expr, list[tuple[Expr, Expr, Expr]]] = {}
    for term in node.terms:
        choice = _choice_in(term)
        if choice is not None:
            found.setdefault(choice[0], []).append((term, choice[1], choice[2]))
    joined = {condition: own for condition, own in found.items() if len(own) > 1}
    if not joined:
        return node
    taken = {term for own in joined.values() for term, _, _ in own}
    terms = [term for term in node.terms if term not in taken]
    for condition, own in joined.items():
        one = _sum([branch for _, branch, _ in own])
        other = _sum([branch for _, _, branch in own])
        terms.append(broadcast(Map(WHERE, (condition, one, other)), node.shape))
    return add_terms(terms, node.shape)


def _sum(branches: Sequence[Expr]) -> Expr:
    kept = [branch for branch in branches if not _is_zero(branch)]
    return add(*kept) if len(kept) > 1 else kept[0] if kept else Constant(0)


def _choice_in(term: Expr) -> tuple[Expr, Expr, Expr] | None:
    """Read a term as a choice of which a branch is 0: its condition and its two branches."""
    if not any(map(_leaves_out, factors_of(term))):
        return None
    product = as_einsum(term)
    labels = product.subscripts.output
    if any(own not in (labels, ()) for own in product.subscripts.inputs):
        return None
    places = [place for place, one in enumerate(product.operands) if _leaves_out(one)]
    if len(places) != 1:
        return None
    chosen = product.operands[places[0]]
    assert isinstance(chosen, Map)
    others = [one for place, one in enumerate(product.operands) if place != places[0]]
    if chosen.function is not WHERE:
        return chosen, multiply(*others) if others else Constant(1), Constant(0)
    condition, *branches = chosen.operands
    one, other = [b if _is_zero(b) or not others else multiply(b, *others) for b in branches]
    return condition, one, other


def _leaves_out(expr: Expr) -> bool:
    """Tell whether an expression is a condition, or a choice with 0."""
    if not isinstance(expr, Map):
        return False
    if expr.function is WHERE:
        return any(map(_is_zero, expr.operands[1:]))
    return isinstance(expr.function.numpy, ComparisonUfunc)


def _is_zero(expr: Expr) -> bool:
    return isinstance(expr, Constant) and expr.value == 0


def equal_branches(node: Map) -> Expr | None:
    """Drop a condition whose branches are the same."""
    if node.function is not WHERE or node.operands[1] is not node.operands[2]:
        return None
    return broadcast(node.operands[1], node.shape)
