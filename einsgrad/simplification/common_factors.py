"""What the terms of a sum share: `Xᵀ p - Xᵀ y` is `Xᵀ (p - y)`.

A factor is shared where it stands in each term over the same axes of the output, and what else
it holds is summed. Of powers of one base the one that is nearest to 1 is shared: `x/s - y/s²`
is `(x - y/s)/s`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from einsgrad.expressions.construct import add_terms, build_einsum
from einsgrad.expressions.dims import Shape
from einsgrad.expressions.idioms import POWERS, innermost_base
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map
from einsgrad.expressions.products import SELECTORS, factors_of, holds_selector, is_labelled_delta
from einsgrad.expressions.selectors import Delta
from einsgrad.simplification.lengths import length_of
from einsgrad.simplification.reading_powers import Exponent, is_integer
from einsgrad.simplification.shared_scalars import shared_scalars, with_scalars_apart
from einsgrad.simplification.term_powers import Axes, Powers, TermPowers, factors_of_powers
from einsgrad.simplification.varied_powers import is_varied
from einsgrad.strings.subscripts import Subscripts

# Longer sums are not looked through.
MOST_TERMS = 16


@dataclass(frozen=True, slots=True)
class CommonFactor:
    """A factor that all terms of a sum share, and the sum of what is left of them.

    Parameters
    ----------
    factors
        The factor, as one operand or two, with its labels.
    rest
        What is left, over the labels `labels`.
    labels
        The labels of the rest: axes of the output, and what the product sums.
    rank
        How many axes the output has.
    """

    factors: tuple[tuple[Axes, Expr], ...]
    rest: Expr
    labels: Axes
    rank: int

    def product(self, rest: Expr) -> Einsum:
        """Multiply what is left, in another form, by the factor."""
        lists = (*(axes for axes, _ in self.factors), self.labels)
        operands = (*(one for _, one in self.factors), rest)
        return build_einsum(Subscripts(lists, tuple(range(self.rank))), operands)


def common_factors(node: Add, *, within_product: bool = False) -> Iterator[CommonFactor]:
    """Yield the factors that may be taken out of a sum since all its terms share them.

    A polynomial stays one where it stands alone: `x² + x`, but `y x (1 + x)`.

    Examples
    --------
    >>> import einsgrad as eg
    >>> X, p, y = eg.variables("X[n,k] p[n] y[n]")
    >>> (shared,) = common_factors(Add((eg.simplify(X.T @ p), eg.simplify(X.T @ y))))
    >>> shared.factors, shared.rest
    ((((1, 0), X[n,k]),), p + y)
    """
    if not _may_be_factored(node) or not _may_share(node.terms):
        return
    scalars = shared_scalars(node.terms)
    terms = [TermPowers.read(with_scalars_apart(term, scalars)) for term in node.terms]
    rank = len(node.shape)
    for exponent, base, places, role in _shared_powers(terms):
        if not may_be_taken(role, rank):
            continue
        rests = _without(terms, base, places, exponent, rank)
        divisor = _divisor_beside(base, places, rests)
        if divisor is not None:
            rests = _without(rests, divisor[0], places, divisor[1], rank)
        labels = tuple(sorted(set[int]().union(*(rest.axes() for rest in rests))))
        may_stay = _is_plain(rests, role, labels, rank) and not _is_half_met(rests, base, rank)
        if within_product:
            may_be_left = min(role, default=0) >= 0
        else:
            may_be_left = not _is_polynomial(rests, base, exponent)
        if may_stay and may_be_left and not _is_averaged(rests, base, labels):
            own = tuple([axis if axis >= 0 else rank - 1 - axis for axis in role])
            powers: Powers = {(base, own): exponent}
            if divisor is not None:
                powers[divisor[0], own] = divisor[1]
            rest = add_terms([one.over(labels) for one in rests], _shape(rests, labels))
            yield CommonFactor(factors_of_powers(powers), rest, labels, rank)
    if rank > 2:
        yield from _all_shared(terms, rank)


@lru_cache(maxsize=4096)
def factors_within(node: Add) -> tuple[CommonFactor, ...]:
    """Return the factors that are taken out of a sum which has other factors beside it.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y = eg.variables("x y")
    >>> [shared.factors for shared in factors_within(eg.simplify(x + x**2))]
    [(((), x),)]
    """
    return tuple(common_factors(node, within_product=True))


def _divisor_beside(
    power: Expr, places: Sequence[Axes], terms: Sequence[TermPowers]
) -> tuple[Expr, Exponent] | None:
    """Return what some terms divide by beside `x^q`: they share `x^(q - 1)`, which is 0 at 0."""
    is_entrywise = all(min(axes, default=0) >= 0 for axes in places)
    if not isinstance(power, Map) or not is_varied(power) or not is_entrywise:
        return None
    base = power.operands[0]
    both = zip(terms, places, strict=True)
    least = min(term.powers.get((base, axes), 0) for term, axes in both)
    return (base, least) if least < 0 else None


def _all_shared(terms: Sequence[TermPowers], rank: int) -> Iterator[CommonFactor]:
    """Yield all that terms of a tensor share, if that leaves a sum of lower rank.

    What the factors sum together is an axis of what is left, and so a third derivative is
    `Σ_n X_nk X_ni X_nj (1 - 2 p_n)`, of which no tensor but the last is formed.
    """
    powers: Powers = {}
    rests, last = list(terms), rank
    while found := next(_shared_powers(rests), None):
        exponent, base, places, role = found
        rests = _without(rests, base, places, exponent, last)
        own = tuple([axis if axis >= 0 else last - 1 - axis for axis in role])
        powers[base, own] = exponent
        last = max(last, *(axis + 1 for axis in own)) if own else last
    labels = tuple(sorted(set[int]().union(*(rest.axes() for rest in rests))))
    if powers and len(labels) < rank and not all(map(TermPowers.is_number, rests)):
        rest = add_terms([one.over(labels) for one in rests], _shape(rests, labels))
        yield CommonFactor(factors_of_powers(powers), rest, labels, rank)


def _shared_powers(
    terms: Sequence[TermPowers],
) -> Iterator[tuple[Exponent, Expr, list[Axes], Axes]]:
    """Yield the powers that all terms have: the exponent, the base, its axes in each, its role."""
    roles = [term.roles() for term in terms]
    for base, role in roles[0]:
        if all((base, role) in found for found in roles):
            places = [own[base, role] for own in roles]
            both = zip(terms, places, strict=True)
            exponent = _nearest([term.powers[base, axes] for term, axes in both], base)
            if exponent is not None and not (exponent < 0 and _is_raised(base, terms)):
                yield exponent, base, places, role


def _is_raised(base: Expr, terms: Sequence[TermPowers]) -> bool:
    """Tell whether terms hold powers of a base with exponents that are no numbers.

    What they divide by belongs to those: `x^p + x^(q - 1)` is no quotient by x.
    """
    powers = [power for term in terms for power, _ in term.powers if isinstance(power, Map)]
    return any(is_varied(power) and power.operands[0] is base for power in powers)


def _without(
    terms: Sequence[TermPowers], base: Expr, places: Sequence[Axes], exponent: Exponent, rank: int
) -> list[TermPowers]:
    """Take a factor out of each term."""
    return [
        term.without(base, axes, exponent, rank) for term, axes in zip(terms, places, strict=True)
    ]


def is_value(base: Expr) -> bool:
    """Tell whether a base is the value of a function that is no power."""
    return isinstance(base, Map) and base.function not in POWERS


def _may_be_factored(node: Add) -> bool:
    """Tell whether a sum is short; what selectors join or shift stays a sum of its parts."""
    products = [term for term in node.terms if isinstance(term, Einsum)]
    return len(node.terms) <= MOST_TERMS and not any(map(holds_selector, products))


def _may_share(terms: Sequence[Expr]) -> bool:
    """Tell, soon, whether something is raised to some power in all terms."""
    shared = set(bases_of(terms[0]))
    for term in terms[1:]:
        if not shared:
            break
        shared.intersection_update(bases_of(term))
    return bool(shared)


def bases_of(term: Expr) -> Iterator[Expr]:
    """Yield what a term is made of powers of; numbers, selectors and diagonals do not count."""
    for operand in factors_of(term):
        if isinstance(operand, (Constant, *SELECTORS)) or is_labelled_delta(operand):
            continue
        base = innermost_base(operand)
        yield base
        if base is not operand and isinstance(base, Einsum):
            yield from base.operands
            length = length_of(base)
            if length is not None:
                yield length


def may_be_taken(role: Axes, rank: int) -> bool:
    """Tell whether a factor sums nothing, or joins an axis of a vector or matrix to another one.

    Products of more axes stay, where no order of factors is clear.
    """
    return min(role, default=0) >= 0 or rank <= 2


def _nearest(exponents: Sequence[Exponent], base: Expr) -> Exponent | None:
    """Return the exponent that is nearest to 0, if all have one sign.

    Of roots of sizes, which means are written with, the highest: `√n - 1/√n` is `√n (1 - 1/n)`.
    """
    if all(exponent < 0 for exponent in exponents):
        return max(exponents)
    if all(exponent > 0 for exponent in exponents):
        return min(exponents)
    is_size = isinstance(base, Delta) and not any(map(is_integer, exponents))
    return max(exponents) if is_size else None


def _is_plain(rests: Sequence[TermPowers], role: Axes, labels: Axes, rank: int) -> bool:
    """Tell whether what is left has no more axes than the sum, or the factor, or is a matrix."""
    if max(role, default=0) < 0:
        return all(rest.is_matrix(labels) for rest in rests)
    if rank > 2:
        # What is left would be a tensor that is never formed where the terms are contracted.
        return not role or len(labels) < rank
    return len(labels) <= max(rank, len(role))


def _is_half_met(rests: Sequence[TermPowers], base: Expr, rank: int) -> bool:
    """Tell whether a matrix meets itself in some terms, and not in others: `U Wᵀ W - T W`."""
    return rank == 2 and len({rest.meets(base, rank) for rest in rests}) > 1


def _is_polynomial(rests: Sequence[TermPowers], base: Expr, exponent: Exponent) -> bool:
    """Tell whether ones would be left beside a power of what is taken out: `x² + x` stays.

    Of a function they are left, `s (1 - s)`, and of a divisor beside something else.
    """
    bases = {one for rest in rests for one, _ in rest.powers}
    if not bases:
        # Of numbers alone the sum was too large: terms with one product are merged before.
        return True
    if base not in bases or (exponent < 0 and bases != {base}):
        return False
    return any(map(TermPowers.is_number, rests)) and not is_value(base)


def _is_averaged(rests: Sequence[TermPowers], base: Expr, labels: Axes) -> bool:
    """Tell whether a mean of what is taken out would be left: `p ⊙ x - (pᵀ x) p` stays."""
    return any(not rest.axes().issuperset(labels) and rest.weighs(base) for rest in rests)


def _shape(rests: Sequence[TermPowers], labels: Axes) -> Shape:
    dims = {axis: dim for rest in rests for axis, dim in rest.dims.items()}
    return tuple([dims[axis] for axis in labels])
