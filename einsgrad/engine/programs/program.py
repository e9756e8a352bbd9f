"""A program: expressions as straight-line steps over registers, with their costs.

A program is data that can be printed, in the spirit of opt_einsum's `PathInfo`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import assert_never

from einsgrad.engine.contractions.views import einsum_string
from einsgrad.engine.programs.actions import (
    Action,
    FastTransform,
    Lookup,
    RunningSum,
    ScatterSum,
    Triangle,
)
from einsgrad.engine.programs.affine_axes import labels_in
from einsgrad.engine.programs.step_costs import bytes_of, flops_of, operands_of
from einsgrad.engine.programs.steps import (
    Apply,
    ApplyMatrix,
    Collapse,
    Combine,
    Contract,
    Fill,
    Held,
    Register,
    Reshape,
    Select,
    Sliced,
    Solve,
    Step,
    Term,
    Window,
)
from einsgrad.expressions.signed_sums import SignedNumber
from einsgrad.html import table_html

_COLUMNS = ("step", "operation", "shape", "flops", "bytes")


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
        own = {step.target: bytes_of(step) for step in self.steps}
        for place, step in enumerate(self.steps):
            live += own[step.target]
            working = step.working_bytes if isinstance(step, Sliced) else 0
            peak = max(peak, live + working)
            gone = {r for r in (*operands_of(step), step.target) if dies[r] == place}
            live -= sum(own[r] for r in gone if r not in self.inputs)
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
        rows = [_COLUMNS, *self._rows()]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(
                cell.ljust(width) if number < 3 else cell.rjust(width)
                for number, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]
        return "\n".join([*lines, *self._totals()])

    def _repr_html_(self) -> str:
        return table_html(_COLUMNS, self._rows(), "; ".join(self._totals()))

    def _names(self) -> dict[Register, str]:
        names = dict(zip(self.inputs, self.names, strict=True))
        return names | {step.target: f"t{place}" for place, step in enumerate(self.steps)}

    def _totals(self) -> tuple[str, str]:
        names = self._names()
        results = ", ".join(names[output.register] for output in self.outputs)
        peak = f"at most {self.peak_bytes:,} bytes in use"
        return f"returns {results}", f"{self.flops:,} flops, {peak}"

    def _rows(self) -> Iterator[tuple[str, ...]]:
        names = self._names()
        for step in self.steps:
            shape = "×".join(map(str, step.target.shape)) or "1"
            cost = f"{flops_of(step):,}", f"{bytes_of(step):,}"
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
            text = einsum_string(inputs, labels_in(output))
            return f"einsum {text}  {called}  in {count} slices"
        case Apply(function=function, arguments=arguments):
            texts = (names[a.register] if isinstance(a, Held) else str(a) for a in arguments)
            return f"{function.name}  {' '.join(texts)}"
        case Combine(terms=terms):
            return f"sum  {' '.join(_sum_words(terms, names))}"
        case Reshape(operand=operand):
            return f"reshape  {names[operand]}"
        case Window(operand=operand):
            return f"window  {names[operand]}"
        case Fill(tensor=tensor, operands=operands):
            read = " ".join(names[operand] for operand in operands)
            return f"{type(tensor).__name__}  {read}".rstrip()
        case Select(action=action, operands=operands):
            return f"{_named(action)}  {' '.join(names[operand] for operand in operands)}"
        case Collapse(function=reduction, operand=operand, axes=axes):
            return f"{reduction.name} over {axes}  {names[operand]}"
        case ApplyMatrix(function=matrix_function, operand=operand):
            return f"{matrix_function.name}  {names[operand]}"
        case Solve(matrix=matrix, operand=operand, transposed=transposed):
            return f"solve  {names[matrix]}{'ᵀ' * transposed} {names[operand]}"
        case _ as unreachable:
            assert_never(unreachable)


def _named(action: Action) -> str:
    """Say what an action does."""
    match action:
        case Lookup(looked=looked):
            return f"look up {len(looked)} of {len(action.inputs)} axes"
        case ScatterSum(is_distinct=is_distinct):
            return "place" if is_distinct else "add up"
        case Triangle(rows=rows, columns=columns, offset=offset):
            return f"triangle {rows} >= {columns} {offset:+d}"
        case RunningSum(axis=axis, is_reversed=is_reversed):
            return f"running sum over {axis}{' from the end' * is_reversed}"
        case FastTransform(axis=axis, conjugated=conjugated):
            return f"{'conjugate ' * conjugated}Fourier transform over {axis}"
        case _ as unreachable:
            assert_never(unreachable)


def _sum_words(terms: Sequence[Term], names: dict[Register, str]) -> Iterator[str]:
    """Yield the signs and factors of a sum; a first term that is added has no sign."""
    for place, term in enumerate(terms):
        number = SignedNumber.of(term.coefficient)
        if place or number.is_negative:
            yield "-" if number.is_negative else "+"
        if number.size != 1:
            yield str(number.size)
        if term.is_spread:
            yield "shifted" if term.is_affine else "δ"
        yield "1" if term.core is None else names[term.core]
