"""Functions of a user's own that numpy calls: along an axis, over axes, for each entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.dims import Shape
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary.application import axis_of, whole_numbers
from einsgrad.expressions.vocabulary.axis_parts import side_by_side
from einsgrad.expressions.vocabulary.indexing import selected
from einsgrad.expressions.vocabulary.joining import array_like
from einsgrad.expressions.vocabulary.numpy_rearranging import expand_dims, moveaxis
from einsgrad.expressions.vocabulary.reshaping import reshape


def applied_along_axis(function: Callable[..., Any], axis: Any, x: Any, *others: Any) -> Expr:
    """Call a function of vectors on each vector along an axis, as `numpy.apply_along_axis`."""
    expr = as_expr(x)
    rank = len(expr.shape)
    place = axis_of(axis, rank)
    rows = moveaxis(expr, place, rank - 1)
    apart = rows.shape[:-1]
    found = [array_like(function(selected(rows, *one), *others)) for one in _indices(apart)]
    if not found:
        raise ArgumentError(f"{clip(expr)} has no vector along axis {place}. Give one or more.")
    shape = found[0].shape
    whole = reshape(side_by_side(found, 0), (*apart, *shape))
    behind = range(len(apart), len(apart) + len(shape))
    return moveaxis(whole, behind, range(place, place + len(shape)))


def _indices(shape: Shape) -> Iterator[tuple[int, ...]]:
    """Yield the indices of all entries."""
    sizes = [dim for dim in shape if isinstance(dim, int)]
    if len(sizes) < len(shape):
        raise ArgumentError(
            f"a dim of {clip(shape)} is a name, whose size is not known. Declare the variable "
            "with sizes."
        )
    return product(*map(range, sizes))


def applied_over_axes(function: Callable[..., Any], x: Any, axes: Any) -> Expr:
    """Call a function with one axis after the other, as `numpy.apply_over_axes`."""
    expr = as_expr(x)
    rank = len(expr.shape)
    for one in whole_numbers(axes, "an axis"):
        place = axis_of(one, rank)
        found = as_expr(function(expr, place))
        expr = found if len(found.shape) == rank else expand_dims(found, place)
    return expr
