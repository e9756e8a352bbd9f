"""Functions of matrices with rare shapes and dtypes: no entries, single precision, lost rank."""

import numpy as np
import pytest

import einsgrad as eg

rng = np.random.default_rng(11)


def positive(A):
    return A @ np.swapaxes(np.conj(A), -1, -2) + 2 * np.eye(A.shape[-1], dtype=A.dtype)


def hermitian(A):
    return A + np.swapaxes(np.conj(A), -1, -2)


SQUARE = {
    "cholesky": lambda A: np.linalg.cholesky(positive(A)),
    "eigvalsh": lambda A: np.linalg.eigvalsh(hermitian(A)),
    "eigh": lambda A: np.linalg.eigh(hermitian(A)).eigenvectors,
    "inv": np.linalg.inv,
    "det": np.linalg.det,
    "slogdet": lambda A: np.linalg.slogdet(A).logabsdet,
    "power": lambda A: np.linalg.matrix_power(A, -2),
}
ANY = {
    "left": lambda A: np.linalg.svd(A, full_matrices=False).U,
    "values": lambda A: np.linalg.svd(A, full_matrices=False).S,
    "right": lambda A: np.linalg.svd(A, full_matrices=False).Vh,
    "svdvals": np.linalg.svdvals,
    "q": lambda A: np.linalg.qr(A).Q,
    "r": lambda A: np.linalg.qr(A, mode="r"),
    "pinv": np.linalg.pinv,
    "nuclear": lambda A: np.linalg.norm(A, "nuc", axis=(-2, -1)),
    "spectral": lambda A: np.linalg.norm(A, 2, axis=(-2, -1)),
    "rank": np.linalg.matrix_rank,
}
SQUARE_SHAPES = [(3, 3), (1, 1), (0, 0), (2, 0, 0), (0, 3, 3), (2, 1, 3, 3)]
ANY_SHAPES = [*SQUARE_SHAPES, (3, 0), (0, 3), (4, 2), (2, 4), (1, 3), (3, 1)]
CASES = [
    *[(f, shape) for f in SQUARE.values() for shape in SQUARE_SHAPES],
    *[(f, shape) for f in ANY.values() for shape in ANY_SHAPES],
]
NAMES = [f"{n} {s}" for n in SQUARE for s in SQUARE_SHAPES]
NAMES += [f"{n} {s}" for n in ANY for s in ANY_SHAPES]


@pytest.mark.parametrize(("f", "shape"), CASES, ids=NAMES)
def test_values_and_gradients_have_shapes_and_dtypes_as_numpy_has_them(f, shape):
    entries = 3 * (rng.uniform(-1, 1, shape) + 1j * rng.uniform(-1, 1, shape))
    for dtype in ("f8", "f4", "c16", "c8"):
        A = (entries.real if dtype[0] == "f" else entries).astype(dtype)
        expected = f(A)
        found = eg.jit(f)(A)
        assert np.shape(found) == np.shape(expected)
        assert np.result_type(found) == np.result_type(expected)
        single = np.finfo(A.dtype).eps > 1e-10
        assert np.allclose(found, expected, atol=1e-4 if single else 1e-9)
        gradient = eg.grad(lambda A: np.sum(np.abs(f(A)) ** 2))(A)
        assert gradient.shape == shape
        assert gradient.dtype == A.dtype


@pytest.mark.parametrize("shape", [(0,), (0, 0), (0, 3), (3, 0), (2, 0, 3)])
def test_norms_of_no_entries_are_0_where_numpy_has_them(shape):
    empty = np.zeros(shape)
    for order in (0, 1, 2, 3, np.inf, "fro", "nuc"):
        for axis in [None, -1, (-2, -1)]:
            try:
                expected = np.linalg.norm(empty, order, axis)
            except ValueError:
                continue
            found = eg.jit(lambda x, order=order, axis=axis: np.linalg.norm(x, order, axis))(empty)
            assert np.array_equal(found, expected)


def test_ranks_are_counted_with_the_tolerance_of_the_dtype():
    A = rng.standard_normal((5, 4, 3)).astype("f4")
    A[1:, :, 2] = A[1:, :, 0] + A[1:, :, 1]
    for options in ({}, {"tol": np.array([0.1] * 4 + [9.0])}, {"rtol": 0.1}, {"tol": 2.0}):
        expected = np.linalg.matrix_rank(A, **options)
        found = eg.jit(lambda A, options=options: np.linalg.matrix_rank(A, **options))(A)
        assert np.array_equal(found, expected)
    gradient = eg.grad(lambda A: np.sum(np.linalg.matrix_rank(A)[:, None, None] * A))(A)
    assert np.array_equal(gradient, np.broadcast_to([[[3]]] + [[[2]]] * 4, A.shape))


def test_the_condition_number_of_a_matrix_of_zeros_is_infinite():
    A = np.array([np.zeros((2, 2)), np.diag([4.0, 2.0])])
    with np.errstate(all="ignore"):
        assert np.array_equal(eg.jit(np.linalg.cond)(A), [np.inf, 2.0])
        assert np.array_equal(eg.jit(lambda A: np.linalg.cond(A, -2))(A), [np.inf, 0.5])
