"""Checking expressions: their derivatives compared with finite differences.

A derivative is checked as a pullback: with a random cotangent `g`, the claimed `dE/dx` of
`E = <g, f(x)>` is compared with differences of `E`. The difference, not a second copy of
a rule, is the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np

from einsgrad.calculus.rules import pullback
from einsgrad.calculus.within import within
from einsgrad.engine.binding import Array, as_array, bind, refuse_undeclared_complex
from einsgrad.engine.evaluation import evaluate_expr
from einsgrad.engine.random_arrays import intervals_of, random_arrays, random_like
from einsgrad.engine.structured_arrays import nearest_declared, refuse_undeclared
from einsgrad.errors import ArgumentTypeError, DtypeError, clip, shorten
from einsgrad.expressions.construct import variable
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.kinds import looked_up_in
from einsgrad.expressions.nodes import (
    COMPLEX,
    ORTHOGONAL,
    Called,
    Expr,
    Map,
    MatrixMap,
    Reduce,
    Variable,
)
from einsgrad.expressions.structures import exchanges_of, is_structured
from einsgrad.expressions.walks import topological, variables_in
from einsgrad.strings.letters import fresh_name
from einsgrad.testing.comparison import Comparison, GradientReport, Setting, compare, merged
from einsgrad.testing.finite_differences import Method

# A step of size h resolves a power of x no better than h allows where x is smaller than this.
_FLOORS: dict[Method, float] = {"complex step": 1e-20, "central difference": 1e-2}


def check_at(
    expr: Expr, given: Mapping[str, Any] | None, order: int, setting: Setting
) -> GradientReport:
    """Check the derivatives of an expression at arrays by name, or at random ones.

    Raises
    ------
    ArgumentTypeError
        If the arrays are not given by name.
    ArgumentError
        If an array is not what is declared, as a symmetric matrix that is none.
    DtypeError
        If a variable that is declared real has a complex array.
    """
    if given is None:
        given = _drawn_where_finite(expr, setting.seed)
    if not isinstance(given, Mapping):
        raise ArgumentTypeError(f"arrays are given by name in a mapping, not {clip(given)}.")
    arrays = {name: as_array(value, name) for name, value in given.items()}
    bind(variables_in(expr), arrays, {})
    refuse_undeclared_complex(variables_in(expr), arrays)
    for node in variables_in(expr):
        if node.name in arrays:
            refuse_undeclared(node, arrays[node.name])
    return check_expr(expr, arrays, order, setting)


def _drawn_where_finite(expr: Expr, seed: int) -> dict[str, Array]:
    """Draw arrays at which an expression is finite, from where its functions are defined."""
    usual = random_arrays(expr, seed)
    others = (random_arrays(expr, seed, None, interval) for interval in intervals_of([expr]))
    for arrays in chain([usual], others):
        with np.errstate(all="ignore"):
            if np.all(np.isfinite(evaluate_expr(expr, arrays))):
                return arrays
    return usual


def check_expr(
    expr: Expr,
    arrays: Mapping[str, Array],
    order: int,
    setting: Setting,
    sizes: Mapping[Dim, int] | None = None,
    only: Sequence[Variable] | None = None,
) -> GradientReport:
    """Check the derivatives of an expression in its variables, or in some only."""
    wrt = wrt_of(expr, arrays) if only is None else only
    if not wrt:
        raise DtypeError("no operand has a dtype with a derivative. Give floats.")
    # A derivative may lack the variable whose array tells a size.
    _, known = bind(topological(expr), arrays, sizes or {})
    cotangent, g = _cotangent(expr, arrays, known, setting.seed)
    everything = {**arrays, cotangent.name: g}
    method = difference_method(expr, arrays.values())
    reports = []
    for node, free in zip(wrt, pullback(expr, cotangent, wrt), strict=True):
        gradient = within(free, node)
        comparison = Comparison(
            shorten(node.name),
            loss_in(expr, arrays, node, g, known),
            arrays[node.name],
            np.asarray(evaluate_expr(gradient, everything, known)),
            _magnitude(gradient, everything, known, method, node),
            method,
        )
        reports.append(compare(comparison, setting))
        if order > 1 and wrt_of(gradient, everything):
            inner = check_expr(gradient, everything, order - 1, setting, known)
            reports.append(replace(inner, order=inner.order + 1))
    return merged(reports)


def _cotangent(
    expr: Expr, arrays: Mapping[str, Array], sizes: Mapping[Dim, int], seed: int
) -> tuple[Variable, Array]:
    """Return a variable for the cotangent of an expression, and random numbers for it."""
    traits = (COMPLEX,) if expr.is_complex else ()
    value = np.asarray(evaluate_expr(expr, arrays, sizes))
    cotangent = variable(fresh_name("g", list(arrays)), expr.shape, *traits)
    return cotangent, random_like(value.shape, value.dtype, seed)


def wrt_of(expr: Expr, arrays: Mapping[str, Array]) -> list[Variable]:
    """Return the variables of an expression that have a derivative."""
    return [v for v in variables_in(expr) if arrays[v.name].dtype.kind in "fc"]


def loss_in(
    expr: Expr, arrays: Mapping[str, Array], wrt: Variable, g: Array, sizes: Mapping[Dim, int]
) -> Callable[[Array], Any]:
    """Return `<g, expr>` as a function of the array of one variable."""
    # A real variable moves the real part only, a symmetric one both halves alike.
    only_real = expr.is_complex and not wrt.is_complex
    structured = is_structured(wrt)

    def loss(point: Array) -> Any:
        point = nearest_declared(point, wrt) if structured else point
        total = np.sum(g * evaluate_expr(expr, {**arrays, wrt.name: point}, sizes))
        return np.real(total) if only_real else total

    return loss


def _magnitude(
    expr: Expr,
    arrays: Mapping[str, Array],
    sizes: Mapping[Dim, int],
    method: Method,
    wrt: Variable,
) -> Array:
    """Return the sums of the moduli of the terms that make the entries of a derivative.

    Where functions are involved, terms have no meaning, and the largest entry counts; also
    where entries are opposite by declaration, since there are no arrays of their moduli.
    """
    if is_multilinear(expr) and not any(map(_has_signs, (wrt, *variables_in(expr)))):
        floor = _FLOORS[method]
        indices = {symbol.name for symbol in looked_up_in([expr])}
        absolute = {
            name: array if name in indices else np.maximum(np.abs(array), floor)
            for name, array in arrays.items()
        }
        return np.asarray(np.abs(evaluate_expr(expr, absolute, sizes)))
    value = np.abs(evaluate_expr(expr, arrays, sizes))
    return np.full(value.shape, value.max(initial=1.0))


def _has_signs(node: Variable) -> bool:
    return ORTHOGONAL in node.traits or any(one.sign < 0 for one in exchanges_of(node).group)


def is_multilinear(expr: Expr) -> bool:
    """Tell whether an expression is made of sums and products only."""
    return not any(
        isinstance(node, Map | Reduce | MatrixMap | Called) for node in topological(expr)
    )


def difference_method(expr: Expr, arrays: Iterable[Array]) -> Method:
    """Choose complex steps for sums and products of real arrays, else central differences."""
    complex_ = any(array.dtype.kind == "c" for array in arrays)
    curved = any(ORTHOGONAL in node.traits for node in variables_in(expr))
    exact = is_multilinear(expr) and not complex_ and not curved
    return "complex step" if exact else "central difference"
