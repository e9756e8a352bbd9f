"""Numbers along axes of the entries that a mask selects, as numpy's `where=` and `initial=`."""

from __future__ import annotations

from collections.abc import Callable
from math import nan
from typing import Any

from einsgrad.errors import ArgumentError
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary.application import Axis, axes_of
from einsgrad.expressions.vocabulary.arithmetic import add, conj, divide, multiply, real, subtract
from einsgrad.expressions.vocabulary.functions import less_equal, not_equal, sqrt, where
from einsgrad.expressions.vocabulary.linear import mean, sum
from einsgrad.expressions.vocabulary.numpy_missing import isnan
from einsgrad.expressions.vocabulary.numpy_rearranging import broadcast_to
from einsgrad.expressions.vocabulary.numpy_statistics import logical_not, var

_where, _mean = where, mean


def _only(mask: Any, x: Any, other: Any) -> Expr:
    """Return x where the mask holds, in the shape of x, and another number elsewhere."""
    if mask is True:
        return as_expr(x)
    return _where(broadcast_to(mask, as_expr(x).shape), x, other)


def _count(mask: Any, x: Any, axis: Axis, keepdims: bool) -> Expr:
    """Return how many entries of x a mask selects."""
    return sum(not_equal(broadcast_to(mask, as_expr(x).shape), 0), axis, keepdims=keepdims)


def _are_none(x: Any, axis: Axis) -> bool:
    """Tell whether there are no entries along axes, masked or not."""
    shape = as_expr(x).shape
    return 0 in [shape[a] for a in axes_of(axis, len(shape))]


def of_selected(neutral: float, build: Callable[..., Expr]) -> Callable[..., Expr]:
    """Return a function along axes that takes a mask, and a number for what it leaves out."""

    def built(x: Any, axis: Axis = None, keepdims: bool = False, where: Any = True) -> Expr:
        return build(_only(where, x, neutral), axis=axis, keepdims=keepdims)

    return built


def starting(
    build: Callable[..., Expr], join: Callable[[Any, Any], Expr], neutral: float | None = None
) -> Callable[..., Expr]:
    """Return a function along axes that takes a mask, and a number that it starts with."""

    def built(
        x: Any, axis: Axis = None, keepdims: bool = False, initial: Any = neutral, where: Any = True
    ) -> Expr:
        if where is not True and initial is None:
            raise ArgumentError("a mask may select no entry. Give initial= beside where=.")
        if initial is not None and neutral is None and _are_none(x, axis):
            return add(sum(x, axis, keepdims=keepdims), initial)
        other = initial if neutral is None else neutral
        found = build(_only(where, x, other), axis=axis, keepdims=keepdims)
        return found if initial is None or initial is neutral else join(found, initial)

    return built


def selected_mean(x: Any, axis: Axis = None, keepdims: bool = False, where: Any = True) -> Expr:
    """Return the mean of the entries that a mask selects, as `numpy.mean`."""
    if where is True or _are_none(x, axis):
        return _mean(x, axis, keepdims=keepdims)
    total = sum(_only(where, x, 0), axis, keepdims=keepdims)
    return divide(total, _count(where, x, axis, keepdims))


def selected_var(
    x: Any,
    axis: Axis = None,
    ddof: Any = 0,
    keepdims: bool = False,
    where: Any = True,
    mean: Any = None,
    correction: Any = None,
) -> Expr:
    """Return the variance of the entries that a mask selects, as `numpy.var`."""
    if correction is not None and not (isinstance(ddof, int | float) and ddof == 0):
        raise ArgumentError("the variance takes ddof or correction, not both. Leave one out.")
    less = ddof if correction is None else correction
    if where is True:
        return var(x, axis, less, keepdims, mean)
    if _are_none(x, axis):
        return _mean(x, axis, keepdims=keepdims)
    middle = selected_mean(x, axis, True, where) if mean is None else mean
    apart = _only(where, subtract(x, middle), 0)
    total = sum(real(multiply(conj(apart), apart)), axis, keepdims=keepdims)
    return divide(total, subtract(_count(where, x, axis, keepdims), less))


def selected_std(x: Any, **options: Any) -> Expr:
    """Return the root of `selected_var`, as `numpy.std`."""
    found = selected_var(x, **options)
    # Of one entry the variance is 0 whatever it is, and its root has the slope 0.
    return found if _is_of_one(x, **options) else sqrt(found)


def _is_of_one(
    x: Any, axis: Axis = None, ddof: Any = 0, keepdims: bool = False, **others: Any
) -> bool:
    """Tell whether each variance is that of one entry from its own mean."""
    shape = as_expr(x).shape
    is_plain = not others and type(ddof) is int and ddof == 0
    return is_plain and all(shape[a] == 1 for a in axes_of(axis, len(shape)))


def nanmean(x: Any, axis: Axis = None, keepdims: bool = False) -> Expr:
    """Return the mean of the entries that are not nan, as `numpy.nanmean`."""
    return selected_mean(x, axis, keepdims, logical_not(isnan(x)))


def nanvar(x: Any, axis: Axis = None, ddof: Any = 0, keepdims: bool = False) -> Expr:
    """Return the variance of the entries that are not nan, as `numpy.nanvar`."""
    present = logical_not(isnan(x))
    found = selected_var(x, axis, ddof, keepdims, present)
    return _where(less_equal(_count(present, x, axis, keepdims), ddof), nan, found)


def nanstd(x: Any, axis: Axis = None, ddof: Any = 0, keepdims: bool = False) -> Expr:
    """Return the root of `nanvar`, as `numpy.nanstd`."""
    return sqrt(nanvar(x, axis, ddof, keepdims))


def extreme_over_nan(build: Callable[..., Expr], least: float) -> Callable[..., Expr]:
    """Return `numpy.nanmax` of max and -inf, and `numpy.nanmin` of min and inf."""

    def built(x: Any, axis: Axis = None, keepdims: bool = False) -> Expr:
        if _are_none(x, axis):
            return build(x, axis=axis, keepdims=keepdims)
        present = logical_not(isnan(x))
        found = build(_only(present, x, least), axis=axis, keepdims=keepdims)
        return _where(_count(present, x, axis, keepdims), found, nan)

    return built
