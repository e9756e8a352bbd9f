"""Rules for terms that differ in one factor: `A x + Aᵀ x` is `(A + Aᵀ) x`.

Such a factor is a matrix that the other term has transposed, or a number: `(1 + s) x - x` is `s x`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from einsgrad.expressions.construct import add_terms, scale
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map, MatrixMap, Number, Variable
from einsgrad.expressions.products import SELECTORS, as_einsum, is_moderate, tidy, unwrap
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.shaping import permute
from einsgrad.simplification.flattening import products_with
from einsgrad.simplification.sums import LONGEST_SUM, split_coefficient
from einsgrad.simplification.symmetry import canonicalise, is_own_transpose, simple_product
from einsgrad.strings.subscripts import Label, Subscripts

_Joints: TypeAlias = "tuple[tuple[int, ...], ...]"


# Sums of more terms are not searched for one that joins another term.
_MOST_MULTIPLES = 4


@dataclass(frozen=True, slots=True)
class _Term:
    """A product that is a term of a sum: its place there, and its number."""

    place: int
    number: Number
    core: Einsum


def join_transposes(node: Add) -> Expr:
    """Write two terms that differ in the transpose of one factor as one.

    Examples
    --------
    >>> A, x = Variable("A", ("n", "n")), Variable("x", ("n",))
    >>> from einsgrad.simplification.simplify import simplify_expr
    >>> simplify_expr(A @ x + x @ A)
    "ni,i->n"(A + "in->ni"(A), x)
    """
    if len(node.terms) > LONGEST_SUM:
        return node
    for places in _alike(node):
        found = next(_pairs(list(_terms(node, places))), None)
        if found is not None:
            one, other, joined = found
            kept = (one.place, other.place)
            rest = [term for place, term in enumerate(node.terms) if place not in kept]
            return add_terms([*rest, scale(one.number, joined)], node.shape)
    return node


def _alike(node: Add) -> Iterator[list[int]]:
    """Yield the places of terms with the same factors, of which each label joins the same."""
    by_factors: dict[tuple[int, ...], list[int]] = {}
    for place, term in enumerate(node.terms):
        if isinstance(term, Einsum) and 2 in map(len, term.subscripts.inputs):
            factors = [id(one) for one in term.operands if not isinstance(one, Constant)]
            if len(factors) > 1:
                by_factors.setdefault(tuple(sorted(factors)), []).append(place)
    for places in by_factors.values():
        by_joints: dict[_Joints, list[int]] = {}
        for place in places if len(places) > 1 else ():
            by_joints.setdefault(_joints(as_einsum(node.terms[place])), []).append(place)
        yield from [alike for alike in by_joints.values() if len(alike) > 1]


def _joints(term: Einsum) -> _Joints:
    """Return which factors and axes of the output each label joins: transposes change none."""
    joints: dict[Label, list[int]] = {
        label: [place] for place, label in enumerate(term.subscripts.output)
    }
    for indices, operand in zip(term.subscripts.inputs, term.operands, strict=True):
        for label in indices:
            joints.setdefault(label, []).append(id(operand))
    return tuple(sorted([tuple(sorted(joint)) for joint in joints.values()]))


def _terms(node: Add, places: Sequence[int]) -> Iterator[_Term]:
    for place in places:
        number, core = split_coefficient(node.terms[place])
        if isinstance(core, Einsum):
            yield _Term(place, number, core)


def _pairs(terms: Sequence[_Term]) -> Iterator[tuple[_Term, _Term, Expr]]:
    """Yield two terms, and their sum as one product without the number of the first."""
    by_core: dict[Expr, _Term] = {term.core: term for term in terms}
    for term in terms:
        core = term.core
        for factor, operand in enumerate(core.operands):
            turned = _turned(core, factor) if _may_turn(core, operand) else None
            other = None if turned is None else by_core.get(turned)
            if other is None or other is term or other.number not in (term.number, -term.number):
                continue
            sign = 1 if other.number == term.number else -1
            both = add_terms([operand, scale(sign, permute(operand, (1, 0)))], operand.shape)
            operands = (*core.operands[:factor], both, *core.operands[factor + 1 :])
            yield term, other, Einsum(core.subscripts, operands)


def _may_turn(core: Einsum, operand: Expr) -> bool:
    """Tell whether a factor is a matrix that a product of other tensors may hold transposed."""
    shape = operand.shape
    if len(shape) != 2 or shape[0] != shape[1]:
        return False
    others = [one for one in core.operands if one is not operand]
    if all(isinstance(one, Delta) for one in others):
        return False
    return (
        isinstance(operand, Variable | Map | MatrixMap)
        and not any(isinstance(one, SELECTORS) for one in others)
        and not is_own_transpose(operand)
    )


def _turned(core: Einsum, factor: int) -> Expr | None:
    """Return a product with one factor transposed, in its fixed order."""
    lists = list(core.subscripts.inputs)
    lists[factor] = lists[factor][::-1]
    subscripts = Subscripts(tuple(lists), core.subscripts.output)
    sign, ordered = canonicalise(Einsum(subscripts, core.operands))
    return unwrap(ordered) if sign == 1 else None


def join_multiples(node: Add) -> Expr:
    """Join a term with a sum that multiplies the same factors: `(1 + s) x - x` is `s x`.

    Examples
    --------
    >>> from einsgrad.simplification.simplify import simplify_expr
    >>> s, x = Variable("s", ()), Variable("x", ("n",))
    >>> simplify_expr((1 + s) * x - x)
    "n,->n"(x, s)
    """
    multiples = [term for term in node.terms if isinstance(term, Einsum) and Add in term.kinds]
    if not multiples or len(node.terms) > LONGEST_SUM:
        return node
    parts = {
        core: (number, term) for term in node.terms for number, core in (split_coefficient(term),)
    }
    for term in multiples:
        for place, factor in enumerate(term.operands):
            if not isinstance(factor, Add) or factor.shape or len(factor.terms) > _MOST_MULTIPLES:
                continue
            products = products_with(term, place, factor.terms)
            for part, product in zip(factor.terms, products, strict=True):
                number, core = split_coefficient(simple_product(product))
                own, other = parts.get(core, (0, term))
                if other is not term and is_moderate(number):
                    more = add_terms([factor, scale(tidy(own / number), part)], ())
                    rest = [one for one in node.terms if one is not term and one is not other]
                    return add_terms([*rest, *products_with(term, place, [more])], node.shape)
    return node
