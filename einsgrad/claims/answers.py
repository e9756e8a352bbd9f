"""What a person may claim: a text in any notation, an einsum string alone, an expression."""

from __future__ import annotations

import re

from einsgrad.claims.question import Question
from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.declare import einsum_of
from einsgrad.expressions.dims import Shape
from einsgrad.expressions.label_ranges import sized_as
from einsgrad.expressions.nodes import Constant, Einsum, Expr
from einsgrad.expressions.parts import without_names
from einsgrad.expressions.selectors import Affine, Delta
from einsgrad.expressions.shaping import as_expr, broadcast
from einsgrad.reading.read_lines import read
from einsgrad.strings.calls import as_equation

_EINSUM_ALONE = re.compile(r"(?:[\w\s.,]|\([^()]*\))*->(?:[\w\s.]|\([^()]*\))*")


def read_claim(claim: object, question: Question, shape: Shape) -> Expr:
    """Read a claim as an expression; a number stands for every entry.

    Parameters
    ----------
    claim
        What is claimed.
    question
        What it answers.
    shape
        The derivative's.

    Raises
    ------
    EinsgradError
        If the claim cannot be read.
    """
    if not isinstance(claim, str):
        (found,) = without_names([as_expr(claim)])
    elif _EINSUM_ALONE.fullmatch(claim):
        found = _of_operands(claim, question, shape)
    else:
        found = read(claim, question.names, shape=shape, syntax=question.syntax)
    return broadcast(found, shape) if isinstance(found, Constant) else found


def _of_operands(claim: str, question: Question, shape: Shape) -> Expr:
    """Give an einsum string the operands of the einsum that is derived.

    The cotangent stands in the variable's place; where there is none, the variable's
    operand may be left out.
    """
    equation = sized_as(as_equation(claim), shape)
    operands = _operands(question.expr)
    wrt, cotangent = question.wrt, question.cotangent
    places = [place for place, one in enumerate(operands) if one is wrt[0]]
    if len(wrt) != 1 or len(places) != 1:
        raise ArgumentError(
            f"{clip(claim)}: the operands are not known. Write them, as in '\"{claim}\"(A, x)'."
        )
    (place,) = places
    count = len(equation.subscripts.inputs)
    others = (*operands[:place], *operands[place + 1 :])
    if count == len(others) and cotangent is None:
        return einsum_of(equation, others)
    if count != len(operands):
        raise ArgumentError(
            f"{clip(claim)} has {count} operands, the einsum {len(operands)}. Write one list "
            f"for each operand, the cotangent in the place of {clip(wrt[0])}."
        )
    given = Constant(1) if cotangent is None else cotangent
    return einsum_of(equation, (*operands[:place], given, *operands[place + 1 :]))


def _operands(expr: Expr) -> tuple[Expr, ...]:
    if not isinstance(expr, Einsum):
        return ()
    return tuple(operand for operand in expr.operands if not isinstance(operand, Delta | Affine))
