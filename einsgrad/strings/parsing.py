"""Reading einsum strings into equations."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain

from einsgrad.errors import (
    ArgumentTypeError,
    EinsgradError,
    SubscriptsError,
    clip,
    pointed,
)
from einsgrad.strings.affine_labels import AffineLabel, labels_within
from einsgrad.strings.equation import Equation
from einsgrad.strings.letters import is_letter
from einsgrad.strings.reading_affine import names_in_forms, read_affine, without_forms
from einsgrad.strings.subscripts import Label, Subscripts

# More than any array library allows, and few enough to be checked in a moment.
_MOST_AXES = 1024
_WORD = re.compile(r"[^\W\d]\w+")
_LABEL = re.compile(r"[^\W\d]\w*")
_WORDS = "Words between spaces are labels; without spaces every letter is one."


def has_words(text: str) -> bool:
    """Tell whether the labels of a string are words: several in one list, and not all letters.

    A word in parentheses that is also all of a list between spaces says so, too.

    Examples
    --------
    >>> [has_words(text) for text in ("mn, n -> m", "m n, n -> m", "row col, col -> row")]
    [False, False, True]
    >>> [has_words(text) for text in ("(row+col), col -> row", "(ik)j -> j")]
    [True, False]
    """
    within: frozenset[str] = frozenset()
    if "(" in text:
        within = names_in_forms(text)
        # As a letter, so that what stands close before and behind is still no word.
        text = without_forms(text, "x")
    for part in re.split(",|->", text):
        words = [word for word in (token.strip(".") for token in part.split(" ")) if word]
        if len(words) > 1 and any(map(_WORD.fullmatch, words)):
            return True
        if within and not within.isdisjoint(words):
            return True
    return False


@lru_cache(maxsize=4096)
def _parse(text: str) -> Equation:
    return _Scanner(text).equation()


def parse_einsum(text: str) -> Equation:
    """Read an einsum string, with explicit or implicit output.

    Any letter of any script is a label. Without `->` the output holds `...` first, then
    the labels that stand once, sorted by code point (upper case before lower case), as
    numpy does. Only numpy's white space, the space, is skipped. Where spaces separate words
    of several letters, as in `"batch key, key -> batch"`, the words are the labels. A label
    in parentheses is an affine form of labels, such as `(2i+k-1)`.

    Raises
    ------
    ArgumentTypeError
        If the argument is no string.
    SubscriptsError
        If a character, an ellipsis or an output label is wrong.

    Examples
    --------
    >>> str(parse_einsum("ij, jk").subscripts)
    'ij,jk->ik'
    >>> str(parse_einsum("ba").subscripts)
    'ba->ab'
    >>> parse_einsum("batch key, key -> batch").subscripts.output
    ('batch',)
    """
    if not isinstance(text, str):
        raise ArgumentTypeError(
            f"an einsum string is expected, not {clip(text)}. Write it like 'mn,n->m'."
        )
    return _parse(str(text))


class _Scanner:
    """Reads a string from left to right; each method takes one kind of sign."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.has_words = has_words(text)
        self.column = 0
        self.lists: list[list[Label]] = [[]]
        self.columns: list[list[int]] = [[]]
        self.starts = [0]
        self.arrow: int | None = None

    def equation(self) -> Equation:
        while self.column < len(self.text):
            self._sign(self.text[self.column])
        if self.arrow is None:
            if self.has_words:
                raise self._error("the output is missing", f"Write it behind '->'. {_WORDS}")
            self._imply_output()
        lists = [tuple(indices) for indices in self.lists]
        equation = Equation(
            Subscripts(tuple(lists[:-1]), lists[-1]),
            self.text,
            tuple(map(tuple, self.columns)),
            tuple(self.starts),
        )
        return checked_output(equation, f" {_WORDS}" if self.has_words else "")

    def _sign(self, char: str) -> None:
        if char == " ":
            self.column += 1
        elif char == ",":
            if self.arrow is not None:
                raise self._error("a second output", "An einsum has one output: no ',' after '->'.")
            self._open(self.column + 1)
        elif char == "-":
            self._take_arrow()
        elif char == ".":
            self._take_ellipsis()
        elif char == "(":
            form, end = read_affine(self.text, self.column, has_words=self.has_words)
            self._take_label(form, end - self.column)
        elif self.has_words and (char.isalpha() or char == "_"):
            self._take_word()
        elif is_letter(char):
            self._take_label(char, 1)
        else:
            raise self._stray(char)

    def _open(self, start: int) -> None:
        self.lists.append([])
        self.columns.append([])
        self.starts.append(start)
        self.column = start

    def _take_label(self, label: Label, width: int) -> None:
        if len(self.lists[-1]) == _MOST_AXES:
            raise self._error(
                f"a list with more than {_MOST_AXES} labels", "No array has so many axes."
            )
        self.lists[-1].append(label)
        self.columns[-1].append(self.column)
        self.column += width

    def _take_word(self) -> None:
        word = _LABEL.match(self.text, self.column)
        assert word is not None
        self._take_label(word[0], len(word[0]))

    def _take_arrow(self) -> None:
        if self.text[self.column : self.column + 2] != "->":
            raise self._error("'-' without '>'", "Write '->' between the operands and the output.")
        if self.arrow is not None:
            raise self._error("a second '->'", "An einsum has one output.")
        self.arrow = self.column
        self._open(self.column + 2)

    def _take_ellipsis(self) -> None:
        if self.text[self.column : self.column + 3] != "...":
            raise self._error("'.' outside '...'", "Write three dots for the unnamed axes.")
        if Ellipsis in self.lists[-1]:
            raise self._error("a second '...' in one list", "A list holds '...' at most once.")
        self._take_label(Ellipsis, 3)

    def _imply_output(self) -> None:
        output = implied_output(self.lists)
        self._open(len(self.text))
        self.lists[-1] = list(output)
        self.columns[-1] = [len(self.text)] * len(output)

    def _stray(self, char: str) -> EinsgradError:
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn"):
            return self._error(
                f"the character U+{ord(char):04X} does not belong into an einsum string",
                "Take it out: control characters and surrogates are never labels.",
            )
        if char == ")":
            return self._error("')' without '('", "Write a form of labels, such as (2i+k-1).")
        if unicodedata.category(char).startswith("M"):
            return self._error(
                f"the combining mark U+{ord(char):04X} is no label of its own",
                "Use a letter that is a single character.",
            )
        return self._error(
            f"{clip(char)} does not belong into an einsum string",
            "Labels are letters; besides them ',', '->', '...' and spaces are allowed.",
        )

    def _error(self, headline: str, remedy: str) -> EinsgradError:
        return SubscriptsError(pointed(headline, self.text, self.column, remedy))


def implied_output(inputs: Sequence[Sequence[Label]]) -> list[Label]:
    """Return the output where none is given: `...`, then the labels that stand once, sorted."""
    counts = Counter(labels_within(chain.from_iterable(inputs)))
    dots: list[Label] = [Ellipsis] if counts.pop(Ellipsis, 0) else []
    return dots + sorted(label for label, count in counts.items() if count == 1)  # type: ignore[type-var]


def checked_output(equation: Equation, hint: str = "") -> Equation:
    """Refuse an output label that no operand has; `...` stands for no axes there."""
    subscripts = equation.subscripts
    known = frozenset(labels_within(chain.from_iterable(subscripts.inputs)))
    for axis, place in enumerate(subscripts.output):
        held = place.labels if isinstance(place, AffineLabel) else (place,)
        for label in (one for one in held if one not in known and one is not Ellipsis):
            raise equation.error(
                SubscriptsError,
                f"output label {clip(label)} stands in no operand",
                (-1, axis),
                f"Write {clip(label)} into an operand, or take it out of the output.{hint}",
            )
    return equation if Ellipsis in known else _without_dots(equation)


def _without_dots(equation: Equation) -> Equation:
    """Take the `...` out of an output."""
    subscripts = equation.subscripts
    *columns, last = equation.columns
    kept = [axis for axis, label in enumerate(subscripts.output) if label is not Ellipsis]
    output = tuple(subscripts.output[axis] for axis in kept)
    places = tuple(last[axis] for axis in kept)
    return replace(
        equation,
        subscripts=Subscripts(subscripts.inputs, output),
        columns=(*columns, places),
    )
