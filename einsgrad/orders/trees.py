"""The tree of a contraction order: who is contracted with whom, and what each step costs.

Only the tree, its cost and its translation from and to a path live here. How a tree is
improved is told in `einsgrad.orders.improvement`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from einsgrad.orders.exact import Path
from einsgrad.orders.masks import Entries, Masks


class Tree:
    """A contraction order as a binary tree over the operands of a network.

    Nodes are numbered as in a path: the operands, then one node for each step, the root
    last. A step costs the entries over all labels of its pair, and `charge` besides for
    holding its result.

    Parameters
    ----------
    network
        The operands, at least two.
    path
        The order.
    work
        The number of entries for a mask.
    charge
        What it costs besides to hold an array with the labels of a mask, if anything.

    Examples
    --------
    >>> network = Masks.of(["ij", "jk", "k"], ("i",), {"i": 9, "j": 9, "k": 9})
    >>> tree = Tree(network, ((0, 1), (2, 3)), Entries(network.sizes))
    >>> tree.total()
    810.0
    """

    def __init__(
        self,
        network: Masks,
        path: Path,
        work: Entries,
        charge: Mapping[int, float] | None = None,
    ) -> None:
        count = len(network.inputs)
        self.count = count
        self.work = work
        self.charge = charge
        self.left = [-1] * count + [first for first, _ in path]
        self.right = [-1] * count + [second for _, second in path]
        self.legs = legs_along(network, path)
        self.cost = [0.0] * len(self.legs)
        for node in range(count, len(self.legs)):
            self.refresh(node)

    @property
    def root(self) -> int:
        """The node of the last step."""
        return len(self.legs) - 1

    def refresh(self, node: int) -> None:
        """Compute a step's cost again."""
        legs = self.legs
        cost = self.work[legs[self.left[node]] | legs[self.right[node]]]
        if self.charge is not None:
            cost += self.charge[legs[node]]
        self.cost[node] = cost

    def total(self) -> float:
        """Return what all steps cost."""
        return sum(self.cost)

    def steps(self) -> list[int]:
        """Return the steps, each after those that it needs, the larger branch first."""
        count, left, right = self.count, self.left, self.right
        order = [self.root]
        for node in order:
            order.extend(child for child in (left[node], right[node]) if child >= count)
        need = [self.work[mask] for mask in self.legs]
        for node in reversed(order):
            need[node] = max(need[node], need[left[node]], need[right[node]])
        order.clear()
        pending = [self.root]
        while pending:
            node = pending.pop()
            order.append(node)
            # The branch that is pushed last ends up last: both lists run backwards.
            branches = sorted((left[node], right[node]), key=lambda child: -need[child])
            pending.extend(child for child in branches if child >= count)
        return order[::-1]

    def path(self) -> Path:
        """Return the order as pairs of numbers."""
        number = list(range(self.count)) + [0] * (len(self.legs) - self.count)
        path = []
        for step, node in enumerate(self.steps(), self.count):
            number[node] = step
            first, second = number[self.left[node]], number[self.right[node]]
            path.append((min(first, second), max(first, second)))
        return tuple(path)


def legs_along(network: Masks, path: Iterable[tuple[int, int]]) -> list[int]:
    """Return the labels of the operands and of the result of every step of a path.

    Examples
    --------
    >>> network = Masks.of(["ij", "jk", "k"], ("i",), {"i": 9, "j": 9, "k": 9})
    >>> [bin(mask) for mask in legs_along(network, ((0, 1), (2, 3)))]
    ['0b11', '0b110', '0b100', '0b101', '0b1']
    """
    held = list(network.inputs)
    pairs = list(path)
    for first, second in pairs:
        held.append(held[first] | held[second])
    outside = [0] * (len(held) - 1) + [network.output]
    count = len(network.inputs)
    for node in range(len(held) - 1, count - 1, -1):
        first, second = pairs[node - count]
        outside[first] = outside[node] | held[second]
        outside[second] = outside[node] | held[first]
    inner = zip(held[count:], outside[count:], strict=True)
    return [*network.inputs, *(mask & needed for mask, needed in inner)]
