"""Sums that selectors see term by term, where that leaves views of what the terms have been."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from einsgrad.expressions.dims import Dim, is_at_least, linear
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr
from einsgrad.expressions.products import SELECTORS, selector_count
from einsgrad.expressions.selecting import is_joining
from einsgrad.expressions.selectors import Affine, Delta
from einsgrad.simplification.flattening import products_with
from einsgrad.simplification.orientation import is_inside, reach
from einsgrad.simplification.selectors import contract_selectors
from einsgrad.strings.subscripts import Indices

Reaches: TypeAlias = "list[tuple[Dim, Dim]]"


def seen_terms(node: Einsum, place: int) -> list[Einsum] | None:
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
    for term, product in zip(met, products_with(node, place, met), strict=True):
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
    seen = [contract_selectors(product) for product in products_with(node, place, terms)]
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
