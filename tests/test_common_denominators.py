"""Fractions over a common denominator, against the same formulas as numpy computes them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import einsgrad as eg

x, y, s, p, w, U = eg.variables("x y s p[n] w[n] U[n,k]")
RNG = np.random.default_rng(0)
DATA = {
    "x": np.array(0.7),
    "y": np.array(1.9),
    "s": np.array(2.3),
    "p": np.array([0.2, 0.5, 0.9]),
    "w": np.array([0.3, -1.4, 2.0]),
    "U": RNG.uniform(1, 2, (3, 2)),
}
# What is simplified or derived by the variable, what is printed, and what numpy computes.
CASES = [
    (y / x + y / (1 - x), None, "y / (x (1 - x))", lambda x, y, **_: y / x / (1 - x)),
    (1 - x / (1 + x), None, "1 / (1 + x)", lambda x, **_: 1 / (1 + x)),
    (y * eg.log(x / (1 - x)), x, "y / (x (1 - x))", lambda x, y, **_: y / x / (1 - x)),
    (1 / (1 / x + 1 / y), x, "y² / (x + y)²", lambda x, y, **_: (y / (x + y)) ** 2),
    (x / (s + x), x, "s / (s + x)²", lambda x, s, **_: s / (s + x) ** 2),
    (x / (1 + x**2), x, "(1 - x²) / (1 + x²)²", lambda x, **_: (1 - x**2) / (1 + x**2) ** 2),
    (x / eg.sqrt(1 + x**2), x, "1 / (1 + x²)^(3/2)", lambda x, **_: (1 + x**2) ** -1.5),
    ((x + y) / (x - y), x, "-2 y / (y - x)²", lambda x, y, **_: -2 * y / (x - y) ** 2),
    (
        eg.tanh(x) / (1 + eg.tanh(x)),
        x,
        "(1 - tanh(x)) / (1 + tanh(x))",
        lambda x, **_: (1 - np.tanh(x)) / (1 + np.tanh(x)),
    ),
    (
        eg.norm(p - w) ** 2 / (1 - p @ p),
        p,
        "2 (p - w + ‖r‖² p / s) / s\nwhere s = 1 - ‖p‖²\nwhere r = w - p",
        lambda p, w, **_: (
            2 * (p - w) / (1 - p @ p) + 2 * p * np.sum((p - w) ** 2) / (1 - p @ p) ** 2
        ),
    ),
    # The square of a difference stays one.
    (
        (x - y) ** 2 / (x + y),
        x,
        "(x - y) (x + 3 y) / (x + y)²",
        lambda x, y, **_: (x - y) * (x + 3 * y) / (x + y) ** 2,
    ),
    (
        eg.sum(w * eg.log(p) + (1 - w) * eg.log(1 - p)),
        p,
        "(w - p) ⊘ (p ⊙ (1 - p))",
        lambda p, w, **_: (w - p) / p / (1 - p),
    ),
    # A residual stays one, within divisors and beside them.
    (
        eg.sum((p - w) ** 2 / (1 + (p - w) ** 2)),
        p,
        "-2 s ⊘ (r ⊙ r)\nwhere r = 1 + s ⊙ s\nwhere s = w - p",
        lambda p, w, **_: 2 * (p - w) / (1 + (p - w) ** 2) ** 2,
    ),
    (
        eg.grad(eg.sum(eg.sqrt(1 + p * p)), p),
        p,
        "diag(1 ⊘ (1 + p ⊙ p)^∘(3/2))",
        lambda p, **_: np.diag((1 + p * p) ** -1.5),
    ),
    (eg.sum(w * eg.log(p / (1 - p))), p, "w ⊘ (p ⊙ (1 - p))", lambda p, w, **_: w / p / (1 - p)),
    (
        eg.sum(U * (p / (s + p))[:, None]),
        p,
        "s ((U 1) ⊘ (r ⊙ r))\nwhere r = p + s 1",
        lambda p, s, U, **_: s / (s + p) ** 2 * U.sum(1),
    ),
]


@pytest.mark.parametrize(("expr", "wrt", "text", "value"), CASES)
def test_a_fraction_is_as_short_as_by_hand(expr, wrt, text, value):
    derived = eg.jacobian if expr.shape else eg.grad
    found = eg.simplify(expr) if wrt is None else derived(expr, wrt)
    np.testing.assert_allclose(eg.evaluate(found, DATA), value(**DATA), rtol=1e-12)
    assert eg.show(found) == text
    assert eg.simplify(found) is found


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (1 / x + 1 / y, "1/x + 1/y"),
        (1 / (1 / x + 1 / y), "1 / (1/x + 1/y)"),
        (x / (1 + x), "x / (1 + x)"),
        ((x - y) * (x + y) / (s + 1), "(x + y) (x - y) / (1 + s)"),
        (x + 1 / (1 + y), "x + 1 / (1 + y)"),
        (s * x**2 / (1 - y / x), "s x² / (1 - y/x)"),
    ],
)
def test_what_is_no_shorter_over_one_denominator_stays(expr, text):
    assert eg.show(eg.simplify(expr)) == text


LEAVES = st.sampled_from(["x", "y", "s", "(1 - x)", "(1 + y)", "(x + s)", "2"])
RATIONAL = st.recursive(
    LEAVES,
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
    max_leaves=7,
)


@given(text=RATIONAL, is_complex=st.booleans())
def test_rational_functions_keep_their_value_and_end_in_one_form(text, is_complex):
    data = {"x": 0.7123, "y": 1.9391, "s": 0.3717}
    if is_complex:
        data |= {"x": 0.71 + 0.43j, "s": 0.37 + 1.1j}
    declared = eg.variables("x y s", complex="x s" if is_complex else [])
    try:
        value = eval(text, {}, dict(data))
        expr = eval(text, {}, dict(zip("xys", declared, strict=True)))
    except ZeroDivisionError:
        return
    if not isinstance(expr, eg.Expr):
        return
    found = eg.simplify(expr)
    arrays = {name: np.array(number) for name, number in data.items()}
    np.testing.assert_allclose(eg.evaluate(found, arrays), value, rtol=1e-9, atol=1e-9)
    assert eg.simplify(found) is found
