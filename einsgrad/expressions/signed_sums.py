"""Sums as a person writes them: `a - b`, not `a + -b`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from einsgrad.expressions.nodes import Number

# Every whole number up to the first is a float; none from the second on is.
_MOST_EXACT, _MOST_FLOAT = 2**53, 2**1023


@dataclass(frozen=True, slots=True)
class SignedNumber:
    """A number as its sign, which stands before it, and the rest."""

    is_negative: bool
    size: Number

    @classmethod
    def of(cls, value: Number) -> SignedNumber:
        """Take the sign off a number; a complex one keeps its own.

        Examples
        --------
        >>> SignedNumber.of(-2), SignedNumber.of(1j)
        (SignedNumber(is_negative=True, size=2), SignedNumber(is_negative=False, size=1j))
        """
        is_negative = not isinstance(value, complex) and value < 0
        return cls(is_negative, -value if is_negative else value)


def number_text(value: Number) -> str:
    """Write a number in digits; a whole number that is too long for that as a float of its value.

    Examples
    --------
    >>> number_text(12), number_text(10**20), number_text(0.5), number_text(1j)
    ('12', '1e+20', '0.5', '1j')
    """
    if isinstance(value, int) and _MOST_EXACT < abs(value) < _MOST_FLOAT:
        near = float(value)
        return repr(near) if near == value else str(value)
    return str(value)


@dataclass(frozen=True, slots=True)
class SignedText:
    """A term of a sum: whether it is subtracted, and its text without the sign."""

    is_negative: bool
    text: str


def signed_sum(terms: Iterable[SignedText]) -> str:
    """Join the terms of a sum by their signs.

    Examples
    --------
    >>> signed_sum([SignedText(True, "a"), SignedText(False, "b"), SignedText(True, "2 c")])
    '-a + b - 2 c'
    """
    text = ""
    for term in terms:
        if text:
            text += " - " if term.is_negative else " + "
        else:
            text = "-" if term.is_negative else ""
        text += term.text
    return text
