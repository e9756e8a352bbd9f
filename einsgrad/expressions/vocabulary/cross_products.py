"""The cross product of vectors of two and three components, as numpy has it."""

from __future__ import annotations

from typing import Any

from einsgrad.errors import ShapeError, clip
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.vocabulary.application import whole_number
from einsgrad.expressions.vocabulary.arithmetic import multiply, subtract
from einsgrad.expressions.vocabulary.axis_parts import axis_entry, between_zeros, turned_round
from einsgrad.expressions.vocabulary.joining import array_like
from einsgrad.expressions.vocabulary.numpy_rearranging import moveaxis


def cross(
    x: Any, y: Any, axisa: Any = -1, axisb: Any = -1, axisc: Any = -1, axis: Any = None
) -> Expr:
    """Return the cross product, as `numpy.cross`."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = _components(x, axisa, (2, 3)), _components(y, axisb, (2, 3))
    last = len(a.shape) - 1, len(b.shape) - 1
    if a.shape[-1] == b.shape[-1] == 2:
        first, second = ((axis_entry(a, last[0], k), axis_entry(b, last[1], 1 - k)) for k in (0, 1))
        return subtract(multiply(*first), multiply(*second))
    return moveaxis(_in_space(a, b), -1, axisc)


def cross_in_space(x: Any, y: Any, axis: Any = -1) -> Expr:
    """Return the cross product of vectors of three components, as `numpy.linalg.cross`."""
    pair = (_components(one, axis, (3,)) for one in (x, y))
    return moveaxis(_in_space(*pair), -1, axis)


def _components(x: Any, axis: Any, sizes: tuple[int, ...]) -> Expr:
    expr = array_like(x)
    if not expr.shape:
        raise ShapeError(f"cross: {clip(expr)} is a number. Give vectors.")
    vectors = moveaxis(expr, whole_number(axis, "an axis"), -1)
    if vectors.shape[-1] not in sizes:
        raise ShapeError(
            f"cross: {clip(expr)} has vectors of {vectors.shape[-1]} components. Vectors of "
            f"{' or '.join(map(str, sizes))} have a cross product."
        )
    return vectors


def _in_space(a: Expr, b: Expr) -> Expr:
    """Subtract the products of what follows and of what goes before, round the components."""
    places = len(a.shape) - 1, len(b.shape) - 1
    a, b = (
        between_zeros(one, place, 0, 1) if one.shape[-1] == 2 else one
        for one, place in zip((a, b), places, strict=True)
    )
    next_a, next_b = turned_round(a, places[0], -1), turned_round(b, places[1], -1)
    before_a, before_b = turned_round(a, places[0], 1), turned_round(b, places[1], 1)
    return subtract(multiply(next_a, before_b), multiply(before_a, next_b))
