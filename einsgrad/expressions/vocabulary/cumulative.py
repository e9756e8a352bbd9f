"""Running sums and running products along an axis, as numpy has them."""

from __future__ import annotations

from typing import Any

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.selecting import put_through
from einsgrad.expressions.selectors import Step
from einsgrad.expressions.shaping import as_expr, broadcast
from einsgrad.expressions.vocabulary.arithmetic import multiply
from einsgrad.expressions.vocabulary.axis_parts import (
    between_zeros,
    in_a_row,
    with_dim,
    without_last,
)
from einsgrad.expressions.vocabulary.numpy_rearranging import along_one, at_least


def running_sum(x: Any, axis: Any = None) -> Expr:
    """Add up the entries of an axis, or of all in a row, as `numpy.cumsum`."""
    return _summed(*along_one(x, axis))


def running_product(x: Any, axis: Any = None) -> Expr:
    """Multiply up the entries of an axis, or of all in a row, as `numpy.cumprod`."""
    return _multiplied(*along_one(x, axis), "cumprod")


def cumulative_sum(x: Any, axis: Any = None, include_initial: Any = False) -> Expr:
    """Add up the entries of an axis, from 0 on if that is asked, as `numpy.cumulative_sum`."""
    expr, place = _along_named("cumulative_sum", x, axis)
    total = _summed(expr, place)
    return between_zeros(total, place, 1, 0) if include_initial else total


def cumulative_prod(x: Any, axis: Any = None, include_initial: Any = False) -> Expr:
    """Multiply up the entries of an axis, from 1 on if asked, as `numpy.cumulative_prod`."""
    expr, place = _along_named("cumulative_prod", x, axis)
    product = _multiplied(expr, place, "cumulative_prod")
    return _behind_ones(product, place, 1) if include_initial else product


def _along_named(name: str, x: Any, axis: Any) -> tuple[Expr, int]:
    expr = at_least(1)(x)
    if axis is None and len(expr.shape) > 1:
        raise ArgumentError(f"{name} of {clip(expr)}, which has several axes: name one by axis=.")
    return along_one(expr, 0 if axis is None else axis)


def _summed(expr: Expr, axis: int) -> Expr:
    return put_through(expr, axis, Step(expr.shape[axis], expr.shape[axis], 0))


def _behind_ones(expr: Expr, axis: int, number: int) -> Expr:
    from_one = broadcast(as_expr(1), with_dim(expr.shape, axis, number))
    return in_a_row([from_one, expr], axis)


def _multiplied(expr: Expr, axis: int, name: str) -> Expr:
    """Multiply by doubling: each round multiplies runs by the runs of that length before them."""
    dim = expr.shape[axis]
    if not isinstance(dim, int):
        raise ArgumentError(
            f"{name} of {clip(expr)}: how often it is doubled depends on the size of dim {dim}. "
            "Declare the variable with sizes."
        )
    length = 1
    while length < dim:
        expr = multiply(expr, _behind_ones(without_last(expr, axis, length), axis, length))
        length *= 2
    return expr
