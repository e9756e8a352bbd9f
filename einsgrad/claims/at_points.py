"""Comparing a claim with a derivative at points: equal there, or different, where and why."""

from __future__ import annotations

from einsgrad.claims.assumed import Assumed
from einsgrad.claims.candidates import found_assumption
from einsgrad.claims.causes import is_vague
from einsgrad.claims.counterexamples import counterexample
from einsgrad.claims.draws import PointSource, random_points
from einsgrad.claims.explained import AsWritten, explain
from einsgrad.claims.question import Question
from einsgrad.claims.verdict import Verdict
from einsgrad.errors import ArgumentError
from einsgrad.expressions.nodes import Expr

_POINTS = 4


def compared_at_points(
    question: Question, given: AsWritten, claimed: Expr, derivative: Expr, assumed: Assumed
) -> Verdict:
    """Compare a claim with a derivative at random points.

    Parameters
    ----------
    question
        What was asked.
    given
        The claim as it was written.
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
    points = random_points(source, _POINTS, [question.last()])
    if not points:
        where = f" where {assumed.words}" if assumed.words else ""
        raise ArgumentError(f"claim and derivative have no value at a common point{where}.")
    differing = [p for p in points if p.tells_apart(claimed, derivative)]
    if not differing:
        return Verdict(True, "random points", claimed, derivative, assuming=assumed.words)
    point = differing[0]
    same_shape = claimed.shape == derivative.shape
    causes, others = explain(question, given, claimed, derivative, point)
    return Verdict(
        False,
        "counterexample" if same_shape else "shape",
        claimed,
        derivative,
        counterexample(claimed, derivative, source) if same_shape else None,
        causes,
        found_assumption(claimed, derivative, source, point, last=is_vague(causes)),
        assuming=assumed.words,
        others=others,
    )
