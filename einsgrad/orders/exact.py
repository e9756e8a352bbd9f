"""The best order for a few operands, exactly: dynamic programming over subsets.

The cheapest way to contract a set of operands is the cheapest of its splits in two, as in
Pfeifer, Haegeman and Verstraete, "Faster identification of optimal contraction sequences
for tensor networks", Phys. Rev. E 90, 033315 (2014). A known order bounds the search:
what costs more than it is dropped with all that contains it.

`cheapest_splits` takes any price of a step. `best_order` is the same search where a price
is the number of entries that a step runs over: its innermost loops are written out, since
the search for the orders of large networks spends most of its time in them
(`python benchmarks/paths.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from math import inf, sqrt

Path = tuple[tuple[int, int], ...]


def cheapest_splits(
    count: int, price: Callable[[int, int], float], known: Collection[int] = ()
) -> list[int]:
    """Return, for every subset, the side of its cheapest split that has the lowest operand.

    Parameters
    ----------
    count
        The number of operands. Subsets are bit masks.
    price
        What it costs to contract two subsets, of which the first has the lowest operand.
    known
        The subsets whose product costs nothing.

    Examples
    --------
    >>> splits = cheapest_splits(3, lambda one, other: float(one | other))
    >>> bin(splits[0b111])
    '0b11'
    """
    cost = [0.0] * (1 << count)
    splits = [0] * (1 << count)
    for chosen in range(3, 1 << count):
        if chosen & (chosen - 1):
            splits[chosen], found = _split_at(chosen, cost, price)
            cost[chosen] = 0.0 if chosen in known else found
    return splits


def kept_labels(legs: Sequence[int], outside: int) -> list[int]:
    """Return, for every subset of some operands, the labels that its product keeps.

    Parameters
    ----------
    legs, outside
        As for `best_order`.

    Examples
    --------
    >>> [bin(labels) for labels in kept_labels([0b011, 0b110], 0b101)]
    ['0b0', '0b11', '0b110', '0b101']
    """
    held = _unions(legs)
    return [
        labels & (others | outside) for labels, others in zip(held, reversed(held), strict=True)
    ]


def best_order(
    legs: Sequence[int],
    outside: int,
    work: Mapping[int, float],
    *,
    charge: Mapping[int, float] | None = None,
    bound: float = inf,
    outer: bool = True,
) -> tuple[float, Path] | None:
    """Find the cheapest order of a few operands, or None if none costs less than `bound`.

    Parameters
    ----------
    legs
        The mask of the labels of each operand; at least two.
    outside
        The labels that are needed later.
    work
        The number of entries for a mask: what a step over these labels costs.
    charge
        What it costs besides to hold an array with the labels of a mask.
    bound
        Only what costs less is looked for.
    outer
        Whether operands without a common label may be multiplied early.

    Examples
    --------
    >>> from einsgrad.orders.masks import Entries
    >>> best_order([0b0011, 0b0110, 0b1100], 0b1001, Entries([2, 3, 4, 5]))
    (64.0, ((0, 1), (2, 3)))
    """
    count = len(legs)
    whole = (1 << count) - 1
    held = _unions(legs)
    labels = [0] * (whole + 1)
    cost = [inf] * (whole + 1)
    left = [0] * (whole + 1)
    roots = [0.0] * (whole + 1)
    for number, mask in enumerate(legs):
        labels[1 << number] = mask
        cost[1 << number] = 0.0
        roots[1 << number] = sqrt(work[mask])
    plain = _plain((*legs, outside))
    for chosen in range(3, whole + 1) if outer else _connected(legs):
        if not chosen & (chosen - 1):
            continue
        labels[chosen] = result = held[chosen] & (held[whole ^ chosen] | outside)
        entries = work[result]
        extra = charge[result] if charge is not None else 0.0
        # Another step reads the result, unless it is the last.
        limit = bound - extra - (entries if chosen != whole else 0.0)
        if entries >= limit:
            continue
        roots[chosen] = root = sqrt(entries)
        if plain:
            found, limit = _split_plain(chosen, cost, roots, root, limit)
        else:
            found, limit = _split(chosen, cost, labels, work, limit)
        if found:
            left[chosen] = found
            cost[chosen] = limit + extra
    return (cost[whole], _path(left, count)) if left[whole] else None


def _plain(lists: Sequence[int]) -> bool:
    """Return whether every label stands in exactly two of the lists."""
    once = twice = more = 0
    for mask in lists:
        more |= twice & mask
        twice |= once & mask
        once |= mask
    return once == twice and not more


def _split_at(
    chosen: int, cost: list[float], price: Callable[[int, int], float]
) -> tuple[int, float]:
    """Find the cheapest split of a subset: the side with the lowest operand, and the cost."""
    found, limit = 0, inf
    rest = chosen & (chosen - 1)
    # `part` runs through the subsets of the rest: the side without the lowest operand.
    part = rest
    while part:
        other = chosen ^ part
        known = cost[part] + cost[other]
        if known < limit:
            known += price(other, part)
            if known < limit:
                limit = known
                found = other
        part = (part - 1) & rest
    return found, limit


def _split_plain(
    chosen: int, cost: list[float], roots: list[float], root: float, limit: float
) -> tuple[int, float]:
    """Find the cheapest split of a subset in a plain network.

    A label of a step stands in two of its three arrays, so that the product of their sizes
    is the square of what the step costs, and no set of labels has to be looked at.
    """
    found = 0
    rest = chosen & (chosen - 1)
    part = rest
    while part:
        other = chosen ^ part
        known = cost[part] + cost[other]
        if known < limit:
            known += roots[part] * roots[other] * root
            if known < limit:
                limit = known
                found = other
        part = (part - 1) & rest
    return found, limit


def _split(
    chosen: int, cost: list[float], labels: list[int], work: Mapping[int, float], limit: float
) -> tuple[int, float]:
    """Find the cheapest split of a subset where a step costs its entries."""
    found = 0
    rest = chosen & (chosen - 1)
    part = rest
    while part:
        other = chosen ^ part
        known = cost[part] + cost[other]
        if known < limit:
            known += work[labels[part] | labels[other]]
            if known < limit:
                limit = known
                found = other
        part = (part - 1) & rest
    return found, limit


def _unions(legs: Sequence[int]) -> list[int]:
    """Return for every subset the labels that stand in it."""
    held = [0]
    for mask in legs:
        held += [mask | other for other in held]
    return held


def _connected(legs: Sequence[int]) -> list[int]:
    """Return the subsets of two and more that common labels hold together, small ones first."""
    beside = [
        sum(1 << other for other, mask in enumerate(legs) if mask & own and other != number)
        for number, own in enumerate(legs)
    ]
    around = {1 << number: mask for number, mask in enumerate(beside)}
    level = list(around)
    while level:
        following = []
        for chosen in level:
            near = around[chosen]
            free = near & ~chosen
            while free:
                low = free & -free
                free ^= low
                if chosen | low not in around:
                    around[chosen | low] = near | beside[low.bit_length() - 1]
                    following.append(chosen | low)
        level = following
    return sorted(around)


def _path(left: Sequence[int], count: int) -> Path:
    """Number the steps that build the whole set, each after the steps that it needs."""
    order = [(1 << count) - 1]
    for chosen in order:
        order.extend(part for part in (left[chosen], chosen ^ left[chosen]) if part & (part - 1))
    number = {1 << position: position for position in range(count)}
    path: list[tuple[int, int]] = []
    for chosen in reversed(order):
        first, second = number[left[chosen]], number[chosen ^ left[chosen]]
        number[chosen] = count + len(path)
        path.append((min(first, second), max(first, second)))
    return tuple(path)
