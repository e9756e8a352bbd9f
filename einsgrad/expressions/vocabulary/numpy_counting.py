"""Places among numbers in order, sums by bins, and angles without jumps, as numpy has them."""

from __future__ import annotations

from itertools import pairwise
from math import tau
from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError, ShapeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.construct import build_einsum, zeros
from einsgrad.expressions.nodes import Expr, Pick
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary.application import axis_of, whole_number
from einsgrad.expressions.vocabulary.arithmetic import abs, add, subtract
from einsgrad.expressions.vocabulary.axis_parts import between_zeros
from einsgrad.expressions.vocabulary.composed import stop_gradient
from einsgrad.expressions.vocabulary.cumulative import running_sum
from einsgrad.expressions.vocabulary.differences import neighbour_differences
from einsgrad.expressions.vocabulary.functions import (
    equal,
    greater,
    greater_equal,
    less,
    remainder,
    where,
)
from einsgrad.expressions.vocabulary.gathering import known_integers
from einsgrad.expressions.vocabulary.joining import array_like
from einsgrad.expressions.vocabulary.linear import sum
from einsgrad.expressions.vocabulary.numpy_gathering import take
from einsgrad.expressions.vocabulary.numpy_rearranging import expand_dims
from einsgrad.expressions.vocabulary.numpy_statistics import logical_and
from einsgrad.strings.subscripts import Subscripts


def places_in_order(a: Any, v: Any, side: Any = "left", sorter: Any = None) -> Expr:
    """Return where numbers would stand among others that are in order: `numpy.searchsorted`."""
    if side not in ("left", "right"):
        raise ArgumentError(f"side={clip(side)} is neither 'left' nor 'right'.")
    ordered = array_like(a)
    if len(ordered.shape) != 1:
        raise ShapeError(f"searchsorted: {clip(ordered)} is no vector. Give one axis.")
    if sorter is not None:
        ordered = take(ordered, sorter)
    sought = expand_dims(array_like(v), -1)
    # Of nan none of both holds: it stands behind all.
    is_behind = greater_equal if side == "left" else greater
    return sum(equal(is_behind(ordered, sought), 0), -1)


def places_in_bins(x: Any, bins: Any, right: Any = False) -> Expr:
    """Return in which bin numbers lie, as `numpy.digitize`."""
    edges = _edges(bins)
    side = "left" if right else "right"
    if all(one <= other for one, other in pairwise(edges)):
        return places_in_order(edges, x, side)
    if any(one < other for one, other in pairwise(edges)):
        raise ArgumentError("digitize: the bins neither rise nor fall. Sort them.")
    return subtract(len(edges), places_in_order(edges[::-1], x, side))


def _edges(bins: Any) -> list[float]:
    if isinstance(bins, Node):
        raise ArgumentTypeError(
            f"digitize: whether the bins {clip(bins)} rise depends on data that is not known "
            "while an expression is built. Use numpy.searchsorted, for which they rise."
        )
    return [float(one) for one in bins]


def sums_by_bins(x: Any, weights: Any = None, minlength: Any = 0) -> Expr:
    """Add up weights by the integers that they have, as `numpy.bincount`."""
    least = whole_number(minlength, "a number of bins")
    if isinstance(x, Node):
        raise ArgumentTypeError(
            f"bincount: how many bins {clip(x)} has depends on data. Use "
            "numpy.zeros_like(bins).at[x].add(weights)."
        )
    import numpy as np

    integers = np.asarray(x)
    if integers.ndim != 1 or integers.dtype.kind not in "iub" or (integers < 0).any():
        raise ArgumentError("bincount: the bins are a vector of integers from 0 on. Give such.")
    given = as_expr(weights)
    if given.shape != integers.shape:
        raise ShapeError(
            f"bincount: {integers.size} integers and the weights {clip(given)} differ in number. "
            "Pair them."
        )
    size = max(least, int(integers.max(initial=-1)) + 1)
    if not integers.size:
        return zeros((size,))
    selector = Pick(size, known_integers(integers))
    lists = (("bin", "place"), ("place",))
    return build_einsum(Subscripts(lists, ("bin",)), (selector, given))


def without_jumps(p: Any, discont: Any = None, axis: Any = -1, period: Any = tau) -> Expr:
    """Add whole periods where neighbours are far from one another, as `numpy.unwrap`."""
    expr = as_expr(p)
    place = axis_of(axis, len(expr.shape))
    # What is added is constant but where it jumps.
    gaps = neighbour_differences(stop_gradient(expr), axis=place)
    half = period / 2
    near = subtract(remainder(add(gaps, half), period), half)
    # Half a period up stays one.
    near = where(logical_and(equal(near, -half), greater(gaps, 0)), half, near)
    steps = where(less(abs(gaps), half if discont is None else discont), 0, subtract(near, gaps))
    return add(expr, between_zeros(running_sum(steps, place), place, 1, 0))
