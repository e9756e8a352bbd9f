"""Sums that are a factor of a term and stand among the others: `a - b + c (b - a)`.

That is `(a - b) (1 - c)`. Derivatives of `f(x) (1 - f(x))` are sums like these.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from einsgrad.expressions.construct import add_terms, build_einsum
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr
from einsgrad.expressions.products import is_ones_vector, tidy
from einsgrad.expressions.walks import children
from einsgrad.simplification.reading_powers import tidy_exponent
from einsgrad.simplification.term_powers import Axes, Powers, TermPowers
from einsgrad.strings.subscripts import Subscripts

# Sums of more terms are not looked through, and those with more parts are not looked for.
_MOST_TERMS = 16
_MOST_PARTS = 4


class TakenOut(NamedTuple):
    """A product with a sum that some terms are, and the terms that are left."""

    product: Einsum
    rest: tuple[Expr, ...]


def repeated_sums(node: Add) -> Iterator[TakenOut]:
    """Yield the ways to take a sum out of a term, and out of terms that are a multiple of it.

    Examples
    --------
    >>> import einsgrad as eg
    >>> a, b, c, d = eg.variables("a b c d")
    >>> total = Add((a, eg.simplify(-b), eg.simplify(c * (b - a)), d))
    >>> (taken,) = repeated_sums(total)
    >>> print(eg.show(taken.product), taken.rest)
    (b - a) (c - 1) (d,)
    """
    if len(node.terms) > _MOST_TERMS:
        return
    rank = len(node.shape)
    for place, term in enumerate(node.terms):
        if not isinstance(term, Einsum) or Add not in term.kinds:
            continue
        whole = TermPowers.read(term)
        others = [one for other, one in enumerate(node.terms) if other != place]
        for (base, axes), exponent in whole.powers.items():
            is_sum = isinstance(base, Add) and len(base.terms) <= min(_MOST_PARTS, len(others))
            if is_sum and exponent >= 1 and min(axes, default=0) >= 0:
                for factor, rest in _multiples(base, axes, others, rank):
                    beside = [factor, whole.without(base, axes, 1, rank)]
                    yield TakenOut(_product(base, axes, beside, rank), rest)


def _multiples(
    base: Expr, axes: Axes, others: list[Expr], rank: int
) -> Iterator[tuple[TermPowers, tuple[Expr, ...]]]:
    """Yield what a sum is multiplied by where its terms stand among others, and what is left."""
    parts = [TermPowers.read(part) for part in children(base)]
    found = [
        [(_quotient(TermPowers.read(term), part, axes), term) for term in others] for part in parts
    ]
    for factor, first in found[0]:
        if factor is None or not {*axes, *factor.axes()}.issuperset(range(rank)):
            continue
        used = {first}
        for further in found[1:]:
            used.update(term for one, term in further if one is not None and _is_same(one, factor))
        if len(used) == len(parts):
            yield factor, tuple([term for term in others if term not in used])


def _is_same(one: TermPowers, other: TermPowers) -> bool:
    return one.number == other.number and one.powers == other.powers


def _product(base: Expr, axes: Axes, terms: list[TermPowers], rank: int) -> Einsum:
    """Multiply a sum by the sum of what it is multiplied by in some terms."""
    labels = tuple(sorted(set[int]().union(*(term.axes() for term in terms))))
    dims = {axis: dim for term in terms for axis, dim in term.dims.items()}
    inner = add_terms([term.over(labels) for term in terms], tuple([dims[x] for x in labels]))
    return build_einsum(Subscripts((axes, labels), tuple(range(rank))), (base, inner))


def _quotient(term: TermPowers, part: TermPowers, axes: Axes) -> TermPowers | None:
    """Divide a term by a part of a sum over some axes; None if anything would be below."""
    powers: Powers = _without_ones(term)
    for (base, own), exponent in _without_ones(part).items():
        key = base, tuple([axes[axis] if axis >= 0 else axis for axis in own])
        left = tidy_exponent(powers.pop(key, 0) - exponent)
        if left < 0:
            return None
        if left:
            powers[key] = left
    kept = [*term.kept, *part.kept]
    if not all(is_ones_vector(one) and min(own) >= 0 for own, one in kept):
        return None
    if any(min(own, default=0) < 0 for _, own in powers):
        return None
    if isinstance(term.number, complex) or isinstance(part.number, complex):
        return None
    number = tidy(term.number / part.number)
    is_exact = number * part.number == term.number
    return TermPowers(number, powers, (), term.dims) if is_exact else None


def _without_ones(term: TermPowers) -> Powers:
    return {key: exponent for key, exponent in term.powers.items() if key[0] is not Constant(1)}
