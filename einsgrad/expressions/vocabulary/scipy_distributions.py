"""The densities of scipy's distributions, one row each, at a standard point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf, log, nan, pi, sqrt
from typing import Any

from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary import words
from einsgrad.expressions.vocabulary.scipy_cumulative import is_infinite
from einsgrad.expressions.vocabulary.words import SYMBOLIC


@dataclass(frozen=True, slots=True)
class Density:
    """The logarithm of a density, or of the probabilities of whole numbers.

    Parameters
    ----------
    log
        It at a point of the support, followed by the parameters of the shape.
    shapes
        These parameters, each with a comma behind.
    support
        The least and the largest point; a text is the parameter that bounds it.
    inside
        A point of the support.
    open
        Whether the density is 0 at both ends of the support, where its formula has no value.
    valid
        Which of these parameters a distribution has; without it, positive ones.
    """

    log: Callable[..., Any]
    shapes: str = ""
    support: tuple[float | str, float | str] = (-inf, inf)
    inside: float | str = 0.5
    valid: Callable[..., Any] | None = None
    open: bool = False


def _chance(*shapes: Any) -> Any:
    """Return whether the last parameter is a probability."""
    p = as_expr(shapes[-1])
    return words.minimum(p >= 0, p <= 1)


def _any_shape(*shapes: Any) -> bool:
    return True


def _t(x: Any, df: Any) -> Any:
    if is_infinite(df):
        return _normal(x)
    # Of a quotient of gamma functions, as their logarithms would cancel.
    constant = words.log(SYMBOLIC.poch(as_expr(df) / 2, 0.5)) - words.log(df * pi) / 2
    return constant - (df + 1) / 2 * words.log1p(x * x / df)


def _gamma(x: Any, a: Any) -> Any:
    return words.xlogy(a - 1, x) - x - words.gammaln(a)


def _chi2(x: Any, df: Any) -> Any:
    half = as_expr(df) / 2
    return words.xlogy(half - 1, x) - x / 2 - words.gammaln(half) - half * log(2)


def _beta(x: Any, a: Any, b: Any) -> Any:
    return words.xlogy(a - 1, x) + SYMBOLIC.xlog1py(b - 1, -x) - SYMBOLIC.betaln(a, b)


def _lognorm(x: Any, s: Any) -> Any:
    logarithm = words.log(x)
    return -((logarithm / s) ** 2) / 2 - words.log(s * x) - log(2 * pi) / 2


def _normal(x: Any) -> Any:
    return -x * x / 2 - log(2 * pi) / 2


def _truncnorm(x: Any, a: Any, b: Any) -> Any:
    # The tail that is the smaller one, so that the difference keeps its digits.
    left, right = as_expr(a), as_expr(b)
    flipped = left > 0
    high = words.log_ndtr(words.where(flipped, -left, right))
    low = words.log_ndtr(words.where(flipped, -right, left))
    return _normal(x) - high - words.log(-words.expm1(low - high))


def _vonmises(x: Any, kappa: Any) -> Any:
    return kappa * (words.cos(x) - 1) - words.log(2 * pi * SYMBOLIC.i0e(kappa))


def _f(x: Any, dfn: Any, dfd: Any) -> Any:
    above, below = as_expr(dfn) / 2, as_expr(dfd) / 2
    powers = below * words.log(2 * below) + above * words.log(2 * above)
    scaled = (above + below) * words.log(2 * below + 2 * above * x)
    return powers + words.xlogy(above - 1, x) - scaled - SYMBOLIC.betaln(above, below)


def _weibull(x: Any, c: Any) -> Any:
    return words.log(c) + words.xlogy(c - 1, x) - x**c


def _skewnorm(x: Any, a: Any) -> Any:
    return log(2) + _normal(x) + words.log_ndtr(a * x)


def _invgauss(x: Any, mu: Any) -> Any:
    return -log(2 * pi) / 2 - 1.5 * words.log(x) - ((x - mu) / mu) ** 2 / (2 * x)


def _gennorm(x: Any, beta: Any) -> Any:
    size = words.abs(x)
    return words.log(0.5 * as_expr(beta)) - words.gammaln(1 / as_expr(beta)) - size**beta


def _poisson(k: Any, mu: Any) -> Any:
    return words.xlogy(k, mu) - words.gammaln(k + 1) - mu


def _binom(k: Any, n: Any, p: Any) -> Any:
    ways = words.gammaln(n + 1) - words.gammaln(k + 1) - words.gammaln(n - k + 1)
    return ways + words.xlogy(k, p) + SYMBOLIC.xlog1py(n - k, -as_expr(p))


def _bernoulli(k: Any, p: Any) -> Any:
    return words.xlogy(k, p) + SYMBOLIC.xlog1py(1 - k, -as_expr(p))


def _nbinom(k: Any, n: Any, p: Any) -> Any:
    ways = words.gammaln(n + k) - words.gammaln(k + 1) - words.gammaln(n)
    return ways + n * words.log(p) + SYMBOLIC.xlog1py(k, -as_expr(p))


def _geom(k: Any, p: Any) -> Any:
    return SYMBOLIC.xlog1py(k - 1, -as_expr(p)) + words.log(p)


def _betabinom(k: Any, n: Any, a: Any, b: Any) -> Any:
    ways = -words.log(as_expr(n) + 1) - SYMBOLIC.betaln(n - k + 1, k + 1)
    return ways + SYMBOLIC.betaln(k + a, n - k + b) - SYMBOLIC.betaln(a, b)


CONTINUOUS: Mapping[str, Density] = {
    "norm": Density(_normal),
    "t": Density(_t, "df, "),
    "gamma": Density(_gamma, "a, ", (0, inf)),
    "chi2": Density(_chi2, "df, ", (0, inf)),
    "beta": Density(_beta, "a, b, ", (0, 1)),
    "expon": Density(lambda x: -x, "", (0, inf)),
    "uniform": Density(lambda x: words.where(words.equal(x, x), 0, nan), "", (0, 1)),
    "laplace": Density(lambda x: -words.abs(x) - log(2)),
    "logistic": Density(lambda x: -words.softplus(x) - words.softplus(-x)),
    "cauchy": Density(lambda x: -log(pi) - words.log1p(x * x)),
    "lognorm": Density(_lognorm, "s, ", (0, inf), open=True),
    "halfnorm": Density(lambda x: log(2 / pi) / 2 - x * x / 2, "", (0, inf)),
    "halfcauchy": Density(lambda x: log(2 / pi) - words.log1p(x * x), "", (0, inf)),
    "truncnorm": Density(_truncnorm, "a, b, ", ("a", "b"), "a", lambda a, b: as_expr(a) < b),
    "weibull_min": Density(_weibull, "c, ", (0, inf)),
    "pareto": Density(lambda x, b: words.log(b) - (b + 1) * words.log(x), "b, ", (1, inf), 1.5),
    "lomax": Density(lambda x, c: words.log(c) - (c + 1) * words.log1p(x), "c, ", (0, inf)),
    "invgamma": Density(
        lambda x, a: -(a + 1) * words.log(x) - words.gammaln(a) - 1 / x, "a, ", (0, inf), open=True
    ),
    "invgauss": Density(_invgauss, "mu, ", (0, inf), open=True),
    "f": Density(_f, "dfn, dfd, ", (0, inf)),
    "vonmises": Density(_vonmises, "kappa, ", (-inf, inf), 0.5, lambda kappa: as_expr(kappa) >= 0),
    "gumbel_r": Density(lambda x: -x - words.exp(-x)),
    "gumbel_l": Density(lambda x: x - words.exp(x)),
    "rayleigh": Density(lambda x: words.log(x) - x * x / 2, "", (0, inf), open=True),
    "maxwell": Density(lambda x: log(2 / pi) / 2 + 2 * words.log(x) - x * x / 2, "", (0, inf)),
    "chi": Density(
        lambda x, df: (
            (1 - 0.5 * as_expr(df)) * log(2)
            - words.gammaln(0.5 * as_expr(df))
            + words.xlogy(df - 1, x)
            - x * x / 2
        ),
        "df, ",
        (0, inf),
    ),
    "skewnorm": Density(_skewnorm, "a, ", valid=_any_shape),
    "gennorm": Density(_gennorm, "beta, "),
    "loggamma": Density(lambda x, c: c * x - words.exp(x) - words.gammaln(c), "c, "),
    "powerlaw": Density(lambda x, a: words.log(a) + words.xlogy(a - 1, x), "a, ", (0, 1)),
    "hypsecant": Density(lambda x: -log(pi) - words.logaddexp(x, -x) + log(2)),
    "moyal": Density(lambda x: -(x + words.exp(-x)) / 2 - log(sqrt(2 * pi))),
}
DISCRETE: Mapping[str, Density] = {
    "poisson": Density(_poisson, "mu, ", (0, inf), 0, lambda mu: as_expr(mu) >= 0),
    "bernoulli": Density(_bernoulli, "p, ", (0, 1), 0, _chance),
    "binom": Density(_binom, "n, p, ", (0, "n"), 0, _chance),
    "nbinom": Density(_nbinom, "n, p, ", (0, inf), 0),
    "geom": Density(_geom, "p, ", (1, inf), 1),
    "betabinom": Density(_betabinom, "n, a, b, ", (0, "n"), 0),
}
