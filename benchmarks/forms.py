"""Einsum forms: compiled object and cached call beside hand-written numpy and the alternatives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import opt_einsum

import einsgrad as eg
from benchmarks.forms_table import FORMS, Array, Form
from benchmarks.libraries import installed
from benchmarks.measure import (
    Call,
    Timing,
    agree,
    arrays_of,
    fastest,
    geometric_mean,
    race,
    ratio,
)
from benchmarks.report import Report, duration, times

SIZES = ("small", "medium", "large")
COMPILED, CACHED = "einsgrad compiled", "einsgrad cached"
OURS = (COMPILED, CACHED)
ALTERNATIVES = (
    "numpy.einsum",
    "numpy optimize=True",
    "opt_einsum contract",
    "opt_einsum expression",
    "torch",
    "jax jit",
)


@dataclass(frozen=True)
class Result:
    """The timings of one form at one size; which results are views, which hand-written won."""

    form: Form
    timings: dict[str, Timing]
    views: frozenset[str]

    def limit(self, of: str) -> Timing:
        """Return the fastest hand-written function whose result is a view as well, or not."""
        hands = [name for name in self.timings if name.startswith("hand")]
        alike = [name for name in hands if (name in self.views) == (of in self.views)]
        return self.timings[fastest(self.timings, alike or hands)]

    def factor(self, name: str, to: str) -> float | None:
        """Return a ratio of times, where both are there and both are views or neither is."""
        if name not in self.timings or (name in self.views) != (to in self.views):
            return None
        return self.timings[name].best / self.timings[to].best


def candidates(form: Form, arrays: list[Array], most_work: float) -> Iterator[tuple[str, Call]]:
    string = form.string
    for number, function in enumerate(form.by_hand):
        yield f"hand {number}", Call(function, arrays)
    yield COMPILED, Call(eg.compile(string).specialize(*arrays), arrays)
    yield CACHED, Call(eg.einsum, (string, *arrays))
    yield "numpy.einsum", Call(np.einsum, (string, *arrays))
    yield "numpy optimize=True", Call(_optimized, (string, *arrays))
    yield "opt_einsum contract", Call(opt_einsum.contract, (string, *arrays))
    shapes = [array.shape for array in arrays]
    yield "opt_einsum expression", Call(opt_einsum.contract_expression(string, *shapes), arrays)
    for name, library in installed().items():
        if hasattr(library, "einsum"):
            own = [library.array(array) for array in arrays]
            yield name, Call(library.einsum(string), own)


def _optimized(string: str, *arrays: Array) -> Any:
    return np.einsum(string, *arrays, optimize=True)


def measure(form: Form, which: int, report: Report) -> Result:
    arrays = form.arrays(which)
    work = np.prod([float(size) for size in form.dims(which).values()])
    expected = np.einsum(form.string, *arrays, optimize=True)
    calls: dict[str, Call] = {}
    views: set[str] = set()
    for name, call in candidates(form, arrays, report.effort.most_work):
        if len(arrays) > 2 and work > report.effort.most_work and name == "numpy.einsum":
            continue
        result = call()
        if not agree(result, expected):
            report.mismatch(f"{form.name} {form.string} {SIZES[which]}: {name}")
        if any(np.shares_memory(arrays_of(result)[0], array) for array in arrays):
            views.add(name)
        calls[name] = call
    return Result(form, race(calls, report.effort), frozenset(views))


def run(report: Report) -> None:
    report.heading("Einsum forms")
    report.note(
        f"{len(FORMS)} forms. Each number is a time divided by that of the fastest hand-written "
        "numpy. Quartiles: of compiled / by hand in the rounds. `v` marks a result that is a "
        "view, compared with views only."
    )
    results: dict[str, list[Result]] = {}
    for which, size in enumerate(SIZES):
        report.table(
            f"Forms, {size}: time / hand-written numpy",
            ("form", "by hand", "compiled", "quartiles", "cached", *ALTERNATIVES),
            first=26,
        )
        results[size] = []
        for form in FORMS:
            with report.guarded(f"{form.name}, {size}"):
                results[size].append(_measure_row(form, which, report))
    _summary(results, report)


def _measure_row(form: Form, which: int, report: Report) -> Result:
    result = measure(form, which, report)
    limit = result.limit(COMPILED)
    own = ratio(result.timings[COMPILED], limit)
    cells = [
        form.name,
        duration(limit.best),
        times(own.value) + ("v" if COMPILED in result.views else ""),
        f"{own.low:.2f}-{own.high:.2f}",
    ]
    for name in (CACHED, *ALTERNATIVES):
        if name in result.timings:
            factor = result.timings[name].best / result.limit(name).best
            cells.append(times(factor) + ("v" if name in result.views else ""))
        else:
            cells.append("-")
    report.row(*cells)
    return result


def _summary(results: dict[str, list[Result]], report: Report) -> None:
    report.table(
        "Time / hand-written numpy: geometric mean and worst form",
        ("einsgrad", *(f"{size} {what}" for size in SIZES for what in ("mean", "worst"))),
    )
    for name in OURS:
        cells = [name]
        for size in SIZES:
            ratios = {r.form.name: r.timings[name].best / r.limit(name).best for r in results[size]}
            worst = max(ratios, key=ratios.__getitem__)
            cells += [times(geometric_mean(ratios.values())), f"{times(ratios[worst])} {worst}"]
        report.row(*cells)
    report.table("Overhead over hand-written numpy, small sizes", ("einsgrad", "median", "most"))
    for name in OURS:
        extra = [r.timings[name].best - r.limit(name).best for r in results["small"]]
        report.row(name, f"{np.median(extra) * 1e6:.2f} µs", f"{max(extra) * 1e6:.2f} µs")
    report.table(
        "Alternative / einsgrad compiled: geometric means over the forms",
        ("alternative", *SIZES, "all", "all / hand"),
    )
    for name in ALTERNATIVES:
        every = {
            size: [f for r in found if (f := r.factor(name, COMPILED)) is not None]
            for size, found in results.items()
        }
        if not any(every.values()):
            report.row(name, *(["not installed"] * 5))
            continue
        by_hand = [
            r.timings[name].best / r.limit(name).best
            for found in results.values()
            for r in found
            if name in r.timings
        ]
        report.row(
            name,
            *(times(geometric_mean(every[size])) for size in SIZES),
            times(geometric_mean(f for found in every.values() for f in found)),
            times(geometric_mean(by_hand)),
        )
