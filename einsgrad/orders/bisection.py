"""A first order for many operands: cut the network in two where little is cut, and again.

Each cut starts from a random half that has grown around one operand, and is improved by
moving one operand after the other across it, as in Fiduccia and Mattheyses, "A linear-time
heuristic for improving network partitions" (1982). That good cuts make good orders is
shown in Gray and Kourtis, "Hyper-optimized tensor network contraction", Quantum 5, 410
(2021).
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from itertools import pairwise
from math import log2
from random import Random

from einsgrad.orders.exact import Path
from einsgrad.orders.masks import Masks, bits

Neighbours = list[dict[int, float]]

# A larger group is cut more often, to keep the least cut: its cut is the dearest.
_EACH = 12


def neighbours(network: Masks) -> Neighbours:
    """Return for each operand how strongly each other one is tied to it.

    Examples
    --------
    >>> neighbours(Masks.of(["ij", "jk", "k"], ("i",), {"i": 8, "j": 8, "k": 4}))
    [{1: 3.0}, {0: 3.0, 2: 2.0}, {1: 2.0}]
    """
    holders: dict[int, list[int]] = {}
    for number, mask in enumerate(network.inputs):
        for bit in bits(mask):
            holders.setdefault(bit, []).append(number)
    near: Neighbours = [{} for _ in network.inputs]
    for bit, numbers in holders.items():
        # A label in many operands is a path through them: its cut is then counted about once.
        weight = log2(max(network.sizes[bit], 1))
        for first, second in pairwise(numbers):
            near[first][second] = near[first].get(second, 0.0) + weight
            near[second][first] = near[second].get(first, 0.0) + weight
    return near


def bisected_order(near: Neighbours, random: Random, imbalance: float, tries: int = 3) -> Path:
    """Contract the halves of a network, each in the same way, and then the two.

    Parameters
    ----------
    near
        How strongly the operands are tied together.
    random
        Where the halves start to grow.
    imbalance
        By which share of the operands a half may differ from the other.
    tries
        How often a large group is cut, to keep the least cut.

    Examples
    --------
    >>> bisected_order([{1: 3.0}, {0: 3.0, 2: 2.0}, {1: 2.0}], Random(0), 0.1)
    ((0, 1), (2, 3))
    """
    groups = [list(range(len(near)))]
    halves: list[tuple[int, int]] = []
    for group in groups:
        if len(group) == 1:
            halves.append((-1, -1))
            continue
        one, other = _cut(group, near, random, imbalance, tries)
        halves.append((len(groups), len(groups) + 1))
        groups += [one, other]
    number = [group[0] for group in groups]
    path: list[tuple[int, int]] = []
    for place in range(len(groups) - 1, -1, -1):
        first, second = halves[place]
        if first >= 0:
            pair = sorted((number[first], number[second]))
            number[place] = len(near) + len(path)
            path.append((pair[0], pair[1]))
    return tuple(path)


def _cut(
    group: list[int], near: Neighbours, random: Random, imbalance: float, tries: int
) -> tuple[list[int], list[int]]:
    """Cut a group in two."""
    inside = set(group)
    least = max(1, round(len(group) * (0.5 - imbalance / 2)))
    cuts = []
    for attempt in range(min(tries, 1 + len(group) // _EACH)):
        side = dict.fromkeys(group, 0)
        _grow(side, near, random.choice(group), len(group) // 2)
        for _ in range(6):
            if not _refine(side, near, inside, least):
                break
        cuts.append((_across(side, near), attempt, side))
    side = min(cuts)[2]
    return [n for n in group if side[n]], [n for n in group if not side[n]]


def _across(side: dict[int, int], near: Neighbours) -> float:
    """Return how strong the ties are that a cut goes through."""
    return sum(
        weight
        for number, own in side.items()
        if own
        for other, weight in near[number].items()
        if side.get(other) == 0
    )


def _grow(side: dict[int, int], near: Neighbours, start: int, size: int) -> None:
    """Move the operand that is tied most strongly to those already moved, `size` times."""
    queue = [(0.0, start)]
    tied = {start: 0.0}
    unseen = iter(list(side))
    while size:
        if not queue:
            heappush(queue, (0.0, next(unseen)))
        _, moved = heappop(queue)
        if side[moved]:
            continue
        side[moved] = 1
        size -= 1
        for other, weight in near[moved].items():
            if side.get(other) == 0:
                tied[other] = tied.get(other, -sum(near[other].values())) + 2 * weight
                heappush(queue, (-tied[other], other))


def _refine(side: dict[int, int], near: Neighbours, inside: set[int], least: int) -> bool:
    """Move each operand once, the most useful first; keep the best cut on the way."""
    gain = {
        number: sum(
            weight if side[other] != side[number] else -weight
            for other, weight in near[number].items()
            if other in inside
        )
        for number in side
    }
    queue = [(-gain[number], number) for number in side]
    heapify(queue)
    left = [len(side) - sum(side.values()), sum(side.values())]
    moved: list[int] = []
    done: set[int] = set()
    total = best = 0.0
    kept = 0
    while queue:
        value, number = heappop(queue)
        own = side[number]
        if number in done or -value != gain[number] or left[own] <= least:
            continue
        done.add(number)
        total += gain[number]
        side[number] = 1 - own
        left[own] -= 1
        left[1 - own] += 1
        moved.append(number)
        if total > best + 1e-9:
            best, kept = total, len(moved)
        for other, weight in near[number].items():
            if other in inside and other not in done:
                gain[other] += 2 * weight if side[other] == own else -2 * weight
                heappush(queue, (-gain[other], other))
    for number in moved[kept:]:
        side[number] = 1 - side[number]
    return kept > 0
