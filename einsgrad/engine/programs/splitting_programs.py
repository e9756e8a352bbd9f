"""A program of values and of what is passed back, as two: what the second reads is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from einsgrad.engine.programs.peephole import without_unused
from einsgrad.engine.programs.program import Output, Program
from einsgrad.engine.programs.step_costs import operands_of
from einsgrad.engine.programs.steps import Register, Reshape, Step


@dataclass(frozen=True, eq=False)
class SplitProgram:
    """What is computed before the cotangents are there, and what with them.

    Parameters
    ----------
    forward
        The program of the values, and behind them of what is kept.
    backward
        The program of what is passed back. It takes the inputs that it reads, the values that
        it reads, what is kept, and the cotangents.
    inputs, values
        The places of the inputs and of the values that it reads.
    """

    forward: Program
    backward: Program
    inputs: tuple[int, ...]
    values: tuple[int, ...]


def split_program(program: Program, inputs: int, values: int) -> SplitProgram:
    """Split a program whose last inputs are cotangents.

    Parameters
    ----------
    program
        The program. Its first outputs are the values.
    inputs, values
        How many inputs, and how many outputs, are not of the second part.
    """
    given, returned = program.inputs[:inputs], program.outputs[:values]
    late = set(program.inputs[inputs:])
    first: list[Step] = []
    second: list[Step] = []
    for step in program.steps:
        is_late = not late.isdisjoint(operands_of(step))
        (second if is_late else first).append(step)
        if is_late:
            late.add(step.target)
    second, read = _with_views(first, second, program.outputs[values:], late)
    own = {output.register: place for place, output in enumerate(returned) if _is_plain(output)}
    needed = [place for place, one in enumerate(given) if one in read]
    seen = [own[one] for one in read if one in own and one not in given]
    kept = [one for one in read if one not in own and one not in given]
    outputs = (*returned, *(Output(one, tuple(range(len(one.shape)))) for one in kept))
    registers = [
        *(given[place] for place in needed),
        *(returned[place].register for place in seen),
        *kept,
        *program.inputs[inputs:],
    ]
    names = tuple(f"kept {place}" for place in range(len(registers)))
    return SplitProgram(
        without_unused(Program(program.names[:inputs], given, tuple(first), outputs)),
        Program(names, tuple(registers), tuple(second), program.outputs[values:]),
        tuple(needed),
        tuple(seen),
    )


def _is_plain(output: Output) -> bool:
    return list(output.order) == sorted(output.order)


def _with_views(
    first: Sequence[Step], second: Sequence[Step], outputs: Sequence[Output], late: set[Register]
) -> tuple[list[Step], list[Register]]:
    """Return the second part with the views that it reads, and what it reads of the first."""
    views = {step.target: step for step in first if isinstance(step, Reshape)}
    wanted = [one for step in second for one in operands_of(step)]
    wanted += [output.register for output in outputs]
    moved: dict[Register, Step] = {}
    read: dict[Register, None] = {}
    while wanted:
        one = wanted.pop()
        if one in late or one in moved:
            continue
        if one in views:
            moved[one] = views[one]
            wanted.append(views[one].operand)
        else:
            read[one] = None
    before = [step for step in first if step.target in moved]
    return [*before, *second], list(read)
