"""Logarithms of expressions with determinants that overflow: value and gradient by slogdet."""

import numpy as np
import pytest

import einsgrad as eg

RANDOM = np.random.default_rng(0)
BASE = RANDOM.standard_normal((30, 30))
LARGE = (BASE @ BASE.T + np.eye(30)) * 1e20
det, logarithm = np.linalg.det, np.linalg.slogdet(LARGE)[1]
TURNS = 30 * np.log(2 * np.pi)

# The function, by what its value is the logarithm of the determinant times, and what is added.
CASES = {
    "det": (lambda K: np.log(det(K)), 1, 0),
    "modulus": (lambda K: np.log(np.abs(det(-K))), 1, 0),
    "reciprocal": (lambda K: np.log(1 / det(K)), -1, 0),
    "root": (lambda K: np.log(np.sqrt(det(K))), 0.5, 0),
    "reciprocal root": (lambda K: np.log(1 / np.sqrt(det(K))), -0.5, 0),
    "odd power": (lambda K: np.log(det(K) ** 3), 3, 0),
    "even power": (lambda K: np.log(det(-K) ** 4), 4, 0),
    "fraction": (lambda K: np.log(det(K) ** -0.5), -0.5, 0),
    "double": (lambda K: np.log(2 * det(K)), 1, np.log(2)),
    "large number": (lambda K: np.log((2 * np.pi) ** 30 * det(K)), 1, TURNS),
    "normal density": (
        lambda K: np.log(1 / np.sqrt((2 * np.pi) ** 30 * det(K))),
        -0.5,
        -TURNS / 2,
    ),
    "scaled matrix": (lambda K: np.log(det(2 * np.pi * K)), 1, TURNS),
    "quotient": (lambda K: np.log(det(K) / det(2 * K)), 0, -30 * np.log(2)),
    "inverse": (lambda K: np.log(det(np.linalg.inv(K))), -1, 0),
    "base two": (lambda K: np.log2(det(K)), 1 / np.log(2), 0),
}


@pytest.mark.parametrize("name", CASES)
def test_a_logarithm_does_not_overflow_and_has_the_gradient_of_slogdet(name):
    f, times, added = CASES[name]
    with np.errstate(all="raise"):
        value, gradient = eg.value_and_grad(eg.jit(f))(LARGE)
    assert np.isclose(value, times * logarithm + added)
    assert np.allclose(gradient * 1e20, times * np.linalg.inv(LARGE).T * 1e20)


@pytest.mark.parametrize("power", [-1, -0.5, 0.5, 2, 3, 2.5, 4])
def test_logarithms_of_powers_are_those_of_numpy_where_they_have_a_value(power):
    x = np.array([-2.0, 0.5, 3.0])
    with np.errstate(all="ignore"):
        found, expected = eg.jit(lambda x: np.log(x**power))(x), np.log(x**power)
    assert np.allclose(found, expected, equal_nan=True)
