"""Terms of a derivation whose deltas are contracted one at a time."""

from __future__ import annotations

from einsgrad.expressions.construct import factor_expr
from einsgrad.expressions.label_dims import label_dims
from einsgrad.notation.terms import SpelledTerm
from einsgrad.strings.deltas import as_product, contract


def contract_factor(term: SpelledTerm, place: int) -> SpelledTerm:
    """Contract the delta at one place of a term.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.expressions.selectors import Delta
    >>> from einsgrad.strings.subscripts import Subscripts
    >>> factors = (Delta("n", 2), Variable("x", ("n",)))
    >>> contract_factor(SpelledTerm(1, Subscripts((("i", "j"), ("j",)), ("i",)), factors), 0)
    "i->i"(x)
    """
    dims = label_dims(term.subscripts, term.factors)
    product = contract(as_product(term.subscripts), {place})
    factors = tuple(factor_expr(factor, term.factors, dims) for factor in product.factors)
    return SpelledTerm(term.coefficient, product.subscripts, factors)
