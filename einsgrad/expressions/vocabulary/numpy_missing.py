"""Entries that are nan or infinite, as numpy has them: told apart, replaced, and passed over."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

from einsgrad.errors import ArgumentTypeError, clip
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary.application import Axis
from einsgrad.expressions.vocabulary.arithmetic import (
    abs,
    add,
    imag,
    multiply,
    real,
    subtract,
)
from einsgrad.expressions.vocabulary.functions import (
    equal,
    less,
    less_equal,
    nan_to_num,
    not_equal,
    where,
)
from einsgrad.expressions.vocabulary.linear import sum
from einsgrad.expressions.vocabulary.numpy_statistics import logical_or


def isnan(x: Any) -> Expr:
    """Return 1 where x is nan, and 0 elsewhere."""
    return not_equal(x, x)


def isinf(x: Any) -> Expr:
    """Return 1 where x is infinite, and 0 elsewhere."""
    return equal(abs(x), inf)


def isfinite(x: Any) -> Expr:
    """Return 1 where x is neither nan nor infinite, and 0 elsewhere."""
    return less(abs(x), inf)


def isclose(a: Any, b: Any, rtol: Any = 1e-5, atol: Any = 1e-8, equal_nan: bool = False) -> Expr:
    """Return 1 where two numbers are close, and 0 elsewhere, as `numpy.isclose`."""
    # The difference of infinities is undefined.
    finite = where(isfinite(b), b, 0)
    bound = add(atol, multiply(rtol, abs(finite)))
    near = multiply(less_equal(abs(subtract(a, finite)), bound), isfinite(b))
    close = logical_or(near, equal(a, b))
    return logical_or(close, multiply(isnan(a), isnan(b))) if equal_nan else close


def count_nonzero(x: Any, axis: Axis = None, keepdims: bool = False) -> Expr:
    """Return how many entries are not 0, as `numpy.count_nonzero`."""
    return sum(not_equal(x, 0), axis, keepdims=keepdims)


def any_of(x: Any, axis: Axis = None, keepdims: bool = False) -> Expr:
    """Return 1 where an entry along axes is not 0, as `numpy.any`."""
    return not_equal(count_nonzero(x, axis, keepdims), 0)


def all_of(x: Any, axis: Axis = None, keepdims: bool = False) -> Expr:
    """Return 1 where no entry along axes is 0, as `numpy.all`."""
    return equal(sum(equal(x, 0), axis, keepdims=keepdims), 0)


def isposinf(x: Any) -> Expr:
    """Return 1 where a real number is infinite and positive, as `numpy.isposinf`."""
    return equal(_real("isposinf", x), inf)


def isneginf(x: Any) -> Expr:
    """Return 1 where a real number is infinite and negative, as `numpy.isneginf`."""
    return equal(_real("isneginf", x), -inf)


def _real(name: str, x: Any) -> Expr:
    expr = as_expr(x)
    if expr.is_complex:
        raise ArgumentTypeError(f"{name}: {clip(expr)} is complex. Take its real part.")
    return expr


def without_nan(x: Any, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Expr:
    """Return other numbers in the place of nan and infinity, as `numpy.nan_to_num`."""
    expr = as_expr(x)
    if expr.is_complex:
        parts = (without_nan(part, nan, posinf, neginf) for part in (real(expr), imag(expr)))
        return add(next(parts), multiply(1j, next(parts)))
    found = nan_to_num(expr)
    for value, replaced in ((inf, posinf), (-inf, neginf)):
        found = found if replaced is None else where(equal(expr, value), replaced, found)
    return found if isinstance(nan, float) and nan == 0 else where(isnan(expr), nan, found)


def with_nan_as(value: float, build: Callable[..., Expr]) -> Callable[..., Expr]:
    """Return a function along axes that takes each nan for a number."""

    def built(x: Any, axis: Axis = None, **options: Any) -> Expr:
        return build(where(isnan(x), value, x), axis=axis, **options)

    return built
