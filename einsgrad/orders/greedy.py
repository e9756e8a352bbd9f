"""A first order for many operands: the pair that shrinks the network most goes first.

The score of a pair is the size of its result less the sizes of the two, as in opt_einsum's
greedy search.
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heapify, heappop, heappush

from einsgrad.orders.exact import Path
from einsgrad.orders.masks import Masks, bits

# A label in more operands than this proposes only some of their pairs. It bounds the work
# only: `python benchmarks/paths.py` has no such label.
_CROWD = 12


def greedy_order(network: Masks, work: Mapping[int, float]) -> Path:
    """Contract the pair with the best score until one array is left.

    Parameters
    ----------
    network
        The operands and the output.
    work
        The number of entries for a mask.

    Examples
    --------
    >>> from einsgrad.orders.masks import Entries
    >>> network = Masks.of(["ij", "jk", "k"], ("i",), {"i": 9, "j": 9, "k": 99})
    >>> greedy_order(network, Entries(network.sizes))
    ((1, 2), (0, 3))
    """
    left = _Operands(network)

    def scored(first: int, second: int) -> tuple[float, int, int]:
        inputs = work[left.legs[first]] + work[left.legs[second]]
        return work[left.result(first, second)] - inputs, first, second

    queue = [scored(a, b) for a in left.legs for b in left.beside(a) if a < b]
    heapify(queue)
    while queue:
        _, first, second = heappop(queue)
        if first in left.legs and second in left.legs:
            made = left.contract(first, second)
            for other in left.beside(made):
                heappush(queue, scored(other, made))
    # What shares no label is multiplied together, the smallest first.
    parts = [(work[mask], number) for number, mask in left.legs.items()]
    heapify(parts)
    while len(parts) > 1:
        made = left.contract(heappop(parts)[1], heappop(parts)[1])
        heappush(parts, (work[left.legs[made]], made))
    return tuple(left.path)


class _Operands:
    """The operands that are left, and where their labels stand."""

    def __init__(self, network: Masks) -> None:
        self.legs = dict(enumerate(network.inputs))
        self.path: list[tuple[int, int]] = []
        self._next = len(network.inputs)
        self._output = network.output
        # Dictionaries serve as sets that keep their order.
        self._holders: dict[int, dict[int, None]] = {}
        for number, mask in self.legs.items():
            for bit in bits(mask):
                self._holders.setdefault(bit, {})[number] = None
        self._once = self._twice = 0
        for bit in self._holders:
            self._count(bit)

    def _count(self, bit: int) -> None:
        """Note whether a label stands in one list or in two, the output among them."""
        lists = len(self._holders[bit]) + (self._output >> bit & 1)
        self._once = self._once & ~(1 << bit) | (lists == 1) << bit
        self._twice = self._twice & ~(1 << bit) | (lists == 2) << bit

    def result(self, first: int, second: int) -> int:
        """Return the labels of a pair that are needed later."""
        a, b = self.legs[first], self.legs[second]
        return (a | b) & ~(self._once | a & b & self._twice)

    def beside(self, number: int) -> list[int]:
        """Return the operands that share a label with one, always in the same order."""
        near: dict[int, None] = {}
        for bit in bits(self.legs[number]):
            holders = self._holders[bit]
            if len(holders) <= _CROWD:
                near.update(holders)
            else:
                near.update(zip(holders, [None] * _CROWD, strict=False))
        near.pop(number, None)
        return list(near)

    def contract(self, first: int, second: int) -> int:
        """Replace a pair by its result, and return the result's number."""
        made = self._next
        both = self.legs[first] & self.legs[second]
        result = self.result(first, second)
        for old in (first, second):
            for bit in bits(self.legs.pop(old)):
                del self._holders[bit][old]
        self.legs[made] = result
        for bit in bits(result):
            self._holders[bit][made] = None
        for bit in bits(both & result):
            self._count(bit)
        self.path.append((min(first, second), max(first, second)))
        self._next += 1
        return made
