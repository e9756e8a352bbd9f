"""Products of some of the factors of a product: their names, and how their axes should lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from einsgrad.engine.contractions.matrices import price_as_matrix
from einsgrad.engine.contractions.views import Sizes
from einsgrad.engine.programs.steps import Register
from einsgrad.strings.subscripts import Indices, Label

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
        self._kept: dict[frozenset[int], frozenset[Label]] = {}
        self._holders: dict[Label, list[int]] = {}
        for place, (_, indices) in enumerate(arrays):
            for label in indices:
                self._holders.setdefault(label, []).append(place)

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
        if part not in self._kept:
            inside = {label for place in part for label in self.arrays[place][1]}
            self._kept[part] = frozenset(
                label
                for label in inside
                if label in self.output or not part.issuperset(self._holders[label])
            )
        return self._kept[part]

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


@dataclass(frozen=True, slots=True)
class Consumer:
    """What the product that an intermediate result goes into does with its labels.

    Parameters
    ----------
    labels
        The labels of the result, in any order.
    batch, summed
        Those that its partner has too, which are kept and which are not, in the order in
        which the partner has them.
    """

    labels: Indices
    batch: Indices
    summed: Indices

    def orders(self) -> tuple[Indices, ...]:
        """Return the orders of the labels that it takes best.

        A matrix is taken either way, unless for a product entry by entry, and so is an
        array whose summed labels stand together at one end.
        """
        if len(self.labels) <= 2 and len(self.batch) < 2:
            return tuple(dict.fromkeys((self.labels, self.labels[::-1])))
        own = tuple(x for x in self.labels if x not in self.batch and x not in self.summed)
        if self.batch:
            return ((*self.batch, *own, *self.summed),)
        return tuple(dict.fromkeys(((*own, *self.summed), (*self.summed, *own))))

    def price(self, order: Indices, sizes: Sizes) -> float:
        """Return the nanoseconds that it takes to view an order as the matrix it needs."""
        if self.batch:
            return 0
        outer = tuple(label for label in order if label not in self.summed)
        sides = ((outer, self.summed), (self.summed, outer))
        return min(price_as_matrix(order, rows, columns, sizes) for rows, columns in sides)


def consumer_of(
    number: int,
    pairs: Sequence[tuple[int, int]],
    members: Sequence[frozenset[int]],
    results: Sequence[Array | None],
    keys: PartKeys,
) -> Consumer:
    """Return what the result of a pair goes into; its partner may not be computed yet."""
    count = len(members) - len(pairs)
    place, pair = next((place, pair) for place, pair in enumerate(pairs) if number in pair)
    kept, later = keys.kept(members[number]), keys.kept(members[count + place])
    made_of = [made[1] for made in map(results.__getitem__, pairs[number - count]) if made]
    labels = tuple(x for x in dict.fromkeys(chain(*made_of)) if x in kept)
    other = sum(pair) - number
    partner = results[other]
    theirs = keys.kept(members[other])
    shared = partner[1] if partner else labels
    shared = tuple(x for x in shared if x in theirs and x in kept)
    batch = tuple(x for x in shared if x in later)
    return Consumer(labels, batch, tuple(x for x in shared if x not in later))
