"""What is printed is read back: derivatives as the same node, others with the same value."""

import numpy as np
import pytest
from formula_cases import FORMULAS, derived, read
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st
from questions import CASES, derivative, setting

import einsgrad as eg
from einsgrad.cli import main
from einsgrad.expressions.nodes import Variable
from einsgrad.expressions.walks import variables_in
from einsgrad.testing.expressions import SIZES, expressions, values

# An example is derived, printed, read, and compiled twice.
FEWER = settings(max_examples=60)


# What is printed, by the name of the form: `repr`, and matrix and index notation.
FORMS = {
    "einsum": repr,
    "matrix": lambda d: eg.show(d, "matrix"),
    "matrix ascii": lambda d: eg.show(d, "matrix", ascii=True),
    "index": lambda d: eg.show(d, "index", name="D"),
    "index ascii": lambda d: eg.show(d, "index", name="D", ascii=True),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_an_answer_is_read_back_as_the_same_node(case, form):
    known, _ = setting(case)
    simple = eg.simplify(derivative(case, known))
    declared = dict.fromkeys((*known.values(), *variables_in(simple)))
    text = FORMS[form](simple)
    again = eg.simplify(eg.parse(text, declared))
    assert again is simple
    assert FORMS[form](again) == text


@pytest.mark.parametrize("case", FORMULAS, ids=lambda case: case["id"])
def test_a_derivative_is_read_back_as_the_same_node_from_all_forms(case):
    try:
        simple = eg.simplify(derived(case))
    except eg.EinsgradError:
        # There is none, as of a complex function.
        return
    for name, form in FORMS.items():
        assert eg.simplify(read(form(simple), case)) is simple, name


@pytest.mark.parametrize("notation", ["index", "matrix"])
@given(expr=expressions(), seed=st.integers(0, 99))
def test_what_is_read_back_has_the_same_value(notation, expr, seed):
    simple = eg.simplify(expr)
    text = eg.show(simple, notation, name="D", ascii=True)
    try:
        again = eg.parse(text, variables_in(simple))
    except eg.EinsgradError:
        # A power with indexed base and exponent, or an index whose dim nothing tells.
        reject()
    arrays = values(simple, seed)
    with np.errstate(all="ignore"):
        expected = np.asarray(eg.evaluate(simple, sizes=SIZES, **arrays))
        assume(np.isfinite(expected).all())
        found = np.asarray(eg.evaluate(again, sizes=SIZES, **arrays))
    scale = max(1.0, float(np.abs(expected).max(initial=0)))
    assert found.shape == expected.shape
    assert np.allclose(found, expected, rtol=1e-8, atol=1e-8 * scale)


def test_parts_may_be_defined_in_any_order():
    text = "r @ r\nwhere r = s - b\nwhere s = A @ x"
    declared = "A[m,n] x[n] b[m]"
    plain = eg.parse("(A @ x - b) @ (A @ x - b)", declared)
    assert eg.parse(text, declared) is plain
    with pytest.raises(eg.ArgumentError, match="no variable is named 'q'"):
        eg.parse("r @ r\nwhere r = q - b", declared)


EYE, J, A, B, X = eg.eye("n"), eg.ones("n"), *eg.variables("A[n,n] B[2,3] X[n,m]")
AS_PRINTED = [
    eg.inverse(EYE - A),
    eg.inverse(2 * A - 3 * EYE),
    eg.exp(EYE) @ A,
    eg.logdet(A + EYE) * A,
    -EYE,
    0.5 * EYE,
    J,
    eg.tanh(J),
    (A @ J - J) @ X,
    1 - A,
    eg.eye(3),
    eg.jacobian(A, A),
    eg.jacobian(B @ B.T, B),
    eg.hessian(eg.sum(B**2), B),
    eg.jacobian(X @ X.T @ X, X),
    eg.simplify(eg.hessian(eg.trace(X.T @ A @ X), X)),
    eg.sum(X, axis=1, keepdims=True) - 2,
]


@pytest.mark.parametrize("expr", AS_PRINTED, ids=range(len(AS_PRINTED)))
def test_the_default_text_is_read_back_deltas_included(expr):
    again = eg.parse(repr(expr), (A, B, X))
    assert eg.simplify(again) is eg.simplify(expr)
    assert again.shape == expr.shape


@FEWER
@given(expr=expressions(), seed=st.integers(0, 99))
def test_the_default_text_of_any_expression_is_read_back(expr, seed):
    assume(not isinstance(expr, Variable))
    again = eg.parse(repr(expr), variables_in(expr) or "unused")
    arrays = values(expr, seed)
    with np.errstate(all="ignore"):
        expected = np.asarray(eg.evaluate(expr, sizes=SIZES, **arrays))
        found = np.asarray(eg.evaluate(again, sizes=SIZES, **arrays))
    assert np.allclose(found, expected, rtol=1e-8, atol=1e-12, equal_nan=True)


@pytest.mark.parametrize("ascii", [False, True])
@FEWER
@given(expr=expressions(), seed=st.integers(0, 99))
def test_index_notation_of_any_expression_is_read_back(ascii, expr, seed):
    text = eg.show(expr, "index", name="q9", ascii=ascii)
    # Unicode text has no sign for a power of entries that is read.
    assume("^" not in text)
    again = eg.parse(text, variables_in(expr) or "unused")
    arrays = values(expr, seed)
    with np.errstate(all="ignore"):
        expected = np.asarray(eg.evaluate(expr, sizes=SIZES, **arrays))
        found = np.asarray(eg.evaluate(again, sizes=SIZES, **arrays))
    scale = max(1.0, float(np.abs(np.nan_to_num(expected)).max(initial=0)))
    assert np.allclose(found, expected, rtol=1e-7, atol=1e-9 * scale, equal_nan=True)


SHAPES = "A[m,n] x[n] y[m] B[n,n] s"
BY_HAND = [
    ("∂E/∂A_mn = y_m x_n", "outer(y, x)"),
    ("dE/dA = outer(y, x)", "outer(y, x)"),
    ("∂y_m/∂x_n = A_mn", "A"),
    ("(B⁻¹)_ij x_j", "inv(B) @ x"),
    ("2 (B⁻¹)_{ij} x_j", "2 * inv(B) @ x"),
    ("(B²)_ij x_j", "B @ B @ x"),
    ("(B⁻²)_ij x_j", "inv(B) @ inv(B) @ x"),
    ("y_m = softmax_n(A_mn) x_n", "softmax(A, axis=1) @ x"),
    ("logsumexp_m(A_mn)", "logsumexp(A, axis=0)"),
    ("x_i⁴ + 2 x_i⁻²", "x**4 + 2*x**-2"),
    ("s¹² x⁵", "s**12 * x**5"),
    ("(x_i x_i / n)^(-3/2) x_j", "(x @ x / n)**(-3/2) * x"),
    ("s^(-3/2) x_i^2", "s**(-3/2) * x**2"),
    ("∂²E/∂x_n ∂x_i = B_ni", "B"),
    ("∂²E/∂x_i ∂x_n = B_ni", "B.T"),
    ("∂²E/∂x² = B + Bᵀ", "B + B.T"),
    ("d2E/dx[n]/dx[i] = B[i,n]", "B.T"),
    ("∂y_m/∂x_n = A_mn", "A"),
    ("dE/dx = 2*B@x", "2*B@x"),
    ("B⁻¹ x", "inv(B) @ x"),
    ("B⁻² + B", "inv(B) @ inv(B) + B"),
]


@pytest.mark.parametrize(("text", "plain"), BY_HAND)
def test_signs_that_people_write_are_read(text, plain):
    assert eg.simplify(eg.parse(text, SHAPES)) is eg.simplify(eg.parse(plain, SHAPES))


@pytest.mark.parametrize("text", ["A⁻¹", "x⁻²", "x⁻¹", "⁻¹", "∂E/∂A", "d/dx = x", "exp_q(x)"])
def test_a_sign_that_could_mean_two_things_is_refused(text):
    with pytest.raises(eg.EinsgradError):
        eg.parse(text, SHAPES)


def test_a_claim_may_be_a_delta_or_have_lines_that_name_parts():
    x, b = eg.variables("x[n] b[n]")
    assert eg.check("-3*δ", b - 3 * x, x)
    assert eg.check("delta", x, x)
    scaled = (x @ b) * eg.softmax(x)
    assert eg.check("J = outer(p, s)\nwhere p = softmax(s)\n where s = x", scaled, b)
    assert not eg.check("J = outer(s, p)\nwhere p = softmax(s)\nwhere s = x", scaled, b)
    loss = eg.sum((A @ x - b) ** 2)
    assert eg.check(eg.show(eg.grad(loss, A), "index", ascii=True, name="G"), loss, A)


@pytest.mark.parametrize("text", ["δ", "δ + 1", "exp(δ)", "δ * δ", "x + δ"])
def test_a_delta_whose_dim_nothing_tells_is_refused(text):
    with pytest.raises(eg.EinsgradError, match="δ"):
        eg.parse(text, "x[n] A[n,n]")


def test_many_parts_are_read_in_any_order_and_none_by_means_of_itself():
    lines = [f"where a{k} = a{k + 1} + x" for k in range(60)]
    text = "\n".join(["a0", *lines, "where a60 = x"])
    assert eg.simplify(eg.parse(text, "x[n]")) is eg.simplify(61 * eg.variables("x[n]")[0])
    assert eg.parse("R_nm u_m\nwhere R_nm = x_n y_m\nwhere u_m = y_m", "x[n] y[m]").shape == ("n",)
    for wrong in (
        "r\nwhere r = 2*q\nwhere q = r - x",
        "r\nwhere r = x\nwhere r = 2*x",
        "r\nwhere r",
        "r\nwhere 2*r = x",
        "r\nwhere",
    ):
        with pytest.raises(eg.EinsgradError):
            eg.parse(wrong, "x[n]")


def test_a_line_says_which_indices_are_not_summed():
    A, x, y = eg.variables("A[m,n] x[n] y[m]")
    text = "A_mn x_n y_m\nno sum over m, n"
    assert eg.simplify(eg.parse(text, (A, x, y))) is eg.simplify(A * x * y[:, None])
    text = "A[m,n]*delta[m,i]\nno sum over m, n"
    assert eg.parse(text, (A, x)).shape == ("m", "n", "m")


def test_a_keyword_of_python_may_be_a_name():
    scale, x, branch = variables = eg.variables("lambda x[n] if[n]")
    expected = eg.simplify(scale * x)
    for text in ("lambda*x", "lambda x", "lambda x_i", "x lambda", "x.*lambda"):
        assert eg.simplify(eg.parse(text, variables)) is expected
    assert eg.simplify(eg.parse("if'x", variables)) is eg.simplify(branch @ x)
    assert eg.simplify(eg.parse("if_i x_i", variables)) is eg.simplify(branch @ x)
    with pytest.raises(eg.EinsgradError):
        eg.parse("x if lambda else x", "x[n]")


# What was printed for a derivative at some time: its variables, the text that is derived, in
# which variables, and what was printed or would be typed for it.
ONCE_PRINTED = [
    ("X[n,n]", "logdet(X)", "X", ["X⁻ᵀ"]),
    ("A[m,n] x[n] b[m]", "sum((A@x-b)**2)", "x", ["2 Aᵀ (A x - b)", "2*A.T@r\nwhere r = A@x - b"]),
    ("z[n]", "softmax(z)", "z", ["diag(softmax(z)) - softmax(z) softmax(z)ᵀ"]),
    ("X[n,n]", "sum(X)**2", "X", ["2 (1ᵀ X 1) 1 1ᵀ"]),
    ("x[n] a[n]", "norm(x-a)", "x", ["r/‖r‖\nwhere r = x - a"]),
    ("X[n,n]", "inv(X)", "X", ["J_nijk = -(X⁻¹)_nj (X⁻¹)_ki"]),
    (
        "X[n,k] w[k] y[n]",
        "sum(softmax(X@w)*y)",
        "w",
        ["-Σ_n X_nk (p_n y_i p_i - y_n p_n)\nwhere p_n = softmax_n(X_nk w_k)"],
    ),
    ("x[n]", "norm(x)**2", "xx", ["2 * δ"]),
    ("X[n,n]", "trace(inv(eye(n)-X))", "X", ['"jn,ij->ni"(inverse(-X + δ), inverse(-X + δ))']),
    ("X[2,3] y[6]", "sum((X.ravel()-y)**2)", "X", ["2 X - 2 reshape(y, (2, 3))"]),
    ("A[m,n] X[m,n]", "A*X", "X", ["J_mnij = δ_mi δ_nj A_mn"]),
    (
        "A[i,r] B[j,r] C[k,r] X[i,j,k]",
        "0.5*sum((einsum('ir,jr,kr->ijk',A,B,C) - X)**2)",
        "AA",
        ["J[i,r,l,m] = delta[i,l]*B[j,r]*B[j,m]*C[k,r]*C[k,m]"],
    ),
    ("u[n] v[n]", "(u@v)/(norm(u)*norm(v))", "uu", []),
    (
        "X[b,i] W[b,i] eps",
        "sum(W*(X - mean(X,axis=1,keepdims=True))"
        "/sqrt(mean((X - mean(X,axis=1,keepdims=True))**2,axis=1,keepdims=True) + eps))",
        "X",
        [],
    ),
    ("X[n,n]", "det(X)**3", "X", ["3*det(X)**3*inverse(X).T", "3 det(X)³ X⁻ᵀ"]),
]


def five_forms(expr):
    """Write an expression in both notations, in signs and in ASCII, and as einsum calls."""
    forms = [(notation, ascii) for notation in ("matrix", "index") for ascii in (False, True)]
    return [*(eg.show(expr, notation, ascii=ascii) for notation, ascii in forms), repr(expr)]


@pytest.mark.parametrize(("declared", "text", "names", "typed"), ONCE_PRINTED)
def test_what_was_once_refused_is_read_by_every_door(declared, text, names, typed):
    known = {v.name: v for v in eg.variables(declared)}
    expr = eg.parse(text, known.values())
    derivative = simple = eg.simplify(expr)
    for name in names:
        derivative = (eg.jacobian if derivative.shape else eg.grad)(derivative, known[name])
    for form in five_forms(derivative):
        again = eg.simplify(eg.parse(form, known.values()))
        # The slope of a norm where it is 0 does not show.
        assert again is derivative or "norm(" in text
    for claim in (*five_forms(derivative), *typed):
        assert eg.check(claim, simple, *map(known.get, names), variables=known.values())
    for claim in (eg.show(derivative), *typed):
        arguments = [text, "--vars", declared, "--wrt", ",".join(names), "--claim", claim]
        assert main(arguments) == 0


def test_numbers_are_read_back_as_they_are_printed():
    x, X = eg.variables("x[n] X[n,n]")
    for expr, text in [
        (eg.sum(x**2), "‖x‖²"),
        (eg.trace(X), "tr(X)"),
        (eg.sum_squares(X), "‖X‖_F²"),
    ]:
        simple = eg.simplify(expr)
        assert eg.show(simple) == text
        assert all(eg.simplify(eg.parse(form, (x, X))) is simple for form in five_forms(simple))


@pytest.mark.parametrize(
    ("declared", "text", "names", "claim", "words"),
    [
        ("X[n,n]", "inv(X)", "X", "-inv(X)[n,j]*inv(X)[k,i]", "order of the axes"),
        ("A[m,n] X[m,n]", "A*X", "X", "delta[m,i]*delta[n,j]*A[m,n]\nno sum over m, n", "order"),
        ("X[2,3] y[6]", "sum((X.ravel()-y)**2)", "X", "2*fuse(2, 3)", "no function"),
    ],
)
def test_what_does_not_tell_its_axes_is_refused(declared, text, names, claim, words):
    known = {v.name: v for v in eg.variables(declared)}
    expr = eg.parse(text, known.values())
    with pytest.raises(eg.EinsgradError, match=words):
        eg.check(claim, expr, *map(known.get, names), variables=known.values())
