"""Inverses that meet their matrix, and squares of lengths: the value stays, the root goes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.engine.evaluation import evaluate_expr
from einsgrad.expressions.nodes import Map, MatrixMap, Reduce
from einsgrad.expressions.walks import topological, variables_in

A, B, S, W = eg.variables("A[n,n] B[n,n] S[n,n] W[m,n]", symmetric="S")
x, y = eg.variables("x[n] y[n]")
T, z = eg.variables("T[b,n,n] z[n]", complex="z")
N = 3
rng = np.random.default_rng(5)
VALUES = {name: np.eye(N) + rng.uniform(-0.3, 0.3, (N, N)) for name in "AB"}
VALUES |= {"S": VALUES["A"] @ VALUES["A"].T, "W": rng.uniform(-1, 1, (5, N))}
VALUES |= {"T": np.eye(N) + rng.uniform(-0.3, 0.3, (2, N, N))}
VALUES |= {"x": rng.standard_normal(N), "y": rng.standard_normal(N)}
VALUES |= {"z": rng.standard_normal(N) + 1j * rng.standard_normal(N)}
MATRICES = [
    lambda A, B, S, W: A,
    lambda A, B, S, W: S,
    lambda A, B, S, W: A @ B,
    lambda A, B, S, W: W.T @ W,
    lambda A, B, S, W: A + B,
    lambda A, B, S, W: A.T - 3 * B,
    lambda A, B, S, W: A @ S @ A.T,
    lambda A, B, S, W: 2 * B.T,
]
CLOSERS = {
    "matrix": (lambda P: P, lambda P: P),
    "trace": (eg.trace, np.trace),
    "row sums": (lambda P: P.sum(axis=1), lambda P: P.sum(axis=1)),
    "entry by entry": (lambda P: P * A, lambda P: P * VALUES["A"]),
    "diagonal": (lambda P: eg.einsum("ii->i", P), np.diagonal),
}


def given_to(expr):
    return {node.name: VALUES[node.name] for node in variables_in(expr)}


@st.composite
def words(draw):
    """A product of matrices, inverses and transposes, symbolic and as an array."""
    chosen = draw(st.lists(st.sampled_from(MATRICES), min_size=1, max_size=2))
    product, value = eg.eye("n"), np.eye(N)
    for _ in range(draw(st.integers(1, 4))):
        make = draw(st.sampled_from(chosen))
        factor, array = make(A, B, S, W), make(*(VALUES[name] for name in "ABSW"))
        if draw(st.booleans()):
            factor, array = eg.inverse(factor), np.linalg.inv(array)
        if draw(st.booleans()):
            factor, array = factor.T, array.T
        product, value = product @ factor, value @ array
    return product, value


@given(word=words(), closer=st.sampled_from(list(CLOSERS)))
def test_a_product_with_inverses_keeps_its_value(word, closer):
    product, value = word
    symbolic, numeric = CLOSERS[closer]
    simple = eg.simplify(symbolic(product))
    sizes = {"n": N, "m": 5}
    np.testing.assert_allclose(
        evaluate_expr(simple, given_to(simple), sizes), numeric(value), rtol=1e-8, atol=1e-8
    )
    assert eg.simplify(simple) is simple


@pytest.mark.parametrize("number", range(len(MATRICES)))
def test_an_inverse_cancels_its_matrix(number):
    matrix = MATRICES[number](A, B, S, W)
    identity, inverse = eg.eye("n"), eg.inverse(matrix)
    for product in (inverse @ matrix, matrix @ inverse, (inverse @ matrix).T):
        assert eg.simplify(product) is identity
    assert eg.simplify(inverse @ eg.simplify(matrix @ x)) is x
    assert eg.simplify(eg.trace(matrix @ inverse)) is eg.simplify(eg.trace(identity))


def test_cancelling_leaves_other_sums_alone():
    projection = W @ eg.inverse(W.T @ W) @ W.T
    assert eg.simplify(projection @ projection) is eg.simplify(projection)
    assert str(eg.simplify(eg.trace(projection))) == "n"
    batched = eg.einsum("bij,bjk->ik", eg.inverse(T), T)
    found = evaluate_expr(batched, given_to(batched), {"b": 2})
    np.testing.assert_allclose(found, 2 * np.eye(N), atol=1e-12)
    assert not any(isinstance(node, MatrixMap) for node in topological(eg.simplify(batched)))
    for kept in ("ij,jk->ijk", "ij,ij->", "ij,ik->jk"):
        simple = eg.simplify(eg.einsum(kept, eg.inverse(A), A))
        expected = np.einsum(kept, np.linalg.inv(VALUES["A"]), VALUES["A"])
        np.testing.assert_allclose(evaluate_expr(simple, given_to(simple)), expected, rtol=1e-10)


def test_derivatives_through_cancelled_inverses():
    assert eg.jacobian(eg.solve(A, A @ x), x) is eg.eye("n")
    assert repr(eg.grad(eg.trace(eg.inverse(A) @ A @ B), A)) == "zeros[n,n]"


LENGTHS = {
    "norm": (eg.norm(x), lambda: np.linalg.norm(VALUES["x"])),
    "norm of rows": (eg.norm(W, axis=1), lambda: np.linalg.norm(VALUES["W"], axis=1)),
    "abs": (eg.abs(x), lambda: np.abs(VALUES["x"])),
    "hypot": (eg.hypot(x, y), lambda: np.hypot(VALUES["x"], VALUES["y"])),
    "modulus": (eg.abs(z), lambda: np.abs(VALUES["z"])),
    "complex norm": (eg.norm(z), lambda: np.linalg.norm(VALUES["z"])),
}
ROOTS = {"norm", "abs", "hypot", "sqrt"}


def is_odd_root(node):
    return isinstance(node, Map) and node.function.name == "power" and node.operands[1].value % 1


def has_root(expr):
    return any(
        isinstance(node, Map | Reduce) and (node.function.name in ROOTS or is_odd_root(node))
        for node in topological(expr)
    )


@pytest.mark.parametrize("name", LENGTHS)
@pytest.mark.parametrize("times", [2, 3, 4])
def test_an_even_power_of_a_length_has_no_root(name, times):
    length, value = LENGTHS[name]
    power = length
    for _ in range(times - 1):
        power = power * length
    simple = eg.simplify(power)
    assert has_root(simple) == (times % 2 == 1)
    np.testing.assert_allclose(
        evaluate_expr(simple, given_to(simple)), value() ** times, rtol=1e-12
    )
    total = eg.simplify(eg.sum(power))
    np.testing.assert_allclose(
        evaluate_expr(total, given_to(total)), np.sum(value() ** times), rtol=1e-12
    )
    assert eg.check_grads(eg.sum(power), given_to(power)).error < 1e-6


def test_the_square_of_a_norm_has_the_gradient_of_a_sum_of_squares():
    residual = W @ x - eg.variables("t[m]")[0]
    assert eg.grad(0.5 * eg.norm(residual) ** 2, x) is eg.simplify(W.T @ residual)
    at_zero = eg.evaluate(eg.grad(eg.norm(x) ** 2, x), x=np.zeros(3))
    assert np.array_equal(at_zero, np.zeros(3))


@pytest.mark.parametrize("exponent", [-1, -2, 0.5, -0.5, 3])
def test_a_power_of_the_identity_keeps_its_diagonal(exponent):
    powers = eg.eye("n") ** exponent
    with np.errstate(divide="ignore"):
        ones = eg.evaluate(eg.diag(powers), sizes={"n": N})
        found = eg.evaluate(eg.diag(A * powers), A=VALUES["A"])
    assert np.allclose(ones, 1)
    assert np.allclose(found, np.diag(VALUES["A"]))
