"""Containers of arrays as arguments: derivatives have the structure of the argument."""

from collections import OrderedDict, defaultdict, namedtuple
from dataclasses import dataclass
from functools import partial, wraps

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.errors import ArgumentTypeError, DtypeError

Pair = namedtuple("Pair", "w b")


@dataclass(frozen=True)
class Layer:
    w: object
    b: object

    def scaled(self, x):
        return self.w * np.sum(x**2)


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


def split(p):
    return {"sum": p["a"] + p["b"], "parts": (p["a"] * p["b"], [np.sum(p["a"]), 2.0])}


GIVEN = {"b": np.array([2.0, 5.0]), "a": np.array([3.0, 7.0])}


@pytest.mark.parametrize("wrap", [lambda f: f, eg.jit])
def test_a_jacobian_has_the_structure_of_the_result_and_in_it_that_of_the_argument(wrap):
    found = eg.jacobian(wrap(split))(GIVEN)
    assert list(found) == ["sum", "parts"]
    assert list(found["sum"]) == ["b", "a"]
    assert found["sum"]["a"].tolist() == [[1, 0], [0, 1]]
    assert found["parts"][0]["a"].tolist() == [[2, 0], [0, 5]]
    assert found["parts"][1][0]["a"].tolist() == [1, 1]
    assert found["parts"][1][1]["b"].tolist() == [0, 0]
    (pair,) = eg.jacobian(lambda x, y: (x * y,), argnums=(0, 1))(2.0, 3.0)
    assert pair == (3.0, 2.0)


@pytest.mark.parametrize("wrap", [lambda f: f, eg.jit])
def test_products_take_and_return_containers(wrap):
    value, pullback = eg.vjp(wrap(split), GIVEN)
    assert value["parts"][1] == [10.0, 2.0]
    ones = {"parts": (np.ones(2), [10.0, 1.0]), "sum": np.ones(2)}
    (found,) = pullback(ones)
    assert found["a"].tolist() == [1 + 2 + 10, 1 + 5 + 10]
    assert found["b"].tolist() == [1 + 3, 1 + 7]
    tangent = {"a": np.array([1.0, 0.0]), "b": np.array([0.0, 1.0])}
    value, moved = eg.jvp(wrap(split), (GIVEN,), (tangent,))
    assert value["sum"].tolist() == [5, 12]
    assert moved["sum"].tolist() == [1, 1]
    assert moved["parts"][0].tolist() == [2, 7]
    assert moved["parts"][1] == [1, 0]
    again, pushforward = eg.linearize(wrap(split), GIVEN)
    assert again["sum"].tolist() == [5, 12]
    assert pushforward(tangent)["parts"][0].tolist() == [2, 7]


def cubes(p, scale):
    return scale * (np.sum(p["a"] ** 3) + np.sum(p["a"] * p["b"]))


@pytest.mark.parametrize("wrap", [lambda f: f, eg.jit])
def test_a_product_with_a_hessian_has_the_structure_of_the_vector(wrap):
    vector = {"a": np.array([1.0, 0.0]), "b": np.array([0.0, 1.0])}
    found = eg.hvp(wrap(cubes))(GIVEN, vector, 2.0)
    assert list(found) == ["b", "a"]
    assert found["a"].tolist() == [36.0, 2.0]
    assert found["b"].tolist() == [2.0, 0.0]


def test_a_vector_of_another_form_is_refused():
    with pytest.raises(ArgumentTypeError, match="the same containers"):
        eg.hvp(cubes)(GIVEN, {"a": np.ones(2)}, 2.0)
    with pytest.raises(ArgumentTypeError, match="the same containers"):
        eg.vjp(split, GIVEN)[1](np.ones(2))
    with pytest.raises(ArgumentTypeError, match="the same containers"):
        eg.jvp(split, (GIVEN,), ([np.ones(2), np.ones(2)],))


def with_more(p):
    return np.sum(p["a"] * p["b"]), {"twice": 2 * p["a"], "name": "run", "count": 3, "none": None}


@pytest.mark.parametrize("wrap", [lambda f: f, eg.jit])
def test_what_a_function_returns_beside_its_value_is_returned(wrap):
    def matches(found):
        assert found["twice"].tolist() == [6, 14]
        assert (found["name"], found["count"], found["none"]) == ("run", 3, None)

    f = wrap(with_more)
    found, beside = eg.grad(f, has_aux=True)(GIVEN)
    assert found["a"].tolist() == [2, 5]
    matches(beside)
    (value, beside), found = eg.value_and_grad(f, has_aux=True)(GIVEN)
    assert value == 41
    assert found["b"].tolist() == [3, 7]
    matches(beside)
    found, beside = eg.jacobian(f, has_aux=True)(GIVEN)
    assert found["b"].tolist() == [3, 7]
    matches(beside)
    found, beside = eg.hessian(f, has_aux=True)(GIVEN)
    assert found["a"]["b"].tolist() == [[1, 0], [0, 1]]
    matches(beside)
    value, pullback, beside = eg.vjp(f, GIVEN, has_aux=True)
    assert value == 41
    assert pullback(2.0)[0]["a"].tolist() == [4, 10]
    matches(beside)
    tangent = {"a": np.ones(2), "b": np.zeros(2)}
    value, moved, beside = eg.jvp(f, (GIVEN,), (tangent,), has_aux=True)
    assert (value, moved) == (41, 7)
    matches(beside)
    value, pushforward, beside = eg.linearize(f, GIVEN, has_aux=True)
    assert (value, pushforward(tangent)) == (41, 7)
    matches(beside)


def test_has_aux_needs_a_pair():
    with pytest.raises(ArgumentTypeError, match="returns a pair"):
        eg.grad(lambda x: x * x, has_aux=True)(2.0)
    with pytest.raises(ArgumentTypeError, match="has_aux is for functions"):
        eg.grad(eg.variables("x")[0], eg.variables("x")[0], has_aux=True)


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
def test_the_gradient_of_an_array_of_one_entry_is_that_of_the_entry(shape):
    x = np.array([2.0, 3.0])

    def f(x):
        return np.reshape(np.sum(x**3), shape)

    assert eg.grad(f)(x).tolist() == [12.0, 27.0]
    value, found = eg.value_and_grad(f)(x)
    assert value.shape == shape
    assert found.tolist() == [12.0, 27.0]
    assert eg.hessian(f)(x).tolist() == [[12.0, 0.0], [0.0, 18.0]]
    assert eg.hvp(f)(x, np.ones(2)).tolist() == [12.0, 18.0]


@pytest.mark.parametrize("result", [2, 2.5, np.float64(2.0), np.array(3.0)])
def test_a_function_may_return_a_plain_number(result):
    value, found = eg.value_and_grad(lambda x: result)(np.ones(2))
    assert value == result
    assert found.tolist() == [0.0, 0.0]


def test_a_container_is_stopped_leaf_by_leaf():
    def loss(p):
        fixed = eg.stop_gradient(p)
        return np.sum(p["a"] * fixed["a"]) + fixed["b"][0]

    found = eg.grad(loss)({"a": np.array([2.0, 3.0]), "b": [np.float64(1.0)]})
    assert found["a"].tolist() == [2, 3]
    assert found["b"] == [0]
    assert eg.stop_gradient((1.0, None, [2])) == (1.0, None, [2])


def test_functions_of_containers_are_compared_with_differences():
    assert eg.check_grads(split, (GIVEN,), order=2).order == 2
    assert eg.check_grads(cubes, (GIVEN, 2.0), order=2).order == 2
    p = (GIVEN, [np.array([0.5, 0.25])])
    right = lambda p: np.sum(p[0]["a"] * p[1][0])  # noqa: E731
    assert eg.check_grads(right, (p,), wrt=["p"], order=1).order == 1
    wrong = eg.custom_derivative(lambda x: x**2, lambda g, y, x: g * x)
    with pytest.raises(eg.GradientMismatch, match=r"p\[0\]\['a'\]"):
        eg.check_grads(lambda p: np.sum(wrong(p[0]["a"])), (p,))


class Key:
    """A key of a dict whose text is that of others."""

    def __repr__(self):
        return "key"


def test_keys_with_the_same_text_are_told_apart():
    one, other = Key(), Key()
    point = {one: 2.0, other: 5.0}
    value, moved = eg.jvp(lambda p: p[one] * p[other], (point,), ({other: 0.0, one: 1.0},))
    assert (value, moved) == (10.0, 5.0)


@pytest.mark.parametrize("tangent", [[1.0, 1.0], (1.0,), (1.0, 1.0, ()), {"a": 1.0}, 1.0])
def test_containers_of_another_kind_are_refused(tangent):
    with pytest.raises(ArgumentTypeError, match="the same containers"):
        eg.jvp(lambda p: p[0] * p[1], ((2.0, 3.0),), (tangent,))


@pytest.mark.parametrize(
    "derive",
    [
        lambda f, x: f(x),
        lambda f, x: eg.grad(f)(x),
        lambda f, x: eg.value_and_grad(f)(x),
        lambda f, x: eg.jacobian(f)(x),
        lambda f, x: eg.jacrev(f)(x),
        lambda f, x: eg.hessian(f)(x),
        lambda f, x: eg.hvp(f)(x, x),
        lambda f, x: eg.vjp(f, x)[1](1.0),
        lambda f, x: eg.jvp(f, (x,), (x,)),
        lambda f, x: eg.linearize(f, x)[1](x),
    ],
)
def test_a_jitted_function_is_traced_once_for_each_signature(derive):
    traces = []

    @eg.jit
    def f(p):
        traces.append(None)
        return np.sum(p["a"] ** 3) * p["b"]

    for _ in range(3):
        derive(f, {"a": np.array([1.0, 2.0]), "b": 2.0})
    assert len(traces) == 1
    derive(f, {"a": np.array([1.0, 2.0, 3.0]), "b": 2.0})
    assert len(traces) == 2
    derive(f, {"a": np.array([3.0, 4.0]), "b": 5.0})
    assert len(traces) == 2


CALLABLES = {
    "keyword only": lambda x, *, scale=2.0: scale * np.sum(x**2),
    "partial": partial(lambda scale, x: scale * np.sum(x**2), 2.0),
    "partial keyword": partial(lambda x, scale: scale * np.sum(x**2), scale=2.0),
    "default": lambda x, scale=2.0: scale * np.sum(x**2),
    "any number": lambda *args, **options: options.get("scale", 2.0) * np.sum(args[0] ** 2),
    "method": Layer(2.0, 0.0).scaled,
    "object": type("Scaled", (), {"__call__": lambda self, x: 2.0 * np.sum(x**2)})(),
    "decorated": wraps(np.sum)(lambda *args: 2.0 * np.sum(args[0] ** 2)),
}


@pytest.mark.parametrize("name", CALLABLES)
@pytest.mark.parametrize("wrap", [lambda f: f, eg.jit])
def test_callables_of_all_kinds_are_differentiated(name, wrap):
    f, x = wrap(CALLABLES[name]), np.array([1.0, 2.0])
    for argnums in (0, -1, [0]):
        found = eg.grad(f, argnums=argnums)(x)
        found = found[0] if isinstance(argnums, list) else found
        assert found.tolist() == [4.0, 8.0]
    assert eg.hessian(f)(x).tolist() == [[4.0, 0.0], [0.0, 4.0]]
    assert eg.hvp(f)(x, x).tolist() == [4.0, 8.0]
    assert eg.vjp(f, x)[1](1.0)[0].tolist() == [4.0, 8.0]
    assert eg.jvp(f, (x,), (x,)) == (10.0, 20.0)


def test_arguments_are_named():
    def f(x, y, *, scale):
        return scale * np.sum(x * y)

    x, y = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    assert eg.grad(f, argnums="y")(x, y, scale=2.0).tolist() == [2.0, 4.0]
    assert eg.grad(f, argnums="y")(x, y=y, scale=2.0).tolist() == [2.0, 4.0]
    of_scale, of_x = eg.grad(f, argnums=("scale", 0))(x, y, scale=2.0)
    assert of_scale == 11.0
    assert of_x.tolist() == [6.0, 8.0]
    blocks = eg.hessian(f, argnums=("scale", "x"))(x, y, scale=2.0)
    assert blocks[0][1].tolist() == [3.0, 4.0]


@pytest.mark.parametrize("empty", [{}, ()])
def test_a_container_without_entries_has_a_cotangent_as_empty(empty):
    value, pullback = eg.vjp(lambda d, x: d if d else x**2, empty, 3.0)
    assert (value, pullback(1.0)) == (9.0, (empty, 6.0))
    value, pushforward = eg.linearize(lambda d, x: x**2, empty, 3.0)
    assert pushforward(empty, 1.0) == 6.0
