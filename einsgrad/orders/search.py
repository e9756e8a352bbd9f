"""The search for a better order: where to start from, and what is taken on.

Starts that cut the network in different ways are annealed for a while, the best of them
longer, and the best of these as long as the budget allows. A network that is cheap to
contract gets new starts only while they help.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from time import perf_counter

from einsgrad.orders.bisection import bisected_order, neighbours
from einsgrad.orders.budget import Budget, Effort
from einsgrad.orders.exact import Path
from einsgrad.orders.improvement import anneal, reconfigure
from einsgrad.orders.masks import Masks
from einsgrad.orders.trees import Tree

# Each constant names the row of `python benchmarks/paths.py` whose `cost` it matters most for.

# Sweeps that bring good starts to an end. "200 hyperedges, with output".
_SECOND = 400
# A start is shaken up at the first temperature, what is good already at the second.
# "200 random, 3 bonds of 4 to 8"; "200 random, 5 bonds of 2 or 3".
_HOT = 0.5
_WARM = 0.3
# Below this temperature nothing changes that exact subtrees would not find.
# "200 hyperedges, with output".
_COLD = 0.05
# A start that saves less is no reason for another one. "196 lattice 14x14, bonds of 2".
_HELPS = 0.95
# The size of exact subtrees. "200 hyperedges, with output".
_BRANCHES = 8
# By how much the halves differ in size, in turn. "200 hyperedges, with output".
_IMBALANCES = (0.1, 0.3, 0.5, 0.2, 0.4)


def improved(network: Masks, tree: Tree, seconds: float | None = None) -> Tree:
    """Improve a greedy order for as long as the contraction is worth it.

    Parameters
    ----------
    network
        The operands and the output.
    tree
        The order; it is changed.
    seconds
        Seconds to search; without them the budget follows from what the contraction costs.

    Examples
    --------
    >>> from einsgrad.orders.masks import Entries
    >>> network = Masks.of(["ij", "jk", "k"], ("i",), {"i": 9, "j": 9, "k": 9})
    >>> improved(network, Tree(network, ((0, 1), (2, 3)), Entries(network.sizes))).total()
    162.0
    """
    search = _Search(network, tree, seconds)
    search.settle(tree)
    if search.late():
        return tree
    starts = search.starts()
    if not starts:
        return tree
    finalists = starts[: search.budget.finalists(starts[0].total())]
    for one in finalists:
        search.anneal(one, _SECOND, _HOT)
        search.settle(one)
    best = min((tree, *finalists), key=Tree.total)
    sweeps = search.budget.last_sweeps(best.total())
    if not sweeps:
        return best
    last = search.tree_along(best.path())
    search.anneal(last, sweeps, _WARM)
    search.settle(last)
    return min(best, last, key=Tree.total)


class _Search:
    """What all steps of a search share: the network, the budget, random numbers, the clock."""

    def __init__(self, network: Masks, tree: Tree, seconds: float | None) -> None:
        self.network = network
        self.tree = tree
        self.near = neighbours(network)
        self.budget = Budget.of(self.near, seconds)
        self.late = _deadline(self.budget.limit)
        self.random = Random(len(network.inputs))
        self._known: dict[tuple[int, ...], float] = {}

    def tree_along(self, path: Path) -> Tree:
        """Return the tree of another order, its costs counted in the same way."""
        return Tree(self.network, path, self.tree.work, self.tree.charge)

    def anneal(self, tree: Tree, sweeps: int, temperature: float) -> None:
        """Exchange neighbours in a tree while the temperature falls."""
        anneal(tree, sweeps, self.random, temperature, _COLD, self.late)

    def settle(self, tree: Tree) -> None:
        """Put small subtrees in their best order until none changes."""
        for _ in range(_BRANCHES):
            if not reconfigure(tree, _BRANCHES, self._known, self.late):
                break

    def starts(self) -> list[Tree]:
        """Return orders that cut the network in different ways, the best first.

        There are none if the known order is cheap and the first few are no better.
        """
        budget, before = self.budget, self.tree.total()
        effort = budget.effort(before)
        starts: list[Tree] = []
        lowest = before
        failed = 0
        for number in range(budget.starts(effort)):
            start = self._start(number, effort)
            starts.append(start)
            failed = 0 if start.total() < _HELPS * lowest else failed + 1
            lowest = min(lowest, start.total())
            spent = budget.is_spent(len(starts), lowest)
            if self.late() or (failed >= budget.patience and spent):
                break
        cheap = budget.patience == 2 and budget.is_spent(len(starts), lowest)
        return [] if cheap and lowest > _HELPS * before else sorted(starts, key=Tree.total)

    def _start(self, number: int, effort: Effort) -> Tree:
        imbalance = _IMBALANCES[number % len(_IMBALANCES)]
        path = bisected_order(self.near, self.random, imbalance, effort.tries)
        start = self.tree_along(path)
        self.anneal(start, effort.sweeps, _HOT)
        return start


def _deadline(seconds: float) -> Callable[[], bool]:
    """Return a function that says whether the time is up."""
    end = perf_counter() + seconds
    return lambda: perf_counter() > end
