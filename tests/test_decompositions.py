"""Matrix decompositions: values, derivatives of every order, batches, complex matrices."""

from functools import partial

import numpy as np
import pytest
from differences import difference

import einsgrad as eg

rng = np.random.default_rng(7)
real = partial(rng.uniform, -1.0, 1.0)


def positive(A):
    return A @ np.swapaxes(A.conj(), -1, -2) + 2.0 * np.eye(A.shape[-1])


def hermitian(A):
    return A + np.swapaxes(A.conj(), -1, -2)


def gram(V):
    return V @ np.swapaxes(V.conj(), -1, -2)


def svd_sum(A):
    U, s, Vh = np.linalg.svd(A, full_matrices=False)
    return (U * np.log(s)[..., None, :]) @ Vh


def qr_sum(A):
    Q, R = np.linalg.qr(A)
    return np.abs(Q) @ np.sin(np.abs(R))


def eigen_sum(A):
    w, V = np.linalg.eigh(hermitian(A))
    return (V * np.exp(w)[..., None, :]) @ np.swapaxes(V.conj(), -1, -2)


def weighed(V):
    """Take what does not depend on the signs of vectors."""
    weights = np.arange(1.0, V.shape[-2] + 1)
    return np.einsum("i,...ij,...ij->...j", weights, V, np.conj(V)).real


SQUARE = {
    "cholesky": lambda A: np.linalg.cholesky(positive(A)),
    "cholesky upper": lambda A: np.linalg.cholesky(positive(A), upper=True),
    "eigvalsh": lambda A: np.linalg.eigvalsh(hermitian(A)),
    "eigh vectors": lambda A: weighed(np.linalg.eigh(hermitian(A))[1]),
    "eigh": eigen_sum,
    "eigvals": lambda A: np.sum(np.abs(np.linalg.eigvals(A)) ** 2, -1),
    "eig": lambda A: np.sum(np.linalg.eigvals(A) * weighed(np.linalg.eig(A)[1]), -1).real,
}
ANY = {
    "svdvals": lambda A: np.linalg.svd(A, compute_uv=False),
    "svd": svd_sum,
    "left": lambda A: weighed(np.linalg.svd(A, full_matrices=False)[0]),
    "right": lambda A: weighed(np.swapaxes(np.linalg.svd(A, full_matrices=False).Vh, -1, -2)),
    "qr": qr_sum,
    "r": lambda A: np.abs(np.linalg.qr(A, mode="r")),
    "pinv": np.linalg.pinv,
}
CASES = [
    *[(name, f, shape) for name, f in SQUARE.items() for shape in [(3, 3), (2, 3, 3)]],
    *[(name, f, shape) for name, f in ANY.items() for shape in [(3, 3), (4, 2), (2, 4), (2, 4, 2)]],
]


def loss(f):
    def value(A):
        found = f(A)
        return np.sum(np.sin(found * 1.0).real)

    return value


@pytest.mark.parametrize(
    ("name", "f", "shape"), CASES, ids=lambda one: "" if callable(one) else str(one)
)
def test_derivatives_agree_with_differences(name, f, shape):
    A, direction = real(shape), real(shape)
    value, gradient = eg.value_and_grad(loss(f))(A)
    assert np.allclose(value, loss(f)(A))
    assert np.allclose(np.sum(gradient * direction), difference(loss(f), A, direction), atol=1e-6)
    _, tangent = eg.jvp(f, (A,), (direction,))
    assert np.allclose(tangent, difference(f, A, direction), atol=1e-6)


@pytest.mark.parametrize(
    ("name", "f", "shape"),
    [case for case in CASES if len(case[2]) == 2],
    ids=lambda one: "" if callable(one) else str(one),
)
def test_second_derivatives_agree_with_differences(name, f, shape):
    A, direction = real(shape), real(shape)
    product = eg.hvp(loss(f))(A, direction)
    gradient = eg.grad(loss(f))
    assert np.allclose(product, difference(gradient, A, direction), atol=2e-5)
    hessian = eg.hessian(loss(f))(A)
    assert np.allclose(np.tensordot(hessian, direction, 2), product)


@pytest.mark.parametrize(
    ("name", "f", "shape"), CASES, ids=lambda one: "" if callable(one) else str(one)
)
def test_complex_derivatives_agree_with_differences(name, f, shape):
    A, direction = real(shape) + 1j * real(shape), real(shape) + 1j * real(shape)
    _, tangent = eg.jvp(f, (A,), (direction,))
    assert np.allclose(tangent, difference(f, A, direction), atol=1e-6)
    gradient = eg.grad(loss(f))(A)
    along = np.vdot(gradient, direction).real
    assert np.allclose(along, difference(loss(f), A, direction), atol=1e-6)


@pytest.mark.parametrize("shape", [(3, 3), (2, 3, 3)])
def test_matrix_exponentials_and_roots_agree_with_differences(shape):
    linalg = pytest.importorskip("scipy.linalg")
    for f in (linalg.expm, lambda A: linalg.sqrtm(positive(A))):
        A, direction = real(shape), real(shape)
        gradient = eg.grad(loss(f))
        assert np.allclose(np.sum(gradient(A) * direction), difference(loss(f), A, direction))
        product = eg.hvp(loss(f))(A, direction)
        assert np.allclose(product, difference(gradient, A, direction), atol=1e-5)
        _, tangent = eg.jvp(f, (A,), (direction,))
        assert np.allclose(tangent, difference(f, A, direction), atol=1e-6)
        jacobian = eg.jacobian(f)(A)
        assert np.allclose(np.tensordot(jacobian, direction, len(shape)), tangent)


def test_square_roots_of_singular_matrices_have_a_value_and_no_derivative():
    linalg = pytest.importorskip("scipy.linalg")
    with pytest.warns(linalg.LinAlgWarning):
        assert np.array_equal(eg.jit(linalg.sqrtm)(np.diag([4.0, 0.0])), np.diag([2.0, 0.0]))
    for A in (np.diag([1.0, 0.0]), np.zeros((2, 2))):
        with pytest.warns(linalg.LinAlgWarning), pytest.raises(eg.MatrixError, match="ingular"):
            eg.grad(lambda A: np.sum(linalg.sqrtm(A) ** 3))(A)


def test_the_square_root_of_a_large_matrix_has_a_gradient():
    linalg = pytest.importorskip("scipy.linalg")
    A = positive(real((60, 60)))
    gradient = eg.grad(lambda A: np.sum(np.sin(linalg.sqrtm(A))))(A)
    root = linalg.sqrtm(A)
    assert np.allclose(root @ gradient + gradient @ root, np.cos(root))


def test_equal_eigenvalues_are_an_error_where_a_derivative_needs_that_they_differ():
    turned = np.linalg.qr(real((4, 4)))[0]
    A = turned @ np.diag([1.0, 1.0, 2.0, 3.0]) @ turned.T
    for matrix in (A, np.eye(4), np.zeros((4, 4))):
        with pytest.raises(eg.MatrixError, match="qual eigenvalues"):
            eg.grad(lambda A: np.linalg.eigh(A)[1][0, 1])(matrix)
        with pytest.raises(eg.MatrixError, match="qual eigenvalues"):
            eg.grad(lambda A: np.linalg.svd(A)[0][0, 1])(matrix)


def test_functions_of_eigenvalues_are_right_where_these_are_equal():
    for matrix in (np.eye(3), np.zeros((3, 3)), np.diag([1.0, 1.0, 2.0])):
        gradient = eg.grad(lambda A: np.sum(np.linalg.eigvalsh(A) ** 2))(matrix)
        assert np.allclose(gradient, 2 * matrix)
    gradient = eg.grad(lambda A: np.sum(np.linalg.svd(A, compute_uv=False) ** 2))(np.eye(3))
    assert np.allclose(gradient, 2 * np.eye(3))


@pytest.mark.parametrize(
    ("call", "f"),
    [
        ("eigh", lambda A: np.sum(np.linalg.eigh(A)[0]) * np.linalg.eigh(A)[1][0, 0]),
        (
            "svd",
            lambda A: np.sum(np.linalg.svd(A)[0] @ np.linalg.svd(A)[2]) + np.linalg.svd(A)[1][0],
        ),
        ("qr", lambda A: np.sum(np.linalg.qr(A)[0] * np.linalg.qr(A)[1])),
        ("eig", lambda A: np.sum(np.linalg.eig(A)[1] * np.linalg.eig(A)[0]).real),
    ],
)
def test_parts_of_one_decomposition_are_computed_by_one_call(call, f, monkeypatch):
    calls = []
    for name in ("eigh", "eigvalsh", "svd", "qr", "eig", "eigvals"):
        original = getattr(np.linalg, name)

        def counted(*arguments, name=name, original=original, **options):
            if np.shape(arguments[0])[-1] > 1:
                calls.append(name)
            return original(*arguments, **options)

        monkeypatch.setattr(np.linalg, name, counted)
    A = positive(real((3, 3)))
    (symbol,) = eg.variables("A[3,3]")
    program = eg.compile(f(symbol), eg.grad(f(symbol), symbol))
    calls.clear()
    program(A=A)
    assert calls == [call]


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (3, 3), (2, 5, 3), (2, 3, 5)])
def test_completed_bases_have_numpys_values_and_derivatives_of_what_is_determined(shape):
    A, direction = real(shape), real(shape)
    size = min(shape[-2:])
    for part in range(3):
        found = eg.jit(lambda A, part=part: np.linalg.svd(A)[part])(A)
        assert np.allclose(found, np.linalg.svd(A)[part])
    for part in range(2):
        found = eg.jit(lambda A, part=part: np.linalg.qr(A, mode="complete")[part])(A)
        assert np.allclose(found, np.linalg.qr(A, mode="complete")[part])

    def of_svd(A):
        U, s, Vh = np.linalg.svd(A)
        return (U[..., :size] * np.exp(s)[..., None, :]) @ Vh[..., :size, :]

    def of_qr(A):
        Q, R = np.linalg.qr(A, mode="complete")
        return np.abs(Q[..., :size]) @ np.sin(np.abs(R[..., :size, :]))

    for f in (of_svd, of_qr, lambda A: np.abs(np.linalg.qr(A, mode="complete").R)):
        gradient = eg.grad(loss(f))(A)
        along = difference(loss(f), A, direction)
        assert np.allclose(np.sum(gradient * direction), along, atol=1e-6)


def test_columns_that_complete_a_basis_have_no_derivative():
    A = real((5, 3))
    with pytest.raises(eg.ArgumentError, match="Write full_matrices=False"):
        eg.grad(lambda A: np.linalg.svd(A)[0][0, 4] ** 2)(A)
    with pytest.raises(eg.ArgumentError, match="Write mode='reduced'"):
        eg.grad(lambda A: np.linalg.qr(A, mode="complete")[0][0, 4] ** 2)(A)
    assert np.allclose(
        eg.jit(lambda A: np.linalg.svd(A + A.T, compute_uv=False, hermitian=True))(A[:3]),
        np.linalg.svd(A[:3] + A[:3].T, compute_uv=False),
    )


@pytest.mark.parametrize("lower", [True, False])
def test_one_triangle_is_read_as_by_numpy(lower):
    A, direction = real((3, 3)), real((3, 3))
    triangle = "L" if lower else "U"

    def f(A):
        values, vectors = np.linalg.eigh(A, triangle)
        return np.sum(np.linalg.eigvalsh(A, triangle) ** 3) + np.sum(values * weighed(vectors))

    value, gradient = eg.value_and_grad(f)(A)
    assert np.allclose(value, f(A))
    # The signs of eigenvectors differ between the triangles.
    for size in (2, 3, 4, 6):
        wide = real((size, size))
        for one, own in zip(
            eg.jit(lambda A: tuple(np.linalg.eigh(A, triangle)))(wide),
            np.linalg.eigh(wide, triangle),
            strict=True,
        ):
            assert np.allclose(one, own)
    assert np.allclose(np.sum(gradient * direction), difference(f, A, direction), atol=1e-6)
    assert not (np.triu(gradient, 1) if lower else np.tril(gradient, -1)).any()
    B = A + 1j * real((3, 3))
    _, tangent = eg.jvp(lambda A: np.linalg.eigvalsh(A, triangle), (B,), (1j * direction,))
    expected = difference(lambda A: np.linalg.eigvalsh(A, triangle), B, 1j * direction)
    assert np.allclose(tangent, expected, atol=1e-6)
