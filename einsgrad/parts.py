"""Products of some of the factors of a product: their names, and how their axes should lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from einsgrad.steps import Register
from einsgrad.subscripts import Indices, Label

Array = tuple[Register, Indices]


class PartKeys:
    """Names for the products of some of the arrays that do not depend on the labels' names.

    A label is known by the axes that it joins. Where one register stands twice that is
    not enough to tell products apart, so they have no name.
    """

    def __init__(self, arrays: Sequence[Array], output: Indices) -> None:
        self.arrays = arrays
        self.output = frozenset(output)
        self._keys: dict[frozenset[int], Any] = {}

    def places(self, part: frozenset[int]) -> dict[Label, tuple[tuple[int, int], ...]]:
        """Return, for each label of some arrays, the axes that have it."""
        found: dict[Label, list[tuple[int, int]]] = {}
        for place in sorted(part, key=lambda p: self.arrays[p][0].number):
            register, indices = self.arrays[place]
            for axis, label in enumerate(indices):
                found.setdefault(label, []).append((register.number, axis))
        return {label: tuple(places) for label, places in found.items()}

    def kept(self, part: frozenset[int]) -> frozenset[Label]:
        """Return the labels that the product of some arrays keeps."""
        inside = {label for place in part for label in self.arrays[place][1]}
        outside = {
            label
            for place, (_, indices) in enumerate(self.arrays)
            if place not in part
            for label in indices
        }
        return frozenset(inside & (outside | self.output))

    def of(self, part: frozenset[int]) -> Any:
        """Return the key of the product of some arrays; None if it has none."""
        if part not in self._keys:
            numbers = {self.arrays[place][0].number for place in part}
            if len(numbers) < len(part):
                return None
            kept = self.kept(part)
            self._keys[part] = (
                frozenset(numbers),
                frozenset((axes, label in kept) for label, axes in self.places(part).items()),
            )
        return self._keys[part]

    def names(self, labels: Indices, part: frozenset[int]) -> tuple[Any, ...]:
        """Name labels by the axes that they join."""
        places = self.places(part)
        return tuple(places[label] for label in labels)

    def labels(self, names: tuple[Any, ...], part: frozenset[int]) -> Indices:
        """Find the labels that join these axes."""
        found = {axes: label for label, axes in self.places(part).items()}
        return tuple(found[name] for name in names)


def consumer_of(
    number: int, pairs: Sequence[tuple[int, int]], members: Sequence[frozenset[int]]
) -> frozenset[int]:
    """Return the factors of the product that an intermediate result goes into."""
    count = len(members) - len(pairs)
    return next(members[count + place] for place, pair in enumerate(pairs) if number in pair)


def hinted_orders(
    number: int,
    pairs: Sequence[tuple[int, int]],
    results: Sequence[Array | None],
    labels: Indices,
    later: frozenset[Label],
) -> tuple[Indices, ...]:
    """Return the orders of an intermediate's labels that its consumer takes best.

    That is: the labels that both have and keep, its own, the labels that are summed. A
    matrix is taken either way, unless for a product entry by entry.
    """
    partner = next(sum(pair) - number for pair in pairs if number in pair)
    held = results[partner]
    theirs = held[1] if held is not None else ()
    batch = tuple(label for label in theirs if label in labels and label in later)
    own = tuple(label for label in labels if label not in theirs)
    if len(labels) <= 2 and len(batch) < 2:
        return tuple(dict.fromkeys((labels, labels[::-1])))
    summed = tuple(label for label in theirs if label in labels and label not in later)
    return ((*batch, *own, *summed),)
