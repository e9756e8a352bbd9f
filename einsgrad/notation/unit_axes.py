"""Axes of size 1, as `keepdims` leaves them: they do not show within a formula."""

from __future__ import annotations

from collections.abc import Sequence

from einsgrad.expressions.construct import add_terms, build_einsum
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map
from einsgrad.expressions.products import contract_deltas, unwrap
from einsgrad.expressions.selectors import Delta
from einsgrad.strings.subscripts import Subscripts


def with_unit_axis_outside(node: Map | Add) -> Expr | None:
    """Apply a function or a sum before its operands get an axis of size 1; None if none has.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.expressions.vocabulary.words import exp, sum as total
    >>> x = Variable("x", ("n",))
    >>> with_unit_axis_outside(exp(total(x, keepdims=True)))
    ",i->i"(exp("n->"(x)), ones(1))
    """
    for axis, dim in enumerate(node.shape):
        if dim == 1:
            moved = _moved(node, axis)
            if moved is not None:
                return moved
    return None


def _moved(node: Map | Add, axis: int) -> Expr | None:
    operands = node.operands if isinstance(node, Map) else node.terms
    found = [operand if not operand.shape else _without_axis(operand, axis) for operand in operands]
    kept = [operand for operand in found if operand is not None]
    if len(kept) < len(found):
        return None
    inner = _rebuilt(node, kept, axis)
    rest = tuple(place for place in range(len(node.shape)) if place != axis)
    lists = (rest, (axis,)) if inner.shape else ((), (axis,))
    return build_einsum(Subscripts(lists, tuple(range(len(node.shape)))), (inner, Delta(1, 1)))


def _rebuilt(node: Map | Add, operands: Sequence[Expr], axis: int) -> Expr:
    if isinstance(node, Map):
        return Map(node.function, tuple(operands))
    return add_terms(list(operands), node.shape[:axis] + node.shape[axis + 1 :])


def _without_axis(expr: Expr, axis: int) -> Expr | None:
    """Take an axis off that only a vector of ones gives; None if something else does."""
    if isinstance(expr, Delta):
        return Constant(1) if expr.order == 1 else None
    if not isinstance(expr, Einsum):
        return None
    label = expr.subscripts.output[axis]
    pairs = list(zip(expr.subscripts.inputs, expr.operands, strict=True))
    kept = [pair for pair in pairs if label not in pair[0]]
    gone = [pair for pair in pairs if label in pair[0]]
    if any(labels != (label,) or not isinstance(operand, Delta) for labels, operand in gone):
        return None
    output = expr.subscripts.output[:axis] + expr.subscripts.output[axis + 1 :]
    inputs = tuple(labels for labels, _ in kept)
    return unwrap(contract_deltas(build_einsum(Subscripts(inputs, output), [o for _, o in kept])))


def without_unit_sums(node: Einsum) -> Einsum:
    """Drop sums over one entry of a vector of ones, and sizes that are 1."""
    lists = node.subscripts.lists
    pairs = list(zip(node.subscripts.inputs, node.operands, strict=True))
    kept = [
        (labels, operand)
        for labels, operand in pairs
        if not (isinstance(operand, Delta) and operand.dim == 1 and operand.order < 2)
        or any(sum(label in one for one in lists) > 1 for label in labels)
    ]
    if len(kept) == len(pairs):
        return node
    inputs = tuple(labels for labels, _ in kept)
    return Einsum(Subscripts(inputs, node.subscripts.output), tuple(o for _, o in kept))
