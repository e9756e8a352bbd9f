"""Checking functions: right ones pass in both modes and every order, wrong ones are named."""

import numpy as np
import pytest

import einsgrad as eg

A = np.array([[0.5, -1.0, 0.25], [1.5, 0.75, -0.5]])
X = np.array([0.3, -0.2, 0.5])


def layer(A, x):
    return np.tanh(A @ x) * np.sum(x)


def wrong_slope(x):
    return np.sin(x) + eg.stop_gradient(x**2)


@pytest.mark.parametrize("modes", [("fwd",), ("rev",), ("fwd", "rev")])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_right_function_agrees_with_differences(modes, order):
    report = eg.check_grads(layer, (A, X), order=order, modes=modes)
    assert report.order == order
    assert report.derivatives == sum((2 * len(modes)) ** k for k in range(1, order + 1))
    assert report.error < 1e-7


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (np.sin, (0.5,)),
        (lambda z: np.sum(z * np.conj(z) * z), (X + 1j * X[::-1],)),
        (lambda x, k: x**k, (X, 3)),
        (np.exp, (X.astype("f4"),)),
        (eg.softmax, (X,)),
        (eg.jit(layer), (A, X)),
        (eg.grad(lambda x: np.sum(np.exp(x) * x)), (X,)),
    ],
    ids=["number", "complex", "integer", "single", "own word", "jitted", "derived"],
)
def test_what_may_be_checked(function, arguments):
    assert eg.check_grads(function, arguments, order=2).order == 2


def test_a_wrong_pullback_names_argument_and_entry():
    with pytest.raises(eg.GradientMismatch, match=r"argument 0 \(x\) of 'wrong_slope'.*entry \("):
        eg.check_grads(wrong_slope, (X,), modes=("rev",))


def test_a_wrong_tangent_names_argument_and_entry():
    with pytest.raises(eg.GradientMismatch, match=r"along argument 0 \(x\) is wrong at entry \("):
        eg.check_grads(wrong_slope, (X,), modes=("fwd",))


def test_a_wrong_second_derivative_is_told_from_the_first():
    def right_once(x):
        return np.sum(x * eg.stop_gradient(3 * x**2) - eg.stop_gradient(2 * x**3))

    with pytest.raises(eg.GradientMismatch, match="of the derivative of 'right_once'"):
        eg.check_grads(right_once, (X,), order=2, modes=("rev",))
    assert eg.check_grads(right_once, (X,), order=1).order == 1


def test_wrt_chooses_the_arguments():
    assert eg.check_grads(layer, (A, X), order=1, wrt=["x"], modes=("rev",)).derivatives == 1

    def wrong_in_the_second(x, y):
        return x * eg.stop_gradient(y)

    assert eg.check_grads(wrong_in_the_second, (X, X), wrt=[0], order=1).order == 1


def test_directions_are_cheaper_than_entries():
    report = eg.check_grads(layer, (A, X), order=1, mode="directions", modes=("rev",))
    assert report.numbers == 6


@pytest.mark.parametrize(
    ("given", "options", "error", "words"),
    [
        ((layer, A, X), {}, eg.ArgumentTypeError, "check_grads"),
        ((layer,), {}, eg.ArgumentTypeError, "check_grads"),
        ((np.sin, X), {}, eg.ArgumentTypeError, "Write \\(x,\\)"),
        ((np.sin, (3,)), {}, eg.DtypeError, "Give floats"),
        ((np.sin, (X,)), {"modes": ("back",)}, eg.ArgumentError, "'fwd'"),
        ((np.sin, (X,)), {"modes": ()}, eg.ArgumentError, "'fwd'"),
        ((np.sin, (X,)), {"order": 0}, eg.ArgumentError, "order"),
        ((np.sin, (X,)), {"names": ["x"]}, eg.ArgumentTypeError, "names"),
        (("ij->j",), {"modes": ("rev",)}, eg.ArgumentTypeError, "modes"),
        ((lambda x: 1 / x, (np.zeros(2),)), {}, eg.ArgumentError, "not finite"),
    ],
)
def test_what_cannot_be_checked_is_an_error(given, options, error, words):
    with pytest.raises(error, match=words), np.errstate(all="ignore"):
        eg.check_grads(*given, **options)
