"""Products that are multiplied out because factors cancel: `p (1 - p) (y/p - (1 - y)/(1 - p))`.

What is multiplied out is taken only where it is shorter than the product, as `y - p` is.
"""

from __future__ import annotations

from functools import lru_cache

from einsgrad.expressions.construct import add_terms, scale
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map
from einsgrad.expressions.products import as_einsum, factors_of, fold_constants, unwrap
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.tables.elementwise import POWER, RECIPROCAL, SIGMOID
from einsgrad.expressions.walks import children
from einsgrad.simplification.flattening import stands_once
from einsgrad.simplification.product_costs import expanded
from einsgrad.strings.subscripts import Subscripts

# Sums of more terms are not multiplied out, and no more products than that are looked at.
_MOST_TERMS = 4
_MOST_PRODUCTS = 12
_QUOTIENTS = (RECIPROCAL, POWER)


def cancelling_sum(node: Einsum) -> int | None:
    """Return the place of a sum of which a term has a power that another factor cancels.

    Examples
    --------
    >>> import einsgrad as eg
    >>> p, y, z = eg.variables("p y z")
    >>> cancelling_sum(eg.einsum(",->", p, eg.simplify(y / p - z)))
    1
    """
    if Add not in node.kinds:
        return None
    sums = [
        place
        for place, one in enumerate(node.operands)
        if isinstance(one, Add) and len(one.terms) <= _MOST_TERMS and stands_once(one, node)
    ]
    if not sums or not any(map(_holds_quotient, node.operands)):
        return None
    for place in sums:
        above: set[Expr] = set()
        below: set[Expr] = set()
        for other, one in enumerate(node.operands):
            if other != place:
                _enter(one, above, below)
        for term in children(node.operands[place]):
            over: set[Expr] = set()
            under: set[Expr] = set()
            for factor in factors_of(term):
                _enter(factor, over, under)
            if not above.isdisjoint(under) or not below.isdisjoint(over):
                return place
    return None


@lru_cache(maxsize=1024)
def _holds_quotient(factor: Expr) -> bool:
    """Tell whether a factor, or one of a term of the sum that it is, may divide by something."""
    terms = factor.terms if isinstance(factor, Add) else (factor,)
    return any(
        isinstance(one, Map) and one.function in _QUOTIENTS
        for term in terms
        for one in factors_of(term)
    )


def _enter(factor: Expr, above: set[Expr], below: set[Expr]) -> None:
    """Note what a factor multiplies with, and what it divides by."""
    match factor:
        case Delta() | Constant():
            pass
        case Map(function=row, operands=(inner,)) if row is RECIPROCAL:
            _enter(inner, below, above)
            if isinstance(inner, Einsum):
                below.update(inner.operands)
        case Map(function=row, operands=(base, Constant())) if row is POWER:
            above.add(base)
        case _:
            above.add(factor)


def multiplied_out(node: Einsum, place: int) -> Expr:
    """Multiply a product out over the sum at a place."""
    return add_terms(expanded(node, place), node.shape)


def all_multiplied_out(expr: Expr) -> Expr | None:
    """Multiply the terms of an expression out over the sums among their factors; None if many."""
    waiting: list[Expr] = list(expr.terms) if isinstance(expr, Add) else [expr]
    done: list[Expr] = []
    while waiting:
        term = waiting.pop()
        place = _first_sum(term)
        if place is None:
            done.append(term)
        else:
            waiting += expanded(as_einsum(term), place)
        if len(waiting) + len(done) > _MOST_PRODUCTS:
            return None
    return add_terms(done, expr.shape)


def _first_sum(term: Expr) -> int | None:
    if not isinstance(term, Einsum):
        return None
    sums = enumerate(term.operands)
    return next((p for p, one in sums if isinstance(one, Add) and stands_once(one, term)), None)


def opposite_logistics(node: Add) -> Expr | None:
    """Write σ(-a) as `1 - σ(a)` where both stand in the terms of a sum, multiplied out."""
    found: dict[Map, None] = {}
    for term in node.terms:
        if not isinstance(term, Einsum) or Map in term.kinds:
            for one in factors_of(term):
                if isinstance(one, Map) and one.function is SIGMOID:
                    found[one] = None
    for one in found if len(found) > 1 else ():
        argument = one.operands[0]
        number, rest = fold_constants(as_einsum(argument))
        if number != -1 or not rest.operands:
            continue
        opposite = Map(SIGMOID, (unwrap(rest),))
        if opposite in found:
            return all_multiplied_out(_with_complement(node, one, opposite))
    return None


def _with_complement(node: Add, one: Expr, opposite: Expr) -> Expr:
    terms: list[Expr] = []
    for term in node.terms:
        product = as_einsum(term)
        if one not in product.operands:
            terms.append(term)
            continue
        place = product.operands.index(one)
        kept = (*product.operands[:place], *product.operands[place + 1 :])
        ones = tuple(Delta(dim, 1) for dim in one.shape)
        axes = product.subscripts.inputs[place]
        lists = (
            *product.subscripts.inputs[:place],
            *product.subscripts.inputs[place + 1 :],
            *((label,) for label in axes),
        )
        subscripts = Subscripts(lists, product.subscripts.output)
        terms.append(Einsum(subscripts, (*kept, *ones)))
        swapped = (*product.operands[:place], opposite, *product.operands[place + 1 :])
        terms.append(scale(-1, Einsum(product.subscripts, swapped)))
    return add_terms(terms, node.shape)
