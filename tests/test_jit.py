"""`jit`: traced once for each signature, whatever is asked for; what was read outside is frozen."""

import tracemalloc
from itertools import permutations

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.engine.compiled import Compiled
from einsgrad.results.numbers.trees import leaves

X = np.array([0.5, 1.0, 2.0])


def counted(function):
    calls = []

    def counting(*arguments, **keywords):
        calls.append(arguments)
        return function(*arguments, **keywords)

    return counting, calls


def cube(x):
    return np.sum(x**3)


TRANSFORMS = {
    "value": (lambda f: f(X), np.sum(X**3)),
    "grad": (lambda f: eg.grad(f)(X), 3 * X**2),
    "value_and_grad": (lambda f: eg.value_and_grad(f)(X)[1], 3 * X**2),
    "jacobian": (lambda f: eg.jacobian(f)(X), 3 * X**2),
    "hessian": (lambda f: eg.hessian(f)(X), np.diag(6 * X)),
    "hvp": (lambda f: eg.hvp(f, (X,), X), 6 * X**2),
    "vjp": (lambda f: eg.vjp(f, X)[1](2.0)[0], 6 * X**2),
    "jvp": (lambda f: eg.jvp(f, (X,), (X,))[1], np.sum(3 * X**3)),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_each_transform_of_a_jitted_function_is_right_and_traces_once(name):
    function, calls = counted(cube)
    ask, expected = TRANSFORMS[name]
    jitted = eg.jit(function)
    for _ in range(3):
        assert np.allclose(ask(jitted), expected)
    assert len(calls) == 1


MASKS = {
    "comparison": lambda x: x > 1,
    "test of entries": np.isfinite,
    "both": lambda x: (x > 0.7) & ~np.isnan(x),
    "chosen": lambda x: np.where(x > 1, x > 0, x < 0),
    "entries": lambda x: (x > 1)[1:],
    "any": lambda x: np.any(x > 1),
}


@pytest.mark.parametrize("name", MASKS)
def test_masks_are_booleans_as_numpys_are(name):
    function = MASKS[name]
    expected = function(X)
    number, beside = eg.value_and_grad(lambda x: (np.sum(x), function(x)), has_aux=True)(X)[0]
    found = [eg.jit(function)(X), eg.vjp(function, X)[0], beside]
    rows = np.stack([X, -X])
    found.append(eg.vmap(function)(rows)[0])
    for one in found:
        assert one.dtype == bool
        assert np.array_equal(one, expected)
    assert np.array_equal(X[eg.jit(lambda x: x > 1)(X)], X[X > 1])
    assert number.dtype == float


def test_all_transforms_share_one_trace():
    function, calls = counted(cube)
    jitted = eg.jit(function)
    for ask, expected in TRANSFORMS.values():
        assert np.allclose(ask(jitted), expected)
    assert len(calls) == 1


def test_another_shape_dtype_or_static_argument_is_another_signature():
    function, calls = counted(lambda x, how: np.sum(x) * (2.0 if how is True else how))
    gradient = eg.grad(eg.jit(function))
    ones = np.ones(2)
    for how, expected in ((1, 1), (True, 2), (1, 1), (3, 3), (True, 2)):
        assert (gradient(ones, how) == expected).all()
    assert len(calls) == 3
    assert gradient(ones.astype("f4"), 1).dtype == np.float32
    assert gradient(np.ones(3), 1).shape == (3,)
    assert len(calls) == 5


@pytest.mark.parametrize(
    "static",
    [{"static_argnums": 1}, {"static_argnames": "scale"}, {"static_argnums": (-1,)}],
)
def test_a_float_may_be_static_by_number_or_by_name(static):
    def function(x, scale):
        return np.sum(x) * (scale if scale > 1 else -scale)

    jitted = eg.jit(function, **static)
    assert [jitted(np.ones(2), one) for one in (0.5, 2.0, 0.5)] == [-1.0, 4.0, -1.0]
    assert jitted(np.ones(2), scale=3.0) == 6.0
    assert (eg.grad(jitted)(np.ones(2), scale=0.5) == -0.5).all()


def test_static_zeros_of_two_signs_are_different():
    jitted = eg.jit(lambda x, zero: x * np.copysign(1.0, zero).item(), static_argnums=1)
    assert (jitted(1.0, 0.0), jitted(1.0, -0.0)) == (1.0, -1.0)


def test_what_a_jitted_function_reads_outside_is_frozen():
    outside = {"scale": 2.0, "array": np.ones(2)}
    jitted = eg.jit(lambda x: np.sum(x * outside["array"]) * outside["scale"])
    gradient = eg.grad(jitted)
    assert (gradient(np.zeros(2)) == 2).all()
    outside["scale"] = 5.0
    outside["array"][:] = 7.0
    assert (gradient(np.zeros(2)) == 2).all()
    assert jitted(np.ones(2)) == 4.0


def test_integer_and_boolean_arrays_are_inputs():
    function, calls = counted(lambda x, counts, mask: np.sum(np.where(mask, x * counts, 0.0)))
    gradient = eg.grad(eg.jit(function))
    for seed in range(3):
        random = np.random.default_rng(seed)
        counts, mask = random.integers(0, 9, 4), random.random(4) < 0.5
        assert (gradient(np.ones(4), counts, mask) == counts * mask).all()
    assert len(calls) == 1


def test_tuples_lists_and_dicts_of_results_keep_their_form():
    jitted = eg.jit(lambda x: {"twice": 2 * x, "rest": [np.sum(x), (None, 3.0)]})
    found = jitted(np.ones(2))
    assert (found["twice"] == 2).all()
    assert found["rest"][0] == 2.0
    assert found["rest"][1] == (None, 3.0)


def test_jit_of_a_derivative_and_of_a_jitted_function():
    function, calls = counted(cube)
    value_and_gradient = eg.jit(eg.value_and_grad(eg.jit(function)))
    for _ in range(2):
        value, gradient = value_and_gradient(X)
        assert np.isclose(value, np.sum(X**3))
        assert np.allclose(gradient, 3 * X**2)
    assert len(calls) == 1


def test_a_jitted_method_knows_its_object():
    class Model:
        def __init__(self, scale):
            self.scale = scale

        def loss(self, x):
            return np.sum(x) * self.scale

        decorated = eg.jit(loss, static_argnums=0)

    for scale in (2.0, 3.0):
        model = Model(scale)
        assert model.decorated(np.ones(2)) == 2 * scale
        assert (eg.grad(eg.jit(model.loss))(np.ones(2)) == scale).all()


@pytest.mark.parametrize(
    ("argument", "named"),
    [(object(), "static_argnums"), ({"a": object()}, "static_argnums"), ({1}, "static")],
)
def test_an_argument_that_is_no_array_has_to_be_static(argument, named):
    with pytest.raises(eg.ArgumentTypeError, match=named):
        eg.jit(lambda x, other: x)(1.0, argument)


def test_a_static_argument_has_to_be_hashable():
    with pytest.raises(eg.ArgumentTypeError, match="hashable"):
        eg.jit(lambda x, other: x, static_argnums=1)(1.0, {})


def test_a_value_of_a_function_around_is_never_frozen():
    def outer(x):
        return eg.jit(lambda y: x * y)(2.0) + x

    for x in (1.0, 5.0):
        assert eg.value_and_grad(outer)(x) == (3 * x, 3.0)


def test_signatures_and_the_arrays_that_they_hold_are_bounded_by_bytes():
    big = np.ones(1 << 21)
    jitted = eg.jit(lambda x, times: np.sum(x * big) * times)
    tracemalloc.start()
    for times in range(40):
        jitted(big, times)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 20 * big.nbytes


def scaled(x, scale=2.0, *, power=1):
    return np.sum(x**power) * scale


STATIC = {
    "number too large": ({"static_argnums": 2}, eg.ArgumentError, "no argument 2: it has 2"),
    "number too small": ({"static_argnums": (0, -3)}, eg.ArgumentError, "no argument -3"),
    "unknown name": ({"static_argnames": "powers"}, eg.ArgumentError, "no argument 'powers'"),
    "name as number": ({"static_argnums": "x"}, eg.ArgumentTypeError, "static_argnames"),
    "float": ({"static_argnums": 1.0}, eg.ArgumentTypeError, "no number of an argument"),
    "flag": ({"static_argnums": True}, eg.ArgumentTypeError, "no number of an argument"),
    "none": ({"static_argnums": None}, eg.ArgumentTypeError, "no number of an argument"),
    "number as name": ({"static_argnames": 1}, eg.ArgumentTypeError, "static_argnames"),
    "numbers as names": ({"static_argnames": [1]}, eg.ArgumentTypeError, "static_argnames"),
}


@pytest.mark.parametrize(("options", "error", "message"), STATIC.values(), ids=STATIC)
def test_static_arguments_that_there_are_not_are_refused_at_once(options, error, message):
    with pytest.raises(error, match=message):
        eg.jit(scaled, **options)


def test_static_arguments_are_numbers_of_any_kind_and_of_any_function():
    for options in ({"static_argnums": np.int64(1)}, {"static_argnames": "scale, power"}):
        assert eg.jit(scaled, **options)(np.ones(2), 3.0, power=2) == 6.0
    assert eg.jit(lambda *all_: all_[0] * all_[5], static_argnums=5)(2.0, 0, 0, 0, 0, 4.0) == 8.0
    assert eg.jit(lambda **all_: all_["a"] * 2, static_argnames="a")(a=2.0) == 4.0
    assert eg.jit(np.sum)(np.ones(2)) == 2.0


def test_no_derivative_in_a_static_argument():
    with pytest.raises(eg.ArgumentTypeError, match="argument 1 of 'scaled' is static"):
        eg.grad(eg.jit(scaled, static_argnames="scale"), argnums=1)(np.ones(2), 2.0)


@pytest.mark.parametrize("nothing", [None, (), [], {}, (None, {"a": []})], ids=repr)
def test_a_function_may_return_nothing(nothing):
    assert eg.jit(lambda x: nothing)(np.ones(2)) == nothing


@pytest.mark.parametrize("number", [3, True, np.int8(3), np.float16(3), np.array(3), 3.0, 3 + 0j])
def test_numbers_come_back_as_scalars(number):
    (s,) = eg.variables("s", complex="s")
    function = lambda x: x  # noqa: E731
    for found in (
        eg.jit(function)(number),
        eg.jit(lambda x: number)(1.0),
        eg.compile(s, inputs=(s,))(number),
        eg.vjp(lambda x: number, 1.0)[0],
    ):
        assert isinstance(found, np.generic)
        assert found.dtype.kind in "fc"
        assert found == number


ASKED = {
    "value": lambda f: f,
    "grad": eg.grad,
    "argnums": lambda f: eg.grad(f, argnums=("divisor", "factor")),
    "value_and_grad": eg.value_and_grad,
    "hessian": lambda f: eg.hessian(f, argnums=("divisor", "x")),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_keywords_may_come_in_any_order(ask):
    def function(x, factor, divisor, shift=0.0):
        return np.sum(x**2) * factor / divisor - shift

    asked, plain = ask(eg.jit(function)), ask(function) if ask is not ASKED["value"] else function
    named = {"factor": 2.0, "divisor": 4.0, "shift": 8.0}
    for order in permutations(named):
        keywords = {name: named[name] for name in order}
        found, expected = asked(X, **keywords), plain(X, **keywords)
        flat = lambda parts: np.concatenate([np.ravel(one) for one in leaves(parts)])  # noqa: E731
        assert np.allclose(flat(found), flat(expected))


def test_numpy_scalars_that_a_function_met_are_found_by_their_signature(monkeypatch):
    scale = np.sqrt(np.float64(4.0))
    w = np.array([1.0, 2.0])

    def loss(w):
        return np.sum((w * scale) ** 2) / scale

    functions = eg.grad(eg.jit(loss)), eg.grad(loss)
    for function in functions:
        for _ in range(3):
            assert function(w).tolist() == [4.0, 8.0]

    def refused(*given):
        raise AssertionError("a signature was not found")

    monkeypatch.setattr(Compiled, "_first_call", refused)
    for function in functions:
        assert function(w).tolist() == [4.0, 8.0]
    monkeypatch.undo()
    compiled = eg.compile(eg.variables("s")[0] ** 3)
    compiled(s=np.float64(2.0))
    monkeypatch.setattr(Compiled, "_first_call", refused)
    assert compiled(s=np.float64(2.0)) == 8.0


def _variables_met(function, *arguments):
    """The arrays and scalars that the program of a jitted function takes beside its arguments."""
    jitted = eg.jit(function)
    eg.grad(jitted)(*arguments)
    (asked,) = [one for one in jitted._asked.values() if one.request.argnums is not None]
    ready, _ = asked.look_up(arguments, {})
    return ready.frozen


def test_scalars_that_a_jitted_function_met_are_numbers_and_equal_arrays_are_one():
    w = np.array([1.0, 2.0])
    rates = np.array([0.5, 3.0, 0.5])

    def loss(w):
        for rate in rates:
            w = rate * (np.eye(2) @ w) / np.sqrt(np.float64(4.0))
        return np.sum(w * w)

    assert [one.shape for one in _variables_met(loss, w)] == [(2, 2)]
    np.testing.assert_array_equal(eg.grad(eg.jit(loss))(w), 2 * w * (0.75 / 8) ** 2)


def test_scalars_that_would_change_a_dtype_or_lose_what_they_meet_stay_arrays():
    w = np.array([1.0, 2.0], np.float32)
    third = np.float64(0.5)
    assert [one.dtype for one in _variables_met(lambda w: np.sum(w * third), w)] == [float]
    assert eg.grad(eg.jit(lambda w: np.sum(w * third)))(w).dtype == np.float64
    for value in (0.0, np.inf, np.nan):
        met = np.float64(value)
        with np.errstate(invalid="ignore"):
            found = eg.jit(lambda w, met=met: np.sum(w * met))(np.array([1.0, np.inf]))
            np.testing.assert_array_equal(found, np.sum(np.array([1.0, np.inf]) * met))
    assert eg.jit(lambda w: np.float64(2.0) + 0 * np.sum(w))(np.ones(2)).dtype == float


def test_arrays_that_are_equal_but_not_the_same_bits_stay_apart():
    plus, minus = np.array([0.0, 1.0]), np.array([-0.0, 1.0])
    met = _variables_met(lambda w: np.sum(w * plus) + np.sum(np.exp(w) * minus), np.ones(2))
    assert len(met) == 2
