"""Between the axes of arrays and the labels of an output: split, contract, spread."""

from __future__ import annotations

from math import prod
from typing import Any, TypeAlias

import numpy as np

from einsgrad.contraction import Array, class_view, contract_arrays
from einsgrad.subscripts import Indices, Label

Splits: TypeAlias = dict[Label, tuple[Indices, tuple[int, ...]]]


def split_axes(factors: list[tuple[Indices, Array]], splits: Splits) -> list[tuple[Indices, Array]]:
    """View every axis that a fuse joins as the axes that it was joined from."""
    if not splits:
        return factors
    viewed = []
    for indices, array in factors:
        shape: list[int] = []
        labels: list[Label] = []
        for label, size in zip(indices, array.shape, strict=True):
            apart, parts = splits.get(label, ((label,), (size,)))
            labels.extend(apart)
            shape.extend(parts)
        viewed.append((tuple(labels), array.reshape(shape)))
    return viewed


def contract_held(
    factors: list[tuple[Indices, Array]], output: Indices, dtype: np.dtype[Any]
) -> tuple[Indices, Array]:
    """Contract factors to the labels of the output that they hold."""
    if not factors:
        return (), np.ones((), dtype)
    held = {label for indices, _ in factors for label in indices}
    core = tuple(dict.fromkeys(label for label in output if label in held))
    return core, contract_arrays([a for _, a in factors], [i for i, _ in factors], core)


def spread_axes(value: Array, core: Indices, output: Indices, shape: tuple[int, ...]) -> Array:
    """Write a value into an output with more axes: diagonals of zeros, and broadcasts."""
    if core == output:
        return value
    classes = tuple(dict.fromkeys(output))
    expanded = value.reshape(
        [value.shape[core.index(label)] if label in core else 1 for label in classes]
    )
    if len(classes) == len(output):
        return np.broadcast_to(expanded, shape).copy()
    result = np.zeros(shape, value.dtype)
    if prod(shape):
        class_view(result, output, writeable=True)[...] = expanded
    return result
