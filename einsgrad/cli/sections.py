"""A section for each derivative that is printed: what einsum strings and expressions share."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from einsgrad.claims.verdict import Verdict
from einsgrad.cli.terminal import Paint
from einsgrad.errors import ArgumentError, clip

if TYPE_CHECKING:
    from einsgrad.testing.comparison import GradientReport

# What is printed for one derivative, as plain values.
Section: TypeAlias = dict[str, Any]
# No array has more entries along an axis.
_MOST_DIGITS = 18


class Asked(Protocol):
    """What the command line asks for, read and checked: of a string, or of an expression."""

    @property
    def kind(self) -> str:
        """What the text is called in JSON."""

    @property
    def text(self) -> str:
        """The text that is derived."""

    def facts(self) -> Section:
        """Return how the text was read."""

    def sections(self) -> list[Section]:
        """Derive, check and compare what is asked for.

        Raises
        ------
        EinsgradError
            If the input is wrong, or a derivative differs from its finite difference.
        """

    def laid_out(self, sections: Sequence[Section], paint: Paint) -> str:
        """Lay the sections out as text."""


def answer(asked: Asked, paint: Paint, *, as_json: bool) -> tuple[str, bool]:
    """Return the text to print, and whether every claim is right.

    Raises
    ------
    EinsgradError
        As `Asked.sections`.
    """
    sections = asked.sections()
    fine = all(section["claim"]["equal"] for section in sections if "claim" in section)
    if as_json:
        printed = {asked.kind: asked.text, **asked.facts(), "derivatives": sections}
        return json.dumps(printed, ensure_ascii=False), fine
    return asked.laid_out(sections, paint), fine


def check_facts(report: GradientReport, shapes: object) -> Section:
    """Return what a check against finite differences has seen."""
    return {
        "shapes": shapes,
        "error": report.error,
        "method": report.method,
        "text": str(report),
    }


def claim_facts(verdict: Verdict) -> Section:
    """Return what was found about a claim."""
    return verdict.facts() | {"text": str(verdict)}


def claim_lines(claim: Section, paint: Paint) -> str:
    """Lay out what was found about a claim, in colour on a terminal."""
    first, *rest = claim["text"].split("\n")
    shown = paint.good(first) if claim["equal"] else paint.bad(first)
    return "\n".join([f"  claim       {shown}", *(f"              {line}" for line in rest)])


def size_text(shape: Sequence[int]) -> str:
    """Write a shape as on the line of a check.

    Examples
    --------
    >>> size_text([2, 3]), size_text([])
    ('2x3', 'scalar')
    """
    return "x".join(map(str, shape)) or "scalar"


def list_parts(given: Sequence[str] | None) -> list[str]:
    """Return the parts of lists between commas, of an option that may be repeated.

    Examples
    --------
    >>> list_parts(["A,b", "c"]), list_parts(None)
    (['A', 'b', 'c'], [])
    """
    return [part.strip() for text in given or () for part in text.split(",")]


def read_sizes(given: Sequence[str] | None) -> dict[str, int]:
    """Read sizes written as `m=3,n=2`.

    Raises
    ------
    ArgumentError
        If they are not, or a label has two.

    Examples
    --------
    >>> read_sizes(["m=3,n=2", "k=4"])
    {'m': 3, 'n': 2, 'k': 4}
    """
    sizes: dict[str, int] = {}
    for item in filter(None, list_parts(given)):
        label, _, text = (part.strip() for part in item.partition("="))
        if not label or not text.isdecimal() or len(text) > _MOST_DIGITS:
            raise ArgumentError(f"--sizes: {clip(item)} is no size. Write it like m=3,n=2.")
        if sizes.setdefault(label, int(text)) != int(text):
            raise ArgumentError(f"--sizes: {clip(label)} has two sizes. Give it one.")
    return sizes
