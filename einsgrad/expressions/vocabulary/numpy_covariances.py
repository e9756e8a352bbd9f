"""Averages, covariances and correlations, as numpy has them."""

from __future__ import annotations

from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError, ShapeError, clip
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr, broadcast, permute
from einsgrad.expressions.vocabulary.application import Axis, axes_of
from einsgrad.expressions.vocabulary.arithmetic import conj, divide, multiply, real, subtract
from einsgrad.expressions.vocabulary.functions import sqrt
from einsgrad.expressions.vocabulary.joining import array_like, concatenated
from einsgrad.expressions.vocabulary.linear import diag, matmul, mean, sum, transpose
from einsgrad.expressions.vocabulary.numpy_rearranging import (
    at_least,
    expand_dims,
    ones_like,
    squeeze,
)


def average(
    x: Any, axis: Axis = None, weights: Any = None, returned: Any = False, keepdims: bool = False
) -> Any:
    """Average with weights, as `numpy.average`; the sum of the weights too, if asked."""
    expr = as_expr(x)
    shares = ones_like(expr) if weights is None else _spread(array_like(weights), expr, axis)
    whole = sum(shares, axis, keepdims=keepdims)
    if weights is None:
        found = mean(expr, axis, keepdims=keepdims)
    else:
        found = divide(sum(multiply(expr, shares), axis, keepdims=keepdims), whole)
    return (found, broadcast(whole, found.shape)) if returned else found


def _spread(weights: Expr, expr: Expr, axis: Axis) -> Expr:
    """Let weights of some axes lie along these."""
    rank = len(expr.shape)
    if weights.shape == expr.shape:
        return weights
    if axis is None:
        raise ArgumentTypeError(
            f"average: the weights {clip(weights)} have another shape than {clip(expr)}. Name "
            "their axis."
        )
    axes = axes_of(axis, rank, ordered=True)
    if weights.shape != tuple(expr.shape[one] for one in axes):
        raise ShapeError(
            f"average: the weights {clip(weights)} do not fit the axes {clip(axis)} of "
            f"{clip(expr)}. Give a weight for each entry along them."
        )
    order = sorted(range(len(axes)), key=axes.__getitem__)
    others = tuple(one for one in range(rank) if one not in axes)
    return broadcast(expand_dims(permute(weights, order), others), expr.shape)


def covariance(
    m: Any,
    y: Any = None,
    rowvar: Any = True,
    bias: Any = False,
    ddof: Any = None,
    fweights: Any = None,
    aweights: Any = None,
) -> Expr:
    """Return the covariances of variables that are rows, as `numpy.cov`."""
    samples = _samples("cov", m, y, rowvar)
    given = [array_like(one) for one in (fweights, aweights) if one is not None]
    less = (0 if bias else 1) if ddof is None else ddof
    weights = multiply(*given) if given else None
    apart = subtract(samples, average(samples, 1, weights, keepdims=True))
    count = _effective_count(samples, weights, less, aweights)
    weighted = apart if weights is None else multiply(apart, weights)
    return squeeze(divide(matmul(apart, conj(transpose(weighted))), count))


def correlation(x: Any, y: Any = None, rowvar: Any = True) -> Expr:
    """Return the correlations of variables that are rows, as `numpy.corrcoef`."""
    found = covariance(x, y, rowvar)
    if not found.shape:
        return divide(found, found)
    spread = sqrt(real(diag(found)))
    return divide(found, multiply(expand_dims(spread, 1), spread))


def _samples(name: str, m: Any, y: Any, rowvar: Any) -> Expr:
    """Return variables as rows."""
    found = []
    for place, given in enumerate((m,) if y is None else (m, y)):
        expr = array_like(given)
        if len(expr.shape) > 2:
            raise ShapeError(f"{name}: {clip(expr)} has more than 2 axes. Give a matrix.")
        rows = at_least(2)(expr)
        turned = len(expr.shape) == 2 if place == 0 else rows.shape[0] != 1
        found.append(transpose(rows) if not rowvar and turned else rows)
    return concatenated(found, 0, name)


def _effective_count(samples: Expr, weights: Any, less: Any, aweights: Any) -> Any:
    """Return what sums of products are divided by."""
    if weights is None:
        count = samples.shape[1]
        if not isinstance(count, int):
            return subtract(sum(ones_like(samples), 1, keepdims=True), less)
        if count <= less:
            raise ArgumentError(
                f"the covariance of {count} samples with ddof={clip(less)} is not defined. Give "
                "more samples, or a smaller ddof."
            )
        return count - less
    whole = sum(weights)
    if isinstance(less, int) and less == 0:
        return whole
    if aweights is None:
        return subtract(whole, less)
    return subtract(whole, divide(multiply(less, sum(multiply(weights, aweights))), whole))
