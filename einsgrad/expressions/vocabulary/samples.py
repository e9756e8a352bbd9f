"""Grids, polynomials and functions that are given by samples, as numpy has them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError, ShapeError, clip
from einsgrad.expressions.construct import zeros
from einsgrad.expressions.current import current
from einsgrad.expressions.dims import Shape
from einsgrad.expressions.nodes import Expr, Pick
from einsgrad.expressions.selecting import seen_through
from einsgrad.expressions.shaping import as_expr, broadcast, broadcast_shape
from einsgrad.expressions.vocabulary.application import whole_number
from einsgrad.expressions.vocabulary.arithmetic import add, divide, multiply, subtract
from einsgrad.expressions.vocabulary.axis_parts import (
    axis_entries,
    axis_entry,
    axis_part,
    backwards,
    in_a_row,
    without_first,
    without_last,
)
from einsgrad.expressions.vocabulary.functions import (
    greater,
    greater_equal,
    less,
    minimum,
    where,
)
from einsgrad.expressions.vocabulary.joining import array_like, holds_expression
from einsgrad.expressions.vocabulary.linear import sum
from einsgrad.expressions.vocabulary.numpy_rearranging import expand_dims, ravel


def grids(*vectors: Any, sparse: Any = False, indexing: Any = "xy") -> tuple[Expr, ...]:
    """Let vectors lie along axes of their own and spread them, as `numpy.meshgrid`."""
    if indexing not in ("xy", "ij"):
        raise ArgumentError(f"meshgrid: indexing={clip(indexing)} is neither 'xy' nor 'ij'.")
    rank = len(vectors)
    axes = list(range(rank))
    if indexing == "xy" and rank > 1:
        axes[:2] = [1, 0]
    found = []
    for vector, axis in zip(vectors, axes, strict=True):
        flat = ravel(array_like(vector)) if _has_axes(vector) else expand_dims(vector, 0)
        found.append(expand_dims(flat, tuple(a for a in range(rank) if a != axis)))
    if sparse or not found:
        return tuple(found)
    shape = broadcast_shape(*found)
    return tuple(broadcast(one, shape) for one in found)


def _has_axes(vector: Any) -> bool:
    return bool(array_like(vector).shape)


def vandermonde(x: Any, N: Any = None, increasing: Any = False) -> Expr:
    """Return the powers of each entry of a vector as rows, as `numpy.vander`."""
    expr = array_like(x)
    if len(expr.shape) != 1:
        raise ShapeError(f"vander: {clip(expr)} is no vector. Give one axis.")
    count = whole_number(expr.shape[0] if N is None else N, "a number of columns")
    if count < 0:
        raise ArgumentError(f"vander: {count} is no number of columns. Give 0 or more.")
    powers = axis_part(_powers(expr, max(count, 1)), 1, 0, count)
    return powers if increasing else backwards(powers, 1)


def _powers(vector: Expr, count: int) -> Expr:
    """Return powers from 0 on as columns: those that are known times the next one."""
    powers = broadcast(as_expr(1), (*vector.shape, 1))
    following = expand_dims(vector, 1)
    length = 1
    while length < count:
        added = min(length, count - length)
        more = multiply(axis_part(powers, 1, 0, added), following)
        powers = in_a_row([powers, more], 1)
        length += added
        following = multiply(following, following) if length < count else following
    return powers


def polynomial(p: Any, x: Any) -> Expr:
    """Evaluate a polynomial, the highest coefficient first, as `numpy.polyval`."""
    coefficients, point = array_like(p), array_like(x)
    if not coefficients.shape or not isinstance(coefficients.shape[0], int):
        raise ArgumentError(
            f"polyval: {clip(coefficients)} is no sequence of coefficients whose number is known."
        )
    entries = axis_entries(coefficients, 0)
    if not entries:
        return zeros(point.shape)
    value = broadcast(entries[0], broadcast_shape(entries[0], point))
    for entry in entries[1:]:
        value = add(multiply(value, point), entry)
    return value


def interpolated(
    x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None
) -> Expr:
    """Interpolate between samples at points that are data, as `numpy.interp`."""
    if period is not None:
        raise ArgumentTypeError(
            "interp of an expression does not take a period. Reduce x to one period before."
        )
    values, point = array_like(fp), array_like(x)
    if holds_expression(xp):
        knots = array_like(xp)
        ends = axis_entry(knots, 0, 0), axis_entry(knots, 0, _last(knots))
        _require_pairs(knots.shape, values)
        found = _between_moving(knots, values, point)
    else:
        known = _knots(xp)
        ends = as_expr(known[0]), as_expr(known[-1])
        _require_pairs((len(known),), values)
        found = _between(known, values, x, point)
    low = axis_entry(values, 0, 0) if left is None else array_like(left)
    high = axis_entry(values, 0, _last(values)) if right is None else array_like(right)
    return where(less(point, ends[0]), low, where(greater(point, ends[1]), high, found))


def _last(vector: Expr) -> int:
    size = vector.shape[0]
    if not isinstance(size, int) or size == 0:
        raise ArgumentError("interp: the points are a vector of one entry or more. Give sizes.")
    return size - 1


def _require_pairs(shape: Shape, values: Expr) -> None:
    if len(shape) != 1 or values.shape != shape:
        raise ShapeError(
            f"interp: points of shape {clip(shape)} and values {clip(values)} are no pairs. Give "
            "two vectors of one size."
        )


def _between_moving(knots: Expr, values: Expr, point: Expr) -> Expr:
    """Interpolate between points that an expression has, which rise."""
    intervals = _last(knots)
    if intervals == 0:
        return broadcast(axis_entry(values, 0, 0), point.shape)
    reached = greater_equal(expand_dims(point, -1), axis_part(knots, 0, 1, intervals - 1))
    place = sum(reached, -1)
    (start, step), (base, gap) = (
        (
            _looked_up(without_last(one, 0), intervals, place),
            _looked_up(subtract(without_first(one, 0), without_last(one, 0)), intervals, place),
        )
        for one in (values, knots)
    )
    return add(start, multiply(divide(step, gap), subtract(point, base)))


def _knots(xp: Any) -> list[float]:
    import numpy as np

    knots = np.asarray(xp, dtype=float)
    if knots.ndim != 1 or not knots.size:
        raise ArgumentError("interp: the points are a vector of one entry or more.")
    return [float(knot) for knot in knots]


def _between(knots: list[float], values: Expr, x: Any, point: Expr) -> Expr:
    """Interpolate on the interval of each point, or continue the one at an end."""
    if len(knots) == 1:
        return broadcast(axis_entry(values, 0, 0), point.shape)
    intervals = len(knots) - 1
    gaps = [after - before for before, after in pairwise(knots)]
    if any(gap <= 0 for gap in gaps):
        raise ArgumentError("interp: the points do not rise. Sort them and the values.")
    rises = subtract(without_first(values, 0), without_last(values, 0))
    slopes = multiply(rises, _numbers([1 / gap for gap in gaps]))
    place = _places_among(knots[1:-1], point)
    starts, bases = without_last(values, 0), _numbers(knots[:-1])
    start, slope, base = (_looked_up(one, intervals, place) for one in (starts, slopes, bases))
    return add(start, multiply(slope, subtract(point, base)))


def _numbers(values: list[float]) -> Expr:
    """Return a vector of numbers, which a trace takes for data."""
    if current() is None:
        return array_like(values)
    import numpy as np

    return as_expr(np.array(values))


def _looked_up(values: Expr, size: int, place: Expr) -> Expr:
    return seen_through(values, {0: Pick(size, place)})


def _places_among(knots: list[float], point: Expr) -> Expr:
    """Return how many knots each point has reached, found by halving, in integers."""
    place = multiply(0, greater(point, 0))
    if not knots:
        return place
    rounds = len(knots).bit_length()
    # A number that no point reaches, as it is looked up behind the last knot.
    beyond = max(knots[-1], 0.0) * 2 + 1
    reached = minimum(point, knots[-1])
    rows = _numbers(knots + [beyond] * (2**rounds - len(knots)))
    for power in reversed(range(rounds)):
        knot = _looked_up(rows, 2**rounds, add(place, 2**power - 1))
        place = add(place, multiply(2**power, greater_equal(reached, knot)))
    return place
