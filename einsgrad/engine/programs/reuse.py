"""Products of some of the factors of a product, found again where another product needs them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TypeAlias

from einsgrad.engine.programs.steps import Held, Register
from einsgrad.strings.subscripts import Indices, Label

# The axes that a label joins: each a register's number, and a place.
Axes: TypeAlias = tuple[tuple[int, int], ...]
# The numbers of the registers, and what joins their axes, kept in the product or summed.
PartKey: TypeAlias = tuple[frozenset[int], frozenset[tuple[Axes, bool]]]


# Products of more factors are not looked for: they would be named by all of them.
_LONGEST = 64


class PartKeys:
    """Names for the products of some factors that do not depend on the labels' names.

    A label is known by the axes that it joins. Where one register stands twice that is
    not enough to tell products apart, so they have no name.

    Parameters
    ----------
    factors
        The factors of the whole product.
    output
        The labels that the whole product keeps.
    """

    def __init__(self, factors: Sequence[Held], output: Indices) -> None:
        self._factors = factors
        self._output = frozenset(output)
        self._keys: dict[frozenset[int], PartKey] = {}
        self._kept: dict[frozenset[int], frozenset[Label]] = {}
        self._axes: dict[frozenset[int], dict[Label, Axes]] = {}
        self._holders: dict[Label, list[int]] = {}
        self.places: dict[int, list[int]] = {}
        for place, factor in enumerate(factors):
            self.places.setdefault(factor.register.number, []).append(place)
            for label in factor.indices:
                self._holders.setdefault(label, []).append(place)

    def kept(self, part: frozenset[int]) -> frozenset[Label]:
        """Return the labels that the product of some factors keeps."""
        if part not in self._kept:
            inside = {label for place in part for label in self._factors[place].indices}
            self._kept[part] = frozenset(
                label
                for label in inside
                if label in self._output or not part.issuperset(self._holders[label])
            )
        return self._kept[part]

    def of(self, part: frozenset[int]) -> PartKey | None:
        """Return the key of the product of some factors; None if it has none."""
        if len(part) > _LONGEST:
            return None
        if part not in self._keys:
            numbers = frozenset(self._factors[place].register.number for place in part)
            if len(numbers) < len(part):
                return None
            kept = self.kept(part)
            joined = ((axes, label in kept) for label, axes in self.axes(part).items())
            self._keys[part] = numbers, frozenset(joined)
        return self._keys[part]

    def axes(self, part: frozenset[int]) -> dict[Label, Axes]:
        """Return, for each label of some factors, the axes that it joins."""
        if part not in self._axes:
            found: dict[Label, list[tuple[int, int]]] = {}
            for place in sorted(part, key=lambda p: self._factors[p].register.number):
                factor = self._factors[place]
                for axis, label in enumerate(factor.indices):
                    found.setdefault(label, []).append((factor.register.number, axis))
            self._axes[part] = {label: tuple(axes) for label, axes in found.items()}
        return self._axes[part]


class Computed:
    """The products that are computed already, by their keys."""

    def __init__(self) -> None:
        self._found: dict[PartKey, tuple[Register, tuple[Axes, ...]]] = {}
        # By the register that was made last, of which few products are known.
        self._by_latest: dict[int, list[PartKey]] = {}

    def has(self, part: frozenset[int], keys: PartKeys) -> bool:
        """Tell whether a product of some factors is there."""
        return bool(self._found) and keys.of(part) in self._found

    def within(self, keys: PartKeys) -> Iterator[frozenset[int]]:
        """Yield the sets of factors of a product whose products are there."""
        for number in keys.places:
            for key in self._by_latest.get(number, ()):
                if all(other in keys.places for other in key[0]):
                    for places in product(*(keys.places[other] for other in key[0])):
                        part = frozenset(places)
                        if keys.of(part) == key:
                            yield part

    def find(self, part: frozenset[int], keys: PartKeys) -> Held | None:
        """Return a product of some factors if it is there."""
        if not self.has(part, keys):
            return None
        key = keys.of(part)
        assert key is not None
        register, named = self._found[key]
        labels = {axes: label for label, axes in keys.axes(part).items()}
        return Held(register, tuple(labels[axes] for axes in named))

    def keep(self, made: Held, part: frozenset[int], keys: PartKeys) -> None:
        """Keep a product of some factors, if it has a key."""
        key = keys.of(part)
        if key is not None:
            axes = keys.axes(part)
            if key not in self._found:
                self._by_latest.setdefault(max(key[0]), []).append(key)
            self._found[key] = made.register, tuple(axes[label] for label in made.indices)
