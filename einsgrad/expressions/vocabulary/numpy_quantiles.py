"""Quantiles of the entries along axes, as numpy has them: sorted, and interpolated between."""

from __future__ import annotations

from collections.abc import Callable
from math import nan
from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.nodes import ARGSORT, Expr, Places
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary.application import Axis, axes_of, kept_axes
from einsgrad.expressions.vocabulary.arithmetic import add, divide, multiply, subtract
from einsgrad.expressions.vocabulary.functions import (
    as_integer,
    ceil,
    equal,
    floor,
    less_equal,
    maximum,
    minimum,
    not_equal,
    rint,
    where,
)
from einsgrad.expressions.vocabulary.gathering import indexed
from einsgrad.expressions.vocabulary.joining import array_like
from einsgrad.expressions.vocabulary.linear import sum
from einsgrad.expressions.vocabulary.numpy_gathering import along_axis
from einsgrad.expressions.vocabulary.numpy_rearranging import expand_dims, moveaxis, ravel
from einsgrad.expressions.vocabulary.numpy_sorting import joined_to_last
from einsgrad.expressions.vocabulary.numpy_statistics import logical_not
from einsgrad.expressions.vocabulary.reshaping import reshape

# Where a quantile lies among n entries in order, counted from 0, of the continuous methods:
# n q + alpha + q (1 - alpha - beta) - 1, for these alpha and beta.
_CONTINUOUS: dict[str, tuple[float, float]] = {
    "interpolated_inverted_cdf": (0, 1),
    "hazen": (1 / 2, 1 / 2),
    "weibull": (0, 0),
    "linear": (1, 1),
    "median_unbiased": (1 / 3, 1 / 3),
    "normal_unbiased": (3 / 8, 3 / 8),
}
# What is made of the place of the linear method.
_ROUNDED: dict[str, Callable[[Any], Expr]] = {
    "lower": floor,
    "higher": ceil,
    "nearest": rint,
    "midpoint": lambda place: divide(add(floor(place), ceil(place)), 2),
}


def quantile(
    x: Any, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Expr:
    """Return quantiles of the entries along axes, as `numpy.quantile`: nan if one is nan."""
    expr = _real(x)
    axes = axes_of(axis, len(expr.shape))
    ordered = _in_order(expr, axes)
    if isinstance(q, Node):
        places = _places(q, ordered.shape[-1], method)
        found = _read(ordered, expand_dims(places, tuple(range(len(ordered.shape) - 1))))
        found = where(_is_share(ravel(array_like(q))), found, nan)
    else:
        found = _at_known(ordered, q, method)
    # A nan comes last.
    last = expand_dims(indexed(ordered, (..., -1)), -1)
    return _arranged(where(not_equal(last, last), last, found), expr, axes, q, keepdims)


def nanquantile(
    x: Any, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Expr:
    """Return quantiles of the entries that are not nan, as `numpy.nanquantile`."""
    expr = _real(x)
    axes = axes_of(axis, len(expr.shape))
    ordered = _in_order(expr, axes)
    count = sum(logical_not(not_equal(ordered, ordered)), -1, keepdims=True)
    found = _read(ordered, _places(q, count, method))
    wanted = where(_is_share(ravel(array_like(q))), found, nan)
    return _arranged(where(equal(count, 0), nan, wanted), expr, axes, q, keepdims)


def nanmedian(x: Any, axis: Axis = None, keepdims: bool = False) -> Expr:
    """Return the middle of the entries that are not nan, as `numpy.nanmedian`."""
    return nanquantile(x, 0.5, axis, keepdims=keepdims)


def of_percents(build: Callable[..., Expr]) -> Callable[..., Expr]:
    """Return `numpy.percentile` of quantile, and `numpy.nanpercentile` of nanquantile."""

    def built(x: Any, q: Any, *arguments: Any, **options: Any) -> Expr:
        return build(x, _shares(q, 100), *arguments, **options)

    return built


def _shares(q: Any, whole: int) -> Any:
    """Return parts of a whole as parts of 1."""
    if isinstance(q, Node):
        return divide(q, whole)
    if isinstance(q, int | float):
        # A number of Python takes the precision of the arrays.
        return q / whole
    import numpy as np

    return np.true_divide(q, whole)


def _real(x: Any) -> Expr:
    expr = as_expr(x)
    if expr.is_complex:
        raise ArgumentTypeError(f"a must be real, and {clip(expr)} is complex. Take a part of it.")
    return expr


def _in_order(expr: Expr, axes: tuple[int, ...]) -> Expr:
    """Return an expression with axes joined to the last, and the entries along it in order."""
    joined = joined_to_last("quantile", expr, axes)
    rank = len(joined.shape) - 1
    return along_axis(joined, Places(ARGSORT, joined, rank), rank)


def _at_known(ordered: Expr, q: Any, method: str) -> Expr:
    """Return quantiles that are known, in the last axis."""
    import numpy as np

    size = ordered.shape[-1]
    assert isinstance(size, int)
    try:
        # Of the numbers of the places, numpy's quantiles are where it reads.
        places = np.ravel(np.quantile(np.arange(float(size)), q, method=method))  # type: ignore[call-overload]
    except ValueError as error:
        raise ArgumentError(f"{error}.".replace("..", ".")) from None
    before = np.floor(places).astype(int)
    parts = places - before
    low = indexed(ordered, (..., before))
    if not parts.any():
        return low
    high = indexed(ordered, (..., np.minimum(before + 1, size - 1)))
    weights = float(parts[0]) if isinstance(q, int | float) else array_like(parts.tolist())
    return add(low, multiply(weights, subtract(high, low)))


def _places(q: Any, count: Any, method: str) -> Expr:
    """Return where quantiles lie among a number of entries that data may give."""
    shares = ravel(array_like(q))
    last = subtract(count, 1)
    if method in _ROUNDED:
        place = _ROUNDED[method](multiply(last, shares))
    elif method == "linear":
        place = multiply(last, shares)
    elif method in _CONTINUOUS:
        alpha, beta = _CONTINUOUS[method]
        slope = 1 - alpha - beta
        place = add(multiply(count, shares), multiply(slope, shares), alpha - 1)
    else:
        raise ArgumentError(
            f"method={clip(method)} is not supported where the number of entries, or the "
            f"quantile, depends on data. Give one of {', '.join([*_CONTINUOUS, *_ROUNDED])}."
        )
    return maximum(minimum(place, last), 0)


def _read(ordered: Expr, places: Expr) -> Expr:
    """Interpolate between the entries of the last axis at places that an expression has."""
    axis = len(ordered.shape) - 1
    size = ordered.shape[-1]
    before = as_integer(floor(places))
    low = along_axis(ordered, before, axis)
    behind = minimum(add(before, 1), as_integer(ceil(places)))
    high = along_axis(ordered, minimum(behind, subtract(size, 1)), axis)
    return add(low, multiply(subtract(places, before), subtract(high, low)))


def _shape_of(q: Any) -> tuple[Any, ...]:
    if isinstance(q, Node):
        return q.shape
    import numpy as np

    return np.shape(q)


def _is_share(q: Any) -> Expr:
    return multiply(less_equal(0, q), less_equal(q, 1))


def _arranged(found: Expr, expr: Expr, axes: tuple[int, ...], q: Any, keepdims: bool) -> Expr:
    """Put the axes of quantiles, which are joined in the last one, to the front."""
    first = _shape_of(q)
    rest = found.shape[:-1]
    apart = reshape(found, (*rest, *first))
    moved = moveaxis(apart, range(len(rest), len(rest) + len(first)), range(len(first)))
    if not keepdims:
        return moved
    spread = expand_dims(expr, tuple(range(len(first))))
    return kept_axes(moved, spread, [axis + len(first) for axis in axes], keepdims)
