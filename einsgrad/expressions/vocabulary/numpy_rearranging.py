"""Axes put elsewhere, added, dropped and joined, and constants of a shape, as numpy has them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError, ShapeError, clip
from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.dims import Linear
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr, broadcast, broadcast_shape, permute, unreduce
from einsgrad.expressions.vocabulary.application import (
    Axis,
    axes_of,
    axis_of,
    whole_number,
    whole_numbers,
)
from einsgrad.expressions.vocabulary.arithmetic import add, multiply
from einsgrad.expressions.vocabulary.linear import transpose
from einsgrad.expressions.vocabulary.reshaping import asked_dims, reshape
from einsgrad.strings.subscripts import Subscripts


def ravel(x: Any, order: str = "C") -> Expr:
    """Join all axes to one, as `numpy.ravel`."""
    expr = as_expr(x)
    if len(expr.shape) == 1:
        _in_order("ravel", order)
        return expr
    return ordered_reshape(expr, -1, order=order, name="ravel")


def ordered_reshape(
    x: Any, *shape: Any, order: str = "C", copy: Any = None, name: str = "reshape"
) -> Expr:
    """Merge and split axes, in C or Fortran order, as `numpy.reshape`."""
    sizes = asked_dims(shape[0] if len(shape) == 1 else shape)
    expr = as_expr(x)
    if _in_order(name, order) == "C":
        return reshape(expr, sizes)
    return transpose(reshape(transpose(expr), tuple(reversed(sizes))))


def along_one(x: Any, axis: Axis) -> tuple[Expr, int]:
    """Return an expression with one of its axes; with the only one of all entries for None."""
    expr = ravel(x) if axis is None else as_expr(x)
    return expr, axis_of(0 if axis is None else axis, len(expr.shape))


def _in_order(name: str, order: object) -> object:
    if order not in ("C", "F"):
        raise ArgumentTypeError(
            f"{name} of an expression does not take order={clip(order)}. Give 'C' or 'F'."
        )
    return order


def swapaxes(x: Any, axis1: Any, axis2: Any) -> Expr:
    """Exchange two axes, as `numpy.swapaxes`."""
    expr = as_expr(x)
    rank = len(expr.shape)
    order = list(range(rank))
    first, second = (axis_of(a, rank) for a in (axis1, axis2))
    order[first], order[second] = order[second], order[first]
    return permute(expr, order)


def moveaxis(x: Any, source: Any, destination: Any) -> Expr:
    """Move axes to other places, as `numpy.moveaxis`."""
    expr = as_expr(x)
    rank = len(expr.shape)
    moved, places = (axes_of(axes, rank, ordered=True) for axes in (source, destination))
    if len(moved) != len(places):
        raise ArgumentError("moveaxis: the numbers of axes and places differ. Pair them.")
    order = [axis for axis in range(rank) if axis not in moved]
    for place, axis in sorted(zip(places, moved, strict=True)):
        order.insert(place, axis)
    return permute(expr, order)


def rollaxis(x: Any, axis: Any, start: Any = 0) -> Expr:
    """Move an axis before another one, as `numpy.rollaxis`."""
    expr = as_expr(x)
    rank = len(expr.shape)
    moved = axis_of(axis, rank)
    given = whole_number(start, "a place")
    if not -rank <= given <= rank:
        raise ArgumentError(f"rollaxis: place {given} is out of range for {rank} axes.")
    place = given + rank if given < 0 else given
    return moveaxis(expr, moved, place - (moved < place))


def matrix_transpose(x: Any) -> Expr:
    """Exchange the last two axes, as `numpy.matrix_transpose`."""
    expr = as_expr(x)
    if len(expr.shape) < 2:
        raise ShapeError(f"matrix_transpose: {clip(expr)} is no matrix. Give two axes or more.")
    return swapaxes(expr, -1, -2)


def expand_dims(x: Any, axis: Any) -> Expr:
    """Add axes of size 1, as `numpy.expand_dims`."""
    expr = as_expr(x)
    given = whole_numbers(axis, "an axis")
    axes = axes_of(given, len(expr.shape) + len(given))
    rest = iter(expr.shape)
    rank = len(expr.shape) + len(axes)
    return unreduce(expr, tuple(1 if a in axes else next(rest) for a in range(rank)), axes)


def lying_along(vector: Expr, axis: int, rank: int) -> Expr:
    """Let a vector lie along an axis, so that it meets this axis of an array."""
    return expand_dims(vector, tuple(range(1, rank - axis)))


def squeeze(x: Any, axis: Any = None) -> Expr:
    """Drop axes of size 1, as `numpy.squeeze`."""
    expr = as_expr(x)
    rank = len(expr.shape)
    if axis is None and not all(isinstance(dim, int) for dim in expr.shape):
        raise ArgumentError(
            f"squeeze of {clip(expr)}: a dim is a name, whose size may be 1. Name the axes."
        )
    ones = tuple(a for a in range(rank) if expr.shape[a] == 1)
    axes = ones if axis is None else axes_of(axis, rank)
    if not set(axes) <= set(ones):
        raise ShapeError(f"squeeze of {clip(expr)}: an axis to drop has another size than 1.")
    labels = tuple(range(rank))
    kept = tuple(a for a in labels if a not in axes)
    return expr if not axes else build_einsum(Subscripts((labels,), kept), (expr,))


def at_least(rank: int) -> Any:
    """Return the function that adds axes of size 1 until there are `rank`, as `atleast_2d`."""

    def raised(*arrays: Any) -> Any:
        found = tuple(_raised(as_expr(array), rank) for array in arrays)
        return found[0] if len(found) == 1 else found

    return raised


def _raised(expr: Expr, rank: int) -> Expr:
    axes = {
        (0, 1): (0,),
        (0, 2): (0, 1),
        (1, 2): (0,),
        (0, 3): (0, 1, 2),
        (1, 3): (0, 2),
        (2, 3): (2,),
    }
    missing = axes.get((len(expr.shape), rank), ())
    return expand_dims(expr, missing) if missing else expr


def broadcast_to(x: Any, shape: Any) -> Expr:
    """Spread over a larger shape, as `numpy.broadcast_to`."""
    expr = as_expr(x)
    sizes = _dims(shape)
    aligned = expr.shape[max(len(expr.shape) - len(sizes), 0) :]
    fits = len(expr.shape) <= len(sizes) and all(
        dim in (1, size) for dim, size in zip(aligned[::-1], sizes[::-1], strict=False)
    )
    if not fits:
        raise ShapeError(f"broadcast_to: {clip(expr)} does not spread over {clip(sizes)}.")
    return broadcast(expr, sizes)


def _dims(shape: Any) -> tuple[Any, ...]:
    """Read a shape, whose dims are sizes or the names of another expression's shape."""
    given = tuple(shape) if isinstance(shape, Iterable) and not isinstance(shape, str) else (shape,)
    dims = tuple(d if isinstance(d, str | Linear) else whole_number(d, "a size") for d in given)
    if any(isinstance(dim, int) and dim < 0 for dim in dims):
        raise ArgumentError(f"broadcast_to: {clip(shape)} has a negative size.")
    return dims


def broadcast_arrays(*arrays: Any) -> tuple[Expr, ...]:
    """Spread all over the shape that they have in common, as `numpy.broadcast_arrays`."""
    exprs = [as_expr(array) for array in arrays]
    shape = broadcast_shape(*exprs)
    return tuple(broadcast(expr, shape) for expr in exprs)


def full_like(x: Any, fill_value: Any) -> Expr:
    """Return a value in the shape of another expression, as `numpy.full_like`."""
    expr = as_expr(x)
    filled = broadcast_to(fill_value, expr.shape)
    if all(isinstance(dim, int) for dim in expr.shape):
        return filled
    # The expression stays in it, so that its arrays tell the sizes of dims that are names.
    return add(multiply(0, expr), filled)


def zeros_like(x: Any) -> Expr:
    """Return zeros in the shape of an expression, whatever its values are."""
    return full_like(x, 0)


def ones_like(x: Any) -> Expr:
    """Return ones in the shape of an expression, whatever its values are."""
    return full_like(x, 1)
