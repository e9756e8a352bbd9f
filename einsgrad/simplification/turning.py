"""Transposes: out of sums within products, and out of functions, where that leaves fewer.

`(X Xᵀ - Yᵀ)_ij` and `(X Xᵀ - Y)_ji` are the same factor, which stands in one order of its
axes; a factor can have its indices in any order.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

from einsgrad.expressions.idioms import log_normaliser
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map, MatrixMap, Reduce, Variable
from einsgrad.expressions.shaping import permute
from einsgrad.expressions.tables.elementwise import COMPARISONS, EXP
from einsgrad.simplification.standing import (
    AxisOrder,
    after,
    clearly_straight_axes,
    fewest_turned,
    inverse_order,
    straight_axes,
    turned_votes,
    votes,
)
from einsgrad.simplification.symmetry import is_own_transpose, turned
from einsgrad.strings.subscripts import Subscripts

_FUNCTIONS = (Map, Reduce)
_SWAPPED = (1, 0)


def oriented(expr: Expr) -> tuple[Expr, AxisOrder]:
    """Return a simple expression in the order of axes in which it stands as a factor.

    Parameters
    ----------
    expr
        A simple expression.

    Returns
    -------
    tuple
        The expression with its axes in that order, and that order: the first axis of the
        result is the axis `order[0]` of the expression.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> A = Variable("A", ("m", "n"))
    >>> oriented(permute(A, (1, 0)))
    (A[m,n], (1, 0))
    """
    straight = tuple(range(len(expr.shape)))
    if isinstance(expr, Einsum) and len(expr.operands) == 1:
        (indices,), output = expr.subscripts.inputs, expr.subscripts.output
        if len(indices) == len(output):
            return expr.operands[0], tuple([output.index(label) for label in indices])
    axes = straight_axes(expr) if isinstance(expr, Add) else ()
    return (turned(expr, axes), axes) if axes else (expr, straight)


def turn_sums(node: Einsum, whole: Collection[Expr] = ()) -> Einsum:
    """Turn the operands that are sums into the order in which they stand.

    Sums that stay whole stay as they are, so that each is computed once.
    """
    if Add not in node.kinds:
        return node
    found = {
        place: (turned(operand, axes), axes)
        for place, operand in enumerate(node.operands)
        if isinstance(operand, Add) and operand not in whole and (axes := straight_axes(operand))
    }
    return _with_turned(node, found)


def turn_functions(node: Einsum) -> Einsum:
    """Turn the operands that are functions, where as many transposes are left either way.

    Square matrices of functions stand in the order of what they are made of.
    """
    if node.kinds.isdisjoint(_FUNCTIONS) or _is_alone(node):
        return node
    found = {
        place: (standing, _SWAPPED)
        for place, one in enumerate(node.operands)
        if isinstance(one, Map | Reduce) and len(one.shape) == 2
        if (standing := _standing(one)) is not one
    }
    return _with_turned(node, found)


def _with_turned(node: Einsum, found: Mapping[int, tuple[Expr, AxisOrder]]) -> Einsum:
    """Put operands in their places that have been turned, each with the order of its axes."""
    if not found:
        return node
    operands, lists = list(node.operands), list(node.subscripts.inputs)
    for place, (operand, axes) in found.items():
        operands[place], lists[place] = operand, after(lists[place], axes)
    return Einsum(Subscripts(tuple(lists), node.subscripts.output), tuple(operands))


def _is_alone(node: Einsum) -> bool:
    """Tell whether a product is one factor and a number."""
    return sum([not isinstance(one, Constant) for one in node.operands]) < 2


@lru_cache(maxsize=4096)
def _standing(node: Map | Reduce) -> Expr:
    """Return a function that gives a matrix, turned if it stands turned as a factor."""
    if node.shape[0] != node.shape[1] or is_own_transpose(node) or _is_softmax(node):
        return node
    turned_one = _turned_map(node, _SWAPPED) if isinstance(node, Map) else _turned_reduction(node)
    if turned_one is None or len(fewest_turned(_votes_of(node), 2)) < 2:
        return node
    return min(node, turned_one, key=lambda one: one.key)


def _votes_of(node: Map | Reduce) -> list[AxisOrder]:
    if isinstance(node, Map):
        return list(votes(_spread_parts(node)))
    kept, inner = _kept_axes(node), node.operand
    parts = _spread_parts(inner) if isinstance(inner, Map) else [inner]
    seen = [tuple([kept.index(x) for x in vote if x in kept]) for vote in votes(parts)]
    return [vote for vote in seen if len(vote) == 2]


def _kept_axes(node: Reduce) -> list[int]:
    return [axis for axis in range(len(node.operand.shape)) if axis not in node.axes]


def _turned_reduction(node: Reduce) -> Reduce | None:
    """Exchange the two axes that a reduction leaves of the values of a function."""
    if not isinstance(node.operand, Map):
        return None
    one, other = _kept_axes(node)
    order = list(range(len(node.operand.shape)))
    order[one], order[other] = other, one
    inner = _turned_map(node.operand, tuple(order))
    return None if inner is None else Reduce(node.function, inner, node.axes)


def is_turned_symmetric(node: Einsum) -> bool:
    """Tell whether an einsum is the transpose of a symmetric matrix.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> S = Variable("S", ("n", "n"), frozenset({"symmetric"}))
    >>> is_turned_symmetric(permute(S, (1, 0)))
    True
    """
    if len(node.operands) != 1 or node.subscripts.inputs[0] != node.subscripts.output[::-1]:
        return False
    return is_own_transpose(node.operands[0])


def turn_matrix(node: MatrixMap) -> Expr | None:
    """Turn what a matrix function acts on: `(Aᵀ + Bᵀ)⁻¹` is `(A + B)⁻ᵀ`."""
    matrix = node.operand
    if len(matrix.shape) != 2 or not node.function.transposes:
        return None
    axes = straight_axes(matrix) if isinstance(matrix, Add | Einsum) else ()
    if not axes:
        return None
    moved = MatrixMap(node.function, turned(matrix, axes))
    return moved if len(moved.shape) < 2 else permute(moved, axes)


def turn_map(node: Map) -> Expr | None:
    """Turn the operands of a function where that leaves fewer transposes: `f(Xᵀ Aᵀ)`."""
    rank = len(node.shape)
    if rank < 2 or not any(isinstance(operand, Add | Einsum) for operand in node.operands):
        return None
    axes = clearly_straight_axes(_spread_parts(node), rank)
    moved = _turned_map(node, axes) if axes else None
    return None if moved is None else permute(moved, inverse_order(axes))


def turn_into_map(node: Einsum) -> Expr | None:
    """Turn a function within: `f(Aᵀ, B)ᵀ` is `f(A, Bᵀ)`, which has as many transposes.

    So are products, norms and the like along an axis of such functions.
    """
    (one,) = node.operands if len(node.operands) == 1 else (None,)
    if isinstance(one, Reduce) and len(one.shape) == 2 and oriented(node)[1] == _SWAPPED:
        return _turned_reduction(one) if _SWAPPED in fewest_turned(_votes_of(one), 2) else None
    if not isinstance(one, Map) or len(node.shape) < 2 or len(node.shape) != len(one.shape):
        return None
    if _is_softmax(one):
        # A softmax that is turned stays one that is seen.
        return None
    axes = inverse_order(oriented(node)[1])
    cast = list(votes(_spread_parts(one)))
    straight = tuple(range(len(axes)))
    if axes == straight or turned_votes(cast, axes) > turned_votes(cast, straight):
        return None
    return _turned_map(one, axes)


def _is_softmax(node: Map | Reduce) -> bool:
    """Tell whether a function is a softmax, which is recognised by its argument as it stands."""
    if not isinstance(node, Map) or node.function is not EXP:
        return False
    return log_normaliser(node.operands[0]) is not None


def _spread_parts(node: Map) -> list[Expr]:
    return [operand for operand in node.operands if operand.shape]


def _turned_map(node: Map, axes: AxisOrder) -> Map | None:
    """Compute a function of transposes; None if it gives something else then.

    A symmetric matrix that is computed differs from its transpose by rounding, which a comparison
    with what has been computed of it would show.
    """
    if node.function.part or (
        node.function in COMPARISONS and any(map(_is_computed_symmetric, node.operands))
    ):
        return None
    parts = [turned(one, axes) if one.shape else one for one in node.operands]
    return Map(node.function, tuple(parts))


def _is_computed_symmetric(operand: Expr) -> bool:
    return not isinstance(operand, Variable) and is_own_transpose(operand)


def turn_reduce(node: Reduce) -> Expr | None:
    """Reduce other axes in place of a transpose: `max(Aᵀ, 0)` is `max(A, 1)`."""
    operand, rank = node.operand, len(node.operand.shape)
    if rank < 2 or not isinstance(operand, Add | Einsum):
        return None
    axes = clearly_straight_axes([operand], rank)
    if not axes:
        return None
    reduced = tuple([place for place, axis in enumerate(axes) if axis in node.axes])
    kept = [axis for axis in axes if axis not in node.axes]
    moved = Reduce(node.function, turned(operand, axes), reduced)
    return permute(moved, [kept.index(axis) for axis in sorted(kept)])
