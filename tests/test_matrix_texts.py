"""Functions of matrices and their derivatives as texts that are read, and as torch and jax code."""

import numpy as np
import pytest
from library_code import converter, run

import einsgrad as eg

rng = np.random.default_rng(5)
A, B, K, T, W = eg.variables("A[4,2] B[3,3] K[3,3] T[2,3,3] W[2,4]", symmetric="K")


def positive(B):
    return B @ B.T + eg.eye(3)


EXPRESSIONS = {
    "cholesky": (eg.cholesky(positive(B)), B),
    "upper": (eg.cholesky(positive(B), upper=True), B),
    "eigvalsh": (eg.eigvalsh(K), K),
    "eigh": (eg.eigh(K).eigenvectors ** 2, K),
    "eigh of batches": (eg.eigvalsh(T), T),
    "svd left": (eg.svd(A).U ** 2, A),
    "svd values": (eg.svd(A).S, A),
    "svd right": (eg.svd(A).Vh ** 2, A),
    "svd of a wide one": (eg.svd(W).Vh ** 2, W),
    "svd of a square one": (eg.svd(B).U ** 2, B),
    "qr left": (eg.qr(A).Q ** 2, A),
    "qr right": (eg.qr(B).R ** 2, B),
    "qr of a wide one": (eg.qr(W).R ** 2, W),
    "pinv": (eg.pinv(A), A),
    "expm": (eg.expm(B), B),
    "sqrtm": (eg.sqrtm(positive(B)), B),
    "logm": (eg.logm(positive(B)), B),
    "slogdet": (np.linalg.slogdet(B).logabsdet, B),
    "nuclear norm": (np.linalg.norm(B, "nuc"), B),
    "condition": (np.linalg.cond(B), B),
}


def array_for(symbol):
    array = rng.uniform(-1, 1, symbol.shape)
    return array + array.T if symbol is K else array


def needs_scipy(name):
    if name in ("expm", "sqrtm", "logm"):
        pytest.importorskip("scipy")


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_printed_formulas_are_read_back(name):
    needs_scipy(name)
    expr, symbol = EXPRESSIONS[name]
    array = array_for(symbol)
    for one in (expr, eg.grad(eg.sum(eg.sin(expr)), symbol)):
        expected = eg.evaluate(one, **{symbol.name: array})
        for notation in ("matrix", "index"):
            text = eg.show(one, notation, name="D", ascii=True)
            if "no sum over" in text:
                continue
            found = eg.evaluate(eg.parse(text, [symbol]), **{symbol.name: array})
            assert np.allclose(found, expected)


@pytest.mark.parametrize("library", ["torch", "jax"])
@pytest.mark.parametrize("name", EXPRESSIONS)
def test_code_for_other_libraries_has_the_same_value(name, library):
    converter(library)
    expr, symbol = EXPRESSIONS[name]
    if (name, library) in (("sqrtm", "torch"), ("logm", "torch"), ("logm", "jax")):
        pytest.skip("the library has no such function")
    array = array_for(symbol)
    for one in (expr, eg.grad(eg.sum(eg.sin(expr)), symbol)):
        program = eg.compile(one, inputs=[symbol])
        expected = program(array)
        assert np.allclose(run(program, library, [array]), expected)


@pytest.mark.parametrize(
    ("expr", "wrt", "shown"),
    [
        (eg.sum(eg.exp(eg.eigvalsh(K))), K, "eigvecsh(K) diag(exp(eigvalsh(K))) eigvecsh(K)ᵀ"),
        (eg.sum(eg.svdvals(B)), B, "svd_left(B) svd_right(B)"),
    ],
)
def test_gradients_print_as_a_person_writes_them(expr, wrt, shown):
    assert eg.show(eg.grad(expr, wrt)) == shown
