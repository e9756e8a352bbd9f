"""Quotients of polynomials: read from expressions entry by entry, reduced, and written.

Sums that are divided by stay factors, and cancel where they divide what stands above. Roots of
them are divisors, too, so that `1/√s - x²/√s³` is `1/√s³` for `s = 1 + x²`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from einsgrad.expressions.construct import add_terms, build_einsum
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Add, Constant, Expr, Number
from einsgrad.expressions.products import is_ones_vector, tidy
from einsgrad.expressions.selectors import Delta
from einsgrad.simplification.flattening import flatten
from einsgrad.simplification.polynomials import (
    ONE,
    Monomial,
    Polynomial,
    TooLongError,
    content,
    product,
    quotient,
    raised,
    total,
)
from einsgrad.simplification.reading_powers import (
    Exponent,
    Groups,
    is_integer,
    powers_in,
    tidy_exponent,
)
from einsgrad.simplification.written_powers import write_powers
from einsgrad.strings.subscripts import Indices, Label, Subscripts

# A polynomial of several terms without a content.
Divisor: TypeAlias = "frozenset[tuple[Monomial, Number]]"
Dims: TypeAlias = "dict[Label, Dim]"

# Longer sums are not read, no higher powers are written out, and sums that are deeper are bases.
LONGEST_READ = 6
_HIGHEST = 4
_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Fraction:
    """A polynomial divided by powers of others, each of several terms."""

    above: Polynomial
    below: dict[Divisor, Exponent] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FractionReader:
    """Reads expressions as fractions.

    Parameters
    ----------
    opens
        Whether sums are opened that are not divided by, but for those within divisors.
    """

    opens: bool

    def read(self, expr: Expr, labels: Indices, depth: int = _DEPTH) -> Fraction:
        """Read an expression; sums that are deeper are bases."""
        if isinstance(expr, Add):
            if len(expr.terms) > LONGEST_READ:
                raise TooLongError
            return _total([self.read(term, labels, depth) for term in expr.terms])
        found = Fraction({ONE: 1})
        for base, indices, exponent in powers_in(expr, labels):
            if not is_ones_vector(base):
                found = _product(found, self._power(base, indices, exponent, depth))
        return found

    def _power(self, base: Expr, indices: Indices, exponent: Exponent, depth: int) -> Fraction:
        if isinstance(base, Constant):
            return Fraction({ONE: tidy(base.value**exponent)})
        is_opened = exponent < 0 or (self.opens and depth == _DEPTH)
        if isinstance(base, Add) and depth and is_opened and len(base.terms) <= LONGEST_READ:
            inner = self.read(base, indices, depth - 1)
            if is_integer(exponent) and abs(exponent) <= _HIGHEST:
                return _raised(inner, int(exponent))
            number, powers, _ = content(inner.above)
            if not inner.below and number == 1 and not powers and len(inner.above) > 1:
                return Fraction({ONE: 1}, {frozenset(inner.above.items()): -exponent})
        return Fraction({frozenset({((base, indices), exponent)}): 1})


def _product(one: Fraction, other: Fraction) -> Fraction:
    below = dict(one.below)
    for divisor, exponent in other.below.items():
        below[divisor] = tidy_exponent(below.get(divisor, 0) + exponent)
    return Fraction(product(one.above, other.above), below)


def _raised(base: Fraction, exponent: int) -> Fraction:
    """Raise a fraction; a sum above stays one factor, which divides with the exponent -1."""
    if not base.above:
        raise TooLongError
    below = {divisor: tidy_exponent(own * exponent) for divisor, own in base.below.items()}
    number, powers, rest = content(base.above)
    turned = frozenset((atom, tidy_exponent(own * exponent)) for atom, own in powers)
    if len(rest) > 1:
        key = frozenset(rest.items())
        below[key] = tidy_exponent(below.get(key, 0) - exponent)
    return Fraction({turned: tidy(number**exponent)}, below)


def _total(parts: Sequence[Fraction]) -> Fraction:
    """Add fractions over their common denominator."""
    divisors = dict.fromkeys(divisor for part in parts for divisor in part.below)
    highest = {one: max(part.below.get(one, 0) for part in parts) for one in divisors}
    above: list[Polynomial] = []
    for part in parts:
        scaled = part.above
        for divisor, exponent in highest.items():
            missing = tidy_exponent(exponent - part.below.get(divisor, 0))
            if not is_integer(missing) or missing > _HIGHEST:
                raise TooLongError
            scaled = product(scaled, raised(dict(divisor), int(missing)))
        above.append(scaled)
    return Fraction(total(above), highest)


def in_lowest_terms(fraction: Fraction) -> Fraction:
    """Divide a fraction by what its divisors share with what stands above.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y = eg.variables("x y")
    >>> fraction = FractionReader(opens=True).read(eg.simplify(1 - x / (x + y)), ())
    >>> len(fraction.above), len(in_lowest_terms(fraction).above)
    (1, 1)
    """
    if not fraction.above:
        return fraction
    number, powers, above = content(fraction.above)
    fraction = _without_shared_sums(Fraction(above, fraction.below))
    above = fraction.above
    below: dict[Divisor, Exponent] = {}
    for divisor, exponent in fraction.below.items():
        times = 0
        left = quotient(above, dict(divisor))
        while left is not None:
            above, times = left, times + 1
            left = quotient(above, dict(divisor)) if len(above) > 1 else None
        below[divisor] = tidy_exponent(exponent - times)
    return Fraction(product({powers: number}, above), below)


def _without_shared_sums(fraction: Fraction) -> Fraction:
    """Divide sums above by those below: `(1 - t²)/(1 + t)` is `1 - t`."""
    above, below = fraction.above, dict(fraction.below)
    for over in [one for one, exponent in below.items() if exponent < 0]:
        for under in [one for one, exponent in below.items() if exponent > 0]:
            left = quotient(dict(over), dict(under))
            while left is not None and below[over] <= -1 and below[under] >= 1:
                above = product(above, left)
                below[over] = tidy_exponent(below[over] + 1)
                below[under] = tidy_exponent(below[under] - 1)
    return Fraction(above, below)


def fraction_over(fraction: Fraction, labels: Indices, dims: Dims) -> Expr:
    """Write a fraction over labels; what is written is not simple.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y = eg.variables("x y")
    >>> fraction = FractionReader(opens=True).read(eg.simplify(1 - x / (x + y)), ())
    >>> eg.simplify(fraction_over(in_lowest_terms(fraction), (), {})) is eg.simplify(y / (x + y))
    True
    """
    shape = tuple([dims[label] for label in labels])
    if not fraction.above:
        return add_terms([], shape)
    number, powers, rest = content(fraction.above)
    groups: Groups = dict(powers)
    sums = [(rest, 1), *((dict(one), -exponent) for one, exponent in fraction.below.items())]
    for terms, exponent in sums:
        if len(terms) > 1 and exponent:
            held = {label for own in terms for (_, indices), _ in own for label in indices}
            own = tuple([label for label in labels if label in held])
            key = _sum(terms, own, dims), own
            groups[key] = tidy_exponent(groups.get(key, 0) + exponent)
    return _einsum(number, groups, labels, dims)


def _sum(terms: Polynomial, labels: Indices, dims: Dims) -> Expr:
    parts = [_einsum(number, dict(powers), labels, dims) for powers, number in terms.items()]
    return add_terms(parts, tuple([dims[label] for label in labels]))


def _einsum(number: Number, groups: Groups, labels: Indices, dims: Dims) -> Expr:
    factors = [((), Constant(number)), *write_powers(groups)]
    held = {label for indices, _ in factors for label in indices}
    ones = [((label,), Delta(dims[label], 1)) for label in labels if label not in held]
    pairs = [*factors, *ones]
    lists = tuple([indices for indices, _ in pairs])
    return flatten(build_einsum(Subscripts(lists, labels), [one for _, one in pairs]))
