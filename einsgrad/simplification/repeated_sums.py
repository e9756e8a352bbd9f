"""Sums that are a factor of a term and stand among the others: `a - b + c (b - a)`.

That is `(a - b) (1 - c)`. Derivatives of `f(x) (1 - f(x))` are sums like these.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from einsgrad.expressions.construct import add_terms, build_einsum
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr
from einsgrad.expressions.products import is_ones_vector, tidy
from einsgrad.simplification.powers import merge_powers
from einsgrad.simplification.reading_powers import tidy_exponent
from einsgrad.simplification.sums import split_coefficient
from einsgrad.simplification.symmetry import simple_product
from einsgrad.simplification.term_powers import Axes, Powers, TermPowers
from einsgrad.strings.subscripts import Subscripts

# Sums of more terms are not looked through, and those with more parts are not looked for.
_MOST_TERMS = 16
_MOST_PARTS = 4


class Taken(NamedTuple):
    """A product with a sum that some terms are, and the terms that are left."""

    product: Einsum
    rest: tuple[Expr, ...]


def repeated_sums(node: Add) -> Iterator[Taken]:
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
    for place, term in enumerate(node.terms):
        if not isinstance(term, Einsum) or Add not in term.kinds:
            continue
        others = [one for other, one in enumerate(node.terms) if other != place]
        whole = TermPowers.read(term)
        for (base, axes), exponent in whole.powers.items():
            is_sum = isinstance(base, Add) and len(base.terms) <= min(_MOST_PARTS, len(others))
            if is_sum and exponent >= 1 and min(axes, default=0) >= 0:
                yield from _taken(base, axes, whole, others, len(node.shape))


def _taken(
    base: Expr, axes: Axes, whole: TermPowers, others: list[Expr], rank: int
) -> Iterator[Taken]:
    assert isinstance(base, Add)
    output = tuple(range(rank))
    terms = {core: (number, term) for term in others for number, core in [split_coefficient(term)]}
    first = TermPowers.read(base.terms[0])
    for term in others:
        factor = _quotient(TermPowers.read(term), first, axes)
        if factor is None or not {*axes, *factor.axes()}.issuperset(output):
            continue
        labels = tuple(sorted(factor.axes()))
        lists = Subscripts((axes, labels), output)
        times = factor.over(labels)
        products = [_simple(build_einsum(lists, (part, times))) for part in base.terms]
        found = [(number, terms.get(core)) for number, core in map(split_coefficient, products)]
        used = [known[1] for number, known in found if known is not None and known[0] == number]
        if len(used) == len(found):
            rest = tuple([one for one in others if one not in set(used)])
            yield Taken(
                _product(base, axes, [factor, whole.without(base, axes, 1, rank)], rank), rest
            )


def _product(base: Expr, axes: Axes, terms: list[TermPowers], rank: int) -> Einsum:
    """Multiply a sum by the sum of what it is multiplied by in some terms."""
    labels = tuple(sorted(set[int]().union(*(term.axes() for term in terms))))
    dims = {axis: dim for term in terms for axis, dim in term.dims.items()}
    inner = add_terms([term.over(labels) for term in terms], tuple([dims[x] for x in labels]))
    return build_einsum(Subscripts((axes, labels), tuple(range(rank))), (base, inner))


def _quotient(term: TermPowers, part: TermPowers, axes: Axes) -> TermPowers | None:
    """Divide a term by a part of a sum over some axes; None if anything would be below."""
    powers: Powers = dict(term.powers)
    for (base, own), exponent in part.powers.items():
        if isinstance(base, Constant):
            continue
        key = base, tuple([axes[axis] if axis >= 0 else axis for axis in own])
        left = tidy_exponent(powers.pop(key, 0) - exponent)
        if left < 0:
            return None
        if left:
            powers[key] = left
    kept = [one for _, one in (*term.kept, *part.kept)]
    is_product = all(map(is_ones_vector, kept)) and all(
        min(own, default=0) >= 0 for _, own in powers
    )
    if not is_product or isinstance(term.number, complex) or isinstance(part.number, complex):
        return None
    number = tidy(term.number / part.number)
    return (
        TermPowers(number, powers, (), term.dims) if number * part.number == term.number else None
    )


def _simple(product: Einsum) -> Expr:
    return simple_product(merge_powers(product))
