"""Quotients of sines and exponentials, and what they become, against numpy and its limits."""

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.expressions.walks import variables_in

x, y, z = eg.variables("x[n] y[n] z[n]", complex="z")
X = np.array([-1.3, -0.2, 0.4, 0.9])
Y = np.array([0.7, -1.1, 0.3, 2.1])
Z = X + 1j * Y


def logistic(t):
    return 1 / (1 + np.exp(-t))


CASES = [
    (eg.sinh(x) / eg.cosh(x), "tanh(x)", np.tanh(X)),
    (eg.sin(x) / eg.cos(x) ** 3, "tan(x) ⊘ (cos(x) ⊙ cos(x))", np.tan(X) / np.cos(X) ** 2),
    (eg.tanh(x) * eg.cosh(x), "sinh(x)", np.sinh(X)),
    (eg.tan(x) / eg.sin(x), "1 ⊘ cos(x)", 1 / np.cos(X)),
    (eg.cos(x) / eg.sin(x), "1 ⊘ tan(x)", 1 / np.tan(X)),
    (eg.sin(x) * eg.cos(x), "cos(x) ⊙ sin(x)", np.sin(X) * np.cos(X)),
    (eg.sin(x) / eg.cos(y), "sin(x) ⊘ cos(y)", np.sin(X) / np.cos(Y)),
    (eg.exp(x) / (1 + eg.exp(x)), "sigmoid(x)", logistic(X)),
    (eg.exp(x - y) * eg.sigmoid(y - x), "sigmoid(x - y)", logistic(X - Y)),
    (
        eg.exp(-x) / (1 + eg.exp(-x)) ** 2,
        "sigmoid(x) ⊙ (1 - sigmoid(x))",
        logistic(X) * logistic(-X),
    ),
    (1 / (1 + eg.exp(x)) ** 2, "sigmoid(-x) ⊙ sigmoid(-x)", logistic(-X) ** 2),
    (eg.sinh(z) / eg.cosh(z), "tanh(z)", np.tanh(Z)),
    (eg.exp(z) / (1 + eg.exp(z)), "sigmoid(z)", logistic(Z)),
]


@pytest.mark.parametrize(("expr", "text", "value"), CASES)
def test_a_quotient_is_written_with_one_function(expr, text, value):
    found = eg.simplify(expr)
    assert eg.show(found) == text
    given = {v.name: {"x": X, "y": Y, "z": Z}[v.name] for v in variables_in(found)}
    np.testing.assert_allclose(eg.evaluate(found, given), value, rtol=1e-13)


@pytest.mark.parametrize(
    ("function", "text", "slope"),
    [
        (lambda t: eg.sinh(t) / eg.cosh(t), "1 - tanh(x) ⊙ tanh(x)", 1 / np.cosh(X) ** 2),
        (lambda t: eg.sin(t) / eg.cos(t), "1 + tan(x) ⊙ tan(x)", 1 / np.cos(X) ** 2),
        (lambda t: eg.log(eg.cosh(t)), "tanh(x)", np.tanh(X)),
        (lambda t: eg.log(eg.cos(t)), "-tan(x)", -np.tan(X)),
        (
            lambda t: eg.exp(t) / (1 + eg.exp(t)),
            "sigmoid(x) ⊙ (1 - sigmoid(x))",
            logistic(X) * logistic(-X),
        ),
    ],
)
def test_slopes_are_those_that_are_known_by_heart(function, text, slope):
    found = eg.grad(eg.sum(function(x)), x)
    assert eg.show(found) == text
    np.testing.assert_allclose(eg.evaluate(found, {"x": X}), slope, rtol=1e-12)


ODD = ["sin", "tan", "arctan", "sinh", "tanh", "arcsinh", "erf", "sign"]


@pytest.mark.parametrize("name", [*ODD, "cos", "cosh"])
def test_odd_and_even_functions_of_a_difference_are_one_node(name):
    function, parity = getattr(eg, name), -1 if name in ODD else 1
    found = eg.simplify(function(x - y))
    assert eg.simplify(parity * function(y - x)) is found
    assert eg.simplify(function(x) - parity * function(-x)) is eg.simplify(0 * x)
    shown = "x - y" if name in ODD else "y - x"
    assert eg.show(found) == f"{name}({shown})"
    values = [eg.evaluate(one, {"x": X, "y": Y}) for one in (function(x - y), found)]
    np.testing.assert_allclose(*values, rtol=1e-15)
    assert eg.prove(function(x - y), parity * function(y - x))


@pytest.mark.parametrize(
    ("expr", "limits"),
    [
        (eg.sinh(x) / eg.cosh(x), [-1, 1]),
        (eg.exp(x) / (1 + eg.exp(x)), [0, 1]),
        (eg.exp(-x) / (1 + eg.exp(-x)) ** 2, [0, 0]),
    ],
)
def test_no_quotient_overflows(expr, limits):
    np.testing.assert_allclose(eg.evaluate(expr, {"x": np.array([-800.0, 800.0])}), limits)
