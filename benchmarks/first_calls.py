"""First and later calls of `value_and_grad` of plain functions, beside autograd's.

Each function is new in every repetition, by a number in it: nothing that is kept fits it.
"""

from __future__ import annotations

import contextlib
import importlib
import itertools
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import einsgrad as eg
from benchmarks.measure import geometric_mean
from benchmarks.report import Report, duration

REPETITIONS = 40
LATER = 40
# After so many calls the code of each library is in the caches, and a program is made.
WARMING = 10
FRESH = itertools.count()
GENERATOR = np.random.default_rng(0)

X = GENERATOR.standard_normal((20, 5))
Y = GENERATOR.standard_normal(20)
W = GENERATOR.standard_normal(5)
SQUARE = GENERATOR.standard_normal((5, 5)) / 3

Loss = Callable[[Any], Any]
# A namespace, and what derives a function.
Library = tuple[Any, Callable[[Loss], Callable[[Any], Any]]]


def _poisson(m: Any, k: float) -> Loss:
    def loss(w: Any) -> Any:
        rate = m.dot(X, w) + k
        return m.sum(m.exp(rate) - Y * rate) + k * m.sum(w**2)

    return loss


def _ackley(m: Any, k: float) -> Loss:
    def loss(w: Any) -> Any:
        far = m.exp(-0.2 * m.sqrt(m.mean(w**2)))
        return 20 + k - 20 * far - m.exp(m.mean(m.cos(2 * np.pi * w)))

    return loss


def _rosenbrock(m: Any, k: float) -> Loss:
    return lambda w: m.sum(100 * (w[1:] - w[:-1] ** 2) ** 2 + (k - w[:-1]) ** 2)


def _network(m: Any, k: float) -> Loss:
    def loss(w: Any) -> Any:
        hidden = m.tanh(m.dot(X, m.tanh(m.dot(SQUARE, w)) * k))
        return m.mean((hidden - Y) ** 2) + k * m.sum(m.abs(w))

    return loss


def _layer_norm(m: Any, k: float) -> Loss:
    def loss(w: Any) -> Any:
        rows = X * w
        centred = rows - m.mean(rows, axis=1, keepdims=True)
        spread = m.sqrt(m.mean(centred**2, axis=1, keepdims=True) + 1e-5)
        return m.sum((centred / spread * k) ** 3)

    return loss


def _attention(m: Any, k: float) -> Loss:
    def loss(w: Any) -> Any:
        scores = m.dot(X * w, X.T) * k
        weights = m.exp(scores - m.max(scores, axis=1, keepdims=True))
        shares = weights / m.sum(weights, axis=1, keepdims=True)
        return m.sum(m.dot(shares, X) ** 2)

    return loss


def _cell(m: Any, k: float) -> Loss:
    def loss(w: Any) -> Any:
        state = W
        for _ in range(2):
            gate = 1 / (1 + m.exp(-m.dot(SQUARE, state) * w))
            state = (1 - gate) * state + gate * m.tanh(m.dot(SQUARE, state * w) + k)
        return m.sum(state**2)

    return loss


LOSSES: dict[str, Callable[[Any, float], Loss]] = {
    "Poisson regression": _poisson,
    "Ackley": _ackley,
    "Rosenbrock": _rosenbrock,
    "network": _network,
    "layer norm": _layer_norm,
    "attention": _attention,
    "GRU cell": _cell,
}


def _times(
    make: Callable[[Any, float], Loss], libraries: Sequence[Library]
) -> list[tuple[float, float]]:
    """Return the seconds of a first call, and of a function that was called often, side by side."""
    first: list[list[float]] = [[] for _ in libraries]
    later: list[list[float]] = [[] for _ in libraries]
    for _ in range(WARMING + REPETITIONS):
        for kept, (m, derive) in zip(first, libraries, strict=True):
            kept.append(_seconds(derive(make(m, 1 + next(FRESH) / 1024))))
    known = [derive(make(m, 1 + next(FRESH) / 1024)) for m, derive in libraries]
    for _ in range(WARMING + LATER):
        for kept, function in zip(later, known, strict=True):
            kept.append(_seconds(function))
    return [
        (statistics.median(one[WARMING:]), statistics.median(two[WARMING:]))
        for one, two in zip(first, later, strict=True)
    ]


def _seconds(function: Callable[[Any], Any]) -> float:
    start = time.perf_counter()
    function(W)
    return time.perf_counter() - start


def run(report: Report) -> None:
    report.heading("First calls")
    libraries: list[Library] = [(np, eg.value_and_grad)]
    with contextlib.suppress(ImportError):
        autograd = importlib.import_module("autograd")
        libraries.append((importlib.import_module("autograd.numpy"), autograd.value_and_grad))
    columns = ("function", "first", "of autograd", "ratio", "later", "of autograd", "ratio")
    report.table("`value_and_grad(f)(w)` of a new function, and of one called before", columns)
    ratios: tuple[list[float], list[float]] = ([], [])
    for name, make in LOSSES.items():
        with report.guarded(name):
            own, *others = _times(make, libraries)
            cells = [duration(own[0]), "", "", duration(own[1]), "", ""]
            for theirs in others:
                for place in (0, 1):
                    ratio = own[place] / theirs[place]
                    ratios[place].append(ratio)
                    cells[3 * place + 1 : 3 * place + 3] = duration(theirs[place]), f"{ratio:.2f}"
            report.row(name, *cells)
    if ratios[0]:
        means = [f"{geometric_mean(one):.2f}" for one in ratios]
        report.row("geometric mean", "", "", means[0], "", "", means[1])
