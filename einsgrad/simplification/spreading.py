"""Axes along which nothing changes: functions are applied, and sums formed, before they are spread.

Of sums that is so for axes of size 1, as `keepdims` leaves them, which do not show within a
formula then.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import is_

from einsgrad.expressions.construct import add_terms, build_einsum
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map
from einsgrad.expressions.products import contract_deltas, is_ones_vector, unwrap
from einsgrad.expressions.selectors import Delta
from einsgrad.strings.subscripts import Subscripts


def spread_after(node: Map) -> Expr | None:
    """Apply a function before its operands are spread; None if they have no such axis in common.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.expressions.vocabulary.words import exp, sum as total
    >>> x = Variable("x", ("n",))
    >>> spread_after(exp(total(x, keepdims=True)))
    ",i->i"(exp("n->"(x)), ones(1))
    """
    if node.function.part:
        return None
    shaped = [operand for operand in node.operands if operand.shape]
    if not all(isinstance(operand, Einsum | Delta) for operand in shaped):
        return None
    axes = _spread_axes(shaped)
    if not axes:
        return None
    operands = [without_spread(one, axes) if one.shape else one for one in node.operands]
    return _spread(Map(node.function, tuple(operands)), node, axes)


def numbers_in_place(node: Map) -> Expr | None:
    """Write a number for an operand that is the same everywhere: `max(x)` for `max(x) 1`.

    Examples
    --------
    >>> import einsgrad as eg
    >>> (x,) = eg.variables("x[n]")
    >>> top = eg.simplify(eg.max(x) * eg.ones("n"))
    >>> numbers_in_place(eg.equal(x, top))
    equal(x, max(x, axis=(0,)))
    """
    shaped = [one for one in node.operands if one.shape]
    if len(shaped) < 2 or not any(isinstance(one, Einsum) for one in shaped):
        return None
    axes = list(range(len(node.shape)))
    found = [
        without_spread(one, axes) if one.shape and spread_axes(one) == axes else one
        for one in node.operands
    ]
    if all(map(is_, found, node.operands)) or not any(one.shape for one in found):
        return None
    return Map(node.function, tuple(found))


def unit_axes_after(node: Add) -> Expr:
    """Form a sum before its terms get axes of size 1.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> x, y = Variable("x", ("n",)), Variable("y", ("n",))
    >>> unit_axes_after(x.sum(keepdims=True) + y.sum(keepdims=True))
    ",i->i"("n->"(x) + "n->"(y), ones(1))
    """
    if 1 not in node.shape or not all(isinstance(one, Einsum | Delta) for one in node.terms):
        return node
    axes = [axis for axis in _spread_axes(node.terms) if node.shape[axis] == 1]
    if not axes:
        return node
    terms = [without_spread(term, axes) for term in node.terms]
    return _spread(add_terms(terms, terms[0].shape), node, axes)


def _spread_axes(operands: Sequence[Expr]) -> list[int]:
    """Return the axes that only vectors of ones give to each of some expressions."""
    if not operands:
        return []
    axes = list(range(len(operands[0].shape)))
    for operand in operands:
        axes = [axis for axis in axes if axis in spread_axes(operand)]
        if not axes:
            break
    return axes


def spread_axes(expr: Expr) -> list[int]:
    """Return the axes that only vectors of ones give to an expression.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> x = Variable("x", ("n",))
    >>> spread_axes(x.sum(keepdims=True)), spread_axes(x)
    ([0], [])
    """
    if is_ones_vector(expr):
        return [0]
    if not isinstance(expr, Einsum):
        return []
    lists, output = expr.subscripts.lists, expr.subscripts.output
    return [
        output.index(indices[0])
        for indices, operand in zip(expr.subscripts.inputs, expr.operands, strict=True)
        if is_ones_vector(operand)
        and output.count(indices[0]) == 1
        and sum(indices[0] in one for one in lists) == 2
    ]


def without_spread(expr: Expr, axes: Sequence[int]) -> Expr:
    """Return an expression without axes that only vectors of ones give to it.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> x = Variable("x", ("n",))
    >>> without_spread(x.sum(keepdims=True), [0])
    "n->"(x)
    """
    if not isinstance(expr, Einsum):
        return Constant(1)
    gone = {expr.subscripts.output[axis] for axis in axes}
    pairs = list(zip(expr.subscripts.inputs, expr.operands, strict=True))
    kept = [pair for pair in pairs if not gone.intersection(pair[0])]
    if not kept:
        return Constant(1)
    output = tuple(label for label in expr.subscripts.output if label not in gone)
    inputs = tuple(labels for labels, _ in kept)
    return unwrap(contract_deltas(Einsum(Subscripts(inputs, output), tuple([o for _, o in kept]))))


def _spread(inner: Expr, like: Expr, axes: Sequence[int]) -> Expr:
    every = tuple(range(len(like.shape)))
    rest = tuple(axis for axis in every if axis not in axes)
    lists = (rest if inner.shape else (), *((axis,) for axis in axes))
    ones = [Delta(like.shape[axis], 1) for axis in axes]
    return build_einsum(Subscripts(lists, every), (inner, *ones))


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
