"""Better trees from a given one: exchanges between neighbours, and exact small subtrees.

Exchanges at a falling temperature leave the neighbourhood of a greedy order, as in
Kalachev, Panteleev and Yung, "Multi-tensor contraction for XEB verification of quantum
circuits" (2021). Subtrees of a few branches are then put in their best order, as in Gray
and Kourtis, "Hyper-optimized tensor network contraction", Quantum 5, 410 (2021).
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from einsgrad.orders.exact import Path, best_order
from einsgrad.orders.trees import Tree


def anneal(
    tree: Tree, sweeps: int, random: Random, hot: float, cold: float, late: Callable[[], bool]
) -> None:
    """Exchange neighbours in the tree at a falling temperature.

    Parameters
    ----------
    tree
        The tree to change.
    sweeps
        How often each step is visited.
    random
        Where the choices come from.
    hot, cold
        The first and the last temperature; an exchange that makes two steps dearer by a
        factor f is made with the probability f ** (-1 / temperature).
    late
        Whether it is time to stop.
    """
    for sweep in range(sweeps):
        share = sweep / max(1, sweeps - 1)
        _sweep(tree, random, hot * (cold / hot) ** share)
        if late():
            break


def _sweep(tree: Tree, random: Random, temperature: float) -> None:
    """Visit each step: ((a, b), c) may become ((a, c), b)."""
    count, left, right, legs, cost = tree.count, tree.left, tree.right, tree.legs, tree.cost
    work, charge = tree.work, tree.charge
    draw = random.random
    for node in range(count, len(legs)):
        inner, other = left[node], right[node]
        if inner < count or (other >= count and draw() < 0.5):
            inner, other = other, inner
        if inner < count:
            continue
        stays, goes = left[inner], right[inner]
        if draw() < 0.5:
            stays, goes = goes, stays
        stay, go, come = legs[stays], legs[goes], legs[other]
        made = (stay | come) & (go | legs[node])
        below, above = work[stay | come], work[made | go]
        if charge is not None:
            below += charge[made]
            above += charge[legs[node]]
        ratio = (cost[inner] + cost[node]) / (below + above)
        if ratio >= 1.0 or draw() < ratio ** (1 / temperature):
            left[inner], right[inner] = stays, other
            left[node], right[node] = inner, goes
            legs[inner] = made
            cost[inner], cost[node] = below, above


def reconfigure(
    tree: Tree, size: int, known: dict[tuple[int, ...], float], late: Callable[[], bool]
) -> bool:
    """Put every subtree of at most `size` branches in its best order; say if one changed.

    `known` holds the least cost of the subtrees that were seen before, in any tree of the
    same network.
    """
    changed = False
    for node in tree.steps():
        if late():
            break
        branches, steps = _branches(tree, node, size)
        if len(branches) < 3:
            continue
        legs = [tree.legs[branch] for branch in branches]
        key = (*sorted(legs), tree.legs[node])
        paid = sum(tree.cost[step] for step in steps) * (1 - 1e-9)
        if paid <= known.get(key, 0.0):
            continue
        best = best_order(
            legs, tree.legs[node], tree.work, charge=tree.charge, bound=paid, outer=False
        )
        known[key] = paid if best is None else best[0]
        if best is not None:
            _rebuild(tree, branches, steps, best[1])
            changed = True
    return changed


def _branches(tree: Tree, node: int, size: int) -> tuple[list[int], list[int]]:
    """Open the dearest steps below a node until it has `size` branches."""
    branches = [tree.left[node], tree.right[node]]
    steps = [node]
    while len(branches) < size:
        dearest = max(branches, key=tree.cost.__getitem__)
        if dearest < tree.count:
            break
        branches.remove(dearest)
        branches += (tree.left[dearest], tree.right[dearest])
        steps.append(dearest)
    return branches, steps


def _rebuild(tree: Tree, branches: list[int], steps: list[int], path: Path) -> None:
    """Write a new order into the steps of a subtree; its top keeps its number."""
    numbers = [*branches, *reversed(steps)]
    held = [tree.legs[branch] for branch in branches]
    for first, second in path:
        held.append(held[first] | held[second])
    outside = [0] * len(held)
    outside[-1] = tree.legs[steps[0]]
    for step in range(len(path) - 1, -1, -1):
        first, second = path[step]
        node = len(branches) + step
        outside[first] = outside[node] | held[second]
        outside[second] = outside[node] | held[first]
    for node, (first, second) in enumerate(path, len(branches)):
        number = numbers[node]
        tree.left[number], tree.right[number] = numbers[first], numbers[second]
        tree.legs[number] = held[node] & outside[node]
    for number in steps:
        tree.refresh(number)
