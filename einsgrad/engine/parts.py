"""Arrays that are spread by a pattern: their entries, and where these stand."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.contractions.views import einsum_string
from einsgrad.engine.dtypes import widest
from einsgrad.engine.labelled_arrays import (
    Labelled,
    LookedPlaces,
    are_inside,
    entries_at,
    index_on,
    multiplied_arrays,
    on_grid,
    with_axes,
)
from einsgrad.engine.programs.affine_axes import AffineAxis, label_sizes, labels_in
from einsgrad.strings.affine_labels import form_text
from einsgrad.strings.joins import Joins
from einsgrad.strings.letters import fresh_letters
from einsgrad.strings.subscripts import Indices, Label


@dataclass(frozen=True, eq=False)
class Part:
    """A product of arrays that is spread by a pattern.

    Parameters
    ----------
    factors
        The arrays. Their product is summed over the labels that no axis of the whole has.
    pattern
        The label of each axis of the whole, or the affine form of labels that its index is. A
        label that stands twice is a Kronecker delta, one that no array has a vector of
        ones. Entries at one place are added, those outside of the axis dropped.
    shape
        The shape of the whole.
    looked
        The labels that are looked up, which the arrays lack.
    """

    factors: tuple[Labelled, ...]
    pattern: Indices
    shape: tuple[int, ...]
    looked: tuple[LookedPlaces, ...] = ()

    @classmethod
    def of(cls, array: Array, pattern: Indices | None = None) -> Part:
        """Return the part that is an array; axes of one label are the diagonal of the whole.

        Examples
        --------
        >>> Part.of(np.array([5.0, 7.0]), (0, 0)).dense()
        array([[5., 0.],
               [0., 7.]])
        """
        labels = tuple(range(array.ndim))
        whole = labels if pattern is None else pattern
        return cls((Labelled(array, labels),), whole, tuple(array.shape[x] for x in whole))

    def __str__(self) -> str:
        letters = dict(zip((*self.labels, *self.inner_labels), fresh_letters(()), strict=False))
        own = ",".join("".join(letters[x] for x in one.labels) for one in self.factors)
        whole = "".join(self._spelled(one, letters) for one in self.pattern)
        shapes = " and ".join(str(one.array.shape) for one in self.factors)
        said = f"an array of shape {shapes}" if len(self.factors) == 1 else f"arrays of {shapes}"
        return f'"{own}->{whole}" of {said}'

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
        return [one.array for one in self.factors] + [one.integers for one in self.looked]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the entries."""
        return widest(one.array.dtype for one in self.factors)

    @property
    def _held(self) -> Indices:
        return tuple(dict.fromkeys(x for one in self.factors for x in one.labels))

    @property
    def inner_labels(self) -> Indices:
        """The labels that are summed over."""
        free = self.free(self.pattern)
        return tuple(x for x in self._held if x not in free)

    @property
    def labels(self) -> Indices:
        """The labels of the whole that run over all their values."""
        free = self.free(self.pattern)
        return tuple(dict.fromkeys((*(x for x in self._held if x in free), *free)))

    @cached_property
    def _multiplied(self) -> Labelled:
        """The product of the arrays."""
        inner = self.inner_labels
        return multiplied_arrays(self.factors, tuple(x for x in self._held if x not in inner))

    def free(self, classes: Indices) -> Indices:
        """The labels that axes depend on, where those that are looked up depend on others."""
        looked = {one.label: one.axes for one in self.looked}
        found: dict[Label, None] = {}
        for label in labels_in(classes):
            found.update(dict.fromkeys(self.free(looked[label]) if label in looked else (label,)))
        return tuple(found)

    @property
    def is_scattered(self) -> bool:
        """Whether entries have places that are affine forms or looked up."""
        return bool(self.looked) or any(isinstance(one, AffineAxis) for one in self.pattern)

    @property
    def sizes(self) -> dict[Label, int]:
        """The size of each label."""
        sizes = label_sizes(self.pattern, self.shape)
        for one in self.looked:
            sizes |= label_sizes(one.axes, one.integers.shape)
        for factor in self.factors:
            sizes |= dict(zip(factor.labels, factor.array.shape, strict=True))
        return sizes

    def dense(self) -> Array:
        """Multiply the deltas out."""
        result = np.zeros(self.shape, self.dtype)
        self.add_to(result)
        return result

    @property
    def entry_count(self) -> int:
        """How many entries the part has, those that leave the whole among them."""
        sizes = self.sizes
        return math.prod(sizes[label] for label in self.labels)

    def entries(self) -> tuple[Array, list[Array]]:
        """Return the entries of the part, and for each axis of the whole where they stand.

        Examples
        --------
        >>> values, places = Part.of(np.array([5.0, 7.0]), (0, 0)).entries()
        >>> print(values, *places)
        [5. 7.] [0 1] [0 1]
        """
        labels, sizes = self.labels, self.sizes
        grid = tuple(sizes[x] for x in labels)
        found, inside = self._places(self.pattern, self.shape, labels)
        axes = [on_grid(one, grid) for one in found]
        values = on_grid(with_axes(self._multiplied, labels), grid)
        if inside.all():
            return values, axes
        kept = on_grid(inside, grid)
        return values[kept], [one[kept] for one in axes]

    def _places(
        self, classes: Indices, shape: Sequence[int], labels: Indices
    ) -> tuple[list[Array], Array]:
        """Return the index on some axes for all values of labels, and where all are inside."""
        sizes = self.sizes
        index = {
            label: np.arange(sizes[label]).reshape([-1 if x == label else 1 for x in labels])
            for label in labels
        }
        inside = np.ones((1,) * len(labels), bool)
        waiting = [one for one in self.looked if set(self.free((one.label,))) <= set(labels)]
        while waiting:
            one = next(x for x in waiting if all(y in index for y in labels_in(x.axes)))
            waiting.remove(one)
            forms = [index_on(axis, index) for axis in one.axes]
            inside = inside & are_inside(one.axes, forms, one.integers.shape)
            entries = entries_at(one.integers, forms)
            index[one.label] = np.where(entries < 0, entries + one.size, entries)
        forms = [index_on(one, index) for one in classes]
        return forms, inside & are_inside(classes, forms, shape)

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
        view[...] += with_axes(self._multiplied, labels)

    def contracted(self, given: Array, first: int | None = None, batch: int = 0) -> Part:
        """Contract the last axes with those of an array.

        Parameters
        ----------
        given
            The array. Its axes are those of the batch, then the last ones of the whole, then
            any others, which the result has last.
        first
            How many axes are not contracted; by default those that `given` leaves.
        batch
            How many of the first axes the array has too, one place for each of its own.
        """
        first = len(self.shape) - given.ndim if first is None else first
        kept, last = self.pattern[:first], self.pattern[first:]
        further = tuple(("further", k) for k in range(given.ndim - batch - len(last)))
        classes = (*kept[:batch], *last)
        held = self.free(classes)
        if held != classes:
            places, inside = self._places(classes, given.shape[: len(classes)], held)
            sizes = self.sizes
            beside = given.shape[len(classes) :]
            inside = inside.reshape((*inside.shape, *(1 for _ in beside)))
            seen = np.where(inside, entries_at(given, places), np.zeros((), given.dtype))
            given = np.broadcast_to(seen, (*(sizes[x] for x in held), *beside))
        factors = (*self.factors, Labelled(given, (*held, *further)))
        present = {x for one in factors for x in one.labels}
        own = tuple(x for x in self.free(kept) if x in present)
        value = multiplied_arrays(factors, (*own, *further))
        beside = given.shape[len(held) :]
        return Part(
            (value,), (*kept, *further), (*self.shape[:first], *beside), self.looked_up_by(kept)
        )

    @property
    def is_zero(self) -> bool:
        """Whether it is multiplied with the number 0."""
        return any(not one.array.ndim and not one.array for one in self.factors)

    def add_diagonal_to(self, result: Array) -> None:
        """Add the entries whose first half of indices is the second half to an array."""
        half = len(self.shape) // 2
        rows, columns = self.pattern[:half], self.pattern[half:]
        if self.is_scattered:
            values, places = self.entries()
            same = np.ones(values.shape, bool)
            for place, beside in zip(places[:half], places[half:], strict=True):
                same &= place == beside
            np.add.at(result, tuple(place[same] for place in places[:half]), values[same])
            return
        joins = Joins[Label]()
        for label, other in zip(rows, columns, strict=True):
            joins.join(label, other)
        factors = tuple(Labelled(x.array, tuple(map(joins.find, x.labels))) for x in self.factors)
        Part(factors, tuple(map(joins.find, rows)), self.shape[:half]).add_to(result)

    def looked_up_by(self, classes: Indices) -> tuple[LookedPlaces, ...]:
        """Return the look-ups that axes depend on."""
        return tuple(x for x in self.looked if self._is_used(x.label, classes))

    def _is_used(self, label: Label, classes: Indices) -> bool:
        """Tell whether axes depend on a label that is looked up."""
        own = labels_in(classes)
        axes = [one.axes for one in self.looked if one.label in own]
        return label in own or any(self._is_used(label, one) for one in axes)
