"""Distributions of vectors and of matrices in scipy as formulas, with given parameters too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf, log, nan, pi
from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary import words
from einsgrad.expressions.vocabulary.decompositions import eigh
from einsgrad.expressions.vocabulary.joining import concatenated
from einsgrad.expressions.vocabulary.numpy_parameters import NumpyFunction, refused
from einsgrad.expressions.vocabulary.scipy_densities import exp_of


@dataclass(frozen=True, slots=True)
class GivenDistribution:
    """A distribution of scipy whose parameters are given already, and hold expressions."""

    name: str
    parameters: tuple[Any, ...]

    def __getattr__(self, method: str) -> Callable[..., Any]:
        found = MULTIVARIATE[self.name].get(method)
        if found is None:
            raise refused(f"scipy.stats.{self.name}.{method}")
        return lambda *points: found(*points, *self.parameters)


def _log_normal(x: Any, *, mean: Any = None, cov: Any = 1, allow_singular: bool = False) -> Expr:
    covariance = as_expr(cov)
    size = _size(mean, covariance)
    points = as_expr(x)
    if size == 1 and len(points.shape) < 2:
        points = as_expr(points[..., None])
    difference = points - (0 if mean is None else mean)
    if allow_singular:
        return _log_singular(difference, _full(covariance, size))
    return as_expr(-(_distance(difference, covariance) + _log_volume(covariance, size)) / 2)


def _size(mean: Any, covariance: Expr) -> int:
    """Return how many numbers a point has."""
    center = as_expr(0 if mean is None else mean)
    size = (*covariance.shape, *center.shape, 1)[0]
    if not isinstance(size, int):
        raise ArgumentError(f"the size {size} of cov is not known. Declare it with a number.")
    return size


def _full(covariance: Expr, size: int) -> Expr:
    if len(covariance.shape) == 2:
        return as_expr((covariance + words.transpose(covariance)) / 2)
    return as_expr(words.diag(covariance * as_expr([1.0] * size)))


def _distance(difference: Any, covariance: Expr) -> Any:
    if len(covariance.shape) < 2:
        return words.sum(difference * difference / covariance, -1)
    inverse = words.inverse(_full(covariance, 0))
    return words.sum(words.matmul(difference, inverse) * difference, -1)


def _log_volume(covariance: Expr, size: int) -> Any:
    match len(covariance.shape):
        case 0:
            logarithm = size * words.log(covariance)
        case 1:
            logarithm = words.sum(words.log(covariance))
        case _:
            logarithm = words.logdet(_full(covariance, size))
    return logarithm + size * log(2 * pi)


def _log_singular(difference: Any, matrix: Expr) -> Expr:
    """Return the log density on the subspace that a matrix spans, -inf beside it, as scipy's."""
    values, vectors = eigh(matrix)
    bound = 1e6 * _EPSILON * words.max(words.abs(values))
    kept = values > bound
    chosen = words.where(kept, values, 1)
    along = words.matmul(difference, vectors)
    beside = words.sum(words.where(kept, 0, along * along), -1)
    distance = words.sum(words.where(kept, along * along / chosen, 0), -1)
    volume = words.sum(words.log(chosen) + log(2 * pi) * words.where(kept, 1, 0))
    logarithm = -(distance + volume) / 2
    return as_expr(words.where(beside >= (1e3 * bound) ** 2, -inf, logarithm))


def _normal_entropy(*, mean: Any = None, cov: Any = 1, allow_singular: bool = False) -> Expr:
    if allow_singular:
        raise ArgumentTypeError(
            "entropy of an expression does not take allow_singular=True. Leave it out."
        )
    covariance = as_expr(cov)
    size = _size(mean, covariance)
    # The mean says nothing of it.
    nothing = 0 if mean is None else 0 * words.sum(mean)
    return as_expr((_log_volume(covariance, size) + size) / 2 + nothing)


def _log_dirichlet(x: Any, alpha: Any) -> Expr:
    concentration = as_expr(alpha)
    normaliser = words.sum(words.gammaln(concentration)) - words.gammaln(words.sum(concentration))
    # The points are columns, as scipy has them.
    powers = words.xlogy(words.transpose(concentration - 1), words.transpose(x))
    return as_expr(words.sum(powers, -1) - normaliser)


def _log_multinomial(x: Any, n: Any, p: Any) -> Expr:
    counts, shares = as_expr(x), _summing_to_one(as_expr(p))
    total = words.sum(counts, -1)
    outside = words.maximum(words.min(counts, -1) < 0, words.abs(total - n) > 0)
    ways = words.gammaln(as_expr(n) + 1) - words.sum(words.gammaln(counts + 1), -1)
    return as_expr(words.where(outside, -inf, ways + words.sum(words.xlogy(counts, shares), -1)))


def _summing_to_one(p: Expr) -> Expr:
    """Return probabilities, the last of which scipy takes from the others if the sum is not 1."""
    others = p[..., :-1]
    rest = 1 - words.sum(others, -1)
    wrong = words.abs(rest - p[..., -1]) > 10 * _EPSILON
    last = words.where(wrong, rest, p[..., -1])
    shares = concatenated([others, last[..., None]], -1)
    return as_expr(words.where(words.maximum(shares < 0, shares > 1), nan, shares))


def _log_wishart(x: Any, df: Any, scale: Any) -> Expr:
    point, matrix, size = _matrices(x, scale)
    trace = words.sum(words.inverse(matrix) * point)
    powers = (as_expr(df) - size - 1) * words.logdet(point) - df * words.logdet(matrix) - trace
    return as_expr(powers / 2 - _wishart_constant(df, size))


def _log_inverse_wishart(x: Any, df: Any, scale: Any) -> Expr:
    point, matrix, size = _matrices(x, scale)
    trace = words.sum(words.inverse(point) * matrix)
    powers = df * words.logdet(matrix) - (as_expr(df) + size + 1) * words.logdet(point) - trace
    return as_expr(powers / 2 - _wishart_constant(df, size))


def _matrices(x: Any, scale: Any) -> tuple[Expr, Expr, int]:
    point, matrix = as_expr(x), as_expr(scale)
    if len(point.shape) != 2 or len(matrix.shape) != 2 or not isinstance(matrix.shape[0], int):
        raise ArgumentError(
            "of an expression one matrix x and one matrix scale of known sizes are taken. "
            "Give one at a time, or vmap."
        )
    size = matrix.shape[0]
    return _full(point, size), _full(matrix, size), size


def _wishart_constant(df: Any, size: int) -> Any:
    half = as_expr(df) / 2
    gammas: Any = size * (size - 1) / 4 * log(pi)
    for place in range(size):
        gammas = gammas + words.gammaln(half - place / 2)
    return half * (size * log(2)) + gammas


def _with_exponential(
    name: str, logarithm: Callable[..., Any], parameters: str, method: str = "pdf"
) -> dict[str, NumpyFunction]:
    full = f"scipy.stats.{name}"
    return {
        f"log{method}": NumpyFunction(f"{full}.log{method}", logarithm, parameters),
        method: NumpyFunction(f"{full}.{method}", exp_of(logarithm), parameters),
    }


_EPSILON = 2.220446049250313e-16
_NORMAL = "mean=None, cov=1, allow_singular=False"
MULTIVARIATE: Mapping[str, Mapping[str, NumpyFunction]] = {
    "multivariate_normal": {
        **_with_exponential("multivariate_normal", _log_normal, f"x, {_NORMAL}"),
        "entropy": NumpyFunction(
            "scipy.stats.multivariate_normal.entropy", _normal_entropy, _NORMAL
        ),
    },
    "dirichlet": _with_exponential("dirichlet", _log_dirichlet, "x, alpha"),
    "multinomial": _with_exponential("multinomial", _log_multinomial, "x, n, p", "pmf"),
    "wishart": _with_exponential("wishart", _log_wishart, "x, df, scale"),
    "invwishart": _with_exponential("invwishart", _log_inverse_wishart, "x, df, scale"),
}
