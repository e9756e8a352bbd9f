"""In which order to contract many operands, and what that order costs.

Up to ten operands the order is the best there is. For more, a greedy order is improved
for as long as the contraction itself is worth it: a second of search must save a second of
arithmetic. The search counts its steps instead of looking at the clock, so that the same
network has the same order in every run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import log

from einsgrad.errors import ArgumentError
from einsgrad.orders.exact import Path, best_order
from einsgrad.orders.greedy import greedy_order
from einsgrad.orders.masks import REMEMBERED, Entries, Masks, bits, mask_of
from einsgrad.orders.search import improved
from einsgrad.orders.trees import Tree, legs_along
from einsgrad.strings.subscripts import Indices, Label

EXACT = 10
"""Up to this many operands the order is the best there is.

`ms` of the rows of 10 and 20 operands in `python benchmarks/paths.py`.
"""

# What holding an entry beyond the memory limit costs: more than any arithmetic should.
_OVER = 1e6


def find_path(
    inputs: Sequence[Indices],
    output: Indices,
    sizes: Mapping[Label, int],
    *,
    budget: float | None = None,
    memory_limit: int | None = None,
) -> Path:
    """Find an order in which to contract operands two at a time.

    Parameters
    ----------
    inputs
        For each operand its labels, all different. A label may stand in any number of
        operands.
    output
        The labels of the result, all different.
    sizes
        The size of each label.
    budget
        Seconds for improving a greedy order; without it the search is as long as the
        contraction is worth.
    memory_limit
        How many entries an intermediate array should have at most. Where no order keeps
        to it, `sliced` says what to loop over.

    Returns
    -------
    tuple of pairs
        The operands are numbered from 0; each step contracts a pair and gives its result
        the next number.

    Raises
    ------
    ArgumentError
        If the budget is negative or the limit less than 1.

    Examples
    --------
    >>> find_path(["ij", "jk", "k"], ("i",), {"i": 9, "j": 9, "k": 9})
    ((1, 2), (0, 3))
    """
    if budget is not None and not budget >= 0:
        raise ArgumentError(f"budget={budget}: seconds for the search are 0 or more.")
    if memory_limit is not None and memory_limit < 1:
        raise ArgumentError(f"memory_limit={memory_limit}: an array has at least 1 entry.")
    if len(inputs) <= 2:
        return ((0, 1),) if len(inputs) == 2 else ()
    full = Masks.of(inputs, output, sizes)
    network = full.without(full.trivial())
    path = _found(network, budget, None)
    if memory_limit is None or peak(path, inputs, output, sizes) <= memory_limit:
        return path
    small = _found(network, budget, memory_limit)
    return min(path, small, key=lambda one: _sliced_flops(network, one, memory_limit))


def flops(
    path: Path, inputs: Sequence[Indices], output: Indices, sizes: Mapping[Label, int]
) -> int:
    """Return the number of multiplications of a path.

    Examples
    --------
    >>> sizes = {"i": 9, "j": 9, "k": 9}
    >>> flops(((0, 1), (2, 3)), ["ij", "jk", "k"], ("i",), sizes)
    810
    """
    network = Masks.of(inputs, output, sizes)
    return sum(network.entries(mask) for mask in _pairs(network, path))


def peak(path: Path, inputs: Sequence[Indices], output: Indices, sizes: Mapping[Label, int]) -> int:
    """Return the number of entries of the largest array that a path makes.

    Examples
    --------
    >>> sizes = {"i": 9, "j": 9, "k": 9}
    >>> peak(((0, 1), (2, 3)), ["ij", "jk", "k"], ("i",), sizes)
    81
    """
    network = Masks.of(inputs, output, sizes)
    made = [network.output, *legs_along(network, path)[len(inputs) :]]
    return max(network.entries(mask) for mask in made)


def held(path: Path, inputs: Sequence[Indices], output: Indices, sizes: Mapping[Label, int]) -> int:
    """Return the most entries that the arrays which a path makes have at one time.

    Examples
    --------
    >>> sizes = {"i": 9, "j": 9, "k": 9}
    >>> held(((0, 1), (2, 3)), ["ij", "jk", "k"], ("i",), sizes)
    90
    """
    network = Masks.of(inputs, output, sizes)
    made = legs_along(network, path)[len(inputs) :]
    live = most = 0
    for pair, mask in zip(path, made, strict=True):
        live += network.entries(mask)
        most = max(most, live)
        live -= sum(network.entries(made[k - len(inputs)]) for k in pair if k >= len(inputs))
    return most


def sliced(
    path: Path,
    inputs: Sequence[Indices],
    output: Indices,
    sizes: Mapping[Label, int],
    limit: int,
) -> tuple[Label, ...]:
    """Choose labels to loop over, so that no array that a path makes is larger than a limit.

    Parameters
    ----------
    path, inputs, output, sizes
        A network and an order for it.
    limit
        How many entries an array that the path makes may have.

    Returns
    -------
    tuple of labels
        One label after the other is chosen such that the work which is repeated for each
        of its values is least.

    Raises
    ------
    ArgumentError
        If the result alone is larger.

    Examples
    --------
    >>> sizes = {"i": 9, "j": 8, "k": 9}
    >>> sliced(((0, 1), (2, 3)), ["ij", "jk", "k"], ("i",), sizes, 10)
    ('i',)
    """
    network = Masks.of(inputs, output, sizes)
    needed = max(network.entries(network.output), 1)
    if needed > limit:
        raise ArgumentError(
            f"limit={limit}: the result alone has {needed} entries. Allow at least as many."
        )
    return tuple(network.labels[bit] for bit in bits(_slices(network, path, limit)))


def _found(network: Masks, budget: float | None, memory_limit: int | None) -> Path:
    """Find an order, or the one that was found for such a network before."""
    if budget is not None:
        return _search(network, budget, memory_limit)
    return _remembered(network.inputs, network.output, network.sizes, memory_limit)


@lru_cache(maxsize=256)
def _remembered(
    inputs: tuple[int, ...], output: int, sizes: tuple[int, ...], memory_limit: int | None
) -> Path:
    return _search(Masks(inputs, output, tuple(range(len(sizes))), sizes), None, memory_limit)


def _search(network: Masks, budget: float | None, memory_limit: int | None) -> Path:
    """Find an order for three operands or more."""
    work = Entries(network.sizes)
    charge = None if memory_limit is None else _Charge(work, memory_limit)
    path = greedy_order(network, work)
    tree = Tree(network, path, work, charge)
    if len(network.inputs) > EXACT:
        return improved(network, tree, budget).path()
    best = best_order(
        network.inputs, network.output, work, charge=charge, bound=tree.total() * (1 - 1e-9)
    )
    return path if best is None else best[1]


class _Charge(dict[int, float]):
    """What it costs to hold an array that is larger than the memory limit."""

    def __init__(self, work: Entries, limit: int) -> None:
        super().__init__()
        self._work = work
        self._limit = limit

    def __missing__(self, mask: int) -> float:
        if len(self) > REMEMBERED:
            self.clear()
        entries = self._work[mask]
        self[mask] = charge = _OVER * entries if entries > self._limit else 0.0
        return charge


def _pairs(network: Masks, path: Path) -> list[int]:
    """Return the labels of every step."""
    legs = legs_along(network, path)
    return [legs[first] | legs[second] for first, second in path]


def _slices(network: Masks, path: Path, limit: int) -> int:
    """Choose the labels to loop over, as a mask."""
    made = legs_along(network, path)[len(network.inputs) :]
    steps = _pairs(network, path)
    chosen = 0
    while over := [mask for mask in made if network.entries(mask & ~chosen) > limit]:
        shared = mask_of({bit for mask in over for bit in bits(mask & ~chosen)})
        costs = [(mask, network.entries(mask & ~chosen)) for mask in steps]
        chosen |= 1 << min(bits(shared), key=lambda bit: _repeated(network, costs, bit))
    for bit in bits(chosen):
        rest = chosen & ~(1 << bit)
        if all(network.entries(mask & ~rest) <= limit for mask in made):
            chosen = rest
    return chosen


def _repeated(network: Masks, costs: Sequence[tuple[int, int]], bit: int) -> float:
    """Return by how much looping over a label makes a path dearer, for what it saves."""
    size = network.sizes[bit]
    if size < 2:
        return float("inf")
    total = sum(cost for _, cost in costs)
    inside = sum(cost for mask, cost in costs if mask >> bit & 1)
    return log(max(inside + size * (total - inside), 1) / max(total, 1)) / log(size)


def _sliced_flops(network: Masks, path: Path, limit: int) -> int:
    """Return the number of multiplications of a path that is sliced to a limit."""
    limit = max(limit, network.entries(network.output))
    chosen = _slices(network, path, limit)
    each = sum(network.entries(mask & ~chosen) for mask in _pairs(network, path))
    return each * network.entries(chosen)
