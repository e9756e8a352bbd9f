"""Formulas without a declaration, and in LaTeX: what is assumed, and what it means."""

import numpy as np
import pytest

import einsgrad as eg

# Examples of a page that people know: their text, what is assumed, in what, and the gradient.
MATRIX_CALCULUS = [
    ("0.5*x'*A*x", "x[n] A[n,n]", "x", "(A + A') x / 2"),
    ("A*exp(x)", "A[m,n] x[n]", "x", "A diag(exp(x))"),
    ("(y.*v)'*x", "y[n] v[n] x[n]", "x", "y ⊙ v"),
    ("a^b", "a b", "a", "b a^(b - 1)"),
    ("norm1(A*x-y)", "A[m,n] x[n] y[m]", "x", "A' sign(A x - y)"),
    ("norm2(A*x-y)^2", "A[m,n] x[n] y[m]", "x", "2 A' (A x - y)"),
    ("sum(log(exp(-y.*(X*w)) + vector(1)))", "y[m] X[m,n] w[n]", "w",
     "-X' (y ⊙ exp(-y ⊙ (X w)) ⊘ (exp(-y ⊙ (X w)) + 1))"),
    ("tr(A*X'*B*X*C)", "A[m,n] X[k,n] B[k,k] C[n,m]", "X", "B X C A + B' X A' C'"),
    ("log(det(inv(X)))", "X[n,n]", "X", "-X^{-T}"),
    ("x'*A*x + c*sin(y)'*x", "x[n] A[n,n] c y[n]", "x", "A x + A' x + c sin(y)"),
    ("a'*exp(b*x)", "a[n] b x[n]", "x", "b a ⊙ exp(b x)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "assumed", "wrt", "gradient"), MATRIX_CALCULUS)
def test_examples_of_matrix_calculus_give_their_answer(text, assumed, wrt, gradient):
    found = eg.interpret(text, syntax="matrix")
    assert (found.declaration, found.syntax) == (assumed, "matrix")
    by_name = {v.name: v for v in found.variables}
    derive = eg.jacobian if found.expr.shape else eg.grad
    assert eg.check(gradient, found.expr, by_name[wrt])
    rng = np.random.default_rng(3)
    sizes = {"m": 2, "n": 3, "k": 4}
    arrays = {v.name: rng.uniform(1, 2, [sizes[d] for d in v.shape]) for v in found.variables}
    if "X" in arrays and text.startswith("log"):
        arrays["X"] = arrays["X"] @ arrays["X"].T + np.eye(3)
    value = eg.compile(found.expr, inputs=list(found.variables))
    derivative = eg.compile(derive(found.expr, by_name[wrt]), inputs=list(found.variables))
    got = derivative(*arrays.values())
    assert np.allclose(got, quotient(value, arrays, wrt), rtol=1e-6, atol=1e-6)


def quotient(value, arrays, wrt, step=1e-6):
    """The central difference of a function of named arrays in one of them."""
    at = arrays[wrt]
    columns = []
    for place in np.ndindex(at.shape):
        shift = np.zeros(at.shape)
        shift[place] = step
        ends = [value(*{**arrays, wrt: at + sign * shift}.values()) for sign in (1, -1)]
        columns.append((np.asarray(ends[0]) - ends[1]) / (2 * step))
    return np.stack(columns, -1).reshape(np.shape(columns[0]) + at.shape)


ASSUMED = [
    ("||A x - b||^2", "A[m,n] x[n] b[m]", "matrix"),
    ("||A x - b||^2 / (2 n)", "A[m,k] x[k] b[m] n", "matrix"),
    ("λ ‖w‖² + ‖X w - y‖²", "λ w[m] X[n,m] y[n]", "matrix"),
    ("mu' S^-1 mu", "mu[n] S[n,n]", "matrix"),
    ("r'*r\nwhere r = A*x - b", "A[m,n] x[n] b[m]", "matrix"),
    ("x' A y\nwhere y = B z", "B[m,n] z[n] x[k] A[k,m]", "matrix"),
    ("A_ij x_j", "A[i,j] x[j]", "index"),
    ("A[i,j]*x[j] - 2*s*y[i]", "A[i,j] x[j] s y[i]", "index"),
    ("A_ij A_jk", "A[i,i]", "index"),
    ("x[i+1] - x[i]", "x[i]", "index"),
    ("w_k x_{i+k}", "w[k] x[n]", "index"),
    ("Σ_i (x_i - m_i)^2", "x[i] m[i]", "index"),
    ("δ_ij x_j", "x[i]", "index"),
    ("T_abc", "T[a,b,c]", "index"),
    ("exp(-0.5*sum[d]((X[i,d] - X[j,d])**2))", "X[i,d]", "index"),
    ("p_i x_i\nwhere p_i = exp(z_i)", "z[i] x[i]", "index"),
    (r"x^\top A x", "x[n] A[n,n]", "latex"),
    (r"\mathbf{x}^{\mathsf{T}} \mathbf{A} \mathbf{x}", "x[n] A[n,n]", "latex"),
    (r"\boldsymbol{\mu}^\top \Lambda \boldsymbol{\mu}", "μ[n] Λ[n,n]", "latex"),
    (r"\frac{1}{2} \|A x - b\|_2^2 + \lambda \|x\|_1", "A[m,n] x[n] b[m] λ", "latex"),
    (r"\sum_{i=1}^{n} x_i^2", "x[i]", "latex"),
]


@pytest.mark.parametrize(("text", "declaration", "syntax"), ASSUMED)
def test_variables_are_assumed_from_the_formula(text, declaration, syntax):
    found = eg.interpret(text)
    assert sorted(found.declaration.split()) == sorted(declaration.split())
    assert found.syntax == syntax
    assert found.expr is eg.parse(text)
    assert found.expr is eg.parse(text, found.variables)
    assert f"assumed: {found.declaration}" in str(found)


def test_what_is_declared_is_not_assumed():
    found = eg.interpret("A*x", "A[m,n] x[n]")
    assert (found.syntax, found.assumed) == ("numpy", "")
    assert str(found) == "A*x\nread as numpy code"
    assert found.declaration == "A[m,n] x[n]"


@pytest.mark.parametrize(
    "text",
    [
        "A*x",
        "sum((A @ x - b)**2)",
        "x**2",
        "A_ij + A_i",
        "A x + x' B x' x",
        "x' q(x)",
        "r",
        "'",
        "",
    ],
)
def test_what_the_text_does_not_say_is_refused(text):
    with pytest.raises(eg.EinsgradError):
        eg.interpret(text)


DECLARATIONS = [
    ("A[m,n] x[n] s", "A[m,n] x[n] s"),
    ("A[m,n], x[n]; s", "A[m,n] x[n] s"),
    ("A(m,n), x(n), s", "A[m,n] x[n] s"),
    ("A: m,n; x: n; s", "A[m,n] x[n] s"),
    ("A: m,n, x: n", "A[m,n] x[n]"),
    ("A in R^{m x n}, x in R^n, s in R", "A[m,n] x[n] s"),
    ("A ∈ ℝ^{m×n} x ∈ ℝ^n s ∈ ℝ", "A[m,n] x[n] s"),
    ("A ∈ ℝᵐˣⁿ, x ∈ ℝⁿ", "A[m,n] x[n]"),
    (r"A \in \mathbb{R}^{m \times n}, x \in \mathbb{R}^n", "A[m,n] x[n]"),
    ("X in R^2x3", "X[2,3]"),
    ("d[n-1] y(m+k-1)", "d[n-1] y[k+m-1]"),
    ("A m n", "A m n"),
    ("lambda x[n]", "lambda x[n]"),
]


@pytest.mark.parametrize(("text", "shown"), DECLARATIONS)
def test_declarations_are_read_as_people_type_them(text, shown):
    assert " ".join(v.describe() for v in eg.variables(text)) == shown


def test_complex_spaces_declare_complex_variables():
    assert [v.is_complex for v in eg.variables("z ∈ ℂ^n, H in C^{n x n}, x ∈ ℝ^n")] == [1, 1, 0]


@pytest.mark.parametrize("text", ["x[n", "A[m,n]]", "(m)", "A:", "x ∈ ℝ^{", "A[m][n]", "x[n] x[n]"])
def test_a_declaration_that_cannot_be_read_is_refused(text):
    with pytest.raises(eg.ArgumentError):
        eg.variables(text)


def test_structure_belongs_to_a_declaration():
    with pytest.raises(eg.ArgumentError, match="structure belongs to a declaration"):
        eg.parse("x'*S*x", symmetric="S")
    assert eg.parse("x'*S*x", "S[n,n] x[n]", symmetric="S").shape == ()


LATEX = [
    (r"x^\top X x", "x'*X*x"),
    (r"x^T X x", "x'*X*x"),
    (r"x^{T} X^{-1} x", "x'*inv(X)*x"),
    (r"X^{-\top} x", "inv(X)'*x"),
    (r"X^{-T} x", "inv(X)'*x"),
    (r"X^{2} x", "X^2 x"),
    (r"\frac{x^\top X x}{x^\top x}", "(x'*X*x)/(x'*x)"),
    (r"\frac12 x^\top x", "0.5 x' x"),
    (r"\tfrac{1}{2}\left\|A x - b\right\|_2^2", "||A x - b||^2 / 2"),
    (r"\lVert A x - b \rVert^2", "||A x - b||^2"),
    (r"\|X\|_F^2", "||X||_F^2"),
    (r"\operatorname{tr}\left(X S\right)", "tr(X S)"),
    (r"\mathrm{tr}(X S)", "tr(X S)"),
    (r"\mathrm{diag}(x) X", "diag(x) X"),
    (r"\operatorname{diag}(x) X", "diag(x) X"),
    (r"\log\det X", "log(det(X)) + 0 tr(X)"),
    (r"\log|X|", "log|X|"),
    (r"\ln \left| X \right|", "log|X|"),
    (r"x \odot z", "x ⊙ z"),
    (r"x \circ z", "x ⊙ z"),
    (r"x \oslash z", "x ⊘ z"),
    (r"b \otimes x", "b ⊗ x"),
    (r"s \cdot x", "s x"),
    (r"x^{\circ 3}", "x^∘3"),
    (r"\sqrt{s} x", "s^(1/2) x"),
    (r"\sqrt[3]{s} x", "s^(1/3) x"),
    (r"\mathbf{1}^\top x", "1ᵀ x"),
    (r"2 \mathbf{1} x^\top + X", "2 · 1 x' + X"),
    (r"X \mathbf{1}_n", "X 1"),
    (r"\overline{s} \, x + 0 X x", "conj(s) x + 0 X x"),
    (r"e^{-x} \odot z", "exp(-x) ⊙ z"),
    (r"\max(x, 0)^\top z", "maximum(x, 0)' z"),
    (r"\exp\left(-\tfrac{1}{2} x^\top x\right)", "exp(-x' x/2)"),
    (r"\sigma(X x)", "sigmoid(X x)"),
    (r"\sigma\left(X x\right)", "sigmoid(X x)"),
    (r"\alpha x", "alpha x", "alpha x[n]"),
    (r"\lambda x", "λ x", "λ x[n]"),
    (r"\Sigma^{-1} x", "Sigma^-1 x", "Sigma[n,n] x[n]"),
    (r"w_{1}\, x", "w1 x", "w1 x[n]"),
    (r"w_1^\top x", "w_1' x", "w_1[n] x[n]"),
    (r"\bar{x}^\top x", "xbar' x", "xbar[n] x[n]"),
    (r"\nabla", None),
    (r"\begin{align} x \end{align}", None),
    (r"\frac{x}", None),
    (r"\frac{x}{", None),
    (r"x^", None),
    (r"\mathbf", None),
    (r"}x\top", None),
    (r"\left( x \right) x^\top + X", "x x' + X"),
    (r"$x^\top x$", "x' x"),
    (r"\| x \|_2 \, \| z \|", "‖x‖ ‖z‖"),
    (r"A_{mn} x_n \cdot 1", "A_mn x_n"),
    (r"\sum_{n} A_{mn} x_n", "A_mn x_n"),
    (r"\sum_{n=1}^{N} x_{n} z_{n}", "x_n z_n"),
    (r"\delta_{ij} x_j", "δ_ij x_j"),
    (r"\frac{\partial E}{\partial x} = 2 X x", "2 X x"),
    (r"J_{ij} = x_j z_i", "J_ij = x_j z_i"),
    (r"r^\top r" "\nwhere r = A x - b", "r' r\nwhere r = A x - b"),
]  # fmt: skip


@pytest.mark.parametrize("case", LATEX, ids=lambda case: case[0])
def test_latex_is_read_like_the_signs_that_it_stands_for(case):
    text, same, *declared = case
    declaration = declared[0] if declared else "A[m,n] X[n,n] S[n,n] x[n] z[n] b[m] s"
    for options in ({}, {"syntax": "latex"}):
        if same is None:
            with pytest.raises(eg.EinsgradError):
                eg.parse(text, declaration, **options)
        else:
            found = eg.simplify(eg.parse(text, declaration, **options))
            assert found is eg.simplify(eg.parse(same, declaration))


def test_errors_in_latex_point_into_what_was_typed():
    for text, caret in ((r"\frac{x}{\|A b\|}", 13), (r"x^\top + x", 9), (r"2 \nabla x", 2)):
        with pytest.raises(eg.EinsgradError) as caught:
            eg.parse(text, "A[m,n] x[n] b[m]")
        _, shown, pointer, *_ = str(caught.value).split("\n")
        assert shown.strip() == text
        assert pointer.index("^") - 2 == caret
