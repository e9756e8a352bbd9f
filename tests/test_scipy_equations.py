"""Equations for a matrix that scipy.linalg solves: its values, derivatives against differences."""

import numpy as np
import pytest
from differences import difference

import einsgrad as eg

linalg = pytest.importorskip("scipy.linalg")
RANDOM = np.random.default_rng(8)
FUNCTIONS = {
    "solve_sylvester": (linalg.solve_sylvester, "mm nn mn"),
    "solve_continuous_lyapunov": (linalg.solve_continuous_lyapunov, "mm mm"),
    "solve_lyapunov": (linalg.solve_lyapunov, "mm mm"),
    "solve_discrete_lyapunov": (linalg.solve_discrete_lyapunov, "mm mm"),
    "by the direct method": (
        lambda a, q: linalg.solve_discrete_lyapunov(a, q, method="direct"),
        "mm mm",
    ),
}
SIZES = [(3, 3), (4, 2), (2, 3), (1, 1), (1, 2)]


def operands(shapes, sizes, batch=(), dtype="f8"):
    """Draw matrices; those that are square have eigenvalues around 3."""
    letters = dict(zip("mn", sizes, strict=True))
    found = []
    for pair in shapes.split():
        shape = (*batch, *(letters[letter] for letter in pair))
        entries = RANDOM.uniform(-1, 1, shape) + 1j * RANDOM.uniform(-1, 1, shape)
        matrix = entries if np.dtype(dtype).kind == "c" else entries.real
        found.append(matrix + (3 * np.eye(shape[-1]) if pair != "mn" else 0))
    return [one.astype(dtype) for one in found]


@pytest.mark.parametrize("dtype", ["f8", "c16"])
@pytest.mark.parametrize("batch", [(), (2,)])
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_solutions_are_scipys_and_derivatives_agree_with_differences(name, sizes, batch, dtype):
    f, shapes = FUNCTIONS[name]
    arrays = operands(shapes, sizes, batch, dtype)
    assert np.allclose(eg.jit(f)(*arrays), f(*arrays))
    for place, x in enumerate(arrays):

        def of_one(x, place=place):
            return f(*arrays[:place], x, *arrays[place + 1 :])

        def loss(x, of_one=of_one):
            return np.sum(np.sin(np.abs(of_one(x)) ** 2))

        direction = RANDOM.uniform(-1, 1, x.shape) * (1 if dtype == "f8" else 1 - 2j)
        _, tangent = eg.jvp(of_one, (x,), (direction,))
        assert np.allclose(tangent, difference(of_one, x, direction), atol=1e-7)
        gradient = eg.grad(loss)
        along = np.vdot(gradient(x), direction).real
        assert np.allclose(along, difference(loss, x, direction), atol=1e-6)
        if dtype == "f8":
            product = eg.hvp(loss)(x, direction)
            assert np.allclose(product, difference(gradient, x, direction), atol=1e-5)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_dtypes_are_kept_and_matrices_may_be_empty(name):
    f, shapes = FUNCTIONS[name]
    for dtype in ("f4", "c8", "f8"):
        arrays = operands(shapes, (3, 2), (), dtype)
        found = eg.jit(f)(*arrays)
        assert found.dtype == dtype
        assert np.allclose(found, f(*arrays), atol=1e-4)
    empty = operands(shapes, (0, 0))
    assert eg.jit(f)(*empty).shape == (0, 0)
    assert eg.grad(lambda x: np.sum(f(x, *empty[1:])))(empty[0]).shape == (0, 0)


def test_a_size_may_be_a_name():
    A, Q = eg.variables("A[n,n] Q[n,n]")
    expr = eg.sum(eg.sin(linalg.solve_discrete_lyapunov(A, Q)))
    a, q = operands("mm mm", (3, 3))
    assert eg.check_grads(expr, {"A": a, "Q": q}).order == 2
    with pytest.raises(eg.ArgumentError, match="sizes are needed"):
        linalg.solve_sylvester(*eg.variables("A[m,m] B[n,n] Q[m,n]"))


def test_what_has_no_solution_or_does_not_fit_is_an_error():
    turn, one = np.array([[0.0, 1.0], [-1.0, 0.0]]), np.eye(2)
    with pytest.raises(eg.MatrixError, match="ingular"):
        eg.grad(lambda a: np.sum(linalg.solve_continuous_lyapunov(a, one)))(turn)
    with pytest.raises(eg.MatrixError, match="ingular"):
        eg.grad(lambda a: np.sum(linalg.solve_sylvester(a, -one, one)))(one)
    with pytest.raises(eg.ShapeError, match="is no right side"):
        eg.grad(lambda a: np.sum(linalg.solve_sylvester(a, one, np.ones((3, 2)))))(one)
    with pytest.raises(eg.ShapeError, match="is no square matrix"):
        eg.grad(lambda a: np.sum(linalg.solve_discrete_lyapunov(a, one)))(np.ones((3, 2)))


def positive(A):
    return A @ A.conj().T + np.eye(len(A))


RICCATI = {
    "a": lambda f, a, b, q, r, s: lambda x: f(x, b, positive(q), positive(r)),
    "b": lambda f, a, b, q, r, s: lambda x: f(a, x, positive(q), positive(r)),
    "q": lambda f, a, b, q, r, s: lambda x: f(a, b, positive(x), positive(r)),
    "r": lambda f, a, b, q, r, s: lambda x: f(a, b, positive(q), positive(x)),
    "s": lambda f, a, b, q, r, s: lambda x: f(a, b, positive(q), positive(r), s=0.1 * x),
}


@pytest.mark.parametrize("dtype", ["f8", "c16"])
@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("f", [linalg.solve_continuous_are, linalg.solve_discrete_are])
def test_solutions_of_riccati_equations_have_derivatives_in_each_matrix(f, place, dtype):
    imaginary = 1j if dtype == "c16" else 0
    shapes = [(3, 3), (3, 2), (3, 3), (2, 2), (3, 2)]
    arrays = [RANDOM.normal(size=s) + imaginary * RANDOM.normal(size=s) for s in shapes]
    of_one, x = list(RICCATI.values())[place](f, *arrays), arrays[place]
    direction = RANDOM.uniform(-1, 1, x.shape) * (1 - 2 * imaginary)
    assert np.allclose(eg.jit(of_one)(x), of_one(x))

    def loss(x):
        return np.sum(np.sin(np.abs(of_one(x))))

    _, tangent = eg.jvp(of_one, (x,), (direction,))
    assert np.allclose(tangent, difference(of_one, x, direction), rtol=1e-4, atol=1e-5)
    gradient = eg.grad(loss)
    along = np.vdot(gradient(x), direction).real
    assert np.allclose(along, difference(loss, x, direction), rtol=1e-4, atol=1e-4)
    if dtype == "f8":
        product = eg.hvp(loss)(x, direction)
        assert np.allclose(product, difference(gradient, x, direction), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("f", [linalg.solve_continuous_are, linalg.solve_discrete_are])
def test_a_system_that_nothing_controls_has_no_stabilising_solution(f):
    with pytest.raises(eg.MatrixError):
        eg.grad(lambda a: np.sum(f(a, np.zeros((2, 1)), np.eye(2), np.eye(1))))(2 * np.eye(2))
