"""What is printed is read back: the forty answers as the same node, others with the same value."""

import numpy as np
import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st
from questions import CASES, derivative, setting

import einsgrad as eg
from einsgrad.expressions.nodes import Variable
from einsgrad.expressions.walks import variables_in
from einsgrad.testing.expressions import SIZES, expressions, values

# An example is derived, printed, read, and compiled twice.
FEWER = settings(max_examples=60)


@pytest.mark.parametrize("notation", ["index", "matrix"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_an_answer_is_read_back_as_the_same_node(case, notation):
    known, _ = setting(case)
    simple = eg.simplify(derivative(case, known))
    declared = dict.fromkeys((*known.values(), *variables_in(simple)))
    text = eg.show(simple, notation, name="D", ascii=True)
    again = eg.simplify(eg.parse(text, declared))
    assert again is simple
    assert eg.show(again, notation, name="D", ascii=True) == text


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
