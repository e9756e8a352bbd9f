"""Contractions, sums and rearrangements of axes of expressions: all of them einsums."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from math import nan
from typing import Any

from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.dims import Dim, linear
from einsgrad.expressions.index_ranges import smaller
from einsgrad.expressions.nodes import Constant, Expr
from einsgrad.expressions.selecting import seen_through
from einsgrad.expressions.selectors import Affine, Delta
from einsgrad.expressions.shaping import as_expr, broadcast, permute
from einsgrad.expressions.vocabulary.application import Axis, axes_of, kept_axes, whole_number
from einsgrad.expressions.vocabulary.arithmetic import multiply
from einsgrad.expressions.vocabulary.axis_parts import cut
from einsgrad.expressions.vocabulary.functions import reciprocal
from einsgrad.strings.subscripts import Subscripts

__all__ = ["diag", "dot", "matmul", "mean", "outer", "sum", "trace", "transpose"]


def einsum(subscripts: Subscripts, *operands: Any) -> Expr:
    """Contract expressions by label lists."""
    return build_einsum(subscripts, [as_expr(operand) for operand in operands])


def transpose(x: Any, axes: Sequence[int] | None = None) -> Expr:
    """Permute the axes; by default reverse them."""
    expr = as_expr(x)
    rank = len(expr.shape)
    if axes is None:
        return permute(expr, tuple(reversed(range(rank))))
    order = axes_of(axes, rank, ordered=True)
    if len(order) != rank:
        raise ArgumentError(f"{clip(axes)} is no permutation of the {rank} axes of {clip(expr)}.")
    return permute(expr, order)


def matmul(x: Any, y: Any) -> Expr:
    """Multiply matrices in the last two axes, vectors in the last; leading axes broadcast."""
    a, b = as_expr(x), as_expr(y)
    if not a.shape or not b.shape:
        raise ShapeError(f"{clip(a)} @ {clip(b)}: numbers are multiplied with *.")
    left: list[object] = ["row", "inner"] if len(a.shape) > 1 else ["inner"]
    right: list[object] = ["inner", "column"] if len(b.shape) > 1 else ["inner"]
    batch = builtins.max(len(a.shape) - len(left), len(b.shape) - len(right))
    left = [*range(batch - len(a.shape) + len(left), batch), *left]
    right = [*range(batch - len(b.shape) + len(right), batch), *right]
    return _broadcast_einsum(a, left, b, right, batch)


def _broadcast_einsum(
    a: Expr, left: list[object], b: Expr, right: list[object], batch: int
) -> Expr:
    """Contract two operands whose leading axes may stretch from size 1."""
    dims = dict(zip(left, a.shape, strict=True))
    for place, (label, dim) in enumerate(zip(right, b.shape, strict=True)):
        other = dims.get(label, dim)
        if other == dim or not isinstance(label, int):
            continue
        if dim == 1:
            right[place] = ("stretched", label)
        elif other == 1:
            left[left.index(label)] = ("stretched", label)
    if dims["inner"] != b.shape[right.index("inner")]:
        raise ShapeError(
            f"{clip(a)} @ {clip(b)}: the inner dims {dims['inner']} and "
            f"{b.shape[right.index('inner')]} differ."
        )
    free = [label for label in ("row", "column") if label in (*left, *right)]
    return build_einsum(Subscripts((tuple(left), tuple(right)), (*range(batch), *free)), (a, b))


def dot(x: Any, y: Any) -> Expr:
    """Contract the last axis of x with the last but one of y; numbers multiply."""
    a, b = as_expr(x), as_expr(y)
    if not a.shape or not b.shape:
        return multiply(a, b)
    left = tuple(("x", axis) for axis in range(len(a.shape)))
    right = tuple(("y", axis) for axis in range(len(b.shape)))
    inner = builtins.max(len(b.shape) - 2, 0)
    right = (*right[:inner], left[-1], *right[inner + 1 :])
    output = (*left[:-1], *right[:inner], *right[inner + 1 :])
    return build_einsum(Subscripts((left, right), output), (a, b))


def outer(x: Any, y: Any) -> Expr:
    """Return the outer product, the axes of x before those of y."""
    a, b = as_expr(x), as_expr(y)
    left = tuple(range(len(a.shape)))
    right = tuple(range(len(left), len(left) + len(b.shape)))
    return build_einsum(Subscripts((left, right), (*left, *right)), (a, b))


def sum(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expr:
    """Sum over axes; by default over all."""
    expr = as_expr(x)
    axes = axes_of(axis, len(expr.shape))
    kept = tuple(a for a in range(len(expr.shape)) if a not in axes)
    labels = tuple(range(len(expr.shape)))
    total = build_einsum(Subscripts((labels,), kept), (expr,)) if axes else expr
    return kept_axes(total, expr, axes, keepdims)


def mean(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expr:
    """Average over axes; by default over all."""
    expr = as_expr(x)
    axes = axes_of(axis, len(expr.shape))
    total = sum(expr, axes, keepdims=keepdims)
    dims = [expr.shape[a] for a in axes]
    if 0 in dims:
        # Of no entries there is no average: numpy's is nan.
        return broadcast(Constant(nan), total.shape)
    return multiply(total, *[reciprocal(Delta(dim, 0)) for dim in dims])


def trace(x: Any, *, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Expr:
    """Sum a diagonal of two axes, by default the main one of the first two."""
    return _diagonal("trace", x, offset, axis1, axis2, keep=False)


def diagonal(x: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Expr:
    """Return a diagonal of two axes as the last axis, as `numpy.diagonal`."""
    return _diagonal("diagonal", x, offset, axis1, axis2, keep=True)


def diag(x: Any, k: Any = 0) -> Expr:
    """Return a diagonal of a matrix, or the matrix that has a vector there and zeros elsewhere."""
    expr = as_expr(x)
    if len(expr.shape) == 1:
        return _with_diagonal(expr, whole_number(k, "a diagonal"))
    if len(expr.shape) != 2:
        raise ShapeError(f"diag of {clip(expr)}: a vector or a matrix is needed. Use einsum.")
    return _diagonal("diag", expr, k, 0, 1, keep=True)


def _diagonal(name: str, x: Any, offset: Any, axis1: Any, axis2: Any, *, keep: bool) -> Expr:
    expr, shift = as_expr(x), whole_number(offset, "an offset")
    rank = len(expr.shape)
    if rank < 2:
        raise ShapeError(f"{name} of {clip(expr)}: it has no diagonal. Give two axes or more.")
    pair = axes_of((axis1, axis2), rank, ordered=True)
    starts = (builtins.max(-shift, 0), builtins.max(shift, 0))
    rests = [linear((1, expr.shape[a]), (-1, s)) for a, s in zip(pair, starts, strict=True)]
    size = _shorter(*rests)
    if size is None:
        raise ShapeError(
            f"{name} of {clip(expr)}: it is not known how long its diagonal is, for its dims "
            f"{expr.shape[pair[0]]} and {expr.shape[pair[1]]} differ. Two equal dims, or sizes, "
            "are needed."
        )
    parts = {a: cut(expr.shape[a], s, size) for a, s in zip(pair, starts, strict=True)}
    expr = seen_through(expr, parts)
    labels = tuple("diagonal" if axis in pair else axis for axis in range(rank))
    rest = tuple(axis for axis in range(rank) if axis not in pair)
    output = (*rest, "diagonal") if keep else rest
    return build_einsum(Subscripts((labels,), output), (expr,))


def _shorter(one: Dim, other: Dim) -> Dim | None:
    """Return the smaller of two dims, and 0 if that is negative; None if it is not known."""
    found = smaller(one, other)
    return builtins.max(found, 0) if isinstance(found, int) else found


def _with_diagonal(vector: Expr, shift: int) -> Expr:
    if shift == 0:
        return build_einsum(Subscripts(((0,),), (0, 0)), (vector,))
    dim = vector.shape[0]
    size = linear((1, dim), (1, builtins.abs(shift)))
    starts = (builtins.max(-shift, 0), builtins.max(shift, 0))
    row, column = (Affine(size, (dim,), (1,), start) for start in starts)
    lists = (("row", 0), ("column", 0), (0,))
    return build_einsum(Subscripts(lists, ("row", "column")), (row, column, vector))
