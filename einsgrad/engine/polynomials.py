"""Polynomials in dims, with whole coefficients: how many operations something takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import gcd, prod

from einsgrad.expressions.dims import Dim, parts_of
from einsgrad.expressions.signed_sums import SignedText, signed_sum

DimProduct = tuple[str, ...]


@dataclass(frozen=True)
class Polynomial:
    """A sum of products of dims with whole coefficients.

    Examples
    --------
    >>> print(Polynomial.of([2, "n", "m"], ["m"], ["n", "m", 3]))
    5mn + m
    >>> from einsgrad.expressions.dims import linear
    >>> print(Polynomial.of([linear((1, "n"), (-1, 1)), "m"]))
    mn - m
    """

    terms: tuple[tuple[DimProduct, int], ...]

    @classmethod
    def of(cls, *products: Sequence[Dim]) -> Polynomial:
        """Add products of dims and numbers."""
        total: Counter[DimProduct] = Counter()
        for product in products:
            for names, count in _multiplied_out(product).items():
                total[names] += count
        return cls(_sorted(total))

    def __add__(self, other: Polynomial) -> Polynomial:
        total = Counter(dict(self.terms))
        total.update(dict(other.terms))
        return Polynomial(_sorted(total))

    def without_common(self, other: Polynomial) -> tuple[Polynomial, Polynomial]:
        """Take from two polynomials what both have, and the factor that all terms share."""
        one, two = dict(self.terms), dict(other.terms)
        parts = [_less_common(one, two), _less_common(two, one)]
        monomials = [Counter(monomial) for part in parts for monomial in part]
        shared: Counter[str] = monomials[0] if monomials else Counter()
        for monomial in monomials[1:]:
            shared &= monomial
        number = gcd(*(count for part in parts for count in part.values()))
        left, right = (
            Counter(
                {
                    tuple(sorted((Counter(monomial) - shared).elements())): count // number
                    for monomial, count in part.items()
                }
            )
            for part in parts
        )
        return Polynomial(_sorted(left)), Polynomial(_sorted(right))

    def is_covered_by(self, other: Polynomial) -> bool:
        """Tell whether every term divides a term of its own of the other polynomial.

        Terms that are taken away count for the other one.

        Examples
        --------
        >>> Polynomial.of("m", "n").is_covered_by(Polynomial.of("mn", "n"))
        True
        """
        free = [*_copies(other, 1), *_copies(self, -1)]
        for names in [*_copies(self, 1), *_copies(other, -1)]:
            match = next((one for one in free if names <= one), None)
            if match is None:
                return False
            free.remove(match)
        return True

    def at(self, sizes: Mapping[str, int]) -> int:
        """Return the value for given sizes."""
        return sum(count * prod(sizes[name] for name in names) for names, count in self.terms)

    def __str__(self) -> str:
        terms = [
            SignedText(count < 0, _term_text(names, abs(count))) for names, count in self.terms
        ]
        return signed_sum(terms) if terms else "0"


def _multiplied_out(product: Sequence[Dim]) -> dict[DimProduct, int]:
    """Multiply dims, of which some are sums."""
    total: dict[DimProduct, int] = {(): 1}
    for dim in product:
        names, constant = parts_of(dim)
        factors = [*(((name,), number) for name, number in names), ((), constant)]
        longer: Counter[DimProduct] = Counter()
        for known, count in total.items():
            for more, number in factors:
                longer[tuple(sorted((*known, *more)))] += count * number
        total = {one: count for one, count in longer.items() if count}
    return total


def _less_common(
    one: Mapping[DimProduct, int], two: Mapping[DimProduct, int]
) -> Counter[DimProduct]:
    """Take from the terms of one polynomial those that another one has as well."""
    left: Counter[DimProduct] = Counter()
    for names, count in one.items():
        other = two.get(names, 0)
        shared = min(abs(count), abs(other)) if count * other > 0 else 0
        if abs(count) > shared:
            left[names] = count - shared if count > 0 else count + shared
    return left


def _copies(polynomial: Polynomial, sign: int) -> list[Counter[str]]:
    """Return the terms that are added, or taken away, as often as they are."""
    return [Counter(names) for names, count in polynomial.terms for _ in range(sign * count)]


def _sorted(total: Mapping[DimProduct, int]) -> tuple[tuple[DimProduct, int], ...]:
    kept = [(names, count) for names, count in total.items() if count]
    return tuple(sorted(kept, key=lambda term: (-len(term[0]), term[0])))


def _term_text(names: DimProduct, count: int) -> str:
    if not names:
        return str(count)
    separator = "" if all(len(name) == 1 for name in names) else "·"
    powers = Counter(names)
    body = separator.join(
        name if power == 1 else f"{name}{str(power).translate(_RAISED)}"
        for name, power in powers.items()
    )
    return body if count == 1 else f"{count}{separator}{body}"


_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
