"""Forms recognised where they stand: powers, and `x - logsumexp(x)`."""

from __future__ import annotations

from einsgrad.expressions.construct import add_terms, factor_expr
from einsgrad.expressions.nodes import Add, Einsum, Expr, Map, Reduce
from einsgrad.expressions.products import contracted, fold_constants
from einsgrad.expressions.tables.elementwise import POWER, RECIPROCAL, SQRT
from einsgrad.expressions.tables.reductions import LOGSUMEXP

# Functions that raise their operand to a power.
POWERS = (RECIPROCAL, SQRT, POWER)


def innermost_base(expr: Expr) -> Expr:
    """Return what powers, one within the other, are powers of.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.expressions.vocabulary.words import reciprocal, sqrt
    >>> innermost_base(reciprocal(sqrt(Variable("x", ())))).name
    'x'
    """
    while isinstance(expr, Map) and expr.function in POWERS:
        expr = expr.operands[0]
    return expr


def log_normaliser(expr: Expr) -> Reduce | None:
    """Return the logsumexp that a simple expression subtracts from its own operand, or None.

    The expression is then the logarithm of the softmax of that operand along those axes.

    Examples
    --------
    >>> import einsgrad as eg
    >>> (x,) = eg.variables("x[n]")
    >>> log_normaliser(eg.simplify(eg.log_softmax(x))), log_normaliser(x + x)
    (logsumexp(x, axis=(0,)), None)
    """
    if not isinstance(expr, Add):
        return None
    for place, term in enumerate(expr.terms):
        found = _subtracted_logsumexp(term)
        others = (*expr.terms[:place], *expr.terms[place + 1 :])
        if found is not None and found.operand is add_terms(others, expr.shape):
            return found
    return None


def _subtracted_logsumexp(term: Expr) -> Reduce | None:
    """Return the logsumexp of which a term is the negative, spread over the axes it lacks."""
    if not isinstance(term, Einsum):
        return None
    coefficient, rest = fold_constants(term)
    if coefficient != -1:
        return None
    product = contracted(rest)
    sources = [one for one in product.factors if one.source is not None]
    if len(sources) != 1:
        return None
    (factor,) = sources
    found = factor_expr(factor, rest.operands, rest.dims)
    if not isinstance(found, Reduce) or found.function is not LOGSUMEXP:
        return None
    kept = tuple(label for axis, label in enumerate(product.output) if axis not in found.axes)
    ones = {x for one in product.factors if one is not factor for x in one.indices}
    spread = len(set(product.output)) == len(product.output) and not ones & set(kept)
    return found if spread and factor.indices == kept else None
