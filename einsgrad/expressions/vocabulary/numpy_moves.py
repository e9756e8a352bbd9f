"""What numpy's functions that move, join, repeat, cumulate and transform entries become."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from einsgrad.expressions.vocabulary import (
    cross_products,
    cumulative,
    differences,
    joining,
    linear,
    padding,
    repeating,
    samples,
    splitting,
    transforms,
    triangles,
    windows,
)
from einsgrad.expressions.vocabulary import numpy_counting as counting
from einsgrad.expressions.vocabulary import numpy_polynomials as polynomials
from einsgrad.expressions.vocabulary import numpy_spaces as spaces
from einsgrad.expressions.vocabulary.numpy_missing import with_nan_as
from einsgrad.expressions.vocabulary.numpy_statistics import along

_JOINED = "arrays, /, axis=0, ~out=None, *, ~dtype=None, ~casting='same_kind'"
_IN_ROW = "tup, *, ~dtype=None, ~casting='same_kind'"
_RUNNING = "a, axis=None, <dtype=None, ~out=None"
_CUMULATIVE = "x, /, *, axis=None, <dtype=None, ~out=None, include_initial=False"
_SECTIONS = "ary, indices_or_sections"
_TRANSFORM = "a, n=None, axis=-1, norm=None, ~out=None"
_PLANE = "a, s=None, axes=(-2, -1), norm=None, ~out=None"
_SPACE = "a, s=None, axes=None, norm=None, ~out=None"
_LAST_TWO = (-2, -1)

_FOURIER = transforms.fourier, transforms.fourier
_INVERSE = transforms.inverse_fourier, transforms.inverse_fourier
_REAL = transforms.fourier, transforms.real_fourier
_INVERSE_REAL = transforms.inverse_fourier, transforms.inverse_real_fourier

# By path, what a function becomes, and its parameters.
MOVES: dict[str, tuple[Callable[..., Any], str]] = {
    "concatenate": (joining.concatenated, _JOINED),
    "stack": (joining.stacked_arrays, _JOINED.replace(" /,", "")),
    "hstack": (joining.hstacked, _IN_ROW),
    "vstack": (joining.vstacked, _IN_ROW),
    "dstack": (joining.dstacked, "tup"),
    "column_stack": (joining.column_stacked, "tup"),
    "block": (joining.block_array, "arrays"),
    "append": (joining.appended, "arr, values, axis=None"),
    "array": (
        joining.array_like,
        "object, ~dtype=None, *, ~copy=True, ~order='K', ~subok=False, ~ndmin=0, ~ndmax=0",
    ),
    "asarray": (
        joining.array_like,
        "a, ~dtype=None, ~order=None, *, ~device=None, ~copy=None",
    ),
    "split": (splitting.split_equally, f"{_SECTIONS}, axis=0"),
    "array_split": (splitting.split_nearly, f"{_SECTIONS}, axis=0"),
    "hsplit": (splitting.split_along("hsplit", 1, 1), _SECTIONS),
    "vsplit": (splitting.split_along("vsplit", 2, 0), _SECTIONS),
    "dsplit": (splitting.split_along("dsplit", 3, 2), _SECTIONS),
    "unstack": (splitting.unstacked, "x, /, *, axis=0"),
    "repeat": (repeating.repeated, "a, repeats, axis=None"),
    "tile": (repeating.tiled, "A, reps"),
    "resize": (repeating.resized, "a, new_shape"),
    "roll": (repeating.rolled, "a, shift, axis=None"),
    "flip": (along(repeating.turned_over), "m, axis=None"),
    "fliplr": (repeating.turned_over_along("fliplr", 1), "m"),
    "flipud": (repeating.turned_over_along("flipud", 0), "m"),
    "rot90": (repeating.rotated, "m, k=1, axes=(0, 1)"),
    "pad": (
        padding.padded,
        "array, pad_width, mode='constant', *, stat_length=..., constant_values=..., "
        "end_values=..., reflect_type=...",
    ),
    "diff": (differences.neighbour_differences, "a, n=1, axis=-1, prepend=..., append=..."),
    "ediff1d": (differences.flat_differences, "ary, to_end=None, to_begin=None"),
    "gradient": (differences.gradient_of_samples, "f, *varargs, axis=None, edge_order=1"),
    "trapezoid": (differences.trapezoid_integral, "y, x=None, dx=1.0, axis=-1"),
    "cumsum": (cumulative.running_sum, _RUNNING),
    "cumprod": (cumulative.running_product, _RUNNING),
    "nancumsum": (with_nan_as(0, cumulative.running_sum), _RUNNING),
    "nancumprod": (with_nan_as(1, cumulative.running_product), _RUNNING),
    "cumulative_sum": (cumulative.cumulative_sum, _CUMULATIVE),
    "cumulative_prod": (cumulative.cumulative_prod, _CUMULATIVE),
    "tril": (triangles.lower_triangle, "m, k=0"),
    "triu": (triangles.upper_triangle, "m, k=0"),
    "diag": (linear.diag, "v, k=0"),
    "diagflat": (triangles.diag_of_flat, "v, k=0"),
    "diagonal": (linear.diagonal, "a, offset=0, axis1=0, axis2=1"),
    "trace": (linear.trace, "a, offset=0, axis1=0, axis2=1, <dtype=None, ~out=None"),
    "linalg.diagonal": (
        lambda x, offset=0: linear.diagonal(x, offset, -2, -1),
        "x, /, *, offset=0",
    ),
    "linalg.trace": (
        lambda x, offset=0: linear.trace(x, offset=offset, axis1=-2, axis2=-1),
        "x, /, *, offset=0, <dtype=None",
    ),
    "cross": (cross_products.cross, "a, b, axisa=-1, axisb=-1, axisc=-1, axis=None"),
    "linalg.cross": (cross_products.cross_in_space, "x1, x2, /, *, axis=-1"),
    "lib.stride_tricks.sliding_window_view": (
        windows.sliding_windows,
        "x, window_shape, axis=None, *, ~subok=False, ~writeable=False",
    ),
    "convolve": (windows.convolved, "a, v, mode='full'"),
    "correlate": (windows.correlated, "a, v, mode='valid'"),
    "meshgrid": (samples.grids, "*xi, ~copy=True, sparse=False, indexing='xy'"),
    "vander": (samples.vandermonde, "x, N=None, increasing=False"),
    "polyval": (samples.polynomial, "p, x"),
    "polyadd": (polynomials.polynomial_sum, "a1, a2"),
    "polysub": (polynomials.polynomial_difference, "a1, a2"),
    "polymul": (polynomials.polynomial_product, "a1, a2"),
    "polyder": (polynomials.polynomial_derivative, "p, m=1"),
    "polyint": (polynomials.polynomial_integral, "p, m=1, k=None"),
    "roots": (polynomials.polynomial_roots, "p"),
    "polyfit": (
        polynomials.fitted_polynomial,
        "x, y, deg, ~rcond=None, ~full=False, w=None, ~cov=False",
    ),
    "poly": (polynomials.polynomial_with_roots, "seq_of_zeros"),
    "linspace": (
        spaces.evenly_between,
        "start, stop, num=50, endpoint=True, retstep=False, >dtype=None, axis=0, *, ~device=None",
    ),
    "geomspace": (
        spaces.by_one_factor,
        "start, stop, num=50, endpoint=True, >dtype=None, axis=0",
    ),
    "logspace": (
        spaces.powers_between,
        "start, stop, num=50, endpoint=True, base=10.0, >dtype=None, axis=0",
    ),
    "searchsorted": (counting.places_in_order, "a, v, side='left', sorter=None"),
    "digitize": (counting.places_in_bins, "x, bins, right=False"),
    "unwrap": (
        counting.without_jumps,
        "p, discont=None, axis=-1, *, period=6.283185307179586",
    ),
    "interp": (samples.interpolated, "x, xp, fp, left=None, right=None, period=None"),
    "fft.fft": (transforms.fourier, _TRANSFORM),
    "fft.ifft": (transforms.inverse_fourier, _TRANSFORM),
    "fft.rfft": (transforms.real_fourier, _TRANSFORM),
    "fft.irfft": (transforms.inverse_real_fourier, _TRANSFORM),
    "fft.hfft": (transforms.hermitian_fourier, _TRANSFORM),
    "fft.ihfft": (transforms.inverse_hermitian_fourier, _TRANSFORM),
    "fft.fft2": (transforms.along_axes(*_FOURIER, first=True, default=_LAST_TWO), _PLANE),
    "fft.ifft2": (transforms.along_axes(*_INVERSE, first=True, default=_LAST_TWO), _PLANE),
    "fft.rfft2": (transforms.along_axes(*_REAL, first=True, default=_LAST_TWO), _PLANE),
    "fft.irfft2": (transforms.along_axes(*_INVERSE_REAL, first=False, default=_LAST_TWO), _PLANE),
    "fft.fftn": (transforms.along_axes(*_FOURIER, first=True), _SPACE),
    "fft.ifftn": (transforms.along_axes(*_INVERSE, first=True), _SPACE),
    "fft.rfftn": (transforms.along_axes(*_REAL, first=True), _SPACE),
    "fft.irfftn": (transforms.along_axes(*_INVERSE_REAL, first=False), _SPACE),
    "fft.fftshift": (transforms.frequencies_shifted(1), "x, axes=None"),
    "fft.ifftshift": (transforms.frequencies_shifted(-1), "x, axes=None"),
}
