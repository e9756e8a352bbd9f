"""Structured arrays made of what a program returns: arrays, and integers that spread them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.labelled_arrays import Labelled, LookedPlaces
from einsgrad.engine.parts import Part
from einsgrad.engine.programs.lowering_structured import SpreadTerm, StructuredProgram
from einsgrad.engine.programs.steps import Register
from einsgrad.engine.refusals import refuse_outside
from einsgrad.engine.structured import Structured


def structured_results(
    results: Sequence[Any], lowered: StructuredProgram
) -> tuple[Structured, ...]:
    """Make structured arrays of what a program returns.

    Raises
    ------
    IndexingError
        If integers leave the axis that they point into.
    """
    arrays = dict(zip(lowered.registers, map(np.asarray, results), strict=True))
    looked = {label for group in lowered.terms for one in group for label in one.looked}
    for integers, size in {(label.integers, label.size) for label in looked}:
        if arrays[integers].size:
            ends = arrays[integers].min(), arrays[integers].max()
            refuse_outside(map(int, ends), size)
    names = _names(lowered)
    return tuple(
        Structured(tuple(_part(one, shape, arrays, names) for one in group), shape)
        for group, shape in zip(lowered.terms, lowered.shapes, strict=True)
    )


def _part(
    one: SpreadTerm,
    shape: tuple[int, ...],
    arrays: Mapping[Register, Array],
    names: Mapping[Register, str],
) -> Part:
    looked = tuple(
        LookedPlaces(x.label, arrays[x.integers], x.axes, x.size, names[x.integers])
        for x in one.looked
    )
    factors = tuple(Labelled(arrays[x.register], x.indices) for x in one.factors)
    return Part(factors, one.classes, shape, looked)


def _names(lowered: StructuredProgram) -> dict[Register, str]:
    """Name integers like their variable, and those that are computed by letters."""
    looked = [label for group in lowered.terms for one in group for label in one.looked]
    names = {label.integers: label.name for label in looked}
    letters = (x for x in "pqrstuvwxyzabcdefghijklmno" if x not in names.values())
    return {register: name or next(letters, "?") for register, name in names.items()}
