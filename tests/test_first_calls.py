"""First calls of a derivative, which need no program: as exact as the calls that have one."""

import operator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.engine.caches import Recent
from einsgrad.expressions.walks import variables_in
from einsgrad.results.numbers import first_calls, prepared
from einsgrad.results.numbers.first_calls import calls_before_program
from einsgrad.results.numbers.immediate import Evaluation
from einsgrad.results.numbers.plain_nodes import plain_nodes
from einsgrad.testing import expressions as drawn

rng = np.random.default_rng(5)
X, w, y = rng.standard_normal((6, 4)), rng.standard_normal(4), rng.standard_normal(6)
A = rng.standard_normal((4, 4)) + 4 * np.eye(4)
ROWS = 12
POINTS, WIDE, W = (rng.standard_normal(shape) for shape in ((ROWS, 2), (ROWS, 4), (4, ROWS)))
KERNEL = np.exp(-((POINTS[:, None] - POINTS) ** 2).sum(-1))
SEEN = np.sin(POINTS).sum(1)
LABELS, PICKED = np.array([0, 3, -1, 2, 0]), np.array([0, 1, 3, 2, -1, 0])


def logsumexp(x):
    largest = np.max(x, axis=1, keepdims=True)
    return np.log(np.sum(np.exp(x - largest), axis=1)) + largest[:, 0]


def kernel(w):
    return KERNEL * np.exp(w[0]) + np.exp(w[1]) * np.eye(ROWS) + np.tril(KERNEL) * w[2]


FUNCTIONS = {
    "least squares": lambda w: np.sum((X @ w - y) ** 2) / 2,
    "logistic": lambda w: np.sum(1 / (1 + np.exp(-X @ w)) * y),
    "layers": lambda w: np.mean(np.tanh(X @ np.tanh(A @ w)) ** 3),
    "attention": lambda w: np.sum(np.exp(X * w @ X.T - np.max(X * w @ X.T, 1, keepdims=True)) @ X),
    "slices": lambda w: np.sum((w[1:] - w[:-1] ** 2) ** 2 + w[::-1][1:] * w[0]),
    "reshaped": lambda w: np.sum(np.reshape(w, (2, 2)) @ np.reshape(w, (2, 2)).T),
    "joined": lambda w: np.sum(np.concatenate([w, w * w]) * np.arange(8.0)),
    "running": lambda w: np.sum(np.cumsum(w) ** 2) + np.sum(np.diff(w) ** 2),
    "diagonals": lambda w: np.trace(np.outer(w, w) * A) + np.sum(np.diag(w) @ A),
    "branches": lambda w: np.sum(np.where(w > 0, w**2, -w)) + np.sum(np.maximum(w, 0.1)),
    "extremes": lambda w: np.max(w) - np.min(w) + np.linalg.norm(w),
    "matrices": lambda w: np.sum(np.linalg.inv(A + np.diag(w))) + np.linalg.det(A + np.outer(w, w)),
    "means": lambda w: np.var(w) + np.std(X @ w) + np.mean(w),
    "logarithms of sums": lambda w: np.sum(
        np.log(np.exp(w[0]) + np.exp(w) / (1 + np.exp(-w[1])) + w[2] ** 2)
    ),
    "loop": lambda w: [w := np.sin(A @ w) for _ in range(4)][-1].sum(),
    "system": lambda w: SEEN @ np.linalg.solve(kernel(w), SEEN) + np.linalg.slogdet(kernel(w))[1],
    "systems": lambda w: np.sum(np.linalg.solve(kernel(w), WIDE * w) @ W @ np.linalg.inv(KERNEL)),
    "both sides": lambda w: np.sum(
        (np.linalg.inv(kernel(w)) @ KERNEL @ np.linalg.inv(kernel(w).T) * kernel(w)) ** 2
    ),
    "inverse": lambda w: np.sum(np.linalg.inv(kernel(w)) * KERNEL) + np.linalg.det(kernel(w) / 3),
    "look-ups": lambda w: (
        np.sum(w[LABELS] * np.arange(5.0)) + np.sum((w * A)[[0, -1], [1, 2]] ** 2)
    ),
    "looked up": lambda w: np.sum(logsumexp(X * w) - (X * w)[np.arange(6), PICKED]),
    "integers": lambda w: np.sum(w * np.arange(4)) + np.sum(np.array([True, False] * 2) * w),
}


@pytest.fixture
def early(monkeypatch):
    """Let first calls be answered without a program, as they are for users."""
    monkeypatch.setattr(first_calls, "calls_before_program", calls_before_program)
    monkeypatch.setattr(first_calls, "_seen", Recent(100, 1 << 20, lambda _: 1))
    monkeypatch.setattr(prepared, "_prepared", Recent(100, 1 << 20, lambda _: 1))


@pytest.fixture
def programs(monkeypatch):
    """Count the programs that are made."""
    made = []
    original = first_calls.first_answer

    def counted(*arguments):
        found = original(*arguments)
        made.append(found is None)
        return found

    monkeypatch.setattr("einsgrad.results.numbers.answers.first_answer", counted)
    return made


@pytest.mark.usefixtures("early")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_first_call_needs_no_program_and_agrees_with_those_that_have_one(name, programs):
    f = FUNCTIONS[name]
    derivative = eg.value_and_grad(f)
    calls = [derivative(w) for _ in range(4)]
    assert programs[0] is False
    assert programs[-1] is True
    for value, gradient in calls:
        assert type(value) is type(calls[-1][0])
        assert gradient.dtype == calls[-1][1].dtype
        assert np.allclose(value, f(w), rtol=1e-13)
        assert np.allclose(gradient, calls[-1][1], rtol=1e-11, atol=1e-13)
    assert np.allclose(eg.grad(f)(w), calls[0][1], rtol=1e-11, atol=1e-13)


@given(drawn.expressions(scalar=True), st.integers(0, 3))
@settings(max_examples=100)
def test_random_expressions_have_the_gradients_of_programs(expr, seed):
    arrays = drawn.values(expr, seed)
    wrt = variables_in(expr)
    sized = eg.simplify(expr)
    if not wrt or not plain_nodes((expr,)) or any(isinstance(d, str) for v in wrt for d in v.shape):
        return
    found = Evaluation(plain_nodes((expr,)), {v: np.asarray(arrays[v.name], float) for v in wrt})
    gradients = found.gradients(expr, wrt)
    assert np.allclose(found.values[expr], eg.evaluate(sized, arrays), rtol=1e-10)
    for v, gradient in zip(wrt, gradients, strict=True):
        expected = eg.evaluate(eg.grad(expr, v), {k: arrays[k] for k in arrays})
        assert np.allclose(gradient, expected, rtol=1e-8, atol=1e-10)


@pytest.mark.usefixtures("early")
@pytest.mark.parametrize(
    "f",
    [
        lambda z: -np.sum(np.log(1 / (1 + np.exp(-z)))),
        lambda z: np.log(np.sum(np.exp(z))),
        lambda z: np.sum(np.log(0.5 + np.exp(z) + 0.5)),
        lambda z: np.sum(np.log1p(np.exp(z) * 2)),
        lambda z: np.sum(np.log(1 - eg.sigmoid(z))),
        lambda z: np.sum(np.log2(np.cumsum(np.exp(z)))),
    ],
)
def test_what_would_lose_digits_is_left_to_a_program(f, programs):
    eg.grad(f)(np.array([-3.0, 2.0]))
    assert programs == [True]


@pytest.mark.usefixtures("early")
def test_what_is_not_finite_is_computed_by_a_program(programs):
    with np.errstate(all="ignore"):
        eg.grad(lambda x: np.sum(np.sqrt(x**2)))(np.zeros(2))
        eg.grad(lambda x: np.sum(1 / x))(np.zeros(2))
    assert eg.grad(np.linalg.norm)(np.zeros(2)).tolist() == [0, 0]
    assert programs == [True, True, True]


@pytest.mark.usefixtures("early")
@pytest.mark.parametrize("dtype", [np.float32, np.complex128])
def test_other_dtypes_are_those_of_a_program(dtype, programs):
    found = eg.grad(lambda x: np.sum(np.abs(x) ** 2))(np.ones(3, dtype))
    assert found.dtype == dtype
    assert programs == [True]


@pytest.mark.usefixtures("early")
def test_results_are_arrays_of_their_own():
    x = np.array([1.0, 2.0])
    for _ in range(3):
        found = eg.grad(np.sum)(x)
        found[:] = 7
        assert eg.grad(np.sum)(x).tolist() == [1, 1]
        both = eg.grad(lambda x, y: np.sum(x * y), argnums=(0, 1))(x, x)
        both[0][:] = 9
        assert x.tolist() == [1, 2]


@pytest.mark.usefixtures("early")
def test_errors_are_those_of_a_program():
    with pytest.raises(eg.MatrixError):
        eg.grad(lambda x: np.sum(np.linalg.inv(np.outer(x, x))))(np.ones(2))
    with pytest.raises(eg.ShapeError):
        eg.grad(lambda x: x * x)(np.ones(2))


@pytest.mark.usefixtures("early")
def test_a_long_loop_needs_no_program_at_first(programs):
    def loss(x):
        for _ in range(300):
            x = x + 0.01 * np.sin(A @ x)
        return np.sum(x)

    first = eg.grad(loss)(w)
    step = 1e-6 * np.eye(4)[0]
    assert np.isclose(first[0], (loss(w + step) - loss(w - step)) / 2e-6, rtol=1e-5)
    assert programs == [False]


@pytest.mark.parametrize(
    ("array", "named"),
    [(np.eye(3).view(np.matrix), "matrix"), (np.ma.array(np.ones(3), mask=[1, 0, 0]), "masked")],
)
@pytest.mark.parametrize("operation", [operator.mul, operator.matmul, operator.truediv])
def test_matrices_and_masked_arrays_are_refused_at_the_first_call_too(array, named, operation):
    for _ in range(3):
        with pytest.raises(eg.EinsgradError, match=named):
            eg.grad(lambda x: np.sum(operation(x, array)))(np.arange(1.0, 4.0))
