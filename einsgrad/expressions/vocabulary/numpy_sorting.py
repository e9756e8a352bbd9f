"""Places of the largest and least entries, and entries in order, as numpy's functions have it.

The places are integers without a derivative; what is sorted is taken at them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.nodes import ARGMAX, ARGMIN, ARGSORT, Expr, Places
from einsgrad.expressions.shaping import as_expr, unreduce
from einsgrad.expressions.vocabulary.application import Axis, axes_of, kept_axes, whole_numbers
from einsgrad.expressions.vocabulary.functions import not_equal, where
from einsgrad.expressions.vocabulary.indexing import selected
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
    size = expr.shape[place]
    for one in whole_numbers(kth, "a place"):
        if isinstance(size, int) and not -size <= one < size:
            raise ArgumentError(f"kth={one} is out of bounds for an axis of size {size}.")
    return sort(expr, place)


def median(x: Any, axis: Axis = None, keepdims: bool = False) -> Expr:
    """Return the middle of the entries along axes, as `numpy.median`: nan if there is one."""
    expr = as_expr(x)
    axes = axes_of(axis, len(expr.shape))
    joined = _joined(expr, axes)
    size = joined.shape[-1]
    if not isinstance(size, int):
        raise ArgumentError(
            f"median of {clip(expr)}: a dim is a name, whose middle is not known. "
            "Declare the variable with sizes."
        )
    if size == 0:
        raise ArgumentError(f"median of {clip(expr)}: of no entries there is none.")
    rank = len(joined.shape) - 1
    order = Places(ARGSORT, joined, rank)
    middle = along_axis(joined, selected(order, ..., slice((size - 1) // 2, size // 2 + 1)), rank)
    # A nan comes last.
    last = sum(along_axis(joined, selected(order, ..., slice(-1, None)), rank), -1)
    found = where(not_equal(last, last), last, mean(middle, -1))
    return kept_axes(found, expr, axes, keepdims)


def _joined(expr: Expr, axes: tuple[int, ...]) -> Expr:
    """Return an expression with some of its axes joined to one, the last."""
    rank, count = len(expr.shape), len(axes)
    if not axes:
        return unreduce(expr, (*expr.shape, 1), (rank,))
    if count == rank:
        return ravel(expr)
    moved = moveaxis(expr, axes, range(rank - count, rank))
    return moved if count == 1 else reshape(moved, (*moved.shape[: rank - count], -1))
