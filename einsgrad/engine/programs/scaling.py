"""Products that are scaled through their smaller operand, not once they are large."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from einsgrad.engine.programs.changing import new_numbers, uses_of, with_changes
from einsgrad.engine.programs.program import Program
from einsgrad.engine.programs.steps import Combine, Contract, Register, Step, Term
from einsgrad.expressions.nodes import Number
from einsgrad.expressions.products import is_moderate

# An operand this much smaller than the product is scaled in its place: set by the losses of
# `python -m benchmarks --only gradients`.
_SMALLER = 4


def scaled_early(program: Program) -> Program:
    """Multiply a product by a number where an operand is much smaller than the product.

    Parameters
    ----------
    program
        A program. Products that are read once, by a sum with a coefficient, are changed.
    """
    makers = {step.target: step for step in program.steps}
    uses = uses_of(program)
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
        new_numbers(program), {(repr(f), _smaller(m)) for m, f in factors.items()}
    )
    for step in program.steps:
        if isinstance(step, Contract) and step in factors:
            changed[step] = tuple(multiples.product(factors[step], step))
        elif isinstance(step, Combine):
            changed[step] = tuple(multiples.total(changed.get(step, (step,))))
    return with_changes(program, changed)


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
