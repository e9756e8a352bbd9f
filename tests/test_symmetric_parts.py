"""Terms that differ in the transpose of one matrix are one term."""

import numpy as np
import pytest

import einsgrad as eg

A, B, S, X = eg.variables("A[n,n] B[n,n] S[n,n] X[n,m]", symmetric=["S"])
x, b, c = eg.variables("x[n] b[n] c")
RANDOM = np.random.default_rng(2)
ARRAYS = {name: RANDOM.integers(-3, 4, (3, 3)) for name in "ABS"}
ARRAYS |= {"X": RANDOM.integers(-3, 4, (3, 2)), "x": np.array([1, -2, 2]), "b": np.array([0, 3, 1])}
ARRAYS |= {"S": ARRAYS["A"] + ARRAYS["A"].T, "c": 2}

JOINED = [
    (A @ x + A.T @ x, (A + A.T) @ x),
    (A @ x - A.T @ x + b, (A - A.T) @ x + b),
    (3 * c * X.T @ A @ X + 3 * c * X.T @ A.T @ X, 3 * c * X.T @ (A + A.T) @ X),
    (
        A @ B @ x + A.T @ B @ x + A @ B.T @ x + A.T @ B.T @ x,
        (A + A.T) @ (B + B.T) @ x,
    ),
    (A @ S @ x + A.T @ S @ x, (A.T + A) @ S @ x),
    (eg.grad(x @ A @ x + b @ x, x), (A + A.T) @ x + b),
    (2 * A @ x + A.T @ x, (2 * A + A.T) @ x),
]


@pytest.mark.parametrize(("one", "other"), JOINED)
def test_a_matrix_and_its_transpose_are_added_before_they_are_multiplied(one, other):
    simple = eg.simplify(one)
    assert simple is eg.simplify(other)
    assert eg.simplify(simple) is simple
    names = {node.name for node in (A, B, S, X, x, b, c) if node.name in repr(one)}
    given = {name: ARRAYS[name] for name in names}
    assert np.array_equal(
        eg.evaluate(simple, sizes={"n": 3, "m": 2}, **given),
        eg.evaluate(other, sizes={"n": 3, "m": 2}, **given),
    )


@pytest.mark.parametrize(
    "expr",
    [A + A.T, A @ x + A.T @ b, eg.outer(A @ x, b) + eg.outer(A @ b, x)],
)
def test_other_terms_stay_apart(expr):
    assert len(eg.simplify(expr).terms) == 2


def test_a_number_before_a_term_joins_a_sum_that_multiplies_it():
    s, x, y = eg.variables("s x[n] y[n]")
    assert eg.simplify((1 + s) * x - x) is eg.simplify(s * x)
    assert eg.simplify((1 + x @ y) * y + 2 * y) is eg.simplify((3 + x @ y) * y)
    assert eg.simplify(2 * (s - 1) * x + 2 * x - y) is eg.simplify(2 * s * x - y)
    assert eg.simplify((s - x @ x) * y + (x @ x) * y) is eg.simplify(s * y)
    data = {"s": 0.3, "x": np.array([1.0, -2.0]), "y": np.array([0.5, 0.7])}
    found = eg.evaluate((1 + s) * x + x * s - 4 * x, data)
    np.testing.assert_allclose(found, (2 * 0.3 - 3) * data["x"])
