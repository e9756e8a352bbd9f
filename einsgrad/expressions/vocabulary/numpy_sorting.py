"""Places of the largest and least entries, and entries in order, as numpy's functions have it.

The places are integers without a derivative; what is sorted is taken at them.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import ARGMAX, ARGMIN, ARGSORT, Expr, Places
from einsgrad.expressions.shaping import as_expr, unreduce
from einsgrad.expressions.vocabulary.application import Axis, axes_of, kept_axes, whole_numbers
from einsgrad.expressions.vocabulary.axis_parts import axis_entries
from einsgrad.expressions.vocabulary.functions import not_equal, where
from einsgrad.expressions.vocabulary.indexing import selected
from einsgrad.expressions.vocabulary.joining import array_like
from einsgrad.expressions.vocabulary.linear import mean, sum
from einsgrad.expressions.vocabulary.numpy_gathering import along_axis
from einsgrad.expressions.vocabulary.numpy_rearranging import along_one, moveaxis, ravel
from einsgrad.expressions.vocabulary.reshaping import reshape

_KINDS = (None, "quicksort", "mergesort", "heapsort", "stable")


def _extreme(name: str) -> Callable[..., Expr]:
    def found_along(x: Any, axis: Axis = None, keepdims: bool = False) -> Expr:
        expr = as_expr(x)
        flat, place = along_one(expr, axis)
        if flat.shape[place] == 0:
            raise ArgumentError(
                f"{name} of {clip(expr)}: an axis without entries has no such place."
            )
        found = Places(name, flat, place)
        if axis is None:
            return kept_axes(found, expr, range(len(expr.shape)), keepdims)
        return kept_axes(found, expr, (place,), keepdims)

    return found_along


argmax = _extreme(ARGMAX)
argmin = _extreme(ARGMIN)


def argsort(x: Any, axis: Axis = -1, kind: Any = None, stable: Any = None) -> Expr:
    """Return the places that put an axis in order, equal entries as they stand."""
    _require_kind(kind, stable)
    expr, place = along_one(x, axis)
    return Places(ARGSORT, expr, place)


def sort(x: Any, axis: Axis = -1, kind: Any = None, stable: Any = None) -> Expr:
    """Return the entries of an axis in order, as `numpy.sort`."""
    _require_kind(kind, stable)
    expr, place = along_one(x, axis)
    return along_axis(expr, Places(ARGSORT, expr, place), place)


def _require_kind(kind: object, stable: object) -> None:
    if kind not in _KINDS or (kind is not None and stable is not None):
        raise ArgumentError(f"kind={clip(kind)} is no way to sort here. Leave it out.")


def partition(x: Any, kth: Any, axis: Axis = -1) -> Expr:
    """Return the entries of an axis with some where they are in order: here all of them."""
    expr, place = along_one(x, axis)
    _require_kth(kth, expr.shape[place])
    return sort(expr, place)


def argpartition(x: Any, kth: Any, axis: Axis = -1) -> Expr:
    """Return the places that put some entries of an axis in order: here all of them."""
    expr, place = along_one(x, axis)
    _require_kth(kth, expr.shape[place])
    return Places(ARGSORT, expr, place)


def _require_kth(kth: Any, size: Dim) -> None:
    for one in whole_numbers(kth, "a place"):
        if isinstance(size, int) and not -size <= one < size:
            raise ArgumentError(f"kth={one} is out of bounds for an axis of size {size}.")


def lexsort(keys: Any, axis: Axis = -1) -> Expr:
    """Return the places that put the last key in order, and equal ones by those before it."""
    listed = list(axis_entries(as_expr(keys), 0)) if isinstance(keys, Node) else list(keys)
    if not listed:
        raise ArgumentError("lexsort: there is no key. Give one or more.")
    exprs = [along_one(array_like(key), axis) for key in listed]
    first, place = exprs[0]
    order: Expr = Places(ARGSORT, first, place)
    for key, _ in exprs[1:]:
        again = Places(ARGSORT, along_axis(key, order, place), place)
        order = along_axis(order, again, place)
    return order


def _extreme_over_nan(name: str, least: float) -> Callable[..., Expr]:
    found_along = _extreme(name)

    def over_nan(x: Any, axis: Axis = None, keepdims: bool = False) -> Expr:
        return found_along(where(not_equal(x, x), least, x), axis, keepdims)

    return over_nan


nanargmax = _extreme_over_nan(ARGMAX, -inf)
nanargmin = _extreme_over_nan(ARGMIN, inf)


def median(x: Any, axis: Axis = None, keepdims: bool = False) -> Expr:
    """Return the middle of the entries along axes, as `numpy.median`: nan if there is one."""
    expr = as_expr(x)
    axes = axes_of(axis, len(expr.shape))
    joined = joined_to_last("median", expr, axes)
    size = joined.shape[-1]
    assert isinstance(size, int)
    rank = len(joined.shape) - 1
    order = Places(ARGSORT, joined, rank)
    middle = along_axis(joined, selected(order, ..., slice((size - 1) // 2, size // 2 + 1)), rank)
    # A nan comes last.
    last = sum(along_axis(joined, selected(order, ..., slice(-1, None)), rank), -1)
    found = where(not_equal(last, last), last, mean(middle, -1))
    return kept_axes(found, expr, axes, keepdims)


def joined_to_last(name: str, expr: Expr, axes: tuple[int, ...]) -> Expr:
    """Return an expression with some of its axes joined to one, the last, whose size is known."""
    joined = _joined(expr, axes)
    size = joined.shape[-1]
    if not isinstance(size, int):
        raise ArgumentError(
            f"{name} of {clip(expr)}: a dim is a name, whose middle is not known. "
            "Declare the variable with sizes."
        )
    if size == 0:
        raise ArgumentError(f"{name} of {clip(expr)}: of no entries there is none.")
    return joined


def _joined(expr: Expr, axes: tuple[int, ...]) -> Expr:
    """Return an expression with some of its axes joined to one, the last."""
    rank, count = len(expr.shape), len(axes)
    if not axes:
        return unreduce(expr, (*expr.shape, 1), (rank,))
    if count == rank:
        return ravel(expr)
    moved = moveaxis(expr, axes, range(rank - count, rank))
    return moved if count == 1 else reshape(moved, (*moved.shape[: rank - count], -1))
