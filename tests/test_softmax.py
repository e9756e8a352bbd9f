"""Softmax and logsumexp written by hand: recognised, and what only looks like them left alone."""

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.expressions.nodes import Reduce
from einsgrad.expressions.tables.reductions import LOGSUMEXP, MAX
from einsgrad.expressions.walks import topological
from einsgrad.simplification.sharing import simplify_sharing

X = np.array([[0.5, 2.0, 2.0], [-1.0, 3.0, 0.0], [4.0, 4.0, 4.0], [700.0, -700.0, 1.0]])
WEIGHTS = np.array([[1.0, -2.0, 3.0], [0.5, 1.0, 2.0], [3.0, 1.0, -1.0], [2.0, 5.0, 1.0]])


def kept_axes(x):
    e = np.exp(x - np.max(x, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def indexed(x):
    e = np.exp(x - x.max(1)[:, None])
    return e / e.sum(axis=-1)[:, None]


def turned(x):
    e = np.exp(x.T - x.max(1))
    return (e / e.sum(0)).T


def scaled(x):
    e = np.exp((2 * x - np.max(2 * x, axis=1, keepdims=True)) / 2)
    return e / np.sum(e, axis=1, keepdims=True)


def reciprocals(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return 1 / e.sum(axis=1, keepdims=True) * e


def shifted_by_all(x):
    e = np.exp(x - np.max(x))
    return e / np.sum(e, axis=1, keepdims=True)


SOFTMAX = [kept_axes, indexed, turned, scaled, reciprocals]
LOGARITHMS = {
    "kept axes": lambda x: (
        np.log(np.sum(np.exp(x - np.max(x, 1, keepdims=True)), axis=1, keepdims=True))
        + np.max(x, 1, keepdims=True)
    )[:, 0],
    "indexed": lambda x: np.log(np.exp(x - x.max(1)[:, None]).sum(1)) + x.max(1),
    "turned": lambda x: x.max(1) + np.log(np.sum(np.exp(x.T - x.max(1)), 0)),
}


def reference(x):
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def reductions(function):
    (x,) = eg.variables("x[4,3]")
    nodes = topological(*simplify_sharing([function(x)]))
    return {node.function for node in nodes if isinstance(node, Reduce)}


@pytest.mark.parametrize("function", SOFTMAX)
def test_nothing_is_derived_through_the_maximum_of_a_softmax(function):
    assert reductions(function) == {LOGSUMEXP}
    p = reference(X)
    value, pullback = eg.vjp(function, X)
    np.testing.assert_allclose(value, p, rtol=1e-14, atol=0)
    expected = p * (WEIGHTS - (p * WEIGHTS).sum(1, keepdims=True))
    np.testing.assert_allclose(pullback(WEIGHTS)[0], expected, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("name", LOGARITHMS)
def test_a_logarithm_of_shifted_exponentials_is_logsumexp(name):
    function = LOGARITHMS[name]
    assert reductions(function) == {LOGSUMEXP}
    value, pullback = eg.vjp(function, X)
    np.testing.assert_allclose(value, function(X), rtol=1e-15)
    weights = WEIGHTS[:, 0]
    np.testing.assert_allclose(pullback(weights)[0], weights[:, None] * reference(X), rtol=1e-13)


def test_a_shift_by_the_maximum_of_all_entries_is_one_of_each_row():
    assert reductions(shifted_by_all) == {LOGSUMEXP}
    near = X[:3]
    np.testing.assert_allclose(eg.vjp(shifted_by_all, near)[0], reference(near), rtol=1e-14)


OTHERS = {
    "a maximum of each column": lambda x: (
        np.exp(x - x.max(0)) / np.sum(np.exp(x - x.max(0)), axis=1, keepdims=True)
    ),
    "sums along another axis": lambda x: (
        np.exp(x - x.max(1, keepdims=True)) / np.sum(np.exp(x - x.max(1, keepdims=True)), axis=0)
    ),
    "other exponentials": lambda x: (
        np.exp(2 * x) / np.sum(np.exp(x - x.max(1, keepdims=True)), axis=1, keepdims=True)
    ),
    "one number more": lambda x: (
        np.exp(x - x.max(1, keepdims=True))
        / (1 + np.sum(np.exp(x - x.max(1, keepdims=True)), axis=1, keepdims=True))
    ),
    "a square in place of a logarithm": lambda x: (
        np.sum(np.exp(x - x.max(1, keepdims=True)), axis=1) ** 2
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_softmax_stays_what_it_is(name):
    function, near = OTHERS[name], X[:2]
    assert MAX in reductions(function)
    np.testing.assert_allclose(eg.vjp(function, near)[0], function(near), rtol=1e-13)


def test_exponentials_are_computed_once_for_a_softmax_of_a_sum():
    (x, y) = eg.variables("x[n] y[n]")
    program = eg.compile(eg.softmax(x + eg.sin(y)))
    program(x=X[0], y=X[1])
    assert program.source.count("np.exp(") == 1
    assert "log" not in program.source


def test_the_entropy_of_a_softmax_has_the_gradient_of_books():
    (z,) = eg.variables("z[n]")
    p = eg.softmax(z)
    found = eg.grad(-eg.sum(p * eg.log(p)), z)
    assert found is eg.simplify(-p * (eg.log(p) - p @ eg.log(p)))
    at = np.array([0.3, -1.2, 2.0, 0.1])
    q = np.exp(at) / np.exp(at).sum()
    expected = -q * (np.log(q) - q @ np.log(q))
    np.testing.assert_allclose(eg.evaluate(found, {"z": at}), expected, rtol=1e-12)


def test_numbers_are_taken_out_of_what_a_softmax_averages():
    z, c, Z = eg.variables("z[n] c[n] Z[m,n]")
    p = eg.softmax(z)
    assert eg.show(eg.simplify(p @ (2 + c))) == "2 + cᵀ softmax(z)"
    assert eg.show(eg.simplify((p @ (1 + z)) * p - p)) == "(zᵀ softmax(z)) softmax(z)"
    rows = eg.simplify(eg.sum(eg.softmax(Z, axis=1) * (3 - Z), axis=1))
    at = np.array([[0.3, -1.2, 2.0], [1.0, 0.5, -0.4]])
    q = np.exp(at) / np.exp(at).sum(1, keepdims=True)
    np.testing.assert_allclose(eg.evaluate(rows, {"Z": at}), (q * (3 - at)).sum(1), rtol=1e-12)


def test_a_transposed_softmax_is_the_transpose_of_one():
    Q, K, V, G = eg.variables("Q[t,d] K[s,d] V[s,p] G[t,p]")
    weights = eg.softmax(Q @ K.T, axis=1)
    found = eg.grad(eg.sum(weights @ V * G), V)
    assert found is eg.simplify(weights.T @ G)
    assert eg.show(found) == "softmax(Q Kᵀ)ᵀ G"
    rng = np.random.default_rng(0)
    q, k, g = rng.normal(size=(3, 2)), rng.normal(size=(4, 2)), rng.normal(size=(3, 5))
    e = np.exp(q @ k.T)
    expected = (e / e.sum(1, keepdims=True)).T @ g
    np.testing.assert_allclose(eg.evaluate(found, {"Q": q, "K": k, "G": g}), expected)
