"""Improvements of a finished program that look at one step and at what made its operands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from einsgrad.engine.programs.actions import Lookup, ScatterSum
from einsgrad.engine.programs.program import Program
from einsgrad.engine.programs.step_costs import operands_of
from einsgrad.engine.programs.steps import Combine, Contract, Register, Select, Step, Term
from einsgrad.expressions.nodes import Number
from einsgrad.expressions.products import is_moderate
from einsgrad.strings.subscripts import fresh_numbers

# An operand this much smaller than the product is scaled in its place: set by the losses of
# `python -m benchmarks --only gradients`.
_SMALLER = 4

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
    uses = _uses(program)
    numbers = _new_numbers(program)
    changed: dict[Step, tuple[Step, ...]] = {}
    for step in looked:
        total = makers.get(step.operands[0])
        if total is not None and uses[total.target] == 1 and _pays_early(step, total):
            changed[total] = ()
            changed[step] = tuple(_EarlyLookup(program, step, total, numbers).steps())
    return _with_changes(program, changed)


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


def scaled_early(program: Program) -> Program:
    """Multiply a product by a number where an operand is much smaller than the product.

    Parameters
    ----------
    program
        A program. Products that are read once, by a sum with a coefficient, are changed.
    """
    makers = {step.target: step for step in program.steps}
    uses = _uses(program)
    changed: dict[Step, tuple[Step, ...]] = {}
    factors: dict[Contract, Number] = {}
    for step in program.steps:
        if not isinstance(step, Combine):
            continue
        terms = list(step.terms)
        for place, term in enumerate(terms):
            made = makers.get(term.core) if term.core is not None else None
            # A difference of arrays takes no step more than their sum.
            minuend = any(t.coefficient == 1 and not t.is_spread for t in terms)
            subtracted = term.coefficient == -1 and minuend
            once = isinstance(made, Contract) and uses[made.target] == 1
            if isinstance(made, Contract) and once and not subtracted and _pays(term, made):
                factors[made] = term.coefficient
                terms[place] = replace(term, coefficient=1)
        if terms != list(step.terms):
            changed[step] = (Combine(step.target, tuple(terms)),)
    multiples = _Multiples(
        _new_numbers(program), {(repr(f), _smaller(m)) for m, f in factors.items()}
    )
    for step in program.steps:
        if isinstance(step, Contract) and step in factors:
            changed[step] = tuple(multiples.product(factors[step], step))
        elif isinstance(step, Combine):
            changed[step] = tuple(multiples.total(changed.get(step, (step,))))
    return _with_changes(program, changed)


def put_onto_sums(program: Program) -> Program:
    """Add entries at some places to a sum itself, not to zeros that are added to it.

    Parameters
    ----------
    program
        A program. Entries that go to places of their own, and are read by one sum, are changed.
    """
    makers = {step.target: step for step in program.steps if isinstance(step, Select)}
    uses = _uses(program)
    written = {step.target: step for step in program.steps if isinstance(step, Combine)}
    numbers = _new_numbers(program)
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
    return _with_changes(program, changed)


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
    uses = _uses(program)
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
    return _with_changes(program, changed)


def _new_numbers(program: Program) -> Iterator[int]:
    """Yield numbers that no register of a program has."""
    registers = chain(program.inputs, (step.target for step in program.steps))
    return fresh_numbers(register.number for register in registers)


def _uses(program: Program) -> Counter[Register]:
    uses = Counter(register for step in program.steps for register in operands_of(step))
    uses.update(output.register for output in program.outputs)
    return uses


def _with_changes(program: Program, changed: Mapping[Step, tuple[Step, ...]]) -> Program:
    steps = tuple(new for step in program.steps for new in changed.get(step, (step,)))
    return Program(program.names, program.inputs, steps, program.outputs)


def _pays(term: Term, made: Contract) -> bool:
    smallest = min(operand.size for operand in made.operands)
    floating = all(operand.dtype == made.target.dtype for operand in made.operands)
    plain = made.target.dtype.kind in "fc" and not isinstance(term.coefficient, complex)
    large = made.target.size >= _SMALLER * smallest
    moves = term.coefficient != 1 and is_moderate(term.coefficient)
    return moves and len(made.operands) == 2 and floating and plain and large


def _smaller(made: Contract) -> Register:
    return min(made.operands, key=lambda operand: operand.size)


class _Multiples:
    """Multiples of operands by numbers, each made once, where it is read first.

    Parameters
    ----------
    numbers
        Numbers of new registers.
    wanted
        The numbers and operands of products.
    """

    def __init__(self, numbers: Iterator[int], wanted: set[tuple[str, Register]]) -> None:
        self._numbers = numbers
        self._wanted = wanted
        self._known: dict[tuple[str, Register], Register] = {}

    def product(self, factor: Number, made: Contract) -> Iterator[Step]:
        """Yield a product with the multiple of its smaller operand."""
        operand = _smaller(made)
        yield from self._made(factor, operand)
        operands = list(made.operands)
        operands[operands.index(operand)] = self._known[repr(factor), operand]
        yield Contract(made.target, tuple(operands), made.inputs, made.output)

    def total(self, steps: Sequence[Step]) -> Iterator[Step]:
        """Yield a sum into whose parts multiples that products need are copied."""
        (step,) = steps
        assert isinstance(step, Combine)
        terms = list(step.terms)
        for place, term in enumerate(terms):
            key = (repr(term.coefficient), term.core)
            if term.core is not None and term.is_spread and key in self._wanted:
                yield from self._made(term.coefficient, term.core)
                terms[place] = replace(term, coefficient=1, core=self._known[key])
        yield Combine(step.target, tuple(terms)) if terms != list(step.terms) else step

    def _made(self, factor: Number, operand: Register) -> Iterator[Step]:
        key = repr(factor), operand
        if key not in self._known:
            self._known[key] = Register(next(self._numbers), operand.shape, operand.dtype)
            axes = tuple(range(len(operand.shape)))
            yield Combine(self._known[key], (Term(factor, operand, axes, axes),))
