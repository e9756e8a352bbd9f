"""The steps of a program: what is computed from which registers, and what it costs.

A register is an array that a step makes, or an input. Steps say what is computed, not by
which call: `einsgrad.engine.backends` prints them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, TypeAlias

import numpy as np

from einsgrad.engine.programs.actions import Action
from einsgrad.engine.programs.affine_axes import AffineAxis, labels_in
from einsgrad.engine.programs.tensors import Tensor
from einsgrad.expressions.nodes import Number
from einsgrad.expressions.tables.matrix_rows import MatrixFunction
from einsgrad.expressions.tables.rows import Elementwise, Reduction
from einsgrad.orders.paths import held
from einsgrad.strings.subscripts import Indices, Label

DType: TypeAlias = np.dtype[Any]


@dataclass(frozen=True, eq=False, slots=True)
class Register:
    """An array that is known by its number.

    Parameters
    ----------
    number
        Its number; inputs come first.
    shape
        The size of each axis, as the axes lie in memory.
    dtype
        What its entries are.
    """

    number: int
    shape: tuple[int, ...]
    dtype: DType

    @property
    def size(self) -> int:
        """The number of entries."""
        return prod(self.shape)

    @property
    def bytes(self) -> int:
        """The memory that it takes."""
        return self.size * self.dtype.itemsize


@dataclass(frozen=True, slots=True)
class Held:
    """A register, and the labels of its axes as they lie in memory."""

    register: Register
    indices: Indices


@dataclass(frozen=True, eq=False, slots=True)
class Contract:
    """An einsum of one or two registers; the list of a single one may repeat labels."""

    target: Register
    operands: tuple[Register, ...]
    inputs: tuple[Indices, ...]
    output: Indices


@dataclass(frozen=True, eq=False, slots=True)
class Apply:
    """An elementwise function of registers, aligned by labels, and of numbers."""

    target: Register
    function: Elementwise
    arguments: tuple[Held | Number, ...]
    output: Indices


@dataclass(frozen=True, slots=True)
class Term:
    """A coefficient times a register, spread by a pattern.

    Parameters
    ----------
    coefficient
        A number.
    core
        The register; None for the number 1.
    held
        The label of each axis of the register.
    classes
        The label of each axis of the result, or the affine form of labels that its index is.
        A label that stands twice is a Kronecker delta, one that the register lacks a vector
        of ones. Entries at one place are added, those outside of the axis dropped.
    """

    coefficient: Number
    core: Register | None
    held: Indices
    classes: Indices

    @classmethod
    def of(cls, register: Register) -> Term:
        """Return the term that is a register as it is."""
        axes = tuple(range(len(register.shape)))
        return cls(1, register, axes, axes)

    @property
    def register(self) -> Register:
        """The register of a term that has one."""
        assert self.core is not None
        return self.core

    @property
    def is_spread(self) -> bool:
        """Whether the pattern has a delta, or another selector."""
        return self.is_affine or len(set(self.classes)) < len(self.classes)

    @property
    def is_affine(self) -> bool:
        """Whether an axis is an affine form of labels."""
        return any(isinstance(one, AffineAxis) for one in self.classes)


@dataclass(frozen=True, eq=False, slots=True)
class Combine:
    """A sum of terms, written into one array of the full shape."""

    target: Register
    terms: tuple[Term, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Reshape:
    """A register with other axes: first in this order, then of the target's shape."""

    target: Register
    operand: Register
    order: tuple[int, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Window:
    """A register seen through selectors: each axis by the axes whose indices are its own.

    Parameters
    ----------
    axes
        For each axis of the operand the numbers of the target's axes that take its place, and
        how its index follows from theirs. Outside of the operand there are zeros.
    """

    target: Register
    operand: Register
    axes: tuple[AffineAxis, ...]

    @property
    def is_view(self) -> bool:
        """Whether all places are inside of the operand, so that no zeros are needed."""
        pairs = zip(self.axes, self.operand.shape, strict=True)
        return all(axis.is_inside(size) for axis, size in pairs)

    @property
    def bytes(self) -> int:
        """The memory that it takes: none for a view, else that of an array with zeros around."""
        if self.is_view:
            return 0
        around = (axis.highest - axis.lowest + 1 for axis in self.axes)
        return prod(around) * self.target.dtype.itemsize

    @property
    def is_injective(self) -> bool:
        """Whether no entry of the operand is seen twice."""
        return all(axis.is_injective for axis in self.axes)


@dataclass(frozen=True, eq=False, slots=True)
class Collapse:
    """A reduction over axes, such as the largest entry."""

    target: Register
    function: Reduction
    operand: Register
    axes: tuple[int, ...]


@dataclass(frozen=True, eq=False, slots=True)
class ApplyMatrix:
    """A function of the matrices in the last two axes."""

    target: Register
    function: MatrixFunction
    operand: Register


@dataclass(frozen=True, eq=False, slots=True)
class Solve:
    """The solution of a linear system for every column of an operand's first axis."""

    target: Register
    matrix: Register
    operand: Register
    transposed: bool


@dataclass(frozen=True, eq=False, slots=True)
class Sliced:
    """A contraction of many registers that is done for one value of some labels at a time.

    Parameters
    ----------
    operands, inputs, output
        The einsum. The output's axes may be affine forms of labels.
    labels
        The labels to slice over.
    pairs
        The order of contraction, operands numbered first.
    """

    target: Register
    operands: tuple[Register, ...]
    inputs: tuple[Indices, ...]
    output: Indices
    labels: Indices
    pairs: tuple[tuple[int, int], ...]

    @property
    def sizes(self) -> dict[Label, int]:
        """The size of every label."""
        return sizes_of(self.inputs, self.operands)

    @property
    def working_bytes(self) -> int:
        """The most memory that the arrays of one slice take at one time."""
        sizes = self.sizes | dict.fromkeys(self.labels, 1)
        return (
            held(self.pairs, self.inputs, labels_in(self.output), sizes)
            * self.target.dtype.itemsize
        )


@dataclass(frozen=True, eq=False, slots=True)
class Fill:
    """A constant tensor, or integers, written out as an array."""

    target: Register
    tensor: Tensor
    operands: tuple[Register, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Select:
    """What a selector does to the first operand; the others hold integers."""

    target: Register
    operands: tuple[Register, ...]
    action: Action


Step: TypeAlias = (
    Contract
    | Apply
    | Combine
    | Reshape
    | Window
    | Collapse
    | ApplyMatrix
    | Solve
    | Sliced
    | Fill
    | Select
)


def sizes_of(inputs: Sequence[Indices], operands: Sequence[Register]) -> dict[Label, int]:
    """Return the size of every label of some registers."""
    return {
        label: size
        for indices, operand in zip(inputs, operands, strict=True)
        for label, size in zip(indices, operand.shape, strict=True)
    }
