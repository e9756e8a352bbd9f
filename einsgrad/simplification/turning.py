"""Sums within products, turned so that few of their terms are transposes.

`(X Xᵀ - Yᵀ)_ij` and `(X Xᵀ - Y)_ji` are the same factor. The sum is turned so that as many
of its terms as possible stand as they are; a factor can have its indices in any order.
"""

from __future__ import annotations

from typing import TypeVar

from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, MatrixMap
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.shaping import permute
from einsgrad.simplification.symmetry import is_own_transpose, turned
from einsgrad.strings.subscripts import Indices, Subscripts

AxisOrder = tuple[int, ...]
T = TypeVar("T")


def turn_sums(node: Einsum) -> Einsum:
    """Turn the operands that are sums, where that leaves fewer of their terms turned."""
    if not any(isinstance(operand, Add) for operand in node.operands):
        return node
    parts = [
        _turned(operand, indices)
        for indices, operand in zip(node.subscripts.inputs, node.operands, strict=True)
    ]
    subscripts = Subscripts(tuple(indices for _, indices in parts), node.subscripts.output)
    return Einsum(subscripts, tuple(operand for operand, _ in parts))


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
    """Turn the sum that a matrix function acts on: `(Aᵀ + Bᵀ)⁻¹` is `(A + B)⁻ᵀ`."""
    matrix = node.operand
    if not isinstance(matrix, Add) or len(matrix.shape) != 2 or not node.function.transposes:
        return None
    straight, indices = _turned(matrix, (0, 1))
    if indices == (0, 1):
        return None
    moved = MatrixMap(node.function, straight)
    return moved if len(moved.shape) < 2 else permute(moved, (1, 0))


def _turned(operand: Expr, indices: Indices) -> tuple[Expr, Indices]:
    axes = _best_turn(operand) if isinstance(operand, Add) else ()
    if not axes or not isinstance(operand, Add):
        return operand, indices
    return turned(operand, axes), _after(indices, axes)


def _best_turn(expr: Add) -> AxisOrder:
    """Return the order of a sum's axes with fewest turned terms; nothing if it has it."""
    if len(expr.shape) < 2:
        return ()
    straight = tuple(range(len(expr.shape)))
    turns = [axes for term in expr.terms if (axes := _turn(term)) is not None]
    best: AxisOrder = ()
    remaining = sum(axes != straight for axes in turns)
    for axes in dict.fromkeys(map(_inverse, turns)):
        left = sum(_after(turn, axes) != straight for turn in turns)
        if left < remaining:
            best, remaining = axes, left
    return best


def _turn(term: Expr) -> AxisOrder | None:
    """Return the order in which a term shows the axes of its one factor; None for products."""
    if isinstance(term, Delta | Constant) or is_own_transpose(term):
        return None
    if not isinstance(term, Einsum):
        return tuple(range(len(term.shape)))
    places = [k for k, one in enumerate(term.operands) if not isinstance(one, Constant)]
    if len(places) != 1:
        return None
    labels, output = term.subscripts.inputs[places[0]], term.subscripts.output
    if set(labels) != set(output):
        return None
    return tuple(labels.index(label) for label in output)


def _inverse(axes: AxisOrder) -> AxisOrder:
    return tuple(axes.index(axis) for axis in range(len(axes)))


def _after(places: tuple[T, ...], axes: AxisOrder) -> tuple[T, ...]:
    return tuple(places[axis] for axis in axes)
