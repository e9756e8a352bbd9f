"""How indices are written that are more than letters, and conditions on them."""

from __future__ import annotations

from collections.abc import Sequence

from einsgrad.expressions.dims import Dim, parts_of
from einsgrad.notation.pieces import Written


class IndexLayout:
    """Unicode text of indices."""

    # What stands between a number and an index that it multiplies.
    index_times = ""

    def index_form(self, terms: Sequence[tuple[str, int]], offset: Dim) -> str:
        """Write an index that is more than a letter: `2i+3k-1`, `n-1-i`."""
        letters = sorted(terms, key=lambda term: term[1] < 0)
        names, number = parts_of(offset)
        sizes = [(self.index_size(name), factor) for name, factor in names]
        sizes.sort(key=lambda term: term[1] < 0)
        shift = sizes, f"{number:+d}" if number or not (terms or sizes) else ""
        last = "".join(map(self._index_term, shift[0])) + shift[1]
        first = "".join(map(self._index_term, letters))
        return (first + last if letters[:1] and letters[0][1] > 0 else last + first).lstrip("+")

    def _index_term(self, term: tuple[str, int]) -> str:
        text, number = term
        size = "" if abs(number) == 1 else f"{abs(number)}{self.index_times}"
        return f"{'-' if number < 0 else '+'}{size}{text}"

    def index_size(self, name: str) -> str:
        """Write the name of a size within an index."""
        return name

    def compared(self, sides: Sequence[str], signs: Sequence[str], *, spaced: bool = True) -> str:
        """Write a chain of comparisons."""
        gap = " " if spaced else ""
        return sides[0] + "".join(
            f"{gap}{sign}{gap}{side}" for sign, side in zip(signs, sides[1:], strict=True)
        )

    def bracket(self, condition: str) -> Written:
        """Write Iverson's bracket: 1 where a condition holds, else 0."""
        return Written(f"[{condition}]")

    def ranged(self, text: str, bounds: Sequence[str]) -> str:
        """Say behind a formula how far indices run."""
        return f"{text} for {', '.join(bounds)}"
