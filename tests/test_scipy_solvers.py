"""Differential equations solved by scipy in traced functions: values, derivatives of all orders."""

import numpy as np
import pytest

import einsgrad as eg

integrate = pytest.importorskip("scipy.integrate")
odeint, solve_ivp = integrate.odeint, integrate.solve_ivp

TIMES = np.linspace(0.0, 2.0, 5)
START = np.array([2.0, 0.3])
EXACT = {"rtol": 1e-11, "atol": 1e-11}


def pendulum(y, t, damping, pull):
    angle, speed = y
    return [speed, -damping * speed - pull * np.sin(angle) + 0.1 * t]


def turned(t, y, damping, pull):
    return pendulum(y, t, damping, pull)


def net(y, t, weights):
    (W, shift), (V,) = weights
    return V @ np.tanh(W @ y + shift) - t * y


def twisted(B):
    return odeint(lambda y, t: np.tanh(B @ y) + B[0], START, TIMES, **EXACT)


WEIGHTS = np.array([[0.3, -0.2], [0.5, 0.1], [-0.4, 0.2]])
PROBLEMS = {
    "args": (lambda p: odeint(pendulum, START, TIMES, args=(p[0], p[1]), **EXACT), [0.25, 5.0]),
    "args as a whole": (
        lambda p: odeint(lambda y, t, p: -p[0] * y * p[1], START, TIMES, (p,), **EXACT),
        [0.25, 1.0],
    ),
    "start": (lambda y: odeint(pendulum, y, TIMES, (0.25, 5.0), **EXACT), START),
    "start in a list": (lambda k: odeint(lambda y, t: -y * y, [k, 2 * k], TIMES, **EXACT), 1.3),
    "times": (lambda t: odeint(pendulum, START, t, (0.25, 5.0), **EXACT), TIMES),
    "closure": (lambda k: odeint(lambda y, t: -k * y + np.sin(t), [1.0], TIMES, **EXACT), 1.3),
    "closure over what was computed": (
        lambda A: twisted(np.linalg.inv(A) + A[0]),
        [[0.0, 1.0], [-1.0, 0.2]],
    ),
    "a slope of parameters alone": (
        lambda p: odeint(lambda y, t: np.exp(p), START, TIMES, **EXACT),
        [0.2, -0.3],
    ),
    "a net in containers": (
        lambda W: odeint(net, START, TIMES, args=([(W, W[:, 0]), (W.T,)],), **EXACT),
        WEIGHTS,
    ),
    "looked up at constant places": (
        lambda p: odeint(lambda y, t: -p[np.array([1, 0])] * y, START, TIMES, **EXACT),
        [0.2, 0.3],
    ),
    "time first": (
        lambda p: odeint(turned, START, TIMES, args=tuple(p), tfirst=True, **EXACT),
        [0.25, 5.0],
    ),
    "tolerances of entries": (
        lambda p: odeint(pendulum, START, TIMES, tuple(p), rtol=1e-11, atol=[1e-11, 1e-12]),
        [0.25, 5.0],
    ),
    "RK45": (
        lambda p: solve_ivp(turned, (0, 2), START, t_eval=TIMES, args=tuple(p), **EXACT).y,
        [0.25, 5.0],
    ),
    "LSODA": (
        lambda p: solve_ivp(turned, (0, 2), START, "LSODA", TIMES[1:], args=p, **EXACT).y,
        [0.25, 5.0],
    ),
    "Radau": (
        lambda y: solve_ivp(lambda t, y: -y * y[::-1], (0, 1), y, "Radau", [1.0], rtol=1e-9).y,
        START,
    ),
    "the end": (
        lambda t: solve_ivp(turned, (0, t), START, t_eval=[1.0, t], args=(0.2, 5.0), **EXACT).y,
        1.7,
    ),
    "the begin": (
        lambda t: solve_ivp(lambda s, y: s - y, (t, 2), START, t_eval=[1.0, 2.0], **EXACT).y,
        0.4,
    ),
    "backwards": (
        lambda k: solve_ivp(lambda t, y: k * y, (1, 0), START, t_eval=[0.5, 0.0], **EXACT).y,
        0.4,
    ),
}


def differences(f, x, step=1e-5):
    """Return central differences in each entry, behind the axes of the value."""
    found = []
    for place in np.ndindex(x.shape):
        move = np.zeros_like(x)
        move[place] = step
        found.append((np.asarray(f(x + move)) - np.asarray(f(x - move))) / (2 * step))
    return np.stack(found, -1).reshape(np.shape(f(x)) + x.shape)


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_solution_has_scipys_values_and_derivatives_of_both_orders(name):
    f, x = PROBLEMS[name]
    x = np.asarray(x, float)
    assert np.allclose(eg.jit(f)(x), f(x), rtol=1e-9, atol=1e-10)
    expected = differences(f, x)
    slopes = eg.jacobian(f)(x)
    assert slopes.shape == expected.shape
    assert np.allclose(slopes, expected, rtol=1e-5, atol=1e-6)
    weights = np.cos(np.arange(f(x).size)).reshape(f(x).shape)
    loss = lambda x: np.sum(weights * f(x) ** 2)  # noqa: E731
    curved = eg.hessian(loss)(x)
    assert np.allclose(curved, differences(eg.grad(loss), x), rtol=1e-4, atol=2e-4)
    direction = np.sin(1.0 + np.arange(x.size)).reshape(x.shape)
    _, tangent = eg.jvp(f, (x,), (direction,))
    assert np.allclose(tangent, np.tensordot(slopes, direction, x.ndim), rtol=1e-9, atol=1e-9)
    hvp = eg.hvp(loss, (x,), direction)
    assert np.allclose(hvp, np.tensordot(curved, direction, x.ndim), rtol=1e-7, atol=1e-7)


def test_an_exponential_decays_at_its_rate():
    f = lambda k: odeint(lambda y, t: -k * y, [1.0], TIMES, **EXACT)[:, 0]  # noqa: E731
    rates = np.array([0.5, 1.0, 2.0])
    assert np.allclose(eg.vmap(f)(rates), np.exp(-np.outer(rates, TIMES)))
    slopes = eg.vmap(eg.jacobian(f))(rates)
    assert np.allclose(slopes, -TIMES * np.exp(-np.outer(rates, TIMES)))
    third = eg.grad(eg.grad(eg.grad(lambda k: f(k)[-1])))(1.0)
    assert np.isclose(third, -8 * np.exp(-2.0))


def test_a_right_side_is_traced_and_made_a_program_once():
    calls = []

    def slope(y, t, k):
        calls.append(k)
        return -k * y

    f = eg.jit(lambda k: odeint(slope, START, TIMES, args=(k,)))
    for k in (0.5, 1.5):
        assert np.allclose(f(k)[-1], START * np.exp(-2 * k), atol=1e-6)
    assert len(calls) == 1


def test_what_holds_nothing_that_is_traced_is_scipys_own_affair():
    def slope(y, t):
        return -y if t > 0.5 else y

    own = odeint(slope, [1.0], TIMES)
    assert eg.grad(lambda k: k * odeint(slope, [1.0], TIMES)[-1, 0])(2.0) == own[-1, 0]
    found = eg.grad(lambda k: k * solve_ivp(lambda t, y: -y, (0, 1), [1.0]).y[0, -1])(2.0)
    assert found == solve_ivp(lambda t, y: -y, (0, 1), [1.0]).y[0, -1]


def test_a_solution_of_solve_ivp_says_what_scipys_says():
    def f(k):
        found = solve_ivp(lambda t, y: -k * y, (0, 1), [1.0], t_eval=[0.5, 1.0])
        assert found.success
        assert found.status == 0
        assert list(found.t) == [0.5, 1.0]
        return found["y"][0, -1]

    assert np.isclose(eg.grad(f)(1.0), -np.exp(-1.0), rtol=1e-3)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda k: odeint(lambda y, t: -k * y if t > 1 else y, [1.0], TIMES), "numpy.where"),
        (lambda k: odeint(lambda y, t: [k, k], [1.0], TIMES), "the right side has shape"),
        (lambda k: odeint(lambda y, t: y, [[k]], TIMES), "the initial state is no vector"),
        (lambda k: odeint(lambda y, t: k * y, [1.0], TIMES, full_output=True), "full_output"),
        (lambda k: odeint(lambda y, t: k * y, [1.0], TIMES, rtol=k), "rtol=k has no derivative"),
        (lambda k: odeint(lambda y, t: 1j * k * y, [1.0], TIMES), "Put the real and the"),
        (
            lambda k: solve_ivp(lambda t, y: k * y, (0, 1), [1j], t_eval=[1.0]).y,
            "Put the real and the",
        ),
        (lambda k: solve_ivp(lambda t, y: -k * y, (0, 1), [1.0]).y, "Give t_eval="),
        (
            lambda k: solve_ivp(lambda t, y: k * y**2, (0, 3), [1.0], t_eval=[3.0]).y,
            "Required step size is less",
        ),
        (
            lambda k: solve_ivp(lambda t, y: k * y, (0, 1), [1.0], t_eval=[1.0], events=abs).y,
            "does not take events=",
        ),
    ],
)
def test_what_has_no_derivative_is_refused_with_a_remedy(call, said):
    with pytest.raises(eg.EinsgradError, match=said):
        eg.grad(lambda k: np.sum(call(k)))(1.0)
