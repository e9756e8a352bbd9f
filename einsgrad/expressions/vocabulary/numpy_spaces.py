"""Numbers between two ends, evenly apart or each by one factor from the next, as numpy has them."""

from __future__ import annotations

from math import nan
from typing import Any

from einsgrad.errors import ArgumentError
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr, broadcast, broadcast_shape
from einsgrad.expressions.vocabulary.application import whole_number
from einsgrad.expressions.vocabulary.arithmetic import (
    add,
    divide,
    multiply,
    power,
    subtract,
)
from einsgrad.expressions.vocabulary.cumulative import running_sum
from einsgrad.expressions.vocabulary.joining import array_like
from einsgrad.expressions.vocabulary.numpy_rearranging import expand_dims, moveaxis


def evenly_between(
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: Any = True,
    retstep: Any = False,
    axis: Any = 0,
) -> Any:
    """Return numbers that are evenly apart, as `numpy.linspace`."""
    first, last = array_like(start), array_like(stop)
    whole = subtract(last, first)
    shares, gaps = _shares(first, last, num, endpoint)
    found = moveaxis(add(first, multiply(whole, shares)), 0, axis)
    if not retstep:
        return found
    return found, divide(whole, gaps) if gaps > 0 else multiply(whole, nan)


def by_one_factor(
    start: Any, stop: Any, num: Any = 50, endpoint: Any = True, axis: Any = 0
) -> Expr:
    """Return numbers of which each is a multiple of the one before, as `numpy.geomspace`."""
    first, last = array_like(start), array_like(stop)
    shares, _ = _shares(first, last, num, endpoint)
    return moveaxis(multiply(first, power(divide(last, first), shares)), 0, axis)


def powers_between(
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: Any = True,
    base: Any = 10.0,
    axis: Any = 0,
) -> Expr:
    """Return powers whose exponents are evenly apart, as `numpy.logspace`."""
    exponents = evenly_between(start, stop, num, endpoint)
    return moveaxis(power(base, exponents), 0, axis)


def _shares(first: Expr, last: Expr, num: Any, endpoint: Any) -> tuple[Expr, int]:
    """Return the parts of the way on an axis before those of the ends, and how many gaps are."""
    count = whole_number(num, "a number of samples")
    if count < 0:
        raise ArgumentError(f"the number of samples, {count}, is negative. Give 0 or more.")
    gaps = count - 1 if endpoint else count
    # Numbers that an array holds would have a precision of their own.
    places = subtract(running_sum(broadcast(as_expr(1), (count,))), 1)
    parts = divide(places, max(gaps, 1))
    rank = len(broadcast_shape(first, last))
    return expand_dims(parts, tuple(range(1, rank + 1))), gaps
