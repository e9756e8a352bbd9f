"""Dims that are made of names, such as `n-1`: declared, bound to arrays, counted, checked."""

import pickle

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.engine.polynomials import Polynomial
from einsgrad.engine.random_arrays import random_arrays
from einsgrad.errors import ArgumentError, ShapeError
from einsgrad.expressions.dims import learn, linear, read_dim
from einsgrad.expressions.nodes import Variable
from einsgrad.expressions.selecting import viewed


@pytest.mark.parametrize(
    ("text", "dim"),
    [
        ("n", "n"),
        ("3", 3),
        ("n-1", linear((1, "n"), (-1, 1))),
        (" 2n + 1 ", linear((2, "n"), (1, 1))),
        ("2*n+1", linear((2, "n"), (1, 1))),
        ("m+k-1", linear((1, "m"), (1, "k"), (-1, 1))),
        ("-m+n", linear((1, "n"), (-1, "m"))),
        ("n+n-n", "n"),
        ("n-", None),
        ("", None),
        ("2*", None),
        ("n m", None),
        ("n--1", None),
        ("n**2", None),
        ("9" * 5000, None),
    ],
)
def test_a_dim_is_read(text, dim):
    assert read_dim(text) == dim
    if dim is not None:
        assert read_dim(str(dim)) == dim


@pytest.mark.parametrize("text", ["y[n-]", "y[-3]", "y[n m]", "y[n-n-1]", "y[2*]"])
def test_what_is_no_dim_is_refused(text):
    with pytest.raises(ArgumentError, match="cannot be read"):
        eg.variables(text)


Y, Z, X, W, V = eg.variables("y[n-1] z[2n+1] x[n] w[m+k-1] v[m]")


def test_declared_dims_are_printed_and_pickled():
    assert [repr(one) for one in (Y, Z, W)] == ["y[n-1]", "z[2n+1]", "w[k+m-1]"]
    for one in (Y, Z, W, eg.hessian(eg.sum(Y**2), Y)):
        assert pickle.loads(pickle.dumps(one)) is one


def test_sizes_of_names_come_from_arrays():
    total = eg.sum(eg.ones("n")) * eg.sum(Y)
    assert eg.evaluate(total, y=np.ones(4)) == 20
    both = eg.sum(eg.ones("k")) * eg.sum(W) * eg.sum(V)
    assert eg.evaluate(both, w=np.ones(6), v=np.ones(3)) == 4 * 6 * 3
    assert eg.evaluate(eg.sum(W), w=np.ones(6)) == 6
    assert eg.evaluate(eg.sum(eg.ones("n")), sizes={"n-1": 4}) == 5


@pytest.mark.parametrize(
    ("expr", "arrays", "text"),
    [
        (eg.sum(X) * eg.sum(Y), {"x": 5, "y": 5}, r"y\[n-1\] has size 5 where dim n-1 is 4, as n"),
        (eg.sum(Z), {"z": 4}, "dim 2n.1 has that for no size of n"),
        (eg.sum(Y) * eg.sum(Z), {"y": 4, "z": 5}, "dim 2n.1 is 11, as n is 5"),
        (eg.sum(W) * eg.sum(V), {"w": 1, "v": 4}, "for no size of k"),
    ],
)
def test_contradictions_are_told(expr, arrays, text):
    with pytest.raises(ShapeError, match=text):
        eg.evaluate(expr, **{name: np.ones(size) for name, size in arrays.items()})


def test_derivatives_have_such_dims_and_are_right():
    energy = eg.sum(eg.sin(Y) ** 2) + eg.sum(X)
    assert eg.grad(energy, Y).shape == Y.shape
    assert eg.hessian(energy, Y).shape == Y.shape * 2
    assert eg.jacobian(eg.outer(Y, X), X).shape == (*Y.shape, "n", "n")
    eg.check_grads(energy)
    assert eg.check("2*sin(y)*cos(y)", energy, Y)
    assert not eg.check("2*sin(y)", energy, Y)


def test_random_arrays_leave_room_for_what_is_seen():
    for start in (1, 3, 8):
        rest = viewed(X, 0, [linear((1, "n"), (-start, 1))], [1], start)
        assert random_arrays(rest)["x"].shape[0] > start
        entry = viewed(X, 0, [], [], start, checked=True)
        assert random_arrays(entry)["x"].shape[0] > start
    upper = Variable("u", (linear((9, 1), (-4, "n")),))
    assert random_arrays(upper)["u"].shape[0] >= 1


def test_learning_a_size():
    sizes = {}
    assert learn(linear((1, "m"), (1, "n")), 5, sizes) is None
    assert learn("m", 2, sizes)
    assert learn(linear((1, "m"), (1, "n")), 5, sizes)
    assert sizes == {"m": 2, "n": 3}
    assert learn(linear((1, "m"), (1, "n")), 6, sizes) is False


def test_costs_are_polynomials_in_the_names():
    assert str(Polynomial.of(Y.shape + V.shape)) == "mn - m"
    assert str(Polynomial.of([linear((-1, "n"), (3, 1))])) == "-n + 3"
    first, second = Polynomial.of([*Y.shape, "m"]), Polynomial.of(["n", "m"])
    assert [str(one) for one in first.without_common(second)] == ["-1", "0"]
    assert first.is_covered_by(second)
    assert not second.is_covered_by(first)
    matrix, vector = eg.variables("A[m,n-1] b[n-1]")
    value = eg.costs(eg.sum((matrix @ vector) ** 2), vector)[0]
    assert str(value.flops) == "2mn - m"


def test_a_shape_shows_its_dims_as_they_are_declared():
    (x,) = eg.variables("x[n]")
    assert repr((*x.shape, *x[1:].shape, *np.convolve(x, x).shape)) == "('n', 'n-1', '2n-1')"
