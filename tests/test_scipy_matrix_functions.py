"""Logarithms, signs, powers and cosines of matrices: scipy's values, derivatives of every order."""

import numpy as np
import pytest
from differences import check_derivatives, difference

import einsgrad as eg

linalg = pytest.importorskip("scipy.linalg")
RANDOM = np.random.default_rng(9)


def positive(A):
    return A @ np.swapaxes(A, -1, -2).conj() + 2 * np.eye(A.shape[-1], dtype=A.dtype)


FUNCTIONS = {
    "logm": lambda A: linalg.logm(positive(A)),
    "logm of others": lambda A: linalg.logm(A + 4 * np.eye(A.shape[-1], dtype=A.dtype)),
    "signm": lambda A: linalg.signm(A + np.diag([3, -3, 3][: A.shape[-1]]).astype(A.dtype)),
    "cosm": linalg.cosm,
    "sinm": linalg.sinm,
    "tanm": linalg.tanm,
    "coshm": linalg.coshm,
    "sinhm": linalg.sinhm,
    "tanhm": linalg.tanhm,
    "a power": lambda A: linalg.fractional_matrix_power(positive(A), 0.3),
    "a negative power": lambda A: linalg.fractional_matrix_power(positive(A), -1.5),
    "a whole power": lambda A: linalg.fractional_matrix_power(A, 3),
    "expm_frechet": lambda A: linalg.expm_frechet(A, A @ A)[1],
    "expm beside it": lambda A: linalg.expm_frechet(A, A @ A)[0],
    "expm_frechet alone": lambda A: linalg.expm_frechet(A, A @ A, compute_expm=False),
}


@pytest.mark.parametrize("dtype", ["f8", "c16"])
@pytest.mark.parametrize("shape", [(3, 3), (2, 3, 3), (1, 1)])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_values_are_scipys_and_derivatives_agree_with_differences(name, shape, dtype):
    f = FUNCTIONS[name]
    real = dtype == "f8"
    A = RANDOM.uniform(-1, 1, shape) + (0 if real else 1j * RANDOM.uniform(-1, 1, shape))
    direction = RANDOM.uniform(-1, 1, shape) * (1 if real else 1 - 2j)
    check_derivatives(f, A, direction)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_single_precision_stays_and_matrices_may_be_empty(name):
    f = FUNCTIONS[name]
    A = RANDOM.uniform(-1, 1, (3, 3))
    found = eg.jit(f)(A.astype("f4"))
    assert found.dtype == "f4"
    assert np.allclose(found, f(A), rtol=1e-3, atol=1e-3)
    assert eg.jit(f)(A[:0, :0]).shape == (0, 0)
    assert eg.grad(lambda A: np.sum(f(A)))(A[:0, :0]).shape == (0, 0)


def test_a_power_has_a_derivative_in_the_exponent():
    A = positive(RANDOM.uniform(-1, 1, (3, 3)))

    def loss(t):
        return np.sum(linalg.fractional_matrix_power(A, t) ** 2)

    assert np.allclose(eg.grad(loss)(0.4), difference(loss, 0.4, 1.0))


def test_logarithms_and_signs_of_defective_matrices_have_derivatives():
    A, direction = np.array([[2.0, 1.0], [0.0, 2.0]]), np.array([[0.3, -0.2], [0.1, 0.5]])
    for f in (linalg.logm, linalg.signm, lambda A: linalg.fractional_matrix_power(A, 0.5)):
        _, tangent = eg.jvp(f, (A,), (direction,))
        assert np.allclose(tangent, difference(f, A, direction, 1e-5), atol=1e-6)


@pytest.mark.parametrize(
    ("f", "A", "reason"),
    [
        (linalg.logm, np.diag([1.0, 0.0]), "ingular"),
        (linalg.logm, -np.eye(2), "o real logarithm"),
        (linalg.signm, np.diag([1.0, 0.0]), "ingular"),
        (linalg.signm, np.array([[0.0, 1.0], [-2.0, 0.0]]), "imaginary axis|ingular"),
    ],
)
def test_what_has_no_value_is_an_error(f, A, reason):
    with pytest.raises(eg.MatrixError, match=reason):
        eg.grad(lambda A: np.sum(f(A)))(A)


def test_estimates_of_errors_are_refused():
    for f in (linalg.logm, linalg.signm, linalg.sqrtm):
        with pytest.raises(eg.ArgumentError, match="disp=False"):
            eg.grad(lambda A, f=f: f(A, disp=False)[1])(np.eye(2))
