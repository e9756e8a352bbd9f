"""How programs are changed step by step: what is read how often, and new registers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain

from einsgrad.engine.programs.program import Program
from einsgrad.engine.programs.step_costs import operands_of
from einsgrad.engine.programs.steps import Register, Step
from einsgrad.strings.subscripts import fresh_numbers


def uses_of(program: Program) -> Counter[Register]:
    """Count how often each register is read, as an output, too."""
    uses = Counter(register for step in program.steps for register in operands_of(step))
    uses.update(output.register for output in program.outputs)
    return uses


def new_numbers(program: Program) -> Iterator[int]:
    """Yield numbers that no register of a program has."""
    registers = chain(program.inputs, (step.target for step in program.steps))
    return fresh_numbers(register.number for register in registers)


def with_changes(program: Program, changed: Mapping[Step, tuple[Step, ...]]) -> Program:
    """Return a program with other steps in the place of some."""
    steps = tuple(new for step in program.steps for new in changed.get(step, (step,)))
    return Program(program.names, program.inputs, steps, program.outputs)
