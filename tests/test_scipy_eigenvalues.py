"""Eigenvalue problems of one or two matrices, and of bands: scipy's values, derivatives."""

from itertools import product

import numpy as np
import pytest
from differences import difference

import einsgrad as eg

linalg = pytest.importorskip("scipy.linalg")
RANDOM = np.random.default_rng(12)


def positive(B):
    return B @ np.swapaxes(B.conj(), -1, -2) + 2 * np.eye(B.shape[-1])


def moduli(found):
    """Take eigenvalues as they are, and of vectors what does not depend on signs."""
    return np.concatenate([found[0][..., None, :], np.abs(found[1])], -2)


PENCILS = list(product((True, False), (1, 2, 3)))
CASES = {
    **{
        f"eigh, {low}, {kind}": (
            lambda A, B, low=low, kind=kind: moduli(
                linalg.eigh(A, positive(B), lower=low, type=kind)
            ),
            [(4, 4), (4, 4)],
        )
        for low, kind in PENCILS
    },
    "batches of eigh": (
        lambda A, B: moduli(linalg.eigh(A, positive(B))),
        [(2, 3, 3), (2, 3, 3)],
    ),
    "eigh of one": (lambda A: moduli(linalg.eigh(A)), [(4, 4)]),
    "eigh of an upper triangle": (lambda A: moduli(linalg.eigh(A, lower=False)), [(4, 4)]),
    "some of eigh": (
        lambda A, B: moduli(linalg.eigh(A, positive(B), subset_by_index=[1, 2])),
        [(4, 4), (4, 4)],
    ),
    "values of eigh": (
        lambda A: linalg.eigh(A, eigvals_only=True, subset_by_index=(3, 3)),
        [(4, 4)],
    ),
    "eigvalsh": (lambda A, B: linalg.eigvalsh(A, positive(B)), [(4, 4), (4, 4)]),
    "some of eigvalsh": (
        lambda A, B: linalg.eigvalsh(A, positive(B), subset_by_index=[0, 1]),
        [(4, 4), (4, 4)],
    ),
    "eigh_tridiagonal": (lambda d, e: moduli(linalg.eigh_tridiagonal(d, e)), [(4,), (3,)]),
    "some of eigh_tridiagonal": (
        lambda d, e: moduli(linalg.eigh_tridiagonal(d, e, select="i", select_range=(1, 2))),
        [(4,), (3,)],
    ),
    "eigvalsh_tridiagonal": (linalg.eigvalsh_tridiagonal, [(4,), (3,)]),
    "eig_banded": (lambda a: moduli(linalg.eig_banded(a)), [(3, 5)]),
    "eig_banded, lower": (lambda a: moduli(linalg.eig_banded(a, lower=True)), [(3, 5)]),
    "eigvals_banded": (
        lambda a: linalg.eigvals_banded(a, select="i", select_range=(0, 2)),
        [(2, 5)],
    ),
}
REAL = ("eigh_tridiagonal", "some of eigh_tridiagonal", "eigvalsh_tridiagonal")


@pytest.mark.parametrize("dtype", ["f8", "c16"])
@pytest.mark.parametrize("name", CASES)
def test_values_are_scipys_and_derivatives_agree_with_differences(name, dtype):
    if dtype == "c16" and name in REAL:
        pytest.skip("scipy takes real diagonals")
    f, shapes = CASES[name]
    imaginary = 1j if dtype == "c16" else 0
    arrays = [RANDOM.normal(size=s) + imaginary * RANDOM.normal(size=s) for s in shapes]
    assert np.allclose(eg.jit(f)(*arrays), f(*arrays))
    for place, x in enumerate(arrays):

        def of_one(x, place=place):
            return f(*arrays[:place], x, *arrays[place + 1 :])

        def loss(x, of_one=of_one):
            return np.sum(np.sin(of_one(x)))

        direction = RANDOM.uniform(-1, 1, x.shape) * (1 - 2 * imaginary)
        _, tangent = eg.jvp(of_one, (x,), (direction,))
        assert np.allclose(tangent, difference(of_one, x, direction), rtol=1e-5, atol=1e-5)
        gradient = eg.grad(loss)
        along = np.vdot(gradient(x), direction).real
        assert np.allclose(along, difference(loss, x, direction), rtol=1e-4, atol=1e-5)
        if dtype == "f8":
            product = eg.hvp(loss)(x, direction)
            assert np.allclose(product, difference(gradient, x, direction), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(("low", "kind"), PENCILS)
def test_vectors_of_a_pencil_have_scipys_signs_and_lengths(low, kind):
    A, B = RANDOM.normal(size=(2, 4, 4))

    def f(A):
        return linalg.eigh(A, positive(B), lower=low, type=kind)[1]

    assert np.allclose(eg.jit(f)(A), f(A))


def test_what_is_no_problem_is_an_error_that_says_what():
    A = RANDOM.normal(size=(3, 3))
    with pytest.raises(eg.ArgumentError, match="do not exist"):
        eg.jit(lambda A: linalg.eigvalsh(A, subset_by_index=[1, 3]))(A)
    with pytest.raises(eg.ArgumentError, match="is none of 1, 2 and 3"):
        eg.jit(lambda A: linalg.eigh(A, A @ A.T, type=4)[0])(A)
    with pytest.raises(eg.ArgumentError, match="Select by index"):
        eg.jit(lambda d: linalg.eigvalsh_tridiagonal(d, d[1:], "v", (0, 1)))(A[0])
    with pytest.raises(eg.ArgumentTypeError, match="subset_by_value"):
        eg.jit(lambda A: linalg.eigvalsh(A, subset_by_value=(0, 1)))(A)
    with pytest.raises(eg.MatrixError, match="ositive definite"):
        eg.grad(lambda A: np.sum(linalg.eigvalsh(A, -np.eye(3))))(A)
