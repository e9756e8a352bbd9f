"""`linearize`: the value of a function, and its Jacobian as a function of tangents."""

import numpy as np
import pytest

import einsgrad as eg

A = np.array([[1.0, -2.0, 3.0], [0.0, 4.0, -1.0]])
X = np.array([2.0, -1.0, 3.0])

# A function, its arguments, and its Jacobian times tangents as plain numpy.
CASES = {
    "square": (lambda x: x * x, (X,), lambda t: 2 * X * t),
    "matrix": (lambda a, x: a @ x, (A, X), lambda da, dx: da @ X + A @ dx),
    "number": (lambda x: np.sum(x**3), (X,), lambda t: np.sum(3 * X**2 * t)),
    "indexed": (lambda x: x[::-1] * x[1], (X,), lambda t: t[::-1] * X[1] + X[::-1] * t[1]),
    "scalar": (lambda x: x * x * x, (2.0,), lambda t: 12.0 * t),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("wrap", [lambda f: f, eg.jit], ids=["plain", "jit"])
def test_value_and_products_are_exact(name, wrap):
    function, primals, product = CASES[name]
    value, pushforward = eg.linearize(wrap(function), *primals)
    assert np.array_equal(value, function(*primals))
    rng = np.random.default_rng(0)
    for _ in range(3):
        tangents = [rng.integers(-5, 6, np.shape(one)).astype(float) for one in primals]
        found = pushforward(*tangents)
        assert np.shape(found) == np.shape(value)
        assert np.array_equal(found, product(*tangents))


def test_the_function_is_called_once():
    calls = []

    def function(x):
        calls.append(x)
        return x * x

    _, pushforward = eg.linearize(function, X)
    pushforward(X)
    pushforward(X)
    assert len(calls) == 1


def test_primals_may_change_afterwards():
    x = X.copy()
    _, pushforward = eg.linearize(lambda x: x * x, x)
    x[:] = 0.0
    assert np.array_equal(pushforward(np.ones(3)), 2 * X)


def test_it_is_differentiated_within_a_function():
    def loss(x):
        value, pushforward = eg.linearize(lambda y: y**3, x)
        return np.sum(value) + np.sum(pushforward(np.ones(3)))

    assert np.array_equal(eg.grad(loss)(X), 3 * X**2 + 6 * X)


def test_an_argument_of_integers_has_no_tangent():
    value, pushforward = eg.linearize(lambda x, n: x * n, X, 3)
    assert np.array_equal(value, 3 * X)
    assert np.array_equal(pushforward(np.ones(3), None), np.full(3, 3.0))


def test_refusals():
    _, pushforward = eg.linearize(lambda x, n: x * n, X, 3)
    with pytest.raises(eg.ArgumentError, match="2 arguments and 1 tangents"):
        pushforward(X)
    with pytest.raises(eg.ArgumentTypeError, match="argument 0 is an array of floats"):
        pushforward(None, None)
    with pytest.raises(eg.ArgumentTypeError, match="argument 1 is no array of floats"):
        pushforward(X, 1)
    with pytest.raises(eg.DtypeError, match="no argument is an array of floats"):
        eg.linearize(lambda n: n, 3)
    with pytest.raises(eg.ShapeError):
        pushforward(np.ones(2), None)
    with pytest.raises(eg.ArgumentTypeError, match="a function is expected"):
        eg.linearize(3, X)
