"""The rule for powers of one factor: `x · 1/x`, `√x · √x`."""

from __future__ import annotations

from einsgrad.expressions.construct import with_factors
from einsgrad.expressions.nodes import Constant, Einsum, Expr, Map, Number
from einsgrad.expressions.products import tidy
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.tables.elementwise import POWER, RECIPROCAL, SQRT
from einsgrad.expressions.vocabulary.words import power, reciprocal
from einsgrad.strings.subscripts import Indices


def merge_powers(node: Einsum) -> Einsum:
    """Multiply powers of the same factor over the same labels: `x · 1/x`, `√x · √x`.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.expressions.vocabulary.words import multiply
    >>> x = Variable("x", ("n",))
    >>> product = multiply(x, reciprocal(x))
    >>> merge_powers(product).operands
    (ones("n"),)
    """
    if not any(_may_be_power(operand) for operand in node.operands):
        return node
    groups: dict[tuple[Expr, Indices], list[Number]] = {}
    for indices, operand in zip(node.subscripts.inputs, node.operands, strict=True):
        base, exponent = as_power(operand)
        groups.setdefault((base, indices), []).append(exponent)
    if all(len(exponents) == 1 or set(exponents) == {1} for exponents in groups.values()):
        return node
    factors: list[tuple[Indices, Expr]] = []
    for (base, indices), exponents in groups.items():
        if len(exponents) == 1 or set(exponents) == {1}:
            rebuilt = [_raised(base, exponent) for exponent in exponents]
        else:
            rebuilt = as_powers(base, tidy(sum(exponents)))
        factors.extend((indices, factor) for factor in rebuilt)
    return with_factors(node, factors)


def _may_be_power(expr: Expr) -> bool:
    return isinstance(expr, Map) and expr.function in (RECIPROCAL, SQRT, POWER)


def as_power(expr: Expr) -> tuple[Expr, Number]:
    """Read a factor as a power of a base.

    One of a delta is a factor of its own: between the deltas that an einsum is written with,
    `0 · 1/0` is 0.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> as_power(reciprocal(Variable("x", ("n",))))
    (x[n], -1)
    """
    match expr:
        case Map(operands=(Delta() | Constant(value=0), *_)):
            return expr, 1
        case Map(function=row, operands=(inner,)) if row is RECIPROCAL:
            base, exponent = as_power(inner)
            return base, -exponent
        case Map(function=row, operands=(inner,)) if row is SQRT:
            return inner, 0.5
        case Map(function=row, operands=(inner, Constant(value=value))) if row is POWER:
            return inner, value
        case _:
            return expr, 1


def _raised(base: Expr, exponent: Number) -> Expr:
    if exponent == -0.5:
        return reciprocal(power(base, 0.5))
    return power(base, exponent)


def as_powers(base: Expr, exponent: Number) -> list[Expr]:
    """Write a power as factors: a whole one as copies of the base or its reciprocal.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> as_powers(Variable("x", ("n",)), -2)
    [reciprocal(x), reciprocal(x)]
    """
    if isinstance(exponent, int):
        one = base if exponent > 0 else reciprocal(base)
        return [one] * abs(exponent)
    return [_raised(base, exponent)]
