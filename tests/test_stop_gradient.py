"""What no derivative passes: its value is its argument's, in every transform and library."""

import pickle

import numpy as np
import pytest

import einsgrad as eg

X = np.array([1.0, 2.0, -3.0])


def test_an_array_and_a_number_stay_what_they_are():
    held = [1, "text"]
    assert eg.stop_gradient(X) is X
    assert eg.stop_gradient(held) is held
    assert pickle.loads(pickle.dumps(eg.stop_gradient)) is eg.stop_gradient
    assert eg.grad(lambda x: np.sum(x * eg.stop_gradient(X)))(X).tolist() == X.tolist()


@pytest.mark.parametrize("dtype", ["f4", "f8", "c16"])
def test_the_value_keeps_its_dtype(dtype):
    given = np.array([1, 0, 3]).astype(dtype)
    found = eg.jit(eg.stop_gradient)(given)
    assert found.dtype == given.dtype
    assert found.tolist() == given.tolist()


def test_what_is_returned_is_no_view_of_an_argument():
    given = X.copy()
    found = eg.jit(eg.stop_gradient)(given)
    found[:] = 7
    assert given.tolist() == X.tolist()


def test_it_is_a_constant_for_every_derivative():
    def function(x):
        return np.sum(x * x * eg.stop_gradient(x * x))

    assert eg.grad(function)(X).tolist() == (2 * X**3).tolist()
    assert eg.hessian(function)(X).tolist() == np.diag(2 * X**2).tolist()
    assert eg.jvp(function, (X,), (X,))[1] == 2 * (X**4).sum()
    assert eg.hvp(function)(X, X).tolist() == (2 * X**3).tolist()
    assert eg.jacobian(eg.stop_gradient)(X).tolist() == np.zeros((3, 3)).tolist()


def test_a_value_passes_straight_through_what_has_no_slope():
    def straight_through(x):
        return np.sum((x + eg.stop_gradient(np.round(x) - x)) ** 2)

    given = np.array([0.75, 1.25])
    assert eg.value_and_grad(straight_through)(given)[0] == 2
    assert eg.grad(straight_through)(given).tolist() == [2.0, 2.0]


def test_a_derivative_taken_inside_is_stopped_too():
    def inner(x):
        return eg.grad(lambda y: np.sum(eg.stop_gradient(y) * y * y))(x)

    assert inner(X).tolist() == (2 * X * X).tolist()
    assert eg.jacobian(inner)(X).tolist() == np.diag(2 * X).tolist()


def test_simplification_keeps_it_and_its_text_is_read_back():
    (x,) = eg.variables("x[n]")
    expr = eg.sum(x - eg.stop_gradient(x))
    assert eg.simplify(expr) is not eg.simplify(0 * eg.sum(x))
    assert eg.evaluate(eg.grad(eg.simplify(expr), x), x=X).tolist() == [1.0, 1.0, 1.0]
    assert eg.parse("stop_gradient(x)", "x[n]") is eg.stop_gradient(x)
    assert repr(eg.stop_gradient(x)) == "stop_gradient(x)"
    assert eg.latex(eg.stop_gradient(x)) == r"\operatorname{stop}(x)"
