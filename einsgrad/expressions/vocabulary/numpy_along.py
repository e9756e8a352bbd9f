"""Functions of a user's own that numpy calls: along an axis, over axes, for each entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.dims import Shape
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr, broadcast, broadcast_shape
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


def hook_vectorize() -> None:
    """Make functions that `numpy.vectorize` has made take expressions, entry by entry."""
    if not _hooked:
        import numpy as np

        _hooked.append(_taking_expressions(np.vectorize._vectorize_call))  # type: ignore[attr-defined]
        np.vectorize._vectorize_call = _hooked[0]  # type: ignore[attr-defined]


def _taking_expressions(own: Callable[..., Any]) -> Callable[..., Any]:
    """Return the method of `numpy.vectorize` that calls the function, for expressions too."""

    def call(vectorized: Any, func: Callable[..., Any], args: Any) -> Any:
        if not any(isinstance(one, Node) for one in args):
            return own(vectorized, func, args)
        if vectorized.signature is not None:
            raise ArgumentError(
                "vectorize: a signature is not supported on expressions. Loop, and stack what is "
                "found."
            )
        return each_entry(func, args)

    return call


_hooked: list[Callable[..., Any]] = []


def each_entry(function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    """Call a function of numbers on the entries of arrays that broadcast."""
    import numpy as np

    exprs = [array_like(one) for one in arguments]
    shape = broadcast_shape(*exprs)
    places = list(_indices(shape))
    sizes: Any = shape
    spread = [
        broadcast(expr, shape) if isinstance(one, Node) else np.broadcast_to(one, sizes)
        for one, expr in zip(arguments, exprs, strict=True)
    ]
    found = [function(*[_entry(one, place) for one in spread]) for place in places]
    if not found:
        raise ArgumentError("vectorize: there are no entries to call the function on.")
    if isinstance(found[0], tuple):
        return tuple([_arranged(parts, shape) for parts in zip(*found, strict=True)])
    return _arranged(found, shape)


def _entry(array: Any, place: tuple[int, ...]) -> Any:
    return selected(array, *place) if isinstance(array, Node) else array[place]


def _arranged(entries: Sequence[Any], shape: Shape) -> Expr:
    return reshape(side_by_side([array_like(one) for one in entries], 0), shape)


def applied_over_axes(function: Callable[..., Any], x: Any, axes: Any) -> Expr:
    """Call a function with one axis after the other, as `numpy.apply_over_axes`."""
    expr = as_expr(x)
    rank = len(expr.shape)
    for one in whole_numbers(axes, "an axis"):
        place = axis_of(one, rank)
        found = as_expr(function(expr, place))
        expr = found if len(found.shape) == rank else expand_dims(found, place)
    return expr
