"""Calls of scipy's solvers with exact derivatives; their results have arrays by name."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np

from einsgrad.bridges.calling_scipy import call_scipy
from einsgrad.bridges.methods import FEW_UNKNOWNS, GRADIENT, HESSIAN, PRODUCT, Minimizer, one_of
from einsgrad.bridges.named_results import named_callback, named_result
from einsgrad.bridges.objective import Objective
from einsgrad.bridges.residuals import Residuals
from einsgrad.bridges.statement import Start
from einsgrad.bridges.trial_points import TrialPoints, quietly
from einsgrad.errors import ArgumentError, clip

_LEAST_SQUARES = ("trf", "dogbox", "lm")
_WITH_JACOBIAN = ("hybr", "lm")
_ROOTS = (
    *_WITH_JACOBIAN,
    "broyden1",
    "broyden2",
    "anderson",
    "linearmixing",
    "diagbroyden",
    "excitingmixing",
    "krylov",
    "df-sane",
)
# What is given to least_squares here, and by no one else.
_OWN = {"fun", "x0", "jac", "bounds", "method", "args", "kwargs"}
_OWN |= {"diff_step", "jac_sparsity", "workers"}


def minimized(
    objective: Objective,
    start: Start,
    method: Minimizer,
    callback: object,
    further: Mapping[str, Any],
) -> Any:
    """Call `scipy.optimize.minimize` with the derivatives that a method takes."""
    from scipy import optimize

    tried = TrialPoints(objective, method.name)
    given = {**further, **_second_derivatives(tried, method, len(start.vector))}
    if start.bounds.are_any:
        given["bounds"] = optimize.Bounds(start.bounds.low, start.bounds.high)
    if GRADIENT in method.takes:
        first = quietly(objective.value_and_gradient)(start.vector)
        _refuse_not_finite(np.hstack(first), "the value or its gradient")
        given["jac"] = True
    else:
        _refuse_not_finite(quietly(objective.value)(start.vector), "the value")
    result = call_scipy(
        optimize.minimize,
        tried.value_and_gradient if GRADIENT in method.takes else tried.value,
        start.vector,
        method=method.method,
        callback=named_callback(callback, start.packing),
        **given,
    )
    return named_result(result, start.packing, method.name)


def _second_derivatives(tried: TrialPoints, method: Minimizer, count: int) -> dict[str, Any]:
    """Return the Hessian for few unknowns, products with it for many, as the method takes them.

    A solver of the user may call either.
    """
    forms_hessian = HESSIAN in method.takes and (
        count <= FEW_UNKNOWNS or PRODUCT not in method.takes
    )
    found: dict[str, Any] = {"hess": tried.hessian} if forms_hessian else {}
    if PRODUCT in method.takes and not (forms_hessian and method.solver is None):
        found["hessp"] = tried.product
    return found


def least_squares_solved(
    residuals: Residuals, start: Start, method: str, options: Mapping[str, Any]
) -> Any:
    """Call `scipy.optimize.least_squares` with the Jacobian, sparse where that pays.

    Raises
    ------
    ArgumentError
        If there is no such method or option, or the bounds do not suit the method.
    """
    from scipy import optimize

    if method not in _LEAST_SQUARES:
        raise one_of(method, list(_LEAST_SQUARES))
    _check_options(options, set(inspect.signature(optimize.least_squares).parameters) - _OWN)
    bounds = start.bounds
    if method == "lm" and bounds.are_any:
        raise ArgumentError("lm takes no bounds. Leave them out, or take trf or dogbox.")
    if (bounds.low == bounds.high).any():
        raise ArgumentError(
            "a lower bound is the upper one, which least_squares does not take. "
            "Write the number in place of the variable."
        )
    tried = quietly(residuals.values)
    values = tried(start.vector)
    _refuse_not_finite(values, "a residual")
    if method == "lm" and len(values) < len(start.vector):
        raise ArgumentError(
            f"lm needs as many residuals as unknowns, and there are {len(values)} for "
            f"{len(start.vector)}. Take trf or dogbox."
        )
    forms = method == "lm" or options.get("tr_solver") == "exact"
    jacobian = residuals.jacobian if forms else residuals.cheapest_jacobian(start.vector)
    given = dict(options)
    if "callback" in given:
        given["callback"] = named_callback(given["callback"], start.packing)
    result = call_scipy(
        optimize.least_squares,
        tried,
        start.vector,
        quietly(jacobian),
        (bounds.low, bounds.high),
        method,
        **given,
    )
    return named_result(result, start.packing, method)


def root_found(residuals: Residuals, start: Start, method: str, further: Mapping[str, Any]) -> Any:
    """Call `scipy.optimize.root` with the Jacobian, if the method takes it.

    Raises
    ------
    ArgumentError
        If there is no such method, or there are not as many equations as unknowns.
    """
    from scipy import optimize

    if method not in _ROOTS:
        raise one_of(method, list(_ROOTS))
    tried = quietly(residuals.values)
    values = tried(start.vector)
    if len(values) != len(start.vector):
        raise ArgumentError(
            f"the expression has {len(values)} entries, each an equation, and unknowns there are "
            f"{len(start.vector)}. Give as many of one as of the other, or use least_squares."
        )
    _refuse_not_finite(values, "an equation")
    jacobian = quietly(residuals.jacobian) if method in _WITH_JACOBIAN else None
    result = call_scipy(optimize.root, tried, start.vector, method=method, jac=jacobian, **further)
    return named_result(result, start.packing, method)


def _check_options(options: Mapping[str, Any], known: set[str]) -> None:
    for name in options:
        if name not in known:
            raise ArgumentError(
                f"least_squares has no option {clip(name)} here. "
                f"The options are {', '.join(sorted(known))}."
            )


def _refuse_not_finite(values: Any, what: str) -> None:
    if not np.isfinite(values).all():
        raise ArgumentError(
            f"{what} is infinite or nan at the start. Give a start where it is finite."
        )
