"""A matrix that several steps use is factorised once: positive definite ones as Cholesky."""

import numpy as np
import pytest

import einsgrad as eg

linalg = pytest.importorskip("scipy.linalg")

RANDOM = np.random.default_rng(4)
SQUARE = RANDOM.standard_normal((5, 5))
PHASES = SQUARE + 1j * RANDOM.standard_normal((5, 5))
MATRICES = {
    "general": SQUARE,
    "positive definite": SQUARE @ SQUARE.T + np.eye(5),
    "definite up to rounding": SQUARE.T @ SQUARE + 1e-16 * SQUARE + np.eye(5),
    "indefinite with a positive diagonal": SQUARE + SQUARE.T + np.diag(5 + 0.0 * SQUARE[0]),
    "negative definite": -SQUARE @ SQUARE.T - np.eye(5),
    "one row": np.array([[3.0]]),
    "integers": np.array([[4, 1], [1, 3]]),
    "single precision": (SQUARE @ SQUARE.T + np.eye(5)).astype(np.float32),
    "complex": PHASES,
    "Hermitian": PHASES @ PHASES.conj().T + np.eye(5),
    "complex symmetric": PHASES @ PHASES.T + 9 * np.eye(5),
}


def calls(matrix):
    """Return what users ask of one matrix, as functions of numpy."""
    right = np.arange(1.0, len(matrix) + 1)
    return {
        "solutions": lambda a: (np.linalg.solve(a, right), np.linalg.solve(a.T, right)),
        "columns": lambda a: (np.linalg.solve(a, a.T + right), np.linalg.solve(a, right)),
        "rows": lambda a: (right @ np.linalg.inv(a), np.linalg.solve(a, right)),
        "inverse": lambda a: (np.linalg.inv(a) * a, np.linalg.solve(a, right)),
        "determinant": lambda a: (np.linalg.det(a), np.linalg.solve(a, right)),
        "logarithm": lambda a: (np.linalg.slogdet(a)[1], np.linalg.solve(a, right)),
    }


@pytest.mark.parametrize("kind", MATRICES)
@pytest.mark.parametrize("name", calls(SQUARE))
def test_values_are_numpys(name, kind):
    matrix = MATRICES[kind]
    f = calls(matrix)[name]
    found, expected = eg.jit(f)(matrix), f(matrix)
    tolerance = 1e-4 if matrix.dtype == np.float32 else 1e-10
    for one, other in zip(found, expected, strict=True):
        assert np.allclose(one, other, rtol=tolerance, atol=tolerance)


def test_a_positive_definite_matrix_is_factorised_once_as_cholesky(monkeypatch):
    asked = []
    original = linalg.get_lapack_funcs

    def counted(names, arrays=()):
        asked.extend(names)
        return original(names, arrays)

    monkeypatch.setattr(linalg, "get_lapack_funcs", counted)
    right = np.arange(5.0)

    def likelihood(a):
        return right @ np.linalg.solve(a, right) + np.linalg.slogdet(a)[1]

    matrix = MATRICES["positive definite"]
    value, gradient = eg.value_and_grad(likelihood)(matrix)
    inverse = np.linalg.inv(matrix)
    assert np.allclose(value, likelihood(matrix))
    assert np.allclose(gradient, inverse.T - np.outer(inverse @ right, inverse @ right))
    assert asked.count("potrf") == 1
    assert asked.count("potri") == 1


def test_a_singular_matrix_is_an_error_whatever_it_looks_like():
    for matrix in (np.ones((2, 2)), np.array([[0.0, 1.0], [0.0, 1.0]])):
        with pytest.raises(eg.MatrixError):
            eg.jit(lambda a: np.linalg.solve(a, [1.0, 2.0]) @ np.linalg.inv(a))(matrix)
