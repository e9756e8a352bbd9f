"""Comparing a claim with a derivative at points: equal there, or different, where and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from einsgrad.calculus.derivatives import jacobian
from einsgrad.claims.causes import likely_causes
from einsgrad.claims.compared import AtSymmetric, Compared
from einsgrad.claims.counterexamples import counterexample
from einsgrad.claims.draws import PointSource, random_points
from einsgrad.claims.points import SamplePoint, are_close
from einsgrad.claims.question import Question
from einsgrad.claims.shares import shares
from einsgrad.claims.verdict import Cause, Verdict
from einsgrad.engine.binding import Array
from einsgrad.errors import ArgumentError
from einsgrad.expressions.nodes import SYMMETRIC, Expr, Variable
from einsgrad.expressions.walks import substitute, variables_in

_POINTS = 4


def compared_at_points(question: Question, last: Expr, claimed: Expr, derivative: Expr) -> Verdict:
    """Compare a claim with a derivative at random points.

    Parameters
    ----------
    question
        What was asked.
    last
        What the last derivative is taken of.
    claimed, derivative
        Both, simplified.

    Raises
    ------
    ArgumentError
        If there is no point where both have a value.
    """
    declared = question.names.declared
    # Where the function is defined, its derivative is.
    source = PointSource(declared, (claimed, derivative))
    points = random_points(source, _POINTS, [last])
    if not points:
        raise ArgumentError("claim and derivative have no value at a common point.")
    differing = [p for p in points if p.tells_apart(claimed, derivative)]
    if not differing:
        return Verdict(True, "random points", claimed, derivative)
    same_shape = claimed.shape == derivative.shape
    return Verdict(
        False,
        "counterexample" if same_shape else "shape",
        claimed,
        derivative,
        counterexample(claimed, derivative, source) if same_shape else None,
        _causes(question, last, claimed, derivative, differing[0]),
        _holds_if(claimed, derivative, points) if same_shape else "",
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
    if len(wrt.shape) != 2 or wrt.shape[0] != wrt.shape[1]:
        return None
    free = Variable(f"{wrt.name}#", wrt.shape, wrt.traits - {SYMMETRIC})
    plain = substitute(question.derived(substitute(last, {wrt: free}), free), {free: wrt})
    there = _symmetrised(point, wrt)
    claim, independent = there.value(claimed), there.value(plain)
    return None if claim is None or independent is None else AtSymmetric(claim, independent)


def _symmetrised(point: SamplePoint, node: Variable) -> SamplePoint:
    array = point.arrays[node.name]
    return replace(point, arrays={**point.arrays, node.name: (array + array.T) / 2})


def _holds_if(claimed: Expr, derivative: Expr, points: Sequence[SamplePoint]) -> str:
    """Say for which matrix being symmetric the claim would hold; empty if for none."""
    for node in variables_in(claimed, derivative):
        if len(node.shape) != 2 or node.shape[0] != node.shape[1] or SYMMETRIC in node.traits:
            continue
        there = [_symmetrised(point, node) for point in points]
        if all(are_close(point.value(claimed), point.value(derivative)) for point in there):
            return f"{node.name} is symmetric"
    return ""
