"""Systems in tensors and Newton steps as formulas, against numpy's solutions of flat systems."""

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.expressions.walks import variables_in

SIZES = {"n": 3, "k": 2, "m": 4}
U, V, R, G, W, P, T = eg.variables("U[n,k] V[m,k] R[n,m] G[n,k] W[n,m] P[n,k] T[n,k,m]")
A, B, C, Q, x, t, X, s = eg.variables("A[n,n] B[k,k] C[n,n] Q[n,n] x[n] t[m] X[m,n] s")
I = {dim: eg.eye(dim) for dim in "nkm"}  # noqa: E741
LOSS = eg.sum_squares(U @ V.T - R)

SYSTEMS = {
    "factorisation": (eg.hessian(LOSS, U), G, "1/2 G (Vᵀ V)⁻¹"),
    "with a ridge": (eg.hessian(LOSS + 0.3 * eg.sum_squares(U), U), G, None),
    "a block for each row": (eg.hessian(eg.sum(eg.exp(W) * (U @ V.T - R) ** 2), U), G, None),
    "a number for each entry": (eg.hessian(eg.sum(eg.exp(U)), U), G, "G ⊙ exp(-U)"),
    "a multiple of the identity": (3 * eg.hessian(eg.sum_squares(U), U), G, "1/6 G"),
    "product": (eg.einsum("ij,kl->ikjl", A, B), P, "A⁻¹ P B⁻ᵀ"),
    "product of products": (3 * eg.einsum("ij,kl->ikjl", A @ A, B), P, "1/3 A⁻² P B⁻ᵀ"),
    "axes exchanged": (eg.einsum("il,jk->ijkl", I["n"], C), Q, "C⁻¹ Qᵀ"),
    "three axes": (eg.einsum("nN,mM,kK->nkmNKM", I["n"], I["m"], B), T, None),
    "sum of blocks": (
        eg.einsum("ij,kl->ikjl", I["n"], B) + eg.einsum("ij,kl->ikjl", I["n"], B @ B),
        P,
        None,
    ),
}


def arrays_for(*exprs, seed=0):
    generator = np.random.default_rng(seed)
    found = {}
    for one in variables_in(*exprs):
        array = generator.standard_normal([SIZES[dim] for dim in one.shape])
        is_square = len(one.shape) == 2 and one.shape[0] == one.shape[1]
        found[one.name] = array + 3 * np.eye(len(array)) if is_square else array
    return found


def value(expr, arrays, **sizes):
    given = {one.name: arrays[one.name] for one in variables_in(expr)}
    return eg.evaluate(expr, given, sizes=SIZES)


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_system_in_tensors_has_the_solution_of_the_flat_system(name):
    tensor, right, text = SYSTEMS[name]
    found = eg.simplify(eg.solve(tensor, right))
    assert text is None or str(found) == text
    arrays = arrays_for(tensor, right)
    H, G = value(tensor, arrays), value(right, arrays)
    expected = np.linalg.solve(H.reshape(G.size, G.size), G.ravel()).reshape(G.shape)
    assert np.allclose(value(found, arrays), expected, rtol=1e-9, atol=1e-12)


def test_matrices_and_numpys_stacks_are_solved_as_before():
    assert eg.solve(A, x) is eg.inverse(A) @ x
    assert eg.solve(A, C) is eg.inverse(A) @ C
    stack, matrix = eg.variables("stack[n,n,n,n] matrix[n,n]")
    given = np.eye(3) + np.random.default_rng(0).random((3, 3, 3, 3)) / 9
    right = np.random.default_rng(1).random((3, 3))
    found = np.linalg.solve(stack, matrix)
    solved = eg.evaluate(found, stack=given, matrix=right)
    assert np.allclose(solved, np.linalg.solve(given, right))


@pytest.mark.parametrize(
    "tensor", [eg.hessian(eg.sum_squares(A @ P @ B + P), P), eg.variables("H[n,k,n,k]")[0]], ids=str
)
def test_what_has_no_formula_is_refused(tensor):
    with pytest.raises(eg.ArgumentError, match="no matrix in one axis"):
        eg.solve(tensor, P)


STEPS = {
    "factorisation": (eg.newton_step(LOSS, U), "U + (R - U Vᵀ) V (Vᵀ V)⁻¹"),
    "least squares": (eg.newton_step(eg.sum_squares(X @ x - t), x), "x + (Xᵀ X)⁻¹ Xᵀ (t - X x)"),
    "number": (eg.newton_step(eg.exp(s) - 2 * s, s), "s + exp(-s) (2 - exp(s))"),
    "residuals": (eg.gauss_newton_step(X @ x - t, x), "x + (Xᵀ X)⁻¹ Xᵀ (t - X x)"),
    "residuals of a matrix": (eg.gauss_newton_step(U @ V.T - R, U), "U + (R - U Vᵀ) V (Vᵀ V)⁻¹"),
    "natural": (eg.natural_gradient_step(eg.sum(eg.exp(x)), x, A), "x - A⁻¹ exp(x)"),
}


def test_steps_are_written_as_by_hand():
    for name, (step, text) in STEPS.items():
        assert str(step) == text, name


def test_newton_steps_find_where_the_gradient_is_zero():
    loss = eg.logsumexp(X @ x) + 0.5 * eg.sum_squares(x - 1)
    step, gradient = eg.newton_step(loss, x), eg.grad(loss, x)
    point = np.zeros(3)
    given = {"X": np.random.default_rng(0).standard_normal((4, 3))}
    for _ in range(8):
        point = eg.evaluate(step, x=point, **given)
    assert np.abs(eg.evaluate(gradient, x=point, **given)).max() < 1e-12
    root = 0.0
    for _ in range(8):
        root = eg.evaluate(STEPS["number"][0], s=root)
    assert np.isclose(root, np.log(2), rtol=1e-14)


def test_a_gauss_newton_step_is_that_of_the_linearised_problem():
    residual = eg.tanh(X @ x) - t
    arrays = {"X": np.random.default_rng(0).standard_normal((4, 3)), "x": np.ones(3) / 5}
    arrays["t"] = np.array([0.1, -0.3, 0.2, 0.5])
    found = eg.evaluate(eg.gauss_newton_step(residual, x), **arrays)
    slopes = eg.evaluate(eg.jacobian(residual, x), X=arrays["X"], x=arrays["x"])
    expected = np.linalg.lstsq(slopes, eg.evaluate(residual, **arrays))[0]
    assert np.allclose(found, arrays["x"] - expected)


def test_what_is_no_number_or_no_metric_is_refused():
    with pytest.raises(eg.ArgumentError, match="gauss_newton_step"):
        eg.newton_step(X @ x, x)
    with pytest.raises(eg.ShapeError, match="metric"):
        eg.natural_gradient_step(eg.sum(x), x, B)
