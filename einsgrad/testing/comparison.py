"""One comparison of a claimed derivative with finite differences, and its report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from einsgrad.claims.whole import likely_cause
from einsgrad.engine.binding import Array
from einsgrad.engine.random_arrays import random_like
from einsgrad.errors import ArgumentError, GradientMismatch, as_flag, as_text, clip
from einsgrad.expressions.construct import as_size
from einsgrad.html import text_html
from einsgrad.progress import require_tqdm
from einsgrad.testing.finite_differences import (
    Method,
    directional_difference,
    entry_differences,
)

Mode: TypeAlias = Literal["entries", "directions"]

# Rounding errors of long sums, a central difference's truncation, entries worth a diagnosis.
_SLACK = 64
CENTRAL = 1e-6
_DIAGNOSED = 1000


@dataclass(frozen=True, slots=True)
class GradientReport:
    """What a successful check has seen.

    Parameters
    ----------
    derivatives
        How many derivatives were compared.
    numbers
        How many finite differences were taken.
    error
        The largest difference, relative to the sizes of the terms that make an entry.
    order
        The highest order that was checked.
    method
        How the differences were taken.
    """

    derivatives: int
    numbers: int
    error: float
    order: int
    method: Method

    def _repr_html_(self) -> str:
        return text_html(f"✓ {self}")

    def __str__(self) -> str:
        return (
            f"agrees with {self.numbers} finite differences up to order {self.order} "
            f"({self.method}), relative error {self.error:.1e}"
        )


@dataclass(frozen=True, slots=True)
class Setting:
    """How to compare: entry by entry or along random directions, with which random numbers."""

    mode: Mode
    directions: int
    seed: int
    tolerance: float | None
    progress: bool = False

    def __post_init__(self) -> None:
        if as_text(self.mode, "mode") not in get_args(Mode):
            raise ArgumentError(f"mode={clip(self.mode)} is neither 'entries' nor 'directions'.")
        if not as_size(self.directions):
            raise ArgumentError(f"directions={clip(self.directions)} is too few. Take at least 1.")
        if as_size(self.seed) is None:
            raise ArgumentError(f"seed={clip(self.seed)} is no seed. Give an integer from 0 on.")
        if self.tolerance is not None and not _is_tolerance(self.tolerance):
            raise ArgumentError(
                f"tolerance={clip(self.tolerance)} is no relative error. Give a number from 0 on."
            )
        if as_flag(self.progress, "progress"):
            require_tqdm()


def _is_tolerance(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and float(value) >= 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """A function of one operand, the claimed derivative of `<g, function>`, and its scale."""

    what: str
    function: Callable[[Array], Any]
    point: Array
    claimed: Array
    magnitude: Array
    method: Method


def compare(comparison: Comparison, setting: Setting) -> GradientReport:
    """Compare one claimed derivative with differences.

    Raises
    ------
    GradientMismatch
        If they differ by more than the tolerance.
    ArgumentError
        If the differences are not finite.
    """
    claimed, point = comparison.claimed, comparison.point
    if claimed.shape != point.shape:
        raise GradientMismatch(
            f"the derivative in {comparison.what} has shape {clip(claimed.shape)}, "
            f"the operand {clip(point.shape)}."
        )
    compared = _entries if setting.mode == "entries" else _directions
    with np.errstate(all="ignore"):
        numbers, claims, scale = compared(comparison, setting)
    refuse_infinite(numbers, comparison.what)
    if comparison.method == "central difference":
        spread = comparison.magnitude * np.maximum(1, np.abs(point))
        scale = np.full_like(scale, spread.sum())
    difference = np.abs(claims - numbers)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.where(difference == 0, 0, difference / scale)
    error = np.where(np.isnan(error), np.inf, error)
    worst = float(error.max(initial=0.0))
    if not worst <= _tolerance(comparison, setting):
        place = np.unravel_index(int(np.argmax(error)), error.shape)
        raise GradientMismatch(_message(comparison, setting, place, claims, numbers))
    return GradientReport(1, numbers.size, worst, 1, comparison.method)


def refuse_infinite(numbers: Array, what: str) -> None:
    """Refuse differences that nothing can be compared with.

    Raises
    ------
    ArgumentError
        If one is not finite.
    """
    if not np.all(np.isfinite(numbers)):
        raise ArgumentError(
            f"the differences in {what} are not finite, so there is nothing to compare "
            "with. Give arrays at which the function and its neighbourhood are."
        )


def _entries(comparison: Comparison, setting: Setting) -> tuple[Array, Array, Array]:
    numbers = entry_differences(
        comparison.function, comparison.point, comparison.method, progress=setting.progress
    )
    return numbers, comparison.claimed, comparison.magnitude


def _directions(comparison: Comparison, setting: Setting) -> tuple[Array, Array, Array]:
    point, seed = comparison.point, setting.seed
    rows = []
    for number in range(setting.directions):
        complex_point = point.dtype.kind == "c"
        v = random_like(point.shape, np.dtype(complex if complex_point else float), seed + number)
        slope = directional_difference(comparison.function, point, v, comparison.method)
        claim, scale = (comparison.claimed * v).sum(), (comparison.magnitude * np.abs(v)).sum()
        if complex_point:
            slope, claim = np.real(slope), np.real(claim)
        rows.append((slope, claim, scale))
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    return columns[0], columns[1], columns[2]


def _tolerance(comparison: Comparison, setting: Setting) -> float:
    if setting.tolerance is not None:
        return setting.tolerance
    dtype = comparison.claimed.dtype
    rounding = _SLACK * float(np.finfo(dtype if dtype.kind in "fc" else float).eps)
    return max(rounding, CENTRAL) if comparison.method == "central difference" else rounding


def _message(
    comparison: Comparison, setting: Setting, place: Any, claims: Array, numbers: Array
) -> str:
    entry = tuple(map(int, place))
    where = f"at entry {entry}" if setting.mode == "entries" else f"along direction {entry[0]}"
    text = (
        f"the derivative in {comparison.what} is wrong {where}: claimed {claims[place]:.10g}, "
        f"{comparison.method} {numbers[place]:.10g}."
    )
    if comparison.claimed.size <= _DIAGNOSED:
        reference = entry_differences(comparison.function, comparison.point, comparison.method)
        cause = likely_cause(comparison.claimed, reference)
        text += f" Likely cause: {cause}." if cause else ""
    return text


def merged(reports: Sequence[GradientReport]) -> GradientReport:
    """Sum up several reports."""
    if not reports:
        raise ArgumentError("there is nothing to check. Give an operand that has a derivative.")
    return GradientReport(
        sum(report.derivatives for report in reports),
        sum(report.numbers for report in reports),
        max(report.error for report in reports),
        max(report.order for report in reports),
        reports[0].method,
    )
