"""The smallest counterexample: small sizes, small integers, as many zeros as it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from einsgrad.claims.points import SamplePoint, small_points
from einsgrad.claims.verdict import Counterexample
from einsgrad.engine.binding import Array
from einsgrad.expressions.nodes import SYMMETRIC, Expr, Variable
from einsgrad.expressions.walks import variables_in

# Far above rounding, far below a difference of small whole numbers.
_DIFFERENT = 1e-6


def counterexample(
    claim: Expr, derivative: Expr, declared: Sequence[Variable]
) -> Counterexample | None:
    """Find small arrays at which two expressions of one shape differ; None if none is found."""
    used = variables_in(claim, derivative)
    for drawn in small_points(declared, [claim, derivative]):
        if _difference(claim, derivative, drawn) is None:
            continue
        point = _shrunk(claim, derivative, drawn, used)
        entry = _difference(claim, derivative, point)
        claimed, true = point.value(claim), point.value(derivative)
        assert entry is not None
        assert claimed is not None
        assert true is not None
        arrays = {node.name: _numbers(point.arrays[node.name]) for node in used}
        return Counterexample(arrays, entry, claimed[entry].item(), true[entry].item())
    return None


def _difference(claim: Expr, derivative: Expr, point: SamplePoint) -> tuple[int, ...] | None:
    """Return the entry where two expressions differ most; None if they do not."""
    claimed, true = point.value(claim), point.value(derivative)
    if claimed is None or true is None or not true.size:
        return None
    gap = np.abs(claimed - true)
    if gap.max() <= _DIFFERENT * max(1.0, np.abs(true).max(), np.abs(claimed).max()):
        return None
    return tuple(map(int, np.unravel_index(int(gap.argmax()), gap.shape)))


def _shrunk(
    claim: Expr, derivative: Expr, point: SamplePoint, used: Sequence[Variable]
) -> SamplePoint:
    """Replace entries by 0 or 1 where the expressions still differ."""
    for node in used:
        for place in np.ndindex(point.arrays[node.name].shape):
            for number in (0, 1):
                if point.arrays[node.name][place] == number:
                    break
                smaller = _with_entry(point, node, place, number)
                if _difference(claim, derivative, smaller) is not None:
                    point = smaller
                    break
    return point


def _with_entry(
    point: SamplePoint, node: Variable, place: tuple[int, ...], number: int
) -> SamplePoint:
    array = point.arrays[node.name].copy()
    array[place] = number
    if SYMMETRIC in node.traits:
        array[place[::-1]] = number
    return replace(point, arrays={**point.arrays, node.name: array})


def _numbers(array: Array) -> Any:
    """Write an array as nested lists, whole numbers as integers."""
    if array.dtype.kind != "c" and np.all(array == np.rint(array)):
        array = array.astype(int)
    return array.tolist()
