"""What scipy's distributions have beside densities: their functions, quantiles and entropies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import e, inf, log, pi, sqrt
from typing import Any

from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary import words
from einsgrad.expressions.vocabulary.words import SYMBOLIC


def is_infinite(parameter: Any) -> bool:
    """Tell whether a parameter is the number infinity."""
    return isinstance(parameter, int | float) and parameter == inf


def _laplace(x: Any) -> Any:
    right = x > 0
    high = 1 - 0.5 * words.exp(-words.where(right, x, 0))
    return words.where(right, high, 0.5 * words.exp(words.where(right, 0, x)))


def _laplace_quantile(q: Any) -> Any:
    right = q > 0.5
    high = -words.log(2 * (1 - words.where(right, q, 0.5)))
    return words.where(right, high, words.log(2 * words.where(right, 0.5, q)))


def _t(x: Any, df: Any) -> Any:
    return words.ndtr(x) if is_infinite(df) else SYMBOLIC.stdtr(df, x)


def _t_quantile(q: Any, df: Any) -> Any:
    return SYMBOLIC.ndtri(q) if is_infinite(df) else SYMBOLIC.stdtrit(df, q)


def _cauchy_quantile(q: Any) -> Any:
    # The tangent's pole is at the nearer end.
    right = q > 0.5
    high = 1 / words.tan(pi * (1 - words.where(right, q, 0.75)))
    return words.where(right, high, -1 / words.tan(pi * words.where(right, 0.25, q)))


def _f_part(x: Any, dfn: Any, dfd: Any) -> tuple[Any, Any, Any]:
    return as_expr(dfn) / 2, as_expr(dfd) / 2, dfn * x / (dfn * x + dfd)


def _f(x: Any, dfn: Any, dfd: Any) -> Any:
    return SYMBOLIC.betainc(*_f_part(x, dfn, dfd))


def _f_survival(x: Any, dfn: Any, dfd: Any) -> Any:
    above, below, part = _f_part(x, dfn, dfd)
    return SYMBOLIC.betainc(below, above, 1 - part)


def _power(x: Any, c: Any) -> Any:
    return -words.expm1(-(x**c))


def _pareto(x: Any, b: Any) -> Any:
    return -words.expm1(-b * words.log(x))


Formulas = Mapping[str, Callable[..., Any]]
_SQUARE_TAIL: Formulas = {
    "cdf": lambda x: -words.expm1(-x * x / 2),
    "sf": lambda x: words.exp(-x * x / 2),
    "logsf": lambda x: -x * x / 2,
    "ppf": lambda q: words.sqrt(-2 * words.log1p(-q)),
    "isf": lambda q: words.sqrt(-2 * words.log(q)),
}

# At a standard point of the support. The logarithms that are not given are those of the values.
CUMULATIVE: Mapping[str, Formulas] = {
    "norm": {
        "cdf": words.ndtr,
        "sf": lambda x: words.ndtr(-x),
        "logcdf": words.log_ndtr,
        "logsf": lambda x: words.log_ndtr(-x),
        "ppf": SYMBOLIC.ndtri,
        "isf": lambda q: -SYMBOLIC.ndtri(q),
        "entropy": lambda: 0.5 * (log(2 * pi) + 1),
    },
    "t": {
        "cdf": _t,
        "sf": lambda x, df: _t(-x, df),
        "ppf": _t_quantile,
        "isf": lambda q, df: -_t_quantile(q, df),
    },
    "gamma": {
        "cdf": lambda x, a: SYMBOLIC.gammainc(a, x),
        "sf": lambda x, a: SYMBOLIC.gammaincc(a, x),
        "ppf": lambda q, a: SYMBOLIC.gammaincinv(a, q),
        "isf": lambda q, a: SYMBOLIC.gammainccinv(a, q),
        "entropy": lambda a: as_expr(a) + words.gammaln(a) + (1 - as_expr(a)) * words.digamma(a),
    },
    "chi2": {
        "cdf": lambda x, df: SYMBOLIC.gammainc(as_expr(df) / 2, x / 2),
        "sf": lambda x, df: SYMBOLIC.gammaincc(as_expr(df) / 2, x / 2),
        "ppf": lambda q, df: 2 * SYMBOLIC.gammaincinv(as_expr(df) / 2, q),
        "isf": lambda q, df: 2 * SYMBOLIC.gammainccinv(as_expr(df) / 2, q),
    },
    "beta": {
        "cdf": lambda x, a, b: SYMBOLIC.betainc(a, b, x),
        "sf": lambda x, a, b: SYMBOLIC.betaincc(a, b, x),
        "ppf": lambda q, a, b: SYMBOLIC.betaincinv(a, b, q),
        "isf": lambda q, a, b: SYMBOLIC.betainccinv(a, b, q),
    },
    "expon": {
        "cdf": lambda x: -words.expm1(-x),
        "sf": lambda x: words.exp(-x),
        "logsf": lambda x: -x,
        "ppf": lambda q: -words.log1p(-q),
        "isf": lambda q: -words.log(q),
        "entropy": lambda: 1.0,
    },
    "uniform": {
        "cdf": lambda x: x,
        "sf": lambda x: 1 - x,
        "ppf": lambda q: q,
        "isf": lambda q: 1 - q,
        "entropy": lambda: 0.0,
    },
    "laplace": {
        "cdf": _laplace,
        "sf": lambda x: _laplace(-x),
        "ppf": _laplace_quantile,
        "isf": lambda q: -_laplace_quantile(q),
        "entropy": lambda: log(2 * e),
    },
    "logistic": {
        "cdf": words.sigmoid,
        "sf": lambda x: words.sigmoid(-x),
        "logcdf": lambda x: -words.softplus(-x),
        "logsf": lambda x: -words.softplus(x),
        "ppf": SYMBOLIC.logit,
        "isf": lambda q: -SYMBOLIC.logit(q),
        "entropy": lambda: 2.0,
    },
    "cauchy": {
        "cdf": lambda x: words.arctan2(1, -x) / pi,
        "sf": lambda x: words.arctan2(1, x) / pi,
        "ppf": _cauchy_quantile,
        "isf": lambda q: -_cauchy_quantile(q),
        "entropy": lambda: log(4 * pi),
    },
    "lognorm": {
        "cdf": lambda x, s: words.ndtr(words.log(x) / s),
        "sf": lambda x, s: words.ndtr(-words.log(x) / s),
        "logcdf": lambda x, s: words.log_ndtr(words.log(x) / s),
        "logsf": lambda x, s: words.log_ndtr(-words.log(x) / s),
        "ppf": lambda q, s: words.exp(s * SYMBOLIC.ndtri(q)),
        "isf": lambda q, s: words.exp(-s * SYMBOLIC.ndtri(q)),
        "entropy": lambda s: 0.5 * (1 + log(2 * pi) + 2 * words.log(s)),
    },
    "halfnorm": {
        "cdf": lambda x: words.erf(x / sqrt(2)),
        "sf": lambda x: words.erfc(x / sqrt(2)),
        "logsf": lambda x: log(2) + words.log_ndtr(-x),
        "ppf": lambda q: SYMBOLIC.ndtri((1 + q) / 2),
        "isf": lambda q: -SYMBOLIC.ndtri(q / 2),
    },
    "halfcauchy": {
        "cdf": lambda x: 2 / pi * words.arctan(x),
        "sf": lambda x: 2 / pi * words.arctan2(1, x),
        "ppf": lambda q: words.tan(pi / 2 * q),
        "isf": lambda q: 1 / words.tan(pi / 2 * q),
    },
    "weibull_min": {
        "cdf": _power,
        "sf": lambda x, c: words.exp(-(x**c)),
        "logsf": lambda x, c: -(x**c),
        "ppf": lambda q, c: (-words.log1p(-q)) ** (1 / as_expr(c)),
        "isf": lambda q, c: (-words.log(q)) ** (1 / as_expr(c)),
    },
    "pareto": {
        "cdf": _pareto,
        "sf": lambda x, b: x ** (-as_expr(b)),
        "logsf": lambda x, b: -b * words.log(x),
        "ppf": lambda q, b: words.exp(-words.log1p(-q) / b),
        "isf": lambda q, b: words.exp(-words.log(q) / b),
    },
    "lomax": {
        "cdf": lambda x, c: -words.expm1(-c * words.log1p(x)),
        "sf": lambda x, c: words.exp(-c * words.log1p(x)),
        "logsf": lambda x, c: -c * words.log1p(x),
        "ppf": lambda q, c: words.expm1(-words.log1p(-q) / c),
        "isf": lambda q, c: words.expm1(-words.log(q) / c),
    },
    "invgamma": {
        "cdf": lambda x, a: SYMBOLIC.gammaincc(a, 1 / x),
        "sf": lambda x, a: SYMBOLIC.gammainc(a, 1 / x),
    },
    "f": {"cdf": _f, "sf": _f_survival},
    "gumbel_r": {
        "cdf": lambda x: words.exp(-words.exp(-x)),
        "sf": lambda x: -words.expm1(-words.exp(-x)),
        "logcdf": lambda x: -words.exp(-x),
        "ppf": lambda q: -words.log(-words.log(q)),
        "isf": lambda q: -words.log(-words.log1p(-q)),
    },
    "gumbel_l": {
        "cdf": lambda x: -words.expm1(-words.exp(x)),
        "sf": lambda x: words.exp(-words.exp(x)),
        "logsf": lambda x: -words.exp(x),
        "ppf": lambda q: words.log(-words.log1p(-q)),
        "isf": lambda q: words.log(-words.log(q)),
    },
    "rayleigh": _SQUARE_TAIL,
    "powerlaw": {
        "cdf": lambda x, a: x**a,
        "sf": lambda x, a: -words.expm1(a * words.log(x)),
        "logcdf": lambda x, a: a * words.log(x),
        "ppf": lambda q, a: words.exp(words.log(q) / a),
        "isf": lambda q, a: words.exp(words.log1p(-q) / a),
    },
    "maxwell": {
        "cdf": lambda x: SYMBOLIC.gammainc(1.5, x * x / 2),
        "sf": lambda x: SYMBOLIC.gammaincc(1.5, x * x / 2),
    },
    "chi": {
        "cdf": lambda x, df: SYMBOLIC.gammainc(as_expr(df) / 2, x * x / 2),
        "sf": lambda x, df: SYMBOLIC.gammaincc(as_expr(df) / 2, x * x / 2),
    },
    "loggamma": {
        "cdf": lambda x, c: SYMBOLIC.gammainc(c, words.exp(x)),
        "sf": lambda x, c: SYMBOLIC.gammaincc(c, words.exp(x)),
    },
    "hypsecant": {
        "cdf": lambda x: 2 / pi * words.arctan(words.exp(x)),
        "sf": lambda x: 2 / pi * words.arctan(words.exp(-x)),
    },
    "moyal": {
        "cdf": lambda x: words.erfc(words.exp(-x / 2) / sqrt(2)),
        "sf": lambda x: words.erf(words.exp(-x / 2) / sqrt(2)),
    },
}
_BINOMIAL: Formulas = {
    "cdf": lambda k, n, p: SYMBOLIC.betainc(n - k, k + 1, 1 - as_expr(p)),
    "sf": lambda k, n, p: SYMBOLIC.betainc(k + 1, n - k, p),
}
COUNTED: Mapping[str, Formulas] = {
    "poisson": {
        "cdf": lambda k, mu: SYMBOLIC.gammaincc(k + 1, mu),
        "sf": lambda k, mu: SYMBOLIC.gammainc(k + 1, mu),
    },
    "binom": _BINOMIAL,
    "bernoulli": {
        "cdf": lambda k, p: _BINOMIAL["cdf"](k, 1, p),
        "sf": lambda k, p: _BINOMIAL["sf"](k, 1, p),
    },
    "nbinom": {
        "cdf": lambda k, n, p: SYMBOLIC.betainc(n, k + 1, p),
        "sf": lambda k, n, p: SYMBOLIC.betainc(k + 1, n, 1 - as_expr(p)),
    },
    "geom": {
        "cdf": lambda k, p: -words.expm1(k * words.log1p(-as_expr(p))),
        "sf": lambda k, p: words.exp(k * words.log1p(-as_expr(p))),
        "logsf": lambda k, p: k * words.log1p(-as_expr(p)),
    },
}
