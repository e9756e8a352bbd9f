"""The degree of exponentials: with how large coefficients exponents are sums of independent terms.

`exp(2.7 x + 5.4 y)` is the product of `exp(2.7 x)` and of `exp(2.7 y)` squared: what counts
are the coefficients divided by a number of which all of them are multiples.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm, prod

from einsgrad.engine.binding import size_of
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.walks import topological
from einsgrad.proof.constants import recognise

# Coefficients, each with the number of terms that have it.
Coefficients = Mapping[Fraction, int]

_ONE: Coefficients = {Fraction(1): 1}
_MOST_COEFFICIENTS = 40
_EXPONENTIAL = {"exp": 0, "sin": 0, "cos": 0, "power": 1}


class Exponents:
    """The coefficients of all exponents in expressions.

    Parameters
    ----------
    roots
        The expressions.
    sizes
        The sizes of dims.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y = eg.variables("x y")
    >>> exponent = 2.7 * x + 5.4 * y
    >>> Exponents([eg.exp(exponent)], {}).degree(exponent)
    3.0
    """

    def __init__(self, roots: Sequence[Expr], sizes: Mapping[Dim, int]) -> None:
        self._sizes = sizes
        self._known: dict[Expr, Coefficients] = {}
        used: list[Expr] = []
        for node in topological(*roots):
            self._known[node] = self._coefficients(node)
            place = _EXPONENTIAL.get(node.function.name) if isinstance(node, Map) else None
            if isinstance(node, Map) and place is not None:
                used.append(node.operands[place])
        self._unit = _common([c for one in used for c in self._known[one]])

    def degree(self, exponent: Expr) -> float:
        """Return the degree of the exponential of an expression."""
        known = self._known[exponent]
        return float(sum(count * abs(c) for c, count in known.items()) / self._unit)

    def _coefficients(self, node: Expr) -> Coefficients:
        match node:
            case Constant(value=value):
                known = None if isinstance(value, complex) else recognise(float(value))
                return _ONE if known is None or not known.fraction else {known.fraction: 1}
            case Delta(dim=dim, order=0):
                return {Fraction(size_of(dim, self._sizes)): 1}
            case Add(terms=terms):
                found: Counter[Fraction] = Counter()
                for term in terms:
                    found.update(self._known[term])
                return found
            case Einsum():
                return self._of_product(node)
            case _:
                return _ONE

    def _of_product(self, node: Einsum) -> Coefficients:
        dims, output = node.dims, node.subscripts.output
        summed = [dims[label] for label in node.subscripts.labels if label not in output]
        found: Counter[Fraction] = Counter(
            {Fraction(1): prod(size_of(dim, self._sizes) for dim in summed)}
        )
        for operand in node.operands:
            products: Counter[Fraction] = Counter()
            for one, many in found.items():
                for other, more in self._known[operand].items():
                    products[one * other] += many * more
            found = products
            if len(found) > _MOST_COEFFICIENTS:
                found = Counter({max(found, key=abs): sum(found.values())})
        return found


def _common(numbers: Sequence[Fraction]) -> Fraction:
    """Return the largest number of which all numbers are multiples; 1 of no numbers."""
    if not numbers:
        return Fraction(1)
    return Fraction(
        gcd(*(one.numerator for one in numbers)), lcm(*(one.denominator for one in numbers))
    )
