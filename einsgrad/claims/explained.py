"""What explains a wrong claim: the likely cause, and other ways to see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from einsgrad.calculus.derivatives import jacobian
from einsgrad.calculus.within import within
from einsgrad.claims.causes import (
    Trials,
    a_multiple,
    extra_terms,
    missing_terms,
    whole_mistakes,
)
from einsgrad.claims.compared import AtSymmetric, Compared, Within
from einsgrad.claims.edited import Formula, Spot
from einsgrad.claims.edits import EDITS, Edit, is_editable
from einsgrad.claims.misderived import DERIVATIONS, Misderivation
from einsgrad.claims.points import SamplePoint, are_close
from einsgrad.claims.pools import Pool
from einsgrad.claims.question import Question
from einsgrad.claims.retyped import retyped
from einsgrad.claims.shares import shares
from einsgrad.claims.verdict import Cause, in_one_line
from einsgrad.engine.binding import Array
from einsgrad.expressions.nodes import HERMITIAN, SYMMETRIC, Expr, Variable
from einsgrad.expressions.structures import is_structured, said_of
from einsgrad.expressions.walks import substitute

# So many other ways to see a mistake are told.
_MOST_OTHERS = 2
# What needs no other way to see it.
_PLAIN = frozenset({"sign", "constant factor", "layout", "conjugate", "symmetric convention"})
# The characters of a part that a message shows.
_LONGEST = 90
# How much is tried once there is an explanation.
_STEPS_AFTER = 2500
# How much is tried with the derivative, whose form may be far from what a person writes.
_STEPS_TURNED = 5000

Causes = tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class AsWritten:
    """A claim as it was written.

    Parameters
    ----------
    claim
        The text, or the expression.
    expr
        What it is read as, not simplified.
    read
        Reads a text in the same way.
    """

    claim: object
    expr: Expr
    read: Callable[[str], Expr]


@dataclass(frozen=True)
class Wrong:
    """A wrong claim.

    Parameters
    ----------
    compared
        The values.
    asked
        What was to be derived.
    given
        The claim as it was written.
    claim, derivative
        Both, simplified.
    point
        A point where they differ.
    """

    compared: Compared
    asked: Misderivation
    given: AsWritten
    claim: Expr
    derivative: Expr
    point: SamplePoint


def explain(
    question: Question, given: AsWritten, claimed: Expr, derivative: Expr, point: SamplePoint
) -> tuple[Causes, Causes]:
    """Return the likely cause of a wrong claim, and other ways to see it.

    Parameters
    ----------
    question
        What was asked.
    given
        The claim as it was written.
    claimed, derivative
        Both, simplified.
    point
        A point where they differ.
    """
    last, wrt = question.last(), question.wrt[-1]
    parts = [point.value(one) for one in shares(last, wrt, question.derived)]
    compared = Compared(
        _valued(point, claimed),
        _valued(point, derivative),
        0 if question.cotangent is not None else len(last.shape),
        tuple(part for part in parts if part is not None),
        _symmetric(question, last, claimed, point),
        SYMMETRIC in wrt.traits,
        frozenset((*point.sizes.values(), *(one.size for one in point.arrays.values()))),
        point.value(jacobian(last, wrt)) if question.cotangent is not None else None,
        within=_part_within(question, claimed, point),
    )
    # A person derives the text, and not what it simplifies to.
    expr = question.expr if len(question.wrt) == 1 else last
    asked = Misderivation(expr, wrt, question.derived, point, compared.claimed)
    return explained(Wrong(compared, asked, given, claimed, derivative, point))


def _valued(point: SamplePoint, expr: Expr) -> Array:
    value = point.value(expr)
    assert value is not None
    return value


def _symmetric(
    question: Question, last: Expr, claimed: Expr, point: SamplePoint
) -> AtSymmetric | None:
    """Evaluate, at a symmetric matrix, the claim and the derivative in independent entries."""
    wrt = question.wrt[-1]
    other = is_structured(wrt) and said_of(wrt) != SYMMETRIC
    if other or len(wrt.shape) != 2 or wrt.shape[0] != wrt.shape[1]:
        return None
    free = Variable(f"{wrt.name}#", wrt.shape, wrt.traits - {SYMMETRIC})
    plain = substitute(question.derived(substitute(last, {wrt: free}), free), {free: wrt})
    there = _symmetrised(point, wrt)
    claim, independent = there.value(claimed), there.value(plain)
    return None if claim is None or independent is None else AtSymmetric(claim, independent)


def _part_within(question: Question, claimed: Expr, point: SamplePoint) -> Within | None:
    """Evaluate the part of a claim that leaves the variable as it is declared."""
    wrt = question.wrt[-1]
    said = said_of(wrt)
    if not is_structured(wrt) or said in (SYMMETRIC, HERMITIAN):
        return None
    if claimed.shape[len(claimed.shape) - len(wrt.shape) :] != wrt.shape:
        return None
    value = point.value(within(claimed, wrt, question.convention))
    return None if value is None else Within(value, said)


def _symmetrised(point: SamplePoint, node: Variable) -> SamplePoint:
    array = point.arrays[node.name]
    return SamplePoint({**point.arrays, node.name: (array + array.T) / 2}, point.sizes)


def explained(wrong: Wrong) -> tuple[Causes, Causes]:
    """Return the likely cause, of one mistake or two, and other ways to see it."""
    whole = whole_mistakes(wrong.compared)
    if whole and whole[0].name in _PLAIN:
        return whole, ()
    compared = wrong.compared
    same_shape = compared.claimed.shape == compared.true.shape
    wanted = compared.claimed - compared.true if same_shape else compared.true
    trials = Trials(wrong.derivative, wrong.point, wanted)
    found = [whole] if whole else []
    for one in _explanations(wrong, trials):
        if one and not any(one[0].words == other[0].words for other in found):
            found.append(one)
        if len(found) > _MOST_OTHERS:
            break
    if not found:
        found = list(islice(filter(None, _unusual(wrong, trials)), 1))
    if not found:
        return (), missing_terms(wrong.claim, wrong.derivative, wrong.point)
    return found[0], tuple(cause for one in found[1:] for cause in one)


def _explanations(wrong: Wrong, trials: Trials) -> Iterator[Causes]:
    """Yield explanations by one mistake in a part, the likeliest first."""
    same_shape = wrong.compared.claimed.shape == wrong.compared.true.shape
    if same_shape:
        yield trials.one_mistake()
    formula = Formula(wrong.given.expr, wrong.point)
    pool = Pool([wrong.asked.expr, wrong.given.expr, wrong.derivative], wrong.point)
    yield from _edits(formula, wrong.compared.true, pool, turned=False)
    given = wrong.given
    for words in islice(retyped(given.claim, given.read, wrong.point, wrong.compared.true), 1):
        yield (Cause("operator", words),)
    if same_shape:
        yield extra_terms(wrong.claim, wrong.derivative, wrong.point)
    for name, mistakes in DERIVATIONS:
        for words in islice(mistakes(wrong.asked), 1):
            yield (Cause(name, words),)


def _unusual(wrong: Wrong, trials: Trials) -> Iterator[Causes]:
    """Yield explanations where no single mistake in the claim is one."""
    if wrong.compared.claimed.shape != wrong.compared.true.shape:
        return
    yield a_multiple(wrong.compared)
    formula = Formula(wrong.derivative, wrong.point)
    formula.allow(_STEPS_TURNED)
    pool = Pool([wrong.asked.expr, wrong.given.expr, wrong.derivative], wrong.point)
    yield from _edits(formula, wrong.compared.claimed, pool, turned=True)
    yield trials.two_mistakes()


def _edits(formula: Formula, target: Array, pool: Pool, *, turned: bool) -> Iterator[Causes]:
    """Yield the edits of a formula that give a value."""
    parts = [part for part in formula.parts() if is_editable(part.node)]
    with np.errstate(all="ignore"):
        for edit in EDITS:
            for part in parts:
                if formula.is_exhausted:
                    return
                detail = _detail(edit, formula, part, pool, target)
                if detail is not None:
                    words = edit.turned if turned else edit.words
                    yield (Cause(edit.name, words.format(detail, _shown(part.node))),)
                    formula.allow(_STEPS_AFTER)
                    break


def _detail(edit: Edit, formula: Formula, part: Spot, pool: Pool, target: Array) -> str | None:
    """Return the detail of an edit of a part that gives a value; None if there is none."""
    for detail, value in edit.candidates(formula, part, pool):
        if not np.all(np.isfinite(value)):
            continue
        whole = formula.with_part(part, value)
        if whole is not None and np.all(np.isfinite(whole)) and are_close(whole, target):
            return detail
    return None


def _shown(part: Expr) -> str:
    text = in_one_line(part)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
