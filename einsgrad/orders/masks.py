"""A network of operands as integers: a set of labels is a bit mask.

Only the translation from labels to masks, and what a mask is worth, live here. The search
for a contraction order works on masks alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from einsgrad.strings.subscripts import Indices, Label

# Above this the search only needs to know that a size is hopeless; sums must stay finite.
_HOPELESS = 1e300
REMEMBERED = 1 << 17
"""How many masks are remembered before their entries are counted again."""


def bits(mask: int) -> list[int]:
    """Return the positions of the bits of a mask, from the lowest.

    Examples
    --------
    >>> bits(0b1101)
    [0, 2, 3]
    """
    positions = []
    while mask:
        low = mask & -mask
        positions.append(low.bit_length() - 1)
        mask ^= low
    return positions


class Entries(dict[int, float]):
    """The number of entries of an array with the labels of a mask, computed when asked for.

    A size of 0 counts as 1: the order must still be sensible when nothing is computed.
    """

    def __init__(self, sizes: Sequence[int]) -> None:
        super().__init__()
        groups: dict[int, int] = {}
        for position, size in enumerate(sizes):
            groups[size] = groups.get(size, 0) | 1 << position
        self._groups = [(float(size), mask) for size, mask in groups.items() if size > 1]

    def __missing__(self, mask: int) -> float:
        """Count the labels of each size; masks are many, different sizes are few."""
        if len(self) > REMEMBERED:
            self.clear()
        entries = 1.0
        for size, group in self._groups:
            entries *= _power(size, (mask & group).bit_count())
        self[mask] = entries = min(entries, _HOPELESS)
        return entries


def _power(size: float, count: int) -> float:
    """Return a power, or what is hopeless if it is no float any more."""
    try:
        return size**count
    except OverflowError:
        return _HOPELESS


@dataclass(frozen=True, slots=True)
class Masks:
    """Operands and output as masks over numbered labels.

    Parameters
    ----------
    inputs
        One mask for each operand.
    output
        The mask of the output.
    labels
        The label of each bit.
    sizes
        The size of each bit's label.

    Examples
    --------
    >>> network = Masks.of([("i", "j"), ("j", "k")], ("i", "k"), {"i": 2, "j": 3, "k": 4})
    >>> [bin(mask) for mask in network.inputs], bin(network.output)
    (['0b11', '0b110'], '0b101')
    """

    inputs: tuple[int, ...]
    output: int
    labels: Indices
    sizes: tuple[int, ...]

    @classmethod
    def of(cls, inputs: Sequence[Indices], output: Indices, sizes: Mapping[Label, int]) -> Masks:
        """Number the labels in order of first appearance."""
        bit: dict[Label, int] = {}
        masks = []
        for indices in (*inputs, output):
            mask = 0
            for label in indices:
                mask |= bit.setdefault(label, 1 << len(bit))
            masks.append(mask)
        return cls(tuple(masks[:-1]), masks[-1], tuple(bit), tuple(sizes[label] for label in bit))

    def entries(self, mask: int) -> int:
        """Return the exact number of entries of an array with these labels."""
        return prod(self.sizes[position] for position in bits(mask))

    def without(self, mask: int) -> Masks:
        """Return the network in which the labels of a mask have one value each."""
        return Masks(
            tuple(labels & ~mask for labels in self.inputs),
            self.output & ~mask,
            self.labels,
            self.sizes,
        )

    def trivial(self) -> int:
        """Return the mask of the labels that no size depends on."""
        return mask_of(position for position, size in enumerate(self.sizes) if size <= 1)


def mask_of(positions: Iterable[int]) -> int:
    """Return the mask with these bits.

    Examples
    --------
    >>> mask_of([0, 2])
    5
    """
    mask = 0
    for position in positions:
        mask |= 1 << position
    return mask
