"""Functions of `scipy.integrate` and `scipy.fft`: of samples, those that numpy has too.

What solves differential equations needs derivatives of the right side, and stands further up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.operators import call_operation
from einsgrad.expressions.vocabulary import differences
from einsgrad.expressions.vocabulary.cumulative import cumulative_sum
from einsgrad.expressions.vocabulary.joining import array_like
from einsgrad.expressions.vocabulary.numpy_moves import MOVES

Functions = Mapping[str, tuple[Callable[..., Any], str]]

_HOW = "-overwrite_x=False, -workers=None, *, ~plan=None"
_ONE_AXIS = f"x, n=None, axis=-1, norm=None, {_HOW}"


def cumulative_trapezoid(
    y: Any, x: Any = None, dx: Any = 1.0, axis: Any = -1, initial: Any = None
) -> Expr:
    """Integrate samples up to each by trapezoids, as `scipy.integrate.cumulative_trapezoid`."""
    if initial is not None and not (isinstance(initial, int | float) and initial == 0):
        raise ArgumentError(f"initial={clip(initial)} is neither None nor 0. Add it to the result.")
    pieces = differences.trapezoids(array_like(y), x, dx, axis)
    return cumulative_sum(pieces, axis, include_initial=initial is not None)


INTEGRALS: Functions = {
    "cumulative_trapezoid": (cumulative_trapezoid, "y, x=None, dx=1.0, axis=-1, initial=None"),
    "trapezoid": (differences.trapezoid_integral, "y, x=None, dx=1.0, axis=-1"),
}
EQUATIONS: Functions = {
    "odeint": (
        partial(call_operation, "odeint"),
        "func, y0, t, args=(), -Dfun=None, -col_deriv=0, ~full_output=0, -ml=None, -mu=None, "
        "rtol=None, atol=None, tcrit=None, h0=0.0, hmax=0.0, hmin=0.0, -ixpr=0, mxstep=0, "
        "mxhnil=0, mxordn=12, mxords=5, printmessg=0, tfirst=False",
    ),
    "solve_ivp": (
        partial(call_operation, "solve_ivp"),
        "fun, t_span, y0, method='RK45', t_eval=None, ~dense_output=False, ~events=None, "
        "-vectorized=False, args=None, *, rtol=1e-3, atol=1e-6, first_step=None, max_step=None, "
        "min_step=0.0, -jac=None, -jac_sparsity=None, -lband=None, -uband=None",
    ),
}
FOURIER: Functions = {
    **{
        name: (MOVES[f"fft.{name}"][0], _ONE_AXIS)
        for name in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")
    },
    **{
        name: (MOVES[f"fft.{name}"][0], f"x, s=None, axes=(-2, -1), norm=None, {_HOW}")
        for name in ("fft2", "ifft2", "rfft2", "irfft2")
    },
    **{
        name: (MOVES[f"fft.{name}"][0], f"x, s=None, axes=None, norm=None, {_HOW}")
        for name in ("fftn", "ifftn", "rfftn", "irfftn")
    },
}
FREQUENCIES: Functions = {
    name: (MOVES[f"fft.{name}"][0], "x, axes=None") for name in ("fftshift", "ifftshift")
}
