"""Products that numpy has a function for: tensordot, inner, vdot, kron and their like."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce as fold
from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError, ShapeError, clip
from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.dims import Dim, linear
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr, broadcast, broadcast_shape, unreduce
from einsgrad.expressions.vocabulary.application import whole_number, whole_numbers
from einsgrad.expressions.vocabulary.arithmetic import conj, multiply
from einsgrad.expressions.vocabulary.linear import matmul, outer, sum
from einsgrad.expressions.vocabulary.numpy_rearranging import ravel
from einsgrad.expressions.vocabulary.reshaping import reshape
from einsgrad.strings.subscripts import Subscripts


def tensordot(x: Any, y: Any, axes: Any = 2) -> Expr:
    """Contract axes given by number or by two lists, as `numpy.tensordot`."""
    a, b = as_expr(x), as_expr(y)
    first, second = _paired_axes(a, b, axes)
    left: list[Any] = [("x", axis) for axis in range(len(a.shape))]
    right: list[Any] = [("y", axis) for axis in range(len(b.shape))]
    for one, other in zip(first, second, strict=True):
        if a.shape[one] != b.shape[other]:
            raise ShapeError(
                f"tensordot of {clip(a)} and {clip(b)}: axis {one} and axis {other} differ in "
                "length. Contract axes of one length."
            )
        right[other] = left[one]
    summed = {left[one] for one in first}
    output = [label for label in (*left, *right) if label not in summed]
    return build_einsum(Subscripts((tuple(left), tuple(right)), tuple(output)), (a, b))


def _paired_axes(a: Expr, b: Expr, axes: Any) -> tuple[list[int], list[int]]:
    """Return the axes of both operands that are contracted, as numbers from 0 on."""
    ranks = (len(a.shape), len(b.shape))
    if not isinstance(axes, Iterable):
        count = whole_number(axes, "a number of axes")
        if not 0 <= count <= min(ranks):
            raise ArgumentError(f"tensordot: {clip(a)} and {clip(b)} have no {count} axes to join.")
        return list(range(ranks[0] - count, ranks[0])), list(range(count))
    pair = tuple(axes)
    if len(pair) != 2:
        raise ArgumentError(f"tensordot: {clip(axes)} are no axes. Give a number or two lists.")
    first, second = (
        _counted(whole_numbers(side, "an axis"), rank)
        for side, rank in zip(pair, ranks, strict=True)
    )
    if len(first) != len(second):
        raise ArgumentError(f"tensordot: {clip(axes)} has lists of two lengths. Pair the axes.")
    return first, second


def _counted(axes: Sequence[int], rank: int) -> list[int]:
    for one in axes:
        if not -rank <= one < rank:
            raise ArgumentError(f"tensordot: axis {one} is out of range for {rank} axes.")
    found = [one % rank for one in axes]
    if len(set(found)) < len(found):
        raise ArgumentError(f"tensordot: an axis is named twice in {clip(axes)}. Name it once.")
    return found


def inner(x: Any, y: Any) -> Expr:
    """Contract the last axes of both, as `numpy.inner`; numbers multiply."""
    a, b = as_expr(x), as_expr(y)
    if not a.shape or not b.shape:
        return multiply(a, b)
    return tensordot(a, b, ([-1], [-1]))


def vdot(x: Any, y: Any) -> Expr:
    """Sum the products of all entries, those of x conjugated, as `numpy.vdot`."""
    a, b = as_expr(x), as_expr(y)
    if a.shape != b.shape:
        a, b = ravel(a), ravel(b)
    if a.shape != b.shape:
        raise ShapeError(f"vdot of {clip(x)} and {clip(y)}: the numbers of entries differ.")
    return sum(multiply(conj(a), b))


def flat_outer(x: Any, y: Any) -> Expr:
    """Multiply each entry of x with each of y, both flattened, as `numpy.outer`."""
    return outer(ravel(x), ravel(y))


def vector_outer(x: Any, y: Any) -> Expr:
    """Multiply each entry of a vector with each of another, as `numpy.linalg.outer`."""
    a, b = as_expr(x), as_expr(y)
    for one in (a, b):
        if len(one.shape) != 1:
            raise ShapeError(f"outer: {clip(one)} is no vector. Use einsum for tensors.")
    return outer(a, b)


def vecdot(x: Any, y: Any, axis: Any = -1) -> Expr:
    """Sum conj(x) y over the last axis, as `numpy.vecdot`; leading axes broadcast."""
    a, b = as_expr(x), as_expr(y)
    if whole_number(axis, "an axis") != -1:
        raise ArgumentTypeError(f"vecdot of expressions does not take axis={clip(axis)}. Use -1.")
    _check_axes("vecdot", (a, 1), (b, 1))
    _check_cores("vecdot", a, b, a.shape[-1], b.shape[-1])
    return sum(multiply(conj(a), b), -1)


def matvec(x: Any, y: Any) -> Expr:
    """Multiply matrices with vectors, as `numpy.matvec`; leading axes broadcast."""
    a, b = as_expr(x), as_expr(y)
    _check_axes("matvec", (a, 2), (b, 1))
    _check_cores("matvec", a, b, a.shape[-1], b.shape[-1])
    return sum(multiply(a, _with_axis(b, len(b.shape) - 1)), -1)


def vecmat(x: Any, y: Any) -> Expr:
    """Multiply conjugated vectors with matrices, as `numpy.vecmat`; leading axes broadcast."""
    a, b = as_expr(x), as_expr(y)
    _check_axes("vecmat", (a, 1), (b, 2))
    _check_cores("vecmat", a, b, a.shape[-1], b.shape[-2])
    return sum(multiply(conj(_with_axis(a, len(a.shape))), b), -2)


def _check_axes(name: str, *needed: tuple[Expr, int]) -> None:
    for expr, count in needed:
        if len(expr.shape) < count:
            raise ShapeError(f"{name}: {clip(expr)} has too few axes. Give at least {count}.")


def _check_cores(name: str, a: Expr, b: Expr, first: object, second: object) -> None:
    if first != second:
        raise ShapeError(f"{name} of {clip(a)} and {clip(b)}: the inner dims differ.")


def _with_axis(expr: Expr, place: int) -> Expr:
    """Put an axis of size 1 before a place."""
    return unreduce(expr, (*expr.shape[:place], 1, *expr.shape[place:]), (place,))


def kron(x: Any, y: Any) -> Expr:
    """Return the Kronecker product, as `numpy.kron`."""
    a, b = as_expr(x), as_expr(y)
    rank = max(len(a.shape), len(b.shape))
    a, b = (broadcast(e, (*(1,) * (rank - len(e.shape)), *e.shape)) for e in (a, b))
    left, right = (tuple((side, axis) for axis in range(rank)) for side in "xy")
    between = tuple(label for pair in zip(left, right, strict=True) for label in pair)
    product = build_einsum(Subscripts((left, right), between), (a, b))
    joined = [_joined(*pair) for pair in zip(a.shape, b.shape, strict=True)]
    dims = [dim for dim in joined if dim is not None]
    if len(dims) < rank:
        raise ArgumentError(
            f"kron of {clip(x)} and {clip(y)}: a dim of the second is a name, and the size of "
            "joined axes has none. Declare the variable with sizes."
        )
    return reshape(product, dims)


def _joined(first: Dim, second: Dim) -> Dim | None:
    """Return the size of two axes that are joined, if it is a multiple of one of them."""
    if first == 1:
        return second
    return linear((second, first)) if isinstance(second, int) else None


def multi_dot(matrices: Any) -> Expr:
    """Multiply matrices in a row, as `numpy.linalg.multi_dot`."""
    exprs = [as_expr(one) for one in matrices]
    ranks = [len(expr.shape) for expr in exprs]
    ends = {1, 2}
    if len(exprs) < 2 or any(rank != 2 for rank in ranks[1:-1]) or {ranks[0], ranks[-1]} - ends:
        raise ShapeError(
            "multi_dot: at least two operands are multiplied, all of them matrices but for a "
            "vector at the begin or the end."
        )
    return fold(matmul, exprs)


def each_with_each(build: Any, x: Any, y: Any) -> Expr:
    """Apply a function of two arguments to each pair of entries, as `numpy.add.outer`."""
    a, b = as_expr(x), as_expr(y)
    rank = len(b.shape)
    axes = tuple(range(len(a.shape), len(a.shape) + rank))
    spread = unreduce(a, (*a.shape, *(1,) * rank), axes)
    expr: Expr = build(spread, b)
    assert expr.shape == broadcast_shape(spread, b)
    return expr
