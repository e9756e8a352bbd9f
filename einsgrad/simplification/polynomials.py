"""Polynomials of few terms over any bases, entry by entry: products, quotients, what is shared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import gcd
from typing import TypeAlias

from einsgrad.expressions.nodes import Expr, Number
from einsgrad.expressions.products import tidy
from einsgrad.expressions.selectors import Delta
from einsgrad.simplification.reading_powers import Exponent, tidy_exponent
from einsgrad.strings.subscripts import Indices

# A base over its labels; powers of several; and powers with their numbers.
Atom: TypeAlias = "tuple[Expr, Indices]"
Monomial: TypeAlias = "frozenset[tuple[Atom, Exponent]]"
Polynomial: TypeAlias = "dict[Monomial, Number]"

ONE: Monomial = frozenset()
# No polynomial has more terms.
_MOST_TERMS = 16
# Fractions of numbers have one denominator up to this power of 2.
_FINEST = 64


class TooLongError(Exception):
    """What would be written out has too many terms."""


def monomial_product(one: Monomial, other: Monomial, sign: int = 1) -> Monomial:
    """Multiply powers by others, or divide by them.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> x = frozenset({((Variable("x", ()), ()), 1)})
    >>> monomial_product(x, x), monomial_product(x, x, -1) == ONE
    (frozenset({((x, ()), 2)}), True)
    """
    found = dict(one)
    for atom, exponent in other:
        found[atom] = tidy_exponent(found.get(atom, 0) + sign * exponent)
    return frozenset((atom, exponent) for atom, exponent in found.items() if exponent)


def total(parts: Iterable[Polynomial]) -> Polynomial:
    """Add polynomials."""
    found: Polynomial = {}
    for part in parts:
        for powers, number in part.items():
            found[powers] = tidy(found.get(powers, 0) + number)
    return _bounded({powers: number for powers, number in found.items() if number != 0})


def product(one: Polynomial, other: Polynomial) -> Polynomial:
    """Multiply two polynomials.

    Raises
    ------
    TooLongError
        If the product has too many terms.
    """
    return total(
        {monomial_product(powers, own, 1): number * factor for own, factor in other.items()}
        for powers, number in one.items()
    )


def raised(base: Polynomial, exponent: int) -> Polynomial:
    """Raise a polynomial to a positive whole power, or to 0."""
    found: Polynomial = {ONE: 1}
    for _ in range(exponent):
        found = product(found, base)
    return found


def _bounded(found: Polynomial) -> Polynomial:
    if len(found) > _MOST_TERMS:
        raise TooLongError
    return found


def content(whole: Polynomial) -> tuple[Number, Monomial, Polynomial]:
    """Split a polynomial into what all terms share, a number and powers, and the rest.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> x, y = (frozenset({((Variable(name, ()), ()), 1)}) for name in "xy")
    >>> number, powers, rest = content({monomial_product(x, x): 2, monomial_product(x, y): -4})
    >>> number, powers == x, rest == {x: 1, y: -2}
    (2, True, True)
    """
    shared = frozenset(_shared(whole))
    rest = {monomial_product(powers, shared, -1): number for powers, number in whole.items()}
    number = _common_number(list(rest.values()))
    leading = rest[max(rest, key=_Order(rest))]
    if not isinstance(leading, complex) and leading < 0:
        number = -number
    return number, shared, {powers: tidy(one / number) for powers, one in rest.items()}


def _common_number(numbers: Sequence[Number]) -> Number:
    """Return the largest number of which all are whole multiples, if that is exact; else 1."""
    if len({abs(one) for one in numbers}) == 1:
        return abs(numbers[0])
    if any(isinstance(one, complex) for one in numbers):
        return 1
    ratios = [one.as_integer_ratio() for one in numbers if not isinstance(one, complex)]
    below = max(under for _, under in ratios)
    if below > _FINEST:
        return 1
    return tidy(gcd(*(above * (below // under) for above, under in ratios)) / below)


def _shared(whole: Iterable[Monomial]) -> Iterator[tuple[Atom, Exponent]]:
    """Yield the powers that all terms have; a mean stays one beside what is no mean."""
    every = [dict(powers) for powers in whole]
    for atom in dict.fromkeys(atom for powers in every for atom in powers):
        exponents = [powers.get(atom, 0) for powers in every]
        lowest = min(exponents)
        if lowest < 0 and isinstance(atom[0], Delta):
            lowest = min(max(exponents), 0)
        if lowest:
            yield atom, lowest


def quotient(above: Polynomial, below: Polynomial) -> Polynomial | None:
    """Divide a polynomial by another one; None where that leaves a rest.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> x = frozenset({((Variable("x", ()), ()), 1)})
    >>> quotient({monomial_product(x, x): 1, ONE: -1}, {x: 1, ONE: -1}) == {x: 1, ONE: 1}
    True
    """
    order = _Order((*above, *below))
    first = max(below, key=order)
    rest, found = above, dict[Monomial, Number]()
    while rest:
        leading = max(rest, key=order)
        powers = monomial_product(leading, first, -1)
        if any(exponent < 0 for _, exponent in powers) or len(found) == _MOST_TERMS:
            return None
        number = tidy(rest[leading] / below[first])
        found[powers] = number
        taken = {monomial_product(powers, own): -number * factor for own, factor in below.items()}
        rest = {own: one for own, one in total([rest, taken]).items() if own != leading}
    return found


class _Order:
    """Orders powers of the atoms that some have: first by the power of the first atom."""

    __slots__ = ("atoms",)

    def __init__(self, held: Iterable[Monomial]) -> None:
        found = {atom for powers in held for atom, _ in powers}
        self.atoms = sorted(found, key=lambda atom: (atom[0].key, atom[1]))

    def __call__(self, powers: Monomial) -> tuple[Exponent, ...]:
        own = dict(powers)
        return tuple([own.get(atom, 0) for atom in self.atoms])
