"""Functions of whole arrays with a pullback of one's own: all orders and modes, errors."""

import numpy as np
import pytest

import einsgrad as eg

X = np.array([1.0, 2.0, -3.0])
B = np.array([[2.0, 1.0, 0.0], [0.0, 3.0, 1.0], [1.0, 0.0, 4.0]])

cube = eg.custom_derivative(lambda x: x**3, lambda g, y, x: g * 3 * x**2)


def solved_back(g, y, A, b):
    w = solve(A.T, g)
    return -np.outer(w, y), w


solve = eg.custom_derivative(np.linalg.solve, solved_back, shape=lambda A, b: b)
total = eg.custom_derivative(lambda x: x.sum(), lambda g, y, x: g * np.ones(3))
outer = eg.custom_derivative(np.outer, lambda g, y, a, b: (g @ b, a @ g))


def test_on_arrays_it_is_the_value():
    assert cube(X).tolist() == (X**3).tolist()
    assert cube(2.0) == 8.0


def test_its_derivatives_are_those_of_the_pullback_in_every_mode():
    assert eg.grad(lambda x: np.sum(cube(x)))(X).tolist() == (3 * X**2).tolist()
    assert eg.jacobian(cube)(X).tolist() == np.diag(3 * X**2).tolist()
    assert eg.hessian(lambda x: np.sum(cube(x)))(X).tolist() == np.diag(6 * X).tolist()
    value, tangent = eg.jvp(cube, (X,), (X,))
    assert (value.tolist(), tangent.tolist()) == ((X**3).tolist(), (3 * X**3).tolist())
    third = eg.jacobian(lambda x: eg.hvp(lambda z: np.sum(cube(z)))(x, X))(X)
    assert third.tolist() == np.diag(6 * X).tolist()


@pytest.mark.parametrize("modes", [("fwd",), ("rev",)])
def test_derivatives_of_three_orders_agree_with_differences(modes):
    assert eg.check_grads(solve, (B, X), order=3, modes=modes, mode="directions").order == 3
    mixed = lambda a, b: np.tanh(outer(cube(a), b)) * total(a)  # noqa: E731
    assert eg.check_grads(mixed, (X / 8, X / 4), order=2, modes=modes).order == 2


def test_within_a_jitted_function_programs_call_the_value():
    calls = []

    def value(x):
        calls.append(x)
        return x * x

    square = eg.custom_derivative(value, lambda g, y, x: 2 * g * x)
    function = eg.jit(lambda x: np.sum(square(x)))
    assert [function(X * k) for k in (1, 2)] == [14.0, 56.0]
    gradient = eg.grad(function)
    assert gradient(X).tolist() == (2 * X).tolist()
    before = len(calls)
    assert gradient(2 * X).tolist() == (4 * X).tolist()
    # The slope needs no value.
    assert len(calls) == before


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
def test_values_and_derivatives_have_the_dtype_of_numpy(dtype):
    given = X.astype(dtype)
    assert eg.jit(cube)(given).dtype == dtype
    (found,) = eg.vjp(cube, given)[1](np.ones(3, dtype))
    assert found.dtype == dtype
    assert found.tolist() == (3 * given**2).tolist()


def test_arguments_that_are_no_arrays_are_handed_on():
    power = eg.custom_derivative(lambda x, k: x**k, lambda g, y, x, k: (g * k * x ** (k - 1), None))
    found = eg.grad(lambda x: np.sum(power(x, 3) + power(x, 2)))(X)
    assert found.tolist() == (3 * X**2 + 2 * X).tolist()


def test_numbers_that_are_equal_and_not_the_same_are_told_apart():
    signed = eg.custom_derivative(np.copysign, lambda g, y, x, s: (g * np.sign(y * x), None))
    found = eg.jit(lambda x: (signed(x, 0.0), signed(x, -0.0), signed(x, 0)))(np.ones(1))
    assert [one.tolist() for one in found] == [[1.0], [-1.0], [1.0]]


@pytest.mark.parametrize("index", [np.array([0, 2]), np.array([True, False, True])])
def test_integers_and_booleans_are_what_they_are(index):
    def back(g, y, x, i):
        return (g @ np.eye(3)[[0, 2]], None)

    chosen = eg.custom_derivative(lambda x, i: x[i], back)
    assert chosen(X, index).tolist() == [1.0, -3.0]
    assert eg.grad(lambda x, i: np.sum(chosen(x, i) ** 2))(X, index).tolist() == [2.0, 0.0, -6.0]
    assert eg.grad(lambda x: np.sum(chosen(x, index) ** 2))(X).tolist() == [2.0, 0.0, -6.0]
    assert eg.jit(chosen)(X, index).tolist() == [1.0, -3.0]


def test_an_array_around_the_pullback_is_read_as_it_is():
    matrix = B.copy()
    product = eg.custom_derivative(lambda x: matrix @ x, lambda g, y, x: matrix.T @ g)
    gradient = eg.grad(lambda x: np.sum(product(x)))
    assert gradient(X).tolist() == B.sum(0).tolist()
    matrix *= 2
    assert gradient(X).tolist() == (2 * B.sum(0)).tolist()
    assert eg.jacobian(product)(X).tolist() == (2 * B).tolist()


def test_values_are_copied_from_what_the_function_holds():
    held = X.copy()
    constant = eg.custom_derivative(lambda x: held, lambda g, y, x: 0 * g)
    found = eg.jit(constant)(X)
    found[:] = 7
    assert held.tolist() == X.tolist()


def test_a_pullback_may_call_a_function_whose_shape_was_seen_on_arrays_alone():
    within = eg.custom_derivative(lambda x: x**2, lambda g, y, x: 2 * g * x)
    slope = eg.grad(lambda z: np.sum(within(z)))
    around = eg.custom_derivative(within, lambda g, y, x: g * slope(x))
    assert eg.hessian(lambda x: np.sum(around(x)))(X).tolist() == (2 * np.eye(3)).tolist()


def test_on_arrays_any_argument_is_handed_on():
    function = eg.custom_derivative(lambda x, ks: x * sum(ks), lambda g, y, x, ks: (g, None))
    assert function(X, [1, 2]).tolist() == (3 * X).tolist()


def test_a_check_on_request_is_made_once():
    calls = []

    def value(x):
        calls.append(x)
        return x**2

    right = eg.custom_derivative(value, lambda g, y, x: 2 * g * x, check=True)
    assert right(X).tolist() == (X**2).tolist()
    before = len(calls)
    assert right(X).tolist() == (X**2).tolist()
    assert len(calls) == before + 1
    wrong = eg.custom_derivative(value, lambda g, y, x: g * x, check=True)
    with pytest.raises(eg.GradientMismatch, match="a factor 1/2"):
        eg.grad(lambda x: np.sum(wrong(x)))(X)


def test_an_expression_needs_a_shape():
    A, v = eg.variables("A[3,3] v[3]")
    expr = eg.sum(solve(A, v))
    assert "solve(A, v)" in repr(expr)
    assert np.allclose(eg.evaluate(eg.grad(expr, v), A=B, v=X), np.linalg.solve(B.T, np.ones(3)))
    with pytest.raises(eg.ArgumentError, match="shape="):
        eg.custom_derivative(lambda x: x, lambda g, y, x: g)(v)


@pytest.mark.parametrize(
    ("pullback", "error", "words"),
    [
        (lambda g, y, x: (g, g), eg.ArgumentError, "2 cotangents for 1 arguments"),
        (lambda g, y, x: (), eg.ArgumentError, "0 cotangents"),
        (lambda g, y, x: g[:2], eg.ShapeError, "returns shape"),
        (lambda g, y, x: "none", eg.ArgumentTypeError, "Return an array, or None"),
    ],
)
def test_a_wrong_pullback_is_an_error(pullback, error, words):
    function = eg.custom_derivative(lambda x: x, pullback)
    with pytest.raises(error, match=words):
        eg.grad(lambda x: np.sum(function(x)))(X)
    with pytest.raises(error, match=words):
        eg.jvp(function, (X,), (X,))


def test_a_pullback_that_is_not_linear_has_no_transpose():
    function = eg.custom_derivative(lambda x: x, lambda g, y, x: g * g)
    with pytest.raises(eg.ArgumentError, match="not linear"):
        eg.jvp(function, (X,), (X,))


def test_a_value_of_another_shape_than_said_is_an_error():
    function = eg.custom_derivative(lambda x: x[:2], lambda g, y, x: g, shape=(3,))
    with pytest.raises(eg.ShapeError, match="shape"):
        eg.jit(function)(X)
    bad = eg.custom_derivative(lambda x: x, lambda g, y, x: g, shape="n")
    with pytest.raises(eg.ShapeError, match="shape="):
        eg.jit(bad)(X)


def test_what_is_no_function_is_refused():
    with pytest.raises(eg.ArgumentTypeError, match="pullback"):
        eg.custom_derivative(np.sin, 3)
    with pytest.raises(eg.ArgumentTypeError, match="hashable"):
        eg.grad(lambda x: np.sum(eg.custom_derivative(lambda x, k: x, max)(x, [1])))(X)
