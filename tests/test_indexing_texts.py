"""Code with indices prints as a person writes it, and what is printed is read back."""

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.expressions.walks import variables_in

DECLARED = "x[n] y[n] w[m] A[n,n] X[n,d] z[6] M[2,3] T[2,3,4] Y[n,4]"
VARIABLES = eg.variables(DECLARED)
x, y, w, A, X, z, M, T, Y = VARIABLES
SIZES = {"n": 5, "m": 3, "d": 2}
ARRAYS = {
    v.name: np.random.default_rng(4).integers(-4, 5, [SIZES.get(d, d) for d in v.shape]) * 1.0
    for v in VARIABLES
}

WRITTEN = {
    "x[1:][2:]": x[1:][2:],
    "z[::2]": z[::2],
    "z[::-2]": z[::-2],
    "z[1::3]": z[1::3],
    "z[4:1:-2]": z[4:1:-2],
    "A[::-1, ::-1]": np.flip(A),
    "A[::-1]": eg.simplify(A[::-1]),
    "x[-1:]": eg.simplify(x[-1:]),
    "x[1:2]": eg.simplify(x[1:][0][None]),
    "X[1:2]": eg.simplify(X[1:2]),
    '"ii->i"(A[:-1, 1:])': np.diagonal(A, 1),
    '"ni,i->n"(A, x)[1:]': (A @ x)[1:],
    "exp(x)[1:]": np.exp(x)[1:],
    "(x + y)[1:]": (x + y)[1:],
    "(2 * x)[1:]": (2 * x)[1:],
    "reshape(z, (2, 3))": z.reshape(2, 3),
    "reshape(M, (6,))": M.ravel(),
    "reshape(M, (6,))[2:]": M.ravel()[2:],
    "reshape(T, (6, 4))": T.reshape(6, 4),
    'reshape(Y, ("n", 2, 2))': Y.reshape("n", 2, 2),
    "2 * reshape(M, (6,))": eg.simplify((2 * M).reshape(6)),
}


def evaluated(expr):
    arrays = {v.name: ARRAYS[v.name] for v in variables_in(expr)}
    return np.asarray(eg.evaluate(expr, sizes=SIZES, **arrays))


@pytest.mark.parametrize("text", WRITTEN)
def test_what_numpy_has_a_word_for_is_written_with_it(text):
    expr = WRITTEN[text]
    assert repr(expr) == text
    assert np.array_equal(evaluated(eg.parse(text, DECLARED)), evaluated(expr))


# Formulas of these, as a person writes them; each is read back.
SHOWN = {
    "q_nid = X_nd - X_id": X[:, None] - X[None],
    "q_nm = x_n - w_m": x[:, None] - w,
    "q_nm = exp(x_n - w_m)": np.exp(x[:, None] - w),
    "q_ni = Σ_d R_nid²\nwhere R_nid = X_nd - X_id": np.sum((X[:, None] - X[None]) ** 2, -1),
    "q_ijd = X_{i+1,d} - X_jd for j < n-1": X[1:, None] - X[None, :-1],
    "q_m = Σ_n (x_n - w_m)": np.sum(x[:, None] - w, axis=0),
    "q = (x_n 1_m - w_m 1_n) A_ni y_i w_m": np.sum((x[:, None] - w) * np.outer(A @ y, w)),
    "q_nm = maximum(x_n, w_m)": np.maximum(x[:, None], w),
    "q_i = x_{i+n-2} [i < 2] + x_{i-2} [i ≥ 2] for i < n": np.roll(x, 2),
    "q = A_{i,i+1}": eg.simplify(np.trace(A, 1)),
    "q_ij = A_ij [1 ≤ j-i < 3]": np.tril(np.triu(A, 1), 2),
    "q_i = w_{i-j+m-1} x_j [0 ≤ j-i < m] for i < n-m+1": eg.simplify(np.convolve(x, w, "valid")),
    "q_i = x_i for i < n-1": eg.simplify(np.roll(x, 1)[1:]),
    "q_ni = δ_ni A_nn": eg.simplify(np.tril(np.triu(A))),
    "q_i = Σ_{j<3} x_{i+j}/3": np.mean(np.lib.stride_tricks.sliding_window_view(x, 3), -1),
    "q_i = (x_{i+1} - x_i) [i < 1] + 1/2 (x_{i+1} - x_{i-1}) [1 ≤ i < n-1] "
    "+ (x_i - x_{i-1}) [i ≥ n-1] for i < n": np.gradient(x),
}


@pytest.mark.parametrize("text", SHOWN)
def test_a_formula_shows_what_matters_and_is_read_back(text):
    expr = SHOWN[text]
    assert eg.show(expr, "index", name="q") == text
    for ascii in (False, True):
        again = eg.parse(eg.show(expr, "index", name="q", ascii=ascii), DECLARED)
        assert again.shape == expr.shape
        assert np.allclose(evaluated(again), evaluated(expr), rtol=1e-12)
