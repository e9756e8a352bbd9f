"""What the plain writer must know of a library; how each function is called stands in its row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from einsgrad.expressions.nodes import Number
from einsgrad.expressions.tables.rows import Row
from einsgrad.expressions.tables.spellings import LibraryCode


@dataclass(frozen=True, slots=True)
class Library:
    """How a library spells what programs do: texts with places for arrays, axes and sizes.

    Parameters
    ----------
    title
        What messages call it.
    imports
        The lines before the function.
    prefix
        The name of the module with the functions.
    column
        Returns how a row is called; None where that is not known.
    number
        Writes a number as an array without axes, of a dtype that is written.
    permute, reshape, cast, summed
        An array `x` with other axes, of another shape or dtype, and its sum over axes.
    exchanged
        An array `x` of more than two axes with the last two exchanged.
    new
        Where a new array is made: beside an array `x`; nothing where there is one place only.
    filled
        An array of a shape, filled with a value.
    broadcast
        An array `x` broadcast to a shape.
    diagonal
        The matrix with a vector `x` on its diagonal; nothing where a mask has to do.
    masked
        An array `x` where a mask holds, zeros elsewhere.
    tensordot
        The product of `a` and `b` summed over `axes`.
    einsum
        An einsum of operands by a string; nothing where there is none.
    flip, triangle, running_sum, clip, joined
        An array turned around, its lower triangle, its running sum along an axis, what lies
        between bounds, several arrays along an axis.
    axis
        The parameter that says along which axis.
    integers
        What makes integers of an array `x`.
    listed
        An array of a list of integers.
    adding
        An array, the `base`, with `values` added at the places of an `index`.
    taken
        The entries of `x` at the places of an `index` along an `axis`; nothing where an array
        is indexed by arrays.
    padded
        An array `x` with so many zeros before and behind each axis: told as `pairs`, or as
        numbers in a `row`, from the last axis on.
    windows
        An axis of `x` as windows of a `size`, one each `step`, the places in them on the axis
        behind it; nothing where that is no view.
    adding_along
        The `base` with `values` added at the places of an `index` along an `axis`; nothing
        where `adding` does that.
    copied
        A copy of an array `x`; nothing where arrays never change.
    helpers
        Functions that the forms of rows may call, by name.
    sums_by_method
        Whether `summed` is a method, which a product has to stand in brackets for, and which sums
        over all axes where none is told.
    promotes
        Whether functions of entries bring arrays of several dtypes to one.
    """

    title: str
    imports: str
    prefix: str
    column: Callable[[Row], LibraryCode | None]
    number: Callable[[Number, str], str]
    permute: str
    reshape: str
    cast: str
    summed: str
    new: str
    filled: str
    broadcast: str
    diagonal: str
    masked: str
    tensordot: str
    einsum: str
    flip: str
    triangle: str
    running_sum: str
    clip: str
    joined: str
    axis: str
    integers: str
    listed: str
    adding: str
    taken: str
    padded: str
    windows: str = ""
    adding_along: str = ""
    copied: str = ""
    helpers: Mapping[str, str] = field(default_factory=dict)
    promotes: bool = True
    exchanged: str = "{x}.mT"
    sums_by_method: bool = True


def written_shape(sizes: Sequence[int]) -> str:
    """Write a shape; sizes that have names are written by them.

    Examples
    --------
    >>> written_shape((2,)), written_shape(())
    ('(2,)', '()')
    """
    return f"({', '.join(map(str, sizes))}{',' * (len(sizes) == 1)})"
