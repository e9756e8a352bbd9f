"""Fractions over a common denominator: `1/p + 1/(1 - p)` is `1/(p (1 - p))`.

Sums, products and powers of few bases are read as a quotient of polynomials, entry by entry.
Sums that are divided by stay factors, and cancel where they divide what stands above. Roots of
them are divisors, too: `1/√s - x²/√s³` is `1/√s³` for `s = 1 + x²`. A quotient is taken only
where it is shorter, and does not divide by more.
"""

from __future__ import annotations

from functools import lru_cache

from einsgrad.expressions.construct import add_terms, build_einsum
from einsgrad.expressions.idioms import POWERS, innermost_base
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map
from einsgrad.expressions.products import SELECTORS, contract_deltas, factors_of
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.tables.elementwise import POWER, RECIPROCAL
from einsgrad.simplification.extent import extent
from einsgrad.simplification.flattening import flatten
from einsgrad.simplification.polynomials import TooLongError
from einsgrad.simplification.quotients import (
    LONGEST_READ,
    FractionReader,
    fraction_over,
    in_lowest_terms,
)
from einsgrad.simplification.reading_powers import Exponent, tidy_exponent
from einsgrad.strings.subscripts import Subscripts

# What stands further below counts as one factor.
_DEPTH = 6


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
        fraction = (
            _shorter(add_terms(terms, node.shape)) if 1 < len(terms) <= LONGEST_READ else None
        )
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


def _sum_below(operand: Expr) -> Add | None:
    """Return a sum that a factor divides by, if it does."""
    if not isinstance(operand, Map) or operand.function not in (RECIPROCAL, POWER):
        return None
    if operand.function is POWER and not _is_negative(operand.operands[1]):
        return None
    for factor in factors_of(operand.operands[0]):
        base = innermost_base(factor)
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
        for one in factors_of(term)
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
            fraction = FractionReader(opens).read(expr, labels)
            if not isinstance(expr, Add) or max(fraction.below.values(), default=0) > 0:
                found.append(
                    fraction_over(in_lowest_terms(fraction), labels, dict(enumerate(expr.shape)))
                )
        except TooLongError:
            continue
    shorter = [one for one in found if is_less_divided(one, expr)]
    return min(shorter, key=_size, default=None)


def _size(expr: Expr) -> tuple[int, int, int]:
    factors, terms = extent(expr, looks_into=False)
    return divisions(expr), factors + 2 * _is_compound(expr), terms


def _is_compound(expr: Expr) -> bool:
    """Tell whether a term of a sum that stands over another one is a quotient: `(y/p - m)/(1 - p)`.

    Written over one divisor it has a factor more, and is read at once.
    """
    return isinstance(expr, Einsum) and (
        any(_sum_below(one) is not None for one in expr.operands)
        and any(_divides(one) for one in expr.operands if isinstance(one, Add))
    )


def is_less_divided(new: Expr, old: Expr) -> bool:
    """Tell whether an expression divides by less than another one or is shorter, and never more.

    Examples
    --------
    >>> import einsgrad as eg
    >>> p, y = eg.variables("p y")
    >>> is_less_divided(eg.simplify(y / (p * (1 - p))), y / p + y / (1 - p))
    True
    """
    if (
        isinstance(old, Einsum)
        and isinstance(new, Einsum)
        and not _is_compound(old)
        and _degree(new) > _degree(old)
    ):
        return False
    return is_no_longer(new, old) and _size(new) != _size(old)


def is_no_longer(new: Expr, old: Expr) -> bool:
    """Tell whether an expression divides by no more than another one, and has no more to write.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y = eg.variables("x y")
    >>> is_no_longer(1 / x + 1 / y, 1 / x + x), is_no_longer(x, 1 / y)
    (False, True)
    """
    return all(one <= other for one, other in zip(_size(new), _size(old), strict=True))


def _degree(product: Einsum) -> Exponent:
    """Count what is raised beside sums: `c²/(1 - x/c)` has no better form as `c³/(c - x)`."""
    return sum(map(_raised_beside, product.operands))


def _raised_beside(expr: Expr) -> Exponent:
    match expr:
        case Add() | Constant() | Delta():
            return 0
        case Map(function=row, operands=(inner, *_)) if row in POWERS:
            own = expr.operands[-1]
            is_number = row is POWER and isinstance(own, Constant)
            times = abs(own.value) if is_number and isinstance(own, Constant) else 1
            return sum(_raised_beside(factor) for factor in factors_of(inner)) * tidy_exponent(
                times
            )
        case _:
            return 1


def divisions(expr: Expr, depth: int = _DEPTH) -> int:
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
        case Map(function=row, operands=(inner, *_)) if row in POWERS:
            below = row is RECIPROCAL or _is_negative(expr.operands[-1])
            own = len(dict.fromkeys(factors_of(inner))) if below else 0
            return own + divisions(inner, depth - 1)
        case _:
            return 0
