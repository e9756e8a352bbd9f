"""Formulas in matrix notation, typed and printed ones, mean what numpy computes."""

import numpy as np
import pytest

import einsgrad as eg

DECLARED = "A[m,n] X[n,n] S[n,n] x[n] y[m] z[n] w[n] b[m] s t"
SIZES = {"m": 2, "n": 3}
VARIABLES = eg.variables(DECLARED)


def arrays():
    """Small whole numbers; X is far from singular."""
    rng = np.random.default_rng(7)
    found = {}
    for v in VARIABLES:
        shape = tuple(SIZES[dim] for dim in v.shape)
        found[v.name] = rng.integers(1, 5, shape).astype(float)
    found["X"] += 7 * np.eye(3)
    return found


def value(text, declared=DECLARED, **options):
    expr = eg.parse(text, declared, **options)
    known = arrays()
    used = {v.name: known[v.name] for v in eg.variables(declared)}
    return np.asarray(eg.evaluate(expr, sizes=SIZES, **used))


def inv(X):
    return np.linalg.inv(X)


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


ONE = np.ones(3)
EYE = np.eye(3)
PRINTED = [
    ("A x", lambda v: v.A @ v.x),
    ("Aᵀ A x", lambda v: v.A.T @ v.A @ v.x),
    ("x xᵀ", lambda v: np.outer(v.x, v.x)),
    ("bᵀ A x", lambda v: v.b @ v.A @ v.x),
    ("2 Aᵀ (A x - b)", lambda v: 2 * v.A.T @ (v.A @ v.x - v.b)),
    ("x ⊙ z ⊘ w", lambda v: v.x * v.z / v.w),
    ("x ⊘ (z ⊙ w)", lambda v: v.x / (v.z * v.w)),
    ("b ⊗ x", lambda v: np.multiply.outer(v.b, v.x)),
    ("A ⊗ x", lambda v: np.multiply.outer(v.A, v.x)),
    ("X⁻ᵀ", lambda v: inv(v.X).T),
    ("X⁻¹ x", lambda v: inv(v.X) @ v.x),
    ("X²", lambda v: v.X @ v.X),
    ("X⁻² x", lambda v: inv(v.X) @ inv(v.X) @ v.x),
    ("(Xᵀ)³", lambda v: np.linalg.matrix_power(v.X.T, 3)),
    ("x²", lambda v: v.x**2),
    ("X ⊙ X", lambda v: v.X**2),
    ("X^∘2", lambda v: v.X**2),
    ("x^∘3", lambda v: v.x**3),
    ("x^∘(-3/2)", lambda v: v.x**-1.5),
    ("s²", lambda v: v.s**2),
    ("s^(-3/2) x", lambda v: v.s**-1.5 * v.x),
    ("s⁻¹ x", lambda v: v.x / v.s),
    ("‖x‖", lambda v: np.linalg.norm(v.x)),
    ("‖x‖²", lambda v: v.x @ v.x),
    ("‖A‖_F²", lambda v: (v.A**2).sum()),
    ("‖A x - b‖² / 2", lambda v: ((v.A @ v.x - v.b) ** 2).sum() / 2),
    ("‖A x‖ ‖x‖", lambda v: np.linalg.norm(v.A @ v.x) * np.linalg.norm(v.x)),
    ("s ‖x‖ z", lambda v: v.s * np.linalg.norm(v.x) * v.z),
    ("r/‖r‖\nwhere r = x - z", lambda v: (v.x - v.z) / np.linalg.norm(v.x - v.z)),
    ("tr(X)", lambda v: np.trace(v.X)),
    ("tr(X S)", lambda v: np.trace(v.X @ v.S)),
    ("diag(x)", lambda v: np.diag(v.x)),
    ("diag(diag(X))", lambda v: np.diag(np.diag(v.X))),
    ("I", lambda v: np.eye(3), "X[n,n]"),
    ("X - 2 I", lambda v: v.X - 2 * EYE),
    ("s I + X", lambda v: v.s * EYE + v.X),
    ("(I - x xᵀ / ‖x‖²) / 2", lambda v: (EYE - np.outer(v.x, v.x) / (v.x @ v.x)) / 2),
    ("A 1", lambda v: v.A.sum(1)),
    ("1ᵀ A", lambda v: v.A.sum(0)),
    ("(1ᵀ x) 1 / n - x", lambda v: v.x.mean() - v.x),
    ("1 1ᵀ X / n - X", lambda v: np.ones((3, 3)) @ v.X / 3 - v.X),
    ("2 · 1 1ᵀ X + X", lambda v: 2 * np.ones((3, 3)) @ v.X + v.X),
    ("2 (1ᵀ X 1) 1 1ᵀ", lambda v: 2 * v.X.sum() * np.ones((3, 3)), "X[n,n]"),
    ("1 xᵀ + X", lambda v: v.x + v.X),
    ("1 ⊘ (X 1)", lambda v: 1 / v.X.sum(1)),
    ("1 - tanh(x)", lambda v: 1 - np.tanh(v.x)),
    ("s + x", lambda v: v.s + v.x),
    ("1_m xᵀ", lambda v: np.outer(np.ones(2), v.x)),
    ("I_m", lambda v: np.eye(2)),
    ("diag(softmax(z)) - softmax(z) softmax(z)ᵀ",
     lambda v: np.diag(softmax(v.z)) - np.outer(softmax(v.z), softmax(v.z))),
    ("-1/2 x", lambda v: -v.x / 2),
    ("1/2 xᵀ X x", lambda v: v.x @ v.X @ v.x / 2),
    ("x / (2 s)", lambda v: v.x / (2 * v.s)),
    ("2 s A x / n", lambda v: 2 * v.s * v.A @ v.x / 3),
    ("10⁻² x", lambda v: v.x / 100),
    ("2π x", lambda v: 2 * np.pi * v.x),
    ("X diag(x ⊙ z) S", lambda v: v.X @ np.diag(v.x * v.z) @ v.S),
    ("(A x)ᵀ (A z)", lambda v: (v.A @ v.x) @ (v.A @ v.z)),
    ("D R Sᵀ x\nwhere R = (Sᵀ S + I)⁻¹\nwhere D = X + s S",
     lambda v: (v.X + v.s * v.S) @ inv(v.S.T @ v.S + EYE) @ v.S.T @ v.x),
    ("E = xᵀ x", lambda v: v.x @ v.x),
    ("∂E/∂x = 2 X x", lambda v: 2 * v.X @ v.x),
    ("f(x, z) = xᵀ z", lambda v: v.x @ v.z),
]  # fmt: skip
TYPED = [
    ("x'*X*x", lambda v: v.x @ v.X @ v.x),
    ("x' X x", lambda v: v.x @ v.X @ v.x),
    ("x'Xx", lambda v: v.x @ v.X @ v.x),
    ("Ax-b", lambda v: v.A @ v.x - v.b),
    ("X''", lambda v: v.X),
    ("A'*b", lambda v: v.A.T @ v.b),
    ("A'*(A*x - b)", lambda v: v.A.T @ (v.A @ v.x - v.b)),
    ("x.*z", lambda v: v.x * v.z),
    ("x./z", lambda v: v.x / v.z),
    ("x.^2", lambda v: v.x**2),
    ("1./x", lambda v: 1 / v.x),
    ("2.*x.^2", lambda v: 2 * v.x**2),
    ("x.^-1", lambda v: 1 / v.x),
    ("-x.*(X*w)", lambda v: -v.x * (v.X @ v.w)),
    ("s^2", lambda v: v.s**2),
    ("2^-1 x", lambda v: v.x / 2),
    ("X^2", lambda v: v.X @ v.X),
    ("X^-1", lambda v: inv(v.X)),
    ("X^{-1} x", lambda v: inv(v.X) @ v.x),
    ("X^(-1) x", lambda v: inv(v.X) @ v.x),
    ("X^{-T}", lambda v: inv(v.X).T),
    ("X^-1'", lambda v: inv(v.X).T),
    ("x^T X x", lambda v: v.x @ v.X @ v.x),
    ("x^T*X*x", lambda v: v.x @ v.X @ v.x),
    ("x^{T} X x", lambda v: v.x @ v.X @ v.x),
    ("x^⊤ X x", lambda v: v.x @ v.X @ v.x),
    ("||x||", lambda v: np.linalg.norm(v.x)),
    ("||x||_2^2", lambda v: v.x @ v.x),
    ("||A*x - b||^2", lambda v: ((v.A @ v.x - v.b) ** 2).sum()),
    ("||x||_1", lambda v: np.abs(v.x).sum()),
    ("||x||_inf", lambda v: v.x.max()),
    ("||A||_F", lambda v: np.linalg.norm(v.A)),
    ("||X||_2", lambda v: np.linalg.norm(v.X, 2)),
    ("||X||_*", lambda v: np.linalg.norm(v.X, "nuc")),
    ("|s|", lambda v: abs(v.s)),
    ("|x - z|", lambda v: abs(v.x - v.z)),
    ("log|X|", lambda v: np.log(np.linalg.det(v.X))),
    ("log det X", lambda v: np.log(np.linalg.det(v.X))),
    ("log det(X) + tr(X)", lambda v: np.log(np.linalg.det(v.X)) + np.trace(v.X)),
    ("ln(s) + tr(X)", lambda v: np.log(v.s) + np.trace(v.X)),
    ("norm1(A*x - b)", lambda v: np.abs(v.A @ v.x - v.b).sum()),
    ("norm2(A*x - b)^2", lambda v: ((v.A @ v.x - v.b) ** 2).sum()),
    ("x' + vector(1)'", lambda v: v.x + 1),
    ("X*vector(2)", lambda v: 2 * v.X.sum(1)),
    ("X + matrix(1)", lambda v: v.X + 1),
    ("X' - s*eye", lambda v: v.X.T - v.s * EYE),
    ("X' - s*eye(n)", lambda v: v.X.T - v.s * EYE),
    ("inv(X)*x + S'*x", lambda v: inv(v.X) @ v.x + v.S.T @ v.x),
    ("sin(z)'*x", lambda v: np.sin(v.z) @ v.x),
    ("sum(log(exp(-x.*(X*w)) + vector(1)))",
     lambda v: np.log(np.exp(-v.x * (v.X @ v.w)) + 1).sum()),
    ("x[0] X[1]'", lambda v: v.x[0] * v.X[1]),
    ("X[:, 0]' x", lambda v: v.X[:, 0] @ v.x),
    ("softmax(A, axis=0)'*b", lambda v: softmax(v.A.T) @ v.b),
    ("‖A @ x - b‖", lambda v: np.linalg.norm(v.A @ v.x - v.b)),
    ("x.T X x", lambda v: v.x @ v.X @ v.x),
    ("np.linalg.inv(X) x", lambda v: inv(v.X) @ v.x),
    ("√s x", lambda v: np.sqrt(v.s) * v.x),
    ("x ∘ z", lambda v: v.x * v.z),
]  # fmt: skip


class Values:
    def __init__(self):
        self.__dict__.update(arrays())


@pytest.mark.parametrize("case", [*PRINTED, *TYPED], ids=lambda case: case[0])
def test_a_formula_has_the_value_that_numpy_gives(case):
    text, expected, *declared = case
    found = value(text, *declared)
    wanted = np.asarray(expected(Values()))
    assert found.shape == wanted.shape
    assert np.allclose(found, wanted, rtol=1e-12)


@pytest.mark.parametrize(
    ("text", "numpy", "matrix"),
    [
        ("X*S", lambda v: v.X * v.S, lambda v: v.X @ v.S),
        ("X*x", lambda v: v.X * v.x, lambda v: v.X @ v.x),
        ("X^2", lambda v: v.X**2, lambda v: v.X @ v.X),
        ("X*x/s", lambda v: v.X * v.x / v.s, lambda v: v.X @ v.x / v.s),
        ("tr(X*S)", lambda v: np.trace(v.X * v.S), lambda v: np.trace(v.X @ v.S)),
    ],
)
def test_the_notation_may_be_said(text, numpy, matrix):
    assert np.allclose(value(text, syntax="numpy"), numpy(Values()))
    assert np.allclose(value(text, syntax="matrix"), matrix(Values()))


@pytest.mark.parametrize(
    "text", ["X*x", "A*x + A", "x*z", "X/x", "Xᵀ*x", "x ⊙ z * w", "x²", "2*x", "X @ x * z", "x**2"]
)
def test_a_text_without_a_sign_of_its_own_is_read_like_numpy_code(text):
    code = text.replace("ᵀ", ".T").replace("⊙", "*").replace("²", "**2")
    assert np.allclose(value(text), eval(code, dict(arrays())))


MESSAGES = [
    ("A b + x'", "a matrix [m,n] stands before a column [m]: the inner dims n and m differ", 2),
    ("x' + x", "a row [n] meets a column [n], entry by entry", 5),
    ("A*x + A'", "a column [m] meets a matrix [n,m], entry by entry", 7),
    ("||x|| / x", "a column [n] stands behind /", 8),
    ("x^2", "a column [n] is raised to a power", 1),
    ("A^2", "a matrix [m,n] has a power, and only a square matrix has one", 1),
    ("X^0.5", "a matrix is raised to a power that is no whole number", 1),
    ("2^x", "the exponent is a column [n]", 1),
    ("|A|", "a matrix [m,n] has a determinant, and only a square matrix has one", 0),
    ("tr(A)", "a matrix [m,n] has a trace, and only a square matrix has one", 0),
    ("||x||_7", "no norm has the index '7'", 0),
    ("x' q", "no variable is named 'q'", 3),
    ("q(x)'", "'q' is no function that is known", 0),
    ("x' (A", "')' is missing at the end", 5),
    ("||x", "'‖' is missing at the end", 3),
    ("x' +", "an operand is missing at the end", 4),
    ("x' * / z", "an operand is missing before '/'", 5),
    ("sin x' z", "how much sin is taken of does not show", 7),
    ("x 1ᵀ", "the length of this cannot be told from its neighbours", 2),
    ("x' X[i]", "the index 'i' stands", None),
    ("‖A@x‖ + s*(A*x)[0]", "* between tensors is a product entry by entry in numpy", 13),
    ("sin' x", "'sin' is a function", 0),
    ("x' ]", "']' does not belong here", 3),
    ("1e999 x'", "this number is too large", 0),
    ("99999999999999999999 x'", "this integer is too large", 0),
]


@pytest.mark.parametrize(("text", "headline", "caret"), MESSAGES)
def test_messages_point_into_the_formula(text, headline, caret):
    with pytest.raises(eg.EinsgradError) as caught:
        eg.parse(text, DECLARED)
    lines = str(caught.value).split("\n")
    if caret is not None:
        assert lines[0].startswith(headline)
        assert lines[2].index("^") - 2 == caret


def test_a_notation_that_there_is_none_is_refused():
    for wrong in ("matlab", 3, ""):
        with pytest.raises(eg.EinsgradError, match="syntax"):
            eg.parse("x", "x[n]", syntax=wrong)
    with pytest.raises(eg.ArgumentError, match="matrix notation"):
        eg.parse("A x", "A[m,n] x[n]", output="m")
