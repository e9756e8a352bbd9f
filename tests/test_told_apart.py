"""Formulas mean what they say: axes of size 1, shared letters, what g is; ASCII is read back."""

import re

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.expressions.walks import variables_in

X, R, u, n, s, c = eg.variables("X[b,d] R[1,d] u[n] n s c[1]")
SIZES = {"b": 3, "d": 2, "n": 4}
RANDOM = np.random.default_rng(8)
ARRAYS = {
    v.name: RANDOM.uniform(0.3, 1.7, [SIZES.get(dim, dim) for dim in v.shape])
    for v in (X, R, u, n, s, c)
}

KEPT = [
    X / (1e-3 + eg.mean(X, axis=1, keepdims=True)),
    (X - eg.mean(X, axis=0, keepdims=True)) / eg.norm(X, axis=0, keepdims=True),
    eg.exp(X - eg.logsumexp(X, axis=1, keepdims=True)),
    X / eg.sqrt(eg.sum(X * X, axis=0, keepdims=True) + 0.5),
    eg.tanh(eg.sum(X, keepdims=True)) * X,
    eg.log(eg.sum(X, axis=1, keepdims=True)),
    eg.prod(X, axis=1, keepdims=True),
    R * X + c,
    u * eg.sigmoid(eg.max(u, keepdims=True)) + c,
    eg.ones(1) * s,
    eg.outer(u, c) / eg.sum(c),
    eg.mean(u) * n,
    eg.exp(u * n) / eg.mean(u),
    (u + n) * eg.mean(u * u) * s,
]


def value(expr):
    arrays = {v.name: ARRAYS[v.name] for v in variables_in(expr)}
    return np.asarray(eg.evaluate(expr, sizes=SIZES, **arrays))


@pytest.mark.parametrize("notation", ["index", "matrix"])
@pytest.mark.parametrize("expr", KEPT, ids=range(len(KEPT)))
def test_formulas_with_axes_of_size_one_and_shared_letters_are_read_back(expr, notation):
    for one in (expr, eg.simplify(expr)):
        text = eg.show(one, notation, ascii=True, name="q")
        again = eg.parse(text, (X, R, u, n, s, c))
        assert again.shape == one.shape, text
        np.testing.assert_allclose(value(again), value(one), rtol=1e-9, err_msg=text)


def test_an_axis_of_size_one_does_not_show_within_a_formula():
    normed = X / eg.sqrt(eg.mean(X**2, axis=1, keepdims=True) + 1e-6)
    for text in (eg.show(normed, "index"), eg.show(normed, "index", ascii=True)):
        assert not re.search(r"1_|δ|delta|ones", text.replace("1e-06*delta[b]", "")), text


def test_a_size_an_index_and_a_number_of_one_letter_are_told_apart():
    expr = eg.mean(u) * n
    assert eg.show(expr, name="q") == "q = n (1ᵀ u) / size[n]"
    assert eg.show(expr, "index", name="q") == "q = Σ_i n u_i / size[n]"
    assert r"\operatorname{size}(n)" in eg.latex(expr)
    assert eg.show(eg.exp(u * n), "index", name="q") == "q_i = exp(n u_i)"
    assert eg.parse(repr(expr), (u, n)) is expr
    assert eg.show(u / eg.mean(u), "index", name="q") == "q_i = n u_i / (Σ_j u_j)"


def test_names_of_parts_are_no_variables_nor_sizes():
    r, v = eg.variables("r[s] v[s]")
    a = eg.sigmoid(r * v)
    text = eg.show(a * (1 - a), ascii=True)
    (name,) = re.findall(r"where (\w+) =", text)
    assert name not in ("r", "v", "s")
    assert eg.simplify(eg.parse(text, (r, v))) is eg.simplify(a * (1 - a))


def test_a_named_part_hides_a_variable_that_is_declared():
    assert eg.parse("t @ t\nwhere t = 2*x", "x[n] t[k]") is eg.parse("(2*x) @ (2*x)", "x[n]")


@pytest.mark.parametrize("detail", ["all", "landmarks"])
def test_steps_say_what_the_cotangent_is(detail):
    (A,) = eg.variables("A[n,n]")
    told = eg.derive(eg.det(A) * A, A, detail=detail)
    assert re.search(r"\ng +\S*= ∂E/∂Y ", str(told))
    assert r"g &= \frac{\partial E}{\partial Y}" in told.latex
    (G,) = eg.variables("G[n,n]")
    assert re.search(r"\nG +\S*= ∂E/∂Y ", str(eg.derive(A @ A, A, cotangent=G, detail=detail)))


def test_steps_do_not_name_two_things_alike():
    (E,) = eg.variables("E[n]")
    assert "∂E0/∂E" in str(eg.derive(eg.sum(E * E), E))
    assert "∂E/∂E" not in str(eg.derive(E * E, E))
