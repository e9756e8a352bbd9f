"""Functions of scipy.linalg called with batches, against loops over them; and with nan."""

import numpy as np
import pytest

import einsgrad as eg

linalg = pytest.importorskip("scipy.linalg")
RANDOM = np.random.default_rng(17)


def symmetric(A):
    return A + np.swapaxes(A, -1, -2)


def positive(A):
    return A @ np.swapaxes(A, -1, -2) + np.eye(A.shape[-1])


# By name: a function of two operands, with the shape of one of the first.
SYSTEMS = {
    "solve": (linalg.solve, (3, 3)),
    "solve, transposed": (lambda A, b: linalg.solve(A, b, transposed=True), (3, 3)),
    "solve, positive": (lambda A, b: linalg.solve(positive(A), b, assume_a="pos"), (3, 3)),
    "solve, symmetric": (lambda A, b: linalg.solve(symmetric(A), b, assume_a="sym"), (3, 3)),
    "solve, a triangle": (
        lambda A, b: linalg.solve(A, b, assume_a="lower triangular"),
        (3, 3),
    ),
    "solve_triangular": (lambda A, b: linalg.solve_triangular(A, b, trans=1), (3, 3)),
    "cho_solve": (lambda A, b: linalg.cho_solve(linalg.cho_factor(positive(A)), b), (3, 3)),
    "lu_solve": (lambda A, b: linalg.lu_solve(linalg.lu_factor(A), b, trans=1), (3, 3)),
    "solve_banded": (
        lambda A, b: linalg.solve_banded((1, 1), A[..., [1, 0, 2], :] @ np.eye(3), b),
        (3, 3),
    ),
    "solveh_banded": (
        lambda A, b: linalg.solveh_banded(A * 0.1 + np.array([[0.0], [0.0], [5.0]]), b),
        (3, 3),
    ),
    "solve_toeplitz": (linalg.solve_toeplitz, (3,)),
    "matmul_toeplitz": (linalg.matmul_toeplitz, (3,)),
}
# By name: a function of one operand, with its shape.
FUNCTIONS = {
    "inv": (linalg.inv, (3, 3)),
    "det": (linalg.det, (3, 3)),
    "cholesky": (lambda A: linalg.cholesky(positive(A)), (3, 3)),
    "expm": (linalg.expm, (3, 3)),
    "pinv": (linalg.pinv, (4, 3)),
    "svdvals": (linalg.svdvals, (4, 3)),
    "singular vectors": (lambda A: np.abs(linalg.svd(A, full_matrices=False)[0]), (4, 3)),
    "qr": (lambda A: linalg.qr(A, mode="economic")[1], (4, 3)),
    "r": (lambda A: linalg.qr(A, mode="r")[0], (3, 4)),
    "eigvals": (lambda A: np.sort(np.abs(linalg.eigvals(A))), (3, 3)),
    "eigvalsh": (linalg.eigvalsh, (3, 3)),
    "toeplitz": (linalg.toeplitz, (3,)),
    "circulant": (linalg.circulant, (3,)),
    "companion": (linalg.companion, (3,)),
    "leslie": (lambda f: linalg.leslie(f, f[..., 1:]), (3,)),
    "khatri_rao": (lambda A: linalg.khatri_rao(A, A), (2, 3)),
    "block_diag": (lambda A: linalg.block_diag(A, np.ones((2, 1)), A), (2, 3)),
    "cholesky_banded": (
        lambda A: linalg.cholesky_banded(A * 0.1 + np.array([[0.0], [5.0]])),
        (2, 4),
    ),
}


def drawn(*shape):
    """Draw arrays in which systems are regular."""
    regular = {1: np.eye(3)[0], 2: np.eye(3)}
    core = shape[-2:] if shape[-2:] == (3, 3) else shape[-1:]
    return RANDOM.uniform(-1, 1, shape) + (3 * regular[len(core)] if core[-1] == 3 else 0)


@pytest.mark.parametrize("right", [(3,), (3, 2)])
@pytest.mark.parametrize("batch", [(2,), (2, 1), (3,)])
@pytest.mark.parametrize("name", SYSTEMS)
def test_systems_of_a_batch_are_solved_one_by_one(name, batch, right):
    f, core = SYSTEMS[name]
    first, b = drawn(*batch, *core), RANDOM.uniform(-1, 1, right)
    found = eg.jit(f)(first, b)
    for place in np.ndindex(*batch):
        assert np.allclose(found[place], f(first[place], b))
    if len(right) > 1:
        several = RANDOM.uniform(-1, 1, (*batch, *right))
        one = drawn(*core)
        found, beside = eg.jit(f)(first, several), eg.jit(f)(one, several)
        for place in np.ndindex(*batch):
            assert np.allclose(found[place], f(first[place], several[place]))
            assert np.allclose(beside[place], f(one, several[place]))


@pytest.mark.parametrize("batch", [(2,), (2, 1), (3,)])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_a_batch_are_those_of_each(name, batch):
    f, core = FUNCTIONS[name]
    A = drawn(*batch, *core)
    found = eg.jit(f)(A)
    for place in np.ndindex(*batch):
        assert np.allclose(found[place], f(A[place]))


@pytest.mark.parametrize(
    "f",
    [
        linalg.inv,
        linalg.expm,
        linalg.logm,
        linalg.signm,
        linalg.sqrtm,
        linalg.svdvals,
        linalg.pinv,
        linalg.eigvals,
        lambda A: np.linalg.pinv(A, 0.1),
        lambda A: linalg.lu(A)[2],
        lambda A: linalg.qr(A, pivoting=True)[1],
        lambda A: linalg.polar(A)[0],
        lambda A: linalg.solve_sylvester(A, A, A),
        lambda A: linalg.solve_discrete_lyapunov(A, A),
        lambda A: linalg.fractional_matrix_power(A, 0.5),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_nan_gives_nan_or_an_error_of_the_family(f):
    A = np.full((2, 2), np.nan)
    for call in (eg.jit(f), eg.grad(lambda A: np.sum(np.abs(f(A)) ** 2))):
        try:
            found = call(A)
        except eg.MatrixError:
            continue
        assert np.isnan(found).any()


def test_the_name_of_a_decomposition_keeps_its_capitals():
    with pytest.raises(eg.MatrixError, match="SVD did not converge"):
        eg.jit(linalg.svdvals)(np.full((2, 2), np.nan))
