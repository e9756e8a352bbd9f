"""Indices that are shifted, bounded and looked up: what is printed is read, and has the value."""

import re

import numpy as np
import pytest
from docutils.utils.math.latex2mathml import tex2mathml
from index_reader import value_of
from shifted_formulas import (
    ARRAYS,
    CUMSUM,
    DECLARED,
    FORMULAS,
    LESS,
    SIZES,
    B,
    D,
    W,
    einsum,
    labels,
    x,
    y,
)

import einsgrad as eg
from einsgrad.expressions.nodes import Pick
from einsgrad.expressions.selecting import viewed
from einsgrad.expressions.selectors import Integers, Step
from einsgrad.expressions.walks import variables_in

CASES = list(FORMULAS)
# An array that is computed within an index is shown, and not read.
READABLE = [name for name in FORMULAS if name != "looked up by the greatest"]


def evaluated(expr):
    arrays = {v.name: ARRAYS[v.name] for v in variables_in(expr)}
    return np.asarray(eg.evaluate(expr, sizes=SIZES, **arrays))


@pytest.mark.parametrize("name", CASES)
def test_formulas_read_as_a_person_writes_them(name):
    expr, text = FORMULAS[name]
    assert eg.show(expr, "index", name="q") == text


@pytest.mark.parametrize("name", READABLE)
def test_a_formula_has_its_value_for_a_reader_who_knows_only_what_it_says(name):
    expr, _ = FORMULAS[name]
    text = eg.show(expr, "index", name="q", ascii=True)
    found = value_of(text, ARRAYS, SIZES)
    np.testing.assert_allclose(found, evaluated(expr), rtol=1e-9, err_msg=text)


@pytest.mark.parametrize("ascii", [True, False])
@pytest.mark.parametrize("name", READABLE)
def test_formulas_are_read_back(name, ascii):
    expr, _ = FORMULAS[name]
    text = eg.show(expr, "index", name="q", ascii=ascii)
    again = eg.parse(text, DECLARED)
    assert again.shape == expr.shape, text
    np.testing.assert_allclose(evaluated(again), evaluated(expr), rtol=1e-12, err_msg=text)


@pytest.mark.parametrize("name", CASES)
def test_the_latex_of_shifted_indices_parses(name):
    tex2mathml(eg.latex(FORMULAS[name][0], "index", name="q"))
    tex2mathml(eg.latex(FORMULAS[name][0]))


N = ARRAYS
WINDOWS = np.lib.stride_tricks.sliding_window_view
READ = {
    "x[i+1] - x[i]": np.diff(N["x"]),
    "x_{i+1} - x_i": np.diff(N["x"]),
    "w[k]*x[i+k]": WINDOWS(N["x"], 3) @ N["w"],
    "w_k x_{i+k}": WINDOWS(N["x"], 3) @ N["w"],
    "y[i] = x[i+2] - 2*x[i+1] + x[i]": np.diff(N["x"], 2),
    "(x[i+1] - x[i])**2": np.diff(N["x"]) ** 2,
    "sum[i]((x[i+1] - x[i])**2)": np.sum(np.diff(N["x"]) ** 2),
    "X[i,d] - X[j,d]": N["X"][:, :, None] - N["X"].T[None],
    "sum[d]((X[i,d] - X[j,d])**2)": np.sum((N["X"][:, None] - N["X"][None]) ** 2, 2),
    "exp(-x[i]) - exp(-x[j])": np.exp(-N["x"])[:, None] - np.exp(-N["x"]),
    "sum[j](x[j]*[j <= i])": np.cumsum(N["x"]),
    "Σ_{j≤i} x_j": np.cumsum(N["x"]),
    "Σ_{j<i} x_j": np.cumsum(N["x"]) - N["x"],
    "B_ij [i ≥ j]": np.tril(N["B"]),
    "B[i,j]*[i > j]": np.tril(N["B"], -1),
    "B[i,j]*[j >= i + 2]": np.triu(N["B"], 2),
    "d[i] = B[i,i+1]": np.diag(N["B"], 1),
    "W[labels[a],j]": N["W"][[3, 0, 3, 1]],
    "W_{labels_a,j}": N["W"][[3, 0, 3, 1]],
    "W[labels[a] + 1, j]": N["W"][[4, 1, 4, 2]],
    "sum[a]([t == labels[a]]) for t < 6": [1, 1, 0, 2, 0, 0],
    "sum[a]([t + 1 == labels[a]]) for t < 4": [1, 0, 2, 0],
    "x[i]*[i == 2]": N["x"] * (np.arange(6) == 2),
    "x[3]*w[j]": N["x"][3] * N["w"],
    "x_3 w_j": N["x"][3] * N["w"],
    "x[n-1]*w[j]": N["x"][-1] * N["w"],
    "x[n-1-i]": N["x"][::-1],
    "x[2*i+1] for i < 3": N["x"][1::2],
    "x[i] for i < 4": N["x"][:4],
    "sum[i](x[i]*[i < 4])": N["x"][:4].sum(),
    "max[i<4](x[i])": N["x"][:4].max(),
    "y[3*i+j] - M[i,j]": N["y"].reshape(2, 3) - N["M"],
    "x[i] - x[i-1]": np.diff(N["x"], prepend=0),
    "x[i]*[i >= 1] - x[i-1]*[i >= 1]": np.diff(N["x"], prepend=N["x"][0]),
    "x[[2,0,1][i]]": N["x"][[2, 0, 1]],
    "x[1:] - x[:-1]": np.diff(N["x"]),
    "x[::-1]": N["x"][::-1],
    "B[:, 1:] @ x[1:]": N["B"][:, 1:] @ N["x"][1:],
    "X[:, None] - X[None]": N["X"][:, None] - N["X"][None],
    "x[3]": N["x"][3],
    "B[-1]": N["B"][-1],
    "B[0]*x": N["B"][0] * N["x"],
    "sum(x[:4])": N["x"][:4].sum(),
    "r[i]*r[i]\nwhere r[i] = x[i+1] - x[i]": np.sum(np.diff(N["x"]) ** 2),
}


@pytest.mark.parametrize("text", READ)
def test_texts_that_people_write_are_read(text):
    expr = eg.parse(text, DECLARED)
    np.testing.assert_allclose(evaluated(expr), np.asarray(READ[text]), rtol=1e-12)


ONE, OTHER = Pick(3, Integers((3,), (0, 2, 2))), Pick(3, Integers((3,), (1, 0, 1)))
LEADING_BACK = {
    "sum[i](x[i]*[i == [0,2,2][i]]*[i < 3])": (einsum("kk,k->", ONE, x[:3]), N["x"][0] + N["x"][2]),
    "sum[i](x[i]*[i == [1,0,1][[0,2,2][i]]]*[i < 3])": (
        einsum("ij,ji,j->", ONE, OTHER, x[:3]),
        N["x"][1],
    ),
}


@pytest.mark.parametrize("text", LEADING_BACK)
def test_an_index_looked_up_by_itself_is_no_form_of_others(text):
    expr, value = LEADING_BACK[text]
    assert evaluated(expr) == value
    assert eg.show(expr, "index", ascii=True) == text
    assert evaluated(eg.parse(text, DECLARED)) == value


def test_two_looked_up_entries_that_meet_are_a_condition():
    met = einsum("ti,tj,jk->ik", Pick(3, Integers((3,), (2, 1, 0))), OTHER, x[:3, None] * x[None])
    text = "q[i,j] = sum[k](x[k]*x[j]*[[2,1,0][i] == [1,0,1][k]]*[k < 3]) for i < 3"
    assert eg.show(met, "index", name="q", ascii=True) == text


def test_the_range_of_an_index_is_one_over_the_whole_expression():
    assert str(eg.parse("x[i+1] - x[i]", "x[n]").shape[0]) == "n-1"
    assert str(eg.parse("w[k]*x[i+k]", "x[n] w[m]").shape[0]) == "n-m+1"
    assert str(eg.parse("g[j-k]*w[k]*[0 <= j-k < m]", "g[m] w[p]").shape[0]) == "m+p-1"
    assert eg.parse("x[2*i+3*k-1]*w[k]", "x[20] w[3]").shape == (8,)


def test_claims_in_index_notation_are_decided():
    energy = eg.parse("sum[i]((x[i+1] - x[i])**2)", "x[n]")
    (v,) = variables_in(energy)
    right = "2*(x[i] - x[i-1])*[i >= 1] - 2*(x[i+1] - x[i])*[i < n-1]"
    assert eg.check(right, energy, v)
    assert not eg.check("2*(x[i] - x[i-1]) - 2*(x[i+1] - x[i])*[i < n-1]", energy, v)


PRINTED = {
    "x[1:] - x[:-1]": D,
    "x[::-1]": viewed(x, 0, ["n"], [-1], LESS),
    "x[3]": viewed(x, 0, [], [], 3, checked=True),
    "x[-1]": viewed(x, 0, [], [], LESS, checked=True),
    "x[:5]": viewed(x, 0, [5], [1], 0, checked=True),
    "B[:, 1:]": viewed(B, 1, [LESS], [1], 1),
    "B[2]": viewed(B, 0, [], [], 2, checked=True),
    "y[1::2]": viewed(y, 0, [3], [2], 1),
    "y[4:1:-1]": viewed(y, 0, [3], [-1], 4),
    "y[4::-2]": viewed(y, 0, [3], [-2], 4),
    "tanh(x)[1:]": viewed(eg.tanh(x), 0, [LESS], [1], 1),
    '"ni,i->n"(step("n", "n"), x)': CUMSUM,
    '"vm,vd->md"(pick("v", labels), W)': einsum("ta,td->ad", Pick("v", labels), W),
    'pick("v", integers([2,0]))': Pick("v", Integers((2,), (2, 0))),
    'step("n", "n", 1)': Step("n", "n", 1),
}


@pytest.mark.parametrize("text", PRINTED)
def test_selectors_print_as_code_that_is_read_back_as_the_same_node(text):
    assert repr(PRINTED[text]) == text
    assert eg.parse(text, DECLARED) is PRINTED[text]


@pytest.mark.parametrize("name", CASES)
def test_what_is_printed_of_a_product_with_selectors_is_read_back(name):
    expr, _ = FORMULAS[name]
    again = eg.parse(repr(expr), DECLARED)
    assert again.shape == expr.shape
    np.testing.assert_allclose(evaluated(again), evaluated(expr), rtol=1e-12, err_msg=repr(expr))


def test_pictures_show_selectors_as_affine_labels_or_by_a_word():
    shown = {
        name: re.findall(r">([^<]+)</text>", eg.draw(FORMULAS[name][0]).svg)
        for name in ("convolution", "running sum", "embedding", "entry")
    }
    assert shown == {
        "convolution": ["ik,k-&gt;i", "(i+k),k-&gt;ik", "x", "w"],
        "running sum": ["ni,i-&gt;n", "step", "x"],
        "embedding": ["vm,vd-&gt;md", "pick", "labels", "W"],
        "entry": ["(3)-&gt;", "x"],
    }


def test_derivations_shift_indices():
    energy = eg.sum(D * D)
    told = str(eg.derive(energy, x))
    assert "g2_{i-1} [i ≥ 1] - g1_i [i < n-1]" in told
    told = str(eg.derive(CUMSUM, x))
    assert "= Σ_{j≥i} g_j " in told


WRONG = [
    ("x[i+9]*B[i,j]", "x[3] B[n,n]", "the index 'i' has no place here: its axis is 6 too short", 2),
    ("A[4,j]", "A[4,n]", "4 is no index of an axis of size 4", 2),
    ("A[-1,j]", "A[4,n]", "-1 is no index of an axis of size 4", 2),
    ("x[i][0]", "x[n]", "indices are given twice", 0),
    ("x[i+1] - y[i]", "x[n] y[m]", "how far the index 'i' runs depends on the sizes of names", 2),
    ("x[i+k]", "x[n]", "how far the index 'i' runs cannot be told", 2),
    (
        "A[i,j] + x[i+1]",
        "A[n,n] x[n]",
        "the free indices differ: one term has i, j, the other i",
        4,
    ),
    ("x[i*j]", "x[n]", "two indices are multiplied", 2),
    ("x[tanh(i)]", "x[n]", "an index is no such thing", 2),
    ("x[i+1] for i", "x[n]", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "declared", "headline", "caret"), WRONG)
def test_messages_point_at_the_index(text, declared, headline, caret):
    if headline is None:
        with pytest.raises(eg.EinsgradError):
            eg.parse(text, declared)
        return
    with pytest.raises(eg.EinsgradError) as caught:
        eg.parse(text, declared)
    lines = str(caught.value).split("\n")
    assert lines[:3] == [headline, f"  {text}", " " * (caret + 2) + "^"]


def test_parts_that_stand_in_a_power_are_known_before_they_are_used():
    text = "t s² + 1\nwhere s = t² + 2\nwhere t = sum(x)"
    assert eg.parse(text, "x[n]").shape == ()


def test_an_entry_that_is_not_there_is_an_index_error():
    with pytest.raises(IndexError):
        eg.parse("A[4,j]", "A[4,n]")


@pytest.mark.parametrize(
    ("text", "declared", "shape"),
    [
        ("x[i+1] - x[i]", "x[5]", "4"),
        ("w[k]*x[i+k]", "w[3] x[10]", "8"),
        ("K[k,l]*u[i+k,j+l]", "K[p,q] u[m,n]", "m-p+1,n-q+1"),
        ("u[i+1,j] + u[i,j+1] - 2*u[i,j]", "u[m,n]", "m-1,n-1"),
        ("D[i,j] = A[i,j] - x[i] - x[j]", "A[n,n] x[n]", "n,n"),
        ("tanh(x[i+1] - x[i])", "x[n]", "n-1"),
        ("x[labels[i+1]] - x[labels[i]]", "x[n] labels[m]", "m-1"),
        ("[i < j]", "x[n]", "n,n"),
    ],
)
def test_shapes_follow_from_the_places_of_indices(text, declared, shape):
    assert ",".join(map(str, eg.parse(text, declared).shape)) == shape
