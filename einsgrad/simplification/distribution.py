"""The rule that multiplies a product out over a sum, and when it does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from functools import lru_cache, partial
from itertools import chain

from einsgrad.expressions.construct import add_terms, build_einsum
from einsgrad.expressions.nodes import Add, Called, Constant, Einsum, Expr, Map, Pick, Variable
from einsgrad.expressions.products import is_one_everywhere, is_ones_vector, selector_count
from einsgrad.expressions.selectors import Affine, Delta, Integers
from einsgrad.expressions.walks import children, topological
from einsgrad.simplification.contents import axes_of_ones
from einsgrad.simplification.flattening import is_spread, products_with, stands_once
from einsgrad.simplification.product_costs import expanded, is_cheaper
from einsgrad.simplification.seen_terms import seen_terms
from einsgrad.simplification.softmax import summed_softmax
from einsgrad.simplification.sums import LONGEST_SUM, split_coefficient
from einsgrad.strings.subscripts import Indices, Label, Subscripts

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
    sums = [
        place
        for place, operand in enumerate(node.operands)
        if isinstance(operand, Add)
        and len(operand.terms) <= LONGEST_SUM
        and operand not in whole
        and stands_once(operand, node)
    ]
    if not sums:
        return None
    if len(node.operands) == 1:
        return expanded(node, 0)
    if _has_unit_axes_only(node):
        return None
    others = [operand for operand in node.operands if not isinstance(operand, Delta)]
    if len(others) == 1 and not _has_ones(node):
        return expanded(node, sums[0])
    for place in sums:
        operand = node.operands[place]
        assert isinstance(operand, Add)
        few = len(operand.terms) <= _MOST_DISTRIBUTED
        few = few and not (Pick in node.kinds and _is_looked_up(node, place))
        if few and (_contracts(node, place) or is_cheaper(node, place)):
            return expanded(node, place)
        apart = [*_meeting(node, place), *_averaged(node, place)] if few else []
        if apart:
            moved = set(apart)
            kept = [term for term in operand.terms if term not in moved]
            rest = [add_terms(kept, operand.shape)] if kept else []
            return list(products_with(node, place, [*rest, *apart]))
    if others and len(others) == len(sums) + selector_count(node) == 1 + selector_count(node):
        return seen_terms(node, sums[0])
    return None


def with_terms_summed(node: Einsum) -> Einsum | None:
    """Add up each term of a sum of which no other factor has an axis: `a (1ᵀ (u + v))`.

    Examples
    --------
    >>> import einsgrad as eg
    >>> a, u, v = eg.variables("a u[n] v[n]")
    >>> with_terms_summed(eg.einsum(",n->", a, u + v))
    ",->"(a, "n->"(u) + "n->"(v))
    """
    if Add not in node.kinds:
        return None
    output = node.subscripts.output
    # Ones that are summed hold no axis of their own.
    factors = [
        (own, one)
        for own, one in zip(node.subscripts.inputs, node.operands, strict=True)
        if not is_ones_vector(one) or own[0] in output
    ]
    held = Counter(chain(output, *(set(own) for own, _ in factors)))
    for place, (labels, operand) in enumerate(factors) if len(factors) > 1 else ():
        if isinstance(operand, Add) and labels and all(held[label] == 1 for label in labels):
            terms = [build_einsum(Subscripts((labels,), ()), (term,)) for term in operand.terms]
            others = [*factors[:place], *factors[place + 1 :], *_ones_of_others(node, labels)]
            lists = Subscripts((*(own for own, _ in others), ()), output)
            return build_einsum(lists, [*(one for _, one in others), add_terms(terms, ())])
    return None


def _ones_of_others(node: Einsum, summed: Collection[Label]) -> list[tuple[Indices, Expr]]:
    """Return the ones over axes that are summed, but for some labels."""
    output = node.subscripts.output
    return [
        (own, one)
        for own, one in zip(node.subscripts.inputs, node.operands, strict=True)
        if is_ones_vector(one) and own[0] not in output and own[0] not in summed
    ]


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


def _contracts(node: Einsum, place: int) -> bool:
    """Tell whether each term of a sum holds deltas, ones or shifts that meet other factors."""
    operand = node.operands[place]
    if not isinstance(operand, Add) or not _holds_structured(operand):
        return False
    axes = set(node.subscripts.inputs[place])
    lists = enumerate(node.subscripts.inputs)
    return any(not axes.isdisjoint(labels) for other, labels in lists if other != place)


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
