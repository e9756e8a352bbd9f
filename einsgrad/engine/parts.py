"""Arrays that are spread by a pattern: their entries, and where these stand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.contractions.views import einsum_string
from einsgrad.engine.programs.affine_axes import AffineAxis, label_sizes, labels_in
from einsgrad.strings.affine_labels import form_text
from einsgrad.strings.letters import fresh_letters
from einsgrad.strings.subscripts import Indices, Label


@dataclass(frozen=True, eq=False)
class LookedPlaces:
    """A label of a pattern whose values stand in an array of integers.

    Parameters
    ----------
    label
        The label.
    integers
        The array. Integers below 0 count from the end.
    axes
        The label of each of its axes, or the affine form of labels that its index is.
    size
        How many values the label takes.
    name
        What the array is called.
    """

    label: Label
    integers: Array
    axes: Indices
    size: int
    name: str


@dataclass(frozen=True, eq=False)
class Part:
    """An array spread by a pattern.

    Parameters
    ----------
    array
        The entries that are not known to be zero.
    held
        The label of each of its axes.
    pattern
        The label of each axis of the whole, or the affine form of labels that its index is. A
        label that stands twice is a Kronecker delta, one that the array lacks a vector of
        ones. Entries at one place are added, those outside of the axis dropped.
    shape
        The shape of the whole.
    looked
        The labels that are looked up, which the array lacks.
    """

    array: Array
    held: Indices
    pattern: Indices
    shape: tuple[int, ...]
    looked: tuple[LookedPlaces, ...] = ()

    def __str__(self) -> str:
        letters = dict(zip(self._labels, fresh_letters(()), strict=False))
        own = "".join(letters[x] for x in self.held)
        whole = "".join(self._spelled(one, letters) for one in self.pattern)
        return f'"{own}->{whole}" of an array of shape {self.array.shape}'

    def _spelled(self, one: Label, letters: Mapping[Label, str]) -> str:
        """Write a label, or a form as in einsum strings; one that is looked up as it is indexed."""
        inner = self._inner(one, letters)
        is_plain = not isinstance(one, AffineAxis) and all(p.label != one for p in self.looked)
        return inner if is_plain else f"({inner})"

    def _inner(self, one: Label, letters: Mapping[Label, str]) -> str:
        """Write the same without parentheses."""
        if isinstance(one, AffineAxis):
            names = [self._inner(x, letters) for x in one.labels]
            return form_text(list(zip(names, one.strides, strict=True)), one.offset)
        for places in self.looked:
            if places.label == one:
                index = ",".join(self._inner(x, letters) for x in places.axes)
                return f"{places.name}[{index}]"
        return letters[one]

    @property
    def arrays(self) -> list[Array]:
        """The arrays that the part keeps."""
        return [self.array, *(one.integers for one in self.looked)]

    @property
    def _labels(self) -> Indices:
        """The labels of the array and of the pattern that run over all their values."""
        return tuple(dict.fromkeys((*self.held, *self._free(self.pattern))))

    def _free(self, classes: Indices) -> Indices:
        """The labels that axes depend on, where those that are looked up depend on others."""
        looked = {one.label: one.axes for one in self.looked}
        found: dict[Label, None] = {}
        for label in labels_in(classes):
            found.update(dict.fromkeys(self._free(looked[label]) if label in looked else (label,)))
        return tuple(found)

    @property
    def is_scattered(self) -> bool:
        """Whether entries have places that are affine forms or looked up."""
        return bool(self.looked) or any(isinstance(one, AffineAxis) for one in self.pattern)

    @property
    def _sizes(self) -> dict[Label, int]:
        sizes = label_sizes(self.pattern, self.shape)
        for one in self.looked:
            sizes |= label_sizes(one.axes, one.integers.shape)
        return sizes | dict(zip(self.held, self.array.shape, strict=True))

    @property
    def entry_count(self) -> int:
        """How many entries the part has, those that leave the whole among them."""
        sizes = self._sizes
        return math.prod(sizes[label] for label in self._labels)

    def entries(self) -> tuple[Array, list[Array]]:
        """Return the entries of the part, and for each axis of the whole where they stand.

        Examples
        --------
        >>> values, places = Part(np.array([5.0, 7.0]), (0,), (0, 0), (2, 2)).entries()
        >>> print(values, *places)
        [5. 7.] [0 1] [0 1]
        """
        labels, sizes = self._labels, self._sizes
        grid = tuple(sizes[x] for x in labels)
        found, inside = self._places(self.pattern, self.shape, labels)
        axes = [_aligned(one, grid) for one in found]
        order = [self.held.index(x) for x in labels if x in self.held]
        slots = tuple(slice(None) if x in self.held else None for x in labels)
        values = _aligned(self.array.transpose(order)[slots], grid)
        if inside.all():
            return values, axes
        kept = _aligned(inside, grid)
        return values[kept], [one[kept] for one in axes]

    def _places(
        self, classes: Indices, shape: Sequence[int], labels: Indices
    ) -> tuple[list[Array], Array]:
        """Return the index on some axes for all values of labels, and where all are inside."""
        sizes = self._sizes
        index = {
            label: np.arange(sizes[label]).reshape([-1 if x == label else 1 for x in labels])
            for label in labels
        }
        inside = np.ones((1,) * len(labels), bool)
        waiting = [one for one in self.looked if set(self._free((one.label,))) <= set(labels)]
        while waiting:
            one = next(x for x in waiting if all(y in index for y in labels_in(x.axes)))
            waiting.remove(one)
            forms = [_index(axis, index) for axis in one.axes]
            inside = inside & _are_inside(one.axes, forms, one.integers.shape)
            entries = _looked_up(one.integers, forms)
            index[one.label] = np.where(entries < 0, entries + one.size, entries)
        forms = [_index(one, index) for one in classes]
        return forms, inside & _are_inside(classes, forms, shape)

    def add_to(self, result: Array) -> None:
        """Add the entries to an array of the whole's shape."""
        if self.is_scattered:
            values, places = self.entries()
            np.add.at(result, tuple(places), values)
            return
        labels = tuple(dict.fromkeys(self.pattern))
        view = result
        if labels != self.pattern:
            view = np.einsum(einsum_string([self.pattern], labels), result)
        order = [self.held.index(label) for label in labels if label in self.held]
        slots = tuple(slice(None) if label in self.held else None for label in labels)
        view[...] += self.array.transpose(order)[slots]

    def contracted(self, given: Array) -> Part:
        """Contract the last axes with all axes of an array."""
        first = len(self.shape) - given.ndim
        kept, last = self.pattern[:first], self.pattern[first:]
        held = self._free(last)
        if held != last:
            places, inside = self._places(last, given.shape, held)
            sizes = self._sizes
            seen = np.where(inside, _looked_up(given, places), np.zeros((), given.dtype))
            given = np.broadcast_to(seen, [sizes[x] for x in held])
        lists = (self.held, held)
        own = tuple(x for x in self._free(kept) if any(x in one for one in lists))
        value = np.einsum(einsum_string(lists, own), self.array, given)
        looked = tuple(x for x in self.looked if self._is_used(x.label, kept))
        return Part(np.asarray(value), own, kept, self.shape[:first], looked)

    def _is_used(self, label: Label, classes: Indices) -> bool:
        """Tell whether axes depend on a label that is looked up."""
        own = labels_in(classes)
        axes = [one.axes for one in self.looked if one.label in own]
        return label in own or any(self._is_used(label, one) for one in axes)


def _index(one: Label, index: Mapping[Label, Array]) -> Array:
    """Return the index on an axis where those of its labels are given."""
    if not isinstance(one, AffineAxis):
        return index[one]
    total = np.array(one.offset)
    for label, stride in zip(one.labels, one.strides, strict=True):
        total = total + stride * index[label]
    return total


def _are_inside(classes: Indices, forms: Sequence[Array], shape: Sequence[int]) -> Array:
    """Tell where affine forms are on their axes."""
    inside = np.array(True)
    for one, form, size in zip(classes, forms, shape, strict=True):
        if isinstance(one, AffineAxis) and not one.is_inside(size):
            inside = inside & (form >= 0) & (form < size)
    return inside


def _looked_up(array: Array, places: Sequence[Array]) -> Array:
    """Return the entries at some places, and any for those that are outside."""
    if not array.size:
        return np.zeros((1,) * max((one.ndim for one in places), default=0), array.dtype)
    last = [size - 1 for size in array.shape]
    return np.asarray(array[tuple(map(np.clip, places, [0] * len(last), last))])


def _aligned(array: Array, grid: Iterable[int]) -> Array:
    return np.broadcast_to(array, tuple(grid)).reshape(-1)
