"""Inverses, determinants and their logarithms of products of square matrices."""

import numpy as np
import pytest

import einsgrad as eg

A, B, X, z = eg.variables("A[n,n] B[n,n] X[n,n] z")
P, Q = eg.variables("P[m,n] Q[n,m]")
Y, C = eg.variables("Y[3,3] C[n,n]", complex=["C"])

SAME = [
    (eg.inverse(A @ B), eg.inverse(B) @ eg.inverse(A)),
    (eg.inverse((A @ B).T), eg.inverse(A).T @ eg.inverse(B).T),
    (eg.inverse(2 * z * A.T @ B), eg.inverse(B) @ eg.inverse(A.T) / z / 2),
    (eg.inverse(A @ B) @ A, eg.inverse(B)),
    (A.T @ eg.inverse(A @ X @ B).T @ B.T, eg.inverse(X).T),
    (eg.trace(X @ eg.inverse(z * X)), eg.trace(eg.eye("n")) / z),
    (eg.det(A @ B), eg.det(B) * eg.det(A)),
    (eg.det(A @ X @ A.T), eg.det(A) * eg.det(A) * eg.det(X)),
    (eg.det(eg.inverse(A)), 1 / eg.det(A)),
    (eg.det(2 * Y), 8 * eg.det(Y)),
    (eg.det(-Y), -eg.det(Y)),
    (eg.logdet(A @ B), eg.logdet(A) + eg.logdet(B)),
    (eg.logdet(A @ A.T), 2 * eg.logdet(A)),
    (eg.logdet(eg.inverse(A)), -eg.logdet(A)),
    (eg.log(eg.abs(eg.det(A))), eg.logdet(A)),
    (eg.log(eg.abs(eg.det(A @ B))), eg.logdet(A) + eg.logdet(B)),
    (eg.log(eg.abs(eg.det(C))), eg.logdet(C)),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_functions_of_products_are_those_of_the_factors(one, other):
    assert eg.simplify(one) is eg.simplify(other)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_is_opened_keeps_its_value(one, other):
    rng = np.random.default_rng(4)
    arrays = {name: rng.standard_normal((3, 3)) + 2 * np.eye(3) for name in "ABXYC"} | {"z": 1.5}
    arrays["C"] = arrays["C"] + 1j * arrays["A"]
    values = [eg.compile(e)(**arrays) for e in (one, eg.simplify(one), other)]
    assert np.allclose(values[0], values[1])
    assert np.allclose(values[0], values[2])


@pytest.mark.parametrize(
    "whole",
    [
        eg.det(P @ Q),
        eg.logdet(Q @ P),
        eg.inverse(P @ Q),
        eg.det(2 * X),
        eg.det(eg.inverse(A) @ B),
        eg.inverse(A + B),
        eg.inverse(A * B),
    ],
)
def test_what_may_not_be_opened_stays(whole):
    assert eg.simplify(whole) is eg.simplify(eg.simplify(whole))
    assert not isinstance(eg.simplify(whole), type(A @ B))


FORMULAS = [
    (eg.det(A @ X @ B), "det(A) det(B) det(X) X⁻ᵀ"),
    (eg.logdet(X @ X), "2 X⁻ᵀ"),
    (eg.logdet(A @ X @ A.T), "X⁻ᵀ"),
    (eg.logdet(X @ A @ X.T), "2 X⁻ᵀ"),
    (eg.log(eg.abs(eg.det(A @ X))), "X⁻ᵀ"),
]


@pytest.mark.parametrize(("loss", "text"), FORMULAS)
def test_gradients_of_determinants_of_products_are_short(loss, text):
    assert eg.show(eg.grad(loss, X), notation="matrix") == text


def test_a_determinant_beside_an_inverse_does_not_overflow():
    f = eg.compile(eg.simplify(eg.det(eg.inverse(A) @ B)))
    large = 1e200 * np.eye(3)
    assert f(A=large, B=2 * large) == pytest.approx(8)
