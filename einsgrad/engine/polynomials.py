"""Polynomials in dims, with whole coefficients: how many operations something takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import gcd, prod

from einsgrad.expressions.dims import Dim

DimProduct = tuple[str, ...]


@dataclass(frozen=True)
class Polynomial:
    """A sum of products of dims with whole coefficients.

    Examples
    --------
    >>> print(Polynomial.of([2, "n", "m"], ["m"], ["n", "m", 3]))
    5mn + m
    """

    terms: tuple[tuple[DimProduct, int], ...]

    @classmethod
    def of(cls, *products: Sequence[Dim]) -> Polynomial:
        """Add products of dims and numbers."""
        total: Counter[DimProduct] = Counter()
        for product in products:
            names = tuple(sorted(dim for dim in product if isinstance(dim, str)))
            total[names] += prod(dim for dim in product if isinstance(dim, int))
        return cls(_sorted(total))

    def __add__(self, other: Polynomial) -> Polynomial:
        total = Counter(dict(self.terms))
        total.update(dict(other.terms))
        return Polynomial(_sorted(total))

    def without_common(self, other: Polynomial) -> tuple[Polynomial, Polynomial]:
        """Take from two polynomials what both have, and the factor that all terms share."""
        one, two = Counter(dict(self.terms)), Counter(dict(other.terms))
        common = one & two
        parts = [one - common, two - common]
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

        Examples
        --------
        >>> Polynomial.of("m", "n").is_covered_by(Polynomial.of("mn", "n"))
        True
        """
        free = [Counter(names) for names, count in other.terms for _ in range(count)]
        for names in [names for names, count in self.terms for _ in range(count)]:
            match = next((one for one in free if Counter(names) <= one), None)
            if match is None:
                return False
            free.remove(match)
        return True

    def at(self, sizes: Mapping[str, int]) -> int:
        """Return the value for given sizes."""
        return sum(count * prod(sizes[name] for name in names) for names, count in self.terms)

    def __str__(self) -> str:
        return " + ".join(_term_text(names, count) for names, count in self.terms) or "0"


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
