"""Products with a selection, `where(c, t, 0)`: other factors go into the branch.

A slope may be infinite where its branch is not chosen, as that of a root at 0. Beside the
selection it would meet a 0, and the product be nan; within it is not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from einsgrad.expressions.construct import add_terms, build_einsum
from einsgrad.expressions.nodes import Add, Constant, Delta, Einsum, Expr, Fuse, Map, Shape
from einsgrad.expressions.products import as_einsum, holds_fuse, opened, unwrap
from einsgrad.expressions.shaping import broadcast
from einsgrad.expressions.tables.elementwise import WHERE
from einsgrad.strings.subscripts import Indices, Subscripts

IndexedExpr: TypeAlias = "tuple[Indices, Expr]"
# A tangent of more products is chosen from as a whole, with all axes that it has.
_MOST_PRODUCTS = 8


def is_where(node: Map) -> bool:
    """Tell whether a node chooses between two branches."""
    return node.function is WHERE


def selected(node: Map, position: int, moved: Expr, extra: Shape = ()) -> Expr:
    """Return what came in for a node that chooses, where it chooses this branch, and else 0.

    Parameters
    ----------
    node, position
        The node, and the place of the branch among its operands.
    moved
        A cotangent of the node's shape, or a tangent that has `extra` axes behind them.
    extra
        The dims of these axes.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> c, x, g = Variable("c", ("n",)), Variable("x", ("n",)), Variable("g", ("n",))
    >>> selected(Map(WHERE, (c, x, Constant(0))), 1, g)
    where(c, g, 0)
    """
    condition = node.operands[0]
    if not extra:
        return _selection(condition, position, moved)
    rank = len(node.shape)
    spread = broadcast(condition, node.shape)
    products = _expanded(moved, rank)
    if products is None:
        labels = tuple(range(len(moved.shape)))
        ones = tuple(Delta(dim, 1) for dim in extra)
        held = (labels[:rank], *((label,) for label in labels[rank:]))
        return _selection(build_einsum(Subscripts(held, labels), (spread, *ones)), position, moved)
    chosen = _selection(spread, position, Constant(1))
    terms = []
    for product in products:
        output = product.subscripts.output
        lists = (output[:rank], *product.subscripts.inputs)
        whole = build_einsum(Subscripts(lists, output), (chosen, *product.operands))
        terms.append(selecting(whole))
    return add_terms(terms, moved.shape)


def _expanded(moved: Expr, rank: int) -> list[Einsum] | None:
    """Write a tangent as products with no sum or product below that has the extra axes.

    None where it is no sum of a few products.
    """
    waiting, found = [moved], list[Einsum]()
    while waiting:
        term = waiting.pop()
        if isinstance(term, Add):
            waiting.extend(term.terms)
        elif not isinstance(term, Einsum) or holds_fuse(term):
            return None
        else:
            inner = _carries_extra(term, rank)
            if inner is None:
                found.append(term)
            elif isinstance(term.operands[inner], Add):
                waiting.extend(_with_terms(term, inner))
            else:
                whole = _opened_at(term, inner)
                if whole is None:
                    return None
                waiting.append(whole)
        if len(waiting) + len(found) > _MOST_PRODUCTS:
            return None
    return found[::-1]


def _carries_extra(node: Einsum, rank: int) -> int | None:
    """Return the place of a sum or product that has more axes than the first of the output."""
    own = set(node.subscripts.output[:rank])
    for place, (labels, operand) in enumerate(
        zip(node.subscripts.inputs, node.operands, strict=True)
    ):
        if isinstance(operand, Add | Einsum) and not set(labels) <= own:
            return place
    return None


def _opened_at(node: Einsum, place: int) -> Einsum | None:
    """Write a factor that is a product into the outer one; None where its numbers may not move."""
    chosen = node.operands[place]
    whole = opened(node, lambda operand: operand is chosen)
    return None if any(operand is chosen for operand in whole.operands) else whole


def _with_terms(node: Einsum, place: int) -> list[Expr]:
    """Return the products that a product is the sum of, where one factor is a sum."""
    operand = node.operands[place]
    assert isinstance(operand, Add)
    before, after = node.operands[:place], node.operands[place + 1 :]
    return [Einsum(node.subscripts, (*before, term, *after)) for term in operand.terms]


def _selection(condition: Expr, position: int, branch: Expr) -> Expr:
    zero = Constant(0)
    return Map(WHERE, (condition, branch, zero) if position == 1 else (condition, zero, branch))


def _chosen_branch(expr: Expr) -> int | None:
    """Return the place of the branch of a selection, whose other branch is 0."""
    match expr:
        case Map(function=row, operands=(_, _, Constant(value=0))) if row is WHERE:
            return 1
        case Map(function=row, operands=(_, Constant(value=0), _)) if row is WHERE:
            return 2
        case _:
            return None


def holds_selection(expr: Expr) -> bool:
    """Tell whether an expression is a selection, a product with one, or a sum of such."""
    parts = expr.terms if isinstance(expr, Add) else (expr,)
    return any(_has_selection(part) for part in parts)


def _has_selection(expr: Expr) -> bool:
    factors = expr.operands if isinstance(expr, Einsum) else (expr,)
    return any(_chosen_branch(factor) is not None for factor in factors)


def selecting(node: Einsum) -> Expr:
    """Move factors into the selections beside which they stand, over the same labels or fewer.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> c, x, y = Variable("c", ("n",)), Variable("x", ("n",)), Variable("y", ("n",))
    >>> chosen = Map(WHERE, (c, x, Constant(0)))
    >>> selecting(Einsum(Subscripts(((0,), (0,)), (0,)), (chosen, y)))
    where(c, "n,n->n"(x, y), 0)
    """
    factors = list(zip(node.subscripts.inputs, node.operands, strict=True))
    for place, (labels, operand) in enumerate(factors):
        others = factors[:place] + factors[place + 1 :]
        inner = [f for f in others if set(f[0]) <= set(labels) and _may_be_infinite(f[1])]
        if inner and holds_selection(operand):
            match operand:
                case Add():
                    terms = [selecting(as_einsum(term)) for term in _with_terms(node, place)]
                    return add_terms(terms, node.shape)
                case Einsum():
                    whole = _opened_at(node, place)
                    return node if whole is None else selecting(whole)
                case Map():
                    rest = [factor for factor in others if factor not in inner]
                    chosen = (labels, _with_inside(operand, labels, inner))
                    return _product([chosen, *rest], node.subscripts.output)
                case _:
                    pass
    return unwrap(node)


def _with_inside(chosen: Map, labels: Indices, factors: Sequence[IndexedExpr]) -> Expr:
    """Multiply the branch of a selection by factors."""
    branch = 2 if _chosen_branch(chosen) == 2 else 1
    value = broadcast(chosen.operands[branch], chosen.shape)
    return _selection(chosen.operands[0], branch, _product([(labels, value), *factors], labels))


def _product(factors: Sequence[IndexedExpr], output: Indices) -> Expr:
    lists = Subscripts(tuple(indices for indices, _ in factors), output)
    return unwrap(build_einsum(lists, [factor for _, factor in factors]))


def _may_be_infinite(factor: Expr) -> bool:
    return not isinstance(factor, Delta | Fuse | Constant)
