"""The fixed order of an einsum's factors, so that equal products become the same node.

Two products that differ in the names of labels or in the order of factors get one form.
Labels are coloured by the factors that hold them and factors by their labels until the
colours no longer change; factors that still look alike are told apart by trying each of
them as the first and keeping the smallest result. Parts that share no summed label are
ordered on their own, so that a power of a number does not multiply the trials.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple, TypeAlias, TypeVar

from einsgrad.expressions.axis_groups import Exchange
from einsgrad.strings.deltas import Factor, Product
from einsgrad.strings.joins import connected
from einsgrad.strings.subscripts import Label

T = TypeVar("T")
OrderKey: TypeAlias = "tuple[int | str, ...]"
Colours: TypeAlias = "dict[Label, int]"
Encoding: TypeAlias = "tuple[tuple[OrderKey, tuple[int, ...]], ...]"

# Factors that look alike after so many trials most likely are: a ring, a power. Then the first
# is taken, which keeps the work for highly symmetric products in bounds.
_TRIALS = 64
_UNBOUNDED = 10**9


class KeyedFactor(NamedTuple):
    """A factor, its place in the fixed order of operands, and which of its axes commute.

    Axes of one number may be exchanged; of no numbers none may. Exchanges that are not of this
    kind, or change the sign, are a group, the first of which changes nothing.
    """

    factor: Factor
    key: OrderKey
    alike: tuple[int, ...] = ()
    group: tuple[Exchange, ...] = ()


def order_factors(factors: Sequence[KeyedFactor], output: Sequence[Label]) -> Product:
    """Put the factors of a product into the fixed order.

    Parameters
    ----------
    factors
        The factors, each with the key of its operand: equal keys mean the same operand.
    output
        The output's labels; their positions are what makes labels different at first.

    Examples
    --------
    >>> def product(*lists):
    ...     return [KeyedFactor(Factor(tuple(l), 0), (0,)) for l in lists]
    >>> one = order_factors(product("ij", "jk"), "ik").subscripts.numbered()
    >>> other = order_factors(product("bc", "ab"), "ac").subscripts.numbered()
    >>> one == other
    True
    """
    free: Colours = {label: number for number, label in enumerate(output)}
    return Product(
        tuple([keyed.factor for _, keyed in ordered_parts(factors, free)]), tuple(output)
    )


def ordered_parts(
    factors: Sequence[KeyedFactor], free: Colours
) -> list[tuple[Encoding, KeyedFactor]]:
    """Order factors, each with what the part of the product that it begins is written as."""
    if all(label in free for keyed in factors for label in keyed.factor.indices):
        parts = [_alone(keyed, free) for keyed in factors]
    else:
        parts = [_order_part(part, free) for part in _components(factors, free)]
    if len(parts) > 1:
        parts.sort(key=_encoding_of)
    return [
        (encoding if not place else (), keyed)
        for encoding, part in parts
        for place, keyed in enumerate(part)
    ]


def _encoding_of(part: tuple[Encoding, list[KeyedFactor]]) -> Encoding:
    return part[0]


def _components(factors: Sequence[KeyedFactor], free: Colours) -> list[list[KeyedFactor]]:
    """Group the factors that are connected by summed labels."""
    groups = connected([keyed.factor.indices for keyed in factors], free)
    return [[factors[place] for place in places] for places in groups]


def _order_part(part: list[KeyedFactor], free: Colours) -> tuple[Encoding, list[KeyedFactor]]:
    """Order connected factors: refine, try each of those that look alike, keep the smallest."""
    if len(part) == 1 and all(label in free for label in part[0].factor.indices):
        return _alone(part[0], free)
    ranks = _numbered([keyed.key for keyed in part])
    if len(set(ranks)) == len(part) and not any(keyed.alike for keyed in part):
        # Different operands, none with axes that commute: colours would tell no more.
        return _encode(part, free, ranks, free)
    labels = [label for keyed in part for label in keyed.factor.indices]
    start = {label: free.get(label, len(free)) for label in labels}
    pending = [(start, ranks)]
    found: list[tuple[Encoding, list[KeyedFactor]]] = []
    trials = 0
    while pending:
        colours, ranks = _refine(part, *pending.pop())
        tied = _first_tie(ranks)
        if not tied:
            found.append(_encode(part, colours, ranks, free))
            continue
        for chosen in _unlike(part, tied) if trials < _TRIALS else tied[:1]:
            marked = [2 * rank + (place != chosen) for place, rank in enumerate(ranks)]
            pending.append((colours, marked))
            trials += 1
    return min(found, key=lambda pair: pair[0])


def _alone(keyed: KeyedFactor, free: Colours) -> tuple[Encoding, list[KeyedFactor]]:
    """Write a factor of which no label is summed."""
    if keyed.alike:
        return _encode([keyed], free, [0], free)
    return ((keyed.key, tuple([free[label] for label in keyed.factor.indices])),), [keyed]


def _refine(
    part: list[KeyedFactor], colours: Colours, ranks: list[int]
) -> tuple[Colours, list[int]]:
    """Recolour labels and rank factors by each other until neither tells more apart.

    A rank counts the factors that come before, and a colour the labels, so that what is told
    apart within a class changes no other class.
    """
    lists = [keyed.factor.indices for keyed in part]
    orders_axes = any(keyed.alike for keyed in part)
    holders: dict[Label, list[tuple[int, int]]] = {label: [] for label in colours}
    for place, keyed in enumerate(part):
        for axis, label in zip(keyed.alike or count(), lists[place], strict=False):
            holders[label].append((place, axis))
    ranked, coloured = _counted_before(dict(enumerate(ranks))), _counted_before(colours)

    def shown(place: int) -> tuple[Any, ...]:
        own = tuple(map(coloured.__getitem__, lists[place]))
        return _within(part[place].alike, own, own) if part[place].alike else own

    def seen(label: Label) -> tuple[Any, ...]:
        return tuple(sorted([(ranked[place], axis) for place, axis in holders[label]]))

    factors, labels = _classes(ranked), _classes(coloured)
    while True:
        parted = _part_classes(factors, ranked, shown)
        # Where nothing is left to tell apart, colours would only put axes into order.
        if (not factors and not orders_axes) or (
            not _part_classes(labels, coloured, seen) and not parted
        ):
            return coloured, list(ranked.values())


def _counted_before(numbers: Mapping[T, int]) -> dict[T, int]:
    """Replace each number by how many are smaller."""
    before: dict[int, int] = {}
    for place, number in enumerate(sorted(numbers.values())):
        before.setdefault(number, place)
    return {item: before[number] for item, number in numbers.items()}


def _classes(numbers: Mapping[T, int]) -> list[list[T]]:
    """Group what has equal numbers, where that is more than one."""
    groups: dict[int, list[T]] = {}
    for item, number in numbers.items():
        groups.setdefault(number, []).append(item)
    return [group for group in groups.values() if len(group) > 1]


def _part_classes(
    classes: list[list[T]], numbers: dict[T, int], shown: Callable[[T], tuple[Any, ...]]
) -> bool:
    """Part classes of equal numbers by what their members show; tell whether any was."""
    left: list[list[T]] = []
    for members in classes:
        groups: dict[tuple[Any, ...], list[T]] = {}
        for one in members:
            groups.setdefault(shown(one), []).append(one)
        left += groups.values()
        if len(groups) > 1:
            number = numbers[members[0]]
            for key in sorted(groups):
                numbers.update(dict.fromkeys(groups[key], number))
                number += len(groups[key])
    parted = len(left) > len(classes)
    classes[:] = [group for group in left if len(group) > 1]
    return parted


def _within(alike: Sequence[int], items: Sequence[T], keys: Sequence[Any]) -> tuple[T, ...]:
    """Sort items by their keys among those whose axes commute."""
    result = list(items)
    for kind in set(alike):
        places = [place for place, one in enumerate(alike) if one == kind]
        ordered = sorted(places, key=keys.__getitem__)
        for place, other in zip(places, ordered, strict=True):
            result[place] = items[other]
    return tuple(result)


def _numbered(items: Sequence[Any]) -> list[int]:
    """Replace comparable items by their ranks among the different ones."""
    ranks = {item: rank for rank, item in enumerate(sorted(set(items)))}
    return [ranks[item] for item in items]


def _first_tie(ranks: list[int]) -> list[int]:
    """Return the places of the smallest rank that more than one factor has."""
    counts = Counter(ranks)
    tied = [rank for rank in counts if counts[rank] > 1]
    return [place for place, rank in enumerate(ranks) if rank == min(tied)] if tied else []


def _unlike(part: list[KeyedFactor], tied: list[int]) -> list[int]:
    """Keep one place of factors that hold the same labels: which is first makes no difference."""
    return list({part[place].factor.indices: place for place in reversed(tied)}.values())[::-1]


def _encode(
    part: list[KeyedFactor], colours: Colours, ranks: list[int], free: Colours
) -> tuple[Encoding, list[KeyedFactor]]:
    """Write the ordered factors as keys and numbers, free labels by position."""
    numbers = dict(free)
    encoding = []
    result = []
    for place in sorted(range(len(part)), key=ranks.__getitem__):
        keyed = part[place]
        indices = keyed.factor.indices
        if keyed.alike:
            # Of labels that look alike, one that has a number already comes first.
            first = [(colours[label], numbers.get(label, _UNBOUNDED)) for label in indices]
            indices = _within(keyed.alike, indices, first)
            keyed = keyed._replace(factor=keyed.factor._replace(indices=indices))
        for label in indices:
            numbers.setdefault(label, len(numbers))
        encoding.append((keyed.key, tuple(map(numbers.__getitem__, indices))))
        result.append(keyed)
    return tuple(encoding), result
