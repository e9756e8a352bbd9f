"""Derivatives of functions see all that changes outside, at every call, and keep little."""

import functools
import pickle
import threading
import tracemalloc
from operator import attrgetter
from types import SimpleNamespace

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.engine.caches import Recent
from einsgrad.expressions import repetition
from einsgrad.results.numbers import prepared as tables

X = np.array([0.5, 1.0, 2.0])
OUTSIDE = np.ones(3)


def read_by_helper(x):
    return np.sum(OUTSIDE * x)


def through_helper(x):
    return read_by_helper(x)


def rebound_global(value):
    globals()["OUTSIDE"] = np.full(3, value)


def nested_closure():
    store = SimpleNamespace(w=np.ones(3))

    def outer(x):
        def inner(y):
            return np.sum(store.w * y)

        return inner(x)

    return outer, lambda value: setattr(store, "w", np.full(3, value))


def of_container(store, place):
    def change(value):
        store[place] = value

    return (lambda x: np.sum(x) * store[place]), change


def of_array(use):
    array = np.ones(3)

    def change(value):
        array[...] = value

    return (lambda x: use(x, array)), change


class Model:
    def __init__(self):
        self.layers = [{"w": np.ones(3)}]

    def loss(self, x):
        return np.sum(self.layers[0]["w"] * x)

    __call__ = loss

    def change(self, value):
        self.layers[0]["w"] = np.full(3, value)


def of_model(pick):
    model = Model()
    return pick(model), model.change


def of_default():
    weights = np.ones(3)

    def function(x, w=weights):
        return np.sum(w * x)

    return function, weights.fill


# Each gives a function whose gradient is `value` after a change to `value`, and the change.
CHANGES = {
    "global of a helper": lambda: (through_helper, rebound_global),
    "attribute read by an inner function": nested_closure,
    "entry of a dict": lambda: of_container({"s": 1.0}, "s"),
    "entry of a list": lambda: of_container([1.0], 0),
    "array in place, alone": lambda: of_array(lambda x, a: np.sum(x * a)),
    "array in place, of numpy": lambda: of_array(lambda x, a: np.sum(x * (a + 0))),
    "array in place, a view": lambda: of_array(lambda x, a: np.sum(x * a[::-1])),
    "array in place, einsum": lambda: of_array(lambda x, a: np.einsum("i,i->", a, x)),
    "array in place, one entry": lambda: of_array(lambda x, a: np.sum(x * a[0])),
    "array in place, a branch": lambda: of_array(lambda x, a: np.sum(x) * float(a.max())),
    "bound method": lambda: of_model(lambda model: model.loss),
    "callable object": lambda: of_model(lambda model: model),
    "partial": lambda: of_model(lambda model: functools.partial(Model.loss, model)),
    "default argument": of_default,
}

TRANSFORMS = {
    "grad": eg.grad,
    "value_and_grad": lambda f: lambda x: eg.value_and_grad(f)(x)[1],
    "jacobian": eg.jacobian,
    "vjp": lambda f: lambda x: eg.vjp(f, x)[1](1.0)[0],
    "jvp": lambda f: lambda x: [eg.jvp(f, (x,), (e,))[1] for e in np.eye(3)],
    "hvp": lambda f: lambda x: eg.hvp(lambda y: 0.5 * f(y) ** 2 / f(X), (x,), X),
    "hessian": lambda f: lambda x: np.sqrt(np.diag(eg.hessian(lambda y: 0.5 * f(y) ** 2)(x))),
    "nested": lambda f: eg.grad(lambda x: eg.grad(lambda y: y * f(x))(2.0)),
}


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("change", CHANGES)
def test_a_derivative_sees_each_change(change, transform):
    function, set_to = CHANGES[change]()
    derivative = TRANSFORMS[transform](function)
    for value in (1.0, 3.0, 1.0, 4.0):
        set_to(value)
        assert np.allclose(derivative(X), value)


def test_random_numbers_are_drawn_at_each_call():
    random, again = np.random.default_rng(3), np.random.default_rng(3)
    gradient = eg.grad(lambda x: np.sum(random.standard_normal(3) * x))
    for _ in range(3):
        assert np.allclose(gradient(X), again.standard_normal(3))


def test_an_array_that_changes_within_a_call_counts_as_it_was_each_time():
    array = np.ones(3)

    def function(x):
        total = np.sum(x * array)
        array[:] = 5.0
        total += 10 * np.sum(x * array)
        array[1] = -0.0
        return total + 100 * np.sum(x / (array + 1.0) + x * array)

    gradient = eg.grad(function)
    for _ in range(2):
        array[:] = 1.0
        later = np.array([5.0, 0.0, 5.0])
        assert np.allclose(gradient(X), 1 + 50 + 100 * (1 / (later + 1) + later))


def test_a_signed_zero_and_nan_are_changes_too():
    sign = np.array([0.0, 1.0])

    def function(x):
        first = np.sum(np.copysign(1.0, sign) * x)
        quotient = np.sum(x / (sign + x * 0))
        sign[0] = -0.0
        return first * 0 + quotient + 2 * np.sum(x / (sign + x * 0))

    with np.errstate(all="ignore"):
        value, _ = eg.value_and_grad(function)(np.ones(2))
    assert np.isnan(value)


def test_the_function_is_called_once_by_a_call_and_its_error_comes_through():
    calls = []

    def function(x):
        calls.append(x)
        if len(calls) == 3:
            raise KeyError("own")
        return np.sum(x * x)

    gradient = eg.grad(function)
    gradient(X)
    gradient(X)
    with pytest.raises(KeyError, match="own"):
        gradient(X)
    assert len(calls) == 3


@pytest.mark.parametrize("kind", [int, bool, "u1", "i2"])
def test_new_integer_data_is_an_input(kind):
    gradient = eg.grad(lambda w, y: np.sum(np.tanh(w) * y))
    known = None
    for seed in range(5):
        y = np.random.default_rng(seed).integers(0, 2, (4, 3)).astype(kind)
        assert np.allclose(gradient(np.ones((4, 3)), y), y / np.cosh(1.0) ** 2)
        known = len(tables._prepared) if known is None else known
        assert len(tables._prepared) == known


def test_a_call_that_was_done_before_builds_nothing():
    weights = np.ones((3, 3))

    def function(x):
        for _ in range(20):
            x = np.tanh(weights @ x + 0.5) ** 2 / (1 + np.float64(0.1))
        return np.sum(x, axis=0)

    gradient = eg.grad(function)
    gradient(X)
    built, known = len(repetition._built.lately), len(tables._prepared)
    for _ in range(3):
        gradient(X)
    assert (len(repetition._built.lately), len(tables._prepared)) == (built, known)


@pytest.mark.parametrize(
    ("one", "other"), [(1, True), (1, 1.0), (0.0, -0.0), (2, 2.0), ((0,), (False,))]
)
def test_numbers_that_are_equal_but_not_the_same_are_told_apart(one, other):
    def of(number):
        return repetition._key(number), repetition._read((number,), None, False)[1]

    assert of(one)[0] != of(other)[0]
    assert of(one)[1] != of(other)[1]
    assert of(one) == of(one)


def test_words_of_the_package_are_found_again_too_and_pickled():
    function = lambda x: eg.sum(eg.softmax(x * 0.5, axis=0) * eg.softplus(x))  # noqa: E731
    gradient = eg.grad(function)
    gradient(X)
    built = len(repetition._built.lately)
    gradient(X)
    assert len(repetition._built.lately) == built
    assert any(key[0].__name__ == "softmax" for key in repetition._built.lately)
    assert pickle.loads(pickle.dumps(eg.softmax)) is eg.softmax


def test_a_dtype_of_numpy_is_no_array():
    assert repetition._read((np.float64,), None, False)[1] == ((type, np.float64),)


def test_equal_arguments_of_other_types_are_other_arguments():
    function = lambda x, flag: np.sum(x) * (2.0 if flag is True else 1.0)  # noqa: E731
    gradient = eg.grad(function)
    assert [gradient(X, flag)[0] for flag in (1, True, 1.0, False)] == [1, 2, 1, 1]


def test_what_is_kept_is_bounded(monkeypatch):
    monkeypatch.setattr(repetition, "MOST", 50)
    table = Recent(5, 10**9, attrgetter("held_bytes"))
    monkeypatch.setattr(tables, "_prepared", table)
    gradient = eg.grad(lambda x, times: np.sum(np.sin(x * times) + np.sin(x / (times + 0.5))))
    for times in range(1, 60):
        expected = times * np.cos(X * times) + np.cos(X / (times + 0.5)) / (times + 0.5)
        assert np.allclose(gradient(X, times), expected)
    assert len(table) == 5
    table.most_bytes = 2 * table.bytes // 5
    gradient(X, 1000)
    assert len(table) in (1, 2)
    assert len(repetition._built.lately) <= 50
    assert len(repetition._built._before) <= 50


def test_arrays_are_not_kept():
    gradient = eg.grad(lambda x: np.sum(np.random.rand(1 << 16) * x))
    big = np.ones(1 << 16)
    gradient(big)
    tracemalloc.start()
    for _ in range(20):
        gradient(big)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < big.nbytes


def test_a_pullback_keeps_the_arguments_of_its_call():
    x, y = X.copy(), 2 * X
    _, pullback = eg.vjp(lambda x, y: np.sum(x * y), x, y)
    x[:], y[:] = 100.0, 200.0
    dx, dy = pullback(1.0)
    assert np.allclose(dx, 2 * X)
    assert np.allclose(dy, X)


def test_a_gradient_is_an_array_of_its_own():
    x, w = X.copy(), np.ones(3)
    gradient = eg.grad(lambda x: np.sum(x * w))(x)
    w[:] = 7.0
    half = eg.grad(lambda x: 0.5 * np.sum(x * x))(x)
    x += 1.0
    assert np.allclose(gradient, 1.0)
    assert np.allclose(half, X)
    half += 1.0


def test_threads_trace_apart():
    wrong = []

    def work(number):
        weights = np.full(3, float(number))
        gradient = eg.grad(lambda x: np.sum(np.sin(x * weights) * number))
        for _ in range(30):
            if not np.allclose(gradient(X), np.cos(X * number) * number**2):
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
