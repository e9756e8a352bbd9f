"""Vec and Kronecker form: the printed matrix, built by numpy, is the reshaped Jacobian."""

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.expressions.walks import variables_in

SIZES = {"m": 2, "n": 3, "p": 4, "q": 5}
A, X, B, C, x, W, S, y = eg.variables(
    "A[m,n] X[n,p] B[p,q] C[m,p] x[n] W[n,n] S[n,n] y[n]", symmetric="S"
)
CASES = [
    (A @ X @ B, X),
    (X, X),
    (X.T, X),
    (X.T @ X, X),
    (X @ X.T, X),
    (A @ X @ X.T @ A.T, X),
    (eg.inverse(W), W),
    (W @ W, W),
    (W @ y, W),
    (W.T @ y, W),
    (eg.outer(x, x), x),
    (eg.outer(x, y), y),
    (eg.tanh(A @ X), X),
    (C * (A @ X), X),
    (eg.trace(W) * W, W),
    (eg.sum_squares(A @ X - C), X),
    (eg.diag(x), x),
    (eg.diag(x) @ W, x),
    (W @ eg.diag(x), x),
    (W @ S @ W.T, W),
    (W @ S @ W, S),
    (eg.softmax(x), x),
    (A @ x, x),
    (eg.grad(eg.sum_squares(A @ X - C), X), X),
    (eg.grad(eg.logdet(W), W), W),
    (eg.sum(W) * x, W),
    ((x @ W @ x) * W, W),
    (eg.outer(x, y) * W, y),
    (W.T * W, W),
    (X / eg.norm(X), X),
    (3 * eg.outer(x, y) + W, x),
]


def vec(matrix, stacking):
    return matrix.reshape(-1, order="F" if stacking == "columns" else "C")


def commutation(m, n):
    """Return the matrix that takes stacked columns to stacked rows, entry by entry."""
    matrix = np.zeros((m * n, m * n))
    for i in range(m):
        for j in range(n):
            matrix[i * n + j, j * m + i] = 1
    return matrix


def evaluated(text, arrays, stacking):
    """Run the ASCII text with numpy."""
    formula, *notes = text.split("\n")
    known = {
        "kron": np.kron,
        "K": lambda m, n: commutation(SIZES[m], SIZES[n]),
        "vec": lambda matrix: vec(matrix, stacking),
        "row": lambda v: v[None, :],
        "col": lambda v: v[:, None],
        "eye": lambda dim: np.eye(SIZES[dim]),
        "ones": lambda dim: np.ones(SIZES[dim]),
        "outer": np.outer,
        "diag": np.diag,
        "trace": np.trace,
        "inverse": np.linalg.inv,
        "norm": np.linalg.norm,
        "sum_squares": lambda v: np.sum(v * v),
        "tanh": np.tanh,
        "softmax": lambda v: np.exp(v) / np.exp(v).sum(),
    } | arrays
    for note in reversed(notes):
        name, _, value = note.removeprefix("where ").partition(" = ")
        known[name] = eval(value, dict(known))
    return eval(formula, known)


def reshaped(expr, wrt, arrays, stacking):
    """Stack the axes of the Jacobian as vec stacks matrices."""
    jacobian = eg.evaluate(eg.jacobian(expr, wrt), sizes=SIZES, **arrays)
    rank = len(expr.shape)
    axes = [*range(jacobian.ndim)]
    rows, columns = axes[:rank], axes[rank:]
    if stacking == "columns":
        rows, columns = rows[::-1], columns[::-1]
    shape = np.prod([jacobian.shape[a] for a in rows], dtype=int), -1
    return jacobian.transpose(rows + columns).reshape(shape)


@pytest.mark.parametrize("layout", ["numerator", "denominator"])
@pytest.mark.parametrize("stacking", ["columns", "rows"])
@pytest.mark.parametrize(("expr", "wrt"), CASES, ids=[eg.show(expr)[:30] for expr, _ in CASES])
def test_the_printed_matrix_is_the_reshaped_jacobian(expr, wrt, stacking, layout):
    generator = np.random.default_rng(3)
    arrays = {
        v.name: generator.uniform(0.5, 1.5, [SIZES[d] for d in v.shape])
        for v in variables_in(expr, wrt)
    }
    if "S" in arrays:
        arrays["S"] = arrays["S"] + arrays["S"].T
    form = eg.vec_jacobian(expr, wrt, stacking=stacking, layout=layout)
    found = np.atleast_1d(evaluated(form.matrix(ascii=True), arrays, stacking))
    expected = reshaped(expr, wrt, arrays, stacking)
    if not expr.shape:
        expected = expected[0]
    elif layout == "denominator":
        expected = expected.T
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_the_conventions_are_always_stated():
    for stacking in ("columns", "rows"):
        for layout in ("numerator", "denominator"):
            text = str(eg.vec_jacobian(A @ X @ B, X, stacking=stacking, layout=layout))
            assert f"vec stacks {stacking}" in text
            assert f"{layout} layout" in text
    assert str(eg.vec_jacobian(X.T, X)).startswith("∂vec(Y)/∂vec(X)ᵀ = K_np\n")
    assert "K_mn takes" in str(eg.vec_jacobian(X.T, X))
    denominator = eg.vec_jacobian(A @ X @ B, X, layout="denominator")
    assert str(denominator).startswith("∂vec(Y)ᵀ/∂vec(X) = B ⊗ Aᵀ")


def test_the_latex_of_a_kronecker_form():
    assert eg.vec_jacobian(A @ X @ B, X).latex == (
        r"\frac{\partial \operatorname{vec}(Y)}{\partial \operatorname{vec}(X)^{\top}}"
        r" = B^{\top} \otimes A"
        r" \quad \text{(vec stacks columns, numerator layout)}"
    )


def test_what_has_no_kronecker_form_is_an_error():
    with pytest.raises(eg.ArgumentError, match="no Kronecker form"):
        eg.vec_jacobian(eg.diag(W), W)
    with pytest.raises(eg.ShapeError, match="3 axes"):
        eg.vec_jacobian(eg.outer(A, x), A)
    with pytest.raises(eg.ArgumentError, match="vec stacks 'columns' or 'rows'"):
        eg.vec_jacobian(A @ x, x, stacking="diagonals")
