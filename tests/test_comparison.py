"""What the page of comparisons says of other libraries, for the versions that it names."""

import importlib
import importlib.metadata
import re
from pathlib import Path

import numpy as np
import pytest

import einsgrad as eg

PAGE = (Path(__file__).parent.parent / "docs" / "comparison.md").read_text(encoding="utf-8")
ones, cube = np.ones(3), np.ones((3, 3))


def library(name):
    """Import a library if it has the version that the page names, else skip the test."""
    stated = re.search(rf"\b{name} (\d+(?:\.\d+)+)", PAGE)
    assert stated, f"the page names no version of {name}"
    pytest.importorskip(name)
    if importlib.metadata.version(name).partition("+")[0] != stated[1]:
        pytest.skip(f"the page speaks of {name} {stated[1]}")
    return importlib.import_module(name)


def jax_in_double():
    jax = library("jax")
    jax.config.update("jax_enable_x64", True)
    return jax


def test_einsgrad_has_what_its_column_says():
    assert np.array_equal(eg.grad(lambda A: np.einsum("ii->", A))(cube), np.eye(3))
    assert np.array_equal(eg.einsum("i->ii", ones), np.eye(3))
    assert eg.grad(lambda x: np.log(1 + np.exp(x)))(np.float64(1000)) == 1
    assert np.array_equal(eg.grad(np.linalg.norm)(np.zeros(2)), np.zeros(2))
    (z,) = eg.variables("z[n]", complex="z")
    assert eg.grad(eg.sum(eg.square(eg.abs(z))), z) is eg.simplify(2 * z)


def test_the_column_of_jax():
    jax = jax_in_double()
    numpy = jax.numpy
    trace = jax.grad(lambda A: numpy.einsum("ii->", A))(cube)
    assert np.array_equal(trace, np.eye(3))
    with pytest.raises(ValueError, match="more than once in the output"):
        numpy.einsum("i->ii", ones)
    assert np.isnan(jax.grad(lambda x: numpy.log(1 + numpy.exp(x)))(1000.0))
    assert np.isnan(jax.grad(numpy.linalg.norm)(np.zeros(2))).all()
    squares = jax.grad(lambda z: numpy.sum(numpy.abs(z) ** 2))(np.array([1 + 2j]))
    assert np.allclose(squares, 2 - 4j)


def test_the_column_of_torch():
    torch = library("torch")
    trace = torch.func.grad(lambda A: torch.einsum("ii->", A))(torch.ones(3, 3))
    assert np.array_equal(trace, np.eye(3))
    with pytest.raises(RuntimeError, match="more than once in the output"):
        torch.einsum("i->ii", torch.ones(3))
    assert torch.func.grad(lambda x: torch.log(1 + torch.exp(x)))(torch.tensor(1e3)).isnan()
    assert torch.func.grad(torch.linalg.norm)(torch.zeros(2)).tolist() == [0, 0]
    z = torch.tensor([1 + 2j])
    assert np.allclose(torch.func.grad(lambda z: (z.abs() ** 2).sum())(z), 2 + 4j)


@pytest.mark.filterwarnings("ignore")
def test_the_column_of_autograd():
    autograd = library("autograd")
    numpy = importlib.import_module("autograd.numpy")
    with pytest.raises(ValueError, match="output subscript 'i' multiple times"):
        autograd.grad(lambda A: numpy.einsum("ii->", A))(cube)
    assert np.isnan(autograd.grad(lambda x: numpy.log(1 + numpy.exp(x)))(1000.0))
    assert np.isnan(autograd.grad(numpy.linalg.norm)(np.zeros(2))).all()
    squares = autograd.grad(lambda z: numpy.sum(numpy.abs(z) ** 2))(np.array([1 + 2j]))
    assert np.allclose(squares, 2 - 4j)


def test_derivatives_that_sympy_gets_wrong():
    sympy = library("sympy")
    n = sympy.Symbol("n", integer=True, positive=True)
    X = sympy.MatrixSymbol("X", n, n)
    assert sympy.log(sympy.Trace(X)).diff(X) == sympy.ZeroMatrix(n, n)
    assert sympy.log(sympy.Determinant(X)).diff(X) == sympy.ZeroMatrix(n, n)
