"""Sums as products: what terms share is taken out, and fractions are joined, if that is shorter.

What is found is simplified anew: how that is done is handed in by `simplify`, which calls this.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from einsgrad.expressions.construct import add_terms
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr
from einsgrad.expressions.products import as_einsum, opened
from einsgrad.expressions.selectors import Delta
from einsgrad.simplification.cancelling import all_multiplied_out, cancelling_sum
from einsgrad.simplification.common_denominators import is_less_divided
from einsgrad.simplification.common_factors import common_factors, factors_within
from einsgrad.simplification.distribution import distributed
from einsgrad.simplification.extent import extent
from einsgrad.simplification.flattening import merge_products, products_with, stands_once
from einsgrad.simplification.repeated_sums import repeated_sums
from einsgrad.simplification.sharing_terms import sharing_terms
from einsgrad.simplification.sums import collect, divided_terms, opened_terms


@dataclass(frozen=True, slots=True)
class Simplifying:
    """How what rules give is simplified.

    Parameters
    ----------
    expr
        An expression.
    product
        A product whose factors are simple, which is not multiplied out.
    sum
        A sum whose terms are collected; of what they share nothing is taken out.
    """

    expr: Callable[[Expr], Expr]
    product: Callable[[Einsum], Expr]
    sum: Callable[[Expr], Expr]


def grouped(node: Add, by: Simplifying) -> Expr:
    """Take out what all terms of a sum share, or else what some of them share."""
    found = _factored(node, by)
    if found is not node:
        return found
    return _grouped_by(node, sharing_terms(node), by)


def grouped_entrywise(node: Add, by: Simplifying) -> Expr:
    """Take out what some terms of a sum share entry by entry, where nothing cancels by that."""
    return _grouped_by(node, sharing_terms(node, entrywise=True), by, may_cancel=False)


def _grouped_by(
    node: Add, groups: Sequence[tuple[Expr, ...]], by: Simplifying, *, may_cancel: bool = True
) -> Expr:
    """Take what some terms share out of them, where that is one product."""
    left = dict.fromkeys(node.terms)
    products: list[Expr] = []
    for terms in groups:
        if not all(term in left for term in terms):
            continue
        found = _factored(Add(terms), by, may_cancel=may_cancel)
        if not isinstance(found, Add) and divided_terms(found) is None:
            products.append(found)
            for term in terms:
                del left[term]
    return by.expr(add_terms([*left, *products], node.shape)) if products else node


def _factored(node: Add, by: Simplifying, *, may_cancel: bool = True) -> Expr:
    """Take out what the terms of a sum share, unless the product would be multiplied out."""
    for shared in common_factors(node):
        if distributed(merge_products(shared.product(shared.rest))) is None:
            product = merge_products(shared.product(by.expr(shared.rest)))
            found = by.product(product)
            if may_cancel:
                return _unless_cancelling(node, found, by)
            cancels = isinstance(found, Einsum) and cancelling_sum(found) is not None
            return node if cancels else found
    return node


def _unless_cancelling(node: Add, product: Expr, by: Simplifying) -> Expr:
    """Return what a sum is as a product, or multiplied out as far as it goes if that is shorter."""
    if not isinstance(product, Einsum) or cancelling_sum(product) is None:
        return product
    further = all_multiplied_out(product)
    if further is None:
        return product
    terms = [by.expr(term) for term in opened_terms([further])]
    total = by.sum(collect(terms, node))
    if total is node:
        return product
    other = grouped(total, by) if isinstance(total, Add) else total
    return other if extent(other) < extent(product) else product


def factored_inside(node: Einsum, by: Simplifying) -> Einsum | None:
    """Take what the terms of a sum share out of it, where it has other factors beside it."""
    for place, operand in enumerate(node.operands) if Add in node.kinds else ():
        if not isinstance(operand, Add) or not stands_once(operand, node):
            continue
        if all(isinstance(one, Constant | Delta) for one in node.operands if one is not operand):
            continue
        for shared in factors_within(operand):
            (product,) = products_with(node, place, [shared.product(by.expr(shared.rest))])
            product = merge_products(product)
            if distributed(product) is None:
                return product
    return None


def with_sum_taken(node: Add, by: Simplifying) -> Expr | None:
    """Take a sum that some terms are out of another term."""
    taken = next(repeated_sums(node), None)
    if taken is None:
        return None
    product = opened(taken.product)
    operands = tuple(map(by.expr, product.operands))
    simple = by.product(Einsum(product.subscripts, operands))
    return add_terms([*taken.rest, simple], node.shape)


def shorter(old: Expr, new: Expr, by: Simplifying, *, or_as_long: bool = False) -> Expr | None:
    """Return what has been multiplied out, once or as far as it goes, if it is shorter."""
    found = [new]
    further = all_multiplied_out(new)
    if further is not None:
        found.append(by.expr(further))
    best = min(found, key=extent)
    is_shorter = extent(best) < extent(old) or (extent(best) == extent(old) and or_as_long)
    return best if is_shorter and best is not old else None


def less_divided(old: Expr, fraction: Expr, by: Simplifying) -> Expr | None:
    """Return a fraction in its simplest form if it divides by less than what it is equal to.

    One that is multiplied out is no fraction.
    """
    found: list[Expr] = []
    for term in fraction.terms if isinstance(fraction, Add) else (fraction,):
        product = opened(as_einsum(term))
        parts = tuple(map(by.expr, product.operands))
        whole = merge_products(Einsum(product.subscripts, parts))
        if len(whole.operands) > 1 and distributed(whole) is not None:
            return None
        found.append(by.product(whole))
    new = collect(found, old)
    return new if is_less_divided(new, old) else None
