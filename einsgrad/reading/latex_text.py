r"""Formulas in LaTeX, put into the signs of the other notations: `\frac{x^\top x}{2}`.

Only spelling is changed here. Every character of the result remembers the column that it
comes from, so that an error points into what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from einsgrad.errors import ArgumentError, clip, pointed
from einsgrad.reading.latex_pieces import Piece, PlainFormula, joined, text_of, trimmed, wrapped
from einsgrad.reading.latex_words import (
    ACCENTS,
    BOLD,
    FACES,
    FUNCTIONS,
    GREEK,
    NOTHING,
    SIGNS,
    WORDS,
)

_TOKEN = re.compile(
    r"\\(?P<command>[A-Za-z]+\*?|.)|(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)"
    r"|(?P<letters>[^\W\d_]+)|(?P<space>\s+)|(?P<sign>.)",
    re.DOTALL,
)
_DEEPEST = 40
_FRACTIONS = ("frac", "tfrac", "dfrac", "cfrac")
_MARKS = {
    "T": "ᵀ", "⊤": "ᵀ", "-T": "⁻ᵀ", "-⊤": "⁻ᵀ", "H": "ᴴ", "†": "ᴴ", "-H": "⁻ᴴ", "-†": "⁻ᴴ",
    "-1": "⁻¹", "'": "ᵀ",
}  # fmt: skip
_IN_WORDS = str.maketrans({"\\": "", " ": ""})


def plain_formula(
    text: str, names: Collection[str], is_function: Callable[[str], bool]
) -> PlainFormula:
    r"""Put LaTeX into the signs of the other notations.

    Parameters
    ----------
    text
        The formula.
    names
        The variables: letters side by side are one name if a variable has it.
    is_function
        Whether a name is a function's.

    Raises
    ------
    ArgumentError
        If a command is not known, or a brace is missing.

    Examples
    --------
    >>> plain_formula(r"\frac{1}{2} x^\top A x", {"x", "A"}, lambda name: False).text
    '(1/2) xᵀ A x'
    """
    reader = _LatexReader(text, names, is_function)
    return joined(reader.whole(), reader.bold)


@dataclass
class _LatexReader:
    text: str
    names: Collection[str]
    is_function: Callable[[str], bool]
    place: int = 0
    depth: int = 0
    bold: set[str] = field(default_factory=set)

    def whole(self) -> list[Piece]:
        pieces = self._until("")
        if self.place < len(self.text):
            raise self._error("a brace closes what none has opened", self.place, "Take it out.")
        return pieces

    def _error(self, headline: str, column: int, remedy: str) -> ArgumentError:
        return ArgumentError(pointed(headline, self.text, column, remedy))

    def _until(self, close: str) -> list[Piece]:
        """Read up to a closing brace, or to the end."""
        if self.depth > _DEEPEST:
            raise self._error("this is nested too deeply", self.place, "Read it in parts.")
        self.depth += 1
        pieces: list[Piece] = []
        while self.place < len(self.text) and self.text[self.place] != "}":
            if close and self.text[self.place] == close:
                break
            pieces += self._next(pieces)
        self.depth -= 1
        return pieces

    def _next(self, before: list[Piece]) -> list[Piece]:
        """Read what comes next."""
        match = _TOKEN.match(self.text, self.place)
        assert match is not None
        self.place = match.end()
        column, text = match.start(), match[0]
        match match.lastgroup:
            case "command":
                return self._command(match["command"], column)
            case "letters":
                return self._letters(text, column)
            case "space":
                return [Piece(" ", column)] if before and before[-1].text != " " else []
            case "number":
                return [Piece(text, column)]
            case _:
                return self._sign(text, column, before)

    def _sign(self, sign: str, column: int, before: list[Piece]) -> list[Piece]:
        if sign == "{":
            return self._group(column)
        if sign == "^":
            return self._raised(column, before)
        if sign == "_":
            return self._indexed(column, before)
        if sign in "$&":
            return []
        return [Piece(" " if sign == "~" else sign, column)]

    def _group(self, column: int) -> list[Piece]:
        inside = self._inside(column)
        return inside if len(inside) < 2 else [Piece("(", column), *inside, Piece(")", column)]

    def _inside(self, column: int) -> list[Piece]:
        """Read what stands in braces; the opening one has been read."""
        inside = self._until("}")
        if self.place >= len(self.text):
            raise self._error("a brace is not closed", column, "Close it with }.")
        self.place += 1
        return trimmed(inside)

    def _argument(self, command: str, column: int) -> list[Piece]:
        """Read the argument of a command: what is in braces, or the next sign."""
        while self.text[self.place : self.place + 1].isspace():
            self.place += 1
        if self.place >= len(self.text) or self.text[self.place] == "}":
            raise self._error(f"{command} has no argument", column, "Write it in braces.")
        start = self.place
        if self.text[start] == "{":
            self.place += 1
            return self._inside(start)
        if self.text[start] == "\\":
            return self._next([])
        self.place += 1
        return [Piece(self.text[start], start)]

    def _word(self, command: str, column: int) -> str:
        """Read the argument of a command that holds a word."""
        argument = self._raw(command, column)
        return argument.translate(_IN_WORDS)

    def _raw(self, command: str, column: int) -> str:
        while self.text[self.place : self.place + 1].isspace():
            self.place += 1
        start = self.place
        if self.text[start : start + 1] != "{":
            self.place += 1
            return self.text[start : start + 1]
        end = self.text.find("}", start)
        if end < 0:
            raise self._error("a brace is not closed", start, "Close it with }.")
        self.place = end + 1
        return self.text[start + 1 : end]

    def _command(self, name: str, column: int) -> list[Piece]:
        if name in ("top", "intercal"):
            return [Piece("ᵀ", column)]
        if name in SIGNS:
            return [Piece(SIGNS[name], column)]
        if name in NOTHING or name.isspace():
            return []
        if name in _FRACTIONS:
            return self._fraction(column)
        if name == "sqrt":
            return self._root(column)
        if name in FUNCTIONS:
            return [Piece(name, column)]
        if name == "overline":
            return [Piece("conj", column), *wrapped(self._argument(r"\overline", column), column)]
        if name.rstrip("*") in WORDS:
            return self._named(self._word(f"\\{name}", column), column)
        if name in ACCENTS:
            word = self._word(f"\\{name}", column)
            return self._named(f"{word}{name}", column)
        if name in FACES:
            return self._faced(name, column)
        if name in GREEK:
            return self._greek(name, column)
        if name in self.names or self.is_function(name):
            return [Piece(name, column)]
        raise self._error(
            f"the command {clip(chr(92) + name)} is not known",
            column,
            r"Known are \frac, \sqrt, \top, \mathbf, \operatorname, \sum, \odot, \| and so on.",
        )

    def _greek(self, name: str, column: int) -> list[Piece]:
        """Take a Greek letter for the variable that is named by the letter, or by its name."""
        letter = GREEK[name]
        behind = self.text[self.place :].lstrip()
        for one in (letter, name):
            if one in self.names:
                return [Piece(one, column)]
        if name == "sigma" and behind.startswith(("(", r"\left(")):
            return [Piece("sigmoid", column)]
        # The capital sigma is the sign of a sum elsewhere.
        return [Piece("Sigma" if name == "Sigma" else letter, column)]

    def _letters(self, text: str, column: int) -> list[Piece]:
        """Take letters side by side for one name if it is known, else for one each."""
        if text in self.names or self.is_function(text):
            return [Piece(text, column)]
        return [Piece(letter, column + k) for k, letter in enumerate(text)]

    def _named(self, word: str, column: int) -> list[Piece]:
        if word in ("T", "H"):
            return [Piece(word, column)]
        if not word.replace("_", "").isalnum():
            raise self._error(f"{clip(word)} is no name", column, "Write letters in it.")
        return [Piece(word, column)]

    def _faced(self, name: str, column: int) -> list[Piece]:
        pieces = self._argument(f"\\{name}", column)
        if name in BOLD and text_of(pieces) == "1" and self.text[self.place :][:1] != "_":
            return [Piece("vector(1)", column)]
        if name in BOLD:
            self.bold.update(piece.text for piece in pieces)
        return pieces

    def _fraction(self, column: int) -> list[Piece]:
        above = self._argument(r"\frac", column)
        below = self._argument(r"\frac", column)
        over, under = (text_of(part) for part in (above, below))
        if over[:1] in ("∂", "d") and under[:1] == over[:1] and len(under) > 1:
            return [Piece(f"{over}/{under}", column)]
        if over.isdecimal() and under.isdecimal():
            inside = [*above, Piece("/", column), *below]
        else:
            inside = [*wrapped(above, column), Piece("/", column), *wrapped(below, column)]
        return wrapped(inside, column)

    def _root(self, column: int) -> list[Piece]:
        index: list[Piece] = []
        if self.text[self.place : self.place + 1] == "[":
            self.place += 1
            index = self._until("]")
            self.place += 1
        inside = wrapped(self._argument(r"\sqrt", column), column)
        if not index:
            return [Piece("sqrt", column), *inside]
        return [*inside, Piece("^(1/", column), *wrapped(index, column), Piece(")", column)]

    def _raised(self, column: int, before: list[Piece]) -> list[Piece]:
        """Read what stands above: a transpose, an inverse, an exponent, also that of e."""
        argument = self._argument("^", column)
        text = text_of(argument)
        if before and before[-1].text == "e" and "e" not in self.names:
            before[-1] = Piece("exp", before[-1].column)
            return wrapped(argument, column)
        if text.replace("ᵀ", "T") in _MARKS and text not in self.names:
            return [Piece(_MARKS[text.replace("ᵀ", "T")], column)]
        if text[:1] in ("∘", "⊙") and len(text) > 1:
            return [Piece("^∘", column), *wrapped(trimmed(argument)[1:], column)]
        if text.isdecimal():
            return [Piece("^", column), *argument]
        return [Piece("^", column), *wrapped(argument, column)]

    def _indexed(self, column: int, before: list[Piece]) -> list[Piece]:
        """Read what stands below: indices, a norm's index, the rest of a name."""
        argument = self._argument("_", column)
        text = text_of(argument)
        base = before[-1].text if before else ""
        for name in (f"{base}{text}", f"{base}_{text}"):
            if base and name in self.names:
                before[-1] = Piece(name, before[-1].column)
                return []
        if base == "Σ":
            return self._summed(text, column)
        inside = f"{{{text}}}" if len(text) > 1 else text
        return [Piece(f"_{inside}", column)]

    def _summed(self, below: str, column: int) -> list[Piece]:
        """Read what a sum runs over; an upper end says nothing that its factors do not."""
        letters = below.partition("=")[0] if "=" in below else below
        if self.text[self.place :].lstrip().startswith("^"):
            self.place = self.text.index("^", self.place) + 1
            self._argument("^", column)
        inside = f"{{{letters}}}" if len(letters) > 1 else letters
        return [Piece(f"_{inside} ", column)]
