"""Containers as one vector and back: values, traced values, what is refused."""

from collections import namedtuple
from dataclasses import dataclass

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.errors import DtypeError, ShapeError

Pair = namedtuple("Pair", "w b")


@dataclass(frozen=True)
class Layer:
    w: object
    b: object


W = np.array([[1.0, 2.0], [3.0, 4.0]])
CONTAINERS = [
    ({"w": W, "b": 5.0}, [1, 2, 3, 4, 5]),
    ([(W, np.array([5.0])), (W[:1], 6.0)], [1, 2, 3, 4, 5, 1, 2, 6]),
    (Pair(W, 5), [1, 2, 3, 4, 5]),
    (Layer(W.T, True), [1, 3, 2, 4, 1]),
    ({"a": [], "b": None, "c": np.ones((2, 0)), "d": (7.0,)}, [7]),
    ((), []),
    (W, [1, 2, 3, 4]),
    (3.0, [3]),
]


@pytest.mark.parametrize(("container", "numbers"), CONTAINERS)
def test_a_container_is_one_vector_and_comes_back(container, numbers):
    vector, unravel = eg.ravel_pytree(container)
    assert vector.tolist() == numbers
    assert vector.dtype == float
    again = unravel(2 * vector)
    assert type(again) is type(container) or np.ndim(container) == 0
    assert eg.ravel_pytree(again)[0].tolist() == [2 * one for one in numbers]


def test_precision_and_complex_numbers_stay():
    for dtype in (np.float32, np.float64, np.complex128):
        vector, unravel = eg.ravel_pytree([W.astype(dtype), dtype(2)])
        assert vector.dtype == dtype
        assert unravel(vector)[0].dtype == dtype


@pytest.mark.parametrize("wrap", [lambda f: f, eg.jit], ids=["plain", "jitted"])
def test_a_loss_of_a_container_is_a_loss_of_a_vector(wrap):
    def loss(p, x):
        (w, b), scale = p["layer"], p["scale"]
        return np.sum((w @ x + b) ** 2) * scale

    point, x = {"layer": (W, np.array([1.0, -1.0])), "scale": 3.0}, np.array([2.0, 1.0])
    start, unravel = eg.ravel_pytree(point)
    value, slope = eg.value_and_grad(wrap(lambda v: loss(unravel(v), x)))(start)
    wanted, by_part = eg.value_and_grad(loss)(point, x)
    assert value == wanted == 3.0 * (25.0 + 81.0)
    assert slope.tolist() == eg.ravel_pytree(by_part)[0].tolist()


def test_traced_containers_become_a_traced_vector():
    def penalty(p):
        vector, _ = eg.ravel_pytree(p)
        return np.dot(vector, vector)

    slope = eg.grad(penalty)({"w": W, "b": 5.0})
    assert slope["w"].tolist() == (2 * W).tolist()
    assert slope["b"] == 10.0


def test_what_is_no_number_or_no_such_vector_is_refused():
    with pytest.raises(DtypeError, match=r"\['name'\]"):
        eg.ravel_pytree({"name": "net", "w": W})
    _, unravel = eg.ravel_pytree([W])
    for wrong in (np.ones(3), np.ones((2, 2)), 1.0):
        with pytest.raises(ShapeError, match="4 entries"):
            unravel(wrong)
