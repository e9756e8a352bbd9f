"""The likelihood of a Gaussian process and its gradient, against Cholesky code by hand.

The gradient in the hyperparameters of a squared exponential kernel, written in numpy and scipy in
the ways that people write it. The last row is the kernel alone: what its entries take of the time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import linalg

import einsgrad as eg
from benchmarks.compared import COMPILED, HAND, compared, means
from benchmarks.measure import Call
from benchmarks.report import Report

Array = np.ndarray
SIZES = (50, 200, 500)


@dataclass(frozen=True)
class Data:
    """Squared distances of points, what was observed at them, and the identity."""

    distances: Array
    observed: Array
    identity: Array

    @classmethod
    def of_size(cls, size: int) -> Data:
        points = np.random.default_rng(8).standard_normal((size, 3))
        distances = ((points[:, None] - points) ** 2).sum(-1)
        return cls(distances, np.sin(points).sum(1), np.eye(size))


def _kernel(p: Any, data: Data) -> Any:
    entries = np.exp(2 * p[1] - 0.5 * data.distances * np.exp(-2 * p[0]))
    return entries + np.exp(2 * p[2]) * data.identity


def _solved(p: Any, data: Data) -> Any:
    kernel, y = _kernel(p, data), data.observed
    return 0.5 * y @ np.linalg.solve(kernel, y) + 0.5 * np.linalg.slogdet(kernel)[1]


def _factored(p: Any, data: Data) -> Any:
    factor, y = np.linalg.cholesky(_kernel(p, data)), data.observed
    solution = np.linalg.solve(factor.T, np.linalg.solve(factor, y))
    return 0.5 * y @ solution + np.sum(np.log(np.diag(factor)))


def _by_cho_solve(p: Any, data: Data) -> Any:
    factor = linalg.cho_factor(_kernel(p, data), lower=True)
    solution = linalg.cho_solve(factor, data.observed)
    return 0.5 * data.observed @ solution + np.log(np.diag(factor[0])).sum()


def _by_triangle(p: Any, data: Data) -> Any:
    factor = np.linalg.cholesky(_kernel(p, data))
    half = linalg.solve_triangular(factor, data.observed, lower=True)
    return 0.5 * half @ half + np.log(np.diag(factor)).sum()


def _entries(p: Any, data: Data) -> Any:
    return data.observed @ _kernel(p, data) @ data.observed


LIKELIHOODS: dict[str, Callable[[Any, Data], Any]] = {
    "solve, slogdet": _solved,
    "cholesky, solve": _factored,
    "cho_factor, cho_solve": _by_cho_solve,
    "solve_triangular": _by_triangle,
}


def _by_hand(p: Array, data: Data) -> tuple[float, Array]:
    return _likelihood_by_hand(p, data, _inverse_by_columns)


def _by_hand_in_lapack(p: Array, data: Data) -> tuple[float, Array]:
    return _likelihood_by_hand(p, data, _inverse_in_lapack)


def _likelihood_by_hand(
    p: Array, data: Data, inverse: Callable[[Any], Array]
) -> tuple[float, Array]:
    entries, noise = _entries_by_hand(p, data)
    kernel = entries.copy()
    kernel.reshape(-1)[:: len(kernel) + 1] += noise
    # The transpose is the same matrix, in the order that LAPACK needs.
    factor = linalg.cho_factor(kernel.T, lower=True, overwrite_a=True, check_finite=False)
    solution = linalg.cho_solve(factor, data.observed, check_finite=False)
    value = 0.5 * data.observed.dot(solution) + np.log(factor[0].diagonal()).sum()
    slope = inverse(factor)
    slope -= np.outer(solution, solution)
    slope *= 0.5
    return value, _gradient_by_hand(p, slope, entries, noise, data)


def _inverse_by_columns(factor: Any) -> Array:
    return np.asarray(linalg.cho_solve(factor, np.eye(len(factor[0])), check_finite=False))


def _inverse_in_lapack(factor: Any) -> Array:
    lower = np.tril(linalg.lapack.dpotri(factor[0], lower=1)[0])
    found = lower + lower.T
    np.fill_diagonal(found, lower.diagonal())
    return found


def _entries_by_hand(p: Array, data: Data) -> tuple[Array, float]:
    length, scale, noise = np.exp(2 * p)
    entries = data.distances * (-0.5 / length)
    np.exp(entries, entries)
    entries *= scale
    return entries, noise


def _gradient_by_hand(p: Array, slope: Array, entries: Array, noise: float, data: Data) -> Array:
    trace = slope.trace()
    np.multiply(slope, entries, out=slope)
    length = np.exp(2 * p[0])
    by_length = np.vdot(slope, data.distances) / length
    return np.array([by_length, 2 * slope.sum(), 2 * noise * trace])


def _entries_alone_by_hand(p: Array, data: Data) -> tuple[float, Array]:
    entries, noise = _entries_by_hand(p, data)
    y = data.observed
    value = y.dot(entries.dot(y)) + noise * y.dot(y)
    return value, _gradient_by_hand(p, np.outer(y, y), entries, noise, data)


def run(report: Report) -> None:
    report.heading("Likelihoods of Gaussian processes")
    for size in SIZES[: min(len(SIZES), report.effort.sizes)]:
        columns = ("written with", HAND, COMPILED, "/ hand", "quartiles")
        report.table(f"Value and gradient in three hyperparameters, n = {size}", columns)
        found = []
        for name in LIKELIHOODS:
            with report.guarded(f"{name}, n = {size}"):
                calls = likelihood_calls(name, size)
                found.append(compared(f"likelihood, {name}", [name], calls, (), report))
        means(found, ["geometric mean"], (), report)
        with report.guarded(f"kernel, n = {size}"):
            compared("kernel", ["the kernel alone"], kernel_calls(size), (), report)


def likelihood_calls(name: str, size: int) -> dict[str, Call]:
    """Return the ways to get the value and the gradient of a likelihood."""
    p, data = np.array([0.1, 0.2, -1.0]), Data.of_size(size)
    function = LIKELIHOODS[name]
    return {
        "hand 0": Call(_by_hand, (p, data)),
        "hand 1": Call(_by_hand_in_lapack, (p, data)),
        COMPILED: Call(eg.value_and_grad(eg.jit(lambda p: function(p, data))), (p,)),
    }


def kernel_calls(size: int) -> dict[str, Call]:
    """Return the ways to get the value and the gradient of a sum of the kernel's entries."""
    p, data = np.array([0.1, 0.2, -1.0]), Data.of_size(size)
    return {
        "hand 0": Call(_entries_alone_by_hand, (p, data)),
        COMPILED: Call(eg.value_and_grad(eg.jit(lambda p: _entries(p, data))), (p,)),
    }
