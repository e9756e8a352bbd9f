"""Constant tensors, and integers, that a step writes out as an array: what they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from einsgrad.expressions.own_calls import OwnValue


@dataclass(frozen=True, slots=True)
class InRange:
    """1 where the offset plus the strides times the indices is at least 0 and below the end."""

    strides: tuple[int, ...]
    offset: int
    end: int


@dataclass(frozen=True, slots=True)
class StepTensor:
    """1 where the row is at least the column plus the offset."""

    offset: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """1 where an integer of one operand is the same place of an axis as one of the other."""

    size: int


@dataclass(frozen=True, slots=True)
class ListedIntegers:
    """Integers in C order."""

    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FourierMatrix:
    """The matrix of a discrete Fourier transform, or its conjugate."""

    conjugated: bool


@dataclass(frozen=True, slots=True)
class PlacesAlong:
    """Where entries of the operand stand along an axis: `argmax`, `argmin`, `argsort`."""

    name: str
    axis: int


@dataclass(frozen=True, slots=True)
class ValueOf:
    """The value of a user's function of the operands."""

    function: OwnValue


Tensor: TypeAlias = (
    InRange | StepTensor | Agreement | ListedIntegers | FourierMatrix | PlacesAlong | ValueOf
)
