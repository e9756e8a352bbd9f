"""Numbers as a person writes them: fractions, multiples of π, powers of ten.

A number is only written so where what is written has its very value.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import pi

_LARGEST_DENOMINATOR = 9
# Where the digits do not end, as those of 1/12, fractions go further.
_LARGEST_UNENDING = 999
_LARGEST_NUMERATOR = 9999
# From here on Python writes a float with an exponent.
_SHOWN_WITH_EXPONENT = 1e16
# Fractions of π go further: twelfths are common angles.
_LARGEST_WITH_PI = 16


@dataclass(frozen=True, slots=True)
class ExactQuotient:
    """A number that is a quotient of whole numbers, either of which π may multiply.

    Parameters
    ----------
    above, below
        The whole numbers; both are positive, or the number is 0.
    pi_above, pi_below
        Whether π multiplies them.
    """

    above: int
    below: int
    pi_above: bool = False
    pi_below: bool = False

    @property
    def value(self) -> float:
        """Its value, computed as it is read."""
        above = self.above * pi if self.pi_above else self.above
        below = self.below * pi if self.pi_below else self.below
        return above / below


def exact_quotient(size: float, *, with_pi: bool = True) -> ExactQuotient | None:
    """Read a number as a quotient of small whole numbers and π; None if it is none.

    Examples
    --------
    >>> exact_quotient(0.5)
    ExactQuotient(above=1, below=2, pi_above=False, pi_below=False)
    >>> exact_quotient(1.5 * pi).above, exact_quotient(0.1 + 0.2)
    (3, None)
    """
    if not size < _SHOWN_WITH_EXPONENT:
        return None
    plain = Fraction(size).limit_denominator(_LARGEST_DENOMINATOR)
    candidates = [ExactQuotient(plain.numerator, plain.denominator)]
    longer = Fraction(size).limit_denominator(_LARGEST_UNENDING)
    if 10**9 % longer.denominator and longer.numerator <= _LARGEST_NUMERATOR:
        candidates.append(ExactQuotient(longer.numerator, longer.denominator))
    if with_pi and 1e-3 < size < 1e3:
        over = Fraction(size / pi).limit_denominator(_LARGEST_WITH_PI)
        under = Fraction(size * pi).limit_denominator(_LARGEST_WITH_PI)
        candidates += [
            ExactQuotient(over.numerator, over.denominator, pi_above=True),
            ExactQuotient(under.numerator, under.denominator, pi_below=True),
        ]
    return next((one for one in candidates if one.value == size), None)


def split_exponent(size: float) -> tuple[str, int]:
    """Return the digits of a number, and the power of ten that they are multiplied by.

    Examples
    --------
    >>> split_exponent(2.5e-07), split_exponent(0.25), split_exponent(1e16)
    (('2.5', -7), ('0.25', 0), ('1', 16))
    """
    digits, _, exponent = repr(size).partition("e")
    return digits, int(exponent or 0)
