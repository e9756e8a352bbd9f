"""Derivatives inside of derivatives: every pair of transforms, to any depth."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.testing.finite_differences import entry_differences

X = np.array([0.5, 1.0, 2.0])
W = np.array([[1.0, 0.5, 0.0], [0.2, 1.0, 0.3], [0.0, 0.4, 1.0]])


def energy(y, x):
    """Return a number whose derivatives in y depend on x."""
    return np.sum(np.sin(W @ y) * x) + np.sum(y**3)


# Each uses a derivative of `energy`, in its first argument, and returns a number.
INNER = {
    "grad": lambda x: np.sum(eg.grad(energy)(x, x) * x),
    "grad that closes over x": lambda x: np.sum(eg.grad(lambda y: energy(y, x))(x)),
    "grad at numbers": lambda x: np.sum(x * eg.grad(lambda y: energy(y, x))(X)),
    "grad at numbers alone": lambda x: np.sum(x * eg.grad(lambda y: np.sum(y**3))(X)),
    "grad by name": lambda x: np.sum(eg.grad(energy, argnums="x")(x, x=x) * x),
    "value_and_grad": lambda x: eg.value_and_grad(energy)(x, x)[0] * 2.0,
    "both of value_and_grad": lambda x: np.sum(np.multiply(*eg.value_and_grad(energy)(x, x))),
    "jacobian": lambda x: np.sum(eg.jacobian(lambda y: np.tanh(W @ y) * x)(x) @ x),
    "hessian": lambda x: np.sum(eg.hessian(energy)(x, x) @ x),
    "blocks": lambda x: np.sum(eg.hessian(energy, (0, 1))(x, x)[1][0] @ x),
    "hvp": lambda x: np.sum(eg.hvp(energy, (x, x), x)),
    "hvp of numbers": lambda x: np.sum(eg.hvp(lambda y: energy(y, x), (X,), X)),
    "vjp": lambda x: np.sum(eg.vjp(lambda y: np.tanh(W @ y) * x, x)[1](x)[0] * x),
    "vjp of numbers": lambda x: np.sum(eg.vjp(lambda y: y**3, X)[1](x)[0]),
    "jvp": lambda x: np.sum(np.multiply(*eg.jvp(lambda y: np.tanh(W @ y) * x, (x,), (x,)))),
    "jvp of numbers": lambda x: np.sum(eg.jvp(lambda y: np.tanh(W @ y), (X,), (x,))[1]),
    "jit": lambda x: eg.jit(energy)(x, x),
    "grad of jit": lambda x: np.sum(eg.grad(eg.jit(energy))(x, x) * x),
    "jit of grad": lambda x: np.sum(eg.jit(eg.grad(energy))(x, x) * x),
    "grad of grad": lambda x: np.sum(
        eg.grad(lambda y: np.sum(eg.grad(lambda z: energy(z, x * y))(y) * x))(x)
    ),
}


@pytest.mark.parametrize("name", INNER)
def test_a_derivative_of_a_derivative_agrees_with_differences(name):
    function = INNER[name]
    expected = entry_differences(function, X, "central difference")
    value, gradient = eg.value_and_grad(function)(X)
    assert np.isclose(value, function(X))
    assert np.allclose(gradient, expected, rtol=1e-6, atol=1e-6)


OUTER = {
    "grad": lambda f: eg.grad(f)(X),
    "jacobian": lambda f: eg.jacobian(f)(X),
    "vjp": lambda f: eg.vjp(f, X)[1](1.0)[0],
    "jvp": lambda f: np.array([eg.jvp(f, (X,), (e,))[1] for e in np.eye(3)]),
    "jit": lambda f: eg.grad(eg.jit(f))(X),
    "grad of jit of jit": lambda f: eg.jit(eg.grad(eg.jit(f)))(X),
}


@pytest.mark.parametrize("inner", ["grad", "jacobian", "hvp", "vjp", "jvp", "jit of grad"])
@pytest.mark.parametrize("outer", OUTER)
def test_every_pair_of_transforms(outer, inner):
    expected = entry_differences(INNER[inner], X, "central difference")
    assert np.allclose(OUTER[outer](INNER[inner]), expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("depth", range(1, 7))
def test_derivatives_of_a_power_to_any_depth(depth):
    function, factor = (lambda x: x**6), 1
    for order in range(depth):
        function, factor = eg.grad(function), factor * (6 - order)
    assert np.isclose(function(1.5), factor * 1.5 ** (6 - depth))


def test_the_hessian_is_the_jacobian_of_the_gradient():
    function = lambda y: energy(y, X)  # noqa: E731
    hessian = eg.hessian(function)(X)
    assert np.allclose(hessian, eg.jacobian(eg.grad(function))(X))
    assert np.allclose(hessian @ X, eg.jvp(eg.grad(function), (X,), (X,))[1])
    assert np.allclose(hessian @ X, eg.vjp(eg.grad(function), X)[1](X)[0])
    assert np.allclose(hessian @ X, eg.grad(lambda x: np.sum(eg.grad(function)(x) * X))(X))


@pytest.mark.parametrize(
    ("function", "slope"),
    [
        (lambda x: x * eg.grad(lambda y: x + y)(1.0), 1.0),
        (lambda x: x * eg.grad(lambda y: x * y)(2.0), 2 * 3.0),
        (lambda x: eg.grad(lambda y: eg.grad(lambda x: x * y)(y) * x)(2.0), 1.0),
        (lambda x: x * eg.grad(lambda x: x * x)(x), 4 * 3.0),
        (
            lambda x: x * eg.grad(lambda y: y * eg.grad(lambda z: x * y * z)(3.0))(2.0),
            8 * 3.0,
        ),
    ],
)
def test_variables_of_two_levels_are_never_confused(function, slope):
    assert np.isclose(eg.grad(function)(3.0), slope)


def test_a_derivative_at_numbers_is_a_number_also_within_a_trace():
    def function(x):
        slope = eg.grad(lambda y: np.sum(y * y))(np.array([1.0, 2.0, 3.0]))
        return np.sum(x) * (2.0 if slope[1] > 3 else 1.0)

    assert (eg.grad(function)(X) == 2).all()


def test_a_function_may_be_differentiated_at_expressions():
    x, v = eg.variables("x[n] v[n]")
    assert eg.grad(lambda y: np.sum(np.sin(y)))(x) is eg.simplify(eg.cos(x))
    assert eg.jvp(lambda y: y**2, (x,), (v,))[1] is eg.simplify(2 * x * v)


def test_a_value_that_leaves_its_trace_is_an_error():
    kept = []

    def inner(y):
        kept.append(y * 2)
        return np.sum(y)

    def function(x):
        eg.grad(inner)(X)
        return np.sum(x * kept[0])

    with pytest.raises(eg.ArgumentError, match="another call"):
        eg.grad(function)(X)


def test_a_variable_of_the_user_is_no_argument():
    (x,) = eg.variables("x[3]")
    with pytest.raises(eg.ArgumentError, match="no argument"):
        eg.grad(lambda x_: np.sum(x_ * x))(X)

    def function(x, inside):
        return np.sum(x) + np.sum(inside)

    with pytest.raises(eg.ArgumentError, match="no argument"):
        eg.value_and_grad(lambda x_: function(x_, x))(X)


def in_threads(work):
    with ThreadPoolExecutor(2) as executor:
        return sum(executor.map(work, [1.0, 2.0]))


IN_THREADS = {
    "grad": (lambda f, x: np.sum(eg.grad(f)(x)), lambda k: 2 * k),
    "value_and_grad": (lambda f, x: eg.value_and_grad(f)(x)[0], lambda k: k),
    "jvp": (lambda f, x: eg.jvp(f, (x,), (1.0 + 0 * x,))[1], lambda k: 2 * k),
    "vjp": (lambda f, x: np.sum(eg.vjp(f, x)[1](1.0)[0]), lambda k: 2 * k),
}


@pytest.mark.parametrize("name", IN_THREADS)
def test_traces_within_threads_of_a_traced_function_have_variables_of_their_own(name):
    ask, times = IN_THREADS[name]
    start = np.array([0.5, 1.0, 2.0])

    def function(x):
        outer = x
        return in_threads(lambda k: ask(lambda x: np.sum(k * x**2 * outer), x))

    # The inner derivative is that of k x² at a constant factor x; the outer one sees both.
    power = 3 if name == "value_and_grad" else 2
    expected = sum(times(k) for k in (1.0, 2.0)) * power * start ** (power - 1)
    assert np.allclose(eg.grad(function)(start), expected)
