"""Squared distances over lengths, means and forms: simplification ends, and keeps what cancels."""

import numpy as np
import pytest
from differences import difference, value_at

import einsgrad as eg

h, r, w, A, M, N = eg.variables("h[n] r[n] w[n] A[n,n] M[n,n] N[n,n]")
RNG = np.random.default_rng(2)
DATA = {name: RNG.uniform(0.5, 2.0, 4) for name in "hrw"}
DATA |= {name: RNG.uniform(0.5, 2.0, (4, 4)) for name in "AMN"}
mean = eg.mean(h)
SPREAD = eg.sum((h - mean) ** 2)
LOSSES = {
    "relative error": eg.sum_squares(h - r) / eg.sum_squares(h),
    "of means": eg.mean((h - r) ** 2) / eg.mean(h**2),
    "over a length": eg.norm(h - r) ** 2 / eg.norm(h),
    "over two lengths": eg.norm(h - r) ** 2 / (eg.norm(h) * eg.norm(r)),
    "of a map": eg.norm(h - A @ h) ** 2 / eg.norm(h) ** 2,
    "of forms": (h - r) @ A @ (h - r) / (h @ A @ h),
    "times a logarithm": eg.sum((h - r) ** 2) * eg.log(h @ h),
    "times a length": eg.sum((h - r) ** 2) * eg.norm(h),
    "dispersion": SPREAD / 4 / mean,
    "variation": SPREAD / 4 / mean**2,
    "variance over a product": SPREAD / (h @ r),
    "variance over a square": SPREAD / (h @ h),
    "variance over a form": SPREAD / (h @ A @ h),
    "variance over a length": SPREAD / eg.norm(h),
    "variance over a sum": SPREAD / eg.sum(h),
    "variance times a length": SPREAD * eg.norm(h),
}


def value(expr, **data):
    return value_at(expr, {**DATA, **data})


@pytest.mark.parametrize("name", LOSSES)
def test_gradients_and_hessians_are_differences(name):
    gradient, hessian = eg.grad(LOSSES[name], h), eg.hessian(LOSSES[name], h, h)
    along = RNG.standard_normal(4)
    slope = difference(lambda at: value(LOSSES[name], h=at), DATA["h"], along)
    assert np.allclose(value(gradient) @ along, slope, rtol=1e-5, atol=1e-7)
    change = difference(lambda at: value(gradient, h=at), DATA["h"], along)
    assert np.allclose(value(hessian) @ along, change, rtol=1e-5, atol=1e-6)


def test_a_gradient_of_matrices():
    loss = eg.sum((M - N) ** 2) / eg.sum(M**2)
    shown = "2 (M - N - ‖R‖_F² M / ‖M‖_F²) / ‖M‖_F²\nwhere R = N - M"
    assert eg.show(eg.grad(loss, M), "matrix") == shown


def test_differences_stay_where_they_are_squared():
    """Near the minimum the gradient is as small as the difference, to all digits."""
    gradient = eg.grad(LOSSES["relative error"], h)
    assert "where s = r - h" in eg.show(gradient)
    near = DATA["r"] * (1 + 1e-9 * RNG.standard_normal(4))
    exact = 2 * (near - DATA["r"]) / (near @ near)
    assert np.allclose(value(gradient, h=near), exact, rtol=1e-6, atol=0)


@pytest.mark.parametrize(
    "typed",
    [
        (M - M.T) / (M @ A),
        eg.sum(((M - M.T) / (M @ A)) ** 2),
        eg.norm(eg.sigmoid(M).T / (M.T @ (M.T - M))),
    ],
    ids=str,
)
def test_quotients_of_a_matrix_and_its_transpose(typed):
    (S,) = eg.variables("S[n,n]")
    loss = eg.sum(typed * S)
    along = RNG.standard_normal((4, 4))
    data = {"S": RNG.uniform(0.5, 2.0, (4, 4))}
    slope = difference(lambda at: value(loss, M=at, **data), DATA["M"], along)
    found = np.sum(value(eg.grad(loss, M), **data) * along)
    assert np.allclose(found, slope, rtol=1e-4, atol=1e-4)


def test_squares_of_skew_matrices_are_squares():
    (K,) = eg.variables("K[n,n]", skew="K")
    assert eg.show(eg.simplify(K * K)) == "K ⊙ K"
    assert eg.simplify(K.T * K) is eg.simplify(-K * K)
    assert eg.simplify((M - M.T) ** 2) is eg.simplify((M.T - M) ** 2)


def test_a_comparison_sees_one_rounding_of_a_symmetric_matrix():
    """The smallest entries of a Gram matrix are found, by whichever of its axes it is turned."""
    gram = M.T @ M @ M.T @ M
    loss, (V,) = eg.sum(eg.min(gram, axis=0)), eg.variables("V[n,n]")
    along = RNG.standard_normal((4, 4))
    slope = difference(lambda at: value(loss, M=at), DATA["M"], along)
    assert np.allclose(np.sum(value(eg.grad(loss, M)) * along), slope, rtol=1e-6)
    change = difference(lambda at: value(eg.grad(loss, M), M=at), DATA["M"], along)
    assert np.allclose(value(eg.hvp(loss, M, V), V=along), change, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    "typed", [eg.grad((h @ r) * eg.sum(h), h), eg.simplify(eg.exp(h - A) @ w)], ids=str
)
def test_a_term_that_lacks_an_index_is_read_back(typed):
    shown = eg.show(typed, "index")
    assert shown.startswith("D_n = ")
    assert eg.simplify(eg.parse(shown, "h[n] r[n] w[n] A[n,n]")) is typed
