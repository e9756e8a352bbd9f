"""The fixed order of a product with factors that change their sign when axes are exchanged.

Also with those whose axes may be exchanged in pairs only. All exchanges of the few such factors
are tried, and the smallest form is kept; it is zero if one form is reached with both signs. Long
chains of skew matrices are ordered as if these were symmetric, and get their sign at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product as product_of
from math import prod
from typing import TypeAlias

from einsgrad.expressions.axis_groups import Exchange
from einsgrad.simplification.canonical import Colours, Encoding, KeyedFactor, ordered_parts
from einsgrad.strings.deltas import Product
from einsgrad.strings.joins import connected
from einsgrad.strings.subscripts import Indices, Label

Ordered: TypeAlias = "tuple[list[Encoding], list[KeyedFactor]]"

# Products of more exchanges, such as those of four tensors with eight each, are not tried.
_MOST_CHOICES = 4096
# So many skew matrices are turned in all ways, to see if that makes the product its negative.
_MOST_TURNED = 5
_UNBOUNDED = 10**9
_UNCHANGED = Exchange((), 1)


def order_exchanged(factors: Sequence[KeyedFactor], output: Sequence[Label]) -> tuple[int, Product]:
    """Put factors into the fixed order, each with its axes exchanged as its group allows.

    Returns
    -------
    sign, product
        The number that the product has in front: 0 if it is equal to its negative.

    Examples
    --------
    >>> from einsgrad.strings.deltas import Factor
    >>> skew = (Exchange((0, 1), 1), Exchange((1, 0), -1))
    >>> turned = KeyedFactor(Factor(tuple("ji"), 0), (0,), (), skew)
    >>> sign, product = order_exchanged([turned], "ij")
    >>> sign, product.factors[0].indices
    (-1, ('i', 'j'))
    """
    free: Colours = {label: number for number, label in enumerate(output)}
    choices = [keyed.group or (_UNCHANGED,) for keyed in factors]
    turned = [_is_skew(keyed) for keyed in factors]
    if sum(turned) > _MOST_TURNED:
        choices = [
            (_UNCHANGED,) if skew else one for one, skew in zip(choices, turned, strict=True)
        ]
        factors = [_as_symmetric(keyed) if _is_skew(keyed) else keyed for keyed in factors]
    if prod(map(len, choices)) > _MOST_CHOICES:
        choices = [(_UNCHANGED,)] * len(factors)
    sign, ordered = _smallest(factors, choices, free)
    if sign:
        again, ordered = _along(ordered, output, factors)
        sign *= again
    return sign, Product(tuple([keyed.factor for keyed in ordered]), tuple(output))


def _is_skew(keyed: KeyedFactor) -> bool:
    return len(keyed.group) == 2 and keyed.group[1] == Exchange((1, 0), -1)


def _as_symmetric(keyed: KeyedFactor) -> KeyedFactor:
    return keyed._replace(alike=(0, 0))


def _smallest(
    factors: Sequence[KeyedFactor], choices: Sequence[Sequence[Exchange]], free: Colours
) -> tuple[int, list[KeyedFactor]]:
    """Return the smallest of the forms that exchanges lead to, and its sign."""
    best: list[Encoding] | None = None
    signs: set[int] = set()
    kept: list[KeyedFactor] = []
    for chosen in product_of(*choices):
        found = ordered_parts(
            [_exchanged(*pair) for pair in zip(factors, chosen, strict=True)], free
        )
        rank = [_read_along(code, len(free)) for code, _ in found]
        if best is None or rank < best:
            best, kept, signs = rank, [keyed for _, keyed in found], set()
        if rank == best:
            signs.add(prod(one.sign for one in chosen))
    return (0 if len(signs) > 1 else signs.pop()), kept


def _read_along(code: Encoding, free: int) -> Encoding:
    """Put the labels of the output behind those that are summed, but for its first.

    So a tensor whose last axes are the output's stands as it is.
    """
    return tuple(
        [
            (key, tuple([n if not 0 < n < free else n + _UNBOUNDED for n in numbers]))
            for key, numbers in code
        ]
    )


def _exchanged(keyed: KeyedFactor, exchange: Exchange) -> KeyedFactor:
    if not exchange.order:
        return keyed
    indices = tuple([keyed.factor.indices[axis] for axis in exchange.order])
    return keyed._replace(factor=keyed.factor._replace(indices=indices))


def _along(
    ordered: Sequence[KeyedFactor], output: Sequence[Label], factors: Sequence[KeyedFactor]
) -> tuple[int, list[KeyedFactor]]:
    """Turn skew matrices so that chains are read from one end to the other.

    The sign is that of these turns; for matrices that were taken for symmetric ones, that of
    what became of them since they were given.
    """
    given = {keyed.factor.source: keyed.factor.indices for keyed in factors if keyed.alike}
    directions = dict(_directions(ordered, output))
    result, sign = list(ordered), 1
    for place, keyed in enumerate(ordered):
        if not _is_skew(keyed):
            continue
        indices = directions[place]
        before = given[keyed.factor.source] if keyed.alike else keyed.factor.indices
        if before[0] == before[1]:
            return 0, result
        sign *= 1 if indices == before else -1
        result[place] = keyed._replace(factor=keyed.factor._replace(indices=indices))
    return sign, result


def _directions(
    ordered: Sequence[KeyedFactor], output: Sequence[Label]
) -> Iterator[tuple[int, tuple[Label, Label]]]:
    """Yield for each matrix in which direction a walk passes it first: from the output on.

    Parts that share no summed label are walked by themselves, so that equal ones stay equal.
    """
    for places in connected([keyed.factor.indices for keyed in ordered], output):
        yield from _walked({place: ordered[place].factor.indices for place in places}, output)


def _walked(
    lists: Mapping[int, Indices], output: Sequence[Label]
) -> Iterator[tuple[int, tuple[Label, Label]]]:
    meeting: dict[Label, list[int]] = {}
    for place, indices in lists.items():
        for label in indices:
            meeting.setdefault(label, []).append(place)
    seen: set[Label] = set()
    passed: set[int] = set()
    for start in (*output, *meeting):
        waiting: list[tuple[int | None, Label, Label]] = [(None, start, start)]
        while waiting:
            through, before, label = waiting.pop()
            if through is not None and through not in passed:
                passed.add(through)
                if len(lists[through]) == 2:
                    yield through, (before, label)
            if label in seen:
                continue
            seen.add(label)
            for place in reversed(meeting.get(label, ())):
                if place not in passed:
                    waiting += [(place, label, one) for one in lists[place] if one != label]
