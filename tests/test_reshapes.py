"""Reshapes in formulas: what cancels is gone, and what is left prints as numpy writes it."""

import numpy as np
import pytest

import einsgrad as eg

X, U, A, C = eg.variables("X[2,3] U[6] A[6] C[2]")
T, W = eg.variables("T[2,3,2] W[12]")

(VECTOR,) = eg.variables("x[3]")
OF_X = eg.grad(((X.ravel() - U) ** 2).sum(), X)
OF_U = eg.grad(((X - U.reshape(2, 3)) ** 2).sum(), U)
FORMULAS = {
    "a residual": (OF_X, "2 (X - reshape(U, (2, 3)))", "X[2,3] U[6]"),
    "turned around": (OF_U, "2 (U - reshape(X, (6,)))", "X[2,3] U[6]"),
    "all entries": (
        eg.grad(eg.sum(X.ravel()) ** 2, X),
        "2 (1_2ᵀ X 1_3) 1_2 1_3ᵀ",
        "X[2,3]",
    ),
    "a factor": (A.reshape(3, 2) @ C, "reshape(A, (3, 2)) C", "A[6] C[2]"),
    "a Kronecker product": (
        eg.grad(A @ np.outer(VECTOR, C).reshape(6), VECTOR),
        "reshape(A, (3, 2)) C",
        "A[6] C[2]",
    ),
    "a product": ((X @ X.T).reshape(4), "reshape(X Xᵀ, (4,))", "X[2,3]"),
    "more axes": (eg.grad(W @ T.reshape(12), W), "reshape(T, (12,))", "T[2,3,2] W[12]"),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_reshapes_print_as_numpy_writes_them_and_are_read_again(name):
    expr, text, declared = FORMULAS[name]
    simple = eg.simplify(expr)
    assert eg.show(simple) == text
    assert eg.simplify(eg.parse(text, declared)) is simple
    assert eg.simplify(eg.parse(eg.show(simple, ascii=True), declared)) is simple


def test_latex_says_the_shape():
    assert r"\operatorname{reshape}\left(U, (2, 3)\right)" in eg.latex(U.reshape(2, 3))


@pytest.mark.parametrize("shape", [(2, 3), (3, 2), (6, 1), (1, 6)])
def test_a_residual_of_reshapes_has_the_gradient_of_numpy(shape):
    (M,) = eg.variables(f"M[{shape[0]},{shape[1]}]")
    gradient = eg.grad(((M.reshape(6) - U) ** 2).sum() / 2, M)
    m = np.arange(6.0).reshape(shape) ** 2
    u = np.array([3.0, 1.0, -2.0, 5.0, 0.0, 4.0])
    found = eg.evaluate(gradient, {M: m, U: u})
    assert found.tolist() == (m - u.reshape(shape)).tolist()
