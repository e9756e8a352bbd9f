"""Structured results whose axes are shifted: bands, sparse patterns, matrices of scipy."""

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.engine.structured import Structured

x, z, X = eg.variables("x[n] z[5] X[m,n]")
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
    assert (structured.diagonal().ravel() == dense.reshape(size, size).diagonal()).all()


@pytest.mark.parametrize("name", ENERGIES)
def test_a_hessian_becomes_a_sparse_matrix(name):
    pytest.importorskip("scipy")
    structured, dense, given = held(name)
    matrix = structured.to_scipy_sparse()
    assert matrix.format == "csr"
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
        three.diagonal()


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
