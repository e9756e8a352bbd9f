"""Arguments of functions: keywords, numbers, dtypes, comparisons; and what is refused of them."""

import functools
import operator
import pickle

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.expressions.nodes import Map

X = np.array([0.5, 1.0, 2.0])


def loss(w, data, *, scale=2.0, offset=0.0):
    return scale * np.sum(data * w**2) + np.sum(offset * w)


KEYWORDS = [
    ((X, X), {}),
    ((X, X), {"scale": 0.5}),
    ((X,), {"data": 3 * X}),
    ((X,), {"data": [1, 2, 3], "scale": 3, "offset": X}),
    ((X, np.arange(3)), {"offset": np.float32(2)}),
]


@pytest.mark.parametrize(("arguments", "keywords"), KEYWORDS)
@pytest.mark.parametrize("of", [lambda f: f, eg.jit])
def test_keywords_are_passed_on(of, arguments, keywords):
    if isinstance(keywords.get("data"), list):
        keywords = keywords | {"data": np.array(keywords["data"])}
    whole = {"scale": 2.0, "offset": 0.0} | keywords
    data = arguments[1] if len(arguments) > 1 else keywords["data"]
    expected = 2 * whole["scale"] * np.asarray(data) * X + whole["offset"]
    for _ in range(2):
        assert np.allclose(eg.grad(of(loss))(*arguments, **keywords), expected)
        value, gradient = eg.value_and_grad(of(loss))(*arguments, **keywords)
        assert np.isclose(value, loss(*arguments, **keywords))
        assert np.allclose(gradient, expected)
        assert eg.hessian(of(loss))(*arguments, **keywords).shape == (3, 3)


def test_an_argument_is_named_by_number_from_either_end_or_by_name():
    function = lambda x, y: np.sum(x * y**2)  # noqa: E731
    expected = 2 * X * X
    for argnums in (1, -1, "y", np.int64(1)):
        assert np.allclose(eg.grad(function, argnums)(X, X), expected)
        assert np.allclose(eg.grad(function, argnums=argnums)(X, X), expected)
    assert np.allclose(eg.grad(function, argnums="y")(X, y=X), expected)
    assert np.allclose(eg.grad(function, argnums=1)(X, y=X), expected)
    assert np.allclose(eg.jacobian(function, (1, 0))(X, X)[1], X**2)
    assert np.allclose(eg.value_and_grad(function, [1])(X, X)[1][0], expected)


def test_blocks_of_a_hessian_of_a_function_and_of_an_expression():
    x, y = X, np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    function = lambda x, y: np.sum((y @ x) ** 2)  # noqa: E731
    blocks = eg.hessian(function, argnums=(0, 1))(x, y)
    assert [[b.shape for b in row] for row in blocks] == [
        [(3, 3), (3, 2, 3)],
        [(2, 3, 3), (2, 3, 2, 3)],
    ]
    assert np.allclose(blocks[0][0], 2 * y.T @ y)
    assert np.allclose(blocks[1][0], np.transpose(blocks[0][1], (1, 2, 0)))
    u, v = eg.variables("u[3] v[2,3]")
    formulas = eg.hessian(eg.sum((v @ u) ** 2), (u, v))
    for row, found in zip(formulas, blocks, strict=True):
        for formula, block in zip(row, found, strict=True):
            assert np.allclose(eg.compile(formula, inputs=(u, v))(x, y), block)
    ((alone,),) = eg.hessian(eg.sum((v @ u) ** 2), [u])
    assert alone is eg.hessian(eg.sum((v @ u) ** 2), u)
    assert np.allclose(eg.hessian(function, argnums=(0,))(x, y)[0][0], blocks[0][0])
    assert formulas[0][1] is eg.hessian(eg.sum((v @ u) ** 2), u, v)


@pytest.mark.parametrize(
    "function",
    [
        np.sin,
        abs,
        functools.partial(lambda a, x: a * x, 2.0),
        functools.partial(lambda x, a: a * x, a=3.0),
        operator.neg,
        type("Square", (), {"__call__": lambda self, x: x * x})(),
        type("Square", (), {"of": lambda self, x: x * x})().of,
        functools.lru_cache(lambda x: x * x),
        functools.wraps(np.sum)(lambda x: x * x),
    ],
)
def test_functions_of_every_sort(function):
    step = 1e-6
    expected = (function(1.5 + step) - function(1.5 - step)) / (2 * step)
    assert np.isclose(eg.grad(function)(1.5), expected)
    assert np.isclose(eg.grad(eg.jit(function))(1.5), expected)
    with pytest.raises(eg.DtypeError, match="no array of floats"):
        eg.grad(function)(2)


WRONG = {
    "number too large": (lambda f: eg.grad(f, 2)(X, X), "argument 2 .*not given"),
    "number too small": (lambda f: eg.jacobian(f, -3)(X, X), "argument -3 .*not given"),
    "name": (lambda f: eg.grad(f, argnums="z")(X, X), "'z' .*not given"),
    "twice": (lambda f: eg.hessian(f, (1, -1))(X, X), "twice"),
    "none": (lambda f: eg.grad(f, argnums=()), "empty"),
    "array for argnums": (lambda f: eg.grad(f, X), "argnums"),
    "two positions": (lambda f: eg.grad(f, 0, 1), "argnums"),
    "given twice": (lambda f: eg.value_and_grad(f, 0, argnums=1), "argnums"),
    "float for argnums": (lambda f: eg.grad(f, 0.0), "argnums"),
    "integers": (lambda f: eg.grad(f)(np.arange(3), X), "no array of floats"),
    "booleans": (lambda f: eg.grad(f, 1)(X, X > 0), "no array of floats"),
    "flag for argnums": (lambda f: eg.grad(f, argnums=True), "argnums"),
    "class for argnums": (lambda f: eg.grad(f, argnums=int), "argnums"),
    "expression for argnums": (lambda f: eg.grad(f, argnums=eg.variables("s")[0]), "argnums"),
    "text": (lambda f: eg.grad(f)("ab", X), "no derivative in it: 'ab'"),
    "tuple": (lambda f: eg.hessian(f)((1, 2, 3), X), r"x?0?\[0\] of .*no array of floats"),
    "objects": (lambda f: eg.grad(f, 1)(X, X.astype(object)), "no derivative in it: array"),
    "none to multiply with": (lambda f: eg.vjp(f, X, X, wrt=()), "wrt is empty"),
    "number for wrt": (lambda f: eg.vjp(f, X, X, wrt=1), "wrt: a sequence"),
    "float in wrt": (lambda f: eg.vjp(f, X, X, wrt=[1.0]), r"Give wrt=\[0\]"),
    "array for wrt": (lambda f: eg.vjp(f, X, X, wrt=X), "an argument is named by"),
    "no operand": (lambda f: eg.vjp("i,i->", X, X, wrt=[]), "wrt is empty"),
    "no argument": (lambda f: eg.grad(f)(), "argument 0 .*not given"),
    "one argument too few": (lambda f: eg.grad(f)(X), "missing a required argument: 'y'"),
    "too many arguments": (lambda f: eg.grad(f)(X, X, X), "too many"),
    "unknown keyword": (lambda f: eg.grad(f)(X, X, z=1), "unexpected keyword"),
    "too few tangents": (lambda f: eg.jvp(f, (X, X), (X,)), "2 arguments and 1 tangents"),
    "too many tangents": (lambda f: eg.jvp(f, (X, X), (X, X, X)), "2 arguments and 3 tangents"),
    "no tuple": (lambda f: eg.jvp(f, X, X), "primals: a tuple"),
    "no tuple for a product": (lambda f: eg.hvp(f, X, X), "primals: a tuple"),
    "tangent of integers": (lambda f: eg.jvp(f, (X, 2), (X, 1.0)), "no array of floats"),
    "shape of a tangent": (lambda f: eg.jvp(f, (X, X), (X[:2], None)), "tangent of x"),
    "shape of a cotangent": (lambda f: eg.vjp(f, X, X)[1](X), "the cotangent"),
    "complex cotangent": (lambda f: eg.vjp(f, X, X)[1](1j), "cotangent is complex"),
    "complex tangent": (lambda f: eg.jvp(f, (X, X), (1j * X, None)), "complex"),
    "names": (lambda f: eg.vjp(f, X, X, names=("a", "b")), "names"),
    "no floats at all": (lambda f: eg.vjp(f, 1, 2), "no derivative"),
    "argnums of an expression": (lambda f: eg.grad(*eg.variables("x y"), argnums=0), "argnums"),
    "argnums of a string": (lambda f: eg.jacobian("i,i->", 0, argnums=0), "argnums"),
    "tangents of an expression": (
        lambda f: eg.jvp(eg.variables("x")[0], eg.variables("x y"), (1.0,)),
        "2 variables and 1 tangents",
    ),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("of", [lambda f: f, eg.jit])
def test_what_is_wrong_with_a_call_is_said(name, of):
    ask, message = WRONG[name]
    with pytest.raises(eg.EinsgradError, match=message):
        ask(of(lambda x, y: np.sum(x * y)))


MASKED = np.ma.masked_array([1.0, 2.0, 3.0], mask=[False, True, False])
MORE_THAN_ARRAYS = {"masked": MASKED, "matrix": np.ones((1, 2)).view(np.matrix)}


@pytest.mark.parametrize("array", MORE_THAN_ARRAYS.values(), ids=MORE_THAN_ARRAYS)
@pytest.mark.parametrize("within", [lambda a: a, lambda a: [a, a], lambda a: [[a], [a]]])
@pytest.mark.parametrize("of", [lambda f: f, eg.jit])
def test_no_argument_loses_its_mask_also_within_lists(array, within, of):
    function = of(lambda x, y: np.sum(x**2) * np.sum(y))
    for ask in (
        lambda: eg.grad(function)(within(array), X),
        lambda: eg.grad(function, argnums=1)(within(array), X),
        lambda: eg.vjp(function, X, within(array)),
        lambda: eg.jvp(function, (X, X), (within(array), None)),
        lambda: eg.hvp(function, (X, within(array)), X),
    ):
        with pytest.raises(eg.DtypeError, match=r"mask would be lost|numpy\.matrix"):
            ask()


def squares(x, /, *others, **more):
    return np.sum(x * sum(more.values())) + sum(np.sum(one) for one in others)


class Weighted:
    def __call__(self, x, weights=1.0):
        return np.sum(x**2 * weights)

    def method(self, x, weights=1.0):
        return self(x, weights)


def handing_on(function):
    @functools.wraps(function)
    def called(*arguments, **keywords):
        return function(*arguments, **keywords)

    return called


BY_NAME = {
    "function": lambda x, weights: np.sum(x**2 * weights),
    "object": Weighted(),
    "method": Weighted().method,
    "decorated": handing_on(lambda x, weights: np.sum(x**2 * weights)),
    "decorated method": handing_on(Weighted().method),
    "in part": functools.partial(lambda a, x, weights: np.sum(a * x**2 * weights), 1.0),
    "in part by keyword": functools.partial(lambda x, weights, a: np.sum(x**2 * weights), a=1),
    "in part of a part": functools.partial(functools.partial(Weighted.method, Weighted())),
    "jitted": eg.jit(lambda x, weights: np.sum(x**2 * weights)),
}


@pytest.mark.parametrize("function", BY_NAME.values(), ids=BY_NAME)
def test_arguments_are_known_by_their_names_whatever_is_called(function):
    weights = np.array([1.0, 3.0, 2.0])
    assert np.allclose(eg.grad(function, argnums="x")(X, weights), 2 * X * weights)
    assert np.allclose(eg.grad(function, argnums="weights")(X, weights), X**2)
    assert np.allclose(eg.grad(function, argnums="weights")(X, weights=weights), X**2)


@pytest.mark.parametrize("of", [lambda f: f, eg.jit, handing_on])
def test_arguments_of_one_name_are_not_taken_for_each_other(of):
    function = of(squares)
    assert np.allclose(eg.grad(function)(X, x=2 * X), 2 * X)
    assert np.allclose(eg.grad(function, argnums="x")(X, x=2 * X), X)
    assert np.allclose(eg.jvp(lambda a: function(a, x=a), (X,), (X,))[1], 2 * np.sum(X * X))
    odd = {"array 0": 2 * X, "x'": 3 * X, "argument 0": X}
    inner = lambda y: np.sum(y) * function(y, X, **odd)  # noqa: E731
    assert np.allclose(eg.grad(function, argnums="x'")(X, X, **odd), X)
    assert np.allclose(
        eg.grad(lambda x: np.array([1, 0, 0]) @ eg.grad(inner)(x))(X)[1], 6 * X[:2].sum()
    )


def filled(x):
    array = np.zeros(2)
    array[0] = x
    return x * array.sum()


WRITTEN = {
    "an entry": filled,
    "all entries": lambda x: np.zeros(2).fill(x),
    "the start of a maximum": lambda x: x * X.max(initial=x),
    "the start of a sum": lambda x: x * np.sum(X, initial=x),
}


@pytest.mark.parametrize("function", WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("of", [lambda f: f, eg.jit])
def test_a_traced_value_that_is_written_into_an_array_is_named(function, of):
    with pytest.raises(eg.ArgumentTypeError, match=r"x (has no value|is written into)"):
        eg.grad(of(function))(0.5)


def test_an_own_error_of_value_comes_through():
    def function(x):
        try:
            float(x)
        except eg.EinsgradError as error:
            raise ValueError("own") from error

    with pytest.raises(ValueError, match=r"^own$"):
        eg.grad(function)(1.0)


def test_an_own_error_of_type_is_not_taken_for_wrong_arguments():
    def function(x):
        raise TypeError("own")

    with pytest.raises(TypeError, match=r"^own$"):
        eg.grad(function)(1.0)


CONSTANT = {
    "linear": lambda x: np.sum(3 * x),
    "sum": np.sum,
    "mean": np.mean,
    "nothing": lambda x: np.sum(0 * x),
    "of integers": lambda x: np.sum(np.arange(3) * x),
    "quadratic": lambda x: np.sum(x * x) / 2,
}


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
@pytest.mark.parametrize("name", CONSTANT)
def test_derivatives_have_the_dtype_of_their_argument(name, dtype):
    function, x = CONSTANT[name], X.astype(dtype)
    wider = np.result_type(dtype, int) if name == "of integers" else np.dtype(dtype)
    ones = np.ones(3, dtype)
    found = [
        eg.grad(function)(x),
        eg.jacobian(function)(x),
        eg.hessian(function)(x),
        eg.hvp(function, (x,), ones),
        eg.vjp(function, x)[1](np.ones((), dtype))[0],
        eg.jvp(function, (x,), (ones,))[1],
        eg.grad(eg.jit(function))(x),
    ]
    for one in found:
        assert one.dtype in (wider, np.dtype(dtype))
        assert one.dtype.kind == "f"


def test_the_dtype_of_the_data_is_kept_if_it_is_wider():
    single = X.astype("f4")
    assert eg.grad(lambda x: np.sum(x * X))(single).dtype == np.float64
    assert eg.grad(lambda x, y: np.sum(x * y))(X, single).dtype == np.float64
    assert eg.grad(lambda x: np.sum(x * np.float64(2)))(single).dtype == np.float64
    assert eg.grad(lambda x: np.sum(x * 2.0))(single).dtype == np.float32
    assert eg.grad(lambda x: np.real(np.sum(x)))(single.astype("c8")).dtype == np.complex64


def test_numbers_of_python_have_the_precision_of_the_arrays_beside_them():
    function = lambda x, scale: np.sum(scale * x * x)  # noqa: E731
    assert eg.grad(function)(X.astype("f4"), 0.1).dtype == np.float32
    assert eg.grad(function)(X, 0.1).dtype == np.float64
    for number in (2.0, 3):
        assert eg.grad(lambda x, n=number: n * x)(1.0) == number
        assert eg.grad(lambda x, n=number: n * x)(1.0).dtype == np.float64


SIGNS = {
    "equal": (lambda a, b: a == b, "=="),
    "not_equal": (lambda a, b: a != b, "!="),
    "less": (lambda a, b: a < b, "<"),
    "greater_equal": (lambda a, b: a >= b, ">="),
}
Y = np.array([0.5, 0.0, 2.0])
OTHERS = {
    "argument": lambda x, y: (x, y),
    "itself": lambda x, y: (x, x),
    "reduced": lambda x, y: (x, np.max(x)),
    "array right": lambda x, y: (x, Y),
    "array left": lambda x, y: (Y, x),
    "integers left": lambda x, y: (np.arange(3), x),
    "number right": lambda x, y: (x, 2.0),
    "number left": lambda x, y: (2, x),
    "scalar of numpy left": lambda x, y: (np.float32(2), x),
    "scalar of numpy right": lambda x, y: (x, np.int8(2)),
}


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("pair", OTHERS)
def test_comparisons_of_traced_values_compare_entries(sign, pair):
    compare, take = SIGNS[sign][0], OTHERS[pair]

    def function(x, y):
        condition = compare(*take(x, y))
        return np.sum(np.where(condition, x**2, -x)) + np.sum(condition * x)

    chosen = compare(*take(X, Y))
    value, gradient = eg.value_and_grad(function)(X, Y)
    assert np.isclose(value, np.sum(np.where(chosen, X**2 + X, -X)))
    if pair not in ("itself", "reduced"):
        assert np.allclose(gradient, np.where(chosen, 2 * X + 1, -1))


@pytest.mark.parametrize("sign", SIGNS)
def test_the_truth_of_a_comparison_names_it(sign):
    compare, symbol = SIGNS[sign]
    for other in (lambda x, y: y, lambda x, y: 2.0, lambda x, y: np.float64(1)):
        with pytest.raises(eg.ArgumentTypeError, match=rf"truth of x {symbol} .*where"):
            eg.grad(lambda x, y, o=other: x if compare(x, o(x, y)) else y)(1.0, 1.0)


def test_outside_of_functions_expressions_are_equal_if_they_are_the_same():
    x, y = eg.variables("x[n] y[n]")
    assert x + y == x + y
    assert x != y
    assert not x == y  # noqa: SIM201
    assert isinstance(x == 1.0, Map)
    assert isinstance(x != 1.0, Map)
    assert x in (y, x)
    assert x != "x"
    assert not x == None  # noqa: E711, SIM201


def test_derivatives_of_named_functions_are_pickled_and_say_what_they_are():
    gradient = eg.grad(np.sin)
    assert repr(gradient) == "gradient(sin, argnums=(0,))"
    assert repr(eg.jit(np.sin)) == "jit(sin)"
    for function in (gradient, eg.jit(np.cos), eg.value_and_grad(eg.jit(np.sin))):
        assert pickle.loads(pickle.dumps(function))(0.5) == function(0.5)


def test_arguments_are_checked_before_the_function_is_called():
    def function(x):
        raise AssertionError("called")

    for of in (lambda f: f, eg.jit):
        with pytest.raises(eg.DtypeError, match="no array of floats"):
            eg.grad(of(function))(1)
