"""Functions of `scipy.special` that are composed of others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import Any

from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary import words
from einsgrad.expressions.vocabulary.numpy_parameters import NumpyFunction


def _betaln(a: Any, b: Any) -> Expr:
    first, second = as_expr(a), as_expr(b)
    total = words.gammaln(first) + words.gammaln(second)
    return as_expr(total - words.gammaln(first + second))


def _entropy(x: Any) -> Expr:
    return as_expr(words.where(as_expr(x) < 0, -inf, -words.xlogy(x, x)))


def _log_expit(x: Any) -> Expr:
    return as_expr(-words.softplus(-as_expr(x)))


def _boxcox(x: Any, lmbda: Any) -> Expr:
    logarithm = words.log(as_expr(x))
    return _exprel_times(logarithm, lmbda)


def _boxcox1p(x: Any, lmbda: Any) -> Expr:
    return _exprel_times(words.log1p(as_expr(x)), lmbda)


def _exprel_times(logarithm: Expr, power: Any) -> Expr:
    """Return (exp(power * logarithm) - 1) / power, also where the power is 0."""
    return as_expr(logarithm * words.SYMBOLIC.exprel(as_expr(power) * logarithm))


def _huber(delta: Any, r: Any) -> Expr:
    bound, size = as_expr(delta), words.abs(as_expr(r))
    inside = 0.5 * size * size
    found = words.where(size <= bound, inside, bound * (size - 0.5 * bound))
    return as_expr(words.where(bound < 0, inf, found))


def _pseudo_huber(delta: Any, r: Any) -> Expr:
    bound = as_expr(delta)
    ratio = as_expr(r) / bound
    return as_expr(bound * bound * (words.sqrt(1 + ratio * ratio) - 1))


_PARAMETERS = "~out=None, *, ~where=True, ~casting='same_kind', ~order='K', ~dtype=None"


def _ufunc(name: str, build: Callable[..., Expr], operands: str) -> NumpyFunction:
    return NumpyFunction(f"scipy.special.{name}", build, f"{operands}, /, {_PARAMETERS}")


COMPOSED: Mapping[str, NumpyFunction] = {
    "betaln": _ufunc("betaln", _betaln, "a, b"),
    "entr": _ufunc("entr", _entropy, "x"),
    "boxcox": _ufunc("boxcox", _boxcox, "x, lmbda"),
    "boxcox1p": _ufunc("boxcox1p", _boxcox1p, "x, lmbda"),
    "huber": _ufunc("huber", _huber, "delta, r"),
    "pseudo_huber": _ufunc("pseudo_huber", _pseudo_huber, "delta, r"),
    "log_expit": _ufunc("log_expit", _log_expit, "x"),
}
