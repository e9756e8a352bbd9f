"""The words of a formula in matrix notation: `Aᵀ`, `‖x‖_2`, `x.^2`, each with its column."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum, auto

_PATTERN = re.compile(
    r"""(?P<string>"[^"]*")
    |(?P<number>(?:\d+(?:\.\d+|\.(?![*/^'\d]))?|\.\d+)(?:[eE][+-]?\d+)?(?:[jJ]\b)?)
    |(?P<mark>[⁻⁺]?[ᵀᴴ]|⊤|[⁻⁺]?[⁰¹²³⁴-⁹]+)
    |(?P<identity>I_\{[^{}]*\})
    |(?P<name>[^\W\d_ᵀᴴ²³¹⁰⁴-⁹][^\Wᵀᴴ²³¹⁰⁴-⁹]*)
    |(?P<index>_(?:\{[^{}]*\}|\*|∞|[^\W_ᵀᴴ²³¹⁰⁴-⁹]+))
    |(?P<space>\s+)
    |(?P<sign>\.[*/^']|\*\*|\|\||\^∘|<=|>=|==|!=|.)""",
    re.VERBOSE | re.DOTALL,
)
_NO_BRACES = str.maketrans("", "", "{}")
_SAME_SIGNS = {"−": "-", "⋅": "·", "||": "‖", "∥": "‖", "∣": "|", "≤": "<=", "≥": ">="}


class TokenKind(Enum):
    """What a token is."""

    STRING = auto()
    NUMBER = auto()
    MARK = auto()
    NAME = auto()
    INDEX = auto()
    SIGN = auto()
    # A quote that transposes: it touches what stands before it.
    QUOTE = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a sign of a formula.

    Parameters
    ----------
    kind
        What it is.
    text
        Its text; signs that mean one thing have one text.
    column, end
        Where it stands.
    """

    kind: TokenKind
    text: str
    column: int
    end: int

    def is_sign(self, *signs: str) -> bool:
        """Tell whether it is one of some signs."""
        return self.kind is TokenKind.SIGN and self.text in signs

    @property
    def ends_operand(self) -> bool:
        """Whether a quote behind it transposes."""
        return self.kind in _OPERANDS or self.is_sign(")", "]", "}", "‖", "|")


_OPERANDS = {TokenKind.NUMBER, TokenKind.MARK, TokenKind.NAME, TokenKind.INDEX, TokenKind.QUOTE}


def tokens_of(text: str) -> list[Token]:
    """Split a formula into tokens; the last one is its end.

    Examples
    --------
    >>> [token.text for token in tokens_of("2 A' x.^2 − ‖b‖_2")]
    ['2', 'A', "'", 'x', '.^', '2', '-', '‖', 'b', '‖', '_2', '']
    """
    found: list[Token] = []
    place = 0
    while place < len(text):
        match = _PATTERN.match(text, place)
        assert match is not None
        token = _token(match, found[-1] if found else None)
        place = match.end()
        if token is not None and token.is_sign("'"):
            # Not behind an operand, a quote begins a string.
            token = _quoted(text, token)
            place = token.end
        if token is not None:
            found.append(token)
    return [*found, Token(TokenKind.END, "", len(text), len(text))]


def _token(match: re.Match[str], before: Token | None) -> Token | None:
    kind, text, column, end = str(match.lastgroup), match[0], match.start(), match.end()
    if kind == "space":
        return None
    if text in ("'", ".'", "′", "’") and before and before.ends_operand and before.end == column:
        return Token(TokenKind.QUOTE, "'", column, end)
    if kind == "identity":
        # `I_{n-1}`, an identity whose dim is written.
        kind, text = "name", text.translate(_NO_BRACES)
    if kind == "name":
        # As Python reads names.
        text = unicodedata.normalize("NFKC", text)
    return Token(TokenKind[kind.upper()], _SAME_SIGNS.get(text, text), column, end)


def _quoted(text: str, quote: Token) -> Token:
    end = text.find("'", quote.end) + 1
    return Token(TokenKind.STRING, text[quote.column : end], quote.column, end) if end else quote
