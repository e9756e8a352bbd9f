"""Constraints that are expressions, as scipy's constraints of the vector of unknowns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from einsgrad.bridges.bounds import low_and_high
from einsgrad.bridges.known_arrays import KnownArrays, symbol_names
from einsgrad.bridges.objective import Objective
from einsgrad.bridges.packing import Packing
from einsgrad.bridges.programs import Programs
from einsgrad.bridges.residuals import Residuals
from einsgrad.bridges.trial_points import quietly
from einsgrad.calculus.called import fresh_like
from einsgrad.engine.binding import bind, size_of
from einsgrad.errors import ArgumentError, ArgumentTypeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary.arithmetic import multiply
from einsgrad.expressions.vocabulary.linear import sum as total
from einsgrad.expressions.walks import variables_in


def constraint_list(given: Any) -> list[Any]:
    """Return constraints as a list; one may stand alone.

    Examples
    --------
    >>> constraint_list(None), constraint_list({"type": "eq"})
    ([], [{'type': 'eq'}])
    """
    if given is None:
        return []
    several = isinstance(given, list | tuple) and not _is_triple(given)
    return list(given) if several else [given]


def read_constraints(
    given: Sequence[Any], packing: Packing, known: KnownArrays, *, with_hessians: bool
) -> list[Any]:
    """Return constraints for scipy: triples of an expression and its bounds become its own.

    Raises
    ------
    ArgumentError, ArgumentTypeError, ShapeError
        If an expression has other variables, or something is no constraint.
    """
    return [
        _constraint(one, packing, known, with_hessian=with_hessians)
        if _is_triple(one)
        else _of_scipy(one)
        for one in given
    ]


def _is_triple(given: Any) -> bool:
    return isinstance(given, list | tuple) and len(given) == 3 and isinstance(given[0], Node)


def _of_scipy(given: Any) -> Any:
    from scipy.optimize import LinearConstraint, NonlinearConstraint

    if not isinstance(given, LinearConstraint | NonlinearConstraint | Mapping):
        raise ArgumentTypeError(
            f"constraints: {clip(given)} is none. Give (expression, low, high), or one of scipy "
            "for the vector of unknowns."
        )
    return given


def _constraint(
    given: Sequence[Any], packing: Packing, known: KnownArrays, *, with_hessian: bool
) -> Any:
    from scipy.optimize import NonlinearConstraint

    expr = as_expr(given[0])
    _refuse_others(expr, packing, known)
    blank = {x.name: np.empty(own) for x, own in zip(packing.symbols, packing.shapes, strict=True)}
    _, sizes = bind(packing.symbols, blank, known.sizes)
    shape = tuple([size_of(dim, sizes) for dim in expr.shape])
    low, high = low_and_high(given[1], given[2], shape, clip(expr))
    named = {dim: size for dim, size in sizes.items() if isinstance(dim, str)}
    programs = Programs(expr, packing.symbols, known.symbols, named)
    residuals = Residuals(programs, packing, known.arrays)
    second = {"hess": _hessian(expr, shape, residuals)} if with_hessian else {}
    return NonlinearConstraint(
        quietly(residuals.values),
        low.ravel(),
        high.ravel(),
        jac=quietly(residuals.jacobian),
        **second,
    )


def _hessian(expr: Expr, shape: tuple[int, ...], residuals: Residuals) -> Callable[[Any, Any], Any]:
    """Return the function that gives the Hessian of a weighted sum of entries."""
    packing, known = residuals.packing, residuals.known
    weights = fresh_like(expr, "weight")
    programs = residuals.programs
    weighted = Programs(
        total(multiply(weights, expr)),
        programs.unknowns,
        (*programs.known, weights),
        programs.sizes,
    )

    @quietly
    def hessian(vector: Any, weight: Any) -> Any:
        return Objective(weighted, packing, (*known, np.reshape(weight, shape))).hessian(vector)

    return hessian


def _refuse_others(expr: Expr, packing: Packing, known: KnownArrays) -> None:
    if expr.is_complex:
        raise ArgumentError(
            f"constraints: {clip(expr)} is complex. Give its real and its imaginary part."
        )
    here = {*packing.symbols, *known.symbols}
    for one in variables_in(expr):
        if one not in here:
            raise ArgumentError(
                f"constraints: {clip(one)} is none of the variables here, which are "
                f"{symbol_names((*packing.symbols, *known.symbols))}. Write numbers in its place."
            )
