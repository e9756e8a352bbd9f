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


_PARAMETERS = "~out=None, *, ~where=True, ~casting='same_kind', ~order='K', ~dtype=None"


def _ufunc(name: str, build: Callable[..., Expr], operands: str) -> NumpyFunction:
    return NumpyFunction(f"scipy.special.{name}", build, f"{operands}, /, {_PARAMETERS}")


COMPOSED: Mapping[str, NumpyFunction] = {
    "betaln": _ufunc("betaln", _betaln, "a, b"),
    "entr": _ufunc("entr", _entropy, "x"),
    "log_expit": _ufunc("log_expit", _log_expit, "x"),
}
