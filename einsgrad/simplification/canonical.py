"""The fixed order of an einsum's factors, so that equal products become the same node.

Two products that differ in the names of labels or in the order of factors get one form.
Labels are coloured by the factors that hold them and factors by their labels until the
colours no longer change; factors that still look alike are told apart by trying each of
them as the first and keeping the smallest result. Parts that share no summed label are
ordered on their own, so that a power of a number does not multiply the trials.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
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
    """Recolour labels and rank factors by each other until neither tells more apart."""
    while True:
        signatures = [
            (rank, _shown(keyed, colours)) for rank, keyed in zip(ranks, part, strict=True)
        ]
        new_ranks = _numbered(signatures)
        seen: dict[Label, list[tuple[int, int]]] = {label: [] for label in colours}
        for rank, keyed in zip(new_ranks, part, strict=True):
            axes = keyed.alike or range(len(keyed.factor.indices))
            for axis, label in zip(axes, keyed.factor.indices, strict=True):
                seen[label].append((rank, axis))
        views = [(colour, tuple(sorted(seen[label]))) for label, colour in colours.items()]
        new_colours = dict(zip(colours, _numbered(views), strict=True))
        stable = _kinds(new_ranks) == _kinds(ranks) and _kinds(new_colours.values()) == _kinds(
            colours.values()
        )
        colours, ranks = new_colours, new_ranks
        if stable:
            return colours, ranks


def _shown(keyed: KeyedFactor, colours: Colours) -> tuple[int, ...]:
    shown = [colours[label] for label in keyed.factor.indices]
    return tuple(_within(keyed.alike, shown, shown) if keyed.alike else shown)


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


def _kinds(values: Iterable[int]) -> int:
    return len(set(values))


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
