"""How a call is timed: batches in turn, on one core, in processor time.

Every candidate runs one batch of calls a round, so that a slow minute of the machine hits all of
them. Processor time counts all threads of the process and leaves out what other processes took.
"""

from __future__ import annotations

import gc
import itertools
import os
import statistics
import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True)
class Call:
    """A function with its arguments."""

    function: Callable[..., Any]
    arguments: Sequence[Any] = ()

    def __call__(self) -> Any:
        return self.function(*self.arguments)


@dataclass(frozen=True)
class Effort:
    """How much to measure."""

    batch: float  # seconds that a batch of calls lasts at least
    rounds: int  # at most
    seconds: float  # for a race, once it has had the fewest rounds
    sizes: int  # of a Hessian, at most
    networks: int  # at most
    length: int  # of the chains that are derived
    rows: int  # of the factorisation whose Hessian's memory is measured for all libraries
    most_work: float  # multiplications of an einsum in one piece; above, it is left out


QUICK = Effort(
    batch=2e-4, rounds=5, seconds=0.12, sizes=3, networks=3, length=1_000, rows=100, most_work=1e7
)
FULL = Effort(
    batch=1e-3, rounds=30, seconds=2.0, sizes=4, networks=9, length=10_000, rows=300, most_work=3e8
)
LEAST_ROUNDS = 3


@dataclass(frozen=True)
class Timing:
    """Seconds a call took, one number for each round."""

    seconds: tuple[float, ...]

    @property
    def best(self) -> float:
        return min(self.seconds)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


@dataclass(frozen=True)
class Ratio:
    """The ratio of the shortest times, and the quartiles of the ratios in the rounds."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


def ratio(timing: Timing, to: Timing) -> Ratio:
    rounds = [a / b for a, b in zip(timing.seconds, to.seconds, strict=True)]
    low, _, high = statistics.quantiles(rounds, n=4, method="inclusive")
    return Ratio(timing.best / to.best, low, high)


def fastest(timings: Mapping[str, Timing], names: Iterable[str]) -> str:
    return min(names, key=lambda name: timings[name].best)


def by_hand(timings: Mapping[str, Timing]) -> Timing:
    """Return the fastest of the functions that are written by hand."""
    return timings[fastest(timings, [name for name in timings if name.startswith("hand")])]


def geometric_mean(values: Iterable[float]) -> float:
    found = list(values)
    return statistics.geometric_mean(found) if found else float("nan")


def one_core() -> None:
    """Stay on one core, where the system lets a process choose."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def timed(call: Call, times: int) -> float:
    """Return the seconds of a call, on average over one batch.

    The batch of a short call follows a call that is not counted: the first one after another
    library ran finds the caches cold, and may take ten times as long.
    """
    function, arguments = call.function, call.arguments
    if times > 1:
        function(*arguments)
    repetitions = itertools.repeat(None, times)
    start = time.process_time_ns()
    for _ in repetitions:
        function(*arguments)
    return (time.process_time_ns() - start) * 1e-9 / times


def batch_size(call: Call, least: float) -> int:
    """Return how many calls last as long as a batch should."""
    call()
    times = 1
    while (seconds := timed(call, times)) * times < least:
        wanted = 1.2 * least / max(seconds, 1e-9)
        times = min(10 * times, max(times + 1, int(wanted)))
    return times


def race(calls: Mapping[Name, Call], effort: Effort) -> dict[Name, Timing]:
    """Time the calls in turn; the order is rotated from round to round."""
    names = list(calls)
    sizes = {name: batch_size(calls[name], effort.batch) for name in names}
    gc.collect()
    gc.disable()
    try:
        seconds: dict[Name, list[float]] = {name: [] for name in names}
        start, done = time.process_time(), 0
        while done < LEAST_ROUNDS or (
            done < effort.rounds and time.process_time() - start < effort.seconds
        ):
            shift = done % len(names)
            for name in names[shift:] + names[:shift]:
                seconds[name].append(timed(calls[name], sizes[name]))
            done += 1
    finally:
        gc.enable()
    return {name: Timing(tuple(found)) for name, found in seconds.items()}


def once(function: Callable[[], Any]) -> tuple[Any, float]:
    """Return a result and the seconds that it took."""
    start = time.process_time()
    result = function()
    return result, time.process_time() - start


def arrays_of(result: Any) -> list[np.ndarray]:
    """Return one result or a nest of results as numpy arrays."""
    if isinstance(result, tuple | list):
        return [array for part in result for array in arrays_of(part)]
    if hasattr(result, "detach"):
        result = result.detach()
    return [np.asarray(result)]


def agree(result: Any, expected: Any, tolerance: float = 1e-9) -> bool:
    """Compare two results, relative to the largest entry of each array."""
    pairs = zip(arrays_of(result), arrays_of(expected), strict=True)
    return all(
        a.shape == b.shape
        and np.max(np.abs(a - b), initial=0.0) <= tolerance * np.max(np.abs(b), initial=1e-300)
        for a, b in pairs
    )
