"""scipy's own Python functions on traced values: values, slopes, and what plain calls keep."""

import importlib
import inspect
import pickle

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.expressions.vocabulary.numpy_parameters import NumpyFunction
from einsgrad.expressions.vocabulary.scipy_hooks import FUNCTIONS
from einsgrad.expressions.vocabulary.scipy_remedies import REMEDIES

special = pytest.importorskip("scipy.special")
linalg = pytest.importorskip("scipy.linalg")
distance = pytest.importorskip("scipy.spatial.distance")
# Imported before anything is traced.
from scipy.special import logsumexp  # noqa: E402

V = np.array([0.3, 1.2, 2.5])
A = np.array([[2.0, 0.5, 0.1], [0.5, 3.0, 0.4], [0.1, 0.4, 1.5]])
WEIGHTS = np.array([1.0, 2.0, 0.5])
CASES = {
    "logsumexp": (logsumexp, V),
    "logsumexp axis": (lambda x: logsumexp(x, axis=1, keepdims=True), A),
    "logsumexp weights": (lambda x: logsumexp(x, b=WEIGHTS), V),
    "logsumexp axis weights": (lambda x: special.logsumexp(x, 0, WEIGHTS), A),
    "softmax": (special.softmax, A),
    "softmax axis": (lambda x: special.softmax(x, axis=0), A),
    "log_softmax": (special.log_softmax, A),
    "log_softmax axis": (lambda x: special.log_softmax(x, axis=-1), A),
    "polygamma": (lambda x: special.polygamma(2, x), V),
    "inv": (linalg.inv, A),
    "det": (lambda x: linalg.det(x, check_finite=False), A),
    "solve": (lambda x: linalg.solve(x, V), A),
    "solve right side": (lambda x: linalg.solve(A, x), V),
    "solve symmetric": (lambda x: linalg.solve((x + x.T) / 2, V, assume_a="pos"), A),
    "solve by a triangle": (
        lambda x: linalg.solve(x @ x.T, V, lower=True, overwrite_b=False, assume_a="pos"),
        A,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_function_of_scipy_has_its_value_and_slope(case):
    function, point = CASES[case]
    value, pullback = eg.vjp(function, point)
    assert np.allclose(value, function(point), rtol=1e-13)
    assert np.shape(value) == np.shape(function(point))
    weights = np.cos(np.arange(np.size(value))).reshape(np.shape(value))
    step = np.sin(1.0 + np.arange(point.size)).reshape(point.shape)
    ahead, behind = function(point + 1e-5 * step), function(point - 1e-5 * step)
    slope = np.sum(weights * (ahead - behind)) / 2e-5
    assert np.isclose(np.sum(pullback(weights)[0] * step), slope, rtol=1e-6)


def test_a_plain_call_stays_what_it_was():
    eg.grad(logsumexp)(V)
    assert special.logsumexp is logsumexp
    parameters = "(a, axis=None, b=None, keepdims=False, return_sign=False)"
    assert str(inspect.signature(logsumexp)) == parameters
    assert pickle.loads(pickle.dumps(logsumexp)) is logsumexp
    assert "Compute the log of the sum of exponentials" in logsumexp.__doc__
    value, sign = logsumexp(V, b=[1, -1, 1], return_sign=True)
    assert sign == 1
    assert np.isclose(np.exp(value), np.exp(V) @ [1, -1, 1])
    with pytest.raises(TypeError, match="unexpected keyword"):
        logsumexp(V, axes=0)


def test_an_option_that_expressions_do_not_have_is_named():
    with pytest.raises(eg.ArgumentTypeError, match=r"scipy\.spatial\.distance\.squareform.*force"):
        eg.vjp(lambda x: distance.squareform(x, force="tomatrix"), V)
    with pytest.raises(eg.EinsgradError, match=r"scipy\.linalg\.solve.*assume_a='round'"):
        eg.vjp(lambda x: linalg.solve(x, V, assume_a="round"), A)


@pytest.mark.parametrize(
    ("module", "name"), [(module, name) for module, names in FUNCTIONS.items() for name in names]
)
def test_a_function_has_the_parameters_of_scipys(module, name):
    """Their names, and those that are given by place in scipy's order."""
    own = inspect.signature(getattr(importlib.import_module(module), name)).parameters.values()
    found = NumpyFunction(name, *FUNCTIONS[module][name]).__signature__.parameters
    others = {one.name for one in own if one.kind is inspect.Parameter.VAR_KEYWORD}
    assert others or {one.name for one in own} == set(found)
    by_place = [one.name for one in own if one.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
    assert list(found)[: len(by_place)] == by_place


MASKED = [
    ([1000.0, 0.0], [0.0, 1.0]),
    ([np.inf, 0.0], [0.0, 1.0]),
    ([np.nan, 0.0], [0.0, 1.0]),
    ([1.0, 2.0], [1.0, 0.0]),
    ([-np.inf, -np.inf], [1.0, 2.0]),
    ([np.inf, 0.0], [1.0, 2.0]),
]


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.parametrize(("entries", "weights"), MASKED)
def test_entries_of_weight_0_count_for_nothing_in_a_logsumexp(entries, weights):
    entries, weights = np.array(entries), np.array(weights)
    for signed in (False, True):
        found = eg.jit(lambda x, s=signed: logsumexp(x, b=weights, return_sign=s))(entries)
        assert np.array_equal(found, logsumexp(entries, b=weights, return_sign=signed))
    if np.isfinite(logsumexp(entries, b=weights)):
        slope = eg.grad(lambda x: logsumexp(x, b=weights))(entries)
        assert np.array_equal(slope, weights)


def test_a_logsumexp_has_a_slope_in_a_weight_that_is_0():
    slope = eg.grad(lambda b: logsumexp([1.0, 2.0], b=b))(np.array([1.0, 0.0]))
    assert np.allclose(slope, [1.0, np.e], rtol=1e-14)


@pytest.mark.parametrize("name", REMEDIES)
def test_a_function_of_matrices_without_a_derivative_says_what_to_write(name):
    function = getattr(linalg, name)
    parameters = inspect.signature(function).parameters.values()
    needed = sum(one.default is one.empty for one in parameters)
    with pytest.raises(eg.ArgumentTypeError, match=rf"scipy\.linalg\.{name} is not supported"):
        eg.jit(lambda A: function(*[A] * needed))(A)
    if name in ("schur", "orth", "issymmetric"):
        function(A)
