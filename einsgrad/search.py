"""How long to search for a better order, and where to start from.

A round takes a new start, anneals it and puts its small subtrees in order. A network that
is cheap to contract gets rounds while they help; one that is dear gets more, up to what its
contraction costs. Rounds and sweeps are counted, and the clock only stops a machine that
is far slower than those that the counts are made for.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from time import perf_counter

from einsgrad.bisection import Neighbours, bisected_order, neighbours
from einsgrad.network import Network
from einsgrad.reconfigure import anneal, reconfigure
from einsgrad.subsets import Path
from einsgrad.trees import Tree

RATE = 1e9
"""Multiplications in a second: a contraction of so many is worth a second of search."""

# Measured: what an operand costs in a round, and in a sweep, of a network of 100.
_ROUND = 0.35e-3
_SWEEP = 0.8e-6
_SWEEPS = 150
_SIZE = 8


def longest(operands: int) -> float:
    """Return the seconds of search that a network of some operands gets at most.

    Examples
    --------
    >>> [round(longest(operands), 2) for operands in (20, 50, 200)]
    [0.02, 0.1, 1.06]
    """
    return min(0.1 * float((operands / 50) ** 1.7), 3.0)


def improved(network: Network, tree: Tree, budget: float | None = None) -> Tree:
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
    >>> from einsgrad.network import Entries
    >>> network = Network.of(["ij", "jk", "k"], ("i",), {"i": 9, "j": 9, "k": 9})
    >>> improved(network, Tree(network, ((0, 1), (2, 3)), Entries(network.sizes))).total()
    162.0
    """
    operands = len(network.inputs)
    seconds = longest(operands) if budget is None else budget
    late = _deadline(4 * seconds if budget is None else budget)
    _settle(tree, late)
    near = neighbours(network)
    random = Random(operands)
    each = _ROUND * operands
    best = tree
    for number in range(int(0.7 * seconds / each)):
        start = _start(network, tree, near, random, number)
        anneal(start, _SWEEPS, random, 0.5, 0.05, late)
        _settle(start, late)
        helped = start.total() < 0.99 * best.total()
        best = min(best, start, key=Tree.total)
        worth = seconds if budget is not None else best.total() / RATE
        if late() or not helped and (number + 1) * each > worth:
            return best
    final = _again(network, best, best.path())
    anneal(final, int(0.3 * seconds / (_SWEEP * operands)), random, 0.3, 0.05, late)
    _settle(final, late)
    return min(best, final, key=Tree.total)


def _start(network: Network, tree: Tree, near: Neighbours, random: Random, number: int) -> Tree:
    """Return a new order: the best of a few that cut the network in different ways."""
    paths = [bisected_order(near, random, imbalance) for imbalance in (0.1, 0.3, 0.5)]
    return min((_again(network, tree, path) for path in paths), key=Tree.total)


def _again(network: Network, tree: Tree, path: Path) -> Tree:
    """Return another tree that costs are counted for in the same way."""
    return Tree(network, path, tree.work, tree.charge)


def _settle(tree: Tree, late: Callable[[], bool]) -> None:
    """Put small subtrees in their best order until none changes."""
    known: set[tuple[int, ...]] = set()
    for _ in range(_SIZE):
        if not reconfigure(tree, _SIZE, known, late):
            break


def _deadline(seconds: float) -> Callable[[], bool]:
    """Return a function that says whether the time is up."""
    end = perf_counter() + seconds
    return lambda: perf_counter() > end
