"""Entries left out, and others put between, as `numpy.delete` and `numpy.insert` have it."""

from __future__ import annotations

from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError, IndexingError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.selecting import placed
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary.application import Axis
from einsgrad.expressions.vocabulary.arithmetic import add
from einsgrad.expressions.vocabulary.axis_parts import with_dim
from einsgrad.expressions.vocabulary.gathering import indexed
from einsgrad.expressions.vocabulary.indexing import ALL
from einsgrad.expressions.vocabulary.numpy_rearranging import (
    along_one,
    broadcast_to,
    expand_dims,
    moveaxis,
)


def delete(x: Any, places: Any, axis: Axis = None) -> Expr:
    """Return an axis without the entries at some places, as `numpy.delete`."""
    import numpy as np

    expr, axis = along_one(x, axis)
    _refuse_unknown(places)
    try:
        kept = np.delete(np.arange(_size(expr, axis)), places)
    except IndexError as error:
        raise IndexingError(f"{clip(places)} of {clip(expr)}: {error}. Give others.") from None
    except ValueError as error:
        raise ArgumentError(f"{clip(places)} of {clip(expr)}: {error}. Give others.") from None
    return indexed(expr, (*[ALL] * axis, _as_slice(kept)))


def _refuse_unknown(places: object) -> None:
    if isinstance(places, Node):
        raise ArgumentTypeError(
            f"the places {clip(places)} are not known while an expression is built, and neither is "
            "what they change. Give integers, or use where(mask, x, 0)."
        )


def _size(expr: Expr, axis: int) -> int:
    size = expr.shape[axis]
    if not isinstance(size, int):
        raise ArgumentError(
            f"axis {axis} of {clip(expr)} has no known size. Declare the variable with sizes."
        )
    return size


def _as_slice(places: Any) -> Any:
    """Return the slice that increasing places are, if they are one."""
    steps = set((places[1:] - places[:-1]).tolist())
    if len(places) > 1 and len(steps) == 1:
        return slice(int(places[0]), int(places[-1]) + 1, steps.pop())
    return slice(int(places[0]), int(places[0]) + 1) if len(places) == 1 else places


def insert(x: Any, places: Any, values: Any, axis: Axis = None) -> Expr:
    """Put values before the entries of an axis at some places, as `numpy.insert`."""
    expr, axis = along_one(x, axis)
    _refuse_unknown(places)
    size = _size(expr, axis)
    before = _places(places, size, axis, expr)
    new = as_expr(values)
    if before.size == 1:
        if len(new.shape) < len(expr.shape):
            new = expand_dims(new, tuple(range(len(expr.shape) - len(new.shape))))
        new = moveaxis(new, 0, axis) if before.ndim == 0 else new
        count = new.shape[axis]
        new = broadcast_to(new, with_dim(expr.shape, axis, count))
        return _joined_at(expr, new, axis, int(before.item()))
    new = broadcast_to(new, with_dim(expr.shape, axis, len(before)))
    return _merged(expr, new, axis, before)


def _places(given: Any, size: int, axis: int, expr: Expr) -> Any:
    """Return the places to insert at, counted from the start."""
    import numpy as np

    found = np.arange(*given.indices(size)) if isinstance(given, slice) else np.array(given)
    if found.dtype.kind == "b":
        found = found.ravel().nonzero()[0]
    found = found if found.size else found.astype(int)
    if found.ndim > 1 or found.dtype.kind not in "iu":
        raise IndexingError(f"{clip(given)} is no place to insert at. Give integers in one axis.")
    outside = found[(found < -size) | (found > size)]
    if outside.size:
        raise IndexingError(
            f"index {outside.flat[0]} is out of bounds for axis {axis} of {clip(expr)}, which has "
            f"size {size}. Give one from {-size} to {size}."
        )
    return np.where(found < 0, found + size, found)


def _joined_at(expr: Expr, new: Expr, axis: int, place: int) -> Expr:
    """Put an expression into another before an entry of an axis."""
    size, count = _size(expr, axis), _size(new, axis)
    front = indexed(expr, (*[ALL] * axis, slice(place)))
    back = indexed(expr, (*[ALL] * axis, slice(place, None)))
    parts = [(front, 0), (new, place), (back, place + count)]
    return add(*(placed(part, axis, size + count, 1, offset) for part, offset in parts))


def _merged(expr: Expr, new: Expr, axis: int, before: Any) -> Expr:
    """Put each entry of an axis into another expression before an entry of that axis."""
    import numpy as np

    size, count = _size(expr, axis), len(before)
    order = np.argsort(before, kind="stable")
    at = np.empty(count, int)
    at[order] = before[order] + np.arange(count)
    source = np.full(size + count, -1)
    source[at] = size + np.arange(count)
    source[source < 0] = np.arange(size)
    parts = placed(expr, axis, size + count), placed(new, axis, size + count, 1, size)
    return indexed(add(*parts), (*[ALL] * axis, source))
