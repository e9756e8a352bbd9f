"""The smallest counterexample: small sizes, small integers, as many zeros as it takes."""

from __future__ import annotations

from typing import Any

import numpy as np

from einsgrad.claims.draws import PointSource, small_points
from einsgrad.claims.points import SamplePoint
from einsgrad.claims.verdict import Counterexample
from einsgrad.engine.binding import Array
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.walks import variables_in


def counterexample(claim: Expr, derivative: Expr, source: PointSource) -> Counterexample | None:
    """Find small arrays at which two expressions of one shape differ; None if none is found."""
    for drawn in small_points(source):
        if drawn.tells_apart(claim, derivative):
            return _told(claim, derivative, _shrunk(claim, derivative, drawn, source))
    return None


def _told(claim: Expr, derivative: Expr, point: SamplePoint) -> Counterexample:
    """Say in which entry two expressions differ most."""
    claimed, true = point.value(claim), point.value(derivative)
    assert claimed is not None
    assert true is not None
    gap = np.abs(claimed - true)
    entry = tuple(map(int, np.unravel_index(int(gap.argmax()), gap.shape)))
    used = variables_in(claim, derivative)
    arrays = {node.name: _numbers(point.arrays[node.name]) for node in used}
    return Counterexample(arrays, entry, claimed[entry].item(), true[entry].item())


def _shrunk(claim: Expr, derivative: Expr, point: SamplePoint, source: PointSource) -> SamplePoint:
    """Replace entries by 0 or 1 where the expressions still differ."""
    for node in source.free:
        for place in np.ndindex(point.arrays[node.name].shape):
            for number in (0, 1):
                if point.arrays[node.name][place] == number:
                    break
                smaller = source.with_entry(point, node, place, number)
                if smaller is not None and smaller.tells_apart(claim, derivative):
                    point = smaller
                    break
    return point


def _numbers(array: Array) -> Any:
    """Write an array as nested lists, whole numbers as integers."""
    if array.dtype.kind != "c" and np.all(array == np.rint(array)):
        array = array.astype(int)
    return array.tolist()
