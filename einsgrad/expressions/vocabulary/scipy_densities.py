"""Densities of scipy's distributions as formulas, with scipy's parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf, log, pi
from typing import Any

from einsgrad.errors import ArgumentError
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary import words
from einsgrad.expressions.vocabulary.numpy_parameters import NumpyFunction


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
    """

    log: Callable[..., Any]
    shapes: str = ""
    support: tuple[float, float | str] = (-inf, inf)
    inside: float = 0.5


def _betaln(a: Any, b: Any) -> Any:
    return words.gammaln(a) + words.gammaln(b) - words.gammaln(a + b)


def _t(x: Any, df: Any) -> Any:
    constant = words.gammaln((df + 1) / 2) - words.gammaln(df / 2) - words.log(df * pi) / 2
    return constant - (df + 1) / 2 * words.log1p(x * x / df)


def _gamma(x: Any, a: Any) -> Any:
    return words.xlogy(a - 1, x) - x - words.gammaln(a)


def _chi2(x: Any, df: Any) -> Any:
    half = as_expr(df) / 2
    return words.xlogy(half - 1, x) - x / 2 - words.gammaln(half) - half * log(2)


def _beta(x: Any, a: Any, b: Any) -> Any:
    return words.xlogy(a - 1, x) + words.xlogy(b - 1, 1 - x) - _betaln(a, b)


def _lognorm(x: Any, s: Any) -> Any:
    logarithm = words.log(x)
    return -((logarithm / s) ** 2) / 2 - words.log(s * x) - log(2 * pi) / 2


def _poisson(k: Any, mu: Any) -> Any:
    return words.xlogy(k, mu) - words.gammaln(k + 1) - mu


def _binom(k: Any, n: Any, p: Any) -> Any:
    ways = words.gammaln(n + 1) - words.gammaln(k + 1) - words.gammaln(n - k + 1)
    return ways + words.xlogy(k, p) + words.xlogy(n - k, 1 - p)


def _bernoulli(k: Any, p: Any) -> Any:
    return words.xlogy(k, p) + words.xlogy(1 - k, 1 - p)


CONTINUOUS: Mapping[str, Density] = {
    "norm": Density(lambda x: -x * x / 2 - log(2 * pi) / 2),
    "t": Density(_t, "df, "),
    "gamma": Density(_gamma, "a, ", (0, inf)),
    "chi2": Density(_chi2, "df, ", (0, inf)),
    "beta": Density(_beta, "a, b, ", (0, 1)),
    "expon": Density(lambda x: -x, "", (0, inf)),
    "uniform": Density(lambda x: 0 * x, "", (0, 1)),
    "laplace": Density(lambda x: -words.abs(x) - log(2)),
    "logistic": Density(lambda x: -x - 2 * words.softplus(-x)),
    "cauchy": Density(lambda x: -log(pi) - words.log1p(x * x)),
    "lognorm": Density(_lognorm, "s, ", (0, inf)),
}
DISCRETE: Mapping[str, Density] = {
    "poisson": Density(_poisson, "mu, ", (0, inf), 0),
    "bernoulli": Density(_bernoulli, "p, ", (0, 1), 0),
    "binom": Density(_binom, "n, p, ", (0, "n"), 0),
}


# The functions of distributions that are closed formulas of the standard point.
CUMULATIVE: Mapping[str, Mapping[str, Callable[[Any], Any]]] = {
    "cdf": {
        "norm": words.ndtr,
        "logistic": words.sigmoid,
        "cauchy": lambda x: words.arctan(x) / pi + 0.5,
        "expon": lambda x: -words.expm1(-words.maximum(x, 0)),
        "uniform": lambda x: words.minimum(words.maximum(x, 0), 1),
    },
    "logcdf": {
        "norm": words.log_ndtr,
        "logistic": lambda x: -words.softplus(-x),
    },
}


def cumulative(method: str, name: str) -> NumpyFunction:
    """Return what `cdf` or `logcdf` of a distribution becomes."""
    formula = CUMULATIVE[method][name]

    def build(x: Any, *, loc: Any = 0, scale: Any = 1) -> Expr:
        return as_expr(formula((as_expr(x) - loc) / scale))

    return NumpyFunction(f"scipy.stats.{name}.{method}", build, "x, loc=0, scale=1")


def log_density(name: str) -> NumpyFunction:
    """Return what `logpdf` of a distribution becomes."""
    density = CONTINUOUS[name]

    def build(x: Any, *shapes: Any, loc: Any = 0, scale: Any = 1) -> Expr:
        standard = (as_expr(x) - loc) / scale
        logarithm = _on_support(density, standard, shapes, standard < density.support[0])
        return as_expr(logarithm - words.log(scale))

    return NumpyFunction(f"scipy.stats.{name}.logpdf", build, f"x, {density.shapes}loc=0, scale=1")


def log_probability(name: str) -> NumpyFunction:
    """Return what `logpmf` of a distribution becomes."""
    density = DISCRETE[name]

    def build(k: Any, *shapes: Any, loc: Any = 0) -> Expr:
        count = as_expr(k) - loc
        below = words.maximum(count < density.support[0], words.floor(count) < count)
        return as_expr(_on_support(density, count, shapes, below))

    return NumpyFunction(f"scipy.stats.{name}.logpmf", build, f"k, {density.shapes}loc=0")


def _on_support(density: Density, x: Expr, shapes: tuple[Any, ...], below: Any) -> Any:
    """Return the logarithm, and -inf off the support, where the formula is not asked."""
    low, high = density.support
    largest = shapes[0] if isinstance(high, str) else high
    if (low, largest) == (-inf, inf):
        return density.log(x, *shapes)
    outside = below if largest is inf else words.maximum(below, x > largest)
    return words.where(outside, -inf, density.log(words.where(outside, density.inside, x), *shapes))


def _multivariate_normal(x: Any, *, mean: Any = 0, cov: Any = 1) -> Expr:
    matrix = as_expr(cov)
    difference = as_expr(x) - (0 if mean is None else mean)
    if not matrix.shape and not as_expr(0 if mean is None else mean).shape:
        return as_expr(log_density("norm")(difference, 0, words.sqrt(matrix)))
    if len(matrix.shape) != 2:
        raise ArgumentError("of an expression cov is a matrix. Write it with numpy.diag.")
    symmetric = (matrix + words.transpose(matrix)) / 2
    size = matrix.shape[0]
    if not isinstance(size, int):
        raise ArgumentError(f"the size {size} of cov is not known. Declare it with a number.")
    distance = words.sum(words.matmul(difference, words.inverse(symmetric)) * difference, -1)
    return as_expr(-(distance + words.logdet(symmetric) + size * log(2 * pi)) / 2)


def _dirichlet(x: Any, alpha: Any) -> Expr:
    concentration = as_expr(alpha)
    normaliser = words.sum(words.gammaln(concentration)) - words.gammaln(words.sum(concentration))
    # The points are columns, as scipy has them.
    powers = words.xlogy(words.transpose(concentration - 1), words.transpose(x))
    return as_expr(words.sum(powers, -1) - normaliser)


MULTIVARIATE: Mapping[str, NumpyFunction] = {
    "multivariate_normal": NumpyFunction(
        "scipy.stats.multivariate_normal.logpdf",
        _multivariate_normal,
        "x, mean=None, cov=1, ~allow_singular=False",
    ),
    "dirichlet": NumpyFunction("scipy.stats.dirichlet.logpdf", _dirichlet, "x, alpha"),
}
