"""Functions of `scipy.special` that are composed of others: ufuncs, and some written in Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf, log, pi
from typing import Any

from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary import words
from einsgrad.expressions.vocabulary.application import Axis
from einsgrad.expressions.vocabulary.numpy_parameters import NumpyFunction


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


def _logsumexp(
    a: Any, *, axis: Axis = None, b: Any = None, keepdims: bool = False, return_sign: bool = False
) -> Any:
    if b is None and not return_sign:
        return words.logsumexp(a, axis, keepdims=keepdims)
    total, base = _scaled_total(as_expr(a), b, axis)
    size = words.abs(total) if return_sign else total
    parts = [words.log(size) + base, *([words.sign(total)] if return_sign else [])]
    found = parts if keepdims else [words.sum(part, axis) for part in parts]
    return tuple(found) if return_sign else found[0]


def _scaled_total(a: Expr, b: Any, axis: Axis) -> tuple[Expr, Expr]:
    """Return the sum of exponentials over one of them, and the logarithm of that one.

    Entries of weight 0 are not added, be they the largest, infinite or nan; the sum has a slope
    in their weights where it can be written.
    """
    chosen = None if b is None else as_expr(b) != 0
    largest = words.max(a if b is None else words.where(chosen, a, -inf), axis, keepdims=True)
    base = words.stop_gradient(words.where(words.abs(largest) < inf, largest, 0))
    if b is None:
        return words.sum(words.exp(a - base), axis, keepdims=True), base
    added = words.maximum(chosen, a - base < _SMALL_EXPONENT)
    terms = b * words.exp(words.where(added, a - base, 0))
    return words.sum(words.where(added, terms, 0), axis, keepdims=True), base


def _log_softmax(x: Any, *, axis: Axis = None) -> Expr:
    return words.log_softmax(x, axis)


def _softmax(x: Any, *, axis: Axis = None) -> Expr:
    return words.softmax(x, axis)


def _zeta(x: Any, *, q: Any = 1) -> Expr:
    return as_expr(words.SYMBOLIC.zeta(x, q))


def _multigammaln(a: Any, d: int) -> Expr:
    half, order = as_expr(a), int(d)
    terms = [words.gammaln(half - 0.5 * place) for place in range(order)]
    return as_expr(words.add(*terms) + 0.25 * order * (order - 1) * log(pi))


# Its exponential is a number in single precision, too.
_SMALL_EXPONENT = 80.0
_PARAMETERS = "~out=None, *, ~where=True, ~casting='same_kind', ~order='K', ~dtype=None"


def _ufunc(name: str, build: Callable[..., Expr], operands: str) -> NumpyFunction:
    return NumpyFunction(f"scipy.special.{name}", build, f"{operands}, /, {_PARAMETERS}")


COMPOSED: Mapping[str, NumpyFunction] = {
    "boxcox": _ufunc("boxcox", _boxcox, "x, lmbda"),
    "boxcox1p": _ufunc("boxcox1p", _boxcox1p, "x, lmbda"),
    "huber": _ufunc("huber", _huber, "delta, r"),
    "pseudo_huber": _ufunc("pseudo_huber", _pseudo_huber, "delta, r"),
    "log_expit": _ufunc("log_expit", _log_expit, "x"),
}
WRITTEN_IN_PYTHON: Mapping[str, tuple[Callable[..., Any], str]] = {
    "logsumexp": (_logsumexp, "a, axis=None, b=None, keepdims=False, return_sign=False"),
    "softmax": (_softmax, "x, axis=None"),
    "log_softmax": (_log_softmax, "x, axis=None"),
    "polygamma": (words.polygamma, "n, x"),
    "zeta": (_zeta, "x, q=None, ~out=None"),
    "multigammaln": (_multigammaln, "a, d"),
}
