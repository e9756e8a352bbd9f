"""Convolutions and correlations along several axes, as `scipy.signal` has them.

What scipy sums directly is one einsum with a selector for each axis; what it computes by Fourier
transforms is a product of those.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.selectors import Affine
from einsgrad.expressions.vocabulary.application import axis_of, whole_numbers
from einsgrad.expressions.vocabulary.arithmetic import conj, multiply
from einsgrad.expressions.vocabulary.axis_parts import axis_part, backwards
from einsgrad.expressions.vocabulary.joining import array_like
from einsgrad.expressions.vocabulary.padding import padded
from einsgrad.expressions.vocabulary.transforms import (
    along_axes,
    fourier,
    inverse_fourier,
    inverse_real_fourier,
    real_fourier,
)
from einsgrad.strings.subscripts import Subscripts

_MODES = ("full", "valid", "same")
_METHODS = ("auto", "direct", "fft")
_PADDINGS = {
    **dict.fromkeys(["fill", "pad"], "constant"),
    **dict.fromkeys(["wrap", "circular"], "wrap"),
    **dict.fromkeys(["symm", "symmetric"], "symmetric"),
}
_REAL = along_axes(fourier, real_fourier, first=True)
_INVERSE_REAL = along_axes(inverse_fourier, inverse_real_fourier, first=False)
_FOURIER = along_axes(fourier, fourier, first=True)
_INVERSE = along_axes(inverse_fourier, inverse_fourier, first=True)


class _Pair(NamedTuple):
    """What is convolved: the second is turned round for a correlation."""

    first: Expr
    second: Expr
    turned: bool

    @property
    def sizes(self) -> tuple[Any, Any]:
        """The shapes."""
        return self.first.shape, self.second.shape


def convolved_along_all(
    name: str, in1: Any, in2: Any, mode: Any = "full", method: Any = "auto"
) -> Expr:
    """Convolve or correlate along all axes, as `scipy.signal.convolve` and `correlate`."""
    pair = _pair(name, in1, in2)
    _check(name, "mode", mode, _MODES)
    _check(name, "method", method, _METHODS)
    if not pair.first.shape:
        return multiply(pair.first, pair.second)
    swapped = _is_swapped(name, pair, mode, range(len(pair.first.shape)))
    if method == "auto":
        method = _faster_method(pair, mode)
    if method == "fft":
        return _by_transforms(name, pair, mode, None)
    return _summed(pair, _parts(pair, mode), swapped)


def convolved_by_transforms(
    name: str, in1: Any, in2: Any, mode: Any = "full", axes: Any = None
) -> Expr:
    """Convolve along some axes, as `scipy.signal.fftconvolve`; the others broadcast."""
    pair = _pair(name, in1, in2)
    _check(name, "mode", mode, _MODES)
    if not pair.first.shape:
        return multiply(pair.first, pair.second)
    return _by_transforms(name, pair, mode, axes)


def convolved_in_planes(
    name: str, in1: Any, in2: Any, mode: Any = "full", boundary: Any = "fill", fillvalue: Any = 0
) -> Expr:
    """Convolve or correlate matrices with what is beyond their ends, as `convolve2d`."""
    pair = _pair(name, in1, in2)
    _check(name, "mode", mode, _MODES)
    _check(name, "boundary", boundary, tuple(_PADDINGS))
    if len(pair.first.shape) != 2:
        raise ShapeError(f"{name}: {clip(pair.first)} is no matrix. Use scipy.signal.convolve.")
    swapped = _is_swapped(name, pair, mode, range(2))
    if swapped and pair.turned:
        # `correlate2d` conjugates the smaller one.
        pair = pair._replace(first=conj(pair.first), second=conj(pair.second))
    parts = _parts(pair, mode)
    if mode == "same" and pair.turned:
        # `correlate2d` has another middle where the number of entries is even.
        parts = [(count // 2, size) for size, count in zip(*pair.sizes, strict=True)]
    kind = _PADDINGS[boundary]
    if mode == "valid" or (kind == "constant" and _is_zero(fillvalue)):
        return _summed(pair, parts, swapped)
    filling = {"constant_values": fillvalue} if kind == "constant" else {}
    widths = [
        (count - 1 - start, start + number - size)
        for (start, number), size, count in zip(parts, *pair.sizes, strict=True)
    ]
    longer = pair._replace(first=padded(pair.first, widths, kind, **filling))
    return _summed(longer, _parts(longer, "valid"), False)


def _is_zero(value: Any) -> bool:
    return isinstance(value, int | float | complex) and value == 0


def _pair(name: str, in1: Any, in2: Any) -> _Pair:
    one, other = array_like(in1), array_like(in2)
    if len(one.shape) != len(other.shape):
        raise ShapeError(
            f"{name}: {clip(one)} has {len(one.shape)} axes and {clip(other)} {len(other.shape)}. "
            "Give both the same number."
        )
    for expr in (one, other):
        if not all(isinstance(dim, int) and dim > 0 for dim in expr.shape):
            raise ShapeError(
                f"{name}: {clip(expr)} has an axis without entries, or of unknown size. "
                "Give sizes of 1 or more."
            )
    turned = name.startswith("correlate")
    return _Pair(one, conj(other) if turned else other, turned)


def _check(name: str, option: str, value: Any, known: Sequence[str]) -> None:
    if value not in known:
        raise ArgumentError(f"{name}: {option}={clip(value)} is none of {', '.join(known)}.")


def _is_swapped(name: str, pair: _Pair, mode: str, axes: Sequence[int]) -> bool:
    """Tell whether the second is the longer along all axes, where no end may stand out."""
    sizes = [(pair.first.shape[axis], pair.second.shape[axis]) for axis in axes]
    if mode != "valid" or all(_is_at_least(*one) for one in sizes):
        return False
    if not all(_is_at_least(*one[::-1]) for one in sizes):
        raise ArgumentError(
            f"{name}: mode='valid' needs one operand that is as long as the other along each "
            f"axis, and {clip(pair.first.shape)} and {clip(pair.second.shape)} are given. Use "
            "mode='full' or 'same'."
        )
    return True


def _is_at_least(one: Any, other: Any) -> bool:
    return bool(one >= other)


def _faster_method(pair: _Pair, mode: str) -> str:
    """Ask scipy which way is faster: it looks at shapes and kinds."""
    import numpy as np
    from scipy.signal import choose_conv_method

    arrays = [np.broadcast_to(0.0, shape) for shape in pair.sizes]
    return str(choose_conv_method(*arrays, mode=mode))


def _part(mode: str, size: int, count: int) -> tuple[int, int]:
    """Return where a mode's part of a full convolution begins, and how long it is."""
    if mode == "full":
        return 0, size + count - 1
    if mode == "same":
        return (count - 1) // 2, size
    return min(size, count) - 1, abs(size - count) + 1


def _parts(pair: _Pair, mode: str) -> list[tuple[int, int]]:
    return [_part(mode, size, count) for size, count in zip(*pair.sizes, strict=True)]


def _summed(pair: _Pair, parts: Sequence[tuple[int, int]], swapped: bool) -> Expr:
    """Contract windows of the first with the second, along all axes."""
    lists: list[tuple[tuple[str, int], ...]] = []
    selectors = []
    rank = len(pair.first.shape)
    for axis, (size, count) in enumerate(zip(*pair.sizes, strict=True)):
        start, number = parts[axis]
        # The index of the first is that of the result plus `start`, less that of the second.
        strides, offset = (1, -1), start
        if pair.turned:
            strides, offset = (1, 1), start - (count - 1)
        target, sources = size, (number, count)
        labels = (("first", axis), ("place", axis), ("second", axis))
        if swapped:
            # Written for the index of the second, which has the more entries.
            strides, offset = ((-1, 1), -offset) if pair.turned else ((1, -1), offset)
            target, sources, labels = count, (number, size), (labels[2], labels[1], labels[0])
        selectors.append(Affine(target, sources, strides, offset))
        lists.append(labels)
    lists += [tuple((side, axis) for axis in range(rank)) for side in ("first", "second")]
    output = tuple(("place", axis) for axis in range(rank))
    return build_einsum(Subscripts(tuple(lists), output), (*selectors, pair.first, pair.second))


def _by_transforms(name: str, pair: _Pair, mode: str, axes: Any) -> Expr:
    """Multiply transforms; axes along which one has a single entry broadcast."""
    sizes = list(zip(*pair.sizes, strict=True))
    rank = len(sizes)
    named = range(rank) if axes is None else whole_numbers(_as_axes(axes), "an axis")
    if not len(named):
        raise ArgumentError(f"{name}: axes={clip(axes)} is empty. Leave it out, or name an axis.")
    places = [axis for axis in (axis_of(one, rank) for one in named) if 1 not in sizes[axis]]
    for axis, (size, count) in enumerate(sizes):
        if axis not in places and size != count and 1 not in (size, count):
            raise ShapeError(
                f"{name}: axis {axis} is not among the axes, and its sizes are {size} and {count}."
                " Name it, or give sizes that broadcast."
            )
    _is_swapped(name, pair, mode, places)
    second = backwards(pair.second, *range(rank)) if pair.turned else pair.second
    whole = _transformed_product(pair.first, second, places)
    for axis, (size, count) in enumerate(sizes):
        total = size + count - 1 if axis in places else max(size, count)
        number = _part(mode, size, count)[1] if axis in places else total
        number = size if mode == "same" else number
        whole = axis_part(whole, axis, (total - number) // 2, number)
    return whole


def _transformed_product(one: Expr, other: Expr, axes: list[int]) -> Expr:
    if not axes:
        return multiply(one, other)
    from scipy.fft import next_fast_len

    is_complex = one.is_complex or other.is_complex
    sizes: Any = [(one.shape[axis], other.shape[axis]) for axis in axes]
    lengths = [next_fast_len(size + count - 1, not is_complex) for size, count in sizes]
    forth, back = (_FOURIER, _INVERSE) if is_complex else (_REAL, _INVERSE_REAL)
    return back(multiply(forth(one, lengths, axes), forth(other, lengths, axes)), lengths, axes)


def _as_axes(axes: Any) -> Any:
    return axes if isinstance(axes, list | tuple) or hasattr(axes, "__len__") else (axes,)


SIGNALS: Mapping[str, tuple[Callable[..., Any], str]] = {
    **{
        name: (partial(convolved_along_all, name), "in1, in2, mode='full', method='auto'")
        for name in ("convolve", "correlate")
    },
    **{
        name: (partial(convolved_by_transforms, name), "in1, in2, mode='full', axes=None")
        for name in ("fftconvolve", "oaconvolve")
    },
    **{
        name: (
            partial(convolved_in_planes, name),
            "in1, in2, mode='full', boundary='fill', fillvalue=0",
        )
        for name in ("convolve2d", "correlate2d")
    },
}
