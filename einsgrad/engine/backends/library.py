"""What the plain writer must know of a library; how each function is called stands in its row."""

from __future__ import annotations

from collections.abc import Callable
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
    promoting
        A function of arrays, `promoted`, that brings them to one dtype, where the library's
        einsum wants that; nothing where it does so itself.
    """

    imports: str
    prefix: str
    permute: str
    column: Callable[[Row], LibraryCode | None]
    array: Callable[[Number], str]
    promoting: str = ""
