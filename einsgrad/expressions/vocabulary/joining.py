"""Arrays joined along an axis, as numpy joins them: sums of parts with zeros around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError, ShapeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.construct import zeros
from einsgrad.expressions.current import current
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary.application import axis_of
from einsgrad.expressions.vocabulary.axis_parts import (
    axis_entries,
    in_a_row,
    side_by_side,
    with_dim,
)
from einsgrad.expressions.vocabulary.linear import transpose
from einsgrad.expressions.vocabulary.numpy_rearranging import at_least, expand_dims, ravel


def array_like(value: Any) -> Expr:
    """Read what numpy reads as an array: lists that hold expressions are stacked.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> array_like([Variable("x", ()), 1.0]).shape
    (2,)
    """
    if isinstance(value, list | tuple) and (current() is None or holds_expression(value)):
        return side_by_side(_alike([array_like(one) for one in value]), 0) if value else zeros((0,))
    return as_expr(value)


def holds_expression(value: object) -> bool:
    """Tell whether a value is an expression, or a list with one in it."""
    if isinstance(value, list | tuple):
        return any(map(holds_expression, value))
    return isinstance(value, Node)


def _alike(exprs: list[Expr]) -> list[Expr]:
    other = next((expr for expr in exprs if expr.shape != exprs[0].shape), None)
    if other is not None:
        raise ShapeError(
            f"stack: {clip(exprs[0])} and {clip(other)} have two shapes. Arrays that are stacked "
            "have one shape."
        )
    return exprs


def listed_arrays(name: str, arrays: Any) -> list[Expr]:
    """Read the arrays that are joined: a sequence of them, or one array along its first axis."""
    if isinstance(arrays, Node):
        expr = as_expr(arrays)
        if not expr.shape or not isinstance(expr.shape[0], int):
            raise ArgumentError(
                f"{name}: {clip(expr)} is no sequence of arrays whose number is known. Give a list."
            )
        arrays = axis_entries(expr, 0)
    elif not isinstance(arrays, Sequence):
        raise ArgumentTypeError(f"{name}: {clip(arrays)} is no sequence. Give a list of arrays.")
    if not len(arrays):
        raise ArgumentError(f"{name}: there is no array to join. Give one or more.")
    return [array_like(one) for one in arrays]


def concatenated(arrays: Any, axis: Any = 0, name: str = "concatenate") -> Expr:
    """Join arrays along an axis that they have, as `numpy.concatenate`."""
    exprs = listed_arrays(name, arrays)
    if axis is None:
        return in_a_row([ravel(expr) for expr in exprs], 0)
    first = exprs[0]
    if any(not expr.shape for expr in exprs):
        raise ShapeError(f"{name}: a number has no axis to be joined along. Use stack.")
    place = axis_of(axis, len(first.shape))
    for expr in exprs:
        if with_dim(expr.shape, place, 0) != with_dim(first.shape, place, 0):
            raise ShapeError(
                f"{name}: {clip(first)} and {clip(expr)} differ in another dim than that of axis "
                f"{place}. Arrays that are joined have equal dims, but for the axis."
            )
    return in_a_row(exprs, place)


def stacked_arrays(arrays: Any, axis: Any = 0) -> Expr:
    """Join arrays of one shape along a new axis, as `numpy.stack`."""
    exprs = _alike(listed_arrays("stack", arrays))
    return side_by_side(exprs, axis_of(axis, len(exprs[0].shape) + 1))


def hstacked(arrays: Any) -> Expr:
    """Join along the second axis, vectors along their only one, as `numpy.hstack`."""
    exprs = [at_least(1)(expr) for expr in listed_arrays("hstack", arrays)]
    return concatenated(exprs, 0 if len(exprs[0].shape) == 1 else 1, "hstack")


def vstacked(arrays: Any) -> Expr:
    """Join along the first axis, vectors as rows, as `numpy.vstack`."""
    exprs = [at_least(2)(expr) for expr in listed_arrays("vstack", arrays)]
    return concatenated(exprs, 0, "vstack")


def dstacked(arrays: Any) -> Expr:
    """Join along the third axis, as `numpy.dstack`."""
    exprs = [at_least(3)(expr) for expr in listed_arrays("dstack", arrays)]
    return concatenated(exprs, 2, "dstack")


def column_stacked(arrays: Any) -> Expr:
    """Join along the second axis, vectors as columns, as `numpy.column_stack`."""
    exprs = [
        transpose(at_least(2)(expr)) if len(expr.shape) < 2 else expr
        for expr in listed_arrays("column_stack", arrays)
    ]
    return concatenated(exprs, 1, "column_stack")


def appended(x: Any, values: Any, axis: Any = None) -> Expr:
    """Join values behind an array, both flattened if no axis is named, as `numpy.append`."""
    return concatenated([array_like(x), array_like(values)], axis, "append")


def block_array(arrays: Any) -> Expr:
    """Join nested lists of arrays, the innermost along the last axis, as `numpy.block`."""
    depth = _depth(arrays)
    leaves = list(_leaves(arrays))
    rank = max([depth, *(len(leaf.shape) for leaf in leaves)])
    return _blocks(arrays, depth, rank)


def _depth(arrays: Any) -> int:
    if not isinstance(arrays, list | tuple):
        return 0
    depths = {_depth(one) for one in arrays}
    if len(depths) != 1:
        raise ArgumentError(
            "block: the lists are empty, or not of one depth. Give each block as deep in lists as "
            "the others."
        )
    return 1 + depths.pop()


def _leaves(arrays: Any) -> list[Expr]:
    if isinstance(arrays, list | tuple):
        return [leaf for one in arrays for leaf in _leaves(one)]
    return [as_expr(arrays)]


def _blocks(arrays: Any, depth: int, rank: int) -> Expr:
    if not isinstance(arrays, list | tuple):
        expr = as_expr(arrays)
        return expand_dims(expr, tuple(range(rank - len(expr.shape))))
    return concatenated([_blocks(one, depth - 1, rank) for one in arrays], -depth, "block")
