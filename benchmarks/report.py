"""What is printed: tables of text, and the same tables as markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

import einsgrad as eg
from benchmarks.measure import Call, Effort, Timing, agree, geometric_mean


@dataclass
class Report:
    """Prints rows as they come, keeps them for markdown, and counts wrong results."""

    effort: Effort
    lines: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)

    def heading(self, text: str) -> None:
        print(f"\n=== {text} ===", flush=True)
        self.lines += ["", f"## {text}", ""]

    def note(self, text: str) -> None:
        print(text, flush=True)
        self.lines += ["", text, ""]

    def table(self, title: str, columns: Sequence[str], first: int = 22) -> None:
        print(f"\n{title}", flush=True)
        self.widths = [first, *(max(len(column), 9) for column in columns[1:])]
        self.lines += ["", f"**{title}**", "", _markdown(columns)]
        self.lines.append("|---" + "|--:" * (len(columns) - 1) + "|")
        self._print(columns)

    def row(self, *cells: str) -> None:
        self.lines.append(_markdown(cells))
        self._print(cells)

    def mismatch(self, what: str) -> None:
        """Say loudly that a result is wrong; it is said again at the end."""
        self._wrong(f"!!! MISMATCH: {what}")

    @contextmanager
    def guarded(self, what: str) -> Iterator[None]:
        """Go on after an error in one row, and say it as loudly as a wrong result."""
        try:
            yield
        except Exception as error:
            self._wrong(f"!!! FAILED: {what}: {type(error).__name__}: {error}")

    def _wrong(self, text: str) -> None:
        print(text, flush=True)
        self.wrong.append(text)

    def markdown(self, command: str) -> str:
        return "\n".join([*machine(command), *self.lines, ""])

    def _print(self, cells: Sequence[str]) -> None:
        first, *others = zip(cells, self.widths, strict=True)
        text = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
        print("  ".join(text), flush=True)


def _markdown(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def duration(seconds: float) -> str:
    """Write seconds with three digits and a unit."""
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds * 1e9:.0f} ns"


def times(factor: float) -> str:
    """Write a ratio with about three digits."""
    return f"{factor:.2f}" if factor < 100 else f"{factor:.0f}"


def relative(timings: Mapping[str, Timing], name: str, to: str) -> str:
    return times(timings[name].best / timings[to].best) if name in timings else "-"


def mean_factor(found: Iterable[Mapping[str, Timing]], name: str, to: str) -> str:
    """Return the geometric mean of a ratio over the rows that have both."""
    factors = [t[name].best / t[to].best for t in found if name in t and to in t]
    return times(geometric_mean(factors)) if factors else "-"


def checked(what: str, calls: Mapping[str, Call], expected: Any, report: Report) -> None:
    """Compare the results of all calls before they are timed."""
    for name, call in calls.items():
        if not agree(call(), expected):
            report.mismatch(f"{what}: {name}")


def machine(command: str) -> list[str]:
    """Name the machine, the versions, the date and the command."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    names = ("numpy", "opt_einsum", "torch", "jax", "autograd", "scipy")
    return [
        f"- Processor: {_processor()}, {os.cpu_count()} cores, one of them used, one thread",
        f"- System: {platform.system()} {platform.release()}, Python {platform.python_version()}",
        f"- Versions: einsgrad {eg.__version__}, "
        + ", ".join(f"{name} {version(name)}" for name in names),
        f"- BLAS of numpy: {blas['name']} {blas['version']}, OPENBLAS_CORETYPE "
        + os.environ.get("OPENBLAS_CORETYPE", "not set"),
        f"- Date: {date.today().isoformat()}",
        f"- Command: `{command}`",
    ]


def version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
