"""Inverses that are contracted are solved with; the numbers are numpy's."""

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.engine.programs.steps import ApplyMatrix, Solve

GENERATOR = np.random.default_rng(0)
A = GENERATOR.standard_normal((4, 4)) + 4 * np.eye(4)
B = GENERATOR.standard_normal((4, 3))
b = GENERATOR.standard_normal(4)
g = GENERATOR.standard_normal(4)
X, Y, x, c = eg.variables("X[n,n] Y[n,m] x[n] c[n]")
SOLUTION = np.linalg.solve(A, b)

PRODUCTS = {
    "vector": (eg.solve(X, x), SOLUTION, 1),
    "columns": (eg.solve(X, Y), np.linalg.solve(A, B), 1),
    "from the left": (c @ eg.inverse(X), np.linalg.solve(A.T, g), 1),
    "both sides": (c @ eg.inverse(X) @ x, g @ SOLUTION, 1),
    "twice": (eg.solve(X, eg.solve(X, x)), np.linalg.solve(A, SOLUTION), 2),
    "pullback in the right side": (
        eg.vjp(eg.solve(X, x), x, c),
        np.linalg.solve(A.T, g),
        1,
    ),
    "pullback in the matrix": (
        eg.vjp(eg.solve(X, x), X, c),
        -np.outer(np.linalg.solve(A.T, g), SOLUTION),
        2,
    ),
    "jacobian in the matrix": (
        eg.jacobian(eg.solve(X, x), X),
        -np.einsum("im,n->imn", np.linalg.inv(A), SOLUTION),
        None,
    ),
    "trace": (eg.trace(eg.inverse(X)), np.trace(np.linalg.inv(A)), None),
    "elementwise": (eg.inverse(X) * X, np.linalg.inv(A) * A, None),
    "quadratic in the inverse": (
        eg.simplify(c @ eg.inverse(X) @ eg.inverse(X).T @ c),
        np.sum(np.linalg.solve(A.T, g) ** 2),
        2,
    ),
}


@pytest.mark.parametrize("name", PRODUCTS)
def test_a_product_with_an_inverse_is_solved(name):
    expr, expected, solves = PRODUCTS[name]
    found = eg.evaluate(expr, X=A, Y=B, x=b, c=g)
    assert np.allclose(found, expected, rtol=1e-10)
    if solves is not None:
        function = eg.compile(expr)
        arrays = {"X": A, "Y": B, "x": b, "c": g}
        function(**{v: arrays[v] for v in function.variables})
        steps = function.program.steps
        assert sum(isinstance(step, Solve) for step in steps) == solves
        assert not any(isinstance(step, ApplyMatrix) for step in steps)


def test_a_singular_matrix_is_reported():
    with pytest.raises(np.linalg.LinAlgError):
        eg.evaluate(eg.solve(X, x), X=np.zeros((4, 4)), x=b)
