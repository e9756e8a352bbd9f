"""A first order for many operands: cut the network in two where little is cut, and again.

Each cut starts from a random half that has grown around one operand, and is improved by
moving one operand after the other across it, as in Fiduccia and Mattheyses, "A linear-time
heuristic for improving network partitions" (1982). That good cuts make good orders is
shown in Gray and Kourtis, "Hyper-optimized tensor network contraction", Quantum 5, 410
(2021).
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from heapq import heapify, heappop, heappush
from itertools import pairwise
from math import log2
from random import Random

from einsgrad.orders.exact import Path
from einsgrad.orders.masks import Masks, bits

Neighbours = list[dict[int, float]]

# Set by `cost` of "200 hyperedges, with output" in `python benchmarks/paths.py`: a larger
# group is cut more often, to keep the least cut, as its cut is the dearest; and how often
# operands are moved across one cut.
_EACH = 12
_ROUNDS = 6


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
    halves: dict[int, tuple[int, int]] = {}
    for place, group in enumerate(groups):
        if len(group) > 1:
            halves[place] = (len(groups), len(groups) + 1)
            groups += _halved(group, near, random, imbalance, tries)
    number = [group[0] for group in groups]
    path: list[tuple[int, int]] = []
    for place, (first, second) in reversed(halves.items()):
        pair = sorted((number[first], number[second]))
        number[place] = len(near) + len(path)
        path.append((pair[0], pair[1]))
    return tuple(path)


def _halved(
    group: list[int], near: Neighbours, random: Random, imbalance: float, tries: int
) -> tuple[list[int], list[int]]:
    """Cut a group in two where the ties are weakest."""
    least = max(1, round(len(group) * (0.5 - imbalance / 2)))
    cuts = []
    for _ in range(min(tries, 1 + len(group) // _EACH)):
        cut = Cut(group, near)
        cut.grow(random.choice(group), len(group) // 2)
        for _ in range(_ROUNDS):
            if not cut.refine(least):
                break
        cuts.append(cut)
    return min(cuts, key=Cut.strength).halves()


class Cut:
    """A group of operands in two halves, while operands move from one to the other.

    Parameters
    ----------
    group
        The operands; none has moved yet.
    near
        How strongly the operands are tied together.

    Examples
    --------
    >>> cut = Cut([0, 1, 2], [{1: 3.0}, {0: 3.0, 2: 2.0}, {1: 2.0}])
    >>> cut.grow(0, 1)
    >>> cut.halves(), cut.strength()
    (([0], [1, 2]), 3.0)
    >>> cut.refine(1)
    True
    >>> cut.halves(), cut.strength()
    (([0, 1], [2]), 2.0)
    """

    def __init__(self, group: Iterable[int], near: Neighbours) -> None:
        self.moved = dict.fromkeys(group, False)
        self.near = near

    def halves(self) -> tuple[list[int], list[int]]:
        """Return the operands that have moved, and those that have not."""
        gone = [number for number, moved in self.moved.items() if moved]
        return gone, [number for number, moved in self.moved.items() if not moved]

    def strength(self) -> float:
        """Return how strong the ties are that the cut goes through."""
        return sum(
            weight
            for number, moved in self.moved.items()
            if moved
            for other, weight in self.near[number].items()
            if self.moved.get(other) is False
        )

    def grow(self, start: int, size: int) -> None:
        """Move the operand that is tied most strongly to those already moved, `size` times."""
        moved, near = self.moved, self.near
        queue = [(0.0, start)]
        tied = {start: 0.0}
        unseen = iter(list(moved))
        while size:
            if not queue:
                heappush(queue, (0.0, next(unseen)))
            _, number = heappop(queue)
            if moved[number]:
                continue
            moved[number] = True
            size -= 1
            for other, weight in near[number].items():
                if moved.get(other) is False:
                    tied[other] = tied.get(other, -sum(near[other].values())) + 2 * weight
                    heappush(queue, (-tied[other], other))

    def refine(self, least: int) -> bool:
        """Move each operand once, the most useful first, and keep the best cut on the way.

        A half keeps at least `least` operands. Returns whether the cut is better now.
        """
        gain = self._gains()
        queue = [(-value, number) for number, value in gain.items()]
        heapify(queue)
        done: dict[int, None] = {}
        gone = sum(self.moved.values())
        total = best = 0.0
        kept = 0
        while queue:
            value, number = heappop(queue)
            moved = self.moved[number]
            room = gone if moved else len(gain) - gone
            if number in done or -value != gain[number] or room <= least:
                continue
            done[number] = None
            total += gain[number]
            gone += -1 if moved else 1
            self._move(number, gain, queue, done)
            if total > best + 1e-9:
                best, kept = total, len(done)
        for number in list(done)[kept:]:
            self.moved[number] = not self.moved[number]
        return kept > 0

    def _gains(self) -> dict[int, float]:
        """Return for each operand by how much the cut is weaker once it has moved."""
        moved = self.moved
        return {
            number: sum(
                weight if moved[other] != own else -weight
                for other, weight in self.near[number].items()
                if other in moved
            )
            for number, own in moved.items()
        }

    def _move(
        self,
        number: int,
        gain: dict[int, float],
        queue: list[tuple[float, int]],
        done: Container[int],
    ) -> None:
        """Move an operand across the cut, and note what that changes for those tied to it."""
        moved = self.moved
        own = moved[number]
        moved[number] = not own
        for other, weight in self.near[number].items():
            if other in moved and other not in done:
                gain[other] += 2 * weight if moved[other] == own else -2 * weight
                heappush(queue, (-gain[other], other))
