"""Comparing a claim with a derivative at points: equal there, or different, where and why."""

from __future__ import annotations

from einsgrad.calculus.derivatives import jacobian
from einsgrad.calculus.within import within
from einsgrad.claims.assumed import Assumed
from einsgrad.claims.candidates import found_assumption
from einsgrad.claims.causes import is_vague, likely_causes
from einsgrad.claims.compared import AtSymmetric, Compared, Within
from einsgrad.claims.counterexamples import counterexample
from einsgrad.claims.draws import PointSource, random_points
from einsgrad.claims.points import SamplePoint
from einsgrad.claims.question import Question
from einsgrad.claims.shares import shares
from einsgrad.claims.verdict import Cause, Verdict
from einsgrad.engine.binding import Array
from einsgrad.errors import ArgumentError
from einsgrad.expressions.nodes import HERMITIAN, SYMMETRIC, Expr, Variable
from einsgrad.expressions.structures import is_structured, said_of
from einsgrad.expressions.walks import substitute

_POINTS = 4


def compared_at_points(
    question: Question, last: Expr, claimed: Expr, derivative: Expr, assumed: Assumed
) -> Verdict:
    """Compare a claim with a derivative at random points.

    Parameters
    ----------
    question
        What was asked.
    last
        What the last derivative is taken of.
    claimed, derivative
        Both, simplified.
    assumed
        What holds at the points.

    Raises
    ------
    ArgumentError
        If there is no point where both have a value.
    """
    source = PointSource(question.names.declared, (claimed, derivative), assumed)
    # Where the function is defined, its derivative is.
    points = random_points(source, _POINTS, [last])
    if not points:
        where = f" where {assumed.words}" if assumed.words else ""
        raise ArgumentError(f"claim and derivative have no value at a common point{where}.")
    differing = [p for p in points if p.tells_apart(claimed, derivative)]
    if not differing:
        return Verdict(True, "random points", claimed, derivative, assuming=assumed.words)
    point = differing[0]
    same_shape = claimed.shape == derivative.shape
    causes = _causes(question, last, claimed, derivative, point)
    return Verdict(
        False,
        "counterexample" if same_shape else "shape",
        claimed,
        derivative,
        counterexample(claimed, derivative, source) if same_shape else None,
        causes,
        found_assumption(claimed, derivative, source, point, last=is_vague(causes)),
        assuming=assumed.words,
    )


def _causes(
    question: Question, last: Expr, claimed: Expr, derivative: Expr, point: SamplePoint
) -> tuple[Cause, ...]:
    wrt = question.wrt[-1]
    parts = [point.value(one) for one in shares(last, wrt, question.derived)]
    compared = Compared(
        _valued(point, claimed),
        _valued(point, derivative),
        0 if question.cotangent is not None else len(last.shape),
        tuple(part for part in parts if part is not None),
        _symmetric(question, last, claimed, point),
        SYMMETRIC in wrt.traits,
        frozenset(point.sizes.values()),
        point.value(jacobian(last, wrt)) if question.cotangent is not None else None,
        within=_part_within(question, claimed, point),
    )
    return likely_causes(compared, claimed, derivative, point)


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
