"""The likely causes of a wrong claim: which mistakes lead from the derivative to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from einsgrad.claims.compared import Compared
from einsgrad.claims.monomials import Monomial, monomials
from einsgrad.claims.mutations import MUTATIONS, Mutation
from einsgrad.claims.points import ROUNDING, SamplePoint, are_close, is_short
from einsgrad.claims.verdict import Cause, in_one_line
from einsgrad.claims.whole import LAST, WHOLE
from einsgrad.engine.binding import Array
from einsgrad.expressions.nodes import Expr
from einsgrad.simplification.simplify import simplify_expr

# How many mistakes are tried, and how many pairs of them, so that an answer is soon there.
_MOST_TRIED = 2000
_MOST_TRIED_TWICE = 800
# The characters of a term that a message shows.
_LONGEST = 100
# Up to so many terms are listed.
_MOST_LISTED = 4


@dataclass(frozen=True, slots=True)
class _Trial:
    """A mistake with one term: what that becomes, its value, and how much that changes."""

    row: Mutation
    detail: str
    number: int
    term: Monomial
    changed: Monomial
    value: Array
    change: Array

    @property
    def cause(self) -> Cause:
        """The mistake in words."""
        return Cause(self.row.name, self.row.words.format(self.detail, _shown(self.term)))


def whole_mistakes(compared: Compared) -> tuple[Cause, ...]:
    """Find a mistake with the whole that turns the derivative into the claim."""
    for row in WHOLE:
        for words in row.found(compared):
            return (Cause(row.name, words),)
    return ()


class Trials:
    """Mistakes with the terms of a derivative, each set of them tried once.

    Parameters
    ----------
    derivative
        The derivative, whose terms are taken as they stand, and multiplied out.
    point
        Where they are evaluated.
    wanted
        What a mistake changes the derivative by, if it leads to the claim.
    """

    def __init__(self, derivative: Expr, point: SamplePoint, wanted: Array) -> None:
        forms = dict.fromkeys(monomials(derivative, expanded=open_) for open_ in (False, True))
        self._forms = tuple(forms)
        self._point = point
        self._wanted = wanted
        self._known: dict[int, list[_Trial]] = {}

    def _sets(self) -> Iterator[list[_Trial]]:
        for number, terms in enumerate(self._forms):
            if number not in self._known:
                self._known[number] = _trials(terms, self._point)
            yield self._known[number]

    def one_mistake(self) -> tuple[Cause, ...]:
        """Find one mistake with one term."""
        for trials in self._sets():
            for trial in trials:
                if are_close(trial.change, self._wanted):
                    return (trial.cause,)
        return ()

    def two_mistakes(self) -> tuple[Cause, ...]:
        """Find two mistakes with terms."""
        for trials in self._sets():
            found = _pair(trials, self._wanted) or _twice(trials, self._wanted, self._point)
            if found:
                return found
        return ()


def a_multiple(compared: Compared) -> tuple[Cause, ...]:
    """Say that only some factor is wrong."""
    return tuple(Cause(LAST.name, words) for words in LAST.found(compared))


def is_vague(causes: Sequence[Cause]) -> bool:
    """Tell whether causes say nothing of what a person did."""
    return all(cause.name == LAST.name for cause in causes)


def _trials(terms: Sequence[Monomial], point: SamplePoint) -> list[_Trial]:
    """Try every mistake of the table with every term that is not too long to try many."""
    terms = [term for term in terms if is_short(term)]
    known = point.factors(terms)
    values = [point.monomial(term, known) for term in terms]
    changes = (
        (row, detail, number, changed)
        for row in MUTATIONS
        for number, term in enumerate(terms)
        for detail, changed in row.candidates(term)
    )
    trials = []
    for row, detail, number, changed in islice(changes, _MOST_TRIED):
        value = point.monomial(changed, known)
        change = value - values[number]
        if np.abs(change).max(initial=0.0) > 0:
            trials.append(_Trial(row, detail, number, terms[number], changed, value, change))
    return trials


def _pair(trials: Sequence[_Trial], wanted: Array) -> tuple[Cause, ...]:
    """Find two mistakes with different terms whose changes add up to what is wanted.

    Each change is projected on one direction; sorted, the partner is found by bisection.
    """
    if not trials:
        return ()
    direction = np.random.default_rng(5).standard_normal(wanted.shape)
    marks = np.array([float(np.sum(direction * trial.change).real) for trial in trials])
    order = np.argsort(marks)
    goal = float(np.sum(direction * wanted).real)
    slack = 1e-9 * max(1.0, np.abs(marks).max())
    lows = np.searchsorted(marks[order], goal - marks - slack)
    highs = np.searchsorted(marks[order], goal - marks + slack)
    for first, low, high in zip(trials, lows, highs, strict=True):
        for second in (trials[place] for place in order[low:high]):
            if first.number != second.number and are_close(first.change + second.change, wanted):
                return (first.cause, second.cause)
    return ()


def _twice(trials: Sequence[_Trial], wanted: Array, point: SamplePoint) -> tuple[Cause, ...]:
    """Find two mistakes with the same term."""
    known: dict[Expr, Array] = {}
    again = (
        (first, row, detail, changed)
        for first in trials
        for row in MUTATIONS
        for detail, changed in row.candidates(first.changed)
    )
    for first, row, detail, changed in islice(again, _MOST_TRIED_TWICE):
        value = point.monomial(changed, known)
        change = value - first.value
        if are_close(first.change + change, wanted):
            second = _Trial(row, detail, first.number, first.changed, changed, value, change)
            return (first.cause, second.cause)
    return ()


def extra_terms(claim: Expr, derivative: Expr, point: SamplePoint) -> tuple[Cause, ...]:
    """Say which terms the claim has beside all those of the derivative."""
    left, extra = _unmatched(claim, derivative, point)
    if left or not extra:
        return ()
    return (Cause("extra terms", f"terms too many: {_listed(extra)}"),)


def missing_terms(claim: Expr, derivative: Expr, point: SamplePoint) -> tuple[Cause, ...]:
    """Say which terms of the derivative the claim lacks, and what it has in their place."""
    for expanded in (True, False):
        left, extra = _unmatched(claim, derivative, point, expanded=expanded)
        if left and len(left) <= _MOST_LISTED and len(extra) <= _MOST_LISTED:
            words = f"missing in the claim: {_listed(left)}"
            if extra:
                words += f"; in place of that it has {_listed(extra)}"
            return (Cause("missing term", words),)
    return ()


def _unmatched(
    claim: Expr, derivative: Expr, point: SamplePoint, *, expanded: bool = True
) -> tuple[list[Monomial], list[Monomial]]:
    """Return the terms of the derivative and of the claim that have no equal in the other."""
    terms = list(monomials(derivative, expanded=expanded))
    claims = monomials(claim, expanded=expanded)
    known = point.factors([*terms, *claims])
    left = [point.monomial(term, known) for term in terms]
    sizes = [float(np.abs(one).max(initial=0.0)) for one in left]
    extra = []
    for term in claims:
        value = point.monomial(term, known)
        near = _near(sizes, float(np.abs(value).max(initial=0.0)))
        match = next((place for place in near if are_close(left[place], value)), None)
        if match is None:
            extra.append(term)
        else:
            del left[match], sizes[match], terms[match]
    return terms, extra


def _listed(terms: Sequence[Monomial]) -> str:
    return " and ".join(map(_shown, terms))


def _near(sizes: Sequence[float], size: float) -> Iterator[int]:
    """Yield the places of the sizes that may be this one, of which few have to be compared."""
    slack = 2 * ROUNDING * size
    return (place for place, other in enumerate(sizes) if abs(other - size) <= slack)


def _shown(term: Monomial) -> str:
    """Write a term for a message; of a long one only the beginning."""
    text = in_one_line(simplify_expr(term.expr()))
    return f"{text[:_LONGEST]}…" if len(text) > _LONGEST else text
