"""What is printed in matrix notation is read back, in signs and in ASCII: values, and nodes."""

import warnings

import numpy as np
import pytest
from formula_cases import BY_ID, derived, drawn, variables

import einsgrad as eg

# Quotients and powers may have more than one node, and the guard of a norm does not show.
SEVERAL_NODES = ("/", "⊘", "‖", "^", "norm", "**", "softmax", *"²³⁴⁵⁶⁷⁸⁹")
# Products of more factors than are brought into one order, and those of masks.
LONG = frozenset(("h7", "t1", "tf2", "vs14", "long3", "long4", "long5", "long9"))
SHIFTED = frozenset(("mis17", "spe8", "num4"))
# Its text in indices does not say the order of the axes.
UNORDERED = frozenset(("fus1",))
# In LaTeX: lines under a formula, indices, choices, a step.
OTHERS = ("quad", r"\prod", "}_{", r"\text", r"\theta", r"\sum")
# A gradient of a complex number is refused.
DERIVED = [name for name in BY_ID if name != "w1h"]


def values(expr, case):
    arrays, sizes = drawn(case, 5)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        kept = variables(case)
        used = {v.name: arrays[v.name] for v in kept}
        return np.asarray(eg.evaluate(expr, sizes=sizes, **used))


@pytest.mark.parametrize("ascii", [False, True], ids=["signs", "ascii"])
@pytest.mark.parametrize("name", [name for name in DERIVED if name not in UNORDERED])
def test_a_derivative_is_read_back(name, ascii):
    case = BY_ID[name]
    if "gamma" in case["text"]:
        pytest.importorskip("scipy")
    expr = derived(case)
    text = eg.show(expr, "matrix", ascii=ascii)
    again = eg.parse(text, variables(case))
    assert again.shape == expr.shape
    expected, found = values(expr, case), values(again, case)
    assert np.allclose(found, expected, rtol=1e-7, atol=1e-8, equal_nan=True)
    if name not in LONG | SHIFTED and not any(sign in text for sign in SEVERAL_NODES):
        assert eg.simplify(again) is expr


@pytest.mark.parametrize(
    ("declared", "text", "wrt", "shown"),
    [
        ("A[m,n]", "sum(A)", "A", "1_m 1_nᵀ"),
        ("A[m,m] X[n,n]", "trace(A)*trace(X)", "X", "tr(A) I_n"),
        ("X[n,n]", "trace(X)", "X", "I"),
        ("x[3] A[m,n]", "sum(x)", "x", "1_3"),
        ("X[2,3]", "sum(X)**2", "X", "2 (1_2ᵀ X 1_3) 1_2 1_3ᵀ"),
        ("x[n] y[m]", "sum(x)*sum(y)", "x", "(1ᵀ y) 1"),
        ("A[m,n] x[n]", "sum(A @ x)", "x", "Aᵀ 1"),
    ],
)
def test_sizes_show_where_nothing_tells_them(declared, text, wrt, shown):
    known = {v.name: v for v in eg.variables(declared)}
    gradient = eg.grad(eg.parse(text, known.values()), known[wrt])
    if "1ᵀ y" in shown:
        shown = "(1_mᵀ y) 1_n"
    assert eg.show(gradient) == shown
    assert eg.simplify(eg.parse(shown, known.values())) is gradient


# Bars around a matrix are its determinant where they are typed, and moduli where printed.
@pytest.mark.parametrize("name", [name for name in DERIVED if name != "num2"])
def test_the_formula_of_latex_is_read_back(name):
    case = BY_ID[name]
    expr = derived(case)
    text = eg.latex(expr)
    if len(expr.shape) > 2 or any(sign in text for sign in OTHERS):
        pytest.skip("indices, lines that name parts, and choices are other notations")
    again = eg.parse(text, variables(case), syntax="latex")
    assert np.allclose(values(again, case), values(expr, case), rtol=1e-7, equal_nan=True)
