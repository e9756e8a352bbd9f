"""Formulas of whole expressions: what is printed is read back, and has the same value."""

import numpy as np
import pytest
from formula_reader import read_back
from hypothesis import given
from questions import CASES, derivative, setting

import einsgrad as eg
from einsgrad.expressions.walks import variables_in
from einsgrad.testing.expressions import SIZES, expressions, values

A, B, C, S = eg.variables("A[m,n] B[n,n] C[n,n] S[n,n]", symmetric="S")
x, y, z, b, s, t = eg.variables("x[n] y[n] z[n] b[m] s t")
T3 = eg.variables("T[m,n,k]")[0]
ARRAYS = {
    v.name: np.random.default_rng(1).uniform(
        0.5, 1.5, [{"m": 4, "n": 3, "k": 2}[d] for d in v.shape]
    )
    for v in (A, B, C, x, y, z, b, s, t, T3)
}
ARRAYS["S"] = ARRAYS["B"] + ARRAYS["B"].T
DIMS = {"m": 4, "n": 3, "k": 2}


def agrees(expr, notation, arrays, sizes):
    arrays = {v.name: arrays[v.name] for v in variables_in(expr)}
    text = eg.show(expr, notation, ascii=True)
    expected = eg.evaluate(expr, sizes=sizes, **arrays)
    found = read_back(text, expr, arrays, sizes)
    np.testing.assert_allclose(
        np.broadcast_to(found, expected.shape), expected, rtol=1e-7, atol=1e-9, err_msg=text
    )


EXAMPLES = [
    A @ x - b,
    A * x,
    A.T @ (A @ x - b),
    eg.outer(b, x),
    eg.outer(A, B),
    eg.outer(eg.eye("n"), x),
    eg.trace(B @ C),
    eg.trace(B @ C.T),
    eg.trace(B) * C,
    eg.sum_squares(A @ x - b),
    eg.sum_squares(A),
    eg.sum_squares(A @ B),
    x / eg.norm(x),
    x / (y * z) * s / t,
    1 / x + 1 / s,
    s**3 * x**2.5,
    eg.diag(x) @ B @ eg.diag(y),
    eg.diag(B @ C),
    eg.diag(B @ C.T) * x,
    eg.diag(B),
    eg.trace(B + eg.tanh(C)),
    eg.einsum("i,ii->", x, B + C),
    eg.einsum("i,ii->i", x, B + eg.outer(x, y)),
    B * C * B,
    eg.sum(A),
    eg.sum(A, 0),
    eg.sum(x * y * z),
    eg.mean(A, 1),
    eg.inverse(B) @ x,
    x @ eg.inverse(B + C).T @ y,
    eg.logdet(B @ B.T + eg.eye("n")),
    S @ x + S.T @ y,
    eg.softmax(A @ x),
    eg.softmax(A),
    eg.softmax(A, 0),
    eg.diag(eg.softmax(B)),
    eg.logsumexp(A, 1),
    eg.max(x) * x,
    eg.tanh(A @ x) * (1 - eg.tanh(A @ x)),
    eg.einsum("mnk,n->mk", T3, x),
    eg.einsum("mnk,mnk->", T3, T3),
    eg.einsum("ij,ik,il->jkl", B, C, B),
    eg.einsum("ij,ik,i->jk", B, C, x),
    eg.einsum("i->ii", x),
    eg.einsum("i->iii", x),
    eg.einsum("ni,nj,ij->n", B, C, B),
    eg.einsum("ij,ij,i->i", B, C, x),
    eg.einsum("mn,mn,m,n->", A, A, b, x),
    eg.ones("n") * 2 - 0.5 * x,
    2 * eg.ones("m", "n"),
    0 * x,
    -(A @ x) - b,
    0.3 * x - 1 / 3,
    eg.sum((A @ x) * eg.exp(b)),
    eg.sum(eg.exp(A) * eg.outer(b, x)),
    (A @ (x * y) - b) @ ((A @ x) * b),
    eg.where(eg.greater(x, y), x, eg.sin(y)),
]


@pytest.mark.parametrize("notation", ["index", "matrix"])
@pytest.mark.parametrize("expr", EXAMPLES, ids=lambda expr: eg.show(expr).split("\n")[0][:40])
def test_a_formula_that_is_read_back_has_the_same_value(expr, notation):
    agrees(expr, notation, ARRAYS, DIMS)


@pytest.mark.parametrize("notation", ["index", "matrix"])
@given(expr=expressions())
def test_any_formula_that_is_read_back_has_the_same_value(notation, expr):
    agrees(expr, notation, values(expr), SIZES)
    agrees(eg.simplify(expr), notation, values(expr), SIZES)


SIZES_APART = {"n": 3, "m": 4, "k": 2, "d": 5, "b": 6, "p": 7, "q": 8, "r": 9}


@pytest.mark.parametrize("notation", ["index", "matrix"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_an_answer_that_is_read_back_has_the_same_value(case, notation):
    generator = np.random.default_rng(2)
    arrays = {
        name: generator.uniform(0.5, 1.5, [SIZES_APART[d] for d in dims])
        for name, dims in case["shapes"].items()
    } | {"e0": np.eye(SIZES_APART["n"])[0]}
    for name in case["pd"]:
        arrays[name] = arrays[name] @ arrays[name].T + 3 * np.eye(len(arrays[name]))
    agrees(answer(case), notation, arrays, SIZES_APART)


def test_a_deep_expression_is_written_in_named_parts():
    deep = x
    for _ in range(1200):
        deep = eg.tanh(B @ deep) + y
    for notation in ("index", "matrix"):
        lines = eg.show(deep, notation).split("\n")
        assert len(lines) > 10
        assert max(map(len, lines)) < 1000


def answer(case):
    variables, _ = setting(case)
    return derivative(case, variables)


# What has a matrix form. In YXXt a transpose of a sum is simplified to another sum.
IN_MATRICES = [
    case for case in CASES if "[" not in eg.show(answer(case), ascii=True) and case["id"] != "YXXt"
]


@pytest.mark.parametrize("case", IN_MATRICES, ids=lambda case: case["id"])
def test_matrix_notation_in_ascii_gives_the_expression_back(case):
    formula, *notes = eg.show(answer(case), ascii=True).split("\n")
    known = {name: getattr(eg, name) for name in eg.__all__} | setting(case)[0]
    for note in reversed(notes):
        name, _, value = note.removeprefix("where ").partition(" = ")
        known[name] = eval(value, dict(known))
    assert eg.simplify(eval(formula, known)) is answer(case)


def test_most_answers_have_a_matrix_form():
    assert len(IN_MATRICES) == 24


def test_a_notation_that_does_not_exist_is_an_error():
    with pytest.raises(eg.ArgumentError, match='Choose "matrix" or "index"'):
        eg.show(x, "prose")
    with pytest.raises(eg.ArgumentError, match="not written in ASCII"):
        eg.show(x, "einsum", ascii=True)


def test_a_notebook_shows_latex():
    assert (A @ x)._repr_latex_() == "$A x$"


def test_names_of_parts_are_not_those_of_variables():
    r, p = eg.variables("r[n] p[n]")
    assert eg.show(eg.tanh(r + p) * (1 - eg.tanh(r + p)), name="s") == (
        "s = u ⊙ (1 - u)\nwhere u = tanh(r + p)"
    )


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("theta", r"\theta "),
        ("Sigma", r"\Sigma "),
        ("λ", r"\lambda "),
        ("Λ", r"\Lambda "),
        ("mu2", r"\mu _{2}"),
        ("Alpha", r"\mathrm{Alpha}"),
        ("thetas", r"\mathrm{thetas}"),
    ],
)
def test_greek_names_are_greek_letters_in_latex(name, latex):
    (variable,) = eg.variables(f"{name}[n]")
    assert eg.latex(variable) == latex


def test_print_writes_matrices_or_indices_with_a_left_side():
    A, x, b, X = eg.variables("A[m,n] x[n] b[m] X[n,n]")
    table = [
        (A @ x - b, "A x - b"),
        (x, "x"),
        (eg.grad(eg.sum_squares(A @ x - b), x), "2 Aᵀ (A x - b)"),
        (A * x, "A diag(x)"),
        (eg.jacobian(A @ x, A), "D_min = δ_mi x_n"),
        (eg.jacobian(eg.inverse(X), X), "D_nijk = -(X⁻¹)_nj (X⁻¹)_ki"),
    ]
    for expr, text in table:
        assert str(expr) == f"{expr}" == text
    assert "->" in repr(A @ x)


def test_formulas_with_several_free_indices_say_the_order_of_their_axes():
    A, x, T = eg.variables("A[m,n] x[n] T[a,b,c]")
    gradient = eg.grad(eg.sum(T**3), T)
    assert eg.show(gradient) == eg.show(gradient, "index") == "D_abc = 3 T_abc²"
    assert eg.show(gradient, "index", ascii=True) == "D[a,b,c] = 3*T[a,b,c]**2"
    assert eg.latex(gradient) == "D_{abc} = 3 T_{abc}^{2}"
    assert eg.show(2 * A, "index") == "D_mn = 2 A_mn"
    assert eg.show(A @ x, "index") == "A_mn x_n"


@pytest.mark.parametrize(
    ("notation", "ascii", "expected"),
    [
        ("index", False, ["∂E/∂x_n", "∂²E/∂x_n ∂x_i", "∂²E/∂x_n ∂A_mi", "∂Y_m/∂A_in"]),
        ("matrix", False, ["∂E/∂x", "∂²E/∂x²"]),
        ("index", True, ["dE/dx[n]", "d2E/dx[n]/dx[i]", "d2E/dx[n]/dA[m,i]", "dY[m]/dA[i,n]"]),
        ("matrix", True, ["dE/dx", "d2E/dx/dx"]),
    ],
)
def test_a_left_side_says_what_was_differentiated_in_what(notation, ascii, expected):
    A, x = eg.variables("A[m,n] x[n]")
    E = eg.sum_squares(A @ x)
    asked = [
        (eg.grad(E, x), x),
        (eg.hessian(E, x), (x, x)),
        (eg.hessian(E, x, A), (x, A)),
        (eg.jacobian(A @ x, A), A),
    ]
    for (found, wrt), left in zip(asked, expected, strict=False):
        assert eg.show(found, notation, wrt=wrt, ascii=ascii).startswith(f"{left} = ")


def test_left_sides_avoid_the_names_of_variables_and_refuse_other_axes():
    E, x = eg.variables("E[n] x[n]")
    assert eg.show(eg.grad(E @ x, x), wrt=x) == "∂E0/∂x = E"
    assert eg.show(eg.grad(E @ x, x), name="f", wrt=x) == "∂f/∂x = E"
    assert eg.latex(eg.grad(E @ x, x), "index", wrt=x) == (
        r"\frac{\partial E0}{\partial x_{n}} = E_{n}"
    ).replace("E0", "E_{0}")
    with pytest.raises(eg.ShapeError, match="no derivative in x, x"):
        eg.show(E, wrt=(x, x))
    with pytest.raises(eg.ArgumentTypeError, match="not 'x'"):
        eg.show(E, wrt="x")
    with pytest.raises(eg.ArgumentError, match="Give a name"):
        eg.show(E, "einsum", wrt=x)
