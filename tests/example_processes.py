"""Losses as people write them for autograd: densities, processes, windows, fluids.

Not a test: `test_example_losses.py` differentiates them, as those of `example_losses.py`.
"""

import itertools
from functools import partial

import numpy as np
from example_losses import drawn
from scipy.special import logsumexp
from scipy.stats import multivariate_normal as mvn
from scipy.stats import norm, t


def network_of_one_vector(sizes, bend):
    """All weights in one vector; several such vectors at once."""
    shapes = list(itertools.pairwise(sizes))

    def unpacked(weights):
        count = len(weights)
        for m, n in shapes:
            yield (
                weights[:, : m * n].reshape((count, m, n)),
                weights[:, m * n : m * n + n].reshape((count, 1, n)),
            )
            weights = weights[:, (m + 1) * n :]

    def predicted(weights, x):
        x = np.expand_dims(x, 0)
        for W, b in unpacked(weights):
            y = np.einsum("mnd,mdo->mno", x, W) + b
            x = bend(y)
        return y

    return sum((m + 1) * n for m, n in shapes), predicted


def lower_bound(log_density, D, count):
    """The bound of a normal density with independent entries, by samples of it."""

    def unpacked(p):
        return p[:D], p[D:]

    def objective(p, step):
        mean, log_scale = unpacked(p)
        samples = np.random.RandomState(step).randn(count, D) * np.exp(log_scale) + mean
        entropy = 0.5 * D * (1.0 + np.log(2 * np.pi)) + np.sum(log_scale)
        return -(entropy + np.mean(log_density(samples, step)))

    return objective


def network_with_doubts(p, step, x, y):
    _, predicted = network_of_one_vector([1, 2, 1], bend=lambda x: np.exp(-(x**2)))

    def log_density(weights, step):
        prior = -0.1 * np.sum(weights**2, axis=1)
        return prior - np.sum((predicted(weights, x) - y) ** 2, axis=1)[:, 0] / 0.1

    return lower_bound(log_density, 7, 3)(p, step)


def funnel(p, step):
    def log_density(x, step):
        mu, log_sigma = x[:, 0], x[:, 1]
        return norm.logpdf(log_sigma, 0, 1.35) + norm.logpdf(mu, 0, np.exp(log_sigma))

    return lower_bound(log_density, 2, 4)(p, step)


def many_funnels(p, step, seen):
    size = len(seen)

    def log_density(x, step):
        mu, log_sigma = x[:, :size], x[:, size:]
        widths = np.sum(norm.logpdf(log_sigma, 0, 1.35), axis=1)
        return widths + np.sum(norm.logpdf(seen, mu, np.exp(log_sigma)), axis=1)

    return lower_bound(log_density, 2 * size, 4)(p, step)


def heavy_tails(p, seen):
    rows, hidden, count = seen.shape[1], 2, seen.shape[0]
    mixing = np.reshape(p[: rows * hidden], (rows, hidden))
    sources = np.reshape(p[rows * hidden : rows * hidden + hidden * count], (hidden, count))
    told = np.dot(mixing, sources).T
    return -np.sum(t.logpdf(told, 2.4, seen, np.exp(p[-1]))) / count


def mixture_bound(p, step, k=2, count=3):
    def unpacked(p):
        return p[:k] - logsumexp(p[:k]), np.reshape(p[k:], (k, -1))

    def halves(q):
        size = np.shape(q)[0] // 2
        return q[:size], q[size:]

    def log_part(q, x):
        mean, log_scale = halves(q)
        return np.sum(norm.logpdf(x, mean, np.exp(log_scale)), axis=-1)

    def log_mixture(x):
        shares, parts = unpacked(p)
        return logsumexp(np.vstack([log_part(q, x) for q in parts]).T + shares, axis=1)

    def log_target(x):
        mu, log_sigma = x[:, 0], x[:, 1]
        left, right = (
            norm.logpdf(log_sigma, s, 1.35) + norm.logpdf(mu, m, np.exp(log_sigma))
            for s, m in ((0, -0.5), (0.1, 0.5))
        )
        return np.logaddexp(left, right)

    def bound_of(q):
        mean, log_scale = halves(q)
        x = noise.randn(count, len(mean)) * np.exp(log_scale) + mean
        inside, outside = (np.reshape(f(x), (count, -1)) for f in (log_mixture, log_target))
        return np.mean(outside - inside)

    noise = np.random.RandomState(step)
    shares, parts = unpacked(p)
    return -np.sum(np.stack([bound_of(q) for q in parts]) * np.exp(shares))


def covariance(p, x, z):
    apart = np.expand_dims(x / np.exp(p[1:]), 1) - np.expand_dims(z / np.exp(p[1:]), 0)
    return np.exp(p[0]) * np.exp(-0.5 * np.sum(apart**2, axis=2))


def process(kernel):
    def unpacked(p):
        return p[0], p[2:], np.exp(p[1]) + 0.1

    def predicted(p, x, y, new):
        mean, q, noise = unpacked(p)
        between = kernel(q, x, new)
        seen = kernel(q, x, x) + noise * np.eye(len(y))
        told = mean + np.dot(np.linalg.solve(seen, between).T, y - mean)
        return told, kernel(q, new, new) - np.dot(np.linalg.solve(seen, between).T, between)

    def log_likelihood(p, x, y):
        mean, q, noise = unpacked(p)
        seen = kernel(q, x, x) + noise * np.eye(len(y))
        return mvn.logpdf(y, mean * np.ones(len(y)), seen)

    return predicted, log_likelihood


PREDICTED, LIKELY = process(covariance)


def one_process(p, x, y):
    return -LIKELY(p, x, y)


def hidden_places(p, seen):
    count, columns = seen.shape
    each = np.reshape(p[: 5 * columns], (columns, 5))
    hidden = np.reshape(p[5 * columns :], (count, 2))
    likely = sum([LIKELY(each[k], hidden, seen[:, k]) for k in range(columns)])
    return -likely - np.sum(norm.logpdf(hidden))


def process_of_a_process(p, x, y):
    first, second, hidden = p[:4], p[4:8], p[8:]
    return -LIKELY(first, x, hidden) - LIKELY(second, np.atleast_2d(hidden).T, y)


def prior_of_a_process(p, x, y):
    return -LIKELY(p, x, y) - np.sum(norm.logpdf(p, 0.0, 100.0))


def where_to_look(place, p, x, y):
    told, spread = PREDICTED(p, x, y, np.atleast_2d(place))
    scale, best = np.sqrt(np.diag(spread)), np.max(y)
    gain = best - (told - best) * norm.cdf(told, best, scale)
    return -np.sum(gain + scale * norm.pdf(told, best, scale))


def clusters(p, seen):
    def unpacked(p):
        shares = p["log proportions"]
        return shares - logsumexp(shares), p["means"], p["lower triangles"]

    rows = []
    for share, mean, root in zip(*unpacked(p)):  # noqa: B905
        rows.append(share + mvn.logpdf(seen, mean, np.dot(root.T, root)))
    return -np.sum(logsumexp(np.vstack(rows), axis=0))


def hidden_states(logs, seen):
    if isinstance(seen, list):
        return sum(map(partial(hidden_states, logs), seen))
    start, change, say = logs
    forward = start
    for letter in seen:
        forward = logsumexp(forward[:, None] + change, axis=0) + say[:, letter]
    return logsumexp(forward)


P, X = drawn(4), drawn(5, 1, seed=1)
Y = np.cos(3 * X[:, 0])
CLUSTERS = {
    "log proportions": drawn(2),
    "means": drawn(2, 2),
    "lower triangles": drawn(2, 2, 2) + np.eye(2),
}

PROCESSES = {
    network_with_doubts: (1, drawn(14), 0, X, X**2),
    funnel: (1, drawn(4), 0),
    many_funnels: (1, drawn(12), 0, drawn(3)),
    heavy_tails: (1, drawn(17), drawn(4, 4)),
    mixture_bound: (1, drawn(10), 0),
    one_process: (1, P, X, Y),
    hidden_places: (1, drawn(18), drawn(4, 2)),
    process_of_a_process: (1, drawn(13), X, Y),
    prior_of_a_process: (1, P, X, Y),
    where_to_look: (1, np.array([0.3]), P, X, Y),
    clusters: (1, CLUSTERS, drawn(5, 2)),
    hidden_states: (1, [drawn(2), drawn(2, 2), drawn(2, 3)], [np.array([0, 2, 1]), np.array([1])]),
}
