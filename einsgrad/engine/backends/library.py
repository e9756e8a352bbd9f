"""What the plain writer must know of a library; how each function is called stands in its row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from einsgrad.expressions.nodes import Number
from einsgrad.expressions.tables.rows import Row
from einsgrad.expressions.tables.spellings import LibraryCode


@dataclass(frozen=True, slots=True)
class Library:
    """How a library spells what programs do.

    Parameters
    ----------
    imports
        The lines before the function.
    prefix
        The name of the module with the functions.
    permute
        The method that reorders axes.
    column
        Returns how a row is called; None where that is not known.
    array
        Writes a number as an argument of a function that takes arrays.
    axis
        The parameter that says along which axis.
    cast
        The method that changes the dtype.
    to_integers
        What behind an array makes integers of it.
    listing, joining
        The functions that make an array of a list, and one of several.
    array_of
        A number `x` as an array of a `dtype`.
    adding
        An array, the `base`, with `values` added at the places of an `index`.
    padded
        Writes an array with so many zeros before and behind each axis.
    windows
        An axis of `x` as windows of a `size`, one each `step`, the places in them on the axis
        behind it; nothing where that is no view.
    adding_along
        The `base` with `values` added at the places of an `index` along an `axis`; nothing
        where `adding` does that.
    promoting
        A function of arrays, `promoted`, that brings them to one dtype, where the library's
        einsum wants that; nothing where it does so itself.
    """

    imports: str
    prefix: str
    permute: str
    column: Callable[[Row], LibraryCode | None]
    array: Callable[[Number], str]
    axis: str
    cast: str
    to_integers: str
    listing: str
    array_of: str
    adding: str
    joining: str
    padded: Callable[[str, Sequence[tuple[int, int]]], str]
    windows: str = ""
    adding_along: str = ""
    promoting: str = ""
