"""Functions of scipy's distributions, built of formulas at a standard point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from math import inf, nan
from typing import Any

from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary import words
from einsgrad.expressions.vocabulary.numpy_parameters import NumpyFunction
from einsgrad.expressions.vocabulary.scipy_cumulative import COUNTED, CUMULATIVE
from einsgrad.expressions.vocabulary.scipy_distributions import CONTINUOUS, DISCRETE, Density


def continuous_methods(name: str) -> dict[str, NumpyFunction]:
    """Return what the methods of a continuous distribution become, by their names."""
    density = CONTINUOUS[name]
    made: dict[str, Callable[..., Any]] = {
        "logpdf": _log_density(density),
        "pdf": exp_of(_log_density(density)),
    }
    for method in _ENDS:
        found = _formula(CUMULATIVE.get(name, {}), method)
        if found is not None:
            made[method] = _cumulative(density, method, found)
    for method, build in (("ppf", _quantile), ("isf", _quantile), ("entropy", _entropy)):
        if method in CUMULATIVE.get(name, {}):
            made[method] = build(density, CUMULATIVE[name][method])
    if "ppf" in made:
        made["median"] = partial(made["ppf"], 0.5)
    parameters = f"{density.shapes}loc=0, scale=1"
    first = {"ppf": "q, ", "isf": "q, ", "entropy": "", "median": ""}
    return {
        method: NumpyFunction(
            f"scipy.stats.{name}.{method}", build, first.get(method, "x, ") + parameters
        )
        for method, build in made.items()
    }


def discrete_methods(name: str) -> dict[str, NumpyFunction]:
    """Return what the methods of a distribution of whole numbers become, by their names."""
    density = DISCRETE[name]
    made: dict[str, Callable[..., Any]] = {
        "logpmf": _log_probability(density),
        "pmf": exp_of(_log_probability(density)),
    }
    for method in _ENDS:
        found = _formula(COUNTED.get(name, {}), method)
        if found is not None:
            made[method] = _counted(density, method, found)
    parameters = f"k, {density.shapes}loc=0"
    return {
        method: NumpyFunction(f"scipy.stats.{name}.{method}", build, parameters)
        for method, build in made.items()
    }


# Values below the support and above it.
_ENDS = {"cdf": (0, 1), "sf": (1, 0), "logcdf": (-inf, 0), "logsf": (0, -inf)}


def _formula(given: Mapping[str, Callable[..., Any]], method: str) -> Callable[..., Any] | None:
    if method in given or not method.startswith("log"):
        return given.get(method)
    value, rest = (given.get(name) for name in _WITH_REST[method])
    return None if value is None or rest is None else _log_of(value, rest)


# What a logarithm is of, and what is missing there to 1.
_WITH_REST = {"logcdf": ("cdf", "sf"), "logsf": ("sf", "cdf")}


def _log_of(value: Callable[..., Any], rest: Callable[..., Any]) -> Callable[..., Any]:
    """Return the logarithm of a value, close to 1 by what is missing."""

    def logarithm(*arguments: Any) -> Any:
        share, missing = value(*arguments), rest(*arguments)
        near = missing < 0.5
        by_rest = words.log1p(-words.where(near, missing, 0.5))
        return words.where(near, by_rest, words.log(words.where(near, 0.5, share)))

    return logarithm


def exp_of(logarithm: Callable[..., Any]) -> Callable[..., Any]:
    """Return a density of its logarithm."""
    return lambda *arguments, **options: words.exp(logarithm(*arguments, **options))


def _log_density(density: Density) -> Callable[..., Any]:
    def build(x: Any, *shapes: Any, loc: Any = 0, scale: Any = 1) -> Expr:
        below, inner, above = _places(density, (as_expr(x) - loc) / scale, shapes)
        outside = _either(below, above)
        logarithm = _with_ends(density.log(inner, *shapes), (outside, -inf))
        return as_expr(logarithm - words.log(scale) + _nan_unless_valid(density, shapes))

    return build


def _log_probability(density: Density) -> Callable[..., Any]:
    def build(k: Any, *shapes: Any, loc: Any = 0) -> Expr:
        count = as_expr(k) - loc
        below, inner, above = _places(density, count, shapes, words.floor(count) < count)
        outside = _either(below, above)
        logarithm = _with_ends(density.log(inner, *shapes), (outside, -inf))
        return as_expr(logarithm + _nan_unless_valid(density, shapes))

    return build


def _cumulative(density: Density, method: str, formula: Callable[..., Any]) -> Callable[..., Any]:
    def build(x: Any, *shapes: Any, loc: Any = 0, scale: Any = 1) -> Expr:
        below, inner, above = _places(density, (as_expr(x) - loc) / scale, shapes)
        low, high = _ENDS[method]
        value = _with_ends(formula(inner, *shapes), (below, low), (above, high))
        return as_expr(value + _nan_unless_valid(density, shapes, scale))

    return build


def _counted(density: Density, method: str, formula: Callable[..., Any]) -> Callable[..., Any]:
    def build(k: Any, *shapes: Any, loc: Any = 0) -> Expr:
        count = words.floor(as_expr(k) - loc)
        largest = _bound(density.support[1], density, shapes)
        below, above = count < density.support[0], None if largest is inf else count >= largest
        outside = _either(below, above)
        inner = words.where(outside, density.inside, count)
        low, high = _ENDS[method]
        value = _with_ends(formula(inner, *shapes), (below, low), (above, high))
        return as_expr(value + _nan_unless_valid(density, shapes))

    return build


def _quantile(density: Density, formula: Callable[..., Any]) -> Callable[..., Any]:
    def build(q: Any, *shapes: Any, loc: Any = 0, scale: Any = 1) -> Expr:
        share = as_expr(q)
        known = words.where(words.minimum(share >= 0, share <= 1), share, nan)
        standard = formula(known, *shapes) + _nan_unless_valid(density, shapes, scale)
        return as_expr(standard * scale + loc)

    return build


def _entropy(density: Density, formula: Callable[..., Any]) -> Callable[..., Any]:
    def build(*shapes: Any, loc: Any = 0, scale: Any = 1) -> Expr:
        # The place says nothing but the shape.
        value = formula(*shapes) + words.log(scale) + 0 * as_expr(loc)
        return as_expr(value + _nan_unless_valid(density, shapes))

    return build


def _places(
    density: Density, x: Expr, shapes: tuple[Any, ...], between: Any = None
) -> tuple[Any, Any, Any]:
    """Return what lies below the support, the points with one of it for others, what is above."""
    low, high = (_bound(end, density, shapes) for end in density.support)
    below = None if isinstance(low, float) and low == -inf else x < low
    above = None if high is inf else x > high
    if density.open:
        below, above = x <= low, x >= high
    outside = _either(_either(below, between), above)
    inside = _bound(density.inside, density, shapes)
    inner = x if outside is None else words.where(outside, inside, x)
    return _either(below, between), inner, above


def _bound(end: float | str, density: Density, shapes: tuple[Any, ...]) -> Any:
    names = [one.strip() for one in density.shapes.split(",")]
    return shapes[names.index(end)] if isinstance(end, str) else end


def _either(one: Any, other: Any) -> Any:
    if one is None or other is None:
        return other if one is None else one
    return words.maximum(one, other)


def _with_ends(value: Any, *ends: tuple[Any, float]) -> Any:
    for outside, end in ends:
        value = value if outside is None else words.where(outside, end, value)
    return value


def _nan_unless_valid(density: Density, shapes: tuple[Any, ...], scale: Any = 1) -> Any:
    """Return a term that is nan where scipy has no distribution of these parameters, else 0."""
    conditions: list[Any] = []
    if not isinstance(scale, int | float) or scale <= 0:
        conditions.append(as_expr(scale) > 0)
    if density.valid is not None and shapes:
        conditions.append(density.valid(*shapes))
    elif density.valid is None:
        conditions += [shape > 0 for shape in shapes]
    total: Any = 0
    for valid in conditions:
        if valid is not True:
            total = total + words.where(valid, 0, nan)
    return total
