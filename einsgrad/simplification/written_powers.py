"""Powers written as factors, each in its one way, and which of them are simple."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from einsgrad.expressions.idioms import POWERS
from einsgrad.expressions.nodes import (
    Constant,
    Einsum,
    Expr,
    Map,
    MatrixMap,
    Number,
    Reduce,
    Variable,
)
from einsgrad.expressions.products import contract_deltas, factors_of, tidy
from einsgrad.expressions.tables.elementwise import EXP, POWER, SQRT
from einsgrad.expressions.vocabulary.words import power, reciprocal
from einsgrad.simplification.flattening import flatten
from einsgrad.simplification.joined_exponents import join_exponents
from einsgrad.simplification.reading_powers import Exponent, Groups, is_integer
from einsgrad.simplification.symmetry import in_fixed_order
from einsgrad.strings.subscripts import Indices, Subscripts

Factor: TypeAlias = "tuple[Indices, Expr]"


def write_powers(groups: Groups) -> list[Factor]:
    """Write powers as factors.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> write_powers({(Variable("x", ("n",)), (0,)): -1})
    [((0,), reciprocal(x))]
    """
    number: Number = 1
    factors: list[Factor] = []
    join_exponents(groups)
    for (base, indices), exponent in _raised_together(groups).items():
        if isinstance(base, Constant):
            number = number * base.value**exponent
        elif exponent > 0:
            factors.extend((indices, one) for one in _positive(base, exponent))
        elif exponent < 0:
            under = _positive(base, -exponent)
            one = under[0] if len(under) == 1 else _product(under)
            factors.append((indices, reciprocal(one)))
    return factors if number == 1 else [((), Constant(tidy(number))), *factors]


def _raised_together(groups: Groups) -> Groups:
    """Join bases with one high exponent: `(x/y)¹²` may be a number where `x¹²` is none."""
    alike: dict[tuple[Indices, Exponent], list[tuple[Expr, Exponent]]] = {}
    for (base, indices), exponent in groups.items():
        if is_integer(exponent) and abs(exponent) > 2 and isinstance(base, Variable | Map):
            alike.setdefault((indices, abs(exponent)), []).append((base, exponent))
    found = dict(groups)
    for (indices, size), members in alike.items():
        if len(members) > 1:
            for base, _ in members:
                del found[base, indices]
            above = any(exponent > 0 for _, exponent in members)
            # Where nothing stands above, the product as a whole is divided by.
            parts = [one if own > 0 or not above else reciprocal(one) for one, own in members]
            found[_product(parts), indices] = size if above else -size
    return found


def are_simple(operands: Sequence[Expr]) -> bool:
    """Tell whether factors are in their simplest form, as most powers of what is simple are."""
    return all(one.known_simple or _is_simple_power(one) for one in operands)


def _is_simple_power(expr: Expr) -> bool:
    """Tell, and remember, whether a power is in its simplest form; no sum is looked into."""
    if not isinstance(expr, Map) or expr.function not in POWERS:
        return False
    base = expr.operands[0]
    copies = factors_of(base)
    if isinstance(base, Map) and base.function in (SQRT, POWER):
        copies = base.operands[:1]
    simple = len(set(copies)) == 1 and copies[0].known_simple and _stays_below(copies[0])
    if simple:
        base.remember_simple()
        expr.remember_simple()
    return simple


def _stays_below(base: Expr) -> bool:
    """Tell whether no rule but those of powers knows a power of a base."""
    if isinstance(base, Map):
        return base.function is not EXP and base.function not in POWERS
    return isinstance(base, Variable | Reduce | MatrixMap)


def _product(copies: Sequence[Expr]) -> Expr:
    labels = tuple(range(len(copies[0].shape)))
    product = Einsum(Subscripts((labels,) * len(copies), labels), tuple(copies))
    return in_fixed_order(contract_deltas(flatten(product)))


def _positive(base: Expr, exponent: Exponent) -> list[Expr]:
    """Write a power with a positive exponent: up to two copies of the base, or a function."""
    if exponent == 1:
        return [base]
    if exponent == 2 and (base.shape or not isinstance(base, Einsum)):
        return [base, base]
    if exponent == 0.5:
        return [power(base, 0.5)]
    return [Map(POWER, (base, Constant(exponent)))]
