"""Matrices that vectors make, and systems with them: scipy's values, derivatives of every order."""

from functools import partial

import numpy as np
import pytest
from differences import difference

import einsgrad as eg

linalg = pytest.importorskip("scipy.linalg")
RANDOM = np.random.default_rng(5)
V, W = RANDOM.uniform(-1, 1, 4) + np.eye(4)[0] * 3, RANDOM.uniform(-1, 1, 3)
RIGHT = RANDOM.uniform(-1, 1, (4, 2))
BANDS = RANDOM.uniform(-1, 1, (4, 5)) + np.array([[0.0], [0.0], [4.0], [0.0]])
SQUARE = RANDOM.uniform(-1, 1, (4, 4)) + 3 * np.eye(4)
SMALL = RANDOM.uniform(-1, 1, (2, 2)) + 3 * np.eye(2)
DEFINITE = RANDOM.uniform(-1, 1, (3, 5)) + np.array([[0.0], [0.0], [6.0]])
RIGHT5 = RANDOM.uniform(-1, 1, (5, 2))
CASES = {
    "toeplitz": (linalg.toeplitz, V),
    "toeplitz, row": (lambda v: linalg.toeplitz(v, W), V),
    "toeplitz of a row": (lambda w: linalg.toeplitz(V, w), W),
    "toeplitz of one": (linalg.toeplitz, V[:1]),
    "toeplitz of complex": (linalg.toeplitz, V + 1j * V[::-1]),
    "hankel": (linalg.hankel, V),
    "hankel, row": (lambda v: linalg.hankel(v, W), V),
    "circulant": (linalg.circulant, V),
    "circulant of one": (linalg.circulant, V[:1]),
    "solve_toeplitz": (lambda v: linalg.solve_toeplitz(v, RIGHT), V),
    "solve_toeplitz, pair": (lambda v: linalg.solve_toeplitz((v, v[::-1]), RIGHT[:, 0]), V),
    "solve_banded": (lambda b: linalg.solve_banded((1, 2), b, np.arange(5.0)), BANDS),
    "solve_banded, none above": (
        lambda b: linalg.solve_banded((2, 0), b[2:] * 1.0, np.ones((5, 2))),
        np.vstack([BANDS, BANDS[3:]]),
    ),
    "toeplitz of several": (lambda v: linalg.toeplitz(v, W), np.outer([1.0, 2.0], V)),
    "toeplitz of several rows": (lambda w: linalg.toeplitz(V, w), np.outer([1.0, 2.0], W)),
    "circulant of several": (linalg.circulant, np.outer([1.0, 2.0], V)),
    "solve_toeplitz of several": (
        lambda v: linalg.solve_toeplitz(v, RIGHT),
        np.outer([1.0, 2.0], V),
    ),
    "solve_circulant": (lambda v: linalg.solve_circulant(v, RIGHT), V),
    "matmul_toeplitz": (lambda v: linalg.matmul_toeplitz(v, RIGHT), V),
    "matmul_toeplitz, pair": (lambda w: linalg.matmul_toeplitz((V, w), RIGHT[:3, 0]), W),
    "companion": (linalg.companion, V),
    "companion of several": (linalg.companion, np.outer([1.0, 2.0], V)),
    "companion of complex": (linalg.companion, V + 1j * V[::-1]),
    "khatri_rao": (lambda a: linalg.khatri_rao(a, RIGHT[:3]), RIGHT),
    "solve_banded of several": (
        lambda b: linalg.solve_banded((1, 2), b, np.arange(5.0)),
        np.stack([BANDS, 2 * BANDS]),
    ),
    **{
        f"{name}, {lower}": (partial(f, lower), bands)
        for lower, bands in [(False, DEFINITE), (True, DEFINITE[::-1])]
        for name, f in {
            "solveh_banded": lambda lower, b: linalg.solveh_banded(b, RIGHT5, lower=lower),
            "solveh_banded, one beside": lambda lower, b: linalg.solveh_banded(
                b[:2] if lower else b[1:], RIGHT5[:, 0], lower=lower
            ),
            "solveh_banded of complex": lambda lower, b: linalg.solveh_banded(
                b * (1 + 0.2j), RIGHT5, lower=lower
            ),
            "cholesky_banded": lambda lower, b: linalg.cholesky_banded(b, lower=lower),
            "cho_solve_banded": lambda lower, b: linalg.cho_solve_banded((b, lower), RIGHT5),
            "both": lambda lower, b: linalg.cho_solve_banded(
                (linalg.cholesky_banded(b, lower=lower), lower), RIGHT5
            ),
        }.items()
    },
    "solve_sylvester": (lambda a: linalg.solve_sylvester(a, SMALL, RIGHT), SQUARE),
    "solve_sylvester, right": (lambda b: linalg.solve_sylvester(SQUARE, b, RIGHT), SMALL),
    "solve_sylvester, target": (lambda q: linalg.solve_sylvester(SQUARE, SMALL, q), RIGHT),
    "solve": (lambda a: linalg.solve(a, RIGHT), SQUARE),
    "solve, transposed": (lambda a: linalg.solve(a, RIGHT, transposed=True), SQUARE),
    "solve, positive": (lambda a: linalg.solve(a @ a.T, RIGHT, assume_a="pos"), SQUARE),
    "solve, symmetric": (lambda a: linalg.solve(a + a.T, RIGHT, assume_a="sym"), SQUARE),
    "cho_solve": (lambda a: linalg.cho_solve(linalg.cho_factor(a @ a.T), RIGHT), SQUARE),
    "solve_triangular": (lambda a: linalg.solve_triangular(a, RIGHT, lower=True), SQUARE),
    "block_diag": (lambda a: linalg.block_diag(a, a[0], 2.0), SQUARE),
}


@pytest.mark.parametrize("name", CASES)
def test_a_function_has_scipys_value_and_right_derivatives(name):
    f, x = CASES[name]
    direction = RANDOM.uniform(-1, 1, x.shape) * (1 if x.dtype == float else 1 - 2j)
    found, expected = eg.jit(f)(x), f(x)
    assert found.dtype == expected.dtype
    assert np.allclose(found, expected)
    assert found.shape == expected.shape
    _, tangent = eg.jvp(f, (x,), (direction,))
    assert np.allclose(tangent, difference(f, x, direction), atol=1e-7)

    def loss(x):
        return np.sum(np.sin(np.abs(f(x)) ** 2))

    gradient = eg.grad(loss)
    along = np.vdot(gradient(x), direction).real
    assert np.allclose(along, difference(loss, x, direction), atol=1e-6)
    if x.dtype == float:
        product = eg.hvp(loss)(x, direction)
        assert np.allclose(product, difference(gradient, x, direction), rtol=1e-4, atol=1e-4)


def test_what_does_not_fit_is_an_error_that_says_what():
    (x,) = eg.variables("x[n]")
    with pytest.raises(eg.ShapeError, match="has not the 4 rows"):
        eg.jit(lambda b: linalg.solve_banded((1, 2), b[1:], np.ones(5)))(BANDS)
    with pytest.raises(eg.ShapeError, match="is no vector"):
        eg.jit(linalg.toeplitz)(1.0)
    with pytest.raises(eg.ShapeError, match="no rows of diagonals"):
        eg.jit(lambda b: linalg.solveh_banded(b, np.ones(5)))(BANDS[0])
    with pytest.raises(eg.MatrixError, match="ositive definite"):
        eg.jit(lambda b: linalg.solveh_banded(-b, np.ones(5)))(DEFINITE)
    with pytest.raises(eg.ArgumentError, match="degree 1"):
        eg.jit(linalg.companion)(V[:1])
    with pytest.raises(eg.ArgumentError, match="is needed"):
        linalg.toeplitz(x)
