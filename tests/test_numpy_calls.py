"""Calls of numpy functions with their parameters: values of numpy, slopes of differences."""

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.expressions.tables.rows import all_rows
from einsgrad.expressions.tables.spellings import needs_scipy

A = np.array([[0.5, -1.25, 2.0, 0.75], [1.5, 0.25, -0.5, 3.0], [-2.0, 1.0, 0.125, -0.75]])
V = np.array([0.5, -1.5, 2.5, -0.25])
P = np.array([1.5, 0.25, 2.0])
Z = np.array([1.0 + 2.0j, -1.0 - 0.5j, 0.25j])
GAPS = np.array([np.nan, np.inf, -np.inf, 1.5])

# By the name of a function: calls, and where they are made.
CALLS = {
    "arccosh": [(np.arccosh, 1 + P), (np.acosh, 1 + P)],
    "copysign": [(lambda x: np.copysign(x, -V), V), (lambda x: np.copysign(V, x) * x, V)],
    "fmax": [(lambda x: np.fmax(x, V[::-1]), V)],
    "fmin": [(lambda x: np.fmin(x, V[::-1]), V)],
    "nan_to_num": [
        (lambda x: np.nan_to_num(x) * x, V),
        (lambda x: np.nan_to_num(np.where(x > 0, x, np.nan), nan=2.5) * x, V),
        (lambda x: np.nan_to_num(np.where(x > 0, x, np.inf), posinf=1.0) + x, V),
        (lambda x: np.nan_to_num(np.where(x > 0, x, -np.inf), neginf=1.0) + x, V),
        (lambda x: np.abs(np.nan_to_num(np.where(x > 0, x + 1j, np.nan))), V),
    ],
    "isposinf": [(lambda x: np.where(np.isposinf(GAPS + x), 1, x), V)],
    "isneginf": [(lambda x: np.where(np.isneginf(GAPS + x), 1, x), V)],
    "signbit": [(lambda x: np.where(np.signbit(x), x**2, x), V)],
    "modf": [(lambda x: np.modf(x)[0] * x, V), (lambda x: np.modf(x)[1] * x, V)],
    "angle": [
        (lambda x: np.angle(x + 1j), V),
        (lambda x: np.angle(x * Z[0] + Z[1], deg=True), V),
        (lambda x: np.angle(x) + x, V),
    ],
    "isreal": [(lambda x: np.isreal(x * Z[0]) + x, V), (lambda x: np.isreal(x) * x, V)],
    "iscomplex": [(lambda x: np.iscomplex(x * Z[0]) * x, V), (lambda x: np.iscomplex(x) + x, V)],
    "real_if_close": [(np.real_if_close, V)],
    "bitwise_and": [(lambda x: np.bitwise_and(x > 0, x < 1) * x, V)],
    "bitwise_or": [(lambda x: ((x < 0) | (x > 1)) * x, V)],
    "bitwise_xor": [(lambda x: ((x > 0) ^ (x > 1)) * x, V)],
    "invert": [(lambda x: ~(x > 0) * x, V), (lambda x: np.bitwise_not(x > 0) * x, V)],
    "piecewise": [
        (lambda x: np.piecewise(x, [x < 0, x > 1], [lambda t: t**2, lambda t: 3 * t, 7.0]), V),
        (lambda x: np.piecewise(x, [x < 0, x < -1], [np.sin, np.cos]) + x, V),
        (lambda x: np.piecewise(x, x > 0, [lambda t, a: a * t, 2.0], 3.0), V),
        (lambda x: np.piecewise(x, [True, False, True, False], [np.exp]), V),
        (lambda x: np.piecewise(x[0], x[0] > 0, [np.sin]), V),
    ],
    "isin": [
        (lambda x: np.isin(np.sign(x), [1.0, 2.5]) * x, V),
        (lambda x: np.isin(np.floor(x + 0.1), [[1], [0]], invert=True) * x, A),
    ],
    "take": [
        (lambda x: np.take(x, [5, -7, 1], mode="wrap"), V),
        (lambda x: np.take(x, [[5, -7], [1, 0]], 1, mode="clip"), A),
        (lambda x: x.take(np.argsort(x) + 1, mode="wrap") * x, V),
        (lambda x: x.take(np.argsort(x) + 1, mode="clip") * x, V),
    ],
    "choose": [
        (lambda x: np.choose([0, 3, -1, 1], [x, 2 * x], mode="wrap"), V),
        (lambda x: np.choose([0, 3, -1, 1], [x, 2 * x], mode="clip"), V),
    ],
}
METHODS = [
    *("inverted_cdf", "averaged_inverted_cdf", "closest_observation"),
    *("interpolated_inverted_cdf", "hazen", "weibull", "linear", "median_unbiased"),
    *("normal_unbiased", "lower", "higher", "midpoint", "nearest"),
]
MISSING = np.where(A > 1.2, np.nan, A)
Q = np.array([[0.0, 0.3, 1.0], [0.5, 0.05, 0.9]])
CALLS |= {
    "quantile": [
        *(
            (lambda x, method=method: np.quantile(x, Q, axis=1, method=method), A)
            for method in METHODS
        ),
        (lambda x: np.quantile(x, 0.3), A),
        (lambda x: np.quantile(x, 0.3, axis=(0, 1), keepdims=True), A),
        (lambda x: np.quantile(x, [0.2, 0.7], axis=0, keepdims=True), A),
        (lambda x: np.quantile(np.where(x > 1.7, np.nan, x), 0.5, axis=0), A),
        (lambda x: np.quantile(x, x[:2] ** 2 / 7, axis=None), V),
        (lambda x: np.quantile(A, 1 / (1 + np.exp(-x)), axis=1, method="hazen"), V),
    ],
    "percentile": [
        (lambda x: np.percentile(x, 40), A),
        (lambda x: np.percentile(x, [10, 90.0], axis=-1, method="weibull"), A),
    ],
    "nanquantile": [
        *(
            (lambda x, method=method: np.nanquantile(x + MISSING, Q, axis=1, method=method), A)
            for method in METHODS[3:]
        ),
        (lambda x: np.nanquantile(x + MISSING, 0.3, keepdims=True), A),
        (lambda x: np.nanquantile(x + np.nan * V[0], 0.3), A),
    ],
    "nanpercentile": [(lambda x: np.nanpercentile(x + MISSING, [20, 50], axis=0), A)],
    "nanmedian": [
        (lambda x: np.nanmedian(x + MISSING), A),
        (lambda x: np.nanmedian(x + MISSING, axis=1, keepdims=True), A),
        (lambda x: np.nanmedian(x + MISSING, axis=(0, 1)), A),
    ],
    "argpartition": [(lambda x: np.sort(np.take_along_axis(x, x.argpartition(2), -1)), A)],
    "lexsort": [
        (lambda x: x[np.lexsort((x, np.sign(x)))], V),
        (lambda x: x[1][np.lexsort(np.round(x))], A),
        (lambda x: np.take_along_axis(x, np.lexsort((x, x > 0), axis=0), 0), A),
    ],
    "nanargmax": [(lambda x: x[0, np.nanargmax(x + MISSING, axis=1)], A)],
    "nanargmin": [(lambda x: x[0, np.nanargmin(x + MISSING, axis=1, keepdims=True)], A)],
}
CALLS |= {
    "linspace": [
        (lambda x: np.linspace(x[0], x[1], 5), V),
        (lambda x: np.linspace(x, 2 * A, 4, endpoint=False, axis=-1), A),
        (lambda x: np.linspace(0, x, 1), V),
        (lambda x: np.linspace(0, x, 0, axis=1), V),
        (lambda x: np.linspace(x, 1.0, 3, retstep=True)[1], V),
        (lambda x: np.linspace(x, 9.0, 3, retstep=True, dtype=float)[0], V),
    ],
    "geomspace": [
        (lambda x: np.geomspace(x[0], x[1], 5), P),
        (lambda x: np.geomspace(-x, -2 * P, 4, endpoint=False, axis=1), P),
    ],
    "logspace": [
        (lambda x: np.logspace(x[0], x[1], 5), P),
        (lambda x: np.logspace(0, 1, 4, base=x[0]), P),
        (lambda x: np.logspace(x, 1, 4, endpoint=False, base=2, axis=1), P),
    ],
    "cov": [
        (np.cov, A),
        (np.cov, V),
        (lambda x: np.cov(x, rowvar=False), A),
        (lambda x: np.cov(x, V, ddof=0), A),
        (lambda x: np.cov(x, A[:, :2], rowvar=False, bias=True), A),
        (lambda x: np.cov(x * Z[0], V).real, A),
        (lambda x: np.cov(x, fweights=[1, 2, 3, 1]), A),
        (lambda x: np.cov(A, aweights=x**2, fweights=[1, 2, 3, 1]), V),
        (lambda x: np.cov(A, aweights=x**2, bias=True), V),
    ],
    "corrcoef": [
        (np.corrcoef, A),
        (np.corrcoef, V),
        (lambda x: np.corrcoef(x, A[:, :2], rowvar=False), A),
    ],
    "average": [
        (lambda x: np.average(x, weights=A**2), A),
        (lambda x: np.average(A, 1, x**2), V),
        (lambda x: np.average(x, (1, 0), A.T**2, keepdims=True), A),
        (lambda x: np.average(A, weights=x**2, returned=True, axis=0)[1], A),
        (lambda x: np.average(x, returned=True)[1] * np.average(x, returned=True)[0], A),
        (lambda x: np.average(x, 1, P.repeat(2)[:4], returned=True)[1] * x[0, 0], A),
    ],
    "var": [
        (lambda x: np.var(x, axis=1, mean=x[:, :1]), A),
        (lambda x: np.var(x, mean=np.mean(x, where=A > 0), where=A > 0), A),
    ],
    "std": [(lambda x: np.std(x, axis=0, mean=np.mean(x, 0, keepdims=True), ddof=1), A)],
    "polyadd": [(lambda x: np.polyadd(x, P), V), (lambda x: np.polyadd([1, 2.0, 3, 4, 5], x), V)],
    "polysub": [(lambda x: np.polysub(x, P), V), (lambda x: np.polysub(P, x), V)],
    "polymul": [(lambda x: np.polymul(x, P), V), (lambda x: np.polymul(x, x), V)],
    "polyder": [
        (np.polyder, V),
        (lambda x: np.polyder(x, 2), V),
        (lambda x: np.polyder(x, 5), V),
    ],
    "polyint": [
        (np.polyint, V),
        (lambda x: np.polyint(x, 2, k=[1.0, x[0]]), V),
        (lambda x: np.polyint(x, 2, k=0.5), V),
    ],
    "poly": [(np.poly, V)],
    "bincount": [
        (lambda x: np.bincount([0, 3, 1, 3], weights=x), V),
        (lambda x: np.bincount(np.array([0, 1, 1, 0]), x**2, minlength=5), V),
    ],
    "searchsorted": [
        (lambda x: np.searchsorted(np.sort(V), x + 0.1, side="right") * x, V),
        (lambda x: np.searchsorted(np.sort(x), np.append(A + 0.03, np.nan)) + x[0], V),
        (lambda x: np.searchsorted(x, [0.2, 1.0], sorter=np.argsort(x)) * x[0], V),
    ],
    "digitize": [
        (lambda x: np.digitize(x, [-1.0, 0.0, 1.0]) * x, V),
        (lambda x: np.digitize(x, np.array([2.5, 0.0, -1.5]) + 0.01, right=True) * x, V),
    ],
    "unwrap": [
        (lambda x: np.unwrap(5 * x), A),
        (lambda x: np.unwrap(x, axis=0, period=2.1), A),
        (lambda x: np.unwrap(3 * x, discont=4.0), V),
        (lambda x: np.unwrap(np.array([0.0, 2.0, 0.0, 3.0]) + x[0], period=4.0), V),
    ],
    "nancumsum": [(lambda x: np.nancumsum(x + MISSING, axis=1), A)],
    "nancumprod": [(lambda x: np.nancumprod(x + MISSING), A)],
    "apply_along_axis": [
        (lambda x: np.apply_along_axis(np.sum, 0, x), A),
        (lambda x: np.apply_along_axis(lambda v, c: c * np.outer(v, v[:2]), 1, x, 2.0), A),
        (lambda x: np.apply_along_axis(np.sort, -2, np.stack([x, np.exp(x)])), A),
    ],
    "apply_over_axes": [(lambda x: np.apply_over_axes(np.sum, x, [0, -1]) * x, A)],
    "astype": [(lambda x: np.astype(x, int) * x, V)],
    "einsum_path": [(lambda x: x * len(np.einsum_path("ij,kj->ik", x, A)[0]), A)],
    "tril_indices_from": [(lambda x: x[np.tril_indices_from(x)], A[:, :3])],
    "triu_indices_from": [(lambda x: x[np.triu_indices_from(x, 1)], A)],
    "diag_indices_from": [(lambda x: x[np.diag_indices_from(x)], A[:, :3])],
}
CALLS |= {
    "sum": [
        (lambda x: np.sum(x, dtype=np.float64), A),
        (lambda x: x.sum(axis=0, dtype=float) + np.sum(x > 0, dtype=float), A),
        (lambda x: np.sum(x, dtype=int) + x, V),
    ],
    "mean": [(lambda x: np.mean(x, axis=1, dtype="float64"), A)],
    "zeros_like": [(lambda x: np.zeros_like(x, dtype=float) + x, A)],
    "full_like": [(lambda x: np.full_like(x, 2.7, dtype=int) * x, A)],
    "cumsum": [(lambda x: np.cumsum(x, dtype=float), A)],
    "trace": [(lambda x: np.trace(x, dtype=float), A)],
}
EACH_POWER = np.vectorize(lambda t, n: t**n + 1)
CALLS |= {
    "prod": [(lambda x: np.prod([x[0], x[1], 3.0]), V)],
    "std": [
        (lambda x: np.std([x, x**2], axis=0), P),
        (lambda x: np.std(x[:1], axis=0, keepdims=True) + x, A),
        (lambda x: np.std((x[0], x[1] + 3)), V),
    ],
    "max": [(lambda x: np.max([x, 1 - x], axis=1), V)],
    "median": [(lambda x: np.median([x[0], 2 * x[1], 1.0]), V)],
    "roots": [
        (lambda x: np.sort(np.roots(x).real), np.array([1.0, -6.5, 11.0, -5.0])),
        (lambda x: np.roots(x[:1]) + np.roots(x[:2]), P),
    ],
    "polyfit": [
        (lambda x: np.polyfit(V, x, 2), np.exp(V)),
        (lambda x: np.polyfit(x, A.T, 1, w=[1.0, 2.0, 0.5, 1.0]), V),
        (lambda x: np.polyfit(V, np.cos(V), 1, w=x**2), V),
    ],
    "interp": [
        (lambda x: np.interp(A, np.sort(x), [1.0, 3.0, 2.5, 0.0]), V + 0.01),
        (lambda x: np.interp([-9.0, 0.3, 9.0], np.sort(x), x**2, left=x[0]), V),
        (lambda x: np.interp(x, x[1:2], x[:1]) * x, V),
    ],
    "vectorize": [
        (lambda x: EACH_POWER(x, np.array([[1], [2]])), V),
        (lambda x: EACH_POWER(x + 1, 3), A),
        (lambda x: np.vectorize(lambda t: (t, 2 * t))(x)[1], V),
        (lambda x: np.vectorize(lambda t, c=1.0: c * t, excluded=["c"])(x, c=2.0), V),
    ],
    "full": [(lambda x: np.full((2, 4), x), V), (lambda x: np.full(3, x[0], dtype=float), V)],
    "asanyarray": [
        (lambda x: np.asanyarray([x[0], x[1]]), V),
        (lambda x: np.polynomial.Polynomial([1.0, 2.0, 0.5])(2 * x), V),
    ],
}
REFUSED = {
    "vectorize": [lambda x: np.vectorize(np.sum, signature="(n)->()")(2 * x)],
    "interp": [lambda x: np.interp(x, x, P), lambda x: np.interp(x, x[:0], x[:0])],
    "polyfit": [lambda x: np.polyfit(V, x, -1), lambda x: np.polyfit(P, x, 1)],
    "average": [
        lambda x: np.average(x, weights=P),
        lambda x: np.average(x, 0, weights=P),
    ],
    "cov": [lambda x: np.cov(x[:1]), lambda x: np.cov(x.reshape(2, 2, 1))],
    "bincount": [
        lambda x: np.bincount(np.argsort(x), x),
        lambda x: np.bincount([0, -1, 1, 2], x),
        lambda x: np.bincount([0, 1, 2], x),
    ],
    "digitize": [lambda x: np.digitize(V, x), lambda x: np.digitize(x, V)],
    "searchsorted": [lambda x: np.searchsorted(x, 1.0, side="above")],
    "linspace": [lambda x: np.linspace(0, x, -1)],
    "polyint": [lambda x: np.polyint(x, -1), lambda x: np.polyint(x, 3, k=[1.0, 2.0])],
    "quantile": [
        lambda x: np.quantile(x, 1.5),
        lambda x: np.quantile(x, 0.5, method="nothing"),
        lambda x: np.quantile(x * 1j, 0.5),
        lambda x: np.quantile(x[:0], 0.5),
        lambda x: np.quantile(x, 0.5, weights=V, method="inverted_cdf"),
        lambda x: np.nanquantile(x, 0.5, method="inverted_cdf"),
    ],
    "argpartition": [lambda x: np.argpartition(x, 4)],
    "piecewise": [lambda x: np.piecewise(x, [x > 0], [])],
    "take": [lambda x: np.take(x, 0, mode="fold")],
    "isposinf": [lambda x: np.isposinf(x * 1j)],
    "bitwise_and": [lambda x: np.bitwise_and(x > 0, x)],
    "real_if_close": [lambda x: np.real_if_close(x * 1j)],
}


def skip_without_scipy(path):
    """Skip a function of numpy's whose value is scipy's."""
    if any(path in row.numpy_names and needs_scipy(row.numpy) for row in all_rows()):
        pytest.importorskip("scipy")


@pytest.mark.parametrize("name", REFUSED)
def test_what_these_functions_do_not_take_is_refused_by_their_names(name):
    for function in REFUSED[name]:
        with pytest.raises(eg.EinsgradError, match=rf"(numpy\.(nan)?{name}|vectorize:)"):
            eg.vjp(function, V)


EACH = [
    pytest.param(*call, id=f"{name} {number}")
    for name, calls in CALLS.items()
    for number, call in enumerate(calls)
]


def compare(function, x):
    """Compare the value and the slopes of a function with numpy's and those of differences."""
    step = np.cos(np.arange(1.0, 1.0 + x.size)).reshape(x.shape)
    value, tangent = eg.jvp(function, (x,), (step,))
    expected = function(x)
    assert np.shape(value) == np.shape(expected)
    np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-14)
    ahead, behind = (function(x + h * step) for h in (1e-6, -1e-6))
    # What is nan everywhere around does not change.
    slope = np.where(np.isnan(value), 0, (ahead - behind) / 2e-6)
    np.testing.assert_allclose(tangent, slope, rtol=2e-6, atol=1e-7)
    g = np.sin(np.arange(1.0, 1.0 + np.size(value))).reshape(np.shape(value))[()]
    back = eg.vjp(function, x)[1](g)[0]
    # The gradient of a real number in a real one is real.
    passed = np.real(np.sum(g * tangent))
    np.testing.assert_allclose(passed, np.sum(back * step), rtol=1e-10, atol=1e-12)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("function", "x"), EACH)
def test_values_are_numpys_and_slopes_those_of_differences(function, x):
    compare(function, x)


IN_SINGLE_PRECISION = {
    "quantile": lambda x: np.quantile(x, 0.3),
    "percentile": lambda x: np.percentile(x, 30, axis=1),
    "quantiles": lambda x: np.quantile(x, [0.3, 0.5]),
    "nanmedian": lambda x: np.nanmedian(x, axis=0),
    "linspace": lambda x: np.linspace(x, 2.0, 3),
    "poly": lambda x: np.poly(x[0]),
    "nan_to_num": np.nan_to_num,
    "copysign": lambda x: np.copysign(x, -1.0),
    "fmax": lambda x: np.fmax(x, 0.5),
    "unwrap": np.unwrap,
    "average": lambda x: np.average(x, weights=x**2),
    "piecewise": lambda x: np.piecewise(x, [x > 0], [np.sin, 2.0]),
    "interp": lambda x: np.interp(x, [0.0, 1.0], [2.0, 3.0]),
}


@pytest.mark.parametrize("name", IN_SINGLE_PRECISION)
def test_the_precision_is_that_of_numpy(name):
    function, x = IN_SINGLE_PRECISION[name], A.astype(np.float32)
    found, expected = eg.vjp(function, x)[0], function(x)
    assert np.asarray(found).dtype == np.asarray(expected).dtype
    assert np.allclose(found, expected, rtol=1e-5, atol=1e-6)
