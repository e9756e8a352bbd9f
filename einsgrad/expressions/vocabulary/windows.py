"""Windows that slide over axes, convolutions and correlations, as numpy has them."""

from __future__ import annotations

from typing import Any

from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.dims import Dim, is_at_least, linear
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.selecting import viewed
from einsgrad.expressions.selectors import Affine
from einsgrad.expressions.shaping import permute
from einsgrad.expressions.vocabulary.application import axis_of, whole_number
from einsgrad.expressions.vocabulary.arithmetic import conj
from einsgrad.expressions.vocabulary.axis_parts import backwards
from einsgrad.expressions.vocabulary.joining import array_like
from einsgrad.expressions.vocabulary.numpy_rearranging import at_least
from einsgrad.strings.subscripts import Subscripts


def sliding_windows(x: Any, window_shape: Any, axis: Any = None) -> Expr:
    """Return the windows of an array, as `numpy.lib.stride_tricks.sliding_window_view`."""
    expr = array_like(x)
    rank = len(expr.shape)
    shape = window_shape if isinstance(window_shape, list | tuple) else (window_shape,)
    sizes = [whole_number(size, "a window") for size in shape]
    axes = _window_axes(axis, rank, len(sizes))
    for place, size in zip(axes, sizes, strict=True):
        expr = _windowed(expr, place, size)
    return expr


def _window_axes(axis: Any, rank: int, number: int) -> list[int]:
    if axis is None:
        axes = list(range(rank))
    else:
        given = axis if isinstance(axis, list | tuple) else (axis,)
        axes = [axis_of(one, rank) for one in given]
    if len(axes) != number:
        raise ArgumentError(
            f"sliding_window_view: {number} windows are given for {len(axes)} axes. Pair them."
        )
    return axes


def _windowed(expr: Expr, axis: int, size: int) -> Expr:
    dim = expr.shape[axis]
    count = linear((1, dim), (-1, size), (1, 1))
    if size < 0 or (isinstance(count, int) and count <= 0):
        raise ArgumentError(
            f"sliding_window_view: a window of {size} does not fit into an axis of size {dim}."
        )
    seen = viewed(expr, axis, [count, size], [1, 1])
    rank = len(seen.shape)
    return permute(seen, [a for a in range(rank) if a != axis + 1] + [axis + 1])


def convolved(x: Any, y: Any, mode: Any = "full") -> Expr:
    """Convolve two vectors, as `numpy.convolve`."""
    one, other = _vectors("convolve", x, y)
    if _is_shorter(one.shape[0], other.shape[0]):
        one, other = other, one
    return _convolution(one, other, _mode("convolve", mode))


def correlated(x: Any, y: Any, mode: Any = "valid") -> Expr:
    """Correlate two vectors, the second conjugated, as `numpy.correlate`."""
    one, other = _vectors("correlate", x, y)
    kind = _mode("correlate", mode)
    other = conj(other)
    if _is_shorter(one.shape[0], other.shape[0]):
        # The lag counts the other way.
        return backwards(_correlation(other, one, kind), 0)
    return _correlation(one, other, kind)


def _vectors(name: str, x: Any, y: Any) -> tuple[Expr, Expr]:
    pair = (at_least(1)(array_like(x)), at_least(1)(array_like(y)))
    for expr in pair:
        if len(expr.shape) != 1:
            raise ShapeError(f"{name}: {clip(expr)} is no vector. Convolve along one axis.")
        if expr.shape[0] == 0:
            raise ArgumentError(f"{name}: {clip(expr)} has no entries. Give one or more.")
    return pair


def _mode(name: str, mode: Any) -> str:
    modes = ("valid", "same", "full")
    if mode not in modes:
        raise ArgumentError(f"{name}: mode={clip(mode)} is none of {', '.join(modes)}.")
    return str(mode)


def _is_shorter(one: Dim, other: Dim) -> bool:
    """Tell whether an axis is the shorter; a name is taken for longer than a number."""
    known = is_at_least(one, other)
    return not known if known is not None else isinstance(one, int)


def _correlation(one: Expr, other: Expr, mode: str) -> Expr:
    """Contract windows of the longer vector with the shorter."""
    return _contracted(one, other, mode, 1, linear((-1, _overhang(other.shape[0], mode))))


def _convolution(one: Expr, other: Expr, mode: str) -> Expr:
    """Contract windows of the longer vector with the shorter one backwards."""
    count = other.shape[0]
    offset = linear((1, count), (-1, 1), (-1, _overhang(count, mode)))
    return _contracted(one, other, mode, -1, offset)


def _overhang(count: Dim, mode: str) -> Dim:
    """Return how many entries of the shorter vector the first window has before the longer."""
    if mode == "full":
        return linear((1, count), (-1, 1))
    if mode == "valid":
        return 0
    if isinstance(count, int):
        return count // 2
    raise ArgumentError(
        f"the half of dim {count} is not known. Declare the shorter vector with a size."
    )


def _contracted(one: Expr, other: Expr, mode: str, stride: int, offset: Dim) -> Expr:
    size, count = one.shape[0], other.shape[0]
    less_one = linear((1, count), (-1, 1))
    longer: dict[str, Dim] = {"full": less_one, "same": 0, "valid": linear((-1, less_one))}
    places = linear((1, size), (1, longer[mode]))
    selector = Affine(size, (places, count), (1, stride), offset)
    lists = (("all", "place", "window"), ("all",), ("window",))
    return build_einsum(Subscripts(lists, ("place",)), (selector, one, other))
