"""Signs that people write, put into Python's syntax: `A_mn x_n`, `δ_ij`, `Aᵀ`, `x²`, `Σ_k`.

Only spelling is changed here. Every character of the result remembers the column that it
comes from, so that an error points into what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import Enum, auto
from keyword import iskeyword

from einsgrad.reading.derivative_sides import derivative_side
from einsgrad.reading.index_spelling import (
    COMPARISONS,
    name_and_indices,
    spelled_index,
    split_indices,
)
from einsgrad.reading.names import python_name

_TOKEN = re.compile(
    r"""(?P<string>"[^"]*"|'[^']*')
    |(?P<number>(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?:[jJ]\b)?)
    |(?P<matrix_power>\([^\W\d][^\Wᵀ⁰¹²³⁴-⁹]*⁻?[⁰¹²³⁴-⁹]+\)_(?:\{[^{}]*\}|[^\W\d_]+))
    |(?P<braced>[^\W\d_ᵀ²³]\w*?_\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\})
    |(?P<name>[^\W\dᵀ⁰¹²³⁴-⁹][^\Wᵀ⁰¹²³⁴-⁹]*)
    |(?P<power>⁻?[⁰¹²³⁴-⁹]+)
    |(?P<space>\s+)
    |(?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
# What may be Iverson's bracket.
_BRACKETS = re.compile(r"\[([^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*)\]")
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_SIGNS = {"^": "**", "ᵀ": ".T", "·": "*", "⋅": "*", "⊙": "*", "−": "-"}
_AFTER_OPERAND = {"ᵀ", "]", ")"}
_SUMS = {"Σ", "∑"}
_DELTAS = {"δ", "delta"}
_LETTERS_OF_OTHERS = {*_DELTAS, *_SUMS, "size"}


@dataclass(frozen=True, slots=True)
class PythonSpelling:
    """Text in Python's syntax.

    Parameters
    ----------
    code
        The text.
    columns
        For each character of it, the column that it comes from.
    joined
        The places of the `*` that stand for a space between two factors.
    """

    code: str
    columns: tuple[int, ...]
    joined: frozenset[int]


def spelled(
    text: str, names: Collection[str], is_function: Callable[[str], bool]
) -> PythonSpelling:
    """Spell a text in Python's syntax.

    Parameters
    ----------
    text
        What was typed.
    names
        The variables: `A_mn` is the variable `A` with indices, if `A_mn` is none itself.
    is_function
        Whether a name is a function's, and so no name with indices.

    Examples
    --------
    >>> spelled("A_mn x_n - 2 δ_mn", {"A", "x"}, lambda name: False).code
    'A[m,n] *x[n] - 2 *delta[m,n]'
    """
    return _Speller(text, names, is_function).spelling()


class _Before(Enum):
    """What stands before a token."""

    NOTHING = auto()
    # A factor may follow an operand, and a name that is neither variable nor function.
    OPERAND = auto()
    UNKNOWN = auto()
    FUNCTION = auto()
    STRING = auto()
    DOT = auto()
    SIGN = auto()


@dataclass
class _Speller:
    text: str
    names: Collection[str]
    is_function: Callable[[str], bool]
    code: list[str] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    joined: set[int] = field(default_factory=set)
    # What stands before each open bracket, and how many were open where each sum begins.
    brackets: list[_Before] = field(default_factory=list)
    sums: list[int] = field(default_factory=list)
    before: _Before = _Before.NOTHING

    def spelling(self) -> PythonSpelling:
        end = 0
        for match in _TOKEN.finditer(self.text, self._left_side()):
            kind, token, column = str(match.lastgroup), match[0], match.start()
            if column < end:
                continue
            bracket = _BRACKETS.match(self.text, column) if token == "[" else None
            if bracket and self._is_condition(bracket[1], column):
                end = bracket.end()
                self._condition(bracket[1], column)
            elif kind == "space":
                # Python takes leading white space for an indentation.
                self._emit(" " * len(token) if self.code else "", column)
            elif kind in ("name", "braced"):
                self._name(token, column)
            elif kind == "matrix_power":
                self._matrix_entry(token, column)
            elif kind == "power":
                self._power(token, column)
            elif kind == "sign":
                self._sign(token, column)
            else:
                self._operand_starts(column)
                self._emit(token, column)
                self.before = _Before.OPERAND if kind == "number" else _Before.STRING
        self._end_sums(len(self.text), down_to=0)
        return PythonSpelling("".join(self.code), tuple(self.columns), frozenset(self.joined))

    def _left_side(self) -> int:
        """Take `∂y_i/∂A_mn` on the left for a name with indices; return where it ends."""
        side = derivative_side(self.text)
        if side is None:
            return 0
        self._emit(f"D[{','.join(side.labels)}]" if side.labels else "D", side.column)
        return side.end

    def _matrix_entry(self, token: str, column: int) -> None:
        """Take `(R⁻¹)_ij`, `(X²)_ij`: an entry of a power of a matrix as it is printed."""
        base, _, indices = token.removeprefix("(").partition(")_")
        labels = [letter for letter in indices.strip("{}") if letter not in ", "]
        name = base.rstrip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
        number = base[len(name) :].translate(_DIGITS)
        shown = python_name(name)
        matrix = f"inv({shown})" if number == "-1" else f"matrix_power({shown},{number})"
        self._operand_starts(column)
        self._emit(f"{matrix}[{','.join(labels)}]", column)
        self.before = _Before.OPERAND

    def _power(self, token: str, column: int) -> None:
        """Take a superscript; a negative one is a power of entries, and of no matrix."""
        number = token.translate(_DIGITS)
        is_entry = self.code[-1:] == ["]"]
        self._emit(f"**{number}" if number[0] != "-" or is_entry else token, column)
        self.before = _Before.OPERAND

    def _emit(self, code: str, column: int) -> None:
        """Add code that comes from a column, or, where it is as long, from those after it."""
        same = self.text[column : column + len(code)] == code
        self.code.extend(code)
        self.columns.extend(column + place if same else column for place in range(len(code)))

    def _operand_starts(self, column: int) -> None:
        if self.before in (_Before.OPERAND, _Before.UNKNOWN):
            self.joined.add(len(self.code))
            self._emit("*", column)

    def _name(self, token: str, column: int) -> None:
        if (iskeyword(token) and token not in self.names) or self.before is _Before.DOT:
            self._emit(token, column)
            self.before = _Before.OPERAND if token == "T" else _Before.FUNCTION
            return
        if self._completes_ones(token):
            del self.code[-1], self.columns[-1]
            self._emit(f"delta[{','.join(token[1:])}]", column)
            return
        if self._follows_bracket(token, column):
            self._emit(f"[{','.join(split_indices(token[1:]))}]", column)
            return
        name, labels = self._indexed(token, column)
        if name in _SUMS:
            self._operand_starts(column)
            heads = [COMPARISONS.split(label) for label in labels]
            letters = [head[len(head) // 2 if len(head) == 3 else 0].strip() for head in heads]
            bounds = [f"[{label}]*" for label, head in zip(labels, heads, strict=True) if head[1:]]
            self._emit(f"sum[{','.join(letters)}]({''.join(bounds)}", column)
            self.sums.append(len(self.brackets))
            self.before = _Before.NOTHING
        elif labels:
            self._operand_starts(column)
            self._emit(f"{python_name(name)}[{','.join(labels)}]", column)
            is_value = name in self.names or name in _LETTERS_OF_OTHERS
            self.before = _Before.OPERAND if is_value else _Before.FUNCTION
        else:
            self._operand_starts(column)
            self._emit(python_name(token), column)
            self.before = self._kind(token)

    def _kind(self, name: str) -> _Before:
        if name in self.names:
            return _Before.OPERAND
        return _Before.FUNCTION if self.is_function(name) else _Before.UNKNOWN

    def _indexed(self, token: str, column: int) -> tuple[str, list[str]]:
        """Take the indices off a name such as `A_mn` or `δ_{i,j}`; none if it has none."""
        name, underscore, indices = name_and_indices(token)
        letters = split_indices(indices)
        left_side = self._stands_left_of_equals(column + len(token))
        named = name in self.names or name in _LETTERS_OF_OTHERS or left_side
        along = self.text[column + len(token) :][:1] == "(" and self.is_function(name)
        known = named or along
        taken = token in self.names or self.is_function(token)
        if not underscore or not name or not known or taken or not letters:
            return token, []
        return ("delta" if name in _DELTAS else name), letters

    def _completes_ones(self, token: str) -> bool:
        """Tell whether the token completes `1_j`, the ones as they are printed."""
        return (
            self.before is _Before.OPERAND
            and self.code[-1:] == ["1"]
            and token[0] == "_"
            and token[1:].isalpha()
        )

    def _follows_bracket(self, token: str, column: int) -> bool:
        """Tell whether a token has the indices of what stands in brackets: `pinv(A)_ij`."""
        at_bracket = self.code[-1:] == [")"] and self.text[column - 1] == ")"
        return at_bracket and token[0] == "_" and token[1:].isalpha()

    def _stands_left_of_equals(self, end: int) -> bool:
        rest = self.text[end:].lstrip()
        return not self.code and rest[:1] == "=" and rest[:2] != "=="

    def _is_condition(self, inside: str, column: int) -> bool:
        """Tell whether brackets compare indices, and are not those behind a function's name."""
        compares = COMPARISONS.search(inside) is not None and '"' not in inside
        # A size is no variable; indices of a function follow it without a space.
        apart = self.before is not _Before.UNKNOWN or self.text[column - 1].isspace()
        return compares and apart and self.before is not _Before.FUNCTION

    def _condition(self, inside: str, column: int) -> None:
        """Take `[i ≥ j]`, a factor that is 1 where it holds."""
        self._operand_starts(column)
        self._emit(f"[{spelled_index(inside)}]", column)
        self.before = _Before.OPERAND

    def _sign(self, token: str, column: int) -> None:
        # A size, or π, is neither variable nor function, and stands apart from the brackets.
        apart = self.before is _Before.UNKNOWN and self.text[column - 1].isspace()
        if token == "(" and (apart or self.before is _Before.OPERAND):
            self._operand_starts(column)
        if token in "([":
            self.brackets.append(self.before)
            self.before = _Before.NOTHING
        elif token in ")]":
            self._end_sums(column, len(self.brackets))
            opener = self.brackets.pop() if self.brackets else _Before.NOTHING
            # The brackets of sum[k](...) belong to a function, those of A[m,n] to an operand.
            is_function = token == "]" and opener is _Before.FUNCTION
            self.before = _Before.FUNCTION if is_function else _Before.OPERAND
        elif token in "+-−,":
            self._end_sums(column, len(self.brackets))
        self._emit(_SIGNS.get(token, token), column)
        if token in _AFTER_OPERAND:
            if self.before is _Before.NOTHING:
                self.before = _Before.OPERAND
        elif token not in "([":
            self.before = _Before.DOT if token == "." else _Before.SIGN

    def _end_sums(self, column: int, down_to: int) -> None:
        """Close the sums whose product ends here."""
        while self.sums and self.sums[-1] >= down_to:
            self.sums.pop()
            self._emit(")", column)
