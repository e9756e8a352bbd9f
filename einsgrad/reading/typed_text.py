"""What was typed, beside the spelling of it that is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from einsgrad.errors import ArgumentError, EinsgradError, pointed


@dataclass(frozen=True, slots=True)
class TypedText:
    """A text that is read, and where its characters come from in what was typed.

    Parameters
    ----------
    text
        What is read.
    typed
        What was typed, where that is another text.
    columns
        For each character of the text, the column that it comes from; none for the same.
    """

    text: str
    typed: str | None = None
    columns: Sequence[int] | None = None

    @property
    def shown(self) -> str:
        """What was typed, for errors."""
        return self.text if self.typed is None else self.typed

    def column(self, place: int) -> int:
        """Return the column that a character of the text comes from."""
        if self.columns is None:
            return place
        return self.columns[place] if place < len(self.columns) else len(self.shown)

    def error(
        self,
        headline: str,
        place: int,
        remedy: str,
        kind: type[EinsgradError] = ArgumentError,
    ) -> EinsgradError:
        """Make an error that points at a character."""
        return kind(pointed(headline, self.shown, self.column(place), remedy).rstrip())

    def without_start(self, end: int) -> TypedText:
        """Return the text without what stands before a place; its columns stay.

        Examples
        --------
        >>> TypedText("y = A x").without_start(3).text
        '    A x'
        """
        return replace(self, text=" " * end + self.text[end:], typed=self.shown)
