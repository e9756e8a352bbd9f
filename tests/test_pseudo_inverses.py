"""Pseudo-inverses and least squares with tolerances: values of numpy and scipy, derivatives."""

import numpy as np
import pytest
from differences import difference

import einsgrad as eg

linalg = pytest.importorskip("scipy.linalg")
RANDOM = np.random.default_rng(15)
SHAPES = [(4, 4), (5, 3), (3, 5), (2, 4, 3)]
FUNCTIONS = {
    "rcond": lambda A: np.linalg.pinv(A, 0.1),
    "rcond of each": lambda A: np.linalg.pinv(A, rcond=np.full(A.shape[:-2], 0.1)),
    "rtol": lambda A: np.linalg.pinv(A, rtol=0.1),
    "hermitian": lambda A: np.linalg.pinv(A @ A.swapaxes(-1, -2).conj(), 0.1, hermitian=True),
    "scipy": lambda A: linalg.pinv(A, atol=0.01, rtol=0.1),
    "pinvh": lambda A: linalg.pinvh(A @ A.swapaxes(-1, -2).conj(), rtol=0.1),
    "lstsq": lambda A: np.linalg.lstsq(A, np.arange(2.0 * len(A)).reshape(-1, 2), rcond=0.1)[0],
    "lstsq of scipy": lambda A: linalg.lstsq(A, np.arange(1.0 * len(A)), cond=0.1)[0],
}


def deficient(shape, rank, rest, dtype="f8"):
    """Draw a matrix whose singular values are 3 to 1, and all equal after so many."""
    entries = RANDOM.normal(size=shape) + 1j * RANDOM.normal(size=shape)
    u, s, v = np.linalg.svd(entries if dtype[0] == "c" else entries.real, full_matrices=False)
    s[...] = np.linspace(3, 1, s.shape[-1])
    s[..., rank:] = rest
    return ((u * s[..., None, :]) @ v).astype(dtype)


@pytest.mark.parametrize("dtype", ["f8", "c16"])
@pytest.mark.parametrize("rest", [0.0, 0.05])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_cut_singular_values_leave_right_derivatives(name, shape, rest, dtype):
    if len(shape) > 2 and "lstsq" in name:
        pytest.skip("both solve one system")
    f, A = FUNCTIONS[name], deficient(shape, 1, rest, dtype)
    direction = RANDOM.uniform(-1, 1, shape) * (1 if dtype == "f8" else 1 - 2j)
    assert np.allclose(eg.jit(f)(A), f(A))

    def loss(A):
        return np.sum(np.sin(np.abs(f(A)) ** 2))

    _, tangent = eg.jvp(f, (A,), (direction,))
    assert np.allclose(tangent, difference(f, A, direction), rtol=1e-5, atol=1e-6)
    gradient = eg.grad(loss)
    along = np.vdot(gradient(A), direction).real
    assert np.allclose(along, difference(loss, A, direction), rtol=1e-4, atol=1e-5)
    if dtype == "f8" and name in ("rcond", "lstsq of scipy"):
        product = eg.hvp(loss)(A, direction)
        assert np.allclose(product, difference(gradient, A, direction), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("shape", [(1, 1), (4, 2), (2, 4)])
@pytest.mark.parametrize("name", ["rcond", "lstsq of scipy"])
def test_gradients_of_gradients_are_products_with_hessians(name, shape):
    A, direction = RANDOM.normal(size=(2, *shape))

    def loss(A):
        return np.sum(np.sin(FUNCTIONS[name](A)))

    nested = eg.grad(lambda A: np.sum(eg.grad(loss)(A) * direction))(A)
    assert np.allclose(nested, eg.hvp(loss)(A, direction))


@pytest.mark.parametrize("tolerance", [1e-14, 1e-8, 1e-3])
@pytest.mark.parametrize("dtype", ["f8", "f4", "c8"])
def test_small_tolerances_lose_no_digits(tolerance, dtype):
    if dtype != "f8" and tolerance < 1e-3:
        pytest.skip("below what the dtype tells apart")
    A = deficient((6, 4), 2, 0.0, dtype)
    found = eg.jit(lambda A: np.linalg.pinv(A, tolerance))(A)
    assert found.dtype == dtype
    assert np.allclose(found, np.linalg.pinv(A, tolerance), atol=1e-5 if dtype != "f8" else 1e-14)
    one, other = (
        eg.grad(lambda A, options=options: np.sum(np.abs(np.linalg.pinv(A, **options)) ** 2))(A)
        for options in ({"rcond": tolerance}, {"rtol": None})
    )
    assert np.allclose(one, other, atol=1e-4 if dtype != "f8" else 1e-12)


@pytest.mark.parametrize("dtype", ["f8", "f4", "c8"])
def test_defaults_that_follow_from_the_dtype_are_those_of_each_function(dtype):
    A, b = deficient((6, 4), 2, 0.0, dtype), np.arange(6).astype(dtype)
    for f in (
        lambda A: np.linalg.pinv(A, rtol=None),
        linalg.pinv,
        lambda A: linalg.pinv(A, return_rank=True)[1],
        lambda A: linalg.pinvh(A @ A.conj().T),
        lambda A: np.linalg.lstsq(A[:, :2], b)[0],
        lambda A: np.linalg.lstsq(A, b, rcond=-1)[2],
        lambda A: linalg.lstsq(A, b)[2],
    ):
        assert np.allclose(eg.jit(f)(A), f(A), atol=1e-3 if dtype != "f8" else 1e-12)


@pytest.mark.parametrize("options", [{}, {"cond": 1e-3}, {"lapack_driver": "gelsy"}])
@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4)])
def test_all_results_of_least_squares_have_their_shapes(shape, options):
    A = RANDOM.normal(size=shape)
    for b in (RANDOM.normal(size=shape[0]), RANDOM.normal(size=(shape[0], 2))):
        pairs = [(linalg.lstsq, options)]
        if "lapack_driver" not in options:
            pairs.append((np.linalg.lstsq, {"rcond": options.get("cond")}))
        for f, given in pairs:
            expected = f(A, b, **given)
            for place, one in enumerate(expected):
                if one is not None:
                    found = eg.jit(lambda A, p=place, f=f, g=given, b=b: f(A, b, **g)[p])(A)
                    assert np.shape(found) == np.shape(one)
                    assert np.allclose(found, one)


def test_matrices_may_be_empty_or_zero():
    for shape in ((0, 0), (0, 3), (3, 0), (2, 0, 3)):
        found = eg.jit(lambda A: np.linalg.pinv(A, 0.1))(np.zeros(shape))
        assert found.shape == np.linalg.pinv(np.zeros(shape), 0.1).shape
    assert not eg.jit(lambda A: np.linalg.pinv(A, 0.1))(np.zeros((2, 3))).any()


def test_one_parameter_by_two_names_and_a_default_of_the_dtype_are_refused():
    with pytest.raises(eg.ArgumentError, match="are one parameter"):
        eg.jit(lambda A: np.linalg.pinv(A, 0.1, rtol=0.2))(np.eye(2))
    with pytest.raises(eg.ArgumentError, match="Give rtol="):
        eg.jit(lambda A: linalg.pinv(A, atol=0.1))(np.eye(2))


def test_the_lower_triangle_is_read_where_a_matrix_is_said_to_be_hermitian():
    A, direction = RANDOM.normal(size=(2, 3, 3))
    for f in (
        lambda A: np.linalg.pinv(A, hermitian=True),
        lambda A: np.linalg.svd(A, hermitian=True, compute_uv=False),
        lambda A: linalg.pinvh(A, lower=False),
    ):
        assert np.allclose(eg.jit(f)(A), f(A))
        _, tangent = eg.jvp(f, (A,), (direction,))
        assert np.allclose(tangent, difference(f, A, direction), atol=1e-6)
