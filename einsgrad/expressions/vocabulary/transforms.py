"""Discrete Fourier transforms: contractions with a Fourier matrix, as `numpy.fft` has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError, ShapeError, as_sequence, clip
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.selecting import put_through
from einsgrad.expressions.selectors import Affine, Delta, Fourier
from einsgrad.expressions.vocabulary.application import (
    axis_of,
    whole_number,
    whole_numbers,
)
from einsgrad.expressions.vocabulary.arithmetic import add, conj, multiply, negative, real
from einsgrad.expressions.vocabulary.axis_parts import axis_part, between_zeros, turned_round
from einsgrad.expressions.vocabulary.functions import reciprocal, sqrt
from einsgrad.expressions.vocabulary.joining import array_like
from einsgrad.expressions.vocabulary.numpy_rearranging import lying_along

_OPPOSITE = {"backward": "forward", "ortho": "ortho", "forward": "backward"}


def fourier(x: Any, n: Any = None, axis: Any = -1, norm: Any = None) -> Expr:
    """Transform along an axis, as `numpy.fft.fft`."""
    return _transformed(array_like(x), n, axis, _norm(norm), inverse=False)


def inverse_fourier(x: Any, n: Any = None, axis: Any = -1, norm: Any = None) -> Expr:
    """Transform back along an axis, as `numpy.fft.ifft`."""
    return _transformed(array_like(x), n, axis, _norm(norm), inverse=True)


def real_fourier(x: Any, n: Any = None, axis: Any = -1, norm: Any = None) -> Expr:
    """Transform real entries; of the result one half is kept, as `numpy.fft.rfft`."""
    expr = array_like(x)
    if expr.is_complex:
        raise ArgumentTypeError(f"rfft: {clip(expr)} is complex. Use fft.")
    place = _axis(expr, axis)
    size = _known_size("rfft", _length(expr, place, n))
    full = _transformed(expr, size, place, _norm(norm), inverse=False)
    return axis_part(full, place, 0, size // 2 + 1)


def inverse_real_fourier(x: Any, n: Any = None, axis: Any = -1, norm: Any = None) -> Expr:
    """Transform back to real entries from one half of the frequencies, as `numpy.fft.irfft`."""
    expr = array_like(x)
    place = _axis(expr, axis)
    if n is None:
        size = 2 * (_known_size("irfft", expr.shape[place]) - 1)
    else:
        size = whole_number(n, "a number of points")
    _check_points(size)
    half = _with_length(expr, place, size // 2 + 1)
    weights = lying_along(_weights(size), place, len(expr.shape))
    return real(_transformed(multiply(weights, half), size, place, _norm(norm), inverse=True))


def _weights(size: int) -> Expr:
    """Return how often each frequency of one half stands in the whole: the ends stand once."""
    half = size // 2 + 1
    ends = {0} if size % 2 else {0, half - 1}
    singles = [negative(Affine(half, (), (), place)) for place in sorted(ends)]
    return add(multiply(2, Delta(half, 1)), *singles)


def hermitian_fourier(x: Any, n: Any = None, axis: Any = -1, norm: Any = None) -> Expr:
    """Transform one half of a signal whose spectrum is real, as `numpy.fft.hfft`."""
    return inverse_real_fourier(conj(array_like(x)), n, axis, _OPPOSITE[_norm(norm)])


def inverse_hermitian_fourier(x: Any, n: Any = None, axis: Any = -1, norm: Any = None) -> Expr:
    """Transform a real spectrum back to one half of its signal, as `numpy.fft.ihfft`."""
    return conj(real_fourier(x, n, axis, _OPPOSITE[_norm(norm)]))


def _transformed(expr: Expr, n: Any, axis: Any, norm: str, *, inverse: bool) -> Expr:
    place = _axis(expr, axis)
    size = _length(expr, place, n)
    spectrum = put_through(_with_length(expr, place, size), place, Fourier(size, inverse))
    if norm == ("forward" if inverse else "backward"):
        return spectrum
    share = reciprocal(Delta(size, 0)) if not isinstance(size, int) else 1 / size
    return multiply(share if norm != "ortho" else sqrt(share), spectrum)


def _axis(expr: Expr, axis: Any) -> int:
    if not expr.shape:
        raise ShapeError(f"fft: {clip(expr)} is a number. Give an axis or more.")
    return axis_of(axis, len(expr.shape))


def _norm(norm: Any) -> str:
    name = "backward" if norm is None else norm
    if name not in ("backward", "ortho", "forward"):
        raise ArgumentError(
            f"fft: norm={clip(norm)} is unknown. Give 'backward', 'ortho' or 'forward'."
        )
    return str(name)


def _length(expr: Expr, axis: int, n: Any) -> Dim:
    """Return the number of points, which is that of the axis if none is given."""
    if n is None or n == expr.shape[axis]:
        size = expr.shape[axis]
    else:
        size = whole_number(n, "a number of points")
    _check_points(size)
    return size


def _check_points(size: Dim) -> None:
    if isinstance(size, int) and size < 1:
        raise ArgumentError(f"fft: {size} is no number of points. Give 1 or more.")


def _known_size(name: str, dim: Dim) -> int:
    if not isinstance(dim, int):
        raise ArgumentError(
            f"{name}: one half of dim {dim} is not known. Declare the variable with sizes, or "
            "use fft."
        )
    return dim


def _with_length(expr: Expr, axis: int, size: Dim) -> Expr:
    """Cut an axis, or put zeros behind its entries."""
    dim = expr.shape[axis]
    if dim == size:
        return expr
    if isinstance(dim, int) and isinstance(size, int) and dim < size:
        return between_zeros(expr, axis, 0, size - dim)
    return axis_part(expr, axis, 0, size)


def along_axes(
    one: Callable[..., Expr], last: Callable[..., Expr], *, first: bool, default: Any = None
) -> Callable[..., Expr]:
    """Return a transform along several axes, as `numpy.fft.rfftn`.

    Parameters
    ----------
    one, last
        The transforms of an axis, and of the last one.
    first
        Whether the last axis comes first.
    default
        The axes, if none are named.
    """

    def transformed(x: Any, s: Any = None, axes: Any = default, norm: Any = None) -> Expr:
        expr = array_like(x)
        places, sizes = _places(expr, s, axes)
        if one is not last and not places:
            raise ArgumentError("fft: there is no axis of which one half is kept. Name one.")
        if s is None and sizes and not first:
            # How long the whole is that the last axis is one half of.
            sizes[-1] = None
        steps = [*((one, *pair) for pair in zip(places[:-1], sizes[:-1], strict=True))][::-1]
        ends = [(last, places[-1], sizes[-1])] if places else []
        for transform, place, size in ends + steps if first else steps[::-1] + ends:
            expr = transform(expr, size, place, norm)
        return expr

    return transformed


def _places(expr: Expr, s: Any, axes: Any) -> tuple[list[int], list[Any]]:
    """Return the axes that are transformed, and their numbers of points."""
    rank = len(expr.shape)
    counts = None if s is None else whole_numbers(as_sequence(s, "fft"), "a number of points")
    if axes is not None:
        named = whole_numbers(axes, "an axis")
    else:
        named = tuple(range(rank)) if counts is None else tuple(range(-len(counts), 0))
    places = [axis_of(one, rank) for one in named]
    if counts is None:
        return places, [expr.shape[place] for place in places]
    if len(counts) != len(places):
        raise ArgumentError(f"fft: {clip(s)} and {clip(axes)} differ in length. Pair them.")
    pairs = zip(counts, places, strict=True)
    return places, [expr.shape[place] if count == -1 else count for count, place in pairs]


def frequencies_shifted(sign: int) -> Callable[..., Expr]:
    """Return what moves frequency 0 to the middle of axes, or back, as `numpy.fft.fftshift`."""

    def shifted(x: Any, axes: Any = None) -> Expr:
        expr = array_like(x)
        rank = len(expr.shape)
        if not rank:
            raise ShapeError(f"fftshift: {clip(expr)} is a number. Give an axis or more.")
        named = range(rank) if axes is None else whole_numbers(axes, "an axis")
        for axis in [axis_of(one, rank) for one in named]:
            size = _known_size("fftshift", expr.shape[axis])
            expr = turned_round(expr, axis, size // 2 if sign > 0 else -(size // 2))
        return expr

    return shifted
