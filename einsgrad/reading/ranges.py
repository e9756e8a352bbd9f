"""Sizes in a text, `2n-1`, and what is said about indices behind it: `for i < 5, j < n-1`."""

from __future__ import annotations

import re

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.dims import Dim, linear
from einsgrad.reading.names import DeclaredNames

_RANGE = re.compile(r"\s*(?P<letter>[^\W\d_])\s*(?P<sign>[<≤]|<=)\s*(?P<end>[^<≤=]+)")
_TERM = re.compile(r"\s*(?P<sign>[+-]?)\s*(?P<number>\d*)\s*\*?\s*(?P<name>[^\W\d]\w*)?")


def read_ranges(text: str, names: DeclaredNames) -> dict[str, Dim]:
    """Read how far indices run.

    Raises
    ------
    ArgumentError
        If it says something else.

    Examples
    --------
    >>> from einsgrad.reading.names import read_declaration
    >>> read_ranges("i < 5", read_declaration("x[n]"))
    {'i': 5}
    """
    found: dict[str, Dim] = {}
    for part in text.split(","):
        match = _RANGE.fullmatch(part)
        end = None if match is None else read_size(match["end"], names)
        if match is None or end is None:
            raise ArgumentError(
                f"behind 'for' it is said how far indices run, not {clip(part.strip())}. "
                "Write it like 'for i < 5, j < n-1'."
            )
        found[match["letter"]] = end if match["sign"] == "<" else linear((1, end), (1, 1))
    return found


def read_size(text: str, names: DeclaredNames) -> Dim | None:
    """Read a sum of sizes and numbers, `2n-1`; None if it is none."""
    terms: list[tuple[int, Dim]] = []
    place = 0
    text = text.strip()
    while place < len(text):
        match = _TERM.match(text, place)
        if match is None or not (match["number"] or match["name"]):
            return None
        if terms and not match["sign"]:
            return None
        factor = -1 if match["sign"] == "-" else 1
        number = int(match["number"] or 1)
        if match["name"] is not None and match["name"] not in names.sizes:
            return None
        terms.append((factor * number, match["name"] or 1))
        place = match.end()
    return linear(*terms) if terms else None
