"""Solutions of ordinary differential equations, by scipy's solvers, as nodes with derivatives.

How a solution depends on its parameters solves an equation beside it, `S' = (∂f/∂y) S + ∂f/∂p`, so
that a derivative is another such node and has derivatives itself. Where the solution begins is a
function of the parameters, too: of the initial value, and of the time where that is given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, pairwise
from math import prod
from typing import Any

import numpy as np

from einsgrad.calculus.batching import batched
from einsgrad.calculus.derivatives import jacobian
from einsgrad.engine.compiled import Compiled
from einsgrad.engine.kernels import Options
from einsgrad.expressions.capture import traced_variable
from einsgrad.expressions.construct import build_einsum, zeros
from einsgrad.expressions.current import suspended
from einsgrad.expressions.kinds import kind_of
from einsgrad.expressions.nodes import Called, Expr, Variable
from einsgrad.expressions.own_calls import OwnCall, OwnFunction
from einsgrad.expressions.vocabulary.arithmetic import add, subtract
from einsgrad.expressions.vocabulary.axis_parts import axis_part
from einsgrad.expressions.vocabulary.joining import concatenated
from einsgrad.expressions.vocabulary.linear import matmul
from einsgrad.expressions.vocabulary.numpy_rearranging import ravel
from einsgrad.expressions.vocabulary.reshaping import reshape
from einsgrad.expressions.walks import substitute
from einsgrad.results.numbers.initial_values import InitialValues, TracedProblem
from einsgrad.simplification.simplify import simplify_expr
from einsgrad.strings.subscripts import Subscripts


@dataclass(frozen=True, slots=True)
class OdeSolver:
    """What computes a solution.

    Parameters
    ----------
    name
        Its name in scipy.
    rows
        Returns the solution at some of the times, given the slope, the start and the times.
    first, last
        Which of the times these are, as a slice.
    options
        What else scipy is given; numbers for each entry of the state as a tuple.
    """

    name: str
    rows: Callable[..., Any]
    first: int | None
    last: int | None
    options: tuple[tuple[str, Any], ...]

    def seen(self, count: int) -> range:
        """Return the places of the times whose states are returned."""
        return range(count)[self.first : self.last]

    def widened(self, size: int, columns: int) -> OdeSolver:
        """Return the solver for a state and its slopes in so many parameters."""
        return replace(
            self,
            options=tuple(
                [
                    (name, value + tuple(np.repeat(value, columns)))
                    if name in _TOLERANCES and isinstance(value, tuple) and len(value) == size
                    else (name, value)
                    for name, value in self.options
                ]
            ),
        )


_TOLERANCES = ("rtol", "atol")


def solution(traced: TracedProblem, solver: OdeSolver) -> Expr:
    """Return the states at the times of a solver, one in each row."""
    return _node(traced.problem, solver, traced.varying, traced.operands)


def _node(
    problem: InitialValues, solver: OdeSolver, varying: tuple[bool, ...], operands: Sequence[Expr]
) -> Called:
    """Return the solution; the operands are the times and what is given."""
    with suspended():
        # Expressions that are compared in a trace are an expression.
        function = _function(problem, solver, varying)
    kinds = "".join([{"i": "i", "b": "b"}.get(kind_of(one) or "", "f") for one in operands])
    times: Any = operands[0].shape[0]
    size: Any = problem.state.shape[0]
    sizes = (len(solver.seen(times)), size)
    return Called(OwnCall(function, (), len(operands), kinds), tuple(operands), sizes, "float64")


@lru_cache(maxsize=1024)
def _function(problem: InitialValues, solver: OdeSolver, varying: tuple[bool, ...]) -> OwnFunction:
    """Return the solution as a function of the times and what is given."""
    slope = _compiled(problem.slope, (problem.time, problem.state, *problem.given))
    initial = _compiled(problem.initial, problem.given)
    is_start = problem.initial in problem.given
    place = problem.given.index(problem.initial) if is_start else 0

    def value(times: Any, *given: Any) -> Any:
        with suspended():
            held = [np.asarray(one) for one in given]
            start = np.asarray(held[place] if is_start else initial(*held), float)
            # The same program at each step, without looking it up.
            program = slope.kernel([np.zeros(()), start, *held]).function
            return solver.rows(
                lambda t, y: program(np.asarray(t, float), y, *held),
                start,
                np.asarray(times, float),
                dict(solver.options),
            )

    def pullback(cotangent: Expr, node: Expr, times: Expr, *given: Expr) -> list[Expr | None]:
        shares: list[Expr | None] = [None] * len(varying)
        seen = solver.seen(times.shape[0])  # type: ignore[arg-type]
        if varying[0]:
            shares[0] = _share_of_times(problem, cotangent, node, times, given, seen)
        if any(varying[1:]):
            wanted = [v for v, varies in zip(problem.given, varying[1:], strict=True) if varies]
            parts = iter(_shares(problem, solver, varying, (cotangent, times, *given), wanted))
            for number, varies in enumerate(varying[1:], 1):
                shares[number] = next(parts) if varies else None
        return shares

    return OwnFunction(solver.name, value, pullback)


def _compiled(expr: Expr, variables: Sequence[Variable]) -> Compiled:
    options = Options(single=True, as_declared=False)
    return Compiled([simplify_expr(expr)], variables, {}, options)


def _share_of_times(
    problem: InitialValues,
    cotangent: Expr,
    node: Expr,
    times: Expr,
    given: Sequence[Expr],
    seen: range,
) -> Expr:
    """Return the cotangent of the times: a solution moves by its slope."""
    values: dict[Expr, Expr] = dict(zip(problem.given, given, strict=True))
    slope = substitute(problem.slope, values)
    moved = axis_part(times, 0, seen.start, len(seen))
    count = len(seen)
    (slopes,) = batched([slope], {problem.state: node, problem.time: moved}, count)
    share = build_einsum(Subscripts((("t", "y"), ("t", "y")), ("t",)), (cotangent, slopes))
    total: Any = times.shape[0]
    return concatenated([zeros((seen.start,)), share, zeros((total - seen.stop,))])


def _shares(
    problem: InitialValues,
    solver: OdeSolver,
    varying: tuple[bool, ...],
    operands: Sequence[Expr],
    wanted: Sequence[Variable],
) -> list[Expr]:
    """Return the cotangents of parameters, by the slopes of the solution in them."""
    cotangent, times, *given = operands
    sizes = [_count(one) for one in wanted]
    columns = sum(sizes)
    size: Any = problem.state.shape[0]
    with suspended():
        wide = _with_slopes(problem, tuple(wanted))
    whole = _node(wide, solver.widened(size, columns), varying, (times, *given))
    rows = whole.shape[0]
    slopes = axis_part(whole, 1, size, size * columns)
    lists = (("t", "y"), ("t", "y", "p"))
    total = build_einsum(
        Subscripts(lists, ("p",)), (cotangent, reshape(slopes, (rows, size, columns)))
    )
    places = pairwise(accumulate(sizes, initial=0))
    return [
        reshape(axis_part(total, 0, start, stop - start), variable.shape)
        for variable, (start, stop) in zip(wanted, places, strict=True)
    ]


@lru_cache(maxsize=1024)
def _with_slopes(problem: InitialValues, wanted: tuple[Variable, ...]) -> InitialValues:
    """Return the problem whose state has behind it its slopes in some of the parameters."""
    size: Any = problem.state.shape[0]
    columns = sum(map(_count, wanted))
    state = traced_variable(f"{problem.state.name} and slopes", (size * (1 + columns),), False)
    by_state = jacobian(problem.slope, problem.state)
    slopes = reshape(axis_part(state, 0, size, size * columns), (size, columns))
    moved = add(matmul(by_state, slopes), _columns(problem.slope, wanted))
    slope = concatenated([problem.slope, ravel(moved)])
    initial = [_columns_of_initial(problem, one) for one in wanted]
    return replace(
        problem,
        slope=substitute(slope, {problem.state: axis_part(state, 0, 0, size)}),
        initial=concatenated([problem.initial, ravel(concatenated(initial, 1))]),
        state=state,
    )


def _count(variable: Variable) -> int:
    """Return the number of entries."""
    sizes: Any = variable.shape
    return prod(sizes)


def _columns(expr: Expr, wanted: Sequence[Variable]) -> Expr:
    """Return the slopes of a vector in parameters, side by side."""
    return concatenated([_columns_of(expr, one) for one in wanted], 1)


def _columns_of(expr: Expr, variable: Variable) -> Expr:
    return reshape(jacobian(expr, variable), (expr.shape[0], _count(variable)))


def _columns_of_initial(problem: InitialValues, variable: Variable) -> Expr:
    """Return the slopes of the initial state; where it begins later it has moved less."""
    columns = _columns_of(problem.initial, variable)
    if variable is not problem.begin:
        return columns
    at_first: dict[Expr, Expr] = {problem.state: problem.initial, problem.time: problem.begin}
    first = substitute(problem.slope, at_first)
    return subtract(columns, reshape(first, (first.shape[0], 1)))
