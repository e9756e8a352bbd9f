"""Functions of one example called with a batch, against a loop over the examples."""

from functools import partial

import numpy as np
import pytest

import einsgrad as eg

rng = np.random.default_rng(3)
X, Y = rng.standard_normal((4, 3)), rng.standard_normal((4, 3))
A = rng.standard_normal((4, 3, 3)) + 3 * np.eye(3)
W = rng.standard_normal((2, 3))
INTS = np.array([2, 0, 1, 2])

# Each with the arguments of a batch, the first axis of which runs over the examples.
FUNCTIONS = {
    "einsum": (lambda A, x: np.einsum("ij,j->i", A, x), A, X),
    "inner": (lambda x, y: x @ y, X, Y),
    "outer": (np.outer, X, Y),
    "constant": (lambda x: W @ x, X),
    "same matrix twice": (lambda A: A @ A.T + A * A, A),
    "trace": (lambda A: np.trace(A) + np.diag(A), A),
    "elementwise": (lambda x, y: np.sin(x) * np.exp(-y) / (1 + x * x), X, Y),
    "number times vector": (lambda x, y: np.tanh(x[0]) * y + np.maximum(y, x[1]), X, Y),
    "where": (lambda x, y: np.where(x > 0, x, y[0]), X, Y),
    "reductions": (lambda x: np.max(x) + np.sum(x) + np.prod(x) + np.linalg.norm(x), X),
    "along axes": (lambda A: np.max(A, 0) + np.min(A, 1) + A.mean(0), A),
    "softmax": (eg.softmax, X),
    "linear algebra": (lambda A, x: np.linalg.solve(A, x) * np.linalg.det(A), A, X),
    "factors": (lambda A: np.linalg.cholesky(A @ A.T) + np.linalg.inv(A), A),
    "singular values": (lambda A: np.linalg.svd(A, compute_uv=False), A),
    "sort": (lambda x: np.sort(x) + x[np.argsort(x)] + np.argmax(x), X),
    "median": (np.median, X),
    "slices": (lambda x: x[1:] - x[:-1], X),
    "backwards": (lambda x: x[::-1] + np.roll(x, 1) + np.flip(x), X),
    "integers": (lambda x, k: x[k] * x, X, INTS),
    "list of integers": (lambda x: x[[2, 0, 0]], X),
    "running sums": (lambda x: np.cumsum(x) + np.cumprod(x), X),
    "differences": (lambda x: np.diff(x, prepend=0.0), X),
    "joined": (lambda x, y: np.concatenate([x, y, W[0]]), X, Y),
    "stacked": (lambda x, y: np.stack([x, 2 * y, W[1]], axis=1), X, Y),
    "padded": (lambda x: np.pad(x, 2), X),
    "transform": (lambda x: np.abs(np.fft.fft(x)), X),
    "convolved": (np.convolve, X, Y),
    "kron": (lambda A, x: np.kron(A, np.eye(2)) @ np.repeat(x, 2), A, X),
    "does not depend": (lambda x: np.sum(W), X),
    "integer result": (lambda k: k * 2, INTS),
    "branch on a shape": (lambda x: x * 2 if x.shape == (3,) else x, X),
    "loop": (lambda A, x: [x := np.tanh(A @ x) for _ in range(3)][-1], A, X),
}


def looped(f, *batches):
    return np.stack([f(*examples) for examples in zip(*batches, strict=True)])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_batch_is_a_loop_over_examples(name):
    f, *batches = FUNCTIONS[name]
    if name == "softmax":
        expected = np.exp(X) / np.exp(X).sum(1, keepdims=True)
    else:
        expected = looped(f, *batches)
    found = eg.vmap(f)(*batches)
    assert found.shape == expected.shape
    # Programs compute with floats.
    assert found.dtype == np.result_type(expected, float)
    assert np.allclose(found, expected, rtol=1e-12)
    assert np.allclose(eg.jit(eg.vmap(f))(*batches), expected, rtol=1e-12)
    assert np.allclose(eg.vmap(eg.jit(f))(*batches), expected, rtol=1e-12)


DIFFERENTIABLE = [name for name in FUNCTIONS if name not in ("integer result",)]


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_derivatives_of_examples_and_derivatives_through_a_batch_agree(name):
    f, *batches = FUNCTIONS[name]

    def loss(*example):
        return np.sum(np.sin(f(*example)))

    expected = looped(eg.grad(loss), *batches)
    assert np.allclose(eg.vmap(eg.grad(loss))(*batches), expected)
    through = eg.grad(lambda *given: np.sum(eg.vmap(loss)(*given)))
    assert np.allclose(through(*batches), expected)
    rows = looped(eg.jacobian(f), *batches)
    assert np.allclose(eg.vmap(eg.jacobian(f))(*batches), rows)


def test_axes_are_those_of_jax():
    def f(A, x):
        return A @ x

    expected = looped(f, A, X)
    columns = np.moveaxis(A, 0, 2)
    assert np.allclose(eg.vmap(f, in_axes=(2, 0))(columns, X), expected)
    assert np.allclose(eg.vmap(f, in_axes=(-1, 0))(columns, X), expected)
    assert np.allclose(eg.vmap(f, in_axes=(0, 1), out_axes=1)(A, X.T), expected.T)
    assert np.allclose(eg.vmap(f, (0, None), -1)(A, X[0]), np.stack([a @ X[0] for a in A], -1))
    fixed, moved = eg.vmap(lambda x: (W, x), out_axes=(None, 0))(X)
    assert fixed.shape == W.shape
    assert moved.shape == X.shape


def test_containers_are_mapped_leaf_by_leaf():
    def f(p, x):
        return {"y": p["w"] @ x + p["b"], "n": [x]}

    one = {"w": W, "b": np.array([1.0, 2.0])}
    found = eg.vmap(f, in_axes=(None, 0))(one, X)
    assert np.allclose(found["y"], X @ W.T + one["b"])
    assert np.allclose(found["n"][0], X)
    many = {"w": rng.standard_normal((4, 2, 3)), "b": one["b"]}
    found = eg.vmap(f, in_axes=({"w": 0, "b": None}, 0), out_axes={"y": 1, "n": 0})(many, X)
    assert np.allclose(found["y"], looped(lambda w, x: w @ x + one["b"], many["w"], X).T)
    gradients = eg.vmap(eg.grad(lambda p, x: np.sum(f(p, x)["y"])), in_axes=(None, 0))(one, X)
    assert gradients["w"].shape == (4, 2, 3)
    assert (gradients["b"] == 1).all()


def test_maps_nest_and_close_over_values():
    pairs = eg.vmap(lambda x: eg.vmap(lambda y: np.sum(np.sin(x * y)))(Y))(X)
    assert np.allclose(pairs, np.sin(X[:, None] * Y).sum(-1))

    def loss(w):
        return np.sum(eg.vmap(lambda x: np.tanh(w @ x))(X) ** 2)

    w = np.array([0.5, -1.0, 2.0])
    t = np.tanh(X @ w)
    assert np.allclose(eg.grad(loss)(w), (2 * t * (1 - t * t)) @ X)
    assert np.allclose(eg.hessian(loss)(w), eg.jacobian(eg.grad(loss))(w))
    outer = eg.vmap(lambda s: eg.grad(lambda w: s * loss(w))(w))(np.array([1.0, 2.0]))
    assert np.allclose(outer[1], 2 * outer[0])


def test_keywords_are_mapped_along_their_first_axis():
    f = eg.vmap(lambda x, *, y: x @ y)
    assert np.allclose(f(X, y=Y), np.sum(X * Y, 1))
    g = eg.vmap(partial(lambda s, x, y=2.0: s * x @ x + y, 3.0))
    assert np.allclose(g(X), 3 * np.sum(X * X, 1) + 2)


def test_hessians_and_products_of_examples():
    def f(x):
        return np.sum(np.exp(x) * x[::-1])

    assert np.allclose(eg.vmap(eg.hessian(f))(X), looped(eg.hessian(f), X))
    assert np.allclose(eg.vmap(eg.hvp(f))(X, Y), looped(eg.hvp(f), X, Y))
    _, tangents = eg.jvp(eg.vmap(f), (X,), (Y,))
    assert np.allclose(tangents, looped(lambda x, y: eg.jvp(f, (x,), (y,))[1], X, Y))
    _, pullback = eg.vjp(eg.vmap(f), X)
    assert np.allclose(pullback(np.arange(4.0))[0], np.arange(4.0)[:, None] * looped(eg.grad(f), X))


def test_functions_with_a_pullback_of_ones_own_are_called_for_each_example():
    square = eg.custom_derivative(
        lambda x, w: x @ x * w, lambda g, y, x, w: (2 * g * w * x, g * (x @ x))
    )
    expected = 3 * np.sum(X * X, 1)
    assert np.allclose(eg.vmap(lambda x: square(x, np.float64(3.0)))(X), expected)
    assert np.allclose(eg.vmap(eg.grad(lambda x: square(x, np.float64(3.0))))(X), 6 * X)
    w = eg.grad(lambda w: np.sum(eg.vmap(lambda x: square(x, w))(X)))(2.0)
    assert np.allclose(w, np.sum(X * X))


def test_an_empty_batch_is_empty():
    assert eg.vmap(lambda x: x @ x)(np.zeros((0, 3))).shape == (0,)


@pytest.mark.parametrize("dtype", [np.float32, float, np.complex64, complex])
def test_dtypes_are_those_of_the_loop(dtype):
    found = eg.vmap(lambda x: x + x)(np.ones((4, 3), dtype))
    assert found.dtype == dtype


def test_what_cannot_be_mapped_is_refused():
    f = eg.vmap(lambda x, y: x + y)
    with pytest.raises(eg.ShapeError, match="different sizes"):
        f(np.ones(3), np.ones(4))
    with pytest.raises(eg.ShapeError, match="has 0 axes"):
        f(np.ones(3), 2.0)
    with pytest.raises(eg.ArgumentError, match="no argument has an axis"):
        eg.vmap(lambda x: x, in_axes=None)(np.ones(3))
    with pytest.raises(eg.ArgumentError, match="in_axes has 1"):
        eg.vmap(lambda x, y: x, in_axes=(0,))(np.ones(3), np.ones(3))
    with pytest.raises(eg.ArgumentTypeError, match="has not the form"):
        eg.vmap(lambda p: p["a"], in_axes=({"b": 0},))({"a": np.ones(3)})
    with pytest.raises(eg.ArgumentError, match="out_axes is None"):
        eg.vmap(lambda x: x, out_axes=None)(np.ones(3))
    with pytest.raises(eg.ShapeError, match="out_axes"):
        eg.vmap(lambda x: x, out_axes=3)(np.ones(3))
