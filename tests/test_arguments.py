"""What compiled functions are called with: arrays by name, by variable, by position."""

import copy
import pickle
import re

import numpy as np
import pytest

import einsgrad as eg

A, x, b = eg.variables("A[m,n] x[n] b[m]")
LOSS = 0.5 * eg.sum((A @ x - b) ** 2)
ARRAYS = {"A": np.array([[1.0, 2.0], [0.0, 1.0], [3.0, -1.0]]), "x": np.ones(2), "b": np.ones(3)}
GRADIENT = ARRAYS["A"].T @ (ARRAYS["A"] @ ARRAYS["x"] - ARRAYS["b"])


@pytest.mark.parametrize(
    ("targets", "names"),
    [
        ((LOSS,), "Abx"),
        ((LOSS, eg.grad(LOSS, x)), "Abx"),
        ((eg.sin(x),), "x"),
        ((eg.sum(eg.tanh(x)), eg.exp(b)), "bx"),
    ],
)
def test_arrays_by_position_need_an_order_and_the_error_names_the_variables(targets, names):
    f = eg.compile(*targets)
    arrays = [ARRAYS[name] for name in names]
    f(**{name: ARRAYS[name] for name in names})
    for call in (f, f.specialize, pickle.loads(pickle.dumps(f))):
        for count in range(1, len(arrays) + 1):
            with pytest.raises(eg.ArgumentError) as caught:
                call(*arrays[:count])
            assert all(name in str(caught.value) for name in [*names, "inputs"])


def test_an_order_that_is_asked_for_is_the_order_of_the_arguments():
    gradient = eg.grad(LOSS, x)
    for order in ((A, x, b), (b, A, x), (x, b, A)):
        f = eg.compile(gradient, inputs=order)
        given = [ARRAYS[v.name] for v in order]
        for _ in range(2):
            assert np.allclose(f(*given), GRADIENT)
            assert np.allclose(f(**ARRAYS), GRADIENT)
            assert np.allclose(
                f(*given[:1], **{v.name: ARRAYS[v.name] for v in order[1:]}), GRADIENT
            )
            assert np.allclose(pickle.loads(pickle.dumps(f))(*given), GRADIENT)


def test_arrays_are_given_by_variable_as_well_as_by_name():
    f = eg.compile(eg.grad(LOSS, x))
    by_variable = {v: ARRAYS[v.name] for v in (A, x, b)}
    assert np.allclose(f(by_variable), GRADIENT)
    assert np.allclose(f({A: ARRAYS["A"], "x": ARRAYS["x"]}, b=ARRAYS["b"]), GRADIENT)
    assert np.allclose(eg.evaluate(eg.grad(LOSS, x), by_variable), GRADIENT)
    sizes, expr = eg.variables("sizes[k] expr[k]")
    assert eg.evaluate(sizes @ expr, {sizes: [1.0, 2.0], expr: [3.0, 4.0]}) == 11
    (other,) = eg.variables("x[other]")
    with pytest.raises(eg.ArgumentError, match=re.escape("x[other]")):
        f({A: ARRAYS["A"], other: ARRAYS["x"], b: ARRAYS["b"]})
    with pytest.raises(eg.ArgumentTypeError, match="no variable"):
        f({3: 4})


CALLS = {
    "evaluate": lambda **arrays: eg.evaluate(LOSS, **arrays),
    "compiled": eg.compile(LOSS),
    "ordered": eg.compile(LOSS, inputs=(A, x, b)),
    "several": eg.compile(LOSS, eg.grad(LOSS, x)),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_name_that_no_variable_has_is_an_error_that_names_it_and_the_variables(name):
    call = CALLS[name]
    for wrong in ("never_declared", "Ä"):
        for arrays in (ARRAYS, {**ARRAYS, "x": [1, 2]}):
            with pytest.raises(eg.ArgumentError) as caught:
                call(**arrays, **{wrong: 3.0})
            assert repr(wrong) in str(caught.value)
            assert all(name in str(caught.value) for name in ARRAYS)
    string = eg.compile("mn,n->m")
    string(ARRAYS["A"], ARRAYS["x"])
    with pytest.raises(eg.ArgumentError, match="'x2'"):
        string(ARRAYS["A"], ARRAYS["x"], x2=3.0)


def test_a_variable_that_has_cancelled_still_gives_its_sizes():
    zero = eg.grad(eg.sum(x / x), x)
    hessian = eg.hessian(eg.sum(x * x), x)
    for given in (np.ones(4), [1, 2, 3, 4], np.ones(4, int)):
        assert np.array_equal(eg.evaluate(zero, x=given), np.zeros(4))
        assert np.array_equal(eg.evaluate(zero, {x: given}), np.zeros(4))
        assert np.array_equal(eg.evaluate(hessian, x=given), 2 * np.eye(4))
    f = eg.compile(hessian, eg.grad(LOSS, x))
    for size in (3, 5, 3):
        a = np.ones((2, size))
        second, first = f(A=a, x=np.ones(size), b=np.ones(2))
        assert np.array_equal(second, 2 * np.eye(size))
        assert np.array_equal(first, a.T @ (a @ np.ones(size) - 1))
    assert "np.eye" in f.source or "ravel" in f.source
    only = eg.compile(hessian)
    assert np.array_equal(only(x=np.ones(3)), 2 * np.eye(3))
    assert np.array_equal(only.specialize(x=np.ones(3))(np.ones(3)), 2 * np.eye(3))


def test_arrays_of_cancelled_variables_have_to_fit():
    # No other test declares a variable of this name.
    (gone,) = eg.variables("gone[n]")
    hessian = eg.hessian(eg.sum_squares(A @ gone), gone)
    found = eg.evaluate(hessian, A=ARRAYS["A"], gone=ARRAYS["x"])
    assert np.allclose(found, 2 * ARRAYS["A"].T @ ARRAYS["A"])
    for wrong in (np.ones(3), np.ones((2, 2)), 1.0):
        with pytest.raises(eg.ShapeError, match=r"gone\[n\]"):
            eg.evaluate(hessian, A=ARRAYS["A"], gone=wrong)
    with pytest.raises(eg.DtypeError):
        eg.evaluate(hessian, A=ARRAYS["A"], gone="text")


def test_an_array_that_only_gives_sizes_may_have_a_symmetric_namesake():
    plain, namesake = eg.variables("Q2[n,n]")[0], eg.variables("Q2[n,n]", symmetric="Q2")[0]
    gradient = eg.grad(eg.trace(plain), plain)
    for array in (np.triu(np.ones((2, 2))), np.triu(np.ones((2, 2))) * 1j):
        assert np.array_equal(eg.evaluate(gradient, Q2=array), np.eye(2))
    with pytest.raises(eg.ArgumentError, match="symmetric"):
        eg.evaluate(namesake + 0, Q2=np.triu(np.ones((2, 2))))


def test_variables_of_one_name_are_told_apart_or_the_error_asks_for_the_variable():
    one, other = eg.variables("twin[p,q]")[0], eg.variables("twin[q,p]")[0]
    zero = eg.simplify(eg.sum(one - one, axis=1))
    array = np.ones((2, 3))
    with pytest.raises(eg.ArgumentError, match="several variables"):
        eg.compile(zero)(twin=array)
    assert eg.compile(zero)({one: array}).shape == (2,)
    assert eg.compile(eg.simplify(zero))({other: array}).shape == (3,)


def test_a_compiled_function_tells_what_goes_in_and_what_comes_out():
    (t,) = eg.variables("t")
    f = eg.compile(t * LOSS, eg.grad(LOSS, A))
    assert repr(f) == "<compiled function of A[m,n], b[m], t, x[n] -> (number, [m,n])>"
    assert repr(eg.compile(x, inputs=(b, x))) == "<compiled function of b[m], x[n] -> [n]>"
    assert repr(eg.compile(eg.eye(3))) == "<compiled function of nothing -> [3,3]>"
    assert repr(eg.compile("mn,n->m")) == "<compiled function of x0[m,n], x1[n] -> [m]>"
    assert repr(eg.compile("...i,i->...")) == "<compiled function of x0[...,i], x1[i] -> [...]>"
    assert repr(copy.copy(f)) == repr(f)


@pytest.mark.parametrize(
    ("inputs", "error", "says"),
    [
        ((A, x), eg.ArgumentError, "not among the inputs"),
        ((A, x, b, "c"), eg.ArgumentTypeError, "no variable"),
        ("A x b", eg.ArgumentTypeError, "sequence"),
        (5, eg.ArgumentTypeError, "sequence"),
        ((A, x, b, b), eg.ArgumentError, "one name"),
        (LOSS, eg.ArgumentTypeError, "no variable"),
    ],
)
def test_inputs_are_variables_each_once_and_all_that_occur(inputs, error, says):
    with pytest.raises(error, match=says):
        eg.compile(LOSS, inputs=inputs)


@pytest.mark.parametrize("option", [{"inputs": (A,)}, {"sizes": {"m": 2}}, {"structured": True}])
def test_an_option_without_effect_on_a_string_is_refused(option):
    (name,) = option
    with pytest.raises(eg.ArgumentError, match=f"{name}="):
        eg.compile("mn,n->m", **option)
