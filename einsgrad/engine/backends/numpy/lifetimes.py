"""How long the registers of a program live, and which of them share memory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from einsgrad.engine.programs.program import Program
from einsgrad.engine.programs.step_costs import operands_of
from einsgrad.engine.programs.steps import (
    Apply,
    ApplyMatrix,
    Collapse,
    Combine,
    Contract,
    Fill,
    Register,
    Reshape,
    Select,
    Sliced,
    Solve,
    Step,
    Window,
)


class Lifetimes:
    """Which registers may be overwritten, and which are dead.

    Parameters
    ----------
    program
        The program.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.roots: dict[Register, frozenset[Register]] = {
            register: frozenset([register]) for register in program.inputs
        }
        self._read_only: set[Register] = set()
        # Whose entries may share memory with one another.
        self._overlapping: set[Register] = set()
        self._parts = frozenset(one.target for one in program.steps if isinstance(one, Window))
        for step in program.steps:
            shared = _shared(step)
            own = frozenset([step.target])
            if not self._overlapping.isdisjoint(shared) or (
                isinstance(step, Window) and not step.is_injective
            ):
                self._overlapping.add(step.target)
            # numpy's diagonals cannot be written into, a real part has gaps in memory, and so
            # has a slice.
            is_seen = bool(shared) and not isinstance(step, Reshape)
            if is_seen or not self._read_only.isdisjoint(shared) or self.overlaps(step.target):
                self._read_only.add(step.target)
            self.roots[step.target] = own.union(*[self.roots[r] for r in shared]) if shared else own
        self.last: dict[Register, int] = {}
        for register, place in program.last_uses().items():
            for root in self.roots[register]:
                self.last[root] = max(self.last.get(root, -1), place)
        self._inputs = frozenset(program.inputs)

    def is_owned(self, register: Register) -> bool:
        """Tell whether a register shares no memory with an input."""
        return self.roots[register].isdisjoint(self._inputs)

    def is_part(self, register: Register) -> bool:
        """Tell whether a register is another seen through selectors."""
        return register in self._parts

    def overlaps(self, register: Register) -> bool:
        """Tell whether entries of a register may share memory with one another."""
        return register in self._overlapping

    def may_overwrite(self, place: int, register: Register) -> bool:
        """Tell whether the step at this place may write its result into an operand."""
        target = self.program.steps[place].target
        fits = register.shape == target.shape and register.dtype == target.dtype
        return bool(target.shape) and fits and self.may_change(place, register)

    def may_change(self, place: int, register: Register) -> bool:
        """Tell whether the step at this place may change the entries of an operand."""
        dead = all(self.last[root] == place for root in self.roots[register])
        return dead and self.is_owned(register) and register not in self._read_only

    def dead_after(self, place: int, least: int) -> Iterable[Register]:
        """Return the registers of some bytes and more whose memory nothing needs after a step."""
        step = self.program.steps[place]
        for register in dict.fromkeys((*operands_of(step), step.target)):
            if register.bytes < least:
                continue
            shared = self.roots[register]
            if self.is_owned(register) and all(self.last[root] == place for root in shared):
                yield register


def _shared(step: Step) -> tuple[Register, ...]:
    """Return the operands whose memory a step's result may be a view of."""
    match step:
        case Contract(operands=(operand,), inputs=(indices,), output=output):
            return (operand,) if set(indices) == set(output) else ()
        case Reshape(operand=operand):
            return (operand,)
        case Window(operand=operand):
            return (operand,) if step.is_view else ()
        case Apply(function=row) | Collapse(function=row) | ApplyMatrix(function=row):
            # What is not known to be new may share.
            return () if row.shares is False else operands_of(step)
        case Contract() | Combine() | Solve() | Sliced() | Fill() | Select():
            return ()
        case _ as unreachable:
            assert_never(unreachable)
