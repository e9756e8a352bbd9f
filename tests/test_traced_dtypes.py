"""`x.dtype` and `x.astype` within traced functions: what numpy says, or an error."""

import numpy as np
import pytest
from counting import calls_in

import einsgrad as eg

FUNCTIONS = {
    "itself": lambda x, i: x,
    "integers": lambda x, i: i,
    "a multiple": lambda x, i: 2 * x,
    "a multiple by a float": lambda x, i: 2.0 * i,
    "a product": lambda x, i: x * i,
    "a sum": lambda x, i: i + 1,
    "a function": lambda x, i: np.exp(x),
    "a quotient": lambda x, i: x / 2,
    "a comparison": lambda x, i: x > 0,
    "a count": lambda x, i: np.sum(i > 0),
    "some of the comparisons": lambda x, i: (i > 0)[1:],
    "a choice": lambda x, i: np.where(x > 0, i, 1),
    "a choice of floats": lambda x, i: np.where(i > 0, x, 0.0),
    "an entry": lambda x, i: x[0],
    "gathered": lambda x, i: x[i],
    "rounded": lambda x, i: np.floor(x),
    "an integer": lambda x, i: x.astype(int),
    "a boolean": lambda x, i: x.astype(bool),
    "as it is": lambda x, i: x.astype(x.dtype),
    "a comparison as a float": lambda x, i: (x > 0).astype(float),
    "a remainder": lambda x, i: i % 2,
    "a maximum": lambda x, i: np.max(i),
    "complex": lambda x, i: x * 1j,
    "its modulus": lambda x, i: np.abs(x * 1j),
    "met": lambda x, i: x * np.ones(3),
    "met of integers": lambda x, i: i * np.arange(3),
    "reshaped": lambda x, i: x.reshape(3, 1).T,
}


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.complex128, np.complex64])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_traced_value_has_the_dtype_that_numpy_finds(name, kind):
    function = FUNCTIONS[name]
    if np.dtype(kind).kind == "c" and name in ("rounded", "an integer", "a comparison", "a choice"):
        pytest.skip("numpy refuses it, or warns")
    if np.dtype(kind).kind == "c" and name == "a comparison as a float":
        pytest.skip("complex numbers are not compared")
    x, i = np.array([0.5, -1.5, 2.5]).astype(kind), np.array([0, 2, 1])
    seen = []

    def asking(x, i):
        seen.append(function(x, i).dtype)
        return 0.0

    eg.jit(asking)(x, i)
    assert seen == [np.asarray(function(x, i)).dtype]
    eg.jit(lambda x, i: eg.jit(lambda y: asking(y, i))(x))(x, i)
    assert seen[1] == seen[0]


QUESTIONS = {
    "of one": np.result_type,
    "beside a number": lambda x: np.result_type(x > 0, 2.0),
    "beside an array": lambda x: np.result_type(x, np.ones(3, np.float32), np.int8),
    "of small numbers": lambda x: np.min_scalar_type(x * 2),
    "common": lambda x: np.dtype(np.common_type(x, x[0])),
    "whether": lambda x: np.can_cast(x, np.complex64),
}


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.complex128])
@pytest.mark.parametrize("name", QUESTIONS)
def test_functions_of_dtypes_answer_of_traced_values(name, kind):
    answers = []

    def asking(x):
        answers.append(QUESTIONS[name](x))
        return x

    x = np.ones(3, kind)
    eg.jit(asking)(x)
    assert answers[0] == QUESTIONS[name](x)


def test_scipys_own_test_function_is_differentiated():
    optimize = pytest.importorskip("scipy.optimize")
    x = np.array([0.5, 1.2, 2.0, -1.0])
    assert np.allclose(eg.grad(optimize.rosen)(x), optimize.rosen_der(x))
    assert np.allclose(eg.hessian(optimize.rosen)(x), optimize.rosen_hess(x))


def test_an_expression_that_is_declared_has_no_dtype():
    x, y = eg.variables("x[n] y[n]")
    assert not hasattr(x, "dtype")
    assert not hasattr(x * y > 0, "dtype")
    with pytest.raises(eg.UnknownAttributeError, match="arrays that are given"):
        x.dtype  # noqa: B018
    assert x.astype(int) is eg.as_integer(x)
    assert np.array_equal(eg.evaluate(x.astype(bool) * 2.0, x=[0.0, -1.0, 0.5]), [0, 2, 2])


def test_numbers_of_python_have_no_precision_of_their_own():
    seen = []

    def function(scale, x):
        seen.extend([(scale * x).dtype, scale.dtype])
        return 0.0

    eg.jit(function)(2.0, np.ones(2, np.float32))
    assert seen == [np.float32, np.float64]


CONVERTED = {
    "truncated": lambda x: x.astype(int) * x,
    "truncated to 32 bits": lambda x: x.astype(np.int32) * x,
    "a mask": lambda x: (x > 0).astype(float) * x,
    "a mask as integers": lambda x: (x > 0).astype(int) * x,
    "where it is not 0": lambda x: x.astype(bool) * x,
    "the same": lambda x: x.astype(np.float64) * x,
    "without a copy": lambda x: x.astype(float, copy=False) * x,
    "by its name": lambda x: x.astype("f8") * x,
    "complex": lambda x: x.astype(complex) * x,
    "integers as floats": lambda x: x.astype(int).astype(float) * x,
}


@pytest.mark.parametrize("name", CONVERTED)
def test_conversions_are_numpys_and_move_by_steps(name):
    function, x = CONVERTED[name], np.array([0.5, -1.5, 2.5, -0.2])
    value, tangent = eg.jvp(function, (x,), (np.ones(4),))
    assert np.array_equal(value, function(x))
    apart = (function(x + 1e-6) - function(x - 1e-6)) / 2e-6
    assert np.allclose(tangent, apart)


def test_other_conversions_are_refused():
    x = np.ones(3)
    for dtype in (np.float32, np.float16, np.int8, np.uint8, "U3", object, "M8[s]"):
        with pytest.raises(eg.EinsgradError, match="astype"):
            eg.grad(lambda x: np.sum(x.astype(dtype)))(x)  # noqa: B023
    with pytest.raises(eg.EinsgradError, match="no dtype"):
        eg.grad(lambda x: np.sum(x.astype("nonsense")))(x)
    with pytest.raises(eg.EinsgradError, match="casting"):
        eg.grad(lambda x: np.sum(x.astype(float, casting="safe")))(x)


def test_indices_may_be_rounded():
    W, x = np.sin(np.arange(8.0)).reshape(4, 2), np.array([0.3, 2.7, 1.5])

    def function(W, x):
        low = np.floor(x).astype(int)
        part = (x - low)[:, None]
        return np.sum(W[low] * (1 - part) + W[low + 1] * part)

    slope = eg.grad(function, argnums=1)(W, x)
    assert np.allclose(slope, (W[[1, 3, 2]] - W[[0, 2, 1]]).sum(1))
    with pytest.raises(eg.IndexingError, match=r"must be of integer \(or boolean\) type"):
        eg.grad(lambda W, x: np.sum(W[np.floor(x)]))(W, x)


def test_asking_at_every_step_of_a_loop_takes_linear_time():
    def traced(steps):
        def function(x):
            for _ in range(steps):
                x = x * x + (x > 0).astype(x.dtype) / 4
                x = x[np.argsort(x)]
            # Only the trace is counted.
            raise StopIteration

        with pytest.raises(StopIteration):
            eg.jit(function)(np.ones(3))

    traced(100)
    assert calls_in(traced, 100) < 2.2 * calls_in(traced, 50)
