"""What a float stands for: a fraction, a multiple of π, a root, a multiple of a logarithm."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import exp, isfinite, log, pi

# A float has 53 bits; a fraction of so few is no accident.
_CLOSE = 1e-15
_DENOMINATOR = 10_000
_FEW = 1_000
_FEWER = 100
# Exponentials of larger numbers have too few digits after the point.
_LARGE = 5
_MOST_ADDED = 10
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Known:
    """A number that is known: a fraction of a power of π, as it is, or under a root.

    Parameters
    ----------
    fraction
        The fraction.
    pi_power
        The power of π that it is multiplied by.
    root
        Whether the number is the root of that, with the fraction's sign.
    logarithm
        The fraction whose logarithm the number is multiplied by, or divided by.
    divided
        Whether it is divided.
    exponent
        The fraction whose exponential the number is multiplied by.
    added
        A whole number that is added.
    """

    fraction: Fraction
    pi_power: int = 0
    root: bool = False
    logarithm: Fraction | None = None
    divided: bool = False
    exponent: Fraction = Fraction(0)
    added: int = 0


@lru_cache(maxsize=1024)
def recognise(value: float) -> Known | None:
    """Tell what a float stands for; None where that is not known.

    Examples
    --------
    >>> recognise(0.1).fraction, recognise(2 / 3).fraction, recognise(2 * pi).pi_power
    (Fraction(1, 10), Fraction(2, 3), 1)
    >>> recognise(2**0.5).root, recognise(log(2)).logarithm, recognise(0.123456789012)
    (True, Fraction(2, 1), None)
    """
    if not isfinite(value):
        return None
    plain = fraction_of(value, _DENOMINATOR)
    if plain is not None:
        return Known(plain)
    for power in (1, -1, 2, -2):
        found = fraction_of(value / pi**power, _FEW)
        if found is not None:
            return Known(found, power)
    for power in (0, 1, -1, 3, -3):
        found = fraction_of(value * value / pi**power, _FEW)
        if found is not None:
            return Known(found if value > 0 else -found, power, root=True)
    return _transcendental(value)


def _transcendental(value: float) -> Known | None:
    """Tell what multiple of a logarithm, which logarithm, or which exponential a float is."""
    for number in (2, 3, 5, 10):
        for divided in (False, True):
            scale = 1 / log(number) if divided else log(number)
            found = fraction_of(value / scale, _FEW)
            if found is not None:
                return Known(found, logarithm=Fraction(number), divided=divided)
    exponent = fraction_of(log(abs(value)), _FEWER)
    if exponent is not None:
        return Known(Fraction(1 if value > 0 else -1), exponent=exponent)
    number_of = fraction_of(exp(value), _DENOMINATOR) if abs(value) < _LARGE else None
    if number_of:
        return Known(Fraction(1), logarithm=number_of)
    for added in range(-_MOST_ADDED, _MOST_ADDED + 1):
        found = fraction_of((value - added) / pi, _FEWER)
        if found is not None:
            return Known(found, 1, added=added)
    return None


def fraction_of(value: float, most: int) -> Fraction | None:
    """Return the fraction of a denominator up to `most`, or short decimal, that a float is.

    Examples
    --------
    >>> fraction_of(0.3333333333333333, 100), fraction_of(1e-5, 100), fraction_of(0.33333, 2)
    (Fraction(1, 3), Fraction(1, 100000), Fraction(33333, 100000))
    """
    text = repr(float(value))
    digits = text.partition("e")[0].replace(".", "").replace("-", "").strip("0")
    if len(digits) <= _DIGITS:
        return Fraction(text)
    found = Fraction(value).limit_denominator(most)
    return found if abs(found - Fraction(value)) <= _CLOSE * abs(found) else None
