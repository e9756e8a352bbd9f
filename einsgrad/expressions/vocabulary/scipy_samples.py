"""Functions of samples: those of `scipy.integrate` and `scipy.fft` that numpy has too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from einsgrad.expressions.vocabulary import differences, transforms

Functions = Mapping[str, tuple[Callable[..., Any], str]]

_ONE_AXIS = "x, n=None, axis=-1, norm=None, -overwrite_x=False, -workers=None, *, ~plan=None"

INTEGRALS: Functions = {
    "trapezoid": (differences.trapezoid_integral, "y, x=None, dx=1.0, axis=-1"),
}
FOURIER: Functions = {
    name: (transform, _ONE_AXIS)
    for name, transform in {
        "fft": transforms.fourier,
        "ifft": transforms.inverse_fourier,
        "rfft": transforms.real_fourier,
        "irfft": transforms.inverse_real_fourier,
        "hfft": transforms.hermitian_fourier,
        "ihfft": transforms.inverse_hermitian_fourier,
    }.items()
}
