"""Third derivatives: like terms collected, transposes of one term side by side, values right."""

import itertools

import numpy as np
import pytest
from differences import difference, value_at

import einsgrad as eg

x, y, w, X = eg.variables("x[n] y[n] w[k] X[n,k]")
A, S, Z = eg.variables("A[n,n] S[n,n] Z[n,k]", symmetric="S")
RNG = np.random.default_rng(11)
DATA = {
    "x": RNG.uniform(0.5, 2.0, 4),
    "y": RNG.uniform(0.5, 2.0, 4),
    "w": RNG.uniform(-1.0, 1.0, 3),
    "X": RNG.uniform(-1.0, 1.0, (4, 3)),
    "A": RNG.uniform(0.5, 2.0, (4, 4)),
}
DATA["S"] = DATA["A"] + DATA["A"].T

# The function, its variable, and how its third derivative is shown.
LOSSES = {
    "logarithm of a sum of exponentials": (
        eg.logsumexp(x),
        x,
        "D_nij = 2 softmax_n(x_n) softmax_i(x_i) softmax_j(x_j)"
        " - δ_ni softmax_n(x_n) softmax_j(x_j) - δ_nj softmax_n(x_n) softmax_i(x_i)"
        " + δ_ni δ_nj softmax_n(x_n) - δ_ij softmax_n(x_n) softmax_i(x_i)",
    ),
    "length": (
        eg.norm(x),
        x,
        "D_nij = (3 x_n x_i x_j / (x_l x_l) - δ_ni x_j - δ_nj x_i - δ_ij x_n) / norm_k(x_k)³",
    ),
    "logarithm of a square": (
        eg.log(x @ x),
        x,
        "D_nij = 4 (4 x_n x_i x_j / (x_l x_l) - δ_ni x_j - δ_nj x_i - δ_ij x_n) / (x_k x_k)²",
    ),
    "root": (
        eg.sqrt(1 + x @ x),
        x,
        "D_nij = (3 x_n x_i x_j / s - δ_ni x_j - δ_nj x_i - δ_ij x_n) / s^(3/2)\n"
        "where s = 1 + x_n x_n",
    ),
    "exponential of a square": (
        eg.exp(x @ x),
        x,
        "D_nij = 4 exp(x_k x_k) (δ_ni x_j + δ_nj x_i + δ_ij x_n + 2 x_n x_i x_j)",
    ),
    "reciprocal of a square": (
        1 / (x @ x),
        x,
        "D_nij = 8 (δ_ni x_j + δ_nj x_i + δ_ij x_n - 6 x_n x_i x_j / (x_l x_l)) / (x_k x_k)³",
    ),
    "Gaussian": (
        eg.exp(-(x @ S @ x) / 2),
        x,
        "D_nij = exp(-1/2 S_kl x_k x_l)"
        " (S_nm x_m S_ij - S_nm x_m S_io x_o S_jp x_p + S_ni S_jm x_m + S_nj S_im x_m)",
    ),
    "logistic": (
        eg.sum(eg.log(1 + eg.exp(X @ w))),
        w,
        "D_kij = Σ_n X_nk X_ni X_nj r_n (1 - r_n) (1 - 2 r_n)\nwhere r_n = sigmoid(X_nk w_k)",
    ),
    "a count": (eg.sum(eg.exp(X @ w)), w, "D_kij = Σ_n X_nk X_ni X_nj exp(X_nl w_l)"),
}


def third(loss, variable):
    return eg.jacobian(eg.hessian(loss, variable, variable), variable)


def value(expr, **data):
    return value_at(expr, {**DATA, **data})


@pytest.mark.parametrize("name", LOSSES)
def test_a_third_derivative_is_shown_with_its_symmetry(name):
    loss, variable, shown = LOSSES[name]
    assert eg.show(third(loss, variable), "index") == shown


MORE = {
    "Rayleigh quotient": ((x @ A @ x) / (x @ x), x),
    "its symmetric case": ((x @ S @ x) / (x @ x), x),
    "cosine": ((x @ y) / (eg.norm(x) * eg.norm(y)), x),
    "weighted softmax": (y @ (eg.exp(x) / eg.sum(eg.exp(x))), x),
    "logarithm of a form": (eg.log(x @ S @ x), x),
    "hyperbolic tangents": (eg.sum(eg.tanh(X @ w)), w),
    "softmax regression": (eg.logsumexp(X @ w), w),
    **{name: (loss, variable) for name, (loss, variable, _) in LOSSES.items()},
}


@pytest.mark.parametrize("name", MORE)
def test_a_third_derivative_is_the_difference_of_hessians(name):
    loss, variable = MORE[name]
    start, found = DATA[variable.name], value(third(loss, variable))
    hessian = eg.hessian(loss, variable, variable)
    for place in range(len(start)):
        slope = difference(
            lambda at: value(hessian, **{variable.name: at}), start, np.eye(len(start))[place]
        )
        assert np.allclose(found[..., place], slope, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", MORE)
def test_a_third_derivative_is_symmetric(name):
    found = value(third(*MORE[name]))
    for axes in itertools.permutations(range(3)):
        assert np.allclose(found, found.transpose(axes))


# Sums of which a bracket is multiplied out, and what they are.
OPENED = {
    "a factor": (x * (x + y) - x * y, "x ⊙ x"),
    "a matrix": (Z @ (Z.T @ x + w) - Z @ w, "Z Zᵀ x"),
    "two brackets": (x * (y - eg.sin(x)) - y * (x - eg.sin(y)), "y ⊙ sin(y) - x ⊙ sin(x)"),
    "an outer product": (eg.outer(x, x + y) - eg.outer(x - y, y), "x xᵀ + y yᵀ"),
}


@pytest.mark.parametrize("name", OPENED)
def test_a_bracket_is_opened_where_its_terms_merge(name):
    typed, shown = OPENED[name]
    assert eg.show(eg.simplify(typed), "matrix") == shown


# No term of these merges with another one.
KEPT = [x * (x + y) - y * eg.sin(x), A @ (x - y) + A.T @ y, eg.outer(x, x - y) + eg.outer(y, x)]


@pytest.mark.parametrize("typed", KEPT, ids=str)
def test_a_bracket_stays_where_nothing_merges(typed):
    simple = eg.simplify(typed)
    assert eg.simplify(simple + 0 * typed) is simple
    assert "(" in eg.show(simple, "matrix").replace("sin(x)", "")


def test_what_transposes_share_is_not_parted():
    turned = eg.simplify((A + A.T) @ x + A @ y)
    assert eg.show(turned, "matrix") == "A y + (A + Aᵀ) x"
