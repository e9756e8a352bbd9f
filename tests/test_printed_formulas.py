"""How formulas are written: signs, brackets, guards, numbers, letters and names."""

import re

import numpy as np
import pytest
from formula_cases import FORMULAS, derived
from hypothesis import given

import einsgrad as eg
from einsgrad.expressions.walks import variables_in
from einsgrad.testing.expressions import expressions

A, x, y, X, s, n = eg.variables("A[m,n] x[n] y[n] X[k,k] s n[k]")

SYMBOL = re.compile(r"(\w+?)_(?:\{([^}]*)\}|(\w+))")


def nested(*factors):
    """Multiply from the right, in products of products."""
    whole = factors[-1]
    for factor in factors[-2::-1]:
        whole = factor @ whole
    return whole


@pytest.mark.parametrize(
    ("expr", "matrix", "index"),
    [
        (
            nested(X, X.T, X, X.T, X, X.T, X, X.T, X, -3 * n),
            "-3 X Xᵀ X Xᵀ X Xᵀ X Xᵀ X n",
            "-3 X_ki X_ji X_jl X_ml X_mo X_po X_pq X_rq X_rs n_s",
        ),
        (
            nested(x, y) * nested(A.T, A, A.T, A, A.T, A, A.T, A, -x),
            "-(xᵀ y) Aᵀ A Aᵀ A Aᵀ A Aᵀ A x",
            "-x_i y_i A_mn A_mj A_kj A_kl A_ol A_op A_qp A_qr x_r",
        ),
        (x * s, "s x", "s x_n"),
        (eg.exp(x) * (y @ x), "(yᵀ x) exp(x)", "exp(x_n) y_i x_i"),
        (1e-5 * x, "10⁻⁵ x", "10⁻⁵ x_n"),
        (2.5e-7 * x, "2.5·10⁻⁷ x", "2.5·10⁻⁷ x_n"),
        (x + 1e-5, "x + 10⁻⁵ · 1", "x_n + 10⁻⁵"),
        (2 * np.pi * x, "2π x", "2π x_n"),
        (x / 3, "1/3 x", "1/3 x_n"),
        (x * s**-3, "x/s³", "x_n/s³"),
        (x**-1.5, "1 ⊘ x^∘(3/2)", "1/x_n^(3/2)"),
        (s**-0.5 * x, "x/sqrt(s)", "x_n/sqrt(s)"),
    ],
)
def test_signs_numbers_and_scalars_stand_first_and_products_have_no_brackets(expr, matrix, index):
    assert eg.show(expr) == matrix
    assert eg.show(expr, "index") == index


@pytest.mark.parametrize(
    ("expr", "matrix", "index"),
    [
        (2 * x - 2 * y, "2 (x - y)", "2 (x_n - y_n)"),
        (-0.5 * x - 0.5 * y, "-1/2 (x + y)", "-1/2 (x_n + y_n)"),
        (eg.exp(3 * s - 3), "exp(3 (s - 1))", "exp(3 (s - 1))"),
        (2 * x - 4 * y, "2 x - 4 y", "2 x_n - 4 y_n"),
    ],
)
def test_a_number_of_all_terms_stands_before_the_sum(expr, matrix, index):
    assert eg.show(eg.simplify(expr)) == matrix
    assert eg.show(eg.simplify(expr), "index") == index


def test_a_sum_that_stands_alone_has_one_transpose_where_that_is_shorter():
    (Y,) = eg.variables("Y[k,k]")
    both = eg.simplify(Y.T @ X.T + X.T @ Y.T)
    assert eg.show(both) == "(X Y + Y X)ᵀ"
    assert eg.show(eg.simplify(3 * both), ascii=True) == "3*(X @ Y + Y @ X).T"
    assert eg.show(both, "index") == "D_ki = Y_jk X_ij + X_jk Y_ij"


@pytest.mark.parametrize("axis", [0, 1])
def test_norms_along_an_axis_are_divided_by_without_a_guard(axis):
    text = eg.show(eg.grad(eg.sum(eg.norm(A, axis=axis)), A), "index", name="D")
    assert text == f"D_mn = A_mn/norm_i(A_{'in' if axis == 0 else 'mi'})"


def letters_of(text):
    """Yield the names in a formula with indices, and the letters of each."""
    for name, braced, bare in SYMBOL.findall(text):
        yield name, re.findall(r"[^\W\d]", braced or bare)


def check_letters(expr):
    text = eg.show(expr, "index", name="out")
    variables = {v.name: v.shape for v in variables_in(expr)}
    parts = set(re.findall(r"where (\w+?)(?:_\w+)? =", text))
    dims = {dim for shape in variables.values() for dim in shape if isinstance(dim, str)}
    for name, letters in letters_of(text):
        assert not set(letters) & (set(variables) | parts), text
        if len(variables.get(name, ())) == len(letters):
            for letter, dim in zip(letters, variables[name], strict=True):
                assert letter == dim or letter not in dims, text


CASES = [case for case in FORMULAS if "[" in case["vars"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_derivatives_read_without_guards_fuses_and_letters_that_mean_two_things(case):
    try:
        found = derived(case)
    except eg.EinsgradError:
        pytest.skip("not derived")
    for notation in ("matrix", "index"):
        text = eg.show(found, notation)
        assert "fuse" not in text
        assert "not_equal" not in text
        assert not re.search(r"[^\w^∘]\(-[^()+−-]*\)(?! ?[\^/²³ᵀ⁻⁴⁵⁶⁷])", text), text
    check_letters(found)


@given(expr=expressions())
def test_letters_of_any_formula_mean_one_thing(expr):
    check_letters(expr)
    check_letters(eg.simplify(expr))


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("lambda", r"\lambda "),
        ("Lambda", r"\Lambda "),
        ("sigma_1", r"\sigma _{1}"),
        ("sigma_max", r"\sigma _{\mathrm{max}}"),
        ("alpha_beta", r"\alpha _{\beta }"),
        ("theta0", r"\theta _{0}"),
        ("x_1", "x_{1}"),
        ("W_q", "W_{q}"),
        ("rate", r"\mathrm{rate}"),
        ("learning_rate", r"\mathrm{learning\_rate}"),
    ],
)
def test_names_are_typeset_wherever_they_stand(name, latex):
    (v, w) = eg.variables(f"{name}[n] w[n]")
    assert eg.latex(v) == latex
    assert eg.latex(eg.sin(v)) == rf"\sin({latex})"
    assert latex in eg.latex(eg.grad(eg.sum(eg.tanh(v * w) ** 3), w))
    (c,) = eg.variables(f"c[{name}]")
    assert eg.latex(eg.mean(c)).endswith(rf"{{{latex}}}")


R, w, z = eg.variables("R[n,n] w[n] z[n]", complex=["R", "w", "z"])


@pytest.mark.parametrize(
    ("expr", "text", "ascii", "latex"),
    [
        (eg.conj(R).T @ w, "Rᴴ w", "conj(R).T @ w", r"R^{\mathrm{H}} w"),
        (eg.conj(w) @ z, "wᴴ z", "conj(w) @ z", r"w^{\mathrm{H}} z"),
        (eg.conj(eg.inverse(R)).T, "R⁻ᴴ", "conj(inverse(R)).T", r"R^{-\mathrm{H}}"),
        (eg.conj(R) @ w, "conj(R) w", "conj(R) @ w", r"\overline{R} w"),
        (eg.outer(w, eg.conj(w)), "w wᴴ", "outer(w, conj(w))", r"w w^{\mathrm{H}}"),
    ],
)
def test_conjugate_transposes_have_a_mark(expr, text, ascii, latex):
    assert eg.show(expr) == text
    assert eg.show(expr, ascii=True) == ascii
    assert eg.latex(expr) == latex


A2, B2 = eg.variables("A[m,n] B[n,n]")
LEFT = [
    (eg.grad(eg.sum_squares(A2 @ x), x), (x,)),
    (eg.hessian(eg.sum(eg.exp(A2 @ x)), x), (x, x)),
    (eg.hessian(x @ A2.T @ A2 @ y, x, y), (x, y)),
    (eg.jacobian(eg.inverse(B2), B2), (B2,)),
    (eg.jacobian(A2 @ x, A2), (A2,)),
    (eg.jacobian(eg.hessian(eg.sum(x**4), x), x), (x, x, x)),
]


@pytest.mark.parametrize(("found", "wrt"), LEFT, ids=lambda one: "")
@pytest.mark.parametrize("notation", ["matrix", "index"])
@pytest.mark.parametrize("ascii", [False, True])
def test_left_sides_of_derivatives_are_read_back(found, wrt, notation, ascii):
    if notation == "matrix" and len(found.shape) > 2:
        pytest.skip("tensor products are no matrix notation")
    text = eg.show(found, notation, wrt=wrt, ascii=ascii)
    assert eg.simplify(eg.parse(text, [A2, B2, x, y])) is found
    assert eg.simplify(eg.parse(str(found), [A2, B2, x, y])) is found


def test_powers_of_powers_are_one_power():
    q = eg.sum_squares(x)
    assert eg.show(q**2) == "‖x‖⁴"
    assert eg.show(q**3 * y) == "‖x‖⁶ y"
    assert eg.latex(q**2) == r"\left\|x\right\|^{4}"
    assert eg.show(q**2, ascii=True) == "sum_squares(x)**2"
