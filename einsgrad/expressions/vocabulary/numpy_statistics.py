"""Means, variances, bounds and logic that numpy has a function for, composed of the words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError, ShapeError, clip
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.kinds import kind_of
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.tables.elementwise import ROUND_TO
from einsgrad.expressions.vocabulary.application import Axis, apply, axes_of, whole_number
from einsgrad.expressions.vocabulary.arithmetic import (
    abs,
    conj,
    divide,
    multiply,
    real,
    subtract,
)
from einsgrad.expressions.vocabulary.functions import (
    equal,
    floor_divide,
    max,
    maximum,
    min,
    minimum,
    not_equal,
    remainder,
    rint,
)
from einsgrad.expressions.vocabulary.linear import mean, sum
from einsgrad.expressions.vocabulary.norms import norm, norm_along

_mean = mean


def var(
    x: Any,
    axis: Axis = None,
    ddof: Any = 0,
    keepdims: bool = False,
    mean: Any = None,
) -> Expr:
    """Return the mean squared distance from the mean, which may be given, as `numpy.var`."""
    expr = as_expr(x)
    axes = axes_of(axis, len(expr.shape))
    apart = subtract(expr, _mean(expr, axes, keepdims=True) if mean is None else mean)
    squares = real(multiply(conj(apart), apart))
    count = _degrees_of_freedom([expr.shape[a] for a in axes], ddof)
    if isinstance(ddof, int | float) and ddof == 0:
        return _mean(squares, axes, keepdims=keepdims)
    total = sum(squares, axes, keepdims=keepdims)
    return divide(total, count)


def _degrees_of_freedom(dims: Sequence[Dim], less: Any) -> Any:
    """Return the number of entries less a number."""
    sizes = [dim for dim in dims if isinstance(dim, int)]
    if len(sizes) < len(dims) or not isinstance(less, int | float):
        return subtract(multiply(1, *(Delta(dim, 0) for dim in dims)), less)
    count = prod(sizes) - less
    if count <= 0:
        raise ArgumentError(
            f"the variance of {prod(sizes)} entries with ddof={clip(less)} is not defined. "
            "Give more entries, or a smaller ddof."
        )
    return count


def spread_between(x: Any, axis: Axis = None, keepdims: bool = False) -> Expr:
    """Return the largest entry less the smallest, as `numpy.ptp`."""
    return subtract(max(x, axis, keepdims=keepdims), min(x, axis, keepdims=keepdims))


def clipped(x: Any, a_min: Any = ..., a_max: Any = ..., min: Any = ..., max: Any = ...) -> Expr:
    """Replace entries below and above bounds by these, as `numpy.clip`."""
    by_place = [bound for bound in (a_min, a_max) if bound is not ...]
    by_name = [bound for bound in (min, max) if bound is not ...]
    if len(by_place) == 1 or (by_place and by_name):
        raise ArgumentError("clip takes both a_min and a_max, or min and max. Give one pair.")
    low, high = (a_min, a_max) if by_place else (min, max)
    expr = as_expr(x) if low is None or low is ... else maximum(x, low)
    return expr if high is None or high is ... else minimum(expr, high)


def along(build: Callable[..., Expr]) -> Callable[..., Expr]:
    """Return a function along axes that takes no list of them, as numpy's do not."""

    def built(x: Any, axis: Any = None, **options: Any) -> Expr:
        if isinstance(axis, list):
            raise ArgumentTypeError(f"axis={clip(axis)} is a list. Give a tuple.")
        return build(x, axis=axis, **options)

    return built


def real_abs(x: Any) -> Expr:
    """Return the modulus of real numbers, as `numpy.fabs`."""
    expr = as_expr(x)
    if expr.is_complex:
        raise ArgumentTypeError(f"fabs: {clip(expr)} is complex. Use abs.")
    return abs(expr)


def numpy_norm(x: Any, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Expr:
    """Return a norm, where `numpy.linalg.norm` has it."""
    expr = as_expr(x)
    axes = axes_of(axis, len(expr.shape))
    if axis is not None and len(axes) not in (1, 2):
        raise ArgumentError(
            f"norm of {clip(expr)} along {len(axes)} axes: vectors have one and matrices two. "
            "Name one axis or two."
        )
    return norm(expr, ord, axis, keepdims)


def vector_norm(x: Any, axis: Axis = None, keepdims: bool = False, ord: Any = 2) -> Expr:
    """Return the norm of vectors; several axes are one vector, as `numpy.linalg.vector_norm`."""
    expr = as_expr(x)
    axes = axes_of(axis, len(expr.shape))
    return norm_along(expr, ord, axes, keepdims)


def matrix_norm(x: Any, keepdims: bool = False, ord: Any = "fro") -> Expr:
    """Return the norm of the matrices in the last two axes, as `numpy.linalg.matrix_norm`."""
    expr = as_expr(x)
    if len(expr.shape) < 2:
        raise ShapeError(f"matrix_norm: {clip(expr)} is no matrix. Give two axes or more.")
    return norm(expr, ord, (-2, -1), keepdims)


def logical_and(x: Any, y: Any) -> Expr:
    """Return 1 where neither is 0, and 0 elsewhere."""
    return multiply(not_equal(x, 0), not_equal(y, 0))


def logical_or(x: Any, y: Any) -> Expr:
    """Return 1 where not both are 0, and 0 elsewhere."""
    return maximum(not_equal(x, 0), not_equal(y, 0))


def logical_xor(x: Any, y: Any) -> Expr:
    """Return 1 where one of both is 0, and 0 elsewhere."""
    return not_equal(not_equal(x, 0), not_equal(y, 0))


def logical_not(x: Any) -> Expr:
    """Return 1 where x is 0, and 0 elsewhere."""
    return equal(x, 0)


def quotient_and_remainder(x: Any, y: Any) -> tuple[Expr, Expr]:
    """Return the whole quotient and the remainder, as `numpy.divmod`."""
    return floor_divide(x, y), remainder(x, y)


def rounded(x: Any, decimals: Any = 0) -> Expr:
    """Round to a number of decimals, as `numpy.round`; integers stay as they are."""
    expr, digits = as_expr(x), whole_number(decimals, "a number of decimals")
    if kind_of(expr) == "i" and digits >= 0:
        return expr
    if digits == 0:
        return rint(expr)
    if digits > 0:
        return apply(ROUND_TO, expr, 10.0**digits)
    return multiply(rint(divide(expr, 10.0**-digits)), 10.0**-digits)
