"""What is known about the values of an expression from its form: not negative, at most 1.

It holds for floating-point numbers too: products, sums and quotients round monotonically.
"""

from __future__ import annotations

from collections import Counter
from typing import assert_never

from einsgrad.expressions.nodes import (
    Add,
    Called,
    Constant,
    Einsum,
    Expr,
    Map,
    MatrixMap,
    Pick,
    Places,
    Reduce,
    Variable,
)
from einsgrad.expressions.products import fold_constants, is_one_everywhere
from einsgrad.expressions.selectors import Affine, Delta, Fourier, Integers, Step
from einsgrad.expressions.tables.properties import Bounds
from einsgrad.expressions.tables.rows import Elementwise
from einsgrad.expressions.walks import topological


def is_nonnegative(expr: Expr) -> bool:
    """Tell whether no entry of a real expression can be negative, as far as its form shows.

    Examples
    --------
    >>> from einsgrad.expressions.vocabulary.words import multiply, sigmoid, subtract
    >>> x = Variable("x", ("n",))
    >>> p = sigmoid(x)
    >>> is_nonnegative(multiply(p, subtract(1, p))), is_nonnegative(x)
    (True, False)
    """
    found: dict[Expr, bool] = {}
    for node in topological(expr):
        found[node] = not node.is_complex and _is_nonnegative(node, found)
    return found[expr]


def _is_nonnegative(node: Expr, found: dict[Expr, bool]) -> bool:
    match node:
        case Variable() | MatrixMap() | Called() | Fourier() | Integers():
            return False
        case Constant(value=value):
            return not isinstance(value, complex) and value >= 0
        case Delta() | Affine() | Step() | Pick() | Places():
            return True
        case Einsum(subscripts=subscripts, operands=operands):
            powers = Counter(zip(operands, subscripts.inputs, strict=True))
            return all(found[factor] or count % 2 == 0 for (factor, _), count in powers.items())
        case Add(terms=terms):
            return all(found[term] for term in terms) or _is_rest_of_one(node)
        case Map(function=Elementwise(bounds=bounds), operands=operands):
            if bounds is None or bounds.low < 0:
                return False
            return not bounds.where or (
                bounds.low == 0 and all(found[operands[place]] for place in bounds.where)
            )
        case Reduce(function=reduction, operand=operand):
            own = reduction.bounds is not None and reduction.bounds.low >= 0
            return own or (reduction.keeps_sign is True and found[operand])
        case _ as unreachable:
            assert_never(unreachable)


def _is_rest_of_one(node: Add) -> bool:
    """Tell whether a sum is 1 minus something that is at most 1: `1 - p`, `1 - y²`."""
    ones = [term for term in node.terms if is_one_everywhere(term)]
    others = [term for term in node.terms if not is_one_everywhere(term)]
    if len(ones) != 1 or len(others) != 1:
        return False
    other = others[0]
    if not isinstance(other, Einsum):
        return False
    coefficient, rest = fold_constants(other)
    is_fraction = not isinstance(coefficient, complex) and -1 <= coefficient <= 0
    return is_fraction and all(map(_is_bounded, rest.operands)) and not rest.subscripts.summed


def _is_bounded(expr: Expr) -> bool:
    """Tell whether no entry exceeds 1 in modulus."""
    match expr:
        case Map(function=Elementwise(bounds=bounds), operands=operands):
            return (
                bounds is not None
                and -1 <= bounds.low <= bounds.high <= 1
                and all(_is_within(operands[place], bounds) for place in bounds.where)
            )
        case Delta(order=order):
            return order > 0
        case _:
            return False


def _is_within(expr: Expr, bounds: Bounds) -> bool:
    """Tell whether a number lies between two others."""
    match expr:
        case Constant(value=int() | float() as value):
            return bounds.low <= value <= bounds.high
        case _:
            return False
