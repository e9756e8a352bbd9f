"""Numbers as a person writes them: fractions, multiples of π, roots, powers of ten.

A number is only written so where what is written has its very value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain
from math import isqrt, pi, sqrt

from einsgrad.expressions.products import is_unending

_LARGEST_DENOMINATOR = 9
# Where the digits do not end, as those of 1/12, fractions go further.
_LARGEST_UNENDING = 999
_LARGEST_NUMERATOR = 9999
# From here on Python writes a float with an exponent.
_SHOWN_WITH_EXPONENT = 1e16
# Fractions of π go further: twelfths are common angles.
_LARGEST_WITH_PI = 16
# Of the numbers that stand in roots.
_LARGEST_SQUARE = 199


@dataclass(frozen=True, slots=True)
class NumberPart:
    """A whole number, which π may multiply, or the root of it."""

    number: int
    has_pi: bool = False
    is_root: bool = False

    @property
    def value(self) -> float:
        """Its value, computed as it is read."""
        number = self.number * pi if self.has_pi else self.number
        return sqrt(number) if self.is_root else number


@dataclass(frozen=True, slots=True)
class ExactQuotient:
    """A quotient of two numbers, or the root of one; both are positive, or it is 0."""

    above: NumberPart
    below: NumberPart
    is_root: bool = False

    @property
    def value(self) -> float:
        """Its value, computed as it is read."""
        quotient = self.above.value / self.below.value
        return sqrt(quotient) if self.is_root else quotient


def exact_quotient(size: float, *, with_pi: bool = True) -> ExactQuotient | None:
    """Read a number as a quotient of small whole numbers, their roots and π; None if it is none.

    Examples
    --------
    >>> half = exact_quotient(0.5)
    >>> half.above.number, half.below.number
    (1, 2)
    >>> exact_quotient(1.5 * pi).above.number, exact_quotient(0.1 + 0.2)
    (3, None)
    >>> exact_quotient(3**0.5 / 2).above
    NumberPart(number=3, has_pi=False, is_root=True)
    """
    if not size < _SHOWN_WITH_EXPONENT:
        return None
    found = (_quotients(size, with_pi=with_pi), _roots(size, with_pi=with_pi))
    return next((one for one in chain(*found) if one.value == size), None)


def _quotients(size: float, *, with_pi: bool) -> Iterator[ExactQuotient]:
    """Yield the quotients of whole numbers and π that are near a number."""
    plain = Fraction(size).limit_denominator(_LARGEST_DENOMINATOR)
    yield _quotient(plain)
    longer = Fraction(size).limit_denominator(_LARGEST_UNENDING)
    if 10**9 % longer.denominator and longer.numerator <= _LARGEST_NUMERATOR:
        yield _quotient(longer)
    if with_pi and 1e-3 < size < 1e3:
        over = Fraction(size / pi).limit_denominator(_LARGEST_WITH_PI)
        under = Fraction(size * pi).limit_denominator(_LARGEST_WITH_PI)
        yield ExactQuotient(NumberPart(over.numerator, has_pi=True), NumberPart(over.denominator))
        yield ExactQuotient(NumberPart(under.numerator), NumberPart(under.denominator, has_pi=True))


def _quotient(fraction: Fraction) -> ExactQuotient:
    return ExactQuotient(NumberPart(fraction.numerator), NumberPart(fraction.denominator))


def _roots(size: float, *, with_pi: bool) -> Iterator[ExactQuotient]:
    """Yield the roots, and quotients of roots, that are near a number whose digits do not end."""
    if not 1e-3 < size < 1e3 or not is_unending(size):
        return
    for square in _quotients(size * size, with_pi=with_pi):
        above, below = square.above, square.below
        if max(above.number, below.number) > _LARGEST_SQUARE:
            continue
        yield ExactQuotient(_root(above), _root(below))
        yield replace(square, is_root=True)


def _root(whole: NumberPart) -> NumberPart:
    """Write the root of a number, which is whole where that of the number is."""
    root = isqrt(whole.number)
    if root * root == whole.number and not whole.has_pi:
        return NumberPart(root)
    return replace(whole, is_root=True)


def split_exponent(size: float) -> tuple[str, int]:
    """Return the digits of a number, and the power of ten that they are multiplied by.

    Examples
    --------
    >>> split_exponent(2.5e-07), split_exponent(0.25), split_exponent(1e16)
    (('2.5', -7), ('0.25', 0), ('1', 16))
    """
    digits, _, exponent = repr(size).partition("e")
    return digits, int(exponent or 0)
