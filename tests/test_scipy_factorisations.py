"""LU, QR with pivots and polar decompositions of scipy.linalg: its values, derivatives."""

import numpy as np
import pytest
from differences import check_derivatives, difference

import einsgrad as eg

linalg = pytest.importorskip("scipy.linalg")
RANDOM = np.random.default_rng(14)
SQUARE, TALL, WIDE = [(3, 3), (2, 3, 3), (1, 1)], [(5, 3), (2, 4, 3)], [(3, 5), (2, 3, 4)]
ANY = [*SQUARE, *TALL, *WIDE]
RIGHT = RANDOM.uniform(-1, 1, (3, 2))
CASES = {
    "l of lu": (lambda A: linalg.lu(A)[1], ANY),
    "u of lu": (lambda A: linalg.lu(A)[2], ANY),
    "l in the order of rows": (lambda A: linalg.lu(A, permute_l=True)[0], ANY),
    "p, l, u": (lambda A: linalg.lu(A)[0] @ np.sin(linalg.lu(A)[1]) @ linalg.lu(A)[2], ANY),
    "lu with indices": (
        lambda A: linalg.lu(A, p_indices=True)[1][linalg.lu(A, p_indices=True)[0]],
        [(3, 3), (5, 3), (3, 5)],
    ),
    "lu_factor": (lambda A: linalg.lu_factor(A)[0], ANY),
    **{
        f"lu_solve, {trans}": (
            lambda A, trans=trans: linalg.lu_solve(linalg.lu_factor(A), RIGHT, trans=trans),
            SQUARE[:2],
        )
        for trans in (0, 1, 2)
    },
    "lu_solve of changed triangles": (
        lambda A: linalg.lu_solve((2 * linalg.lu_factor(A)[0], linalg.lu_factor(A)[1]), RIGHT),
        SQUARE[:2],
    ),
    "q with pivots": (lambda A: linalg.qr(A, mode="economic", pivoting=True)[0], ANY),
    "r with pivots": (lambda A: linalg.qr(A, mode="r", pivoting=True)[0], ANY),
    "full r with pivots": (lambda A: linalg.qr(A, pivoting=True)[1], ANY),
    "polar": (lambda A: linalg.polar(A)[0], ANY),
    "positive factor": (lambda A: linalg.polar(A)[1], ANY),
    "left positive factor": (lambda A: linalg.polar(A, "left")[1], ANY),
    "procrustes": (
        lambda A: linalg.orthogonal_procrustes(A, np.cos(A) + np.arange(A.size).reshape(A.shape))[
            0
        ],
        [(3, 3), (5, 3)],
    ),
    "scale of procrustes": (
        lambda A: linalg.orthogonal_procrustes(A, np.cos(A))[1],
        [(3, 3), (5, 3)],
    ),
}


@pytest.mark.parametrize("dtype", ["f8", "c16"])
@pytest.mark.parametrize(
    ("name", "shape"), [(name, shape) for name, (_, shapes) in CASES.items() for shape in shapes]
)
def test_values_are_scipys_and_derivatives_agree_with_differences(name, shape, dtype):
    f, real = CASES[name][0], dtype == "f8"
    A = RANDOM.uniform(-1, 1, shape) + (0 if real else 1j * RANDOM.uniform(-1, 1, shape))
    A = A + 2 * np.eye(*shape[-2:])[::-1]
    direction = RANDOM.uniform(-1, 1, shape) * (1 if real else 1 - 2j)
    check_derivatives(f, A, direction)


def test_permutations_and_pivots_are_scipys():
    for shape in ((4, 4), (5, 3), (3, 5), (2, 4, 3)):
        A = RANDOM.normal(size=shape)
        for f in (
            lambda A: linalg.lu(A)[0],
            lambda A: linalg.lu_factor(A)[1],
            lambda A: linalg.qr(A, mode="economic", pivoting=True)[2],
            lambda A: linalg.qr(A, mode="r", pivoting=True)[1],
        ):
            assert np.array_equal(eg.jit(f)(A), f(A))

    def determinant(A):
        both, pivots = linalg.lu_factor(A)
        return np.prod(np.diag(both)) * (-1.0) ** np.sum(pivots != np.arange(4))

    A = RANDOM.normal(size=(4, 4))
    assert np.allclose(eg.grad(determinant)(A), np.linalg.det(A) * np.linalg.inv(A).T)


@pytest.mark.parametrize("trans", [0, 1, 2])
def test_a_factorisation_from_outside_solves(trans):
    A = RANDOM.normal(size=(4, 4)) + 1j * RANDOM.normal(size=(4, 4))
    factors = linalg.lu_factor(A)
    for b in (RANDOM.normal(size=4), RANDOM.normal(size=(4, 2))):
        found = eg.jit(lambda b: linalg.lu_solve(factors, b, trans=trans))(b)
        assert np.allclose(found, linalg.lu_solve(factors, b, trans=trans))


def test_polar_factors_of_equal_singular_values_have_derivatives():
    turned = np.linalg.qr(RANDOM.normal(size=(3, 3)))[0]
    A, direction = 2 * turned, RANDOM.uniform(-1, 1, (3, 3))
    _, tangent = eg.jvp(lambda A: linalg.polar(A)[0], (A,), (direction,))
    assert np.allclose(tangent, difference(lambda A: linalg.polar(A)[0], A, direction), atol=1e-6)


@pytest.mark.parametrize("shape", [(0, 0), (3, 0), (0, 3), (2, 0, 0)])
def test_matrices_may_be_empty(shape):
    for f in (
        lambda A: linalg.lu(A)[1],
        lambda A: linalg.lu(A)[2],
        lambda A: linalg.lu_factor(A)[0],
        lambda A: linalg.qr(A, mode="economic", pivoting=True)[1],
        lambda A: linalg.polar(A)[1],
    ):
        A = np.zeros(shape)
        assert eg.jit(f)(A).shape == f(A).shape
        assert eg.grad(lambda A, f=f: np.sum(f(A)))(A).shape == shape


def test_what_cannot_be_is_an_error_that_says_what():
    A = RANDOM.normal(size=(3, 3))
    with pytest.raises(eg.ArgumentError, match="no known pivots"):
        eg.jit(linalg.lu_solve)(linalg.lu_factor(A), A)
    with pytest.raises(eg.ArgumentError, match="trans=3"):
        eg.jit(lambda A: linalg.lu_solve(linalg.lu_factor(A), A, trans=3))(A)
    with pytest.raises(eg.ArgumentError, match="side='top'"):
        eg.jit(lambda A: linalg.polar(A, "top")[0])(A)
    with pytest.raises(eg.ShapeError, match="no matrices of one shape"):
        eg.jit(lambda A: linalg.orthogonal_procrustes(A, A[:2])[0])(A)
    with pytest.raises(eg.MatrixError, match="ingular"):
        eg.grad(lambda A: np.sum(linalg.lu(A)[1]))(np.ones((3, 3)))
    with pytest.raises(eg.MatrixError, match="ingular"):
        eg.grad(lambda A: np.sum(linalg.polar(A)[0]))(np.ones((3, 3)))
