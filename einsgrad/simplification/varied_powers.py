"""Powers whose exponents are no numbers, read as powers: `x^(2q - 1)` is of `x^q` and of `x`."""

from __future__ import annotations

from collections.abc import Iterator

from einsgrad.expressions.nodes import Add, Constant, Expr, Map, Reduce, Variable
from einsgrad.expressions.products import is_one_everywhere
from einsgrad.expressions.tables.elementwise import ABS, POWER
from einsgrad.simplification.sums import split_coefficient


def has_varied_exponent(expr: Expr) -> bool:
    """Tell whether an expression is a power whose exponent is no number."""
    return (
        isinstance(expr, Map)
        and expr.function is POWER
        and not isinstance(expr.operands[1], Constant)
    )


def is_varied(expr: Expr) -> bool:
    """Tell whether an expression is a real power whose exponent is no number."""
    return has_varied_exponent(expr) and not expr.is_complex


def varied_parts(expr: Map) -> Iterator[tuple[Expr, int | float]]:
    """Yield the powers whose product a power is that `is_varied`, each with a number over it.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, q = eg.variables("x q")
    >>> list(varied_parts(x ** (2 * q - 1)))
    [(power(x, q), 2), (x, -1)]
    """
    base, exponent = expr.operands
    if not has_number_apart(expr):
        yield expr, 1
        return
    for term in exponent.terms if isinstance(exponent, Add) else (exponent,):
        number, rest = split_coefficient(term)
        if is_one_everywhere(rest) and isinstance(number, int | float):
            yield base, number
        elif isinstance(number, int):
            yield Map(POWER, (base, rest)), number
        else:
            yield Map(POWER, (base, term)), 1


def has_number_apart(expr: Map) -> bool:
    """Tell whether whole powers of a base are read apart from its other powers.

    Those of `|x|` are not, so that `sign(x) |x|^(q - 1)` does not become `|x|^q/x`.
    """
    base = expr.operands[0]
    if isinstance(base, Map):
        return base.function not in (ABS, POWER) and base.shape == expr.shape
    return isinstance(base, Variable | Add | Reduce) and base.shape == expr.shape
