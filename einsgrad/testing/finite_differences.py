"""Finite differences of a function of one array: central, or by a complex step.

The complex step, `f(x + ih).imag / h`, has no cancellation and is exact to rounding
[1]_; it needs a function that is analytic and accepts complex arrays. The central
difference works for every function; its best step is the cube root of the rounding unit.

.. [1] W. Squire, G. Trapp, "Using complex variables to estimate derivatives of real
   functions", SIAM Review 40 (1998) 110-112.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeAlias

import numpy as np

from einsgrad.engine.binding import Array

Method: TypeAlias = Literal["complex step", "central difference"]

_COMPLEX_STEP = 1e-30


def directional_difference(
    function: Callable[[Array], Any], point: Array, direction: Array, method: Method
) -> Any:
    """Return the derivative of a function at a point along a direction.

    Parameters
    ----------
    function
        Maps an array to an array or number.
    point, direction
        Arrays of one shape. Real arrays are computed in double precision.
    method
        `"complex step"` for analytic functions of real arrays, or `"central difference"`.

    Examples
    --------
    >>> x = np.array([1.0, 2.0])
    >>> directional_difference(np.sum, x, np.array([1.0, 0.0]), "complex step")
    np.float64(1.0)
    """
    wide = point.astype(np.result_type(point.dtype, np.float64))
    if method == "complex step":
        return np.imag(function(wide + 1j * _COMPLEX_STEP * direction)) / _COMPLEX_STEP
    step = central_step(wide)
    return (function(wide + step * direction) - function(wide - step * direction)) / (2 * step)


def central_step(point: Array) -> float:
    """Return the step of a central difference for the size of the point's entries."""
    unit = np.finfo(point.dtype).eps
    return float(unit ** (1 / 3) * max(1.0, np.abs(point).max(initial=0.0)))


def _value_dtype(function: Callable[[Array], Any], point: Array) -> np.dtype[Any]:
    return np.result_type(point.dtype, np.asarray(function(point)).dtype, np.float64)


def entry_differences(
    function: Callable[[Array], Any], point: Array, method: Method, *, progress: bool = False
) -> Array:
    """Return the derivative of a number-valued function in every entry of the point.

    At a complex point it is `∂Re f/∂Re z - i ∂Re f/∂Im z`, the complex derivative where
    there is one. `progress` shows how far it is, by tqdm, once it has taken a second.

    Examples
    --------
    >>> x = np.array([1.0, 2.0])
    >>> entry_differences(lambda x: (x * x).sum(), x, "complex step")
    array([2., 4.])
    """
    result = np.zeros(point.shape, _value_dtype(function, point))
    entries: Iterable[tuple[int, ...]] = np.ndindex(point.shape)
    if progress:
        from tqdm import tqdm

        entries = tqdm(entries, "finite differences", point.size, leave=False, delay=1)
    for entry in entries:
        direction = np.zeros(point.shape)
        direction[entry] = 1
        slope = directional_difference(function, point, direction, method)
        if point.dtype.kind == "c":
            turned = directional_difference(function, point, 1j * direction, method)
            slope = np.real(slope) - 1j * np.real(turned)
        result[entry] = slope
    return result
