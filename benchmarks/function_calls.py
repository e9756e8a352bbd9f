"""Gradients of nineteen losses: first calls, later calls, and calls of jitted functions.

First and later calls stand beside autograd's, jitted ones beside jitted jax in double precision,
which is given its own arrays. A loss is new in every first call, by a number in it.
"""

from __future__ import annotations

import importlib
import itertools
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np

import einsgrad as eg
from benchmarks.function_losses import LOSSES, Loss
from benchmarks.measure import Call, geometric_mean, race
from benchmarks.report import Report, checked, duration

FIRST_CALLS = 20
# Before the first calls that are timed: then the code of each library is in the caches.
WARMING = 5
WARM = 20  # calls, after which a program answers
FRESH = itertools.count()

COLUMNS = ("first", "/ autograd", "later", "/ autograd", "jitted", "/ jax")


def run(report: Report) -> None:
    report.heading("Gradients of functions")
    report.table("One call of the gradient of a loss in all its parameters", ("loss", *COLUMNS))
    others = {name: _namespaces(name) for name in ("autograd", "jax") if find_spec(name)}
    ratios: dict[str, list[float]] = {}
    for name, (loss, arguments) in LOSSES.items():
        with report.guarded(name):
            cells = {
                "first": _first_calls(loss, arguments, others.get("autograd")),
                "later": _later_calls(loss, arguments, others.get("autograd"), report),
                "jitted": _jitted_calls(loss, arguments, others.get("jax"), report),
            }
            texts = [text for own, other in cells.values() for text in _texts(own, other)]
            report.row(name, *texts)
            for kind, (own, other) in cells.items():
                if other is not None:
                    ratios.setdefault(kind, []).append(own / other)
    means = [f"{geometric_mean(ratios.get(kind, [])):.2f}" for kind in ("first", "later", "jitted")]
    report.row("geometric mean", "", means[0], "", means[1], "", means[2])


def _texts(own: float, other: float | None) -> tuple[str, str]:
    return duration(own), "" if other is None else f"{own / other:.2f}"


def _namespaces(name: str) -> tuple[Any, Any, Any]:
    """Return a library, its numpy, and its functions that scipy.special has."""
    modules = [name, f"{name}.numpy", f"{name}.scipy.special"]
    library, numpy, special = map(importlib.import_module, modules)
    if name == "jax":
        library.config.update("jax_enable_x64", True)
    return library, numpy, special


def _argnums(arguments: Sequence[Any]) -> Any:
    return tuple(range(len(arguments))) if len(arguments) > 1 else 0


def _own(loss: Loss, number: float = 1.0) -> Callable[..., Any]:
    return partial(loss, np, importlib.import_module("scipy.special"), number)


def _first_calls(loss: Loss, arguments: Sequence[Any], other: Any) -> tuple[float, float | None]:
    """Return the seconds of a first call, and of autograd's, made in turn."""
    argnums = _argnums(arguments)
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(WARMING + FIRST_CALLS):
        number = 1 + next(FRESH) / 1024
        functions = [eg.grad(_own(loss, number), argnums)]
        if other is not None:
            library, numpy, special = other
            functions.append(library.grad(partial(loss, numpy, special, number), argnums))
        for function, found in zip(functions, seconds, strict=False):
            start = time.perf_counter()
            function(*arguments)
            found.append(time.perf_counter() - start)
    own, theirs = (found[WARMING:] for found in seconds)
    return statistics.median(own), statistics.median(theirs) if theirs else None


def _later_calls(
    loss: Loss, arguments: Sequence[Any], other: Any, report: Report
) -> tuple[float, float | None]:
    argnums = _argnums(arguments)
    calls = {"einsgrad": Call(eg.grad(_own(loss), argnums), arguments)}
    if other is not None:
        library, numpy, special = other
        derived = library.grad(partial(loss, numpy, special, 1.0), argnums)
        calls["autograd"] = Call(derived, arguments)
    for _ in range(WARM):
        calls["einsgrad"]()
    return _raced(calls, report)


def _jitted_calls(
    loss: Loss, arguments: Sequence[Any], other: Any, report: Report
) -> tuple[float, float | None]:
    argnums = _argnums(arguments)
    calls = {"einsgrad": Call(eg.grad(eg.jit(_own(loss)), argnums), arguments)}
    if other is not None:
        jax, numpy, special = other
        derived = jax.jit(jax.grad(partial(loss, numpy, special, 1.0), argnums))
        waiting = partial(_waited_for, jax.block_until_ready, derived)
        calls["jax"] = Call(waiting, [numpy.asarray(one) for one in arguments])
    return _raced(calls, report)


def _waited_for(wait: Callable[[Any], Any], function: Callable[..., Any], *arguments: Any) -> Any:
    return wait(function(*arguments))


def _raced(calls: dict[str, Call], report: Report) -> tuple[float, float | None]:
    *others, _ = reversed(calls.values())
    for other in others:
        checked("gradient", calls, other(), report)
    timings = race(calls, report.effort)
    own, *theirs = (timing.best for timing in timings.values())
    return own, theirs[0] if theirs else None
