"""Ordinary numpy functions: traced, differentiated, evaluated; what cannot be traced says so."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.expressions.capture import capturing
from einsgrad.testing.finite_differences import entry_differences

GENERATOR = np.random.default_rng(0)
A = GENERATOR.uniform(0.2, 0.9, (4, 4)) + 3 * np.eye(4)
X = GENERATOR.uniform(0.2, 0.9, (4, 3))

FUNCTIONS = {
    "einsum": lambda x: np.einsum("ij,jk,ik->", A, x, x),
    "ufuncs": lambda x: np.sum(np.tanh(x) * np.exp(-x) + np.sqrt(x) / np.log1p(x)),
    "matmul": lambda x: np.sum((A @ x) ** 2) + np.sum(x.T @ A),
    "reductions": lambda x: np.max(x) + np.prod(x) + x.mean(axis=0).sum() + x.min(1).sum(),
    "linalg": lambda x: np.trace(np.linalg.inv(A + x @ x.T)) + np.linalg.det(A + x @ x.T),
    "solve": lambda x: np.sum(np.linalg.solve(A + x @ x.T, x)),
    "norm": lambda x: np.linalg.norm(x) + np.linalg.norm(x, axis=0).sum(),
    "where": lambda x: np.sum(np.where(x > 0.5, x * x, 3 * x)),
    "maximum": lambda x: np.sum(np.maximum(x, 0.5) + np.minimum(x, 0.4) + np.abs(x)),
    "swapaxes": lambda x: np.sum(np.swapaxes(x, 0, 1) @ x),
    "dots": lambda x: np.vdot(x, x) + np.dot(x.T, x).trace() + np.tensordot(x, x, 2),
    "inner": lambda x: np.sum(np.inner(x, x)) + np.sum(np.outer(x.sum(0), x.sum(1))),
    "softmax": lambda x: np.sum(np.log(np.sum(np.exp(x), axis=1, keepdims=True)) * x),
    "broadcast": lambda x: np.sum((x - x.mean(axis=0)) ** 2 / (1 + np.arange(3.0))),
    "logaddexp": lambda x: np.sum(np.logaddexp(x, 1 - x) + np.hypot(x, 2) + np.arctan2(x, 3)),
    "power": lambda x: np.sum(x**3 + 2**x + x**x + np.square(x) + np.reciprocal(x)),
    "diagonal": lambda x: np.sum(np.diag(x @ x.T)) + np.sum(np.diagonal(x.T @ x)),
    "reshape": lambda x: np.sum(x.reshape(12) ** 2) + np.sum(np.reshape(x, (2, 2, 3)) ** 3),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_value_and_gradient_of_a_numpy_function(name):
    function = FUNCTIONS[name]
    value, gradient = eg.value_and_grad(function)(X)
    assert np.isclose(value, function(X), rtol=1e-12)
    assert np.allclose(gradient, entry_differences(function, X, "central difference"), rtol=1e-6)


@pytest.mark.parametrize("name", ["einsum", "ufuncs", "linalg", "softmax", "power", "reshape"])
def test_the_hessian_of_a_numpy_function_agrees_with_its_gradient(name):
    function = FUNCTIONS[name]
    hessian = eg.hessian(function)(X)
    direction = GENERATOR.standard_normal(X.shape)
    product = eg.hvp(function, (X,), direction)
    step = 1e-5
    gradient = eg.grad(function)
    slope = (gradient(X + step * direction) - gradient(X - step * direction)) / (2 * step)
    assert np.allclose(np.tensordot(hessian, direction, 2), product, rtol=1e-9)
    assert np.allclose(product, slope, rtol=1e-5, atol=1e-5)


def test_jacobian_vjp_and_jvp_of_a_function():
    def function(x, w):
        return np.tanh(x @ w)

    W = GENERATOR.standard_normal((3, 2))
    jacobian = eg.jacobian(function, argnums=1)(X, W)
    value, pullback = eg.vjp(function, X, W)
    g = GENERATOR.standard_normal(value.shape)
    dX, dW = pullback(g)
    assert jacobian.shape == (4, 2, 3, 2)
    assert np.allclose(value, function(X, W))
    assert np.allclose(dW, np.tensordot(g, jacobian, 2))
    v = GENERATOR.standard_normal(X.shape)
    _, tangent = eg.jvp(function, (X, W), (v, None))
    assert np.isclose(np.sum(tangent * g), np.sum(dX * v))


def test_several_arguments_and_arguments_that_are_no_arrays():
    def function(x, power, w):
        return np.sum(x**power * w)

    dx, dw = eg.grad(function, argnums=(0, 2))(X, 3, 2.0)
    assert np.allclose(dx, 6 * X**2)
    assert np.isclose(dw, np.sum(X**3))
    with pytest.raises(eg.DtypeError, match="no array of floats"):
        eg.grad(function, argnums=1)(X, 3, 2.0)


def test_an_array_outside_the_function_may_be_rebound():
    scale = np.array([1.0, 2.0])
    gradient = eg.grad(lambda x: np.sum(scale * x))
    assert (gradient(np.zeros(2)) == [1, 2]).all()
    scale = np.array([5.0, 6.0])
    assert (gradient(np.zeros(2)) == [5, 6]).all()


def test_a_complex_argument_gets_the_direction_of_steepest_ascent():
    z = np.array([1 + 2j, 3 - 1j])
    function = lambda z: np.sum(np.abs(z) ** 2)  # noqa: E731
    assert np.allclose(eg.grad(function)(z), 2 * z)
    _, pullback = eg.vjp(function, z)
    assert np.allclose(pullback(1.0)[0], 2 * z.conj())


@pytest.mark.parametrize(
    ("function", "named"),
    [
        (lambda x: np.sum(np.unique(x)), "numpy.unique"),
        (np.trim_zeros, "numpy.trim_zeros"),
        (lambda x: np.sum(np.frexp(x)[0]), "numpy.frexp"),
        (lambda x: np.add.reduceat(x, [0]), "add.reduceat"),
        (lambda x: x[x > 0], "where"),
        (lambda x: x["name"], "no index"),
        (lambda x: x if x > 0 else -x, "where"),
        (lambda x: [entry for entry in np.sum(x)], "iterated"),  # noqa: C416
        (float, "no value"),
        (lambda x: np.sum(np.tanh(x, where=x > 0)), "where"),
        (lambda x: x.reshape(5), "reshape"),
        (lambda x: x.reshape(3, 4, order="A"), "order"),
        (lambda x: "text", "Return one array"),
    ],
)
def test_what_cannot_be_traced_is_an_error_that_names_it(function, named):
    with pytest.raises(eg.EinsgradError, match=named):
        eg.grad(function)(X)


NAMES = ["tanh", "exp", "sin", "square", "negative", "arctan", "sqrt"]


@settings(max_examples=40)
@given(st.lists(st.sampled_from(NAMES), max_size=4), st.sampled_from([None, 0, 1]))
def test_tracing_a_function_equals_calling_it(names, axis):
    def function(x):
        for name in names:
            x = getattr(np, name)(np.tanh(x) ** 2)
        return x.sum(axis)

    value, _ = eg.jvp(function, (X,), (X,))
    assert np.allclose(value, function(X), rtol=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_rule_compares_nodes_by_their_entries(name):
    """Where a function is traced, `==` of two nodes is a third one, whose truth is an error."""
    with capturing() as capture:
        (x,) = eg.variables("x[4,3]")
        value = FUNCTIONS[name](x)
        gradient = eg.grad(value, x)
        eg.simplify(eg.jacobian(gradient, x))
        eg.jvp(gradient, x, x)
        evaluate = eg.compile(value, gradient)
        arrays = {symbol.name: array for symbol, array in capture.arrays.items()}
        found = evaluate(x=X, **arrays)[0]
    assert np.isclose(found, FUNCTIONS[name](X))
