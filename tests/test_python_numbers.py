"""Programs that compute with numbers of Python, and with numpy's where Python has an error."""

import numpy as np
import pytest

import einsgrad as eg

# Enough steps without axes around each function that they are numbers of Python.
FUNCTIONS = {
    "reciprocal": lambda x: 1 / x,
    "log": np.log,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "power": lambda x: x**1.5,
    "variable power": lambda x: x ** (x - 2),
    "sin": np.sin,
    "tanh": np.tanh,
    "cosh": np.cosh,
    "arctan2": lambda x: np.arctan2(x, x - 1),
    "arcsin": lambda x: np.arcsin(x / 9),
    "log1p": np.log1p,
    "expm1": np.expm1,
    "abs": np.abs,
    "hypot": lambda x: np.hypot(x, 2.0),
    "maximum": lambda x: np.maximum(x, 0.25),
    "where": lambda x: np.where(x > 0.5, x * x, -x),
    "sigmoid": eg.sigmoid,
    "softplus": eg.softplus,
    "logaddexp": lambda x: np.logaddexp(x, 1.0),
}
VALUES = (0.75, 2.0, -1.5, 0.0, -0.0, 800.0, -800.0, 1e200, np.inf, -np.inf, np.nan)


def around(function):
    """The function between steps that have no axes."""

    def value(x):
        y = function(x)
        return ((3 * y + 1) * y - 0.5) * y + (x - y) * (x + 0.25 * y) - np.sin(y) * (x - 2)

    return value


def compiled(function, number=0.5):
    (x,) = eg.variables("x")
    program = eg.compile(function(x))
    with np.errstate(all="ignore"):
        program(x=np.float64(number))
    return program


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("x", VALUES)
def test_values_are_numpys_also_where_python_has_an_error(name, x):
    function = around(FUNCTIONS[name])
    program = compiled(function)
    with np.errstate(all="ignore"):
        found = program(x=np.float64(x))
        careful = in_arrays(program)(np.float64(x))
    assert type(found) is np.float64
    np.testing.assert_allclose(found, careful, rtol=1e-12)


def in_arrays(program):
    """Return what the program does where Python has an error."""
    names = {}
    exec(program.source, names)
    return names["in_arrays"]


def test_numbers_of_python_are_what_the_first_way_computes_with():
    source = compiled(around(np.sin)).source
    assert "math.sin(" in source.partition("def compute")[2]
    assert "np." not in source.partition("def compute")[2].replace("np.float64(", "")


@pytest.mark.parametrize("kind", [np.float32, np.complex128, np.longdouble])
def test_other_dtypes_stay_arrays(kind):
    declared = {"complex": "x"} if kind is np.complex128 else {}
    (x,) = eg.variables("x", **declared)
    program = eg.compile(around(np.sin)(x))
    assert program(x=kind(0.5)).dtype == kind
    assert "math" not in program.source


def test_a_function_of_the_user_is_called_once():
    calls = []

    def logarithm(x):
        calls.append(x)
        return np.log(x - x)

    own = eg.define("logarithm_called_once", logarithm, None)
    program = compiled(around(own))
    calls.clear()
    with np.errstate(all="ignore"):
        program(x=np.float64(0.5))
    assert len(calls) == 1


def test_numbers_meet_arrays_and_come_back_as_scalars():
    def loss(p, v):
        a = np.exp(p[0]) * p[1] + p[2]
        b = np.sqrt(a * a + 1) / (1 + a)
        c = np.sin(b) - a * b + p[0]
        return np.sum((v * a - b) ** 2) * c + np.sum(v > b) * a

    p, v = np.array([0.5, 1.5, -0.25]), np.arange(4.0)
    value, (first, second) = eg.value_and_grad(eg.jit(loss), (0, 1))(p, v)
    assert type(value) is np.float64
    np.testing.assert_allclose(value, loss(p, v), rtol=1e-14)
    for place, found in ((0, first), (1, second)):
        given = [p, v]
        for entry in range(found.size):
            step = np.zeros(found.size)
            step[entry] = 1e-6
            ends = [[*given[:place], given[place] + s * step, *given[place + 1 :]] for s in (1, -1)]
            slope = (loss(*ends[0]) - loss(*ends[1])) / 2e-6
            np.testing.assert_allclose(found[entry], slope, rtol=1e-6, atol=1e-7)


def test_the_code_asserts_sizes_before_either_way():
    x = np.arange(1.0, 4.0)

    def loss(x):
        return around(np.log)(np.mean(x) + x[0])

    (v,) = eg.variables("x[n]")
    program = eg.compile(loss(v))
    program(x=x)
    names = {}
    exec(program.code("numpy"), names)
    np.testing.assert_allclose(names["compute"](x), loss(x), rtol=1e-14)
    with pytest.raises(AssertionError):
        names["compute"](np.ones(4))


@pytest.mark.parametrize("f", [np.angle, np.abs, lambda z: (z * np.conj(z)).real])
def test_a_complex_number_that_real_ones_make_is_a_scalar_of_numpy(f):
    z = 1.2 + 0.4j
    (share,) = eg.vjp(f, z)[1](1.0)
    assert type(share) is np.complex128
    slopes = [(f(z + step) - f(z - step)) / 2e-6 for step in (1e-6, 1e-6j)]
    assert np.isclose(share, slopes[0] - 1j * slopes[1], rtol=1e-8)
