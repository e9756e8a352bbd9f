"""Losses as people write them for autograd: networks and flows, in their own containers.

Not a test: `test_example_losses.py` differentiates them. Each is a function and its arguments;
the first ones are differentiated. Sizes are small.
"""

import itertools

import numpy as np
from scipy.special import expit, gammaln, logsumexp
from scipy.stats import norm

import einsgrad as eg


def drawn(*shape, seed=0):
    return np.random.default_rng([*shape, seed]).uniform(-1, 1, shape)


def layers(*sizes, scale=0.7, seed=0):
    """A list of pairs: the weights and the shifts of each layer."""
    return [
        (scale * drawn(m, n, seed=seed), scale * drawn(n, seed=seed + 1))
        for m, n in itertools.pairwise(sizes)
    ]


def relu(x):
    return np.maximum(0, x)


def soft_step(x):
    return 0.5 * (np.tanh(x) + 1.0)


def forward(weights, x, bend=np.tanh):
    for W, b in weights:
        y = np.dot(x, W) + b
        x = bend(y)
    return y


def chances(w, x):
    return soft_step(np.dot(x, w))


def logistic(w, x, told):
    p = chances(w, x)
    return -np.sum(np.log(p * told + (1 - p) * (1 - told)))


def squashed(x):
    return np.sum((1.0 - np.exp(-2 * x)) / (1.0 + np.exp(-(2 * x))))


def counts_of_failures(r, p, seen):
    terms = gammaln(r + seen) - gammaln(r) - gammaln(seen + 1)
    return np.sum(terms + seen * np.log(p) + r * np.log(1 - p))


def slope_in_the_count(r, seen):
    """A loss that holds a derivative: Newton's method asks for the slopes of a slope."""
    p = np.sum(seen) / np.sum(r + seen)
    return eg.grad(lambda q, chance: counts_of_failures(q, chance, seen))(r, p)


def largest_first(x):
    top = np.max(x)
    return top + np.log(np.sum(np.exp(x - top)))


def log_of_squares(x):
    return np.sum(largest_first(x**2))


def valley(x):
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2


def length_of_weights(weights):
    return sum(np.dot(np.ravel(part), np.ravel(part)) for pair in weights for part in pair)


def classifier(weights, step, images, labels, penalty=0.1):
    batch = slice(3 * (step % 2), 3 * (step % 2 + 1))
    scores = forward(weights, images[batch])
    logs = scores - logsumexp(scores, axis=1, keepdims=True)
    return penalty * length_of_weights(weights) - np.sum(logs * labels[batch])


def regression(weights, step, x, y):
    flat = np.concatenate([np.ravel(part) for pair in weights for part in pair])
    prior = np.sum(norm.logpdf(flat, 0, 10.0))
    return -np.sum(norm.logpdf(forward(weights, x), y, 0.3)) - prior


def joined(weights, *parts):
    return np.dot(np.hstack((*parts, np.ones((parts[0].shape[0], 1)))), weights)


def said(p, hidden):
    scores = joined(p["predict"], hidden)
    return scores - logsumexp(scores, axis=1, keepdims=True)


def likelihood(told, texts):
    total = 0.0
    steps, count, _ = texts.shape
    for t in range(steps):
        total += np.sum(told[t] * texts[t])
    return -total / (steps * count)


def recurrent(p, step, texts):
    def update(letters, hidden):
        return np.tanh(joined(p["change"], letters, hidden))

    hidden = np.repeat(p["init hiddens"], texts.shape[1], axis=0)
    told = [said(p, hidden)]
    for letters in texts:
        hidden = update(letters, hidden)
        told.append(said(p, hidden))
    return likelihood(told, texts)


def remembering(p, step, texts):
    def update(letters, hidden, cells):
        change = np.tanh(joined(p["change"], letters, hidden))
        forget, enter, leave = (
            soft_step(joined(p[gate], letters, hidden)) for gate in ("forget", "ingate", "outgate")
        )
        cells = cells * forget + enter * change
        return leave * np.tanh(cells), cells

    count = texts.shape[1]
    hidden = np.repeat(p["init hiddens"], count, axis=0)
    cells = np.repeat(p["init cells"], count, axis=0)
    told = [said(p, hidden)]
    for letters in texts:
        hidden, cells = update(letters, hidden, cells)
        told.append(said(p, hidden))
    return likelihood(told, texts)


def normalized(x):
    mean = np.mean(x, axis=0, keepdims=True)
    return (x - mean) / (np.std(x, axis=0, keepdims=True) + 1)


def deep(weights, x):
    for W, b in weights[:-1]:
        x = relu(normalized(np.dot(x, W) + b))
    W, b = weights[-1]
    return np.dot(x, W) + b


def apart(p):
    half = np.shape(p)[-1] // 2
    return p[:, :half], p[:, half:]


def density(x, mean, log_scale):
    return np.sum(norm.logpdf(x, mean, np.exp(log_scale)), axis=-1)


def autoencoder(both, step, images):
    generator, recognizer = both
    rs = np.random.RandomState(step)
    mean, log_scale = apart(deep(recognizer, images))
    hidden = rs.randn(*mean.shape) * np.exp(log_scale) + mean
    scores = deep(generator, hidden)
    likely = np.sum(-np.logaddexp(0, -scores * images), axis=-1)
    bound = density(hidden, 0, 0) + likely - density(hidden, mean, log_scale)
    return -np.mean(bound) + np.mean(expit(scores))


def log_step(x):
    return x - np.logaddexp(0, x)


def adversaries(generator, judge, step, images):
    noise = np.random.RandomState(step).rand(5, 2)
    made = soft_step(deep(generator, noise))
    return np.mean(log_step(deep(judge, images))) - np.mean(log_step(deep(judge, made)))


def flow(weights, step, start, times, seen):
    """An equation of motion that is a network, by Heun's method."""
    places = [start]
    for a, b in itertools.pairwise(times):
        slope = forward(weights, places[-1], relu)
        ahead = forward(weights, places[-1] + (b - a) * slope, relu)
        places.append(places[-1] + 0.5 * (b - a) * (slope + ahead))
    return np.mean(np.abs(np.stack(places) - seen))


IMAGES, TEXTS = drawn(6, 3, seed=3), np.eye(3)[[[0, 2], [1, 1], [2, 0], [1, 0]]]
LETTERS = {"init hiddens": drawn(1, 2), "change": drawn(6, 2), "predict": drawn(3, 3)}
GATES = {gate: drawn(6, 2, seed=k) for k, gate in enumerate(("forget", "ingate", "outgate"))}
COUNTS = np.array([3, 0, 5, 2])

NETWORKS = {
    logistic: (1, np.array([0.3, -0.2, 0.5]), IMAGES, IMAGES[:, 0] > 0),
    squashed: (1, drawn(5)),
    counts_of_failures: (2, 2.5, 0.4, COUNTS),
    slope_in_the_count: (1, 2.5, COUNTS),
    log_of_squares: (1, drawn(5)),
    valley: (1, np.array([0.4, -0.3])),
    classifier: (1, layers(3, 4, 2), 3, IMAGES, np.eye(2)[[0, 1, 1, 0, 1, 0]]),
    regression: (1, layers(1, 2, 2, 1), 0, IMAGES[:, :1], IMAGES[:, 1:2]),
    recurrent: (1, LETTERS, 0, TEXTS),
    remembering: (1, {**LETTERS, **GATES, "init cells": drawn(1, 2, seed=5)}, 0, TEXTS),
    autoencoder: (1, (layers(1, 4, 3), layers(3, 4, 2)), 0, np.sign(IMAGES)),
    adversaries: (2, layers(2, 4, 3), layers(3, 4, 1), 7, IMAGES),
    flow: (1, layers(2, 4, 2), 0, np.ones(2), np.linspace(0, 1.5, 5), drawn(5, 2)),
}
