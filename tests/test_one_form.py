"""Equal formulas are one node, and it is the form that a person writes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import einsgrad as eg

NAMES = "x[n] y[n] z[n] u[n] v[n] A[m,n] B[n,n] S[n,n] s t a b c d p q"
VARIABLES = eg.variables(NAMES)

# What is shown, and several ways to type it.
SAME = {
    # A sum that stands among the terms of another one.
    "(1 - d) (a - b)": ["a - b + d*(b - a)", "a - b - d*(a - b)", "(b - a)*(d - 1)"],
    "c + (1 + a) (2 - b)": ["1 + a + c + (1 + a)*(1 - b)"],
    "2 (1 - tanh(t)²) (1 - t tanh(t))": ["2*(1 - tanh(t)**2 - t*tanh(t)*(1 - tanh(t)**2))"],
    # Numbers that are products of arrays are shared, too.
    "(uᵀ v) (v - (uᵀ v) u)": ["(u@v)*v - (u@v)**2*u", "u@v*(v - u@v*u)"],
    # Within products all is taken out of a sum.
    "a exp(a) (3 - a²)": ["exp(a)*(3*a - a**3)"],
    "(1 + 2 b/a) / a²": ["(1/a + 2*b/a**2)/a"],
    "tanh(s) (1 - tanh(s))": ["tanh(s) - tanh(s)**2"],
    # What some terms share.
    "a + (b + c) exp(t)": ["exp(t)*b + a + c*exp(t)"],
    "u + s (x + y)": ["s*x + u + s*y"],
    "x - s z + t (1 + log(s)) y": ["x + t*y - s*z + t*log(s)*y"],
    # Fractions.
    "(a - b p) / (p (1 - p))": ["a/p + (a - b)/(1 - p)", "(a/p - b)/(1 - p)"],
    "a/b - 1": ["(a - b)/b", "-(b - a)/b"],
    "(2 S - B) u": ["2*(S - B/2)@u"],
    # Numbers.
    "3 a": ["sqrt(3)*a*sqrt(3)"],
    "sqrt(2) a (2 - b)": ["a*(2*sqrt(2) - sqrt(2)*b)"],
    "1/2 a (π b - c)": ["a*(pi*b/2 - c/2)"],
    "sqrt(3) ‖x‖": ["sqrt(3*(x@x))"],
    "2 (B + S)⁻¹": ["inv((S + B)/2)"],
    # Steps, complements, functions that commute.
    "relu(t)": ["t*heaviside(t, 0)", "relu(t)*heaviside(t, 0.5)", "heaviside(t, 0)**2*t"],
    "heaviside(t, 0)": ["heaviside(t, 0)**2", "sqrt(heaviside(t, 0))"],
    "sigmoid(t) (1 - sigmoid(t))": [
        "sigmoid(t)*sigmoid(-t)",
        "sigmoid(-t)*(1 - sigmoid(-t))",
        "sigmoid(t) - sigmoid(t)**2",
    ],
    "maximum(a, b)": ["maximum(b, a)"],
    "maximum(t, 0)": ["maximum(0, t)"],
    # Choices by one condition.
    "where(less(abs(x), 1), x, sign(x))": [
        "where(abs(x) < 1, x, 0) + where(abs(x) < 1, 0, sign(x))",
        "x*(abs(x) < 1) + where(abs(x) < 1, 0, sign(x))",
    ],
}  # fmt: skip


@pytest.mark.parametrize("text", SAME)
def test_equal_formulas_are_one_node_and_shown_as_by_hand(text):
    typed = [eg.parse(one, VARIABLES, syntax="numpy") for one in SAME[text]]
    nodes = {eg.simplify(one) for one in typed}
    (node,) = nodes
    assert eg.show(node) == text
    assert all(eg.prove(node, one) for one in typed)
    assert eg.simplify(eg.parse(text, VARIABLES)) is node


# What stays as it is typed.
KEPT = ["c + a p² + b p", "x - y + s x", "p + p²", "0.7999999999999999 a", "0.37 a + 0.74 b"]


@pytest.mark.parametrize("text", KEPT)
def test_what_a_person_leaves_stays(text):
    assert eg.show(eg.simplify(eg.parse(text, VARIABLES))) == text


def test_a_formula_of_steps_has_its_value_at_and_beside_the_step():
    t = eg.variables("t[n]")[0]
    at = np.array([-2.0, -0.0, 0.0, 1.5])
    for power in (t, t**2, eg.relu(t), eg.relu(t) ** 2 * t, eg.heaviside(t, 1)):
        product = power * eg.heaviside(t, 1) * (3 - t)
        typed, simple = eg.compile(product, eg.simplify(product), inputs=[t])(at)
        np.testing.assert_array_equal(typed, simple)


def test_the_logistic_function_of_0_has_no_sign():
    s = eg.variables("s")[0]
    twice = eg.logaddexp(s, s)
    assert eg.compile(eg.hessian(twice**2, s), inputs=[s])(1.0) == 2
    value = eg.compile(eg.simplify(eg.sigmoid(0) ** 2 * s), inputs=[s])(1.0)
    np.testing.assert_allclose(value, 0.25)


def test_a_loop_has_a_product_as_its_slope():
    (x,) = eg.variables("x[n]")
    e = x
    for _ in range(3):
        e = eg.tanh(e) + e
    slope = eg.show(eg.grad(eg.sum(e), x))
    assert (
        slope.splitlines()[0] == "(2 · 1 - tanh(x) ⊙ tanh(x)) ⊙ (2 · 1 - s ⊙ s) ⊙ (2 · 1 - r ⊙ r)"
    )


@pytest.mark.parametrize(
    "text", ["n (1 + s) u", "2 n (uᵀ v) u", "π (1 + s) u", "D_n = n (1 + u_j v_j) v_n"]
)
def test_a_size_or_pi_stands_before_a_bracket(text):
    typed = eg.parse(text, VARIABLES)
    written_out = text.replace(" (", " * (").replace("ᵀ v", "ᵀ * v")
    assert eg.simplify(typed) is eg.simplify(eg.parse(written_out, VARIABLES))


TERMS = [
    *("a", "b", "c", "a*b", "b*c", "s*(a - b)", "t*(b - a)", "a/p", "b/(1 - p)", "exp(a)*b"),
    *("exp(a)*c", "tanh(a)", "tanh(a)**2", "a**2*c", "1", "2*a*exp(a)", "a/2", "pi*b/3"),
    "(1 - a)*(1 - tanh(a)**2)",
]


@given(
    terms=st.lists(
        st.tuples(st.sampled_from("+-"), st.sampled_from(TERMS)), min_size=2, max_size=6
    ),
    factor=st.sampled_from(["", "*exp(b)", "*a", "/(1 - p)", "/p**2"]),
    seed=st.integers(0, 99),
)
def test_sums_keep_their_value_and_are_read_back(terms, factor, seed):
    text = "(" + " ".join(sign + term for sign, term in terms) + ")" + factor
    at = dict(zip("abcstp", np.random.default_rng(seed).uniform(0.1, 0.9, 6), strict=True))
    names = {"exp": np.exp, "tanh": np.tanh, "pi": np.pi}
    inputs = eg.variables(" ".join(at))
    simple = eg.simplify(eg.parse(text, inputs, syntax="numpy"))
    found = eg.compile(simple, inputs=inputs)(*at.values())
    expected = eval(text, {"__builtins__": {}, **names}, at)
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-13)
    assert eg.simplify(simple) is simple
