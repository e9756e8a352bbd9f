"""Differences of neighbours, gradients and integrals of samples, as numpy has them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError, ShapeError, clip
from einsgrad.expressions.dims import Dim, linear
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr, broadcast
from einsgrad.expressions.vocabulary.application import axes_of, axis_of, whole_number
from einsgrad.expressions.vocabulary.arithmetic import add, divide, multiply, subtract
from einsgrad.expressions.vocabulary.axis_parts import (
    axis_part,
    in_a_row,
    with_dim,
    without_first,
    without_last,
)
from einsgrad.expressions.vocabulary.joining import array_like, holds_expression
from einsgrad.expressions.vocabulary.linear import sum
from einsgrad.expressions.vocabulary.numpy_rearranging import lying_along, ravel


def neighbour_differences(
    x: Any, n: Any = 1, axis: Any = -1, prepend: Any = ..., append: Any = ...
) -> Expr:
    """Subtract each entry of an axis from the next, n times, as `numpy.diff`."""
    expr, times = as_expr(x), whole_number(n, "a number of times")
    if times < 0:
        raise ArgumentError(f"diff: n={times} is negative. Give 0 or more.")
    if not expr.shape:
        raise ShapeError(f"diff: {clip(expr)} is a number. Give an axis or more.")
    if times == 0:
        return expr
    place = axis_of(axis, len(expr.shape))
    ends = [
        None if end is ... else _as_end(array_like(end), expr, place) for end in (prepend, append)
    ]
    expr = in_a_row([one for one in (ends[0], expr, ends[1]) if one is not None], place)
    for _ in range(times):
        expr = _differences(expr, place)
    return expr


def _as_end(end: Expr, expr: Expr, axis: int) -> Expr:
    if not end.shape:
        return broadcast(end, with_dim(expr.shape, axis, 1))
    if len(end.shape) != len(expr.shape) or with_dim(end.shape, axis, 0) != with_dim(
        expr.shape, axis, 0
    ):
        raise ShapeError(f"diff: {clip(end)} does not fit at an end of {clip(expr)}.")
    return end


def _differences(expr: Expr, axis: int) -> Expr:
    if expr.shape[axis] == 0:
        return expr
    return subtract(without_first(expr, axis), without_last(expr, axis))


def flat_differences(x: Any, to_end: Any = None, to_begin: Any = None) -> Expr:
    """Subtract each entry from the next, with others at the ends, as `numpy.ediff1d`."""
    between = _differences(ravel(x), 0)
    begin, end = (None if one is None else ravel(array_like(one)) for one in (to_begin, to_end))
    return in_a_row([one for one in (begin, between, end) if one is not None], 0)


def trapezoid_integral(y: Any, x: Any = None, dx: Any = 1.0, axis: Any = -1) -> Expr:
    """Integrate samples along an axis by trapezoids, as `numpy.trapezoid`."""
    return sum(trapezoids(y, x, dx, axis), axis)


def trapezoids(y: Any, x: Any, dx: Any, axis: Any) -> Expr:
    """Return the integrals between neighbouring samples along an axis."""
    expr = as_expr(y)
    place = axis_of(axis, len(expr.shape))
    width = as_expr(dx)
    if x is not None:
        points = array_like(x)
        if len(points.shape) == 1:
            width = lying_along(_differences(points, 0), place, len(expr.shape))
        else:
            width = neighbour_differences(points, axis=axis)
    heights = add(without_first(expr, place), without_last(expr, place))
    return divide(multiply(width, heights), 2)


def gradient_of_samples(x: Any, *spacings: Any, axis: Any = None, edge_order: Any = 1) -> Any:
    """Return central differences, and one-sided ones at the ends, as `numpy.gradient`."""
    expr = as_expr(x)
    axes = axes_of(axis, len(expr.shape), ordered=True)
    if edge_order not in (1, 2):
        raise ArgumentError(f"gradient: edge_order={clip(edge_order)} is neither 1 nor 2.")
    if len(spacings) not in (0, 1, len(axes)):
        raise ArgumentTypeError(
            f"gradient: {len(spacings)} spacings are given for {len(axes)} axes. Give one for all, "
            "or one for each."
        )
    if len(spacings) < len(axes):
        if spacings and _rank_of(spacings[0]):
            raise ArgumentTypeError("gradient: points of one axis are given for several.")
        spacings = (spacings or (1.0,)) * len(axes)
    found = [
        _gradient_along(expr, place, spacing, edge_order)
        for place, spacing in zip(axes, spacings, strict=True)
    ]
    return found[0] if len(found) == 1 else tuple(found)


def _rank_of(spacing: Any) -> int:
    return len(array_like(spacing).shape)


def _gradient_along(expr: Expr, axis: int, spacing: Any, edge_order: int) -> Expr:
    dim = expr.shape[axis]
    if isinstance(dim, int) and dim <= edge_order:
        raise ArgumentError(
            f"gradient: an axis of size {dim} is too short for edge_order={edge_order}. Give at "
            f"least {edge_order + 1} entries."
        )
    gaps = _gaps(spacing, dim)
    if not gaps.shape:
        return _even_gradient(expr, axis, gaps, edge_order)
    return _uneven_gradient(expr, axis, gaps, edge_order)


def _gaps(spacing: Any, dim: Dim) -> Expr:
    """Return the gaps between points, or the one that all have."""
    points = array_like(spacing)
    if len(points.shape) > 1:
        raise ArgumentError(f"gradient: {clip(points)} has several axes. Give a vector of points.")
    if points.shape and points.shape[0] != dim:
        raise ShapeError(
            f"gradient: {clip(points)} are no points of an axis of {dim} entries. Give as many."
        )
    if not points.shape:
        return points
    gap = None if holds_expression(spacing) else _only_gap(spacing)
    return _differences(points, 0) if gap is None else as_expr(gap)


def _only_gap(points: Any) -> float | None:
    """Return the gap between neighbours where all are equal."""
    gaps = {float(after) - float(before) for before, after in pairwise(points)}
    return gaps.pop() if len(gaps) == 1 else None


def _at(expr: Expr, axis: int, place: int) -> Expr:
    """Return one entry, counted from the end if negative, as an axis of size 1."""
    dim = expr.shape[axis]
    return axis_part(expr, axis, place if place >= 0 else linear((1, dim), (1, place)), 1)


def _inner(expr: Expr, axis: int) -> Expr:
    return without_last(without_first(expr, axis), axis)


def _even_gradient(expr: Expr, axis: int, gap: Expr, edge_order: int) -> Expr:
    ahead, behind = without_first(expr, axis, 2), without_last(expr, axis, 2)
    middle = divide(subtract(ahead, behind), multiply(2, gap))
    ends = []
    for sign, places in ((1, (0, 1, 2)), (-1, (-1, -2, -3))):
        if edge_order == 1:
            rise = subtract(_at(expr, axis, places[1]), _at(expr, axis, places[0]))
        else:
            zero, one, two = (_at(expr, axis, place) for place in places)
            rise = add(multiply(-1.5, zero), multiply(2, one), multiply(-0.5, two))
        ends.append(divide(multiply(sign, rise), gap))
    return in_a_row([ends[0], middle, ends[1]], axis)


def _uneven_gradient(expr: Expr, axis: int, gaps: Expr, edge_order: int) -> Expr:
    before, after = without_last(gaps, 0), without_first(gaps, 0)
    both = add(before, after)
    middle = _weighted(
        axis,
        (divide(multiply(-1, after), multiply(before, both)), without_last(expr, axis, 2)),
        (divide(subtract(after, before), multiply(before, after)), _inner(expr, axis)),
        (divide(before, multiply(after, both)), without_first(expr, axis, 2)),
    )
    first = _uneven_end(expr, axis, gaps, edge_order, 1, (0, 1, 2))
    last = _uneven_end(expr, axis, gaps, edge_order, -1, (-1, -2, -3))
    return in_a_row([first, middle, last], axis)


def _weighted(axis: int, *pairs: tuple[Expr, Expr]) -> Expr:
    """Add parts of an expression, each times a vector along an axis."""
    return add(
        *(multiply(lying_along(weight, axis, len(part.shape)), part) for weight, part in pairs)
    )


def _uneven_end(
    expr: Expr, axis: int, gaps: Expr, edge_order: int, sign: int, places: tuple[int, int, int]
) -> Expr:
    near = _at(gaps, 0, places[0])
    zero, one = (_at(expr, axis, place) for place in places[:2])
    if edge_order == 1:
        weight = divide(sign, near)
        return _weighted(axis, (weight, one), (multiply(-1, weight), zero))
    far = _at(gaps, 0, places[1])
    all_of = add(near, far)
    slope = divide(multiply(-sign, add(multiply(2, near), far)), multiply(near, all_of))
    return _weighted(
        axis,
        (slope, zero),
        (divide(multiply(sign, all_of), multiply(near, far)), one),
        (divide(multiply(-sign, near), multiply(far, all_of)), _at(expr, axis, places[2])),
    )
