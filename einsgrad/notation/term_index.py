"""Index notation: `g_m x_n`, `δ_im x_n`, with a sum sign where a summed index is not obvious."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain

from einsgrad.expressions.nodes import Delta, Expr, Number
from einsgrad.expressions.printing import operand_name
from einsgrad.notation.style import TEXT, Style
from einsgrad.notation.terms import Term
from einsgrad.strings.subscripts import Indices


def index_notation(terms: Sequence[Term], style: Style = TEXT) -> str:
    """Write terms in index notation.

    Examples
    --------
    >>> import einsgrad as eg
    >>> index_notation(eg.jacobian("mn,n->m", 0).terms)
    'δ_im x1_n'
    >>> index_notation(eg.adjoint("i,i,i->", 0).terms)
    'g x1_i x2_i'
    """
    return signed_sum([(term.coefficient, _product(term, style)) for term in terms])


def signed_sum(parts: Sequence[tuple[Number, str]]) -> str:
    """Join products by their coefficients' signs, as a person writes a sum."""
    text = ""
    for coefficient, body in parts:
        negative = not isinstance(coefficient, complex) and coefficient < 0
        size = -coefficient if negative else coefficient
        if text:
            text += " - " if negative else " + "
        else:
            text = "-" if negative else ""
        text += body if size == 1 else f"{size} {body}"
    return text or "0"


def _product(term: Term, style: Style) -> str:
    factors = [
        factor_symbol(factor, indices, style)
        for factor, indices in zip(term.factors, term.subscripts.inputs, strict=True)
    ]
    body = style.times.join(factors)
    summed = _needs_sum(term)
    return f"{style.sum(summed)}{style.times}{body}" if summed else body


def factor_symbol(factor: Expr, indices: Indices, style: Style) -> str:
    """Write one factor with its indices."""
    if isinstance(factor, Delta) and factor.order:
        return style.symbol(style.ones if factor.order == 1 else style.delta, indices)
    return style.symbol(operand_name(factor), indices)


def _needs_sum(term: Term) -> Indices:
    """Return the summed labels that do not stand exactly twice."""
    counts = Counter(chain.from_iterable(term.subscripts.inputs))
    return tuple(label for label in term.subscripts.summed if counts[label] != 2)
