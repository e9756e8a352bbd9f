"""Arrays whose axes have labels: their products, and their entries at places that are computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.contractions.views import einsum_string
from einsgrad.engine.programs.affine_axes import AffineAxis
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
class Labelled:
    """An array, and the label of each of its axes."""

    array: Array
    labels: Indices


def multiplied_arrays(factors: Sequence[Labelled], labels: Indices) -> Labelled:
    """Multiply arrays, and sum over the labels that are not named."""
    if not factors:
        return Labelled(np.ones(()), ())
    lists = [one.labels for one in factors]
    if lists == [labels]:
        return factors[0]
    arrays = [one.array for one in factors]
    value = np.einsum(einsum_string(lists, labels), *arrays, optimize=len(arrays) > 1)
    return Labelled(np.asarray(value), labels)


def with_axes(one: Labelled, labels: Indices) -> Array:
    """Give an array an axis for each label, of length 1 where it has none."""
    order = [one.labels.index(x) for x in labels if x in one.labels]
    return one.array.transpose(order)[
        tuple(slice(None) if x in one.labels else None for x in labels)
    ]


def index_on(one: Label, index: Mapping[Label, Array]) -> Array:
    """Return the index on an axis where those of its labels are given."""
    if not isinstance(one, AffineAxis):
        return index[one]
    total = np.array(one.offset)
    for label, stride in zip(one.labels, one.strides, strict=True):
        total = total + stride * index[label]
    return total


def are_inside(classes: Indices, forms: Sequence[Array], shape: Sequence[int]) -> Array:
    """Tell where affine forms are on their axes."""
    inside = np.array(True)
    for one, form, size in zip(classes, forms, shape, strict=True):
        if isinstance(one, AffineAxis) and not one.is_inside(size):
            inside = inside & (form >= 0) & (form < size)
    return inside


def entries_at(array: Array, places: Sequence[Array]) -> Array:
    """Return the entries at some places, and any for those that are outside."""
    if not array.size:
        axes = max((one.ndim for one in places), default=0)
        return np.zeros((*(1,) * axes, *array.shape[len(places) :]), array.dtype)
    last = [size - 1 for size in array.shape[: len(places)]]
    return np.asarray(array[tuple(map(np.clip, places, [0] * len(last), last))])


def on_grid(array: Array, grid: Iterable[int]) -> Array:
    """Return an entry for each place of a grid, as a flat array."""
    return np.broadcast_to(array, tuple(grid)).reshape(-1)
