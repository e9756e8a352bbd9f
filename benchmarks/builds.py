"""How long deriving and compiling takes, from nothing: new names and sizes in every repetition."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Callable
from typing import Any

import numpy as np

import einsgrad as eg
from benchmarks import derive
from benchmarks.libraries import installed
from benchmarks.losses import LOSSES
from benchmarks.measure import once
from benchmarks.report import Report, duration

REPETITIONS = 10
FRESH = itertools.count()
EINSUM = "bij,bjk->bik"

Build = Callable[[], tuple[list[Any], dict[str, np.ndarray]]]


def fresh_einsum() -> tuple[list[Any], dict[str, np.ndarray]]:
    """Return value and all adjoints of a batched matmul with new names and a new size."""
    n = next(FRESH)
    A, B, g = eg.variables(f"A{n}[b{n},i{n},j{n}] B{n}[b{n},j{n},k{n}] g{n}[b{n},i{n},k{n}]")
    value = eg.einsum(EINSUM, A, B)
    arrays = {A.name: np.ones((2, 3, 4 + n)), B.name: np.ones((2, 4 + n, 5))}
    arrays[g.name] = np.ones((2, 3, 5))
    return [value, eg.vjp(value, A, g), eg.vjp(value, B, g)], arrays


def fresh_network() -> tuple[list[Any], dict[str, np.ndarray]]:
    """Return value and gradients of a 2-layer network with new names and a new size."""
    n = next(FRESH)
    row = next(row for row in LOSSES if row.name == "2-layer tanh network")
    X, V, W, Y = eg.variables(f"X{n}[b{n},d{n}] V{n}[d{n},h{n}] W{n}[h{n},o{n}] Y{n}[b{n},o{n}]")
    hidden = eg.tanh(X @ V)
    value = 0.5 * eg.sum_squares(hidden @ W - Y)
    arrays = dict(zip((X.name, V.name, W.name, Y.name), row.arrays(0).values(), strict=True))
    arrays[X.name], arrays[V.name] = np.ones((8, 4 + n)), np.ones((4 + n, 6))
    return [value, *eg.grad(value, (V, W))], arrays


def _staged(build: Build) -> list[float]:
    """Return the seconds to derive, to compile, to specialise and to call for the first time."""
    (expressions, arrays), derived = once(build)
    fn, compiled = once(lambda: eg.compile(*expressions))
    given = {name: arrays[name] for name in fn.variables}
    bare, specialised = once(lambda: fn.specialize(**given))
    _, called = once(lambda: bare(*given.values()))
    return [derived, compiled, specialised, called]


def _jax_einsum() -> None:
    n = next(FRESH)
    arrays = [np.ones((2, 3, 5)), np.ones((2, 3, 4 + n)), np.ones((2, 4 + n, 5))]
    installed()["jax jit"].vjp(EINSUM)(*arrays)


def _jax_network() -> None:
    n = next(FRESH)
    row = next(row for row in LOSSES if row.name == "2-layer tanh network")
    arrays = list(row.arrays(0).values())
    arrays[:2] = np.ones((8, 4 + n)), np.ones((4 + n, 6))
    installed()["jax jit"].value_and_grad(row.loss, row.wrt)(*arrays)


def _row(name: str, build: Build, jax_build: Callable[[], None], report: Report) -> None:
    found = [_staged(build) for _ in range(REPETITIONS)]
    jax = "not installed"
    if "jax jit" in installed():
        jax = duration(statistics.median(once(jax_build)[1] for _ in range(REPETITIONS)))
    stages = [duration(statistics.median(stage)) for stage in zip(*found, strict=True)]
    totals = [sum(stages_of_one) for stages_of_one in found]
    report.row(name, *stages, duration(statistics.median(totals)), duration(min(totals)), jax)


def run(report: Report) -> None:
    report.heading("Building")
    report.table(
        f"Median of {REPETITIONS} repetitions with new names and sizes",
        ("what", "derive", "compile", "specialise", "first call", "in all", "least", "jax jit"),
        first=34,
    )
    for name, build, jax_build in (
        (f"{EINSUM} with all adjoints", fresh_einsum, _jax_einsum),
        ("2-layer network, value and gradient", fresh_network, _jax_network),
    ):
        with report.guarded(name):
            _row(name, build, jax_build, report)
    report.table("Deriving alone", ("what", "shortest", "longest"), first=60)
    for name, function, repetitions in derive.cases(report.effort.length):
        seconds = [once(function)[1] for _ in range(repetitions)]
        report.row(name, duration(min(seconds)), duration(max(seconds)))
