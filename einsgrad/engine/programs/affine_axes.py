"""Axes whose index is an affine form of labels: what a selector says of its target."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

from einsgrad.strings.subscripts import Indices, Label


@dataclass(frozen=True, slots=True)
class AffineAxis:
    """An axis whose index is an offset plus the strides times the labels.

    That is a form of indices (`IndexForm`) of which it is known how far each index runs.

    Parameters
    ----------
    labels
        The labels.
    strides, sizes
        What each is multiplied by, and the number of values that it takes.
    offset
        What is added.

    Examples
    --------
    >>> every_second = AffineAxis(("i",), (2,), (3,), 1)
    >>> every_second.lowest, every_second.highest
    (1, 5)
    """

    labels: Indices
    strides: tuple[int, ...]
    sizes: tuple[int, ...]
    offset: int

    @classmethod
    def of(cls, label: Label, size: int) -> AffineAxis:
        """Return an axis whose index is a label.

        Examples
        --------
        >>> AffineAxis.of("i", 3)
        AffineAxis(labels=('i',), strides=(1,), sizes=(3,), offset=0)
        """
        return cls((label,), (1,), (size,), 0)

    @property
    def lowest(self) -> int:
        """The least index."""
        steps = zip(self.strides, self.sizes, strict=True)
        return self.offset + sum(min(0, stride * (size - 1)) for stride, size in steps)

    @property
    def highest(self) -> int:
        """The largest index."""
        steps = zip(self.strides, self.sizes, strict=True)
        return self.offset + sum(max(0, stride * (size - 1)) for stride, size in steps)

    @property
    def is_injective(self) -> bool:
        """Whether no two places are the same, which is known from how far strides reach."""
        return self.is_injective_in(self.labels)

    def is_injective_in(self, labels: Collection[Label]) -> bool:
        """Tell whether no two places are the same where all other labels are given."""
        reach = 0
        steps = zip(self.labels, map(abs, self.strides), self.sizes, strict=True)
        for stride, size in sorted((s, n) for x, s, n in steps if x in labels and n != 1):
            if stride <= reach:
                return False
            reach += stride * (size - 1)
        return True

    def is_inside(self, size: int) -> bool:
        """Tell whether all places are on an axis of some size; there are none if a label has none.

        Examples
        --------
        >>> AffineAxis(("i",), (1,), (3,), -1).is_inside(9)
        False
        """
        return not prod(self.sizes) or (self.lowest >= 0 and self.highest < size)

    def is_whole(self, size: int) -> bool:
        """Tell whether the labels count all places of an axis, the last one fastest.

        Examples
        --------
        >>> AffineAxis(("i", "j"), (3, 1), (2, 3), 0).is_whole(6)
        True
        """
        following = 1
        for stride, own in zip(reversed(self.strides), reversed(self.sizes), strict=True):
            if own != 1 and stride != following:
                return False
            following *= own
        return following == size and not self.offset

    def shifted(self, distance: int) -> AffineAxis:
        """Return the axis with something added to all places."""
        return replace(self, offset=self.offset + distance)

    def renamed(self, name: Callable[[Label], Label]) -> AffineAxis:
        """Return the axis with other labels."""
        return replace(self, labels=tuple(map(name, self.labels)))


def labels_in(classes: Indices) -> Indices:
    """Return the labels that stand on axes, or in their affine forms, in order, each once.

    Examples
    --------
    >>> labels_in(("a", AffineAxis(("i", "a"), (1, 1), (2, 3), 0), "b"))
    ('a', 'i', 'b')
    """
    found: dict[Label, None] = {}
    for one in classes:
        found.update(dict.fromkeys(one.labels if isinstance(one, AffineAxis) else (one,)))
    return tuple(found)


def label_sizes(classes: Indices, shape: Sequence[int]) -> dict[Label, int]:
    """Return the size of every label that stands on axes, or in their affine forms."""
    sizes: dict[Label, int] = {}
    for one, size in zip(classes, shape, strict=True):
        if isinstance(one, AffineAxis):
            sizes.update(zip(one.labels, one.sizes, strict=True))
        else:
            sizes[one] = size
    return sizes


def affine_axes(classes: Indices, shape: Sequence[int]) -> list[AffineAxis]:
    """Write the label of an axis as a form, too.

    Examples
    --------
    >>> affine_axes(("i",), (3,))
    [AffineAxis(labels=('i',), strides=(1,), sizes=(3,), offset=0)]
    """
    return [
        one if isinstance(one, AffineAxis) else AffineAxis.of(one, size)
        for one, size in zip(classes, shape, strict=True)
    ]


def labels_to_loop_over(axes: Sequence[AffineAxis], sizes: Mapping[Label, int]) -> Indices:
    """Return the labels of few values, for each of which the others come to no place twice.

    Examples
    --------
    >>> labels_to_loop_over([AffineAxis(("i", "k"), (1, 1), (9, 2), 0)], {"i": 9, "k": 2})
    ('k',)
    """
    known: set[Label] = set()
    looped: list[Label] = []
    while True:
        open_axes = [axis for axis in axes if not known.issuperset(axis.labels)]
        if not open_axes:
            return tuple(looped)
        free = {axis: [x for x in axis.labels if x not in known] for axis in open_axes}
        found = next((axis for axis in open_axes if axis.is_injective_in(free[axis])), None)
        if found is not None:
            known.update(found.labels)
        else:
            looped.append(
                min((x for labels in free.values() for x in labels), key=sizes.__getitem__)
            )
            known.add(looped[-1])


@dataclass(frozen=True, slots=True)
class Room:
    """Axes that are long enough for all places of affine forms, and the part of them that counts.

    Parameters
    ----------
    classes, shape
        The forms as they are on the longer axes, and the lengths of these.
    part
        The places that count.
    """

    classes: Indices
    shape: tuple[int, ...]
    part: tuple[AffineAxis, ...]

    @classmethod
    def of(cls, classes: Indices, shape: Sequence[int]) -> Room:
        """Make room for forms that may leave axes of some sizes."""
        ends = [
            (min(0, one.lowest), max(size, one.highest + 1))
            if isinstance(one, AffineAxis)
            else (0, size)
            for one, size in zip(classes, shape, strict=True)
        ]
        moved = tuple(
            one.shifted(-low) if isinstance(one, AffineAxis) else one
            for one, (low, _) in zip(classes, ends, strict=True)
        )
        part = (
            AffineAxis.of(axis, size).shifted(-low)
            for axis, (size, (low, _)) in enumerate(zip(shape, ends, strict=True))
        )
        return cls(moved, tuple(high - low for low, high in ends), tuple(part))


def both_ways(
    label: Label, axis: AffineAxis, sizes: Mapping[Label, int]
) -> Iterator[tuple[Label, AffineAxis]]:
    """Yield a label as a form of others, and the other as a form of it if it is alone.

    Examples
    --------
    >>> [one for one, _ in both_ways("i", AffineAxis(("j",), (-1,), (3,), 2), {"i": 3})]
    ['i', 'j']
    """
    yield label, axis
    if axis.strides in ((1,), (-1,)):
        (stride,) = axis.strides
        yield (
            axis.labels[0],
            AffineAxis((label,), (stride,), (sizes[label],), -stride * axis.offset),
        )
