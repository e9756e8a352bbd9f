"""Mistakes with one term, each a row of a table: what a person does, as a change of a monomial."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, combinations, permutations

from einsgrad.claims.monomials import Monomial, MonomialFactor
from einsgrad.claims.verdict import in_one_line
from einsgrad.strings.subscripts import Label

Mutated = Iterator[tuple[str, Monomial]]
# Up to so many labels all their orders are tried.
_MOST_PERMUTED = 4


@dataclass(frozen=True, slots=True)
class Mutation:
    """A mistake.

    Parameters
    ----------
    name
        What it is called.
    words
        What happened, with `{0}` for the detail.
    candidates
        Given a right monomial, the wrong ones, each with the detail.
    """

    name: str
    words: str
    candidates: Callable[[Monomial], Mutated]


def _sign(monomial: Monomial) -> Mutated:
    yield "", replace(monomial, coefficient=-monomial.coefficient)


def _doubled(monomial: Monomial) -> Mutated:
    yield "2", replace(monomial, coefficient=2 * monomial.coefficient)


def _halved(monomial: Monomial) -> Mutated:
    yield "2", replace(monomial, coefficient=0.5 * monomial.coefficient)


def _omitted(monomial: Monomial) -> Mutated:
    yield "", replace(monomial, coefficient=0)


def _with_factor(monomial: Monomial, place: int, *factors: MonomialFactor) -> Monomial:
    rest = monomial.factors
    return replace(monomial, factors=(*rest[:place], *factors, *rest[place + 1 :]))


def _transposed(monomial: Monomial) -> Mutated:
    for place, factor in enumerate(monomial.factors):
        if not 2 <= len(factor.labels) <= _MOST_PERMUTED:
            continue
        for order in permutations(range(len(factor.labels))):
            labels = tuple(factor.labels[axis] for axis in order)
            dims = [monomial.dims[label] for label in labels]
            if labels != factor.labels and dims == [monomial.dims[x] for x in factor.labels]:
                changed = replace(factor, labels=labels)
                yield in_one_line(factor.expr), _with_factor(monomial, place, changed)


def _turned(monomial: Monomial) -> Mutated:
    for first, second in combinations(range(len(monomial.output)), 2):
        output = list(monomial.output)
        output[first], output[second] = output[second], output[first]
        if monomial.dims[output[first]] == monomial.dims[output[second]]:
            yield f"axes {first} and {second}", replace(monomial, output=tuple(output))


def _exchanged(monomial: Monomial) -> Mutated:
    # Written once for each factor, and not for each pair.
    names = [in_one_line(factor.expr) for factor in monomial.factors]
    for first, second in combinations(range(len(monomial.factors)), 2):
        one, other = monomial.factors[first], monomial.factors[second]
        if one.expr is other.expr or one.expr.shape != other.expr.shape or not one.labels:
            continue
        factors = list(monomial.factors)
        factors[first] = replace(one, expr=other.expr)
        factors[second] = replace(other, expr=one.expr)
        yield f"{names[first]} and {names[second]}", replace(monomial, factors=tuple(factors))


def _dropped(monomial: Monomial) -> Mutated:
    for place, factor in enumerate(monomial.factors):
        changed = _with_factor(monomial, place)
        left = set(chain.from_iterable(one.labels for one in changed.factors))
        # A label that nothing holds any more would be summed over nothing.
        if all(label in left or label in monomial.output for label in factor.labels):
            yield in_one_line(factor.expr), changed


def _relabelled(monomial: Monomial, names: dict[Label, Label]) -> Monomial:
    factors = tuple(
        replace(factor, labels=tuple(names.get(x, x) for x in factor.labels))
        for factor in monomial.factors
    )
    return replace(monomial, factors=factors)


def _captured(monomial: Monomial) -> Mutated:
    for label in monomial.summed:
        for free in dict.fromkeys((*monomial.output, *monomial.summed)):
            if free != label and monomial.dims[free] == monomial.dims[label]:
                kind = "a free one" if free in monomial.output else "another one"
                yield kind, _relabelled(monomial, {label: free})


def _torn(monomial: Monomial) -> Mutated:
    """Take the places of one label apart into two labels: a delta, or a joint sum, is lost."""
    for label in monomial.labels:
        slots = [
            (place, axis)
            for place, factor in enumerate((*monomial.factors, None))
            for axis, one in enumerate(monomial.output if factor is None else factor.labels)
            if one == label
        ]
        last = len(monomial.factors)
        kind = "a free index" if any(place == last for place, _ in slots) else "a summed index"
        for size in range(1, len(slots)):
            for moved in combinations(slots[1:], size):
                yield kind, _moved(monomial, label, frozenset(moved), ("torn", label))


def _moved(
    monomial: Monomial, label: Label, slots: frozenset[tuple[int, int]], new: Label
) -> Monomial:
    """Give a label's places another label; the place behind the factors is the output."""
    lists = [*(factor.labels for factor in monomial.factors), monomial.output]
    changed = [
        tuple(new if (place, axis) in slots else one for axis, one in enumerate(labels))
        for place, labels in enumerate(lists)
    ]
    factors = tuple(
        replace(factor, labels=labels)
        for factor, labels in zip(monomial.factors, changed, strict=False)
    )
    dims = {**monomial.dims, new: monomial.dims[label]}
    return Monomial(monomial.coefficient, factors, changed[-1], dims)


def _replaced(monomial: Monomial) -> Mutated:
    for place, labels in enumerate((*(f.labels for f in monomial.factors), monomial.output)):
        at_output = place == len(monomial.factors)
        where = "δ" if at_output else in_one_line(monomial.factors[place].expr)
        for axis, label in enumerate(labels):
            for other in monomial.labels:
                if other != label and monomial.dims[other] == monomial.dims[label]:
                    yield where, _moved(monomial, label, frozenset({(place, axis)}), other)


MUTATIONS: tuple[Mutation, ...] = (
    Mutation("sign", "the sign of the term {1} is wrong", _sign),
    Mutation("missing term", "the term {1} is missing", _omitted),
    Mutation("constant factor", "a factor {0} too many in the term {1}", _doubled),
    Mutation("constant factor", "a factor {0} is missing in the term {1}", _halved),
    Mutation("transpose", "{0} is transposed in the term {1}", _transposed),
    Mutation("transpose", "{0} of the term {1} are exchanged", _turned),
    Mutation("exchanged factors", "the order of {0} is wrong in the term {1}", _exchanged),
    Mutation("missing factor", "the factor {0} is missing in the term {1}", _dropped),
    Mutation("captured index", "a summed index captures {0} in the term {1}", _captured),
    Mutation("missing delta", "{0} is torn in two in the term {1}: a δ is dropped", _torn),
    Mutation("replaced index", "an index of {0} is replaced in the term {1}", _replaced),
)
