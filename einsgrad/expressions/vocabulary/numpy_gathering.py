"""Entries taken at integers or where a mask holds, as numpy's functions have it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError, IndexingError, ShapeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.dims import Dim, Shape
from einsgrad.expressions.kinds import kind_of
from einsgrad.expressions.nodes import Expr, Pick
from einsgrad.expressions.shaping import (
    as_expr,
    broadcast,
    broadcast_shape,
    is_of_numpy,
    stretched,
)
from einsgrad.expressions.vocabulary.application import Axis, whole_numbers
from einsgrad.expressions.vocabulary.axis_parts import with_dim
from einsgrad.expressions.vocabulary.functions import (
    equal,
    floor_divide,
    maximum,
    minimum,
    remainder,
    where,
)
from einsgrad.expressions.vocabulary.gathering import (
    as_index,
    indexed,
    known_integers,
    refuse_out_of_range,
    unknown_mask,
)
from einsgrad.expressions.vocabulary.joining import array_like
from einsgrad.expressions.vocabulary.numpy_missing import any_of
from einsgrad.expressions.vocabulary.numpy_rearranging import along_one, expand_dims, ravel
from einsgrad.strings.subscripts import Label, Subscripts


def take(x: Any, indices: Any, axis: Axis = None, mode: str = "raise") -> Expr:
    """Return the entries of an axis at integers, as `numpy.take`.

    An array may be taken from, too, where a function is traced whose integers are not known:
    numpy's own arrays are not indexed by these.

    Parameters
    ----------
    x
        An expression.
    indices
        Integers, or an expression of them.
    axis
        The axis; by default all entries are taken from in C order.
    mode
        What an integer that leaves the axis is: "raise" an error, "wrap" counted on from the
        other end, "clip" the place at the end.

    Raises
    ------
    IndexingError
        If an integer leaves the axis.
    ArgumentTypeError
        If there are no integers.

    Examples
    --------
    >>> import einsgrad as eg
    >>> W, labels = eg.variables("W[v,d] labels[n]")
    >>> eg.take(W, labels, axis=0).shape
    ('n', 'd')
    """
    expr, place = along_one(x, axis)
    try:
        index = as_index(indices)
    except IndexingError as error:
        raise ArgumentTypeError(str(error)) from None
    # Booleans are the integers 0 and 1 here.
    index = index * 1 if _are_booleans(index) else index
    index = _within(index, expr.shape[place], mode)
    return indexed(expr, (*[slice(None)] * place, index))


def _within(index: Any, size: Dim, mode: object) -> Any:
    """Return integers with those that leave an axis put into it, as a mode says."""
    if mode == "raise":
        return index
    if mode not in ("wrap", "clip"):
        raise ArgumentError(f"mode={clip(mode)} is none of 'raise', 'wrap' and 'clip'.")
    if not isinstance(size, int):
        raise ArgumentError(f"mode={mode}: the size of dim {size} is not known. Declare a size.")
    if isinstance(index, Node):
        return remainder(index, size) if mode == "wrap" else minimum(maximum(index, 0), size - 1)
    import numpy as np

    return index % size if mode == "wrap" else np.clip(index, 0, size - 1)


def _are_booleans(index: Any) -> bool:
    is_array = is_of_numpy(index) and index.dtype.kind == "b"
    return is_array or isinstance(index, bool)


def take_along_axis(x: Any, indices: Any, axis: Axis = -1) -> Expr:
    """Return entries of an axis at integers of their own, as `numpy.take_along_axis`."""
    index = as_index(indices)
    if _are_booleans(index):
        raise IndexingError("the indices must be an array of integers. Give no booleans.")
    expr, place = along_one(x, axis)
    rank = len(getattr(index, "shape", ()))
    if rank != len(expr.shape):
        raise ShapeError(
            f"{clip(expr)} has {len(expr.shape)} axes, and the indices {rank}. Give them as many."
        )
    if not isinstance(index, Node):
        refuse_out_of_range(expr, place, index)
        index = known_integers(index)
    return along_axis(expr, index, place)


def along_axis(x: Expr, index: Expr, axis: int) -> Expr:
    """Return entries of an axis at integers that an expression has for each of the others."""
    shape = _common_shape(x, index, axis)
    (own, seen), (kept, given) = (
        stretched(one, with_dim(shape, axis, one.shape[axis])) for one in (x, index)
    )
    output: tuple[Label, ...] = tuple("taken" if a == axis else a for a in range(len(shape)))
    lists = (
        ("target", *("taken" if a == axis else a for a in kept)),
        tuple("target" if a == axis else a for a in own),
    )
    return build_einsum(Subscripts(lists, output), (Pick(x.shape[axis], given), seen))


def _common_shape(x: Expr, index: Expr, axis: int) -> Shape:
    found: list[Dim] = []
    for place, (one, other) in enumerate(zip(x.shape, index.shape, strict=True)):
        if place != axis and one != other and 1 not in (one, other):
            raise IndexingError(
                f"shape mismatch: axis {place} of {clip(x)} has size {one}, that of the indices "
                f"{other}. Give sizes that are equal, or 1."
            )
        found.append(other if place == axis or one == 1 else one)
    return tuple(found)


def compress(condition: Any, x: Any, axis: Axis = None) -> Expr:
    """Return the entries of an axis where a condition holds, as `numpy.compress`."""
    mask = _mask(condition)
    if mask.ndim != 1:
        raise ArgumentError("the condition has to be an array of one axis. Give such.")
    expr, place = along_one(x, axis)
    (places,) = mask.nonzero()
    return indexed(expr, (*[slice(None)] * place, places))


def extract(condition: Any, x: Any) -> Expr:
    """Return the entries where a condition holds, as `numpy.extract`."""
    return take(ravel(x), _mask(condition).ravel().nonzero()[0])


def _mask(condition: Any) -> Any:
    """Return a mask that is known."""
    import numpy as np

    if isinstance(condition, Node):
        raise unknown_mask(condition)
    return np.asarray(condition).astype(bool)


def choose(indices: Any, choices: Any, mode: str = "raise") -> Expr:
    """Return entries of one of several arrays each, as `numpy.choose`."""
    parts = [as_expr(one) for one in _several(choices)]
    index = _within(as_index(indices), len(parts), mode)
    if not isinstance(index, Node):
        _refuse_no_choice(index, len(parts))
    number = as_expr(index)
    found = parts[-1]
    for place in reversed(range(len(parts) - 1)):
        found = where(equal(number, place), parts[place], found)
    return broadcast(found, broadcast_shape(number, *parts))


def _refuse_no_choice(index: Any, count: int) -> None:
    outside = (index < 0) | (index >= count)
    if outside if isinstance(index, int) else outside.any():
        raise ArgumentError(f"{clip(index)} has an integer that is none of {count} choices.")


def select(conditions: Any, choices: Any, default: Any = 0) -> Expr:
    """Return entries of the first array whose condition holds, as `numpy.select`."""
    masks, parts = _several(conditions), _several(choices)
    if len(masks) != len(parts):
        raise ArgumentError(
            f"{len(masks)} conditions and {len(parts)} choices are given. Give as many of both."
        )
    found = as_expr(default)
    for mask, part in zip(reversed(masks), reversed(parts), strict=True):
        found = where(mask, part, found)
    return found


def piecewise(x: Any, conditions: Any, choices: Any, *others: Any) -> Expr:
    """Return values of the last function whose condition holds, as `numpy.piecewise`.

    Each function is called with all entries, and where its condition does not hold its values
    are not used.
    """
    expr, parts = as_expr(x), list(choices)
    masks = [as_expr(one) for one in _masks(conditions, expr)]
    if len(parts) not in (len(masks), len(masks) + 1):
        raise ArgumentError(
            f"piecewise: {len(masks)} conditions and {len(parts)} functions are given. Give as "
            "many of both, or one function more."
        )
    values = [one(expr, *others) if callable(one) else one for one in parts]
    found = as_expr(values[-1] if len(parts) > len(masks) else 0)
    for mask, value in zip(masks, values, strict=False):
        found = where(mask, value, found)
    return broadcast(found, broadcast_shape(expr, found))


def _masks(conditions: Any, expr: Expr) -> Sequence[Any]:
    """Return conditions as a list: one alone is one of the shape of what is decided on."""
    if isinstance(conditions, Node) or is_of_numpy(conditions):
        alone = len(conditions.shape) <= len(expr.shape) and len(conditions.shape) < 2
        return [conditions] if alone or conditions.shape == expr.shape else list(conditions)
    given = list(conditions)
    are_numbers = given and all(isinstance(one, bool) for one in given) and expr.shape
    return [_mask(given)] if are_numbers else given


def chosen_where(condition: Any, x: Any = ..., y: Any = ...) -> Expr:
    """Return entries of x where a condition holds, and of y elsewhere, as `numpy.where`."""
    if x is ... and y is ...:
        raise ArgumentTypeError(
            f"where({clip(condition)}) alone asks for places, whose number depends on data that "
            "is not known while an expression is built. Use where(condition, x, 0)."
        )
    if x is ... or y is ...:
        raise ArgumentTypeError("where takes both x and y, or none of them. Give both.")
    return where(condition, x, y)


def isin(x: Any, values: Any, invert: bool = False) -> Expr:
    """Return 1 where an entry is one of some values, and 0 elsewhere, as `numpy.isin`."""
    expr, among = as_expr(x), ravel(array_like(values))
    found = any_of(equal(expand_dims(expr, -1), among), -1)
    return equal(found, 0) if invert else found


def _several(given: Any) -> Sequence[Any]:
    found = list(given)
    if not found:
        raise ArgumentError("nothing is chosen from. Give one array or more.")
    return found


def open_mesh(*sequences: Any) -> tuple[Any, ...]:
    """Return indices that broadcast to all combinations, as `numpy.ix_`."""
    import numpy as np

    found = []
    for place, one in enumerate(sequences):
        axes = [slice(None) if place == other else None for other in range(len(sequences))]
        sequence = one if isinstance(one, Node) else np.asarray(one)
        if len(sequence.shape) != 1:
            raise ArgumentError("ix_: each sequence has one axis. Give such.")
        if isinstance(sequence, Node):
            as_index(sequence)
        elif sequence.dtype.kind == "b":
            (sequence,) = sequence.nonzero()
        found.append(sequence[tuple(axes)])
    return tuple(found)


def unravel_index(indices: Any, shape: Any, order: str = "C") -> tuple[Expr, ...]:
    """Return the indices of all axes for places in a joined one, as `numpy.unravel_index`."""
    sizes = whole_numbers(shape, "a shape")
    number = as_expr(indices)
    if kind_of(number) not in ("i", None):
        raise ArgumentTypeError(f"only integers are places, unlike {clip(number)}.")
    if order not in ("C", "F"):
        raise ArgumentError(f"order={clip(order)} is no order. Give 'C' or 'F'.")
    found: list[Expr] = []
    for size in reversed(sizes) if order == "C" else sizes:
        found.append(remainder(number, size))
        number = floor_divide(number, size)
    return tuple(reversed(found)) if order == "C" else tuple(found)
