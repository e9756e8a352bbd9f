"""Checking a backward pass that a user wrote, einsum or not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array, as_array
from einsgrad.engine.random_arrays import random_like
from einsgrad.errors import GradientMismatch
from einsgrad.testing.comparison import (
    Comparison,
    GradientReport,
    Mode,
    Setting,
    compare,
    merged,
)
from einsgrad.testing.finite_differences import Method, directional_difference


def check_pullback(
    function: Callable[..., Any],
    pullback: Callable[..., Sequence[Any]],
    operands: Sequence[Any],
    *,
    mode: Mode = "entries",
    method: Method = "central difference",
    seed: int = 0,
    directions: int = 3,
    tolerance: float | None = None,
) -> GradientReport:
    """Check a hand-written backward pass against finite differences.

    Parameters
    ----------
    function
        Maps the operands to an array.
    pullback
        Maps a cotangent and the operands to one cotangent for each operand.
    operands
        Arrays; those of integer dtype are passed on and not differentiated in.
    mode, seed, directions, tolerance
        As for `check_grads`.
    method
        `"complex step"` is exact to rounding where the function is analytic.

    Raises
    ------
    GradientMismatch
        If a derivative differs.

    Examples
    --------
    >>> report = check_pullback(np.dot, lambda g, A, x: (np.outer(g, x), A.T @ g),
    ...                         [np.eye(2), np.ones(2)])
    >>> report.derivatives
    2
    """
    arrays = [as_array(value, f"operand {place}") for place, value in enumerate(operands)]
    value = as_array(function(*arrays), "the value")
    g = random_like(value.shape, value.dtype, seed)
    cotangents = pullback(g, *arrays)
    if len(cotangents) != len(arrays):
        raise GradientMismatch(
            f"the pullback returns {len(cotangents)} cotangents for {len(arrays)} operands."
        )
    setting = Setting(mode, directions, seed, tolerance)
    reports = []
    for place, (array, claimed) in enumerate(zip(arrays, cotangents, strict=True)):
        if array.dtype.kind in "fc":
            loss = _partial_loss(function, arrays, place, g)
            what = f"operand {place}"
            claim = as_array(claimed, f"the cotangent of {what}")
            size = np.full(array.shape, np.abs(entry_size(claim, loss, array, method)))
            reports.append(compare(Comparison(what, loss, array, claim, size, method), setting))
    return merged(reports)


def entry_size(claimed: Array, loss: Callable[[Array], Any], point: Array, method: Method) -> float:
    """Return the size that differences of a function of unknown terms are measured by."""
    along = directional_difference(loss, point, np.ones(point.shape), method)
    return float(max(np.abs(claimed).max(initial=0.0), np.abs(along), np.abs(loss(point))))


def _partial_loss(
    function: Callable[..., Any], arrays: Sequence[Array], place: int, g: Array
) -> Callable[[Array], Any]:
    def loss(point: Array) -> Any:
        return np.sum(g * function(*arrays[:place], point, *arrays[place + 1 :]))

    return loss
