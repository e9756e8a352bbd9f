"""Initial value problems as they are traced: the right side, its parameters, where it begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from einsgrad.calculus.called import as_called
from einsgrad.errors import ArgumentTypeError, ShapeError, clip
from einsgrad.expressions.capture import Capture, capturing
from einsgrad.expressions.current import current
from einsgrad.expressions.kinds import kind_of
from einsgrad.expressions.nodes import Called, Expr, Pick, Variable
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary.joining import array_like, holds_expression
from einsgrad.expressions.vocabulary.numpy_lists import LISTS_AS_ARRAYS
from einsgrad.expressions.walks import children, rebuild_all, substitute, topological, variables_in


@dataclass(frozen=True, slots=True)
class InitialValues:
    """An initial value problem.

    Parameters
    ----------
    slope
        The right side, a vector.
    initial
        The state at the first time.
    state, time
        The variables of the solution and the time in the right side.
    begin
        The variable of the first time in the initial state.
    given
        All other variables of both, the first time among them.
    """

    slope: Expr
    initial: Expr
    state: Variable
    time: Variable
    begin: Variable
    given: tuple[Variable, ...]


@dataclass(frozen=True, slots=True)
class TracedProblem:
    """A problem, and what its variables stand for.

    Parameters
    ----------
    problem
        The problem.
    operands
        The times, and what is given.
    varying
        Which of these there may be a derivative in.
    """

    problem: InitialValues
    operands: tuple[Expr, ...]
    varying: tuple[bool, ...]


def trace_problem(
    name: str, function: Callable[..., Any], start: Any, times: Any
) -> TracedProblem | None:
    """Trace a right side; None where all of it depends on arrays alone.

    Parameters
    ----------
    name
        What solves it, in messages.
    function
        The right side, of the time and the state.
    start
        The state at the first of the times.
    times
        The times.

    Raises
    ------
    ShapeError
        If the right side has not the shape of the state, or one of them is no vector.
    ArgumentTypeError
        If one of them is complex.
    """
    outer = current()
    with capturing([one for one in (start, times) if isinstance(one, Expr)]) as capture:
        begin, times_now = _operand(start), _operand(times)
        state, time = capture.named("y", begin.shape, "f"), capture.named("t", (), "f")
        with LISTS_AS_ARRAYS:
            slope = array_like(function(time, state))
        _check(name, begin, times_now, slope)
        slope, found = _without_constant_parts(slope, (state, time), capture)
        first = capture.named("first t", (), "f")
        own = capture.named("first y", begin.shape, "f")
        found = {first: times_now[0], own: begin, **found}
        known = _known(capture)
    varying = [_varies(one, known) for one in (times_now, *found.values())]
    if not any(varying):
        return None
    met: dict[Expr, Expr] = {v: _in_outer(array, outer) for v, array in capture.originals().items()}
    met |= {v: _in_outer(a, outer) for v, a in capture.arrays.items() if v not in met}
    operands = tuple([substitute(one, met) for one in (times_now, *found.values())])
    problem = InitialValues(slope, own, state, time, first, tuple(found))
    return TracedProblem(problem, operands, tuple(varying))


def _operand(value: Any) -> Expr:
    if holds_expression(value):
        return array_like(value)
    array = np.atleast_1d(np.asarray(value))
    return as_expr(array if array.dtype.kind == "c" else array.astype(float))


def _check(name: str, start: Expr, times: Expr, slope: Expr) -> None:
    for one, what in ((start, "the initial state"), (times, "what holds the times")):
        if len(one.shape) != 1:
            raise ShapeError(f"{name}: {what} is no vector, but has shape {clip(one.shape)}.")
    if slope.shape != start.shape:
        raise ShapeError(
            f"{name}: the right side has shape {clip(slope.shape)}, and the state "
            f"{clip(start.shape)}. Return the slope of each entry of the state."
        )
    if any(one.is_complex for one in (start, times, slope)):
        raise ArgumentTypeError(
            f"{name}: the equation of an expression is real. Put the real and the imaginary parts "
            "of the state one behind the other."
        )


def _without_constant_parts(
    slope: Expr, moving: Sequence[Variable], capture: Capture
) -> tuple[Expr, dict[Variable, Expr]]:
    """Put a variable in the place of each part that depends on neither the state nor the time."""
    moves: set[Expr] = set(moving)
    holds: set[Expr] = set()
    for node in topological(slope):
        below = children(node)
        if not moves.isdisjoint(below) or (isinstance(node, Pick) and below):
            moves.add(node)
        if isinstance(node, Variable | Called) or not holds.isdisjoint(below):
            holds.add(node)
    found: dict[Expr, Variable] = {}

    def constant(node: Expr) -> Expr:
        if node not in found:
            name = f"p{len(found)}"
            found[node] = capture.named(name, node.shape, kind_of(node))
        return found[node]

    if slope not in moves:
        # A right side of parameters alone.
        return (constant(slope) if slope in holds else slope), {v: e for e, v in found.items()}
    put: dict[Expr, Expr] = {}
    for node in topological(slope, below=lambda one: children(one) if one in moves else ()):
        if node not in moves and node in holds:
            put[node] = constant(node)
    (without,) = rebuild_all(
        [slope],
        lambda one: put.get(one, one),
        below=lambda one: children(one) if one in moves else (),
    )
    return without, {variable: expr for expr, variable in found.items()}


def _known(capture: Capture | None) -> set[Variable]:
    """Return the variables that stand for arrays which were met, in all traces."""
    found: set[Variable] = set()
    while capture is not None:
        found |= capture.arrays.keys()
        capture = capture.outer
    return found


def _varies(expr: Expr, known: set[Variable]) -> bool:
    """Tell whether there may be a derivative in what an expression depends on."""
    return kind_of(expr) not in ("i", "b") and not known.issuperset(variables_in(expr))


def _in_outer(array: Any, outer: Capture | None) -> Expr:
    return as_called(array) if outer is None else as_expr(array)
