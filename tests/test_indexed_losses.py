"""Losses of programs that people write with indices: gradients and Hessians along a line.

Networks, processes and mixtures, whose parameters are one vector that is taken apart. The
reference is numpy at complex numbers: the imaginary part over a tiny step is the derivative, to
all digits. A difference of two of these is the second one.
"""

from functools import reduce
from itertools import pairwise

import numpy as np
import pytest

import einsgrad as eg

TINY, STEP = 1e-30, 1e-3


def drawn(*shape, seed=0):
    return np.random.default_rng([*shape, seed]).uniform(-1, 1, shape)


def logsumexp(x, axis=0):
    top = np.max(x, axis=axis, keepdims=True)
    return np.squeeze(top + np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)), axis)


def normal(x, mean, log_scale):
    return -0.5 * ((x - mean) * np.exp(-log_scale)) ** 2 - log_scale - 0.5 * np.log(2 * np.pi)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def banana(p):
    x, y = p
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def banana_by_entries(p):
    return sum((1 - p[k]) ** 2 + 100 * (p[k + 1] - p[k] ** 2) ** 2 for k in range(len(p) - 1))


def banana_by_slices(p):
    return np.sum((1 - p[:-1]) ** 2 + 100 * (p[1:] - p[:-1] ** 2) ** 2)


def gaussian_process(p):
    """The mean, the log of the noise, the log of the height, the logs of the lengths."""
    places = drawn(6, 2)
    seen = np.sin(3 * places[:, 0])
    scaled = places / np.exp(p[3:])
    apart = np.expand_dims(scaled, 1) - np.expand_dims(scaled, 0)
    K = np.exp(p[2]) * np.exp(-0.5 * np.sum(apart**2, axis=2))
    K = K + (np.exp(p[1]) + 1e-2) * np.eye(len(seen))
    residual = seen - p[0]
    return 0.5 * residual @ np.linalg.solve(K, residual) + 0.5 * np.log(np.linalg.det(K))


def independent_components(p):
    """The mixing matrix, the sources and the log of the noise, of a density with heavy tails."""
    seen, (rows, hidden, count) = drawn(5, 4), (4, 2, 5)
    mixing = np.reshape(p[: rows * hidden], (rows, hidden))
    sources = np.reshape(p[rows * hidden : -1], (hidden, count))
    residual = (seen - (mixing @ sources).T) / np.exp(p[-1])
    return np.sum(1.7 * np.log(1 + residual**2 / 2.4)) + seen.size * p[-1]


def recurrent_network(p):
    """All weights in one vector; a column of ones stands for the biases."""
    texts = (drawn(4, 3, 2) > 0) + 0.0  # step, text, letter
    sizes = {"start": (1, 3), "change": (6, 3), "say": (4, 2)}
    ends = np.cumsum([0, *(np.prod(size) for size in sizes.values())])
    start, change, say = (
        p[a:b].reshape(size) for a, b, size in zip(ends, ends[1:], sizes.values(), strict=False)
    )
    ones, loss = np.ones((3, 1)), 0.0
    hidden = np.repeat(start, 3, axis=0)
    for letters in texts:
        scores = np.hstack([hidden, ones]) @ say
        loss = loss - np.sum(letters * (scores - logsumexp(scores, 1)[:, None]))
        hidden = np.tanh(np.hstack([letters, hidden, ones]) @ change)
    return loss


def long_short_memory(p):
    steps = drawn(3, 2, 2, seed=1)
    W, b = p[:48].reshape(4, 12), p[48:]
    hidden, memory = np.zeros((2, 2)), np.zeros((2, 3))
    for x in steps:
        gates = np.concatenate([x, hidden], axis=1) @ W + b
        forget, enter, change, leave = np.split(gates, 4, axis=1)
        memory = sigmoid(forget) * memory + sigmoid(enter) * np.tanh(change)
        hidden = (sigmoid(leave) * np.tanh(memory))[:, :2]
    return np.sum(hidden**2)


def convolutional_network(p):
    """Windows, pooling by the largest of four, and the log of one probability for each image."""
    images, labels = drawn(2, 6, 6, seed=2), np.array([1, 0])
    filters, bias = p[:18].reshape(2, 3, 3), p[18:20]
    weights, shift = p[20:44].reshape(8, 3), p[44:]
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
    seen = np.einsum("bijkl,okl->boij", windows, filters) + bias[:, None, None]
    pooled = np.tanh(seen).reshape(2, 2, 2, 2, 2, 2).max(axis=(3, 5))
    scores = pooled.reshape(2, -1) @ weights + shift
    logs = scores - logsumexp(scores, 1)[:, None]
    return -np.sum(logs[np.arange(2), labels])


def trained_filters(p):
    """The filters move over an image that is a parameter itself."""
    filters, image = p[:9].reshape(3, 3), p[9:].reshape(5, 5)
    rows = [sum(filters[k, m] * image[k : k + 3, m : m + 3] for k in range(3) for m in range(3))]
    return np.sum(np.tanh(np.stack(rows)) ** 2)


def variational_bound(p):
    """The reparameterisation of a normal density of two numbers."""
    noise, mean, log_scale = drawn(5, 2, seed=3), p[:2], p[2:]
    samples = noise * np.exp(log_scale) + mean
    width, place = samples[:, 1], samples[:, 0]
    return -np.mean(normal(width, 0, np.log(1.35)) + normal(place, 0, width)) - np.sum(log_scale)


def variational_mixture(p):
    """Three components, each sampled, and the density of the mixture at all the samples."""
    noise = drawn(4, 2, seed=4)
    weights = p[:3] - logsumexp(p[:3])
    parts = np.reshape(p[3:], (3, -1))
    samples = np.concatenate([(noise * np.exp(q[2:]) + q[:2])[:, None, :] for q in parts], axis=1)
    densities = np.stack(
        [
            weights[k] + np.sum(normal(samples, parts[k, :2], parts[k, 2:]), axis=-1)
            for k in range(3)
        ]
    )
    target = np.sum(normal(samples, 0.5, 0.0), axis=-1)
    return np.sum(np.exp(weights) * np.mean(logsumexp(densities) - target, axis=0))


def mixture_of_normals(p):
    seen = drawn(7, 2, seed=5)
    shares, means, roots = p[:2], p[2:6].reshape(2, 2), p[6:].reshape(2, 2, 2)
    rows = []
    for share, mean, root in zip(shares - logsumexp(shares), means, roots, strict=True):
        covariance = root.T @ root + 0.5 * np.eye(2)
        z = seen - mean
        forms = np.sum(z * np.linalg.solve(covariance, z.T).T, axis=1)
        rows.append(share - 0.5 * forms - 0.5 * np.log(np.linalg.det(covariance)))
    return -np.sum(logsumexp(np.vstack(rows)))


def hidden_chain(p):
    """The forward pass of a hidden Markov model in logs."""
    seen = [0, 2, 1, 1]
    start, moves, sounds = p[:2], p[2:6].reshape(2, 2), p[6:].reshape(2, 3)
    moves = moves - logsumexp(moves, 1)[:, np.newaxis]
    sounds = sounds - logsumexp(sounds, 1)[:, np.newaxis]
    forward = start - logsumexp(start) + sounds[:, seen[0]]
    for symbol in seen[1:]:
        forward = logsumexp(forward[:, np.newaxis] + moves) + sounds[:, symbol]
    return -logsumexp(forward)


def many_networks(p):
    """Networks side by side, one for each row of the weights."""
    x = drawn(4, 1, seed=6)
    weights, sizes = p.reshape(2, -1), (1, 3, 1)
    values, at = np.expand_dims(x, 0), 0
    for m, n in pairwise(sizes):
        W = weights[:, at : at + m * n].reshape(-1, m, n)
        b = weights[:, at + m * n : at + m * n + n].reshape(-1, 1, n)
        values, at = np.tanh(np.einsum("smn,sbm->sbn", W, values) + b), at + m * n + n
    return np.sum((values[:, :, 0] - x[:, 0]) ** 2)


def waves(p):
    """Steps of a fluid in a ring: differences to the neighbours, rolled."""
    field, speed = p[:8], p[8:]
    for _ in range(3):
        slope = (np.roll(field, -1) - np.roll(field, 1)) / 2
        bend = np.roll(field, -1) - 2 * field + np.roll(field, 1)
        field = field - 0.1 * speed * slope + 0.05 * bend
    return np.sum(field**2)


LOSSES = {
    banana: 2, banana_by_entries: 5, banana_by_slices: 5, gaussian_process: 5,
    independent_components: 19, recurrent_network: 29, long_short_memory: 60,
    convolutional_network: 47, trained_filters: 34, variational_bound: 4,
    variational_mixture: 15, mixture_of_normals: 14, hidden_chain: 12, many_networks: 20,
    waves: 16,
}  # fmt: skip
each_loss = pytest.mark.parametrize(
    ("loss", "size"), LOSSES.items(), ids=[loss.__name__ for loss in LOSSES]
)


def slope(loss, point, move):
    return np.imag(loss(point + 1j * TINY * move)) / TINY


@each_loss
def test_value_and_gradient_are_exact(loss, size):
    point, moves = drawn(size), drawn(3, size, seed=7)
    value, gradient = eg.value_and_grad(loss)(point)
    assert np.isclose(value, loss(point), rtol=1e-12)
    assert gradient.shape == point.shape
    expected = [slope(loss, point, move) for move in moves]
    np.testing.assert_allclose(moves @ gradient, expected, rtol=1e-9, atol=1e-10)


def bend(loss, point, move):
    """Extrapolate differences of slopes over a step and its half to a step of 0."""
    wide, narrow = (
        (slope(loss, point + h * move, move) - slope(loss, point - h * move, move)) / (2 * h)
        for h in (STEP, STEP / 2)
    )
    return (4 * narrow - wide) / 3


@each_loss
def test_hessians_and_products_with_them_are_exact(loss, size):
    point, move = drawn(size), drawn(size, seed=8)
    expected = bend(loss, point, move)
    scale = 1e-7 * (1 + abs(expected))
    assert abs(move @ eg.hvp(loss, (point,), move) - expected) < scale
    hessian = eg.hessian(loss)(point)
    assert abs(move @ hessian @ move - expected) < scale
    np.testing.assert_allclose(hessian, hessian.T, atol=1e-9)


ROWS_OF_PARTS = {
    "entries": lambda x: np.stack([x[0], x[1], x[3]]),
    "every other": lambda x: np.concatenate([x[0::2], x[1::2]]),
    "neighbours": lambda x: np.concatenate([x[1:], x[:-1], x[2:-2]]),
    "bordered": lambda x: np.concatenate([np.zeros(1), x, np.zeros(1)])[2:],
    "turned": lambda x: np.concatenate([x[::-1], np.roll(x, 2), x]),
}


@pytest.mark.parametrize("parts", ROWS_OF_PARTS.values(), ids=ROWS_OF_PARTS)
def test_the_hessian_of_a_sum_of_squares_of_parts_is_exactly_its_matrix(parts):
    numbers, other = np.random.default_rng(5).integers(-9, 10, (2, 6))
    selection = np.array([parts(unit) for unit in np.eye(8)]).T
    weights = np.resize(numbers, len(selection))
    more = np.roll(np.resize(other, len(selection)), 1)

    def loss(x):
        y = parts(x)
        whole = np.sum(weights * y**2) + 3 * np.sum(y[1:] * y[:-1]) + 7 * y[0] * y[1]
        return whole + (y[0] - 10 * y[1]) ** 2 + np.sum((y[:-1] - 2 * y[1:]) ** 2) + more @ y

    size = len(selection)
    differences = np.eye(size)[:-1] - 2 * np.eye(size)[1:]
    first = np.eye(size)[0] - 10 * np.eye(size)[1]
    cross = 3 * np.eye(size, k=1)
    cross[0, 1] += 7
    half = np.diag(weights) + np.outer(first, first) + differences.T @ differences
    expected = selection.T @ (2 * half + cross + cross.T) @ selection
    assert np.array_equal(eg.hessian(loss)(np.ones(8)), expected)


def test_a_loss_of_ten_joined_arrays_has_the_gradients_of_its_parts():
    parts = [drawn(*shape, seed=k) for k, shape in enumerate([(2, 2), (3,), (1, 2)] * 3 + [(2,)])]

    def loss(*arrays):
        joined = np.concatenate([array.ravel() for array in arrays])
        return np.sum(np.sin(joined[1:] * joined[:-1]))

    gradients = eg.grad(loss, argnums=tuple(range(10)))(*parts)
    joined = np.concatenate([part.ravel() for part in parts])
    cosines = np.cos(joined[1:] * joined[:-1])
    expected = np.zeros(joined.size)
    expected[:-1] += cosines * joined[1:]
    expected[1:] += cosines * joined[:-1]
    found = reduce(lambda a, b: np.append(a, b.ravel()), gradients, np.empty(0))
    np.testing.assert_allclose(found, expected, rtol=1e-12)
