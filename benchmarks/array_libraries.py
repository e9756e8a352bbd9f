"""Value and gradients of losses on arrays of torch and jax, next to these libraries' own."""

from __future__ import annotations

from typing import Any

import einsgrad as eg
from benchmarks.libraries import EINSGRAD, Function, installed
from benchmarks.losses import LOSSES, LossRow
from benchmarks.measure import Call, race
from benchmarks.report import Report, checked, duration, relative

OWN, BARE, THEIRS = "compiled", "bare function", "the library's own"


def run(report: Report) -> None:
    report.heading("Arrays of other libraries")
    for name, library in installed().items():
        if name not in ("torch", "jax jit"):
            continue
        report.table(
            f"Value and gradients on arrays of {name}: time / compiled",
            ("loss", "size", OWN, BARE, THEIRS),
        )
        for row in LOSSES:
            for which, size in ((0, "small"), (2, "large")):
                with report.guarded(f"{row.name}, {size}"):
                    _compared(row, which, size, library, report)


def _compared(row: LossRow, which: int, size: str, library: Any, report: Report) -> None:
    calls = calls_of(row, which, library)
    checked(f"{library.name}, {row.name}", calls, calls[THEIRS](), report)
    timings = race(calls, report.effort)
    columns = (relative(timings, name, OWN) for name in (BARE, THEIRS))
    report.row(row.name, size, duration(timings[OWN].best), *columns)


def calls_of(row: LossRow, which: int, library: Any) -> dict[str, Call]:
    """Return the compiled function, what it calls, and the library's own derivative."""
    arrays = [library.array(array) for array in row.arrays(which).values()]
    symbols = eg.variables(row.declaration)
    value = row.loss(EINSGRAD, *symbols)
    gradients = eg.grad(value, tuple(symbols[position] for position in row.wrt))
    compiled = eg.compile(value, *gradients, inputs=symbols)
    own = ready(compiled, library)
    bare = ready(compiled.specialize(*arrays), library)
    theirs = library.value_and_grad(row.loss, row.wrt)
    return {OWN: Call(own, arrays), BARE: Call(bare, arrays), THEIRS: Call(theirs, arrays)}


def ready(function: Function, library: Any) -> Function:
    """Return a function that waits for its results, as those of the library do here."""
    if library.name != "jax jit":
        return lambda *arrays: _as_theirs(function(*arrays))

    def waiting(*arrays: Any) -> Any:
        results = function(*arrays)
        for one in results:
            one.block_until_ready()
        return _as_theirs(results)

    return waiting


def _as_theirs(results: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    return results[0], results[1:]
