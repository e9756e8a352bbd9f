"""Products with a selection, `where(c, t, 0)`: other factors go into the branch.

A slope may be infinite where its branch is not chosen, as that of a root at 0. Beside the
selection it would meet a 0, and the product be nan; within it is not looked at. A step, the
slope of `maximum`, is made a selection where it meets such a slope.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from einsgrad.expressions.construct import add_terms, build_einsum
from einsgrad.expressions.dims import Shape
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map, Pick
from einsgrad.expressions.products import as_einsum, factors_of, holds_selector, opened, unwrap
from einsgrad.expressions.selectors import Affine, Delta, Step
from einsgrad.expressions.shaping import broadcast
from einsgrad.expressions.tables.elementwise import (
    HEAVISIDE,
    MAXIMUM,
    NOT_EQUAL,
    POWER,
    RECIPROCAL,
    TIED_STEP,
    WHERE,
)
from einsgrad.simplification.simplify import simplify_expr
from einsgrad.strings.subscripts import Indices, Subscripts

IndexedExpr: TypeAlias = "tuple[Indices, Expr]"
# A tangent of more products is chosen from as a whole, with all axes that it has.
_MOST_PRODUCTS = 8


def is_where(node: Map) -> bool:
    """Tell whether a node chooses between two branches, and is no guard of a logarithm."""
    return node.function is WHERE and not _is_guard(node)


def _is_guard(node: Map) -> bool:
    """Tell whether a node is y where y is not 0, and else 1: finite, chosen or not."""
    match node.operands:
        case (Map(function=row, operands=(base, Constant(value=0))), chosen, Constant(value=1)):
            return row is NOT_EQUAL and chosen is base
        case _:
            return False


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
        elif not isinstance(term, Einsum) or holds_selector(term):
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
    if not isinstance(expr, Map) or not is_where(expr):
        return None
    match expr:
        case Map(operands=(_, _, Constant(value=0))):
            return 1
        case Map(operands=(_, Constant(value=0), _)):
            return 2
        case _:
            return None


def holds_selection(expr: Expr) -> bool:
    """Tell whether an expression is a selection, a product with one, or a sum of such."""
    parts = expr.terms if isinstance(expr, Add) else (expr,)
    return any(_has_selection(part) for part in parts)


def _has_selection(expr: Expr) -> bool:
    factors = factors_of(expr)
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
        inner = [
            other
            for other, (indices, factor) in enumerate(factors)
            if other != place and set(indices) <= set(labels) and _varies(factor)
        ]
        if not holds_selection(operand):
            steps = inner and _has_factor(operand, _is_step)
            inner = [p for p in inner if _has_factor(factors[p][1], _has_pole)] if steps else []
        if inner:
            return _moved_into(node, place, inner)
    return unwrap(node)


def _moved_into(node: Einsum, place: int, inner: Sequence[int]) -> Expr:
    """Move factors into one that is a selection or a step, or that holds one."""
    factors = list(zip(node.subscripts.inputs, node.operands, strict=True))
    labels, operand = factors[place]
    match operand:
        case Add():
            terms = [selecting(as_einsum(term)) for term in _with_terms(node, place)]
            return add_terms(terms, node.shape)
        case Einsum():
            whole = _opened_at(node, place)
            return node if whole is None else selecting(whole)
        case Map():
            chosen = (labels, _with_inside(operand, labels, [factors[p] for p in inner]))
            rest = [one for p, one in enumerate(factors) if p != place and p not in inner]
            return _product([chosen, *rest], node.subscripts.output)
        case _:
            return node


def _with_inside(chosen: Map, labels: Indices, factors: Sequence[IndexedExpr]) -> Expr:
    """Multiply the branch of a selection by factors, or a step where it is not 0."""
    if _is_step(chosen):
        return _selection(chosen, 1, _product([(labels, chosen), *factors], labels))
    branch = 2 if _chosen_branch(chosen) == 2 else 1
    value = broadcast(chosen.operands[branch], chosen.shape)
    return _selection(chosen.operands[0], branch, _product([(labels, value), *factors], labels))


def _product(factors: Sequence[IndexedExpr], output: Indices) -> Expr:
    lists = Subscripts(tuple(indices for indices, _ in factors), output)
    return unwrap(build_einsum(lists, [factor for _, factor in factors]))


def _varies(factor: Expr) -> bool:
    return not isinstance(factor, Delta | Affine | Step | Pick | Constant)


def _has_factor(expr: Expr, wanted: Callable[[Expr], bool], levels: int = 3) -> bool:
    """Tell whether a product has a factor of some kind, at most so many products below."""
    if isinstance(expr, Einsum) and levels:
        return any(_has_factor(operand, wanted, levels - 1) for operand in expr.operands)
    return wanted(expr)


def _is_step(expr: Expr) -> bool:
    return isinstance(expr, Map) and expr.function in (HEAVISIDE, TIED_STEP)


def _has_pole(expr: Expr) -> bool:
    """Tell whether an expression is a reciprocal, or a power, that may be infinite."""
    match expr:
        case Map(function=row, operands=(Map(function=inner, operands=parts),)):
            clipped = inner is MAXIMUM and any(map(_is_positive, parts))
            return row is RECIPROCAL and not clipped
        case Map(function=row, operands=(_, exponent)) if row is POWER:
            number = simplify_expr(exponent)
            return number is not Constant(0) and not _is_positive(number)
        case Map(function=row):
            return row is RECIPROCAL
        case _:
            return False


def _is_positive(expr: Expr) -> bool:
    return isinstance(expr, Constant) and not isinstance(expr.value, complex) and expr.value > 0
