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


class Asked(Protocol):
    """What the command line asks for, read and checked: of a string, or of an expression."""

    @property
    def kind(self) -> str:
        """What the text is called in JSON."""

    @property
    def text(self) -> str:
        """The text that is derived."""

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
        printed = {asked.kind: asked.text, "derivatives": sections}
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


def read_sizes(text: str) -> dict[str, int]:
    """Read sizes written as `m=3,n=2`.

    Raises
    ------
    ArgumentError
        If they are not.

    Examples
    --------
    >>> read_sizes("m=3,n=2")
    {'m': 3, 'n': 2}
    """
    sizes = {}
    for item in filter(None, text.split(",")):
        label, _, size = item.partition("=")
        if not size.isdecimal():
            raise ArgumentError(f"--sizes: {clip(item)} is no size. Write it like m=3,n=2.")
        sizes[label.strip()] = int(size)
    return sizes
