"""How long to search for a better order, and where to start from.

Starts that cut the network in different ways are annealed for a while, the best of them
longer, and the best of these as long as time is left. A network that is cheap to contract
gets new starts only while they help. Sweeps are counted instead of seconds; the clock only
stops a machine that is far slower than those that the counts are made for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from random import Random
from time import perf_counter

from einsgrad.orders.bisection import Neighbours, bisected_order, neighbours
from einsgrad.orders.exact import Path
from einsgrad.orders.improvement import anneal, reconfigure
from einsgrad.orders.masks import Masks
from einsgrad.orders.trees import Tree

RATE = 1e9
"""Multiplications in a second: a contraction of so many is worth a second of search."""

# Measured: seconds for each operand, in a network of 100.
_FINALIST = 0.3e-3
_SWEEP = 0.8e-6

# Sweeps that bring good starts to an end.
_SECOND = 400
# A start is shaken up at the first temperature, what is good already at the second.
_HOT = 0.5
_WARM = 0.3
# Below this temperature nothing changes that exact subtrees would not find.
_COLD = 0.05
# A start that saves less is no reason for another one.
_HELPS = 0.95
# A network of fewer operands gets more starts: they take no time.
_SMALL = 100
_TIES = 3
_BRANCHES = 8
_IMBALANCES = (0.1, 0.3, 0.5, 0.2, 0.4)


@dataclass(frozen=True, slots=True)
class _Effort:
    """How much is done for a start.

    Parameters
    ----------
    tries
        How often a large group is cut.
    sweeps
        How many sweeps tell a good start from a bad one.
    seconds
        The time that it takes for each operand, measured as those above.
    share
        Which part of all the time goes into starts.
    """

    tries: int
    sweeps: int
    seconds: float
    share: float


_BRIEF = _Effort(3, 100, 0.13e-3, 0.3)
_THOROUGH = _Effort(8, 200, 0.32e-3, 0.4)


def longest(operands: int) -> float:
    """Return the seconds of search that a network of some operands gets at most.

    Examples
    --------
    >>> [round(longest(operands), 2) for operands in (20, 50, 200)]
    [0.06, 0.2, 1.21]
    """
    return min(0.2 * float((operands / 50) ** 1.3), 3.0)


def improved(network: Masks, tree: Tree, budget: float | None = None) -> Tree:
    """Improve a greedy order for as long as the contraction is worth it.

    Parameters
    ----------
    network
        The operands and the output.
    tree
        The order; it is changed.
    budget
        Seconds to search; without it they follow from what the contraction costs.

    Examples
    --------
    >>> from einsgrad.orders.masks import Entries
    >>> network = Masks.of(["ij", "jk", "k"], ("i",), {"i": 9, "j": 9, "k": 9})
    >>> improved(network, Tree(network, ((0, 1), (2, 3)), Entries(network.sizes))).total()
    162.0
    """
    operands = len(network.inputs)
    # The counts must end before the clock does, or two runs might differ.
    seconds = longest(operands) if budget is None else 0.6 * budget
    late = _deadline(4 * seconds if budget is None else budget)
    known: dict[tuple[int, ...], float] = {}
    _settle(tree, known, late)
    if late():
        return tree
    near = neighbours(network)
    # All takes longer where each operand is tied to many, and where masks are long.
    ties = max(1.0, sum(map(len, near)) / (_TIES * operands))
    share = seconds / operands / (ties**0.7 * (1 + operands / 1000))
    worth = inf if budget is not None else 1 / (RATE * operands)
    random = Random(operands)
    starts = _starts(network, tree, near, share, worth, random, late)
    if not starts:
        return tree
    useful = 2 + starts[0].total() * worth / _FINALIST
    finalists = starts[: int(min(useful, max(2.0, 0.4 * share / _FINALIST)))]
    for one in finalists:
        anneal(one, _SECOND, random, _HOT, _COLD, late)
        _settle(one, known, late)
    best = min((tree, *finalists), key=Tree.total)
    sweeps = int(min(best.total() * worth, 0.2 * share) / _SWEEP)
    if sweeps < _BRIEF.sweeps:
        return best
    final = _again(network, best, best.path())
    anneal(final, sweeps, random, _WARM, _COLD, late)
    _settle(final, known, late)
    return min(best, final, key=Tree.total)


def _starts(
    network: Masks,
    tree: Tree,
    near: Neighbours,
    share: float,
    worth: float,
    random: Random,
    late: Callable[[], bool],
) -> list[Tree]:
    """Return orders that cut the network in different ways, the best first.

    There are none if the known order is cheap and the first few are no better. `share` is
    the time for each operand, `worth` what it may be for one multiplication.
    """
    starts: list[Tree] = []
    lowest = tree.total()
    failed = 0
    patience = max(2, _SMALL // tree.count)
    effort = _THOROUGH if lowest * worth > share else _BRIEF
    for number in range(max(patience, int(effort.share * share / effort.seconds))):
        imbalance = _IMBALANCES[number % len(_IMBALANCES)]
        start = _again(network, tree, bisected_order(near, random, imbalance, effort.tries))
        anneal(start, effort.sweeps, random, _HOT, _COLD, late)
        starts.append(start)
        failed = 0 if start.total() < _HELPS * lowest else failed + 1
        lowest = min(lowest, start.total())
        if late() or (failed >= patience and lowest * worth < len(starts) * _BRIEF.seconds):
            break
    cheap = patience == 2 and lowest * worth < len(starts) * _BRIEF.seconds
    if cheap and lowest > _HELPS * tree.total():
        return []
    return sorted(starts, key=Tree.total)


def _again(network: Masks, tree: Tree, path: Path) -> Tree:
    """Return another tree that costs are counted for in the same way."""
    return Tree(network, path, tree.work, tree.charge)


def _settle(tree: Tree, known: dict[tuple[int, ...], float], late: Callable[[], bool]) -> None:
    """Put small subtrees in their best order until none changes."""
    for _ in range(_BRANCHES):
        if not reconfigure(tree, _BRANCHES, known, late):
            break


def _deadline(seconds: float) -> Callable[[], bool]:
    """Return a function that says whether the time is up."""
    end = perf_counter() + seconds
    return lambda: perf_counter() > end
