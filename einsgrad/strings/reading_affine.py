"""Reading an affine form in parentheses, such as `(2i+3k-1)`, from left to right."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from einsgrad.errors import EinsgradError, SubscriptsError, clip, pointed
from einsgrad.strings.affine_labels import AffineLabel
from einsgrad.strings.letters import is_letter
from einsgrad.strings.subscripts import Label

_NAME = re.compile(r"[^\W\d]\w*")
_NUMBER = re.compile(r"[0-9]+")
_GROUP = re.compile(r"\(([^()]*)\)")
# Of any size that an array can have.
_MOST_DIGITS = 18


def names_in_forms(text: str) -> frozenset[str]:
    """Return what may be words, names of several letters, in the parentheses of a string.

    Examples
    --------
    >>> sorted(names_in_forms("(2row+col),k->(i+k)"))
    ['col', 'row']
    """
    found = (_NAME.findall(group[1]) for group in _GROUP.finditer(text))
    return frozenset(name for names in found for name in names if len(name) > 1)


def without_forms(text: str, instead: str) -> str:
    """Put something else in the place of what is in parentheses."""
    return _GROUP.sub(instead, text)


def read_affine(text: str, column: int, *, has_words: bool) -> tuple[AffineLabel, int]:
    """Read the form that is opened at a column; also return the column behind it.

    Parameters
    ----------
    text
        The string.
    column
        Where the parenthesis stands.
    has_words
        Whether labels are words.

    Raises
    ------
    SubscriptsError
        If it is no sum of labels with whole coefficients and a whole number.

    Examples
    --------
    >>> read_affine("b(2i + 3*k - 1)", 1, has_words=False)
    ('(2i+3k-1)', 15)
    """
    reader = _FormReader(text, column, has_words=has_words)
    return reader.form(), reader.column


@dataclass(slots=True)
class _FormReader:
    """Reads terms, each a sign, a number, a label or both."""

    text: str
    opened: int
    has_words: bool
    column: int = field(init=False)
    numbers: dict[Label, int] = field(default_factory=dict)
    starts: dict[Label, int] = field(default_factory=dict)
    constant: int = 0

    def __post_init__(self) -> None:
        self.column = self.opened + 1

    def form(self) -> AffineLabel:
        if self._next() == ")":
            raise self._error(
                "empty parentheses", "Write a form of labels into them, such as (i+k)."
            )
        sign = -1 if self._next() == "-" else 1
        self.column += self._next() in ("+", "-")
        self._term(sign)
        while (char := self._next()) != ")":
            if char not in ("+", "-"):
                raise self._joined(char)
            self.column += 1
            self._term(-1 if char == "-" else 1)
        self.column += 1
        for label, number in self.numbers.items():
            if not number:
                self.column = self.starts[label]
                raise self._error(f"label {clip(label)} cancels", "Leave it out of the form.")
        return AffineLabel(tuple(self.numbers.items()), self.constant)

    def _next(self) -> str:
        """Return the sign at the column, behind spaces; the form is still open."""
        while self.text[self.column : self.column + 1] == " ":
            self.column += 1
        char = self.text[self.column : self.column + 1]
        if char in ("", ",", ">", "("):
            headline = "a parenthesis within parentheses" if char == "(" else "'(' without ')'"
            self.column = self.column if char == "(" else self.opened
            raise self._error(headline, "Write one form of labels, such as (2i+k-1).")
        return char

    def _term(self, sign: int) -> None:
        char = self._next()
        start = self.column
        number = _NUMBER.match(self.text, self.column)
        if number is not None:
            self._check_number(number[0])
            self.column = number.end()
            char = self._next()
            if char == "*":
                self.column += 1
                char = self._next()
            elif char in ("+", "-", ")"):
                self.constant += sign * int(number[0])
                return
        label = self._label(char)
        factor = 1 if number is None else int(number[0])
        if not factor:
            self.column = start
            raise self._error(
                f"label {clip(label)} has the coefficient 0", "Leave it out of the form."
            )
        self.starts.setdefault(label, start)
        self.numbers[label] = self.numbers.get(label, 0) + sign * factor

    def _check_number(self, digits: str) -> None:
        if len(digits) > _MOST_DIGITS:
            raise self._error(
                f"{clip(digits)} is too large", "No array has so many entries: give less."
            )

    def _label(self, char: str) -> Label:
        name = _NAME.match(self.text, self.column) if self.has_words else None
        if name is not None:
            self.column = name.end()
            return name[0]
        if not is_letter(char):
            raise self._no_term(char)
        self.column += 1
        return char

    def _no_term(self, char: str) -> EinsgradError:
        if self.text.startswith("...", self.column):
            return self._error(
                "'...' within parentheses", "It stands for whole axes: write it beside the form."
            )
        if char == ".":
            return self._error("no whole number", "Coefficients and shifts are whole numbers.")
        if char.isdecimal():
            return self._error("a number times a number", "Write one number before each label.")
        if char in ("+", "-", "*", ")", "/"):
            return self._error(
                f"{clip(char)} where a label or a number is expected",
                "Write a sum of labels with whole coefficients, such as (2i+3k-1).",
            )
        return self._error(
            f"{clip(char)} does not belong into a form of labels",
            "Write labels, whole numbers, '+', '-' and '*', such as (2i+3*k-1).",
        )

    def _joined(self, char: str) -> EinsgradError:
        """Say what is wrong with what follows a term without a sign."""
        if char == "/" or (char == "." and not self.text.startswith("...", self.column)):
            return self._error("no whole number", "Coefficients and shifts are whole numbers.")
        if char == "*" or is_letter(char) or char == "_":
            return self._error(
                "a product of labels",
                "A form is a sum: write each label with its own sign, and a number before it.",
            )
        if char.isdecimal():
            return self._error(
                "a number behind a label", "Write the coefficient before it, as in (2i+k)."
            )
        return self._no_term(char)

    def _error(self, headline: str, remedy: str) -> EinsgradError:
        return SubscriptsError(pointed(headline, self.text, self.column, remedy))
