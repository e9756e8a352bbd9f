"""Improvements of a finished program that look at one step and at what made its operands."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from einsgrad.engine.programs.actions import Lookup, ScatterSum
from einsgrad.engine.programs.changing import new_numbers, uses_of, with_changes
from einsgrad.engine.programs.program import Program
from einsgrad.engine.programs.scaling import scaled_early
from einsgrad.engine.programs.step_costs import operands_of
from einsgrad.engine.programs.steps import Combine, Contract, Register, Select, Step, Term
from einsgrad.expressions.nodes import Number

# Entries this much fewer than those of a sum are looked up before it is added: set by
# `python -m benchmarks --only selectors`.
_FEWER = 2


def tidied(program: Program) -> Program:
    """Return a program that gives the same and does less."""
    program = without_unused(program)
    if not any(isinstance(step, Select) for step in program.steps):
        return without_copies(scaled_early(program))
    placed = put_onto_sums(scaled_early(looked_up_early(program)))
    return without_copies(without_unused(placed))


def without_unused(program: Program) -> Program:
    """Drop the steps whose results nothing needs."""
    needed = {output.register for output in program.outputs}
    kept = []
    for step in reversed(program.steps):
        if step.target in needed:
            kept.append(step)
            needed.update(operands_of(step))
    return Program(program.names, program.inputs, tuple(reversed(kept)), program.outputs)


def looked_up_early(program: Program) -> Program:
    """Look entries up in each term of a sum, and add those, where they are few.

    Parameters
    ----------
    program
        A program. Sums that nothing but a look-up reads are changed.
    """
    looked = [step for step in program.steps if isinstance(step, Select)]
    makers = {step.target: step for step in program.steps if isinstance(step, Combine)}
    uses = uses_of(program)
    numbers = new_numbers(program)
    changed: dict[Step, tuple[Step, ...]] = {}
    for step in looked:
        total = makers.get(step.operands[0])
        if total is not None and uses[total.target] == 1 and _pays_early(step, total):
            changed[total] = ()
            changed[step] = tuple(_EarlyLookup(program, step, total, numbers).steps())
    return with_changes(program, changed)


def _pays_early(step: Select, total: Combine) -> bool:
    if not isinstance(step.action, Lookup) or any(term.is_spread for term in total.terms):
        return False
    return _FEWER * step.target.size * len(total.terms) <= total.target.size


@dataclass(frozen=True, slots=True)
class _EarlyLookup:
    """A look-up in a sum as a sum of look-ups."""

    program: Program
    step: Select
    total: Combine
    numbers: Iterator[int]

    def steps(self) -> Iterator[Step]:
        """Yield a look-up for each term that has an axis for it, and the sum."""
        action = self.step.action
        assert isinstance(action, Lookup)
        registers = dict(zip(dict(action.looked), self.step.operands[1:], strict=True))
        sizes = dict(zip(action.output, self.step.target.shape, strict=True))
        terms = []
        for term in self.total.terms:
            inputs = tuple(action.inputs[term.classes.index(x)] for x in term.held)
            looked = tuple((x, labels) for x, labels in action.looked if x in inputs)
            core = term.core
            if core is not None and looked:
                own = Lookup.of(inputs, looked)
                shape = tuple(sizes[x] for x in own.output)
                operands = (core, *(registers[x] for x, _ in looked))
                core = Register(next(self.numbers), shape, core.dtype)
                yield Select(core, operands, own)
                inputs = own.output
            held = tuple(action.output.index(x) for x in inputs)
            terms.append(Term(term.coefficient, core, held, tuple(range(len(sizes)))))
        yield Combine(self.step.target, tuple(terms))


def put_onto_sums(program: Program) -> Program:
    """Add entries at some places to a sum itself, not to zeros that are added to it.

    Parameters
    ----------
    program
        A program. Entries that go to places of their own, and are read by one sum, are changed.
    """
    makers = {step.target: step for step in program.steps if isinstance(step, Select)}
    uses = uses_of(program)
    written = {step.target: step for step in program.steps if isinstance(step, Combine)}
    numbers = new_numbers(program)
    changed: dict[Step, tuple[Step, ...]] = {}
    for step in program.steps:
        if not isinstance(step, Combine) or len(step.terms) < 2:
            continue
        for term in step.terms:
            made = makers.get(term.core) if term.core is not None else None
            if made is not None and uses[made.target] == 1 and _goes_onto(term, made, step):
                changed[made] = ()
                known = _known_number(written.get(made.operands[0]))
                changed[step] = tuple(_onto(term, made, step, numbers, known))
                break
    return with_changes(program, changed)


def _goes_onto(term: Term, made: Select, total: Combine) -> bool:
    rest = [one for one in total.terms if one is not term]
    axes = set(range(len(total.target.shape)))
    match made.action:
        case ScatterSum(is_distinct=True, onto=None):
            kinds = {made.target.dtype, *(one.core.dtype for one in rest if one.core is not None)}
            is_whole = _is_full(term, axes) and any(_is_full(one, axes) for one in rest)
            return is_whole and kinds == {total.target.dtype}
        case _:
            return False


def _is_full(term: Term, axes: Collection[int]) -> bool:
    """Tell whether a term has all axes of a sum, and is spread over none."""
    return not term.is_spread and set(term.held) == axes


def _known_number(made: Combine | None) -> Number | None:
    """Return the number that a step writes as an array, if it does."""
    match made:
        case Combine(target=target, terms=(Term(coefficient=number, core=None),)):
            return None if target.shape else number
        case _:
            return None


def _onto(
    term: Term, made: Select, total: Combine, numbers: Iterator[int], known: Number | None
) -> Iterator[Step]:
    """Yield the scaled entries, the rest of a sum, and the entries added to it."""
    target, values = total.target, made.operands[0]
    assert isinstance(made.action, ScatterSum)
    rest = Register(next(numbers), target.shape, target.dtype)
    scaled = Register(next(numbers), values.shape, values.dtype)
    axes = tuple(range(len(values.shape)))
    if known is None:
        yield Combine(scaled, (Term(term.coefficient, values, axes, axes),))
    else:
        yield Combine(scaled, (Term(term.coefficient * known, None, (), ()),))
    yield Combine(rest, tuple(one for one in total.terms if one is not term))
    action = replace(made.action, onto=tuple(map(term.classes.index, term.held)))
    yield Select(target, (scaled, *made.operands[1:], rest), action)


def without_copies(program: Program) -> Program:
    """Let a product be made where a sum of nothing else would copy it."""
    makers = {step.target: step for step in program.steps}
    uses = uses_of(program)
    changed: dict[Step, tuple[Step, ...]] = {}
    for step in program.steps:
        match step:
            case Combine(target=target, terms=(Term(coefficient=1, core=core) as term,)) if core:
                made = makers.get(core)
                alike = term.held == term.classes and core.dtype == target.dtype
                if isinstance(made, Contract) and uses[core] == 1 and alike:
                    changed[made] = (replace(made, target=target),)
                    changed[step] = ()
            case _:
                pass
    return with_changes(program, changed)
