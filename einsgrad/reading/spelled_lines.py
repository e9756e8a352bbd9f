"""A line as Python's syntax, with what is said behind it about indices."""

from __future__ import annotations

from dataclasses import replace

from einsgrad.expressions.dims import Dim
from einsgrad.reading.names import DeclaredNames
from einsgrad.reading.ranges import read_ranges
from einsgrad.reading.shorthand import spelled
from einsgrad.reading.source import ReadText
from einsgrad.reading.typed_text import TypedText


def spelled_line(source: TypedText, names: DeclaredNames) -> tuple[ReadText, dict[str, Dim]]:
    """Spell a line in Python's syntax; return how far indices run, too.

    Examples
    --------
    >>> from einsgrad.reading.names import read_declaration
    >>> names = read_declaration("x[n]")
    >>> text, ranges = spelled_line(TypedText("x_{i+1} for i < 3"), names)
    >>> text.spelling.code, ranges
    ('x[i+1]', {'i': 3})
    """
    text, _, said = source.text.partition(" for ")
    ranges = read_ranges(said, names) if said else {}
    spelling = spelled(text, names.spellings, lambda name: names.function(name) is not None)
    if source.columns is not None:
        columns = tuple(source.column(place) for place in spelling.columns)
        return ReadText(source.shown, replace(spelling, columns=columns)), ranges
    return ReadText(text, spelling), ranges
