"""Entries repeated and moved round, as numpy's repeat, tile, roll, flip and rot90 do."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError, ShapeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.current import current
from einsgrad.expressions.dims import linear
from einsgrad.expressions.nodes import Expr, Pick
from einsgrad.expressions.selecting import seen_through
from einsgrad.expressions.selectors import Affine, Delta, Integers
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary.application import (
    axes_of,
    axis_of,
    whole_number,
    whole_numbers,
)
from einsgrad.expressions.vocabulary.axis_parts import (
    axis_part,
    backwards,
    in_a_row,
    turned_round,
)
from einsgrad.expressions.vocabulary.numpy_rearranging import expand_dims, ravel, swapaxes
from einsgrad.expressions.vocabulary.reshaping import reshape
from einsgrad.strings.subscripts import Subscripts


def repeated(x: Any, repeats: Any, axis: Any = None) -> Expr:
    """Repeat each entry of an axis, all as often or each by its own number, as `numpy.repeat`."""
    expr = ravel(x) if axis is None else as_expr(x)
    place = axis_of(axis or 0, len(expr.shape))
    counts = whole_numbers(repeats, "a number of repeats")
    if any(count < 0 for count in counts):
        raise ArgumentError(f"repeat: {clip(repeats)} holds a negative number. Give 0 or more.")
    if len(counts) == 1:
        return _each_repeated(expr, place, counts[0])
    if len(counts) != expr.shape[place]:
        raise ShapeError(
            f"repeat: {len(counts)} numbers are given for an axis of {expr.shape[place]} entries. "
            "Give one number, or one for each entry."
        )
    entries = [number for number, count in enumerate(counts) for _ in range(count)]
    return picked(expr, place, entries)


def picked(expr: Expr, axis: int, entries: list[int]) -> Expr:
    """Return the entries of an axis that stand at places, which are known."""
    indices: Expr = Integers((len(entries),), tuple(entries))
    capture = current()
    if capture is not None:
        import numpy as np

        # What is bound to a variable may have other values at the next call.
        indices = capture.variable(np.array(entries, dtype=np.int64))
    return seen_through(expr, {axis: Pick(expr.shape[axis], indices)})


def _each_repeated(expr: Expr, axis: int, count: int) -> Expr:
    """Join an axis with ones behind it to one axis."""
    dim = expr.shape[axis]
    if count == 1:
        return expr
    if count == 0:
        return axis_part(expr, axis, 0, 0)
    selector = Affine(linear((count, dim)), (dim, count), (count, 1), 0)
    return _joined_with_ones(expr, axis, selector, ("long", axis, "ones"), count)


def _joined_with_ones(
    expr: Expr, axis: int, selector: Affine, places: tuple[Any, ...], count: int
) -> Expr:
    labels = tuple(range(len(expr.shape)))
    output = (*labels[:axis], "long", *labels[axis + 1 :])
    ones = Delta(count, 1)
    return build_einsum(Subscripts((places, labels, ("ones",)), output), (selector, expr, ones))


def tiled(x: Any, reps: Any) -> Expr:
    """Put an array one behind the other, so often along each axis, as `numpy.tile`."""
    expr = as_expr(x)
    counts = whole_numbers(reps, "a number of repeats")
    if any(count < 0 for count in counts):
        raise ArgumentError(f"tile: {clip(reps)} holds a negative number. Give 0 or more.")
    missing = len(counts) - len(expr.shape)
    if missing > 0:
        expr = expand_dims(expr, tuple(range(missing)))
    counts = (*(1,) * -missing, *counts)
    for axis, count in enumerate(counts):
        expr = _tiled_along(expr, axis, count)
    return expr


def _tiled_along(expr: Expr, axis: int, count: int) -> Expr:
    dim = expr.shape[axis]
    if count == 1:
        return expr
    if count == 0:
        return axis_part(expr, axis, 0, 0)
    if not isinstance(dim, int):
        return in_a_row([expr] * count, axis)
    selector = Affine(count * dim, (count, dim), (dim, 1), 0)
    return _joined_with_ones(expr, axis, selector, ("long", "ones", axis), count)


def resized(x: Any, new_shape: Any) -> Expr:
    """Fill a shape with the entries, again and again if they do not suffice, as `numpy.resize`."""
    sizes = whole_numbers(new_shape, "a size")
    if any(size < 0 for size in sizes):
        raise ArgumentError(f"resize: {clip(new_shape)} has a negative size. Give 0 or more.")
    flat, total = ravel(x), prod(sizes)
    dim = flat.shape[0]
    if not isinstance(dim, int):
        raise ArgumentError(f"resize: the size of {clip(flat)} is not known. Declare sizes.")
    often = -(-total // dim) if dim else 0
    if not often:
        return _zeros_from(flat, sizes)
    return reshape(axis_part(_tiled_along(flat, 0, often), 0, 0, total), sizes)


def _zeros_from(flat: Expr, sizes: tuple[int, ...]) -> Expr:
    from_nothing = axis_part(flat, 0, 0, 0)
    labels = tuple(range(len(sizes)))
    lists = (("none",), *((label,) for label in labels))
    ones = tuple(Delta(size, 1) for size in sizes)
    return build_einsum(Subscripts(lists, labels), (from_nothing, *ones))


def rolled(x: Any, shift: Any, axis: Any = None) -> Expr:
    """Shift entries, which enter again at the other end, as `numpy.roll`."""
    expr = as_expr(x)
    if axis is None:
        if len(expr.shape) != 1:
            return reshape(rolled(ravel(expr), shift, 0), _sizes("roll", expr))
        axis = 0
    axes = [axis_of(one, len(expr.shape)) for one in whole_numbers(axis, "an axis")]
    shifts = _shifts(shift, expr, axes)
    if len(axes) != len(shifts) and 1 not in (len(axes), len(shifts)):
        raise ShapeError(f"roll: {clip(shift)} and {clip(axis)} are not paired. Give one for each.")
    number = max(len(axes), len(shifts)) if axes and shifts else 0
    for place, by in zip(_spread(axes, number), _spread(shifts, number), strict=True):
        expr = turned_round(expr, place, by)
    return expr


def _spread(values: list[int], number: int) -> list[int]:
    return values * number if len(values) == 1 else values[:number]


def _shifts(shift: Any, expr: Expr, axes: list[int]) -> list[int]:
    """Read shifts; by the size of an axis, which may be a name, nothing is shifted."""
    given = shift if isinstance(shift, list | tuple) else (shift,)
    if any(isinstance(one, str) for one in given):
        whole = [expr.shape[axis] for axis in axes]
        given = [0 if one in whole else one for one in given]
    return list(whole_numbers(given if isinstance(shift, list | tuple | str) else shift, "a shift"))


def _sizes(name: str, expr: Expr) -> tuple[int, ...]:
    sizes = tuple(dim for dim in expr.shape if isinstance(dim, int))
    if len(sizes) < len(expr.shape):
        raise ArgumentError(
            f"{name} of {clip(expr)} joins its axes, and a dim is a name. Name an axis."
        )
    return sizes


def turned_over(x: Any, axis: Any = None) -> Expr:
    """Reverse the order of entries along axes, as `numpy.flip`."""
    expr = as_expr(x)
    return backwards(expr, *axes_of(axis, len(expr.shape)))


def turned_over_along(name: str, axis: int) -> Any:
    """Return the function that reverses one axis, as `numpy.fliplr`."""

    def turned(x: Any) -> Expr:
        expr = as_expr(x)
        if len(expr.shape) <= axis:
            raise ShapeError(f"{name}: {clip(expr)} has too few axes. Give at least {axis + 1}.")
        return backwards(expr, axis)

    return turned


def rotated(x: Any, k: Any = 1, axes: Any = (0, 1)) -> Expr:
    """Rotate by 90 degrees in a plane of two axes, as `numpy.rot90`."""
    expr = as_expr(x)
    if not isinstance(axes, Iterable) or isinstance(axes, Node) or len(tuple(axes)) != 2:
        raise ArgumentTypeError(f"rot90: {clip(axes)} are no two axes. Give a pair.")
    first, second = axes_of(tuple(axes), len(expr.shape), ordered=True)
    quarter = whole_number(k, "a number of quarter turns") % 4
    if quarter == 0:
        return expr
    if quarter == 2:
        return backwards(expr, first, second)
    if quarter == 1:
        return swapaxes(backwards(expr, second), first, second)
    return backwards(swapaxes(expr, first, second), second)
