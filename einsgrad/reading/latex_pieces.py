"""Pieces of a formula that was typed in LaTeX: text, and the column that it comes from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the result: its text, and the column that it comes from."""

    text: str
    column: int


@dataclass(frozen=True, slots=True)
class PlainFormula:
    """A formula without commands.

    Parameters
    ----------
    text
        The formula.
    columns
        For each character of it, the column that it comes from.
    bold
        The names that were set in bold.
    """

    text: str
    columns: tuple[int, ...]
    bold: frozenset[str] = frozenset()


def joined(pieces: list[Piece], bold: Collection[str]) -> PlainFormula:
    """Join pieces, with a space where two would run together."""
    code: list[str] = []
    columns: list[int] = []
    for piece in pieces:
        touching = code and code[-1].isalnum() and piece.text[:1].isalnum()
        touching = touching and piece.text[0] not in "ᵀᴴ"
        text = f" {piece.text}" if touching else piece.text
        code.extend(text)
        columns.extend([piece.column] * len(text))
    return PlainFormula("".join(code), tuple(columns), frozenset(bold))


def wrapped(pieces: list[Piece], column: int) -> list[Piece]:
    """Put pieces in brackets."""
    return [Piece("(", column), *pieces, Piece(")", column)]


def trimmed(pieces: list[Piece]) -> list[Piece]:
    """Take the spaces off both ends."""
    start, end = 0, len(pieces)
    while start < end and pieces[start].text == " ":
        start += 1
    while end > start and pieces[end - 1].text == " ":
        end -= 1
    return pieces[start:end]


def text_of(pieces: list[Piece]) -> str:
    """Join pieces without spaces."""
    return "".join(piece.text for piece in pieces if piece.text != " ")
