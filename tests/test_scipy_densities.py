"""Densities of scipy's distributions at traced values and parameters."""

import pickle

import numpy as np
import pytest

import einsgrad as eg

stats = pytest.importorskip("scipy.stats")

X = np.array([-0.4, 0.2, 0.7, 1.9])
K = np.array([-1.0, 0.0, 1.0, 2.0, 5.0, 0.5])
CONTINUOUS = {
    "norm": (), "t": (3.5,), "gamma": (2.3,), "chi2": (3.2,), "beta": (1.7, 2.4), "expon": (),
    "uniform": (), "laplace": (), "logistic": (), "cauchy": (), "lognorm": (0.8,),
}  # fmt: skip
DISCRETE = {"poisson": (1.7,), "bernoulli": (0.3,), "binom": (4, 0.3)}


@pytest.mark.parametrize("method", ["logpdf", "pdf"])
@pytest.mark.parametrize("name", CONTINUOUS)
def test_a_density_has_scipys_values_and_slopes(name, method):
    density = getattr(getattr(stats, name), method)
    shapes = CONTINUOUS[name]
    _agrees(density, (X, *shapes, 0.1, 1.3))
    _agrees(lambda x, scale: density(x, *shapes, scale=scale), (X, 1.2))


@pytest.mark.parametrize(
    ("name", "method"),
    [
        *[(name, "cdf") for name in ("norm", "logistic", "cauchy", "expon", "uniform")],
        *[(name, "logcdf") for name in ("norm", "logistic")],
    ],
)
def test_a_distributions_function_has_scipys_values_and_slopes(name, method):
    _agrees(getattr(getattr(stats, name), method), (X, 0.1, 1.3))


@pytest.mark.parametrize("method", ["logpmf", "pmf"])
@pytest.mark.parametrize("name", DISCRETE)
def test_a_probability_has_scipys_values_and_slopes(name, method):
    probability = getattr(getattr(stats, name), method)
    *whole, parameter = DISCRETE[name]
    _agrees(lambda p: probability(K, *whole, p), (parameter,))


@pytest.mark.parametrize("method", ["logpdf", "pdf"])
def test_a_density_of_vectors_has_scipys_values_and_slopes(method):
    normal = getattr(stats.multivariate_normal, method)
    factor = np.array([[2.0, 0.3], [0.4, 1.5]])
    points = np.array([[0.2, 0.4], [1.0, -0.5], [0.0, 2.0]])
    mean = np.array([0.1, 0.3])
    _agrees(lambda s: normal(points, mean, s * (factor @ factor.T)), (1.3,))
    _agrees(lambda s: normal(s * points, mean, factor @ factor.T), (1.3,))
    _agrees(lambda s: normal(points, cov=factor @ factor.T, mean=s * mean), (1.3,))
    _agrees(lambda s: normal(X, 0.3, s), (1.3,))
    dirichlet = getattr(stats.dirichlet, method)
    shares = np.array([[0.2, 0.5], [0.3, 0.4], [0.5, 0.1]])
    alpha = np.array([1.5, 2.0, 3.5])
    _agrees(lambda s: dirichlet(shares, s * alpha), (1.3,))


def test_a_distribution_with_given_parameters_is_one_too():
    _agrees(lambda x: stats.norm(0.2, 1.5).logpdf(x), (X,))
    _agrees(lambda x, a: stats.gamma(a, scale=2.0).pdf(x), (X, 1.5))
    assert isinstance(pickle.loads(pickle.dumps(stats.norm)), type(stats.norm))


def test_another_distribution_is_refused_by_its_name():
    with pytest.raises(eg.ArgumentTypeError, match=r"scipy\.stats\.gumbel_r\.logpdf"):
        eg.vjp(stats.gumbel_r.logpdf, X)


def _agrees(function, points):
    """Compare a value and its slopes with the function's own values."""
    value, pullback = eg.vjp(function, *points)
    reference = function(*points)
    assert np.allclose(value, reference, rtol=1e-12)
    finite = np.isfinite(reference)
    weights = np.where(finite, np.cos(np.arange(np.size(reference))), 0.0)
    slopes = pullback(weights)
    for place, point in enumerate(points):
        sides = [function(*points[:place], point + h, *points[place + 1 :]) for h in (1e-5, -1e-5)]
        difference = (sides[0][finite] - sides[1][finite]) @ weights[finite] / 2e-5
        assert np.isclose(np.sum(slopes[place]), difference, rtol=1e-5, atol=1e-8)
