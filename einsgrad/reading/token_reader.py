"""The tokens of a formula, one after another, and the names that it may have."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from einsgrad.errors import EinsgradError
from einsgrad.reading.formula_tree import EntryWritten, FormulaNode, WrittenNumber, WrittenOnes
from einsgrad.reading.tokens import Token, TokenKind
from einsgrad.reading.typed_text import TypedText

_DEEPEST = 40
_LARGEST = 2**53
_HOW = "Write it like 'xᵀ A x', '2 Aᵀ (A x - b)' or '||A x - b||^2'."


@dataclass(frozen=True)
class KnownWords:
    """Which names a formula may have.

    Parameters
    ----------
    variables
        The names of the variables.
    dims
        The names of sizes.
    is_function
        Whether a name is a function's.
    """

    variables: Collection[str]
    dims: Collection[object]
    is_function: Callable[[str], bool]

    def is_called(self, name: str) -> bool:
        """Tell whether a name is that of a function, and no variable."""
        return name not in self.variables and self.is_function(name)


def parted(tokens: list[Token], words: KnownWords) -> list[Token]:
    """Part names such as `Ax` that are several variables side by side."""
    found: list[Token] = []
    for token in tokens:
        if _is_several(token, words):
            places = range(token.column, token.end)
            pairs = zip(token.text, places, strict=True)
            found += [Token(TokenKind.NAME, x, k, k + 1) for x, k in pairs]
        else:
            found.append(token)
    return found


def _is_several(token: Token, words: KnownWords) -> bool:
    name = token.text
    if token.kind is not TokenKind.NAME or len(name) < 2 or name in words.variables:
        return False
    letters = all(letter in words.variables for letter in name)
    return letters and name not in words.dims and not words.is_function(name)


@dataclass
class TokenReader:
    """Goes through the tokens of one formula.

    Parameters
    ----------
    source
        The formula, for errors.
    words
        The names that it may have.
    tokens
        Its tokens.
    place
        Where the next token stands.
    depth
        How many brackets are open.
    open_bars
        For each open bracket, the bar that would close it.
    """

    source: TypedText
    words: KnownWords
    tokens: list[Token]
    place: int = 0
    depth: int = 0
    open_bars: tuple[str, ...] = ()

    @property
    def next(self) -> Token:
        """The next token."""
        return self.tokens[self.place]

    def error(self, headline: str, column: int, remedy: str = _HOW) -> EinsgradError:
        """Make an error that points at a column."""
        return self.source.error(headline, column, remedy)

    def take(self) -> Token:
        """Take the next token."""
        token = self.next
        self.place += token.kind is not TokenKind.END
        return token

    def expect(self, sign: str) -> None:
        """Take a sign that has to come next."""
        if not self.next.is_sign(sign):
            where = "here" if self.next.kind is not TokenKind.END else "at the end"
            raise self.error(f"{sign!r} is missing {where}", self.next.column, "Close what opens.")
        self.take()

    def negations(self) -> list[int]:
        """Take the signs before an operand; return where the minus signs stand."""
        columns = []
        while self.next.is_sign("+", "-"):
            token = self.take()
            if token.text == "-":
                columns.append(token.column)
        return columns

    def check_depth(self, token: Token) -> None:
        """Refuse a formula that is nested too deeply."""
        if self.depth >= _DEEPEST:
            raise self.error("this is nested too deeply", token.column, "Read it in parts.")

    def touches(self, token: Token) -> bool:
        """Tell whether the next token follows a token without a space."""
        return self.next.column == token.end

    def entry(self, node: FormulaNode, opened: Token) -> FormulaNode:
        """Read the numbers and slices between brackets."""
        key: list[int | slice] = []
        while not self.next.is_sign("]"):
            key.append(self._key_part())
            if not self.next.is_sign(","):
                break
            self.take()
        self.expect("]")
        return EntryWritten(node, tuple(key), opened.column)

    def _key_part(self) -> int | slice:
        ends: list[int | None] = [self._whole_number()]
        while self.next.is_sign(":"):
            self.take()
            ends.append(self._whole_number())
        if len(ends) == 1 and ends[0] is not None:
            return ends[0]
        if not 1 < len(ends) < 4:
            raise self.error(
                "beside matrices, brackets hold numbers and slices",
                self.next.column,
                "Write x[0], or the whole formula with indices: 'A[m,n]*x[n]'.",
            )
        return slice(*ends)

    def _whole_number(self) -> int | None:
        sign = -1 if self.next.is_sign("-") else 1
        if sign < 0:
            self.take()
        if self.next.kind is not TokenKind.NUMBER or not self.next.text.isdecimal():
            return None
        return sign * int(self.take().text)

    def number(self, token: Token) -> FormulaNode:
        """Read a number, or the vector of ones `1_m`."""
        if token.text == "1" and self.next.kind is TokenKind.INDEX and self.touches(token):
            return WrittenOnes(self.take().text.strip("_{}"), 1, token.column)
        try:
            value = complex(token.text) if token.text[-1] in "jJ" else float(token.text)
        except (ValueError, OverflowError):
            raise self.error("this is no number", token.column) from None
        if not abs(value) < float("inf"):
            raise self.error("this number is too large", token.column, "Write a finite number.")
        whole = int(token.text) if token.text.isdecimal() else None
        return self.whole_or_float(value if whole is None else whole, token)

    def whole_or_float(self, value: float | complex, token: Token) -> WrittenNumber:
        """Return a number, unless it is an integer that floats do not hold."""
        if isinstance(value, int) and abs(value) > _LARGEST:
            raise self.error(
                "this integer is too large", token.column, "Write it as a float, like 1e30."
            )
        return WrittenNumber(value, token.column)

    def path(self, token: Token) -> tuple[str, ...]:
        """Take a dotted name, `np.linalg.inv`."""
        path = [token.text]
        while path[0] not in self.words.variables and self.next.is_sign("."):
            behind = self.tokens[self.place + 1]
            if behind.kind is not TokenKind.NAME or behind.text in ("T", "H"):
                break
            self.take()
            path.append(self.take().text)
        return tuple(path)

    def split_identity(self, name: str) -> tuple[str, str]:
        """Split `I_n`, an identity whose dim is written."""
        head, _, dim = name.partition("_")
        is_identity = head == "I" and dim and name not in self.words.variables
        return (head, dim) if is_identity and "I" not in self.words.variables else (name, "")
