"""Lists with traced values, in the place of arrays: numpy's arrays, and numpy as it was."""

import threading

import numpy as np
import pytest

import einsgrad as eg

X = np.array([2.0, 3.0, 5.0])
GRID = np.arange(6.0).reshape(2, 3)
OWN = (np.array, np.asarray, np.r_, np.c_)

JOINED = {
    "numbers": lambda x: np.array([x[0], x[1] * x[2], 7.0]),
    "a tuple": lambda x: np.array((x[0], 1, 2.5)),
    "nested lists": lambda x: np.array([[x[0], 1.0], [2.0, x[1] * x[0]]]),
    "three levels": lambda x: np.array([[[x[0]], [x[1]]], [[1.0], [x[2]]]]),
    "arrays": lambda x: np.array([x, x * x, GRID[1]]),
    "arrays of arrays": lambda x: np.array([np.array([x[0], x[1]]), np.array([1.0, 2.0])]),
    "a comprehension": lambda x: np.array([entry * entry for entry in x]),
    "unpacked": lambda x: np.array([*x[:2], 1.0]),
    "a number": lambda x: np.array(x[0]),
    "an array": lambda x: np.array(x).T,
    "an array in a list": lambda x: np.array([x]),
    "asarray": lambda x: np.asarray(x) * 2,
    "asarray of a list": lambda x: np.asarray([x[2], x[0]]),
    "with a dtype": lambda x: np.asarray([x[2], 1], dtype=float),
    "with the word float64": lambda x: np.array(x, dtype="float64"),
    "more axes": lambda x: np.array(x, ndmin=3),
    "more axes of a number": lambda x: np.array(x[0], ndmin=2),
    "its copy": lambda x: np.array(x, copy=True, order="C"),
    "complex numbers": lambda x: np.array([1j * x[0], x[1]]).imag,
    "a matrix of entries": lambda x: np.array([[x[0], -x[1]], [x[1], x[0]]]) @ GRID[:, :2],
    "a function of it": lambda x: np.linalg.inv(np.array([[x[0], 1.0], [1.0, x[1]]])),
    "its entry": lambda x: np.array([x, 2 * x])[1, ::-1],
    "r_": lambda x: np.r_[x, 1.0, 2:4, x[0], [7.0, 8.0]],
    "r_ of one": lambda x: np.r_[x],
    "r_ along an axis": lambda x: np.r_["1", x[None], GRID[:1]],
    "r_ with more axes": lambda x: np.r_["0,2", x, x * x],
    "c_": lambda x: np.c_[x, x * x, X],
    "c_ of a matrix": lambda x: np.c_[GRID, GRID * x],
    "a branch that is a list": lambda x: np.where(X > 2, [np.sum(x)] * 3, x),
    "a list that is added": lambda x: x * [x[1], 1.0, x[0] * x[1]],
    "r_ without traced values": lambda x: np.r_[1:4] * x,
    "norm": lambda x: np.linalg.norm([x[0], x[1] + 2]),
    "norm of a tuple": lambda x: np.linalg.norm((x[0], x[1] + 2)),
    "det": lambda x: np.linalg.det([[x[0], 1.0], [2.0, x[1]]]),
    "inv": lambda x: np.linalg.inv([[x[0], 1.0], [2.0, x[1]]]),
    "solve": lambda x: np.linalg.solve(np.eye(2) + 1, [x[0], 1.0]),
    "solve with a matrix in lists": lambda x: np.linalg.solve([[x[0], 1.0], [0, 1]], x[:2]),
    "eigvalsh": lambda x: np.linalg.eigvalsh([[x[0], 0.5], [0.5, 2 * x[1]]]),
    "dot": lambda x: np.dot([x[0], 1.0], [2.0, x[0]]),
    "dot with an array": lambda x: np.dot(GRID, [x[0], 1.0, x[1]]),
    "vdot": lambda x: np.vdot([x[0], 1.0], [x[1], x[0]]),
    "outer": lambda x: np.outer([x[0], 1.0], [x[1], 2.0]),
    "kron": lambda x: np.kron([x[0], 1.0], [1.0, x[1]]),
    "tensordot": lambda x: np.tensordot([x[0], 1.0], [x[1], 2.0], 1),
    "cross": lambda x: np.cross([x[0], 1.0, 2.0], [1.0, x[1], 3.0]),
    "einsum": lambda x: np.einsum("i,i->i", [x[0], 1.0], [x[1], 2.0]),
    "reshape": lambda x: np.reshape([x[0], 1.0, 2.0, x[1]], (2, 2)),
    "transpose": lambda x: np.transpose([[x[0], 1.0], [2.0, x[1]]]),
    "trace": lambda x: np.trace([[x[0], 1.0], [1.0, x[1]]]),
    "where with two lists": lambda x: np.where([True, False], [x[0], 1], [0.0, x[1]]),
    "clip": lambda x: np.clip([x[0], 9 * x[1]], 0.0, [4.0, x[2]]),
    "interp": lambda x: np.interp(0.5, [0.0, 1.0], [x[0], 3.0]),
    "polyval": lambda x: np.polyval([x[0], 1.0, x[1]], 2.0),
    "convolve": lambda x: np.convolve([x[0], 1.0, x[1]], [1.0, x[2]]),
    "lists by keyword": lambda x: np.linalg.solve(a=[[x[0], 0.0], [0.0, 1.0]], b=[x[1], 1.0]),
    "a list by keyword": lambda x: np.interp(0.3, xp=[0.0, 1.0], fp=[x[0], 2.0]),
    "weights": lambda x: np.average([x[0], 1.0], weights=[x[1], 2.0]),
    "roll": lambda x: np.roll([x[0], 1.0, 2.0], 1),
    "mean along an axis": lambda x: np.mean([[x[0], 1.0], [2.0, x[1]]], axis=1),
    "gradient": lambda x: np.gradient([x[0], 1.0, x[1]]),
    "real parts of a transform": lambda x: np.real(np.fft.fft([x[0], 1.0, x[1]])),
    "lists that are joined": lambda x: np.concatenate([[x[0]], [x[1], 1.0], X]),
    "lists side by side": lambda x: np.column_stack([[x[0], 1.0], [2.0, x[1]]]),
    "lists that are stacked": lambda x: np.stack([[x[0], 1.0], X[:2]], axis=1),
    "numbers that are stacked": lambda x: np.hstack([x[0], [x[1], 1.0]]),
    "lists that are multiplied": lambda x: np.linalg.multi_dot([[x[0], 1], GRID, [1, x[1], 0]]),
    "blocks": lambda x: np.block([x[:2], x[0], 1.0]),
    "pairs of lists": lambda x: np.stack(np.meshgrid([x[0], 1.0], [2.0, x[1]])),
}


@pytest.mark.parametrize("wrap", [lambda f: f, eg.jit], ids=["plain", "jitted"])
@pytest.mark.parametrize("name", JOINED)
def test_lists_with_traced_values_become_arrays_as_numpys(name, wrap):
    function = JOINED[name]
    value, pullback = eg.vjp(wrap(function), X)
    wanted = np.asarray(function(X))
    assert value.shape == wanted.shape
    np.testing.assert_allclose(value, wanted, rtol=1e-14)
    weights = np.arange(1.0, wanted.size + 1).reshape(wanted.shape)
    (found,) = pullback(weights)
    for k, step in enumerate(1e-6 * np.eye(3)):
        difference = (np.asarray(function(X + step)) - np.asarray(function(X - step))) / 2e-6
        assert np.isclose(found[k], np.sum(weights * difference), rtol=1e-7)


@pytest.mark.parametrize("entry", [np.inf, -np.inf, np.nan, 1e300])
@pytest.mark.parametrize(
    "function",
    [
        lambda a: np.roll(a, 1),
        lambda a: a[::-1][:2],
        lambda a: a[np.array([2, 0])],
        lambda a: np.sort(a)[:1],
        lambda a: np.sort(a[[2, 0]]),
        np.nansum,
        np.nanmax,
    ],
)
def test_an_entry_that_is_no_finite_number_stays_in_its_place(function, entry):
    joined = lambda x: function(np.array([x[0], entry, x[1]]))  # noqa: E731
    assert np.array_equal(eg.jit(joined)(X), joined(X), equal_nan=True)
    # A first call is evaluated node by node.
    total = lambda x: np.nansum(np.minimum(np.nan_to_num(joined(x), posinf=9.0), 4.0))  # noqa: E731
    assert eg.value_and_grad(total)(X)[0] == total(X)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda x: np.array([x[0], [1.0]]), "shape"),
        (lambda x: np.array([x, x[:2]]), "shape"),
        (lambda x: np.array([x[0], "a"]), "'a'"),
        (lambda x: np.array([x, x], dtype=object), "object"),
        (lambda x: np.array(x, dtype=np.float32), "float32"),
    ],
)
def test_lists_that_are_no_array_are_refused(function, said):
    with pytest.raises(eg.EinsgradError, match=said):
        eg.vjp(function, X)
    assert (np.array, np.asarray, np.r_, np.c_) == OWN


def test_functions_entry_by_entry_are_the_same_objects_in_a_trace():
    own, asked = np.tanh, []

    def f(x):
        asked.append(np.tanh is own and isinstance(np.add, np.ufunc))
        return np.sum(np.tanh(x))

    eg.grad(f)(X)
    assert asked == [True]


def test_an_attribute_of_numpy_that_is_put_within_a_trace_is_found_there(monkeypatch):
    own = np.trace

    def f(x):
        with monkeypatch.context() as patched:
            patched.setattr(np, "trace", lambda x: 2 * np.sum(x))
            found = np.trace(x)
        return found + np.trace([[x[0], 1.0], [1.0, x[1]]])

    assert eg.grad(f)(X).tolist() == [3.0, 3.0, 2.0]
    assert np.trace is own


def test_numpy_is_as_it_was_after_a_trace_and_after_its_failure():
    seen = []

    def loss(x):
        seen.append(np.array)
        assert np.array([1, 2]).tolist() == [1, 2]
        assert np.array.__name__ == "array"
        assert eg.grad(lambda y: np.sum(np.array([y[0], x[0]])))(x).shape == (3,)
        seen.append(np.array)
        raise KeyError("from within")

    with pytest.raises(KeyError):
        eg.grad(loss)(X)
    assert OWN[0] not in seen
    assert (np.array, np.asarray, np.r_, np.c_) == OWN


def test_lists_without_traced_values_are_numpys_within_a_trace():
    def loss(x):
        assert np.array([[1, 2], [3, 4]]).dtype == np.int64
        assert np.asarray(["a"]).dtype.kind == "U"
        assert np.r_[1:3].tolist() == [1, 2]
        with pytest.raises(ValueError, match="inhomogeneous"):
            np.array([1, [2, 3]])
        with pytest.raises(TypeError):
            np.array()
        return np.sum(x)

    assert eg.grad(loss)(X).tolist() == [1.0, 1.0, 1.0]


def test_other_threads_see_numpys_arrays_while_a_function_is_traced():
    within, read = threading.Event(), threading.Event()
    found = []

    def loss(x):
        within.set()
        assert read.wait(10)
        return np.sum(np.array([x[0], x[1]]))

    def other():
        assert within.wait(10)
        found.append(np.array([1.0, 2.0]))
        found.append(eg.grad(lambda x: np.sum(np.array([x[0] * x[1]])))(X))
        read.set()

    thread = threading.Thread(target=other)
    thread.start()
    slope = eg.grad(loss)(X)
    thread.join()
    assert slope.tolist() == [1.0, 1.0, 0.0]
    assert found[0].tolist() == [1.0, 2.0]
    assert found[1].tolist() == [3.0, 2.0, 0.0]
    assert (np.array, np.asarray, np.r_, np.c_) == OWN
