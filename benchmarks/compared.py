"""A row of a table: what is compiled, next to the fastest by hand and to the alternatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.measure import Call, Timing, by_hand, race, ratio
from benchmarks.report import Report, checked, duration, mean_factor, relative, times

COMPILED, HAND = "compiled", "by hand"


def compared(
    what: str,
    cells: Sequence[str],
    calls: Mapping[str, Call],
    columns: Sequence[str],
    report: Report,
) -> Mapping[str, Timing]:
    """Check the calls, time them, and print a row: its first cells, and a cell for each column."""
    checked(what, calls, calls["hand 0"](), report)
    timings = race(calls, report.effort)
    timings[HAND] = by_hand(timings)
    own = ratio(timings[COMPILED], timings[HAND])
    report.row(
        *cells,
        duration(timings[HAND].best),
        duration(timings[COMPILED].best),
        times(own.value),
        f"{own.low:.2f}-{own.high:.2f}",
        *(relative(timings, column, COMPILED) for column in columns),
    )
    return timings


def means(
    found: Sequence[Mapping[str, Timing]],
    cells: Sequence[str],
    columns: Sequence[str],
    report: Report,
) -> None:
    """Print the geometric means of such rows, behind first cells."""
    factors = [mean_factor(found, column, COMPILED) for column in columns]
    report.row(*cells, "", "", mean_factor(found, COMPILED, HAND), "", *factors)
