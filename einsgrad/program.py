"""A program: expressions as straight-line steps over registers, with their costs.

A register is an array that a step makes, or an input. Steps say what is computed, not by
which call: the writers of `einsgrad.codegen` print them for one library or another. A
program is data that can be printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any, TypeAlias, assert_never

import numpy as np

from einsgrad.contraction import einsum_string
from einsgrad.expr import Number
from einsgrad.rows import Elementwise, MatrixFunction, Reduction
from einsgrad.subscripts import Indices, Label


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
    dtype: np.dtype[Any]

    @property
    def size(self) -> int:
        """The number of entries."""
        return prod(self.shape)

    @property
    def bytes(self) -> int:
        """The memory that it takes."""
        return self.size * self.dtype.itemsize


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
    arguments: tuple[tuple[Register | Number, Indices], ...]
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
        The label of each axis of the result. A label that stands twice is a Kronecker
        delta, one that the register lacks a vector of ones.
    """

    coefficient: Number
    core: Register | None
    held: Indices
    classes: Indices

    @property
    def is_spread(self) -> bool:
        """Whether the pattern has a delta."""
        return len(set(self.classes)) < len(self.classes)


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
        The einsum.
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


Step: TypeAlias = Contract | Apply | Combine | Reshape | Collapse | ApplyMatrix | Solve | Sliced


def sizes_of(inputs: Sequence[Indices], operands: Sequence[Register]) -> dict[Label, int]:
    """Return the size of every label of some registers."""
    return {
        label: size
        for indices, operand in zip(inputs, operands, strict=True)
        for label, size in zip(indices, operand.shape, strict=True)
    }


def operands_of(step: Step) -> tuple[Register, ...]:
    """Return the registers that a step reads."""
    match step:
        case Contract(operands=operands) | Sliced(operands=operands):
            return operands
        case Apply(arguments=arguments):
            return tuple(value for value, _ in arguments if isinstance(value, Register))
        case Combine(terms=terms):
            return tuple(term.core for term in terms if term.core is not None)
        case Solve(matrix=matrix, operand=operand):
            return (matrix, operand)
        case Reshape(operand=operand) | Collapse(operand=operand) | ApplyMatrix(operand=operand):
            return (operand,)
        case _ as unreachable:
            assert_never(unreachable)


def flops_of(step: Step) -> int:
    """Count the floating-point operations of a step; a function counts as one for each entry."""
    match step:
        case Contract(operands=operands, inputs=inputs, output=output):
            sizes = sizes_of(inputs, operands)
            space = prod(sizes.values())
            summed = any(label not in output for label in sizes)
            return space * (len(operands) - 1 + summed)
        case Sliced(labels=labels, sizes=sizes, inputs=inputs, output=output, pairs=pairs):
            from einsgrad.paths import flops

            kept = [tuple(x for x in indices if x not in labels) for indices in inputs]
            left = tuple(x for x in output if x not in labels)
            return 2 * prod(sizes[x] for x in labels) * flops(pairs, kept, left, sizes)
        case Apply(target=target) | Collapse(target=target):
            return max(target.size, *(operand.size for operand in operands_of(step)), 1)
        case Combine(terms=terms):
            return sum(term.core.size for term in terms if term.core is not None)
        case Reshape():
            return 0
        case ApplyMatrix(operand=operand):
            return operand.size * operand.shape[-1]
        case Solve(matrix=matrix, operand=operand):
            return matrix.size * (
                matrix.shape[0] // 3 + 2 * operand.size // max(len_of(operand), 1)
            )
        case _ as unreachable:
            assert_never(unreachable)


def len_of(register: Register) -> int:
    """Return the size of the first axis."""
    return register.shape[0] if register.shape else 1


@dataclass(frozen=True, eq=False)
class Output:
    """A result: a register and the order of its axes in the result."""

    register: Register
    order: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Program:
    """Steps that compute outputs from inputs.

    Parameters
    ----------
    names
        The inputs' names.
    inputs
        Their registers.
    steps
        The steps, in order.
    outputs
        What is returned.
    """

    names: tuple[str, ...]
    inputs: tuple[Register, ...]
    steps: tuple[Step, ...]
    outputs: tuple[Output, ...]

    @cached_property
    def flops(self) -> int:
        """The floating-point operations of all steps."""
        return sum(map(flops_of, self.steps))

    @cached_property
    def peak_bytes(self) -> int:
        """The most memory that inputs and registers take at one time."""
        dies = self.last_uses()
        live = sum(register.bytes for register in self.inputs)
        peak = live
        for place, step in enumerate(self.steps):
            live += step.target.bytes
            peak = max(peak, live)
            gone = {r for r in (*operands_of(step), step.target) if dies[r] == place}
            live -= sum(r.bytes for r in gone if r not in self.inputs)
        return peak

    def last_uses(self) -> dict[Register, int]:
        """Return the place of the step that reads a register last; outputs live to the end."""
        last = dict.fromkeys(self.inputs, -1)
        for place, step in enumerate(self.steps):
            last[step.target] = place
            last.update(dict.fromkeys(operands_of(step), place))
        last.update((output.register, len(self.steps)) for output in self.outputs)
        return last

    def __str__(self) -> str:
        names = dict(zip(self.inputs, self.names, strict=True))
        names |= {step.target: f"t{place}" for place, step in enumerate(self.steps)}
        rows = [("step", "operation", "shape", "flops", "bytes"), *self._rows(names)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(
                cell.ljust(width) if number < 3 else cell.rjust(width)
                for number, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]
        results = ", ".join(names[output.register] for output in self.outputs)
        return "\n".join(
            [
                *lines,
                f"returns {results}",
                f"{self.flops:,} flops, at most {self.peak_bytes:,} bytes in use",
            ]
        )

    def _rows(self, names: dict[Register, str]) -> Iterator[tuple[str, ...]]:
        for step in self.steps:
            shape = "×".join(map(str, step.target.shape)) or "1"
            cost = f"{flops_of(step):,}", f"{step.target.bytes:,}"
            yield names[step.target], describe(step, names), shape, *cost


def describe(step: Step, names: dict[Register, str]) -> str:
    """Write a step in a few words: `einsum mn,n->m  A x`."""
    match step:
        case Contract(operands=operands, inputs=inputs, output=output):
            called = " ".join(names[operand] for operand in operands)
            return f"einsum {einsum_string(inputs, output)}  {called}"
        case Sliced(operands=operands, inputs=inputs, output=output, labels=labels):
            called = " ".join(names[operand] for operand in operands)
            count = prod(step.sizes[label] for label in labels)
            return f"einsum {einsum_string(inputs, output)}  {called}  in {count} slices"
        case Apply(function=function, arguments=arguments):
            texts = (names[a] if isinstance(a, Register) else str(a) for a, _ in arguments)
            return f"{function.name}  {' '.join(texts)}"
        case Combine(terms=terms):
            text = " ".join(_term_text(term, names) for term in terms)
            return f"sum  {text.removeprefix('+ ')}"
        case Reshape(operand=operand):
            return f"reshape  {names[operand]}"
        case Collapse(function=reduction, operand=operand, axes=axes):
            return f"{reduction.name} over {axes}  {names[operand]}"
        case ApplyMatrix(function=matrix_function, operand=operand):
            return f"{matrix_function.name}  {names[operand]}"
        case Solve(matrix=matrix, operand=operand, transposed=transposed):
            return f"solve  {names[matrix]}{'ᵀ' * transposed} {names[operand]}"
        case _ as unreachable:
            assert_never(unreachable)


def _term_text(term: Term, names: dict[Register, str]) -> str:
    sign = "-" if not isinstance(term.coefficient, complex) and term.coefficient < 0 else "+"
    size = term.coefficient if sign == "+" else -term.coefficient
    body = "1" if term.core is None else names[term.core]
    spread = "δ " if term.is_spread else ""
    return f"{sign} {'' if size == 1 else f'{size} '}{spread}{body}"
