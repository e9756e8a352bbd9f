"""What the terms of a sum share: `Xᵀ p - Xᵀ y` is `Xᵀ (p - y)`.

A factor is shared where it stands in each term over the same axes of the output, and what else
it holds is summed. Of powers of one base the one that is nearest to 1 is shared: `x/s - y/s²`
is `(x - y/s)/s`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import TypeAlias

from einsgrad.expressions.construct import add_terms, build_einsum
from einsgrad.expressions.dims import Dim, Shape
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map, Number
from einsgrad.expressions.products import (
    SELECTORS,
    as_einsum,
    holds_selector,
    is_ones_vector,
    unwrap,
)
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.tables.elementwise import POWER, RECIPROCAL, SQRT
from einsgrad.simplification.lengths import length_of
from einsgrad.simplification.powers import is_power, write_powers
from einsgrad.simplification.reading_powers import (
    Exponent,
    is_integer,
    powers_in,
    tidy_exponent,
)
from einsgrad.simplification.related_powers import join_lengths
from einsgrad.simplification.sums import split_coefficient
from einsgrad.simplification.symmetry import is_own_transpose
from einsgrad.strings.subscripts import Indices, Subscripts

# The labels of a factor as its sum sees them: an axis of the output, or below 0 what is summed.
Axes: TypeAlias = "tuple[int, ...]"
Powers: TypeAlias = "dict[tuple[Expr, Axes], Exponent]"

# Longer sums are not looked through.
_MOST_TERMS = 16
_CONSTANTS = (Delta, *SELECTORS)
_ROOTS = (RECIPROCAL, SQRT, POWER)


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


def common_factors(node: Add) -> Iterator[CommonFactor]:
    """Yield the factors that may be taken out of a sum since all its terms share them.

    Examples
    --------
    >>> import einsgrad as eg
    >>> X, p, y = eg.variables("X[n,k] p[n] y[n]")
    >>> (shared,) = common_factors(Add((eg.simplify(X.T @ p), eg.simplify(X.T @ y))))
    >>> shared.factors, shared.rest
    ((((1, 0), X[n,k]),), p + y)
    """
    if not _may_be_factored(node) or not _shared_bases(node.terms):
        return
    terms = [_TermPowers.read(term) for term in node.terms]
    rank = len(node.shape)
    roles = [term.roles() for term in terms]
    for base, role in roles[0]:
        if not _may_be_taken(role, rank) or not all((base, role) in found for found in roles):
            continue
        found = [(term, own[base, role]) for term, own in zip(terms, roles, strict=True)]
        exponent = _nearest([term.powers[base, axes] for term, axes in found], base)
        if exponent is None:
            continue
        rests = [term.without(base, axes, exponent, rank) for term, axes in found]
        labels = tuple(sorted(set[int]().union(*(rest.axes() for rest in rests))))
        if max(role, default=0) < 0:
            is_plain = all(rest.is_matrix(labels) for rest in rests)
        else:
            is_plain = len(labels) <= max(rank, len(role))
        if rank == 2 and any(rest.meets(base, rank) for rest in rests):
            continue
        if is_plain and not _is_polynomial(rests, base, labels):
            own = tuple([axis if axis >= 0 else rank - 1 - axis for axis in role])
            rest = add_terms([one.over(labels) for one in rests], _shape(rests, labels))
            yield CommonFactor(_written({(base, own): exponent}), rest, labels, rank)


def sharing_terms(node: Add) -> list[tuple[Expr, ...]]:
    """Return the terms, some of a sum, that share a factor of which they sum an axis.

    Other factors stay in each term, as in a polynomial: `s x + s y + b` is left as it is.

    Examples
    --------
    >>> import einsgrad as eg
    >>> X, p, y, w = eg.variables("X[n,k] p[n] y[n] w[k]")
    >>> sharing_terms(Add((w, eg.simplify(X.T @ p), eg.simplify(X.T @ y))))
    [("nk,n->k"(X, p), "nk,n->k"(X, y))]
    """
    if len(node.terms) > _MOST_TERMS:
        return []
    times = Counter(chain.from_iterable(set(_operands(term)) for term in node.terms))
    if max(times.values(), default=0) < 2:
        return []
    groups: dict[tuple[Expr, Axes], list[Expr]] = {}
    for term in node.terms:
        if any(times[operand] > 1 for operand in _operands(term)):
            for base, role in _TermPowers.read(term).roles():
                if min(role, default=0) < 0 and _may_be_taken(role, len(node.shape)):
                    groups.setdefault((base, role), []).append(term)
    found = [tuple(terms) for terms in groups.values() if 1 < len(terms) < len(node.terms)]
    return sorted(dict.fromkeys(found), key=lambda terms: (-len(terms), [t.key for t in terms]))


def _may_be_factored(node: Add) -> bool:
    """Tell whether a sum is short; what selectors join or shift stays a sum of its parts."""
    products = [term for term in node.terms if isinstance(term, Einsum)]
    return len(node.terms) <= _MOST_TERMS and not any(map(holds_selector, products))


def _operands(term: Expr) -> tuple[Expr, ...]:
    found = term.operands if isinstance(term, Einsum) else (term,)
    return tuple([one for one in found if one.shape and not isinstance(one, _CONSTANTS)])


def _shared_bases(terms: Sequence[Expr]) -> set[Expr]:
    """Return, soon, what is raised to some power in all terms."""
    shared = set(_bases(terms[0]))
    for term in terms[1:]:
        if not shared:
            break
        shared.intersection_update(_bases(term))
    return shared


def _bases(term: Expr) -> Iterator[Expr]:
    for operand in term.operands if isinstance(term, Einsum) else (term,):
        if isinstance(operand, (Constant, *SELECTORS)) or _is_labelled_delta(operand):
            continue
        base: Expr = operand
        while isinstance(base, Map) and base.function in _ROOTS:
            base = base.operands[0]
        yield base
        if base is not operand and isinstance(base, Einsum):
            yield from base.operands
            length = length_of(base)
            if length is not None:
                yield length


def _is_labelled_delta(operand: Expr) -> bool:
    return isinstance(operand, Delta) and operand.order > 0


@dataclass(frozen=True, slots=True)
class _TermPowers:
    """A product that is a term of a sum: its number, its powers, and what is never taken out.

    The labels of the output are its axes 0, 1, ...; those that are summed are negative.
    """

    number: Number
    powers: Powers
    kept: tuple[tuple[Axes, Expr], ...]
    dims: dict[int, Dim]

    @classmethod
    def read(cls, term: Expr) -> _TermPowers:
        """Read a term that is simple."""
        number, core = split_coefficient(term)
        product = as_einsum(core)
        names: dict[object, int] = {x: axis for axis, x in enumerate(product.subscripts.output)}
        fresh = count(-1, -1)
        powers: Powers = {}
        kept: list[tuple[Axes, Expr]] = []
        for indices, operand in zip(product.subscripts.inputs, product.operands, strict=True):
            axes = tuple(
                [names[x] if x in names else names.setdefault(x, next(fresh)) for x in indices]
            )
            if isinstance(operand, SELECTORS) or _is_labelled_delta(operand):
                kept.append((axes, operand))
                continue
            for base, own, exponent in _powers(operand, axes):
                powers[base, own] = tidy_exponent(powers.get((base, own), 0) + exponent)
        dims = {names[label]: dim for label, dim in product.dims.items()}
        return cls(number, powers, tuple(kept), dims)

    def roles(self) -> dict[tuple[Expr, Axes], Axes]:
        """Return the roles of the factors, each with the labels that it has here."""
        tied = {axis for axes, one in self.kept for axis in _tied_by(axes, one)}
        found: dict[tuple[Expr, Axes], Axes] = {}
        for base, axes in self.powers:
            if tied.isdisjoint(axes) and not isinstance(base, Constant):
                role, _ = _role(base, axes)
                found.setdefault((base, role), axes)
        return found

    def without(self, base: Expr, axes: Axes, exponent: Exponent, rank: int) -> _TermPowers:
        """Take a factor out; what it sums here are axes `rank`, `rank + 1`, ... of what is left."""
        summed = dict.fromkeys(axis for axis in _role(base, axes)[1] if axis < 0)
        names = {axis: rank + place for place, axis in enumerate(summed)}
        powers: Powers = {}
        for (one, own), power in self.powers.items():
            left = tidy_exponent(power - exponent) if one is base and own == axes else power
            if left:
                powers[one, _renamed(own, names)] = left
        kept = tuple((_renamed(own, names), one) for own, one in self.kept)
        dims = {names.get(axis, axis): dim for axis, dim in self.dims.items()}
        return _TermPowers(self.number, powers, kept, dims)

    def axes(self) -> set[int]:
        """Return the axes, of the output or beyond, that factors hold."""
        held = {axis for _, axes in self.powers for axis in axes}
        return {axis for axis in held.union(*(axes for axes, _ in self.kept)) if axis >= 0}

    def is_number(self) -> bool:
        """Tell whether nothing is left but a number, and ones."""
        return not self.powers and all(is_ones_vector(one) for _, one in self.kept)

    def is_matrix(self, labels: Axes) -> bool:
        """Tell whether only a matrix is left: `A x + B x` is one product, `x·a + x·b` is not."""
        held = [set(axes) for _, axes in self.powers]
        return len(labels) == 2 and not self.kept and held == [{*labels}]

    def meets(self, base: Expr, rank: int) -> bool:
        """Tell whether a base stands in a sum with the factor that was taken out of a matrix.

        `U Wᵀ W - T W` stays: the small matrix `Wᵀ W` is cheaper than the residual `U Wᵀ - T`.
        """
        return any(one is base and max(axes, default=0) >= rank for one, axes in self.powers)

    def weighs(self, base: Expr) -> bool:
        """Tell whether a sum of the term is over an axis of a base, and of another factor."""
        held = Counter(axis for _, axes in self.powers for axis in set(axes) if axis < 0)
        return any(one is base and any(held[x] > 1 for x in axes) for one, axes in self.powers)

    def over(self, labels: Axes) -> Expr:
        """Write the term over axes of the output; ones are spread over those that it lacks."""
        missing = set(labels) - self.axes()
        ones = [((axis,), Delta(self.dims[axis], 1)) for axis in sorted(missing)]
        numbers = [] if self.number == 1 else [((), Constant(self.number))]
        factors = [*numbers, *self.kept, *_written(self.powers), *ones]
        lists = Subscripts(tuple([own for own, _ in factors]), labels)
        return unwrap(build_einsum(lists, [one for _, one in factors]))


def _tied_by(axes: Axes, selector: Expr) -> Axes:
    """Return the axes that a selector ties: ones tie none, and a diagonal those that it sums."""
    if not isinstance(selector, Delta) or sum([axis >= 0 for axis in axes]) > 1:
        return axes
    return () if selector.order == 1 else tuple([axis for axis in axes if axis < 0])


def _renamed(axes: Axes, names: dict[int, int]) -> Axes:
    return tuple([names.get(axis, axis) for axis in axes])


def _powers(operand: Expr, axes: Axes) -> Iterator[tuple[Expr, Axes, Exponent]]:
    """Yield the powers that a factor is made of; squares in divisors as powers of lengths."""
    if not is_power(operand):
        yield operand, axes, 1
        return
    for base, own, exponent in powers_in(operand, axes):
        length = length_of(base) if isinstance(base, Einsum) else None
        names = tuple(axis for axis in own if isinstance(axis, int))
        yield (base, names, exponent) if length is None else (length, names, 2 * exponent)


def _role(base: Expr, axes: Axes) -> tuple[Axes, Axes]:
    """Return the role of a factor, and its axes in that order."""
    if len(axes) == 2 and axes[0] < 0 <= axes[1] and is_own_transpose(base):
        axes = axes[::-1]
    summed = list(dict.fromkeys(axis for axis in axes if axis < 0))
    return tuple([axis if axis >= 0 else -1 - summed.index(axis) for axis in axes]), axes


def _may_be_taken(role: Axes, rank: int) -> bool:
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


def _is_polynomial(rests: Sequence[_TermPowers], base: Expr, labels: Axes) -> bool:
    """Tell whether ones would be left beside a power of what is taken out, or a mean of it.

    `x² + x` stays, and `p ⊙ x - (pᵀ x) p`.
    """
    bases = {one for rest in rests for one, _ in rest.powers}
    if any(map(_TermPowers.is_number, rests)) and (base in bases or not bases):
        # Of numbers alone the sum was too large: terms with one product are merged before.
        return True
    return any(not rest.axes().issuperset(labels) and rest.weighs(base) for rest in rests)


def _shape(rests: Sequence[_TermPowers], labels: Axes) -> Shape:
    dims = {axis: dim for rest in rests for axis, dim in rest.dims.items()}
    return tuple([dims[axis] for axis in labels])


def _written(powers: Powers) -> tuple[tuple[Axes, Expr], ...]:
    """Write powers as factors; even powers of lengths as products."""
    groups: dict[tuple[Expr, Indices], Exponent] = {}
    groups.update(powers.items())
    join_lengths(groups)
    written = write_powers(groups)
    return tuple([(tuple([x for x in own if isinstance(x, int)]), one) for own, one in written])
