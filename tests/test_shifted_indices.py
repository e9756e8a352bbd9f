"""Indices that are shifted, bounded and looked up: what is printed is read, and has the value."""

import numpy as np
import pytest
from docutils.utils.math.latex2mathml import tex2mathml
from index_reader import value_of

import einsgrad as eg
from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.dims import linear
from einsgrad.expressions.nodes import Pick, Places
from einsgrad.expressions.selecting import joining, placed, viewed
from einsgrad.expressions.selectors import Affine, Integers, Step
from einsgrad.expressions.walks import variables_in
from einsgrad.strings.subscripts import Subscripts

DECLARED = "x[n] w[k] z[n] X[m,d] Y[m,d] W[v,d] B[n,n] M[2,3] y[6] labels[m]"
VARIABLES = eg.variables(DECLARED)
x, w, z, X, Y, W, B, M, y, labels = VARIABLES
SIZES = {"n": 6, "k": 3, "m": 4, "d": 2, "v": 5}
ARRAYS = {
    v.name: np.random.default_rng(3).integers(1, 9, [SIZES.get(d, d) for d in v.shape]) * 1.0
    for v in VARIABLES
}
ARRAYS["labels"] = np.array([3, 0, 3, 1])
LESS = linear((1, "n"), (-1, 1))
OUT = linear((1, "n"), (-1, "k"), (1, 1))


def einsum(string, *operands):
    lists = tuple(map(tuple, string.replace("->", ",").split(",")))
    return build_einsum(Subscripts(lists[:-1], lists[-1]), operands)


def by_labels(indices, array):
    return einsum("ta,td->ad", Pick(array.shape[0], indices), array)


D = viewed(x, 0, [LESS], [1], 1) - viewed(x, 0, [LESS], [1], 0)
CONV = einsum("ik,k->i", viewed(x, 0, [OUT, "k"], [1, 1]), w)
CUMSUM = einsum("ij,j->i", Step("n", "n", 0), x)
FORMULAS = {
    "difference": (D, "q_i = x_{i+1} - x_i"),
    "entry": (viewed(x, 0, [], [], 3, checked=True), "q = x_3"),
    "last": (viewed(x, 0, [], [], LESS, checked=True), "q = x_{n-1}"),
    "entry of a row": (viewed(B, 0, [], [], 2, checked=True), "q_i = B_{2,i}"),
    "flip": (viewed(x, 0, ["n"], [-1], LESS), "q_i = x_{n-1-i}"),
    "first five": (viewed(x, 0, [5], [1], 0, checked=True), "q_i = x_i for i < 5"),
    "sum of five": (eg.sum(viewed(x, 0, [5], [1], 0, checked=True)), "q = Σ_{i<5} x_i"),
    "greatest of five": (eg.max(viewed(x, 0, [5], [1], 0, checked=True)), "q = max_{i<5}(x_i)"),
    "every second": (viewed(x, 0, [3], [2], 1, checked=True), "q_i = x_{2i+1} for i < 3"),
    "convolution": (CONV, "q_i = x_{i+k} w_k"),
    "its gradient in w": (
        eg.grad(eg.sum(CONV * viewed(z, 0, [OUT], [1])), w),
        "q_i = x_{i+j} z_j [j < n-k+1]",
    ),
    "its gradient in x": (
        einsum("jik,i,k->j", Affine("n", (OUT, "k"), (1, 1), 0), viewed(z, 0, [OUT], [1]), w),
        "q_i = z_{i-j} w_j [0 ≤ i-j < n-k+1] for i < n",
    ),
    "strided, dilated, padded": (
        einsum("tik,t,k->i", Affine("n", (3, "k"), (2, 1), -1), x, w),
        "q_i = x_{2i+k-1} w_k [1 ≤ 2i+k < n+1] for i < 3",
    ),
    "running sum": (CUMSUM, "q_i = Σ_{j≤i} x_j"),
    "lower triangle": (einsum("ij,ij->ij", Step("n", "n", 0), B), "q_ij = B_ij [i ≥ j]"),
    "strictly upper": (
        einsum("ji,ij->ij", Step("n", "n", 1), B),
        "q_ij = B_ij [j ≥ i+1]",
    ),
    "offset diagonal": (
        einsum("jk,ik,ij->k", Affine("n", (LESS,), (1,), 1), Affine("n", (LESS,), (1,), 0), B),
        "q_i = B_{i,i+1}",
    ),
    "embedding": (by_labels(labels, W), "q_md = W_{labels_m,d}"),
    "its gradient": (
        einsum("ta,ad->td", Pick("v", labels), X),
        "q_vd = Σ_m X_md [v = labels_m]",
    ),
    "one-hot": (Pick("v", labels), "q_vm = [v = labels_m]"),
    "written integers": (by_labels(Integers((2,), (2, 0)), X), "q_id = X_{(2,0)_i,d}"),
    "reshape": (viewed(y, 0, [2, 3], [3, 1]), "q_ij = y_{3i+j} for i < 2, j < 3"),
    "flatten": (einsum("tij,ij->t", joining([2, 3]), M), "q_i = M_jk δ_{i,3j+k}"),
    "padded": (
        placed(x, 0, linear((1, "n"), (2, 1)), 1, 1),
        "q_i = x_{i-1} [1 ≤ i < n+1] for i < n+2",
    ),
    "spread": (placed(w, 0, linear((2, "k")), 2, 1), "q_i = w_j δ_{i,2j+1}"),
    "roll": (
        placed(viewed(x, 0, [LESS], [1], 1), 0, "n")
        + placed(viewed(x, 0, [1], [1], 0), 0, "n", 1, LESS),
        "q_i = x_{i+1} [i < n-1] + x_{i-n+1} [i ≥ n-1] for i < n",
    ),
    "windows": (
        eg.sum(viewed(x, 0, [linear((1, "n"), (-2, 1)), 3], [1, 1]), 1),
        "q_i = Σ_{j<3} x_{i+j}",
    ),
    "function of a slice": (
        eg.tanh(eg.sum(viewed(B, 1, [LESS], [1], 1), 1)),
        "q_i = tanh(Σ_j B_{i,j+1})",
    ),
    "slice of a softmax": (
        viewed(eg.softmax(x), 0, [LESS], [1], 1),
        "q_i = exp(x_{i+1} - logsumexp_j(x_j))",
    ),
    "jacobian": (eg.jacobian(D, x), "q_ij = δ_{j,i+1} - δ_ji for i < n-1"),
    "jacobian of a running sum": (eg.jacobian(CUMSUM, x), "q_ij = [i ≥ j] for i < n, j < n"),
    "looked up by the greatest": (
        einsum("ta,t->a", Pick("n", Places("argmax", B, 1)), x),
        "q_n = x_{argmax_i(B_ni)}",
    ),
}
CASES = list(FORMULAS)
# An array that is computed within an index is shown, and not read.
READABLE = [name for name in FORMULAS if name != "looked up by the greatest"]


def evaluated(expr):
    arrays = {v.name: ARRAYS[v.name] for v in variables_in(expr)}
    return np.asarray(eg.evaluate(expr, sizes=SIZES, **arrays))


@pytest.mark.parametrize("name", CASES)
def test_formulas_read_as_a_person_writes_them(name):
    expr, text = FORMULAS[name]
    assert eg.show(expr, "index", name="q") == text


@pytest.mark.parametrize("name", READABLE)
def test_a_formula_has_its_value_for_a_reader_who_knows_only_what_it_says(name):
    expr, _ = FORMULAS[name]
    text = eg.show(expr, "index", name="q", ascii=True)
    found = value_of(text, ARRAYS, SIZES, evaluated(expr).shape)
    np.testing.assert_allclose(found, evaluated(expr), rtol=1e-9, err_msg=text)


@pytest.mark.parametrize("ascii", [True, False])
@pytest.mark.parametrize("name", READABLE)
def test_formulas_are_read_back(name, ascii):
    expr, _ = FORMULAS[name]
    text = eg.show(expr, "index", name="q", ascii=ascii)
    again = eg.parse(text, DECLARED)
    assert again.shape == expr.shape, text
    np.testing.assert_allclose(evaluated(again), evaluated(expr), rtol=1e-12, err_msg=text)


@pytest.mark.parametrize("name", CASES)
def test_the_latex_of_shifted_indices_parses(name):
    tex2mathml(eg.latex(FORMULAS[name][0], "index", name="q"))
    tex2mathml(eg.latex(FORMULAS[name][0]))


N = ARRAYS
WINDOWS = np.lib.stride_tricks.sliding_window_view
READ = {
    "x[i+1] - x[i]": np.diff(N["x"]),
    "x_{i+1} - x_i": np.diff(N["x"]),
    "w[k]*x[i+k]": WINDOWS(N["x"], 3) @ N["w"],
    "w_k x_{i+k}": WINDOWS(N["x"], 3) @ N["w"],
    "y[i] = x[i+2] - 2*x[i+1] + x[i]": np.diff(N["x"], 2),
    "(x[i+1] - x[i])**2": np.diff(N["x"]) ** 2,
    "sum[i]((x[i+1] - x[i])**2)": np.sum(np.diff(N["x"]) ** 2),
    "X[i,d] - X[j,d]": N["X"][:, :, None] - N["X"].T[None],
    "sum[d]((X[i,d] - X[j,d])**2)": np.sum((N["X"][:, None] - N["X"][None]) ** 2, 2),
    "exp(-x[i]) - exp(-x[j])": np.exp(-N["x"])[:, None] - np.exp(-N["x"]),
    "sum[j](x[j]*[j <= i])": np.cumsum(N["x"]),
    "Σ_{j≤i} x_j": np.cumsum(N["x"]),
    "Σ_{j<i} x_j": np.cumsum(N["x"]) - N["x"],
    "B_ij [i ≥ j]": np.tril(N["B"]),
    "B[i,j]*[i > j]": np.tril(N["B"], -1),
    "B[i,j]*[j >= i + 2]": np.triu(N["B"], 2),
    "d[i] = B[i,i+1]": np.diag(N["B"], 1),
    "W[labels[a],j]": N["W"][[3, 0, 3, 1]],
    "W_{labels_a,j}": N["W"][[3, 0, 3, 1]],
    "W[labels[a] + 1, j]": N["W"][[4, 1, 4, 2]],
    "sum[a]([t == labels[a]]) for t < 6": [1, 1, 0, 2, 0, 0],
    "x[i]*[i == 2]": N["x"] * (np.arange(6) == 2),
    "x[3]*w[j]": N["x"][3] * N["w"],
    "x_3 w_j": N["x"][3] * N["w"],
    "x[n-1]*w[j]": N["x"][-1] * N["w"],
    "x[n-1-i]": N["x"][::-1],
    "x[2*i+1] for i < 3": N["x"][1::2],
    "x[i] for i < 4": N["x"][:4],
    "sum[i](x[i]*[i < 4])": N["x"][:4].sum(),
    "max[i<4](x[i])": N["x"][:4].max(),
    "y[3*i+j] - M[i,j]": N["y"].reshape(2, 3) - N["M"],
    "x[i] - x[i-1]": np.diff(N["x"], prepend=0),
    "x[i]*[i >= 1] - x[i-1]*[i >= 1]": np.diff(N["x"], prepend=N["x"][0]),
    "x[[2,0,1][i]]": N["x"][[2, 0, 1]],
    "x[1:] - x[:-1]": np.diff(N["x"]),
    "x[::-1]": N["x"][::-1],
    "B[:, 1:] @ x[1:]": N["B"][:, 1:] @ N["x"][1:],
    "X[:, None] - X[None]": N["X"][:, None] - N["X"][None],
    "x[3]": N["x"][3],
    "B[-1]": N["B"][-1],
    "B[0]*x": N["B"][0] * N["x"],
    "sum(x[:4])": N["x"][:4].sum(),
    "r[i]*r[i]\nwhere r[i] = x[i+1] - x[i]": np.sum(np.diff(N["x"]) ** 2),
}


@pytest.mark.parametrize("text", READ)
def test_texts_that_people_write_are_read(text):
    expr = eg.parse(text, DECLARED)
    np.testing.assert_allclose(evaluated(expr), np.asarray(READ[text]), rtol=1e-12)


def test_the_range_of_an_index_is_one_over_the_whole_expression():
    assert str(eg.parse("x[i+1] - x[i]", "x[n]").shape[0]) == "n-1"
    assert str(eg.parse("w[k]*x[i+k]", "x[n] w[m]").shape[0]) == "n-m+1"
    assert str(eg.parse("g[j-k]*w[k]*[0 <= j-k < m]", "g[m] w[p]").shape[0]) == "m+p-1"
    assert eg.parse("x[2*i+3*k-1]*w[k]", "x[20] w[3]").shape == (8,)


def test_claims_in_index_notation_are_decided():
    energy = eg.parse("sum[i]((x[i+1] - x[i])**2)", "x[n]")
    (v,) = variables_in(energy)
    right = "2*(x[i] - x[i-1])*[i >= 1] - 2*(x[i+1] - x[i])*[i < n-1]"
    assert eg.check(right, energy, v)
    assert not eg.check("2*(x[i] - x[i-1]) - 2*(x[i+1] - x[i])*[i < n-1]", energy, v)


PRINTED = {
    "x[1:] - x[:-1]": D,
    "x[::-1]": viewed(x, 0, ["n"], [-1], LESS),
    "x[3]": viewed(x, 0, [], [], 3, checked=True),
    "x[-1]": viewed(x, 0, [], [], LESS, checked=True),
    "x[:5]": viewed(x, 0, [5], [1], 0, checked=True),
    "B[:, 1:]": viewed(B, 1, [LESS], [1], 1),
    "B[2]": viewed(B, 0, [], [], 2, checked=True),
    "y[1::2]": viewed(y, 0, [3], [2], 1),
    "y[4:1:-1]": viewed(y, 0, [3], [-1], 4),
    "y[4::-2]": viewed(y, 0, [3], [-2], 4),
    "tanh(x)[1:]": viewed(eg.tanh(x), 0, [LESS], [1], 1),
    '"ni,i->n"(step("n", "n"), x)': CUMSUM,
    '"vm,vd->md"(pick("v", labels), W)': einsum("ta,td->ad", Pick("v", labels), W),
    'pick("v", integers([2,0]))': Pick("v", Integers((2,), (2, 0))),
    'step("n", "n", 1)': Step("n", "n", 1),
}


@pytest.mark.parametrize("text", PRINTED)
def test_selectors_print_as_code_that_is_read_back_as_the_same_node(text):
    assert repr(PRINTED[text]) == text
    assert eg.parse(text, DECLARED) is PRINTED[text]


@pytest.mark.parametrize("name", CASES)
def test_what_is_printed_of_a_product_with_selectors_is_read_back(name):
    expr, _ = FORMULAS[name]
    again = eg.parse(repr(expr), DECLARED)
    assert again.shape == expr.shape
    np.testing.assert_allclose(evaluated(again), evaluated(expr), rtol=1e-12, err_msg=repr(expr))
