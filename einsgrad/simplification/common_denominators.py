"""Fractions over a common denominator: `1/p + 1/(1 - p)` is `1/(p (1 - p))`.

Sums, products and powers of few bases are read as a quotient of polynomials, entry by entry.
Sums that are divided by stay factors, and cancel where they divide what stands above. Roots of
them are divisors, too: `1/√s - x²/√s³` is `1/√s³` for `s = 1 + x²`. A quotient is taken only
where it is shorter, and does not divide by more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from einsgrad.expressions.construct import add_terms, build_einsum
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map, Number
from einsgrad.expressions.products import SELECTORS, contract_deltas, is_ones_vector, tidy
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.tables.elementwise import POWER, RECIPROCAL, SQRT
from einsgrad.simplification.cancelling import extent
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
from einsgrad.simplification.powers import write_powers
from einsgrad.simplification.reading_powers import (
    Exponent,
    is_integer,
    powers_in,
    tidy_exponent,
)
from einsgrad.strings.subscripts import Indices, Label, Subscripts

# A polynomial of several terms without a content.
Divisor: TypeAlias = "frozenset[tuple[Monomial, Number]]"
Dims: TypeAlias = "dict[Label, Dim]"

# Longer sums are not read, no higher powers are written out, and sums that are deeper are bases.
_MOST_TERMS = 6
_HIGHEST = 4
_DEPTH = 3
_POWERS = (RECIPROCAL, SQRT, POWER)


@dataclass(frozen=True, slots=True)
class _Fraction:
    """A polynomial divided by powers of others."""

    above: Polynomial
    below: dict[Divisor, Exponent] = field(default_factory=dict)


def over_common_denominator(node: Add | Einsum) -> Expr | None:
    """Write a sum, or factors of a product, as one fraction, if that may be shorter.

    Examples
    --------
    >>> import einsgrad as eg
    >>> p, y = eg.variables("p y")
    >>> eg.simplify(over_common_denominator(eg.simplify(y / p) + eg.simplify(y / (1 - p))))
    ",,->"(y, reciprocal(p), reciprocal(1 - p))
    """
    if isinstance(node, Einsum):
        return _within_product(node)
    divided = tuple([term for term in node.terms if _is_divided_by_sum(term)])
    diagonals = _diagonals(node) if divided else []
    if len(diagonals) > 1:
        fraction = over_common_denominator(Add(tuple(one for _, one in diagonals)))
        if fraction is not None:
            whole = Subscripts(((0,), (0, 1)), (0, 1))
            found = build_einsum(whole, (fraction, Delta(node.shape[0], 2)))
            taken = {term for term, _ in diagonals}
            rest = [term for term in node.terms if term not in taken]
            return add_terms([*rest, found], node.shape)
    for terms in [node.terms, divided] if divided else []:
        fraction = _shorter(add_terms(terms, node.shape)) if 1 < len(terms) <= _MOST_TERMS else None
        if fraction is not None:
            kept = set(node.terms).difference(terms)
            rest = [term for term in node.terms if term in kept]
            return add_terms([*rest, fraction], node.shape)
    return None


def _diagonals(node: Add) -> list[tuple[Expr, Expr]]:
    """Return the terms of a sum that are diagonal matrices, each with its diagonal."""
    if len(node.shape) != 2:
        return []
    seen = Subscripts(((0, 0),), (0,))
    return [
        (term, contract_deltas(flatten(build_einsum(seen, (term,)))))
        for term in node.terms
        if isinstance(term, Einsum)
        and any(
            isinstance(one, Delta) and one.order == 2 and set(own) == set(term.subscripts.output)
            for own, one in zip(term.subscripts.inputs, term.operands, strict=True)
        )
    ]


def stays_over(node: Einsum, place: int) -> bool:
    """Tell whether a sum in a product stands over one, and is not multiplied out for what cancels.

    Examples
    --------
    >>> import einsgrad as eg
    >>> p, y = eg.variables("p y")
    >>> fraction = eg.simplify((y - p) / (p * (1 - p)))
    >>> [stays_over(fraction, place) for place in range(len(fraction.operands))]
    [True, True, True]
    """
    lists = node.subscripts.inputs
    return any(
        _sum_below(one) is not None and set(lists[place]) <= set(labels)
        for labels, one in zip(lists, node.operands, strict=True)
    )


@lru_cache(maxsize=1024)
def _is_divided_by_sum(term: Expr) -> bool:
    """Tell whether a term is divided by a sum entry by entry."""
    if not isinstance(term, Einsum):
        return _sum_below(term) is not None
    if Map not in term.kinds:
        return False
    held = set(term.subscripts.output)
    pairs = zip(term.subscripts.inputs, term.operands, strict=True)
    return any(_sum_below(one) is not None and held.issuperset(own) for own, one in pairs)


def _factors(term: Expr) -> tuple[Expr, ...]:
    return term.operands if isinstance(term, Einsum) else (term,)


def _sum_below(operand: Expr) -> Add | None:
    """Return a sum that a factor divides by, if it does."""
    if not isinstance(operand, Map) or operand.function not in (RECIPROCAL, POWER):
        return None
    if operand.function is POWER and not _is_negative(operand.operands[1]):
        return None
    for factor in _factors(operand.operands[0]):
        base = factor
        while isinstance(base, Map) and base.function in _POWERS:
            base = base.operands[0]
        if isinstance(base, Add):
            return base
    return None


def _is_negative(exponent: Expr) -> bool:
    number = exponent.value if isinstance(exponent, Constant) else 0
    return not isinstance(number, complex) and number < 0


def _within_product(node: Einsum) -> Expr | None:
    """Write factors over the labels of a sum that is divided by as one fraction."""
    lists = node.subscripts.inputs
    for place, one in enumerate(node.operands) if Map in node.kinds else ():
        below, labels = _sum_below(one), lists[place]
        if below is None or len(set(labels)) < len(labels):
            continue
        chosen = [
            other
            for other, operand in enumerate(node.operands)
            if set(lists[other]) <= set(labels)
            and not isinstance(operand, (Constant, Delta, *SELECTORS))
        ]
        operands = [node.operands[other] for other in chosen]
        if not _divides(below) and not any(isinstance(operand, Add) for operand in operands):
            continue
        inside = Subscripts(tuple([lists[other] for other in chosen]), labels)
        fraction = _shorter(Einsum(inside.numbered(), tuple(operands)))
        if fraction is not None:
            kept = [other for other in range(len(lists)) if other not in chosen]
            outside = (*(lists[other] for other in kept), labels)
            rest = [node.operands[other] for other in kept]
            return build_einsum(Subscripts(outside, node.subscripts.output), [*rest, fraction])
    return None


def _divides(total: Add) -> bool:
    """Tell whether a term of a sum is divided by something."""
    return any(
        isinstance(one, Map)
        and one.function is RECIPROCAL
        and not isinstance(one.operands[0], Delta)
        for term in total.terms
        for one in _factors(term)
    )


@lru_cache(maxsize=256)
def _shorter(expr: Expr) -> Expr | None:
    """Write an expression as one fraction, if that is shorter and divides by no more.

    What is raised in divisors and beside them may be a sum that stays whole, or is opened.
    """
    labels = tuple(range(len(expr.shape)))
    found: list[Expr] = []
    for opens in (False, True):
        try:
            fraction = _Reader(opens).read(expr, labels)
            if not isinstance(expr, Add) or max(fraction.below.values(), default=0) > 0:
                found.append(_written(_reduced(fraction), labels, dict(enumerate(expr.shape))))
        except TooLongError:
            continue
    shorter = [one for one in found if is_less_divided(one, expr)]
    return min(shorter, key=_size, default=None)


def _size(expr: Expr) -> tuple[int, int, int]:
    return (divisions(expr), *extent(expr))


def is_less_divided(new: Expr, old: Expr) -> bool:
    """Tell whether an expression divides by less than another one or is shorter, and never more.

    Examples
    --------
    >>> import einsgrad as eg
    >>> p, y = eg.variables("p y")
    >>> is_less_divided(eg.simplify(y / (p * (1 - p))), y / p + y / (1 - p))
    True
    """
    one, other = _size(new), _size(old)
    no_longer = all(own <= before for own, before in zip(one, other, strict=True))
    if isinstance(old, Einsum) and isinstance(new, Einsum) and _degree(new) > _degree(old):
        return False
    return no_longer and one[:2] != other[:2]


def _degree(product: Einsum) -> Exponent:
    """Count what is raised beside sums: `c²/(1 - x/c)` has no better form as `c³/(c - x)`."""
    return sum(map(_raised_beside, product.operands))


def _raised_beside(expr: Expr) -> Exponent:
    match expr:
        case Add() | Constant() | Delta():
            return 0
        case Map(function=row, operands=(inner, *_)) if row in _POWERS:
            own = expr.operands[-1]
            is_number = row is POWER and isinstance(own, Constant)
            times = abs(own.value) if is_number and isinstance(own, Constant) else 1
            return sum(_raised_beside(factor) for factor in _factors(inner)) * tidy_exponent(times)
        case _:
            return 1


def divisions(expr: Expr, depth: int = 2 * _DEPTH) -> int:
    """Count by how many factors an expression divides.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y = eg.variables("x y")
    >>> divisions(eg.simplify(1 / (x * y))), divisions(eg.simplify(1 / (1 / x + 1 / y)))
    (2, 3)
    """
    if not depth:
        return 0
    match expr:
        case Add(terms=parts) | Einsum(operands=parts):
            return sum(divisions(one, depth - 1) for one in dict.fromkeys(parts))
        case Map(function=row, operands=(inner, *_)) if row in _POWERS:
            below = row is RECIPROCAL or _is_negative(expr.operands[-1])
            own = len(dict.fromkeys(_factors(inner))) if below else 0
            return own + divisions(inner, depth - 1)
        case _:
            return 0


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads expressions as fractions.

    Parameters
    ----------
    opens
        Whether sums are opened that are not divided by, but for those within divisors.
    """

    opens: bool

    def read(self, expr: Expr, labels: Indices, depth: int = _DEPTH) -> _Fraction:
        """Read an expression; sums that are deeper are bases."""
        if isinstance(expr, Add):
            if len(expr.terms) > _MOST_TERMS:
                raise TooLongError
            return _total([self.read(term, labels, depth) for term in expr.terms])
        found = _Fraction({ONE: 1})
        for base, indices, exponent in powers_in(expr, labels):
            if not is_ones_vector(base):
                found = _product(found, self._power(base, indices, exponent, depth))
        return found

    def _power(self, base: Expr, indices: Indices, exponent: Exponent, depth: int) -> _Fraction:
        if isinstance(base, Constant):
            return _Fraction({ONE: tidy(base.value**exponent)})
        is_opened = exponent < 0 or (self.opens and depth == _DEPTH)
        if isinstance(base, Add) and depth and is_opened and len(base.terms) <= _MOST_TERMS:
            inner = self.read(base, indices, depth - 1)
            if is_integer(exponent) and abs(exponent) <= _HIGHEST:
                return _raised(inner, int(exponent))
            number, powers, _ = content(inner.above)
            if not inner.below and number == 1 and not powers and len(inner.above) > 1:
                return _Fraction({ONE: 1}, {frozenset(inner.above.items()): -exponent})
        return _Fraction({frozenset({((base, indices), exponent)}): 1})


def _product(one: _Fraction, other: _Fraction) -> _Fraction:
    below = dict(one.below)
    for divisor, exponent in other.below.items():
        below[divisor] = tidy_exponent(below.get(divisor, 0) + exponent)
    return _Fraction(product(one.above, other.above), below)


def _raised(base: _Fraction, exponent: int) -> _Fraction:
    """Raise a fraction; a sum above stays one factor, which divides with the exponent -1."""
    if not base.above:
        raise TooLongError
    below = {divisor: tidy_exponent(own * exponent) for divisor, own in base.below.items()}
    number, powers, rest = content(base.above)
    turned = frozenset((atom, tidy_exponent(own * exponent)) for atom, own in powers)
    if len(rest) > 1:
        key = frozenset(rest.items())
        below[key] = tidy_exponent(below.get(key, 0) - exponent)
    return _Fraction({turned: tidy(number**exponent)}, below)


def _total(parts: Sequence[_Fraction]) -> _Fraction:
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
    return _Fraction(total(above), highest)


def _reduced(fraction: _Fraction) -> _Fraction:
    """Divide a fraction by what its divisors share with what stands above."""
    if not fraction.above:
        return fraction
    number, powers, above = content(fraction.above)
    below: dict[Divisor, Exponent] = {}
    for divisor, exponent in fraction.below.items():
        times = 0
        left = quotient(above, dict(divisor))
        while left is not None:
            above, times = left, times + 1
            left = quotient(above, dict(divisor)) if len(above) > 1 else None
        below[divisor] = tidy_exponent(exponent - times)
    return _Fraction(product({powers: number}, above), below)


def _written(fraction: _Fraction, labels: Indices, dims: Dims) -> Expr:
    shape = tuple([dims[label] for label in labels])
    if not fraction.above:
        return add_terms([], shape)
    number, powers, rest = content(fraction.above)
    groups: dict[tuple[Expr, Indices], Exponent] = dict(powers)
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


def _einsum(
    number: Number, groups: dict[tuple[Expr, Indices], Exponent], labels: Indices, dims: Dims
) -> Expr:
    factors = [((), Constant(number)), *write_powers(groups)]
    held = {label for indices, _ in factors for label in indices}
    ones = [((label,), Delta(dims[label], 1)) for label in labels if label not in held]
    pairs = [*factors, *ones]
    lists = tuple([indices for indices, _ in pairs])
    return flatten(build_einsum(Subscripts(lists, labels), [one for _, one in pairs]))
