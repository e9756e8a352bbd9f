"""Formulas whose indices are shifted, bounded and looked up, each with its text."""

import numpy as np

import einsgrad as eg
from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.dims import linear
from einsgrad.expressions.nodes import Pick, Places
from einsgrad.expressions.selecting import joining, placed, viewed
from einsgrad.expressions.selectors import Affine, Integers, Step
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
        "q_ij = B_ij [j > i]",
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
    "reshape": (viewed(y, 0, [2, 3], [3, 1]), "q_ij = y_{3i+j} for i < 2"),
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
    "jacobian of a running sum": (eg.jacobian(CUMSUM, x), "q_ij = [i ≥ j] for i < n"),
    "looked up by the greatest": (
        einsum("ta,t->a", Pick("n", Places("argmax", B, 1)), x),
        "q_n = x_{argmax_i(B_ni)}",
    ),
}
