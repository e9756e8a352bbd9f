"""Structured results whose axes are shifted: bands, sparse patterns, matrices of scipy."""

import importlib.util

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.engine.structured import Structured
from einsgrad.expressions.walks import variables_in

x, z, X, src, dst, w, W = eg.variables("x[n] z[5] X[m,n] src[e] dst[e] w[e] W[v,d]")
ENERGIES = {
    "chain": (eg.sum((x[1:] - x[:-1]) ** 2), x),
    "second differences": (eg.sum((x[2:] - 2 * x[1:-1] + x[:-2]) ** 2), x),
    "rosenbrock": (eg.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2), x),
    "every second": (eg.sum(z[::2] ** 3 * z[1]), z),
    "products of neighbours": (eg.sum(x[1:] * x[:-1]) + eg.sum(x**3), x),
    "stencil": (eg.sum((X[1:] - X[:-1]) ** 2) + eg.sum((X[:, 1:] - X[:, :-1]) ** 2), X),
    "corners": (eg.sum(X[1:, 1:] ** 2 * X[:-1, :-1]), X),
    "a slice": (eg.sum(x[1:3] ** 3), x),
    "turned around": (eg.sum(x[::-1] * x), x),
    "entry": (x[1] ** 3 * x[2], x),
}


def held(name):
    """Return a Hessian that keeps its selectors, one that is written out, and the array."""
    energy, variable = ENERGIES[name]
    hessian = eg.hessian(energy, variable)
    given = np.random.default_rng(0).integers(-4, 5, (4, 5)[-len(variable.shape) :]).astype(float)
    arrays = {variable.name: given}
    structured = eg.compile(hessian, structured=True, inputs=[variable])(**arrays)
    return structured, eg.compile(hessian, inputs=[variable])(**arrays), given


@pytest.mark.parametrize("name", ENERGIES)
def test_a_hessian_that_keeps_its_selectors_is_the_one_that_is_written_out(name):
    structured, dense, given = held(name)
    assert structured.shape == dense.shape
    assert (structured.dense() == dense).all()
    direction = np.arange(1.0, given.size + 1).reshape(given.shape)
    expected = np.tensordot(dense, direction, given.ndim)
    assert (structured.contract(direction) == expected).all()
    size = given.size
    assert (structured.diag().ravel() == dense.reshape(size, size).diagonal()).all()


@pytest.mark.parametrize("name", ENERGIES)
def test_a_hessian_becomes_a_sparse_matrix(name):
    pytest.importorskip("scipy")
    structured, dense, given = held(name)
    matrix = structured.to_scipy_sparse()
    assert matrix.format == "csr"
    assert matrix.nnz <= structured.entry_count <= 9 * given.size
    assert (matrix.toarray() == dense.reshape(given.size, given.size)).all()
    tall = structured.to_scipy_sparse(rows=dense.ndim)
    assert (tall.toarray().ravel() == dense.ravel()).all()


def test_bands_of_a_million_variables_take_the_memory_of_the_bands():
    n = 10**6
    given = np.linspace(0, 1, n)
    energy, variable = ENERGIES["rosenbrock"]
    f = eg.compile(eg.hessian(energy, variable), structured=True)
    hessian = f(x=given)
    assert hessian.nbytes <= 5 * given.nbytes
    assert f.program.peak_bytes <= 12 * given.nbytes
    direction = np.ones(n)
    (v,) = eg.variables("v[n]")
    product = eg.compile(eg.hvp(energy, variable, v), inputs=[variable, v])
    assert np.allclose(hessian.contract(direction), product(given, direction))


def test_a_million_bands_become_a_sparse_matrix():
    pytest.importorskip("scipy")
    n = 10**6
    energy, variable = ENERGIES["chain"]
    hessian = eg.compile(eg.hessian(energy, variable), structured=True)(x=np.zeros(n))
    matrix = hessian.to_scipy_sparse()
    assert matrix.nnz == 3 * n - 2
    assert (matrix @ np.ones(n) == 0).all()


def test_a_jacobian_is_a_tall_matrix_and_odd_axes_must_be_split():
    pytest.importorskip("scipy")
    difference = eg.compile(eg.jacobian(x[1:] - x[:-1], x), structured=True, inputs=[x])(
        np.zeros(5)
    )
    assert (difference.to_scipy_sparse().toarray() == np.diff(np.eye(5), axis=0)).all()
    three = eg.compile(eg.jacobian(X[1:, 0], X), structured=True, inputs=[X])(np.zeros((3, 2)))
    with pytest.raises(eg.ArgumentError, match="rows=1"):
        three.to_scipy_sparse()
    with pytest.raises(eg.ArgumentError, match="rows: 9 of 3 axes"):
        three.to_scipy_sparse(9)
    assert three.to_scipy_sparse(1).shape == (2, 6)
    with pytest.raises(eg.ShapeError, match="no diagonal"):
        three.diag()


def test_parts_say_their_pattern_with_affine_labels():
    structured, _, _ = held("products of neighbours")
    assert isinstance(structured, Structured)
    assert "(i+1)" in str(structured)
    assert '"i->ii"' in str(structured)


def test_without_scipy_a_sparse_matrix_is_refused_by_name(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "scipy", None)
    structured, _, _ = held("chain")
    with pytest.raises(eg.ArgumentError, match=r"einsgrad\[special\]"):
        structured.to_scipy_sparse()


def edges(count, nodes):
    generator = np.random.default_rng(0)
    return generator.integers(-nodes, nodes, count), generator.integers(0, nodes, count)


FEW = np.array([0, 2, 1, 1, -1])
PICKED = {
    "graph": (eg.sum((x[src] - x[dst]) ** 2), x, 4),
    "weights": (eg.sum(w * (x[src] - x[dst]) ** 4), x, 4),
    "more integers than nodes": (eg.sum(x[src] * w) ** 2, x, 1),
    "known integers": (eg.sum((x[FEW] - x[FEW[::-1]]) ** 3), x, 4),
    "shifted before": (eg.sum(x[::-1][src] ** 3), x, 1),
    "shifted after": (eg.sum((x[src][1:] - x[dst][:-1]) ** 2), x, 4),
    "shifted integers": (eg.sum((x[src[1:]] - x[dst[:-1]]) ** 3), x, 4),
    "joined": (eg.sum(np.concatenate([x, x])[src] ** 3), x, 4),
    "looked up twice": (eg.sum(x[src][dst % 3] ** 3), x, 1),
    "mixed": (eg.sum(x[src] * x[dst]) + eg.sum(x[1:] * x[:-1]) + eg.sum(x) ** 2, x, 5),
    "times a sum": (eg.sum(x[src] * w) * eg.sum(x), x, 2),
    "function first": (eg.sum(np.exp(x)[src] * x[dst]), x, 3),
    "sorted": (eg.sum(np.sort(x)[1:] * np.sort(x)[:-1]), x, 2),
    "rows": (eg.sum(W[src % 5] ** 3), W, 1),
    "entries": (eg.sum(W[src % 5, dst % 3] ** 3), W, 1),
    "labels": (eg.sum(np.log(np.sum(np.exp(W[src % 5]), 1)) - W[src % 5, 0]), W, 2),
    "triangle": (eg.sum(np.tril(W) ** 3), W, 1),
}


@pytest.mark.parametrize("name", PICKED)
def test_a_hessian_keeps_its_look_ups(name):
    energy, variable, parts = PICKED[name]
    hessian = eg.hessian(energy, variable)
    given = np.random.default_rng(0).integers(-2, 3, (5, 3) if variable is W else 6).astype(float)
    first, second = edges(7, 6)
    arrays = {variable: given, src: first, dst: second, w: np.arange(7.0)}
    inputs = [one for one in arrays if one is variable or one in variables_in(hessian)]
    values = [arrays[one] for one in inputs]
    dense = eg.compile(hessian, inputs=inputs)(*values)
    structured = eg.compile(hessian, structured=True, inputs=inputs)(*values)
    size = given.size
    matrix = dense.reshape(size, size)
    assert np.allclose(structured.dense(), dense, 1e-14, 1e-13)
    assert np.allclose(structured.contract(given).ravel(), matrix @ given.ravel(), 1e-13, 1e-13)
    assert np.allclose(structured.diag().ravel(), matrix.diagonal(), 1e-14, 1e-13)
    assert len(structured.parts) == parts
    if importlib.util.find_spec("scipy"):
        sparse = structured.to_scipy_sparse()
        assert np.allclose(sparse.toarray(), matrix, 1e-14, 1e-13)
        assert sparse.has_canonical_format


def test_the_laplacian_of_a_graph_takes_the_memory_of_its_edges():
    n = 10**5
    first, second = edges(n, n)
    hessian = eg.hessian(PICKED["graph"][0], x)
    f = eg.compile(hessian, structured=True, inputs=[x, src, dst])
    laplacian = f(np.zeros(n), first, second)
    assert laplacian.nbytes <= 2 * first.nbytes + 64
    assert f.program.peak_bytes <= 4 * first.nbytes
    given = np.arange(float(n))
    expected = np.zeros(n)
    difference = 2 * (given[first] - given[second])
    np.add.at(expected, first, difference)
    np.add.at(expected, second, -difference)
    assert (laplacian.contract(given) == expected).all()
    assert '"->(src[i])(dst[i])"' in str(laplacian)
    with pytest.raises(eg.SizeError):
        laplacian.dense()


def test_integers_of_a_structured_result_are_checked_and_its_own():
    f = eg.compile(eg.hessian(PICKED["graph"][0], x), structured=True, inputs=[x, src, dst])
    first, second = np.array([0, 1, -1]), np.array([1, 2, 0])
    result = f(np.zeros(3), first, second)
    before = result.dense()
    first[:] = 2
    assert (result.dense() == before).all()
    with pytest.raises(eg.IndexingError, match="index -4 is out of bounds for an axis of size 3"):
        f(np.zeros(3), np.array([0, -4, 1]), second)
    assert not f(np.zeros(3), first[:0], second[:0]).dense().any()


@pytest.mark.parametrize("kind", ["f2", "f4", "f8"])
def test_a_hessian_of_integers_alone_has_the_dtype_of_what_it_was_derived_in(kind):
    hessian = eg.hessian(PICKED["graph"][0], x)
    given = np.zeros(3, kind), np.array([0, 1]), np.array([1, 2])
    for structured in (False, True):
        result = eg.compile(hessian, inputs=[x, src, dst], structured=structured)(*given)
        assert (result.dense() if structured else result).dtype == kind
