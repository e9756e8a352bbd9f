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
    "halfnorm": (), "halfcauchy": (), "truncnorm": (-1.0, 2.0), "weibull_min": (1.5,),
    "pareto": (2.2,), "lomax": (1.4,), "invgamma": (2.2,), "invgauss": (0.7,), "f": (3.0, 4.2),
    "vonmises": (1.3,), "gumbel_r": (), "gumbel_l": (), "rayleigh": (), "maxwell": (),
    "chi": (2.3,), "skewnorm": (0.5,), "gennorm": (2.5,), "loggamma": (1.4,), "powerlaw": (1.3,),
    "hypsecant": (), "moyal": (),
}  # fmt: skip
DISCRETE = {
    "poisson": (1.7,), "bernoulli": (0.3,), "binom": (4, 0.3), "nbinom": (4, 0.3), "geom": (0.3,),
    "betabinom": (4, 1.2, 1.7),
}  # fmt: skip
ENDS = ("cdf", "sf", "logcdf", "logsf")
QUANTILES = (
    *("norm", "expon", "uniform", "laplace", "logistic", "cauchy", "lognorm", "weibull_min"),
    *("t", "gamma", "chi2", "beta", "halfnorm", "halfcauchy", "pareto", "lomax", "gumbel_r"),
    *("gumbel_l", "rayleigh", "powerlaw"),
)
ENTROPIES = ("norm", "gamma", "expon", "uniform", "laplace", "logistic", "cauchy", "lognorm")
# Their functions of a point have no closed formula.
OF_DENSITIES_ALONE = {
    *("truncnorm", "invgauss", "vonmises", "gennorm", "betabinom", "skewnorm"),
}


@pytest.mark.parametrize("method", ["logpdf", "pdf"])
@pytest.mark.parametrize("name", CONTINUOUS)
def test_a_density_has_scipys_values_and_slopes(name, method):
    density = getattr(getattr(stats, name), method)
    shapes = CONTINUOUS[name]
    _agrees(density, (X, *shapes, 0.1, 1.3))
    _agrees(lambda x, scale: density(x, *shapes, scale=scale), (X, 1.2))


@pytest.mark.parametrize("method", ["logpdf", "pdf"])
@pytest.mark.parametrize("name", [name for name in CONTINUOUS if CONTINUOUS[name]])
def test_a_density_has_slopes_in_the_parameters_of_its_shape(name, method):
    density = getattr(getattr(stats, name), method)
    _agrees(lambda *shapes: density(X, *shapes, 0.1, 1.3), CONTINUOUS[name])


@pytest.mark.parametrize("method", ENDS)
@pytest.mark.parametrize("name", sorted(CONTINUOUS.keys() - OF_DENSITIES_ALONE))
def test_a_distributions_function_has_scipys_values_and_slopes(name, method):
    function = getattr(getattr(stats, name), method)
    _agrees(lambda x, loc, scale: function(x, *CONTINUOUS[name], loc, scale), (X, 0.1, 1.3))


@pytest.mark.parametrize("method", ENDS)
@pytest.mark.parametrize("name", sorted(DISCRETE.keys() - OF_DENSITIES_ALONE))
def test_a_function_of_whole_numbers_has_scipys_values_and_slopes(name, method):
    function = getattr(getattr(stats, name), method)
    *whole, parameter = DISCRETE[name]
    _agrees(lambda p: function(K, *whole, p), (parameter,))


@pytest.mark.parametrize("method", ["ppf", "isf"])
@pytest.mark.parametrize("name", QUANTILES)
def test_a_quantile_has_scipys_values_and_slopes(name, method):
    function, shares = getattr(getattr(stats, name), method), np.array([0.1, 0.4, 0.7, 0.97])
    _agrees(lambda q, loc, scale: function(q, *CONTINUOUS[name], loc, scale), (shares, 0.1, 1.3))
    outside = np.array([-0.1, 1.1])
    assert np.isnan(eg.vjp(lambda q: function(q, *CONTINUOUS[name]), outside)[0]).all()


@pytest.mark.parametrize("name", QUANTILES)
def test_a_median_has_scipys_value_and_slope(name):
    median = getattr(stats, name).median
    _agrees(lambda loc, scale: median(*CONTINUOUS[name], loc, scale), (0.1, 1.3))


@pytest.mark.parametrize("name", ENTROPIES)
def test_an_entropy_has_scipys_value_and_slope(name):
    function = getattr(stats, name).entropy
    _agrees(lambda scale, *shapes: function(*shapes, 0.2, scale), (1.3, *CONTINUOUS[name]))


@pytest.mark.parametrize("name", [name for name in CONTINUOUS if CONTINUOUS[name]])
def test_parameters_that_no_distribution_has_give_nan_as_in_scipy(name):
    shapes = np.array([-1.5] * len(CONTINUOUS[name]))
    for method in ("logpdf", "pdf", *(ENDS if name not in OF_DENSITIES_ALONE else ())):
        function = getattr(getattr(stats, name), method)
        with np.errstate(all="ignore"):
            found = eg.jit(lambda shapes, call=function: call(0.3, *shapes))(shapes)
        assert np.allclose(found, function(0.3, *shapes), equal_nan=True)


def test_a_function_far_in_its_tail_keeps_its_digits():
    far = np.array([-30.0, 30.0])
    for name, method in [("norm", "logcdf"), ("norm", "logsf"), ("logistic", "logsf")]:
        _agrees(getattr(getattr(stats, name), method), (far,))
    for name, method in [("cauchy", "sf"), ("t", "sf"), ("expon", "sf"), ("gumbel_r", "sf")]:
        function, shapes = getattr(getattr(stats, name), method), CONTINUOUS[name]
        value = eg.vjp(lambda x, f=function, s=shapes: f(x, *s), far)[0]
        assert np.allclose(value, function(far, *shapes), rtol=1e-12, atol=0)


def test_a_slope_at_the_middle_is_that_of_the_density():
    for name in ("t", "laplace"):
        distribution, shapes = getattr(stats, name), CONTINUOUS[name]
        slope = eg.grad(lambda x, d=distribution, s=shapes: d.cdf(x, *s))(0.0)
        assert np.isclose(slope, distribution.pdf(0.0, *shapes), rtol=1e-12)


def test_a_second_derivative_of_a_function_is_the_slope_of_the_density():
    for name in ("norm", "t", "gamma", "beta", "f"):
        distribution, shapes = getattr(stats, name), CONTINUOUS[name]
        second = eg.grad(eg.grad(lambda x, d=distribution, s=shapes: d.cdf(x, *s)))(0.4)
        sides = [distribution.pdf(0.4 + h, *shapes) for h in (1e-5, -1e-5)]
        assert np.isclose(second, (sides[0] - sides[1]) / 2e-5, rtol=1e-6)


def test_parameters_of_several_shapes_broadcast_as_in_scipy():
    x, loc, scale = np.ones((4, 3)), np.arange(3.0)[None], np.array([[1.1], [2], [3], [4]])
    for name in ("norm", "t", "gamma", "poisson"):
        distribution = getattr(stats, name)
        density = distribution.logpmf if name == "poisson" else distribution.logpdf
        parameters = {"norm": (loc, scale), "t": (scale, loc, scale), "poisson": (scale,)}
        chosen = parameters.get(name, (scale, -1.0, scale))
        value, pullback = eg.vjp(density, x, *chosen)
        assert np.allclose(value, density(x, *chosen), rtol=1e-12)
        assert [np.shape(one) for one in pullback(value)[1:]] == [np.shape(one) for one in chosen]


def test_a_derivative_that_has_no_closed_formula_is_refused_where_it_is_asked():
    with pytest.raises(eg.ArgumentError, match=r"gammainc has no closed derivative"):
        eg.grad(lambda a: stats.gamma.cdf(1.3, a))(2.0)


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


MATRIX = np.array([[2.0, 0.3], [0.3, 1.5]])
POINTS = np.array([[0.2, 0.4], [1.0, -0.5], [0.0, 2.0]])
COUNTS = np.array([[1, 2, 3], [0, 3, 3]])
SHARES = np.array([0.2, 0.3, 0.5])


@pytest.mark.parametrize("cov", [1.4, np.array([1.4, 0.7]), MATRIX], ids=["number", "1d", "2d"])
def test_a_normal_of_vectors_takes_each_kind_of_covariance(cov):
    normal, mean = stats.multivariate_normal, np.array([0.1, 0.3])
    _agrees(lambda s: normal.logpdf(POINTS, s * mean, s * cov), (1.3,))
    _agrees(lambda s: normal(s * mean, s * cov).logpdf(POINTS), (1.3,))
    _agrees(lambda s: normal(mean, s * cov).pdf(POINTS[0]), (1.3,))
    _agrees(lambda s: normal(mean, s * cov).entropy(), (1.3,))
    _agrees(lambda s: normal.entropy(mean, s * cov), (1.3,))
    _agrees(lambda s: normal(mean, cov).logpdf(s * POINTS), (1.3,))


def test_a_normal_of_one_number_takes_points_of_each_shape():
    normal = stats.multivariate_normal
    for x in (0.3, X, X[:, None]):
        _agrees(lambda s, x=x: normal.logpdf(s * x, 0.1, 1.7), (1.3,))
        _agrees(lambda s, x=x: normal.logpdf(x, np.array([0.1]), s * np.eye(1)), (1.3,))


def test_a_normal_on_a_subspace_is_scipys():
    cov, mean = np.diag([1.5, 2.0, 0.0, 0.0]), np.array([0.1, 0.2, 0.0, 0.0])
    density = stats.multivariate_normal.logpdf
    points = np.array([[0.3, -0.4, 0.0, 0.0], [1.0, 2.0, 0.0, 0.0]])
    _agrees(lambda s: density(s * points, mean, cov, allow_singular=True), (1.3,))
    _agrees(lambda s: density(points, s * mean, cov, allow_singular=True), (1.3,))
    with pytest.raises(eg.MatrixError, match="equal eigenvalues"):
        eg.grad(lambda s: density(points[0], mean, s * cov, allow_singular=True))(1.3)
    apart = (points[:, :3], mean[:3], cov[:3, :3])
    _agrees(lambda s: density(*apart[:2], s * apart[2], allow_singular=True), (1.3,))
    beside = eg.jit(lambda x: density(x, mean, cov, allow_singular=True))(np.ones(4))
    assert beside == density(np.ones(4), mean, cov, allow_singular=True) == -np.inf


@pytest.mark.filterwarnings("ignore:Some rows:FutureWarning")
@pytest.mark.parametrize("method", ["logpmf", "pmf"])
def test_probabilities_of_counts_are_scipys(method):
    probability = getattr(stats.multinomial, method)
    _agrees(lambda s: probability(COUNTS, 6, (SHARES**s) / np.sum(SHARES**s)), (1.3,))
    _agrees(lambda s: getattr(stats.multinomial(6, s * SHARES), method)(COUNTS), (0.8,))
    for n, shares in [(7, SHARES), (6, np.array([0.2, -0.3, 1.1])), (6, np.array([0.7, 0.7, 0.1]))]:
        found = eg.jit(lambda p, n=n: probability(COUNTS, n, p))(shares)
        assert np.allclose(found, probability(COUNTS, n, shares), equal_nan=True)


@pytest.mark.parametrize("name", ["wishart", "invwishart"])
def test_densities_of_matrices_are_scipys(name):
    distribution, point = getattr(stats, name), MATRIX + np.eye(2)
    _agrees(lambda s: distribution.logpdf(point, 3.2 * s, MATRIX), (1.3,))
    _agrees(lambda s: distribution.pdf(point, 3.2, s * MATRIX), (1.3,))
    _agrees(lambda s: distribution(3.2 * s, MATRIX).logpdf(point), (1.3,))
    _agrees(lambda s: distribution.logpdf(s * point, 3.2, MATRIX), (1.3,))
    with pytest.raises(eg.ArgumentError, match="one matrix x"):
        eg.grad(lambda s: distribution.logpdf(np.ones((2, 2, 3)), 3.2, s * MATRIX)[0])(1.3)


def test_what_a_given_distribution_does_not_have_is_refused_by_its_name():
    with pytest.raises(eg.ArgumentTypeError, match=r"scipy\.stats\.multivariate_normal\.rvs"):
        eg.grad(lambda s: stats.multivariate_normal(s * X, 1.0).rvs())(1.3)
    _agrees(lambda s: stats.dirichlet(s * SHARES).logpdf(SHARES), (1.3,))


def test_a_distribution_with_given_parameters_is_one_too():
    _agrees(lambda x: stats.norm(0.2, 1.5).logpdf(x), (X,))
    _agrees(lambda x, a: stats.gamma(a, scale=2.0).pdf(x), (X, 1.5))
    assert isinstance(pickle.loads(pickle.dumps(stats.norm)), type(stats.norm))


def test_another_distribution_is_refused_by_its_name():
    with pytest.raises(eg.ArgumentTypeError, match=r"scipy\.stats\.genextreme\.logpdf"):
        eg.vjp(lambda x: stats.genextreme.logpdf(x, 0.3), X)
    with pytest.raises(eg.ArgumentTypeError, match=r"scipy\.stats\.norm\.interval"):
        eg.vjp(lambda scale: stats.norm.interval(0.9, 0.0, scale)[0], 1.3)


def _agrees(function, points):
    """Compare a value and its slopes with the function's own values."""
    value, pullback = eg.vjp(function, *points)
    reference = np.asarray(function(*points))
    assert np.allclose(value, reference, rtol=1e-12)
    finite = np.isfinite(reference)
    steps = np.arange(np.size(reference)).reshape(reference.shape)
    weights = np.where(finite, np.cos(steps), 0.0)
    slopes = pullback(weights)
    for place, point in enumerate(points):
        sides = [
            np.asarray(function(*points[:place], point + h, *points[place + 1 :]))
            for h in (1e-5, -1e-5)
        ]
        difference = (sides[0][finite] - sides[1][finite]) @ weights[finite] / 2e-5
        assert np.isclose(np.sum(slopes[place]), difference, rtol=1e-5, atol=1e-8)


@pytest.mark.filterwarnings("ignore:invalid value")
def test_scales_and_shapes_may_be_arrays_and_wrong_ones_give_nan():
    points, scales = np.array([0.3, 1.0, 2.0]), np.array([1.0, 0.5, -1.0])
    for function in (stats.norm.logpdf, stats.norm.cdf, stats.norm.sf):
        value, slope = eg.jvp(lambda x, f=function: f(x, 0.2, scales), (points,), (np.ones(3),))
        np.testing.assert_allclose(value, function(points, 0.2, scales), rtol=1e-13)
        assert np.isfinite(slope[:2]).all()
    value = eg.vjp(lambda x: stats.gamma.logpdf(x, scales), points)[0]
    np.testing.assert_allclose(value, stats.gamma.logpdf(points, scales), rtol=1e-13)


EDGES = {
    **dict.fromkeys(["lognorm", "invgamma", "invgauss"], np.array([0.0, np.inf])),
    "rayleigh": np.array([0.0, np.inf]),
    "uniform": np.array([0.0, 1.0, np.nan]),
    "logistic": np.array([-np.inf, np.inf, -800.0]),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", EDGES)
def test_a_density_at_the_ends_of_its_support_is_scipys(name):
    for method in ("logpdf", "pdf"):
        function, shapes = getattr(getattr(stats, name), method), CONTINUOUS[name]
        found = eg.jit(lambda x, f=function, s=shapes: f(x, *s))(EDGES[name])
        assert np.array_equal(found, function(EDGES[name], *shapes), equal_nan=True)


@pytest.mark.parametrize("df", [1e3, 1e8, 1e12, np.inf])
def test_a_t_distribution_of_many_degrees_of_freedom_keeps_its_digits(df):
    for method in ("logpdf", "cdf", "sf", "logcdf"):
        _agrees(lambda x, m=method: getattr(stats.t, m)(x, df), (X,))


@pytest.mark.parametrize("method", ["logcdf", "logsf"])
@pytest.mark.parametrize("name", ["gamma", "beta", "t", "f", "laplace", "weibull_min", "halfnorm"])
def test_a_logarithm_close_to_0_keeps_its_digits(name, method):
    function, shapes = getattr(getattr(stats, name), method), CONTINUOUS[name]
    points = np.array([1e-8, 0.999999]) if name == "beta" else np.array([1e-8, 25.0])
    found = eg.jit(lambda x: function(x, *shapes))(points)
    assert np.allclose(found, function(points, *shapes), rtol=1e-7, atol=0)


def test_a_quantile_far_in_the_tail_keeps_its_digits():
    shares = np.array([1e-300, 1e-10, 0.3, 0.8])
    for method in ("ppf", "isf"):
        function = getattr(stats.cauchy, method)
        assert np.allclose(eg.jit(function)(shares), function(shares), rtol=1e-12, atol=0)


def test_a_beta_distribution_of_large_parameters_has_slopes():
    _agrees(lambda x: stats.beta.cdf(x, 600.0, 700.0), (np.array([0.45, 0.47]),))
