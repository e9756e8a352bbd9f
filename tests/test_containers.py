"""Containers of arrays as arguments: derivatives have the structure of the argument."""

from collections import OrderedDict, defaultdict, namedtuple
from dataclasses import dataclass

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.errors import ArgumentTypeError, DtypeError

Pair = namedtuple("Pair", "w b")


@dataclass(frozen=True)
class Layer:
    w: object
    b: object


W, B = np.array([1.0, 2.0]), 3.0
CONTAINERS = [
    ({"w": W, "b": B}, lambda p: (p["w"], p["b"])),
    (OrderedDict(w=W, b=B), lambda p: (p["w"], p["b"])),
    (defaultdict(list, w=W, b=B), lambda p: (p["w"], p["b"])),
    ([W, B], tuple),
    ((W, B), tuple),
    (Pair(W, B), tuple),
    (Layer(W, B), lambda p: (p.w, p.b)),
    ({"in": [(W,), {}], "out": Layer(B, None)}, lambda p: (p["in"][0][0], p["out"].w)),
]


@pytest.mark.parametrize("wrap", [lambda f: f, eg.jit])
@pytest.mark.parametrize(("given", "read"), CONTAINERS)
def test_gradients_have_the_structure_of_the_argument(given, read, wrap):
    def loss(p, x):
        w, b = read(p)
        return np.sum(w * w * x) + b * b * b

    x = np.array([5.0, 7.0])
    for _ in range(2):
        value, found = eg.value_and_grad(wrap(loss))(given, x)
        assert value == 5.0 + 28.0 + 27.0
        assert type(found) is type(given)
        w, b = read(found)
        assert w.tolist() == [10.0, 28.0]
        assert b == 27.0
        hessian = eg.hessian(wrap(loss))(given, x)
        (ww, wb), (bw, bb) = map(read, read(hessian))
        assert ww.tolist() == [[10.0, 0.0], [0.0, 14.0]]
        assert wb.tolist() == bw.tolist() == [0.0, 0.0]
        assert bb == 18.0


def test_a_pullback_returns_containers():
    value, pullback = eg.vjp(
        lambda p: p["a"] * p["b"], {"b": np.array([2.0]), "a": np.array([3.0])}
    )
    (found,) = pullback(np.array([1.0]))
    assert value.tolist() == [6.0]
    assert list(found) == ["b", "a"]
    assert found["a"].tolist() == [2.0]
    assert found["b"].tolist() == [3.0]


def test_a_leaf_without_derivative_is_named_by_its_path():
    with pytest.raises(DtypeError, match=r"params\['n'\]"):
        eg.grad(lambda params: params["w"] * 1.0)({"w": 2.0, "n": 3})
    with pytest.raises(ArgumentTypeError, match=r"params\['s'\]\[0\]"):
        eg.grad(lambda params: params["w"] * 1.0)({"w": 2.0, "s": ["text"]})
