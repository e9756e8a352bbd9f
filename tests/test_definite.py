"""Positive definite matrices: systems and determinants by their Cholesky factors."""

import numpy as np
import pytest
from differences import difference

import einsgrad as eg

RANDOM = np.random.default_rng(11)
BASE = RANDOM.uniform(-1, 1, (4, 4))
PHASES = BASE + 1j * RANDOM.uniform(-1, 1, (4, 4))
RIGHT = np.arange(1.0, 5.0)
COLUMNS = RANDOM.uniform(-1, 1, (4, 3))


def positive(A):
    return A @ np.swapaxes(A.conj(), -1, -2) + np.eye(A.shape[-1])


def turned(A):
    return np.swapaxes(A.conj(), -1, -2)


def by_factor(K):
    """Return the log density of a vector as people write it."""
    L = np.linalg.cholesky(K)
    solution = np.linalg.solve(L.T, np.linalg.solve(L, RIGHT))
    return RIGHT @ solution + 2 * np.sum(np.log(np.diag(L)))


def by_half_solution(K):
    L = np.linalg.cholesky(K)
    half = np.linalg.solve(L, RIGHT)
    return half @ half + 2 * np.log(L.diagonal()).sum()


def by_upper_factor(K):
    U = np.linalg.cholesky(K, upper=True)
    half = np.linalg.solve(U.T, RIGHT)
    return np.sum(half**2) + np.sum(2 * np.log(np.einsum("ii->i", U)))


def by_inverse_of_factor(K):
    root = np.linalg.inv(np.tril(np.linalg.cholesky(K)))
    return RIGHT @ root.T @ root @ RIGHT - 2 * np.log(np.diag(root)).sum()


def by_determinant(K):
    return RIGHT @ np.linalg.solve(K, RIGHT) + np.linalg.slogdet(K)[1]


def by_logarithm(K):
    return RIGHT @ np.linalg.inv(K) @ RIGHT + np.log(np.linalg.det(K))


DENSITIES = [
    by_factor,
    by_half_solution,
    by_upper_factor,
    by_inverse_of_factor,
    by_determinant,
    by_logarithm,
]


def of_base(f):
    return lambda A: f(positive(A))


@pytest.mark.parametrize("f", DENSITIES)
def test_a_log_density_has_the_derivatives_of_the_written_one(f):
    direction = RANDOM.uniform(-1, 1, (4, 4))
    reference = of_base(by_determinant)
    value, gradient = eg.value_and_grad(of_base(f))(BASE)
    assert np.allclose(value, reference(BASE))
    assert np.allclose(np.sum(gradient * direction), difference(reference, BASE, direction))
    _, tangent = eg.jvp(of_base(f), (BASE,), (direction,))
    assert np.allclose(tangent, difference(reference, BASE, direction))
    product = eg.hvp(of_base(f))(BASE, direction)
    assert np.allclose(product, difference(eg.grad(reference), BASE, direction), atol=1e-5)
    hessian = eg.hessian(of_base(f))(BASE)
    assert np.allclose(np.tensordot(hessian, direction, 2), product)


MATRICES = {
    "half solutions": lambda K: (
        np.linalg.solve(np.linalg.cholesky(K), COLUMNS).conj().T
        @ np.linalg.solve(np.linalg.cholesky(K), COLUMNS)
    ),
    "twice": lambda K: np.linalg.solve(
        turned(np.linalg.cholesky(K)), np.linalg.solve(np.linalg.cholesky(K), COLUMNS)
    ),
    "rows": lambda K: COLUMNS.T @ turned(np.linalg.inv(np.linalg.cholesky(K))),
    "product": lambda K: np.linalg.cholesky(K) @ turned(np.linalg.cholesky(K)) @ COLUMNS,
    "diagonal": lambda K: np.log(np.diagonal(np.linalg.cholesky(K)).real),
    "other triangle": lambda K: np.triu(np.linalg.cholesky(K)) @ COLUMNS,
    "below": lambda K: np.tril(np.linalg.cholesky(K), -1) @ COLUMNS,
    "inverse of product": lambda K: np.linalg.inv(
        np.linalg.cholesky(K) @ turned(np.linalg.cholesky(K))
    ),
    "not turned": lambda K: np.linalg.cholesky(K) @ np.linalg.cholesky(K),
    "not met": lambda K: (
        np.linalg.inv(np.linalg.cholesky(K)) @ turned(np.linalg.inv(np.linalg.cholesky(K)))
    ),
    "transposed": lambda K: (
        np.swapaxes(np.linalg.inv(np.linalg.cholesky(K)), -1, -2)
        @ np.linalg.inv(np.linalg.cholesky(K))
    ),
}


@pytest.mark.parametrize("base", [BASE, PHASES], ids=["real", "complex"])
@pytest.mark.parametrize("name", MATRICES)
def test_factors_that_meet_have_numpys_values_and_right_derivatives(name, base):
    f = of_base(MATRICES[name])
    direction = RANDOM.uniform(-1, 1, (4, 4)) * (1 if base is BASE else 1 + 1j)
    assert np.allclose(eg.jit(f)(base), f(base))
    _, tangent = eg.jvp(f, (base,), (direction,))
    assert np.allclose(tangent, difference(f, base, direction), atol=1e-6)


@pytest.mark.parametrize("name", ["half solutions", "twice", "product", "transposed", "not met"])
def test_batches_have_numpys_values_and_right_derivatives(name):
    base = RANDOM.uniform(-1, 1, (2, 4, 4))
    columns = np.stack([COLUMNS, COLUMNS[::-1]])

    def f(A):
        L = np.linalg.cholesky(positive(A))
        half = np.linalg.solve(L, columns)
        return {
            "half solutions": lambda: np.swapaxes(half, 1, 2) @ half,
            "twice": lambda: np.linalg.solve(np.swapaxes(L, 1, 2), half),
            "product": lambda: L @ np.swapaxes(L, 1, 2),
            "transposed": lambda: np.swapaxes(np.linalg.inv(L), 1, 2) @ np.linalg.inv(L),
            "not met": lambda: np.log(np.diagonal(L, axis1=1, axis2=2)).sum(-1),
        }[name]()

    direction = RANDOM.uniform(-1, 1, base.shape)
    assert np.allclose(eg.jit(f)(base), f(base))
    _, tangent = eg.jvp(f, (base,), (direction,))
    assert np.allclose(tangent, difference(f, base, direction), atol=1e-6)


def test_what_the_factors_become_is_short():
    K, y = eg.variables("K[n,n] y[n]", symmetric="K")
    L = eg.cholesky(K)
    whole = eg.solve(L.T, eg.solve(L, y))
    assert whole is not eg.solve(eg.positive_definite(K), y)
    assert eg.simplify(whole) is eg.simplify(eg.solve(eg.positive_definite(K), y))
    logarithm = eg.simplify(eg.logdet(eg.positive_definite(K)))
    assert eg.simplify(2 * eg.sum(eg.log(eg.diag(L)))) is logarithm
    assert eg.simplify(L @ L.T) is eg.positive_definite(K)
    assert eg.simplify(eg.cholesky(eg.positive_definite(K))) is L
    twice = eg.positive_definite(eg.positive_definite(K))
    assert eg.simplify(twice) is eg.positive_definite(K)


@pytest.mark.parametrize("f", DENSITIES[:4])
def test_a_matrix_that_is_not_positive_definite_is_an_error(f):
    for matrix in (-np.eye(4), np.ones((4, 4)) - np.eye(4), 1 - 2 * np.eye(4)):
        for transform in (eg.jit, eg.grad, eg.hessian):
            with pytest.raises(eg.MatrixError, match="not positive definite"):
                transform(f)(matrix)


def test_what_is_said_to_be_positive_definite_is_checked():
    array = positive(BASE)
    checked = eg.jit(lambda K: np.linalg.solve(eg.positive_definite(K), RIGHT))
    assert np.allclose(checked(array), np.linalg.solve(array, RIGHT))
    assert np.array_equal(eg.jit(eg.positive_definite)(array), (array + array.T) / 2)
    for wrong in (checked, eg.jit(eg.positive_definite)):
        with pytest.raises(eg.MatrixError, match="not positive definite"):
            wrong(-array)
    with pytest.raises(eg.ShapeError, match="a square matrix is needed"):
        eg.positive_definite(eg.variables("A[m,n]")[0])


def test_a_likelihood_with_its_gradient_needs_one_factorisation(monkeypatch):
    linalg = pytest.importorskip("scipy.linalg")
    asked = []
    original = linalg.get_lapack_funcs

    def counted(names, arrays=()):
        asked.extend(names)
        return original(names, arrays)

    for f in DENSITIES[:4]:
        function = eg.value_and_grad(eg.jit(f))
        function(positive(BASE))
        asked.clear()
        monkeypatch.setattr(linalg, "get_lapack_funcs", counted)
        function(positive(BASE))
        monkeypatch.undo()
        assert [name for name in asked if name in ("potrf", "getrf")] == ["potrf"]


def test_a_variable_that_is_declared_positive_definite_is_factorised_by_cholesky():
    K, y = eg.variables("K[n,n] y[n]", positive_definite="K")
    array = positive(BASE)
    values = {
        eg.solve(K, y): np.linalg.solve(array, RIGHT),
        eg.log(eg.det(K)) + eg.det(K): np.linalg.slogdet(array)[1] + np.linalg.det(array),
        eg.logdet(K): np.linalg.slogdet(array)[1],
        eg.inverse(K): np.linalg.inv(array),
        eg.grad(y @ eg.solve(K, y), K): -np.outer(
            np.linalg.solve(array, RIGHT), np.linalg.solve(array, RIGHT)
        ),
    }
    for expr, expected in values.items():
        given = {"K": array, "y": RIGHT}
        f = eg.compile(expr)
        assert np.allclose(f(**{name: given[name] for name in f.variables}), expected)
        with pytest.raises(eg.MatrixError, match="not positive definite"):
            f(**{name: {"K": -array, "y": RIGHT}[name] for name in f.variables})
    assert eg.is_symmetric(K)
    assert eg.simplify(eg.positive_definite(K)) is K
    assert eg.parse("K @ y", "K[n,n] y[n]", positive_definite="K") is K @ y
    assert eg.check_grads(y @ eg.solve(K, y) + eg.log(eg.det(K))).order == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"positive_definite": "X"}, "X' is declared positive definite and is no square"),
        ({"positive_definite": "Q"}, "'Q' is not among"),
        ({"positive_definite": "K", "skew": "K"}, "positive definite and skew-symmetric, and no"),
    ],
)
def test_a_declaration_that_cannot_be_is_an_error(options, message):
    with pytest.raises(eg.ArgumentError, match=message):
        eg.variables("K[n,n] X[n,m]", **options)
