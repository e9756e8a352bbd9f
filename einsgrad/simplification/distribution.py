"""The rule that multiplies a product out over a sum, and when it does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache, partial
from typing import TypeAlias

from einsgrad.expressions.construct import add_terms
from einsgrad.expressions.dims import Dim, is_at_least, linear
from einsgrad.expressions.nodes import Add, Called, Constant, Einsum, Expr, Map, Pick, Variable
from einsgrad.expressions.products import (
    SELECTORS,
    contract_deltas,
    contracted,
    is_one_everywhere,
    selector_count,
)
from einsgrad.expressions.selecting import is_joining
from einsgrad.expressions.selectors import Affine, Delta, Integers
from einsgrad.expressions.walks import children, topological
from einsgrad.simplification.flattening import degree, flatten, is_spread
from einsgrad.simplification.orientation import is_inside, reach
from einsgrad.simplification.selectors import contract_selectors
from einsgrad.simplification.softmax import summed_softmax
from einsgrad.simplification.sums import LONGEST_SUM, axes_of_ones, split_coefficient
from einsgrad.strings.subscripts import Indices, Subscripts

Reaches: TypeAlias = "list[tuple[Dim, Dim]]"

# A sum of more terms is not multiplied out beside other factors: each term would hold them all.
_MOST_DISTRIBUTED = 8


def distributed(node: Einsum, whole: Collection[Expr] = ()) -> list[Einsum] | None:
    """Multiply a product out over a sum among its factors, where that makes it simpler.

    Sums that stay whole are not multiplied out.

    That is: the sum is the only factor and no ones are spread (a trace, a transpose, a
    row sum); or what selectors show of its terms is simpler; or every term of the sum
    holds deltas, ones or shifts, which then contract (the Jacobian of softmax); or the terms
    are of a lower cost class than the sum as a whole (a Hessian contracted with a vector).
    Of other sums those terms are taken out whose ones contract with a factor that they
    hold, too, and numbers that a softmax averages. None where nothing is gained.
    """
    if Add not in node.kinds:
        return None
    found = [
        place
        for place, operand in enumerate(node.operands)
        if isinstance(operand, Add) and len(operand.terms) <= LONGEST_SUM and operand not in whole
    ]
    times = Counter([id(node.operands[place]) for place in found])
    sums = [place for place in found if times[id(node.operands[place])] == 1]
    if not sums:
        return None
    if len(node.operands) == 1:
        return _expanded(node, 0)
    if _has_unit_axes_only(node):
        return None
    others = [operand for operand in node.operands if not isinstance(operand, Delta)]
    if len(others) == 1 and not _has_ones(node):
        return _expanded(node, sums[0])
    for place in sums:
        operand = node.operands[place]
        assert isinstance(operand, Add)
        few = len(operand.terms) <= _MOST_DISTRIBUTED
        few = few and not (Pick in node.kinds and _is_looked_up(node, place))
        if few and (_holds_structured(operand) or _is_cheaper(node, place)):
            return _expanded(node, place)
        apart = [*_meeting(node, place), *_averaged(node, place)] if few else []
        if apart:
            moved = set(apart)
            kept = [term for term in operand.terms if term not in moved]
            rest = [add_terms(kept, operand.shape)] if kept else []
            return list(_products(node, place, [*rest, *apart]))
    if others and len(others) == len(sums) + selector_count(node) == 1 + selector_count(node):
        return _seen(node, sums[0])
    return None


def _is_looked_up(node: Einsum, place: int) -> bool:
    """Tell whether entries of a sum of arrays are looked up at places that data gives.

    To look up the terms of a sum one by one takes longer, and what is infinite in one of them
    would meet the zeros of another.
    """
    labels = node.subscripts.inputs[place]
    looked_up = any(
        isinstance(other, Pick) and not isinstance(other.indices, Integers) and own[0] in labels
        for other, own in zip(node.operands, node.subscripts.inputs, strict=True)
    )
    if not looked_up:
        return False
    held = topological(node.operands[place], below=_beside_picks)
    return any(isinstance(one, Variable | Called) for one in held)


def _beside_picks(node: Expr) -> tuple[Expr, ...]:
    return () if isinstance(node, Pick) else children(node)


def _expanded(node: Einsum, place: int) -> list[Einsum]:
    operand = node.operands[place]
    assert isinstance(operand, Add)
    return list(_products(node, place, operand.terms))


def _products(node: Einsum, place: int, terms: Sequence[Expr]) -> Iterator[Einsum]:
    """Write terms of a sum in its place."""
    for term in terms:
        operands = (*node.operands[:place], term, *node.operands[place + 1 :])
        yield flatten(Einsum(node.subscripts, operands))


def _seen(node: Einsum, place: int) -> list[Einsum] | None:
    """See the terms of a sum through selectors, where that leaves views of what they have been.

    Of joined arrays the part that is seen is left. What is padded is not padded once more.
    """
    operand = node.operands[place]
    assert isinstance(operand, Add)
    # Most sums stay what they are, which is told before all their terms are seen.
    if sum(map(_is_opaque, operand.terms)) > 1:
        return None
    seen = _reaches(node, node.subscripts.inputs[place])
    met = [term for term in operand.terms if not _misses(seen, term)]
    own = selector_count(node)
    if _is_reshaped(node, place):
        return _seen_reshaped(node, place, met)
    left: list[Einsum] = []
    simpler = True
    for term, product in zip(met, _products(node, place, met), strict=True):
        new = contract_selectors(product)
        if _is_zero(new):
            continue
        left.append(new)
        simpler = simpler and _is_simpler(new, term, own)
        # A term that is left alone is taken as it is. To see the rest of a long sum takes long.
        if len(left) > 1 and not simpler:
            return None
    return left


def _is_reshaped(node: Einsum, place: int) -> bool:
    """Tell whether selectors do no more than join or split axes of the only other factor."""
    return all(other == place or is_joining(one) for other, one in enumerate(node.operands))


def _seen_reshaped(node: Einsum, place: int, terms: Sequence[Expr]) -> list[Einsum] | None:
    """Reshape the terms of a sum where that leaves fewer selectors: to reshape costs nothing."""
    before = selector_count(node) + sum(
        selector_count(term) for term in terms if isinstance(term, Einsum)
    )
    seen = [contract_selectors(product) for product in _products(node, place, terms)]
    inside = (one for product in seen for one in (product, *product.operands))
    after = sum(selector_count(one) for one in inside if isinstance(one, Einsum))
    return seen if after < before else None


def _misses(seen: Sequence[Reaches], term: Expr) -> bool:
    """Tell whether no place that selectors see of a sum is one where a term of it stands.

    Most of the parts that are joined are left out so, without a look at their product.
    """
    if not isinstance(term, Einsum) or not any(seen):
        return False
    put = _reaches(term, term.subscripts.output)
    return any(
        is_at_least(one[0], linear((1, other[1]), (1, 1)))
        or is_at_least(other[0], linear((1, one[1]), (1, 1)))
        for along, own in zip(seen, put, strict=True)
        for one in along
        for other in own
    )


def _reaches(node: Einsum, axes: Indices) -> list[Reaches]:
    """Return how far the affine selectors of a product reach along each of some axes."""
    pairs = list(zip(node.subscripts.inputs, node.operands, strict=True))
    found = [(labels[0], reach(one)) for labels, one in pairs if isinstance(one, Affine)]
    return [[ends for target, ends in found if target == label] for label in axes]


def _is_opaque(term: Expr) -> bool:
    """Tell whether selectors show nothing of a term: it has no selector and no delta itself.

    A sum within a product stays whole. To go on into sums of sums would see what is at the bottom
    once for each way there, and the ways double with every step of a loop that moves a sum.
    """
    shown = (Delta, *SELECTORS)
    if not isinstance(term, Einsum):
        return not isinstance(term, shown)
    if any(isinstance(one, Add) for one in term.operands):
        return True
    return not any(isinstance(one, (Einsum, *shown)) for one in term.operands)


def _is_simpler(new: Einsum, term: Expr, own: int) -> bool:
    """Tell whether a term has fewer selectors once it is seen through more, and is not padded."""
    before = own + selector_count(term) if isinstance(term, Einsum) else own
    nested = sum(selector_count(one) for one in new.operands if isinstance(one, Einsum))
    return selector_count(new) + nested < before and all(map(_is_inside, new.operands))


def _is_zero(node: Einsum) -> bool:
    return any(operand is Constant(0) for operand in node.operands)


def _is_inside(operand: Expr) -> bool:
    """Tell whether an operand is no selector that pads."""
    if isinstance(operand, Affine):
        return is_inside(operand)
    return not isinstance(operand, SELECTORS)


def _has_ones(node: Einsum) -> bool:
    """Tell whether ones are spread over an axis of the output."""
    return any(
        isinstance(operand, Delta) and operand.order == 1 and indices[0] in node.subscripts.output
        for indices, operand in zip(node.subscripts.inputs, node.operands, strict=True)
    )


def _has_unit_axes_only(node: Einsum) -> bool:
    """Tell whether a product does no more than give axes of size 1 to its only other factor."""
    beside = [operand for operand in node.operands if isinstance(operand, Delta)]
    return len(node.operands) == len(beside) + 1 and all(
        operand.order == 1 and operand.dim == 1 for operand in beside
    )


@lru_cache(maxsize=1024)
def _holds_structured(node: Add) -> bool:
    """Tell whether every term has deltas or ones over an axis, which may contract beside it."""
    return bool(node.shape) and all(map(_is_structured, node.terms))


def _is_structured(term: Expr) -> bool:
    match term:
        case Delta() | Affine():
            return True
        case Einsum(operands=operands):
            deltas = any(isinstance(operand, Delta) and operand.order for operand in operands)
            return deltas or is_spread(term)
        case _:
            return False


def _meeting(node: Einsum, place: int) -> list[Expr]:
    """Return the terms of a sum whose ones contract with a factor that weighs what they spread.

    So `p ⊙ (x - (pᵀ x) 1)` is `p ⊙ x - (pᵀ x) p`.
    """
    operand = node.operands[place]
    assert isinstance(operand, Add)
    weights = _weights(operand)
    if weights.keys().isdisjoint(node.operands):
        return []
    axes, output = node.subscripts.inputs[place], node.subscripts.output
    found: list[Expr] = []
    for one, labels in zip(node.operands, node.subscripts.inputs, strict=True):
        held = [axes.index(x) for x in labels if x in axes and x in output]
        found += [term for term, spread in weights.get(one, ()) if spread.intersection(held)]
    return list(dict.fromkeys(found))


@lru_cache(maxsize=1024)
def _weights(node: Add) -> dict[Expr, list[tuple[Expr, frozenset[int]]]]:
    """Return what terms of a sum weigh: these terms, with the axes that ones spread them over."""
    found: dict[Expr, list[tuple[Expr, frozenset[int]]]] = {}
    for term in node.terms:
        spread = axes_of_ones(term) if isinstance(term, Einsum) and Delta in term.kinds else ()
        if spread and isinstance(term, Einsum):
            for one in dict.fromkeys(term.operands):
                if not isinstance(one, (Constant, Delta)) and is_weighed(term, one):
                    found.setdefault(one, []).append((term, frozenset(spread)))
    return found


def _averaged(node: Einsum, place: int) -> list[Expr]:
    """Return the numbers in a sum that a softmax averages: `pᵀ (x + 1)` is `pᵀ x + 1`."""
    if Map not in node.kinds:
        return []
    operand = node.operands[place]
    numbers = [term for term in children(operand) if is_one_everywhere(split_coefficient(term)[1])]
    if not numbers or len(numbers) == len(children(operand)):
        return []
    ones = tuple([Delta(dim, 1) for dim in operand.shape])
    axes = node.subscripts.inputs[place]
    lists = (*node.subscripts.inputs, *((label,) for label in axes))
    beside = Einsum(
        Subscripts((*lists[:place], *lists[place + 1 :]), node.subscripts.output),
        (*node.operands[:place], *node.operands[place + 1 :], *ones),
    )
    return numbers if any(map(partial(summed_softmax, beside), range(len(beside.operands)))) else []


def is_weighed(term: Einsum, weight: Expr) -> bool:
    """Tell whether a product sums an axis of a factor, and of another one that is no ones.

    Examples
    --------
    >>> import einsgrad as eg
    >>> p, x = eg.variables("p[n] x[n]")
    >>> is_weighed(eg.simplify(p @ x), p), is_weighed(eg.simplify(eg.sum(p) * x), p)
    (True, False)
    """
    held = Counter(
        label
        for labels, operand in zip(term.subscripts.inputs, term.operands, strict=True)
        for label in set(labels) - set(term.subscripts.output)
        if not isinstance(operand, Delta)
    )
    return any(
        operand is weight and any(held[label] > 1 for label in labels)
        for labels, operand in zip(term.subscripts.inputs, term.operands, strict=True)
    )


@lru_cache(maxsize=1024)
def _is_cheaper(node: Einsum, place: int) -> bool:
    operand = node.operands[place]
    assert isinstance(operand, Add)
    if len(operand.shape) < 2:
        return False
    inner = max((_cost(term) for term in operand.terms if isinstance(term, Einsum)), default=0)
    own = _cost(node)
    whole = max(inner, own, len(operand.shape))
    if whole == own and any(map(_is_entrywise, operand.terms)):
        # Times such a term, the product costs as much.
        return False
    terms = _expanded(node, place)
    # Sums of products of sums would be multiplied out one in the other without end.
    factors = [factor for term in terms for factor in term.operands]
    if any(isinstance(factor, Add) and len(factor.shape) > 1 for factor in factors):
        return False
    return max(_cost(contract_deltas(term)) for term in terms) < whole


def _is_entrywise(term: Expr) -> bool:
    """Tell whether a term is an array, or numbers and arrays multiplied entry by entry."""
    if not isinstance(term, Einsum):
        return not isinstance(term, (Constant, Delta, *SELECTORS))
    inputs, output = term.subscripts.inputs, set(term.subscripts.output)
    is_plain = term.kinds.isdisjoint((Delta, *SELECTORS))
    return is_plain and all(not one or set(one) == output for one in inputs)


def _cost(node: Einsum) -> int:
    """Return the cost class of a product; to see through selectors or to spread costs nothing."""
    product = contracted(node)
    output = product.output
    lists = [
        factor.indices
        for factor in product.factors
        if (
            len(factor.indices) > 1 or not set(factor.indices) <= set(output)
            if factor.source is None
            else not isinstance(node.operands[factor.source], SELECTORS)
        )
    ]
    return degree(lists, output)
