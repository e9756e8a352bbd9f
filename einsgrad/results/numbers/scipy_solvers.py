"""`odeint` and `solve_ivp` of scipy, called in a function that is traced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from einsgrad.errors import ArgumentError, ArgumentTypeError, clip
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary.joining import array_like, concatenated, holds_expression
from einsgrad.results.numbers.differential_equations import OdeSolver, solution
from einsgrad.results.numbers.initial_values import trace_problem


def odeint(
    func: Callable[..., Any],
    y0: Any,
    t: Any,
    args: Any = (),
    *,
    tfirst: bool = False,
    **options: Any,
) -> Expr | None:
    """Solve as `scipy.integrate.odeint`; None where nothing is traced that has a derivative."""
    given = args if isinstance(args, tuple) else (args,)

    def slope(time: Expr, state: Expr) -> Any:
        return func(time, state, *given) if tfirst else func(state, time, *given)

    traced = trace_problem("odeint", slope, y0, t)
    if traced is None:
        return None
    solver = OdeSolver("odeint", _rows_of_odeint, None, None, _options("odeint", options))
    return solution(traced, solver)


def _rows_of_odeint(
    slope: Callable[..., Any], start: Any, times: Any, options: dict[str, Any]
) -> Any:
    from scipy.integrate import odeint as own

    return own(slope, start, times, tfirst=True, **options)


def solve_ivp(
    fun: Callable[..., Any],
    t_span: Any,
    y0: Any,
    method: Any = "RK45",
    t_eval: Any = None,
    args: Any = None,
    **options: Any,
) -> Any:
    """Solve as `scipy.integrate.solve_ivp`; None where nothing is traced that has a derivative.

    Raises
    ------
    ArgumentError
        If the times are not given: how many there are depends on data.
    """
    given = () if args is None else tuple(args)
    begin, end = (as_expr(one) for one in t_span)
    between = t_span if t_eval is None else t_eval
    # Where a traced time is among them they are one expression.
    inner = array_like(between) if holds_expression(between) else as_expr(np.asarray(between))
    times = concatenated([begin[None], inner, end[None]])
    traced = trace_problem("solve_ivp", lambda t, y: fun(t, y, *given), y0, times)
    if traced is None:
        return None
    if t_eval is None:
        raise ArgumentError(
            "solve_ivp: how many steps it takes depends on data. Give t_eval=, the times that "
            "are looked at: t_eval=[t_end] for the last state."
        )
    own = (("method", method), *_options("solve_ivp", options))
    found = solution(traced, OdeSolver("solve_ivp", _rows_of_solve_ivp, 1, -1, own))
    from scipy.optimize import OptimizeResult

    return OptimizeResult(
        t=t_eval,
        y=found.T,
        sol=None,
        t_events=None,
        y_events=None,
        status=0,
        success=True,
        message="The solver successfully reached the end of the integration interval.",
    )


def _rows_of_solve_ivp(
    slope: Callable[..., Any], start: Any, times: Any, options: dict[str, Any]
) -> Any:
    from scipy.integrate import solve_ivp as own

    found = own(slope, (times[0], times[-1]), start, t_eval=times[1:-1], **options)
    if not found.success:
        raise ArgumentError(f"solve_ivp: {found.message} Give other options, or a shorter time.")
    return np.asarray(found.y).T


def _options(name: str, options: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Return options as numbers and tuples of numbers, which tell equal calls."""
    return tuple([(key, _plain(name, key, value)) for key, value in sorted(options.items())])


def _plain(name: str, key: str, value: Any) -> Any:
    if isinstance(value, Expr):
        raise ArgumentTypeError(f"{name}: {key}={clip(value)} has no derivative. Give numbers.")
    return tuple(np.ravel(value).tolist()) if np.ndim(value) else value
