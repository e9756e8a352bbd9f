"""Arrays that are spread by a pattern: their entries, and where these stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.contractions.views import einsum_string
from einsgrad.engine.programs.affine_axes import AffineAxis, label_sizes, labels_in
from einsgrad.expressions.signed_sums import SignedText, signed_sum
from einsgrad.strings.letters import fresh_letters
from einsgrad.strings.subscripts import Indices, Label


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
    """

    array: Array
    held: Indices
    pattern: Indices
    shape: tuple[int, ...]

    def __str__(self) -> str:
        names = dict(zip(self._labels, fresh_letters(()), strict=False))
        own = "".join(names[x] for x in self.held)
        whole = "".join(
            _form(one, names) if isinstance(one, AffineAxis) else names[one] for one in self.pattern
        )
        return f'"{own}->{whole}" of an array of shape {self.array.shape}'

    @property
    def _labels(self) -> Indices:
        """The labels of the array and of the pattern."""
        return tuple(dict.fromkeys((*self.held, *labels_in(self.pattern))))

    @property
    def is_shifted(self) -> bool:
        """Whether an axis is an affine form."""
        return any(isinstance(one, AffineAxis) for one in self.pattern)

    @property
    def _sizes(self) -> dict[Label, int]:
        sizes = label_sizes(self.pattern, self.shape)
        return sizes | dict(zip(self.held, self.array.shape, strict=True))

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
        axes = [_aligned(_places(one, sizes, labels), grid) for one in self.pattern]
        order = [self.held.index(x) for x in labels if x in self.held]
        slots = tuple(slice(None) if x in self.held else None for x in labels)
        values = _aligned(self.array.transpose(order)[slots], grid)
        inside = np.ones(values.shape, bool)
        for one, size, form in zip(axes, self.shape, self.pattern, strict=True):
            if isinstance(form, AffineAxis) and not form.is_inside(size):
                inside &= (one >= 0) & (one < size)
        if inside.all():
            return values, axes
        return values[inside], [one[inside] for one in axes]

    def add_to(self, result: Array) -> None:
        """Add the entries to an array of the whole's shape."""
        if self.is_shifted:
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
        held: Indices = last
        if any(isinstance(one, AffineAxis) for one in last):
            given, held = self._seen(given, last)
        lists = (self.held, held)
        own = tuple(x for x in labels_in(kept) if any(x in one for one in lists))
        value = np.einsum(einsum_string(lists, own), self.array, given)
        return Part(np.asarray(value), own, kept, self.shape[:first])

    def _seen(self, given: Array, last: Indices) -> tuple[Array, Indices]:
        """Look at an array through the affine forms of its axes, zeros outside."""
        labels, sizes = labels_in(last), self._sizes
        places = [_places(one, sizes, labels) for one in last]
        inside = np.array(True)
        for one, size in zip(places, given.shape, strict=True):
            inside = inside & (one >= 0) & (one < size)
        safe = [np.clip(one, 0, max(n - 1, 0)) for one, n in zip(places, given.shape, strict=True)]
        if not given.size:
            return np.zeros([sizes[x] for x in labels], given.dtype), labels
        return np.where(inside, given[tuple(safe)], np.zeros((), given.dtype)), labels


def _places(one: Label, sizes: dict[Label, int], labels: Indices) -> Array:
    """Return the index on an axis for all values of its labels, aligned to all labels."""
    axis = one if isinstance(one, AffineAxis) else AffineAxis((one,), (1,), (sizes[one],), 0)
    index = np.full((1,) * len(labels), axis.offset)
    for label, stride, size in zip(axis.labels, axis.strides, axis.sizes, strict=True):
        shape = [1] * len(labels)
        shape[labels.index(label)] = size
        index = index + stride * np.arange(size).reshape(shape)
    return index


def _aligned(array: Array, grid: Iterable[int]) -> Array:
    return np.broadcast_to(array, tuple(grid)).reshape(-1)


def _form(axis: AffineAxis, names: dict[Label, str]) -> str:
    """Write an affine form as in einsum strings."""
    terms = [
        SignedText(stride < 0, f"{abs(stride) if abs(stride) != 1 else ''}{names[label]}")
        for label, stride in zip(axis.labels, axis.strides, strict=True)
    ]
    if axis.offset or not terms:
        terms.append(SignedText(axis.offset < 0, str(abs(axis.offset))))
    return f"({signed_sum(terms).replace(' ', '')})"
