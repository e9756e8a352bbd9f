"""Powers whose exponents are no numbers: one form, derivatives, and values at a base of 0."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import einsgrad as eg

x, y, q, r = eg.variables("x y q r")
X, Q, A = eg.variables("X[n] Q[n] A[m,n]")
B, C = eg.variables("B[n,n] C[n,n]")
NAMES = {"abs": np.abs, "log": np.log, "exp": np.exp, "sqrt": np.sqrt}


FORMS = [
    (x**q / x, "x^(q - 1)"),
    (x * x ** (q - 1), "x^q"),
    (x**q * x**r, "x^(q + r)"),
    (x**q / x**r, "x^(q - r)"),
    (1 / x**q, "x^(-q)"),
    ((x**q) ** 2 / x, "x^(2 q - 1)"),
    (eg.sqrt((x**q) ** 2), "abs(x^q)"),
    (eg.abs(x) ** q / x, "sign(x) abs(x)^(q - 1)"),
    ((x / y) ** (q - 1) * x / y, "(x/y)^q"),
    ((x**q * y) ** r * (x**q * y) ** 2, "y² x^(2 q) (y x^q)^r"),
    (eg.grad(x**q, x), "q x^(q - 1)"),
    (eg.grad(x**q, q), "x^q log(x)"),
    (eg.grad(x**q * eg.exp(-x), x), "(q - x) exp(-x) x^(q - 1)"),
    (eg.grad(eg.sin(x) ** q, x), "q cos(x) sin(x)^(q - 1)"),
    (eg.grad((x / y) ** q, x), "q (x/y)^(q - 1) / y"),
    (eg.grad(x**q + x**r, x), "r x^(r - 1) + q x^(q - 1)"),
    (eg.hessian(x**q, x, q), "x^(q - 1) (1 + q log(x))"),
    (eg.grad(eg.sum(eg.abs(A @ X) ** q), X), "q Aᵀ (sign(A X) ⊙ abs(A X)^∘(q - 1))"),
]


@pytest.mark.parametrize(("expr", "text"), FORMS, ids=[text for _, text in FORMS])
def test_a_power_has_one_form(expr, text):
    simple = eg.simplify(expr)
    assert eg.show(simple) == text
    assert eg.prove(simple, expr)
    assert eg.simplify(eg.parse(text, [x, y, q, r, X, Q, A])) is simple


@pytest.mark.parametrize(
    "text", ["X_n^Q_n", "(X_n + 1)^(Q_n - 1) X_n", "X_n^(2^Q_n)", "D_nm = X_n^A_mn"]
)
def test_a_power_of_entries_is_read(text):
    typed = eg.parse(text, [X, Q, A])
    assert eg.simplify(eg.parse(eg.show(typed, "index"), [X, Q, A])) is eg.simplify(typed)


# The exponent, the base, and what jax gives for the derivative in the base.
AT_ZERO = [(0, 0, 0), (1, 0, 1), (2, 0, 0), (3, 0, 0), (0, 2, 0), (2, 2, 4)]


@pytest.mark.parametrize(("exponent", "base", "slope"), AT_ZERO)
def test_a_slope_at_0_is_no_0_times_infinity(exponent, base, slope):
    for power, twice in ((x**q, 1), ((x ** (q * y)), 1), (x**q + y, 1), (2 * x**q * y, 2)):
        gradient = eg.compile(eg.grad(power, x), inputs=[x, q, y])
        assert gradient(float(base), float(exponent), 1.0) == twice * slope
    gradient = eg.compile(eg.grad(x ** (q / 2) * x ** (q / 2), x), inputs=[x, q])
    assert gradient(float(base), float(exponent)) == slope


def test_a_derivative_in_the_exponent_is_0_where_the_base_is():
    gradient = eg.compile(eg.grad(x**q, q), inputs=[x, q])
    assert [gradient(0.0, exponent) for exponent in (1.0, 2.0, 0.5)] == [0, 0, 0]
    table = eg.sum(X**A)
    found = eg.compile(eg.grad(table, A), inputs=[X, A])(
        np.array([0.0, 2.0]), np.array([[2.0, 1.0], [1.0, 3.0]])
    )
    np.testing.assert_allclose(found, [[0, 2 * np.log(2)], [0, 8 * np.log(2)]])


def test_a_sum_with_the_base_is_multiplied_out_before_it_meets_a_power_of_0():
    damped = x**q * eg.exp(x)
    gradient = eg.compile(eg.grad(damped, x), inputs=[x, q])
    assert [gradient(0.0, exponent) for exponent in (0.0, 1.0, 2.0)] == [1, 1, 0]
    second = eg.compile(eg.hessian(damped, x), inputs=[x, q])
    assert [second(0.0, exponent) for exponent in (1.0, 2.0)] == [2, 2]


def test_a_table_of_powers_has_its_slope_at_0():
    (p,) = eg.variables("p[m]")
    table = eg.sum(((X[:, None] ** p[None, :]) @ p) ** 2 * eg.exp(X))
    slope = eg.compile(eg.grad(table, X), inputs=[X, p])
    found = slope(np.array([0.0, 1.0]), np.array([0.0, 1.0, 2.0]))
    # Of (x + 2 x²)² exp(x) for each x.
    np.testing.assert_allclose(found, [0, (2 * 3 * 5 + 9) * np.e])


def test_a_guard_stands_over_the_labels_of_its_factor():
    """Where an entry of Q is 0 the powers with another entry as exponent stay what they are."""
    outer = eg.einsum("n,m->nm", Q, X ** (Q - 1))
    found = eg.compile(outer, inputs=[Q, X])(np.array([0.0, 3.0]), np.array([2.0, 2.0]))
    np.testing.assert_allclose(found, [[0, 0], [1.5, 12]])
    turned = eg.compile(eg.grad(eg.sum(C**B.T), C), inputs=[C, B])
    found = turned(np.array([[0.0, 2.0], [0.0, 1.0]]), np.array([[0.0, 1.0], [2.0, 3.0]]))
    np.testing.assert_allclose(found, [[0, 4], [1, 3]])


EXPONENTS = st.sampled_from(["q", "r", "2*q", "q-1", "q+r", "-q", "q*r", "1-r", "q/2"])
BASES = st.sampled_from(["x", "y", "x*y", "(x/y)", "(1+x)", "abs(x-2)"])


OTHERS = st.sampled_from(["x", "1/x", "log(x)", "exp(-x)", "q", "sqrt(x**q)"])


@st.composite
def products(draw):
    pairs = st.lists(st.tuples(BASES, EXPONENTS), min_size=1, max_size=3)
    powers = [f"{base}**({exponent})" for base, exponent in draw(pairs)]
    return "*".join([*powers, *draw(st.lists(OTHERS, max_size=2))])


def computed(text, at):
    return eval(text, {"__builtins__": {}, **NAMES}, at)


@given(terms=st.lists(products(), min_size=1, max_size=3), seed=st.integers(0, 99))
def test_values_and_gradients_are_those_of_what_is_typed(terms, seed):
    at = dict(zip("xyqr", np.random.default_rng(seed).uniform(0.6, 1.6, 4), strict=True))
    text = " + ".join(terms)
    simple = eg.simplify(eg.parse(text, [x, y, q, r]))
    evaluate = eg.compile(simple, *eg.grad(simple, (x, q)), inputs=[x, y, q, r])
    value, *slopes = evaluate(*at.values())
    np.testing.assert_allclose(value, computed(text, at), rtol=1e-10)
    for name, slope in zip("xq", slopes, strict=True):
        above, below = (computed(text, {**at, name: at[name] + s}) for s in (1e-6, -1e-6))
        np.testing.assert_allclose(slope, (above - below) / 2e-6, rtol=1e-5, atol=1e-5)
