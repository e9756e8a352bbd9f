"""Rules for functions: exact inverses, stable forms, numbers, and what moves out of a function.

Each rule is a named function that returns the simpler expression, or None where it does
not apply; `FUNCTION_RULES` lists them in order.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map
from einsgrad.expressions.products import (
    as_einsum,
    fold_constants,
    is_moderate,
    is_one_everywhere,
    tidy,
    unwrap,
)
from einsgrad.expressions.shaping import broadcast
from einsgrad.expressions.tables.elementwise import (
    CONJ,
    EXP,
    HYPOT,
    IMAG,
    LOG,
    LOG1P,
    LOGADDEXP,
    POWER,
    REAL,
    RECIPROCAL,
    SIGMOID,
    SQRT,
    SQUARE,
)
from einsgrad.expressions.tables.rows import Elementwise
from einsgrad.expressions.vocabulary.words import (
    abs,
    add,
    conj,
    exp,
    log,
    multiply,
    negative,
    power,
    sigmoid,
    softplus,
)
from einsgrad.simplification.argument_order import arguments_in_order
from einsgrad.simplification.choices import (
    equal_branches,
    known_branch,
    known_condition,
    number_if_spread,
    number_of_branch,
    once_compared,
)
from einsgrad.simplification.contents import primitive
from einsgrad.simplification.lengths import length_of_scaled
from einsgrad.simplification.powers import open_power
from einsgrad.simplification.related_powers import exponent_beside_one
from einsgrad.simplification.softmax import log_of_powers
from einsgrad.simplification.spreading import numbers_in_place, spread_after
from einsgrad.simplification.sums import split_coefficient, turned_sign


def _called(expr: Expr, function: Elementwise) -> Expr | None:
    """Return the operand of a call of a unary function, or None."""
    return expr.operands[0] if isinstance(expr, Map) and expr.function is function else None


def cancel_inverse(node: Map) -> Expr | None:
    """Cancel a function of its inverse: `exp(log(x))` is `x`, `log(exp(x))` for real x."""
    inverse, inner = node.function.inverse, node.operands[0]
    if inverse is None or not isinstance(inner, Map) or inner.function.name != inverse.name:
        return None
    if inverse.real and inner.operands[0].is_complex:
        return None
    return inner.operands[0]


def fold_number(node: Map) -> Expr | None:
    """Compute a function of numbers where Python's mathematics has it."""
    function = node.function.number
    values = [operand.value for operand in node.operands if isinstance(operand, Constant)]
    if function is None or len(values) < len(node.operands):
        return None
    if any(isinstance(value, complex) for value in values):
        return None
    try:
        return Constant(tidy(function(*values)))
    except (ValueError, ArithmeticError):
        return None


def stable_form(node: Map) -> Expr | None:
    """Write `log(1 + exp(x))`, `1/(1 + exp(x))` and `log(sigmoid(x))` without overflow."""
    inner = node.operands[0]
    function = node.function
    if function is LOG1P:
        x = _called(inner, EXP)
        return softplus(x) if x is not None else None
    if function is LOG:
        x = exponent_beside_one(inner)
        return softplus(x) if x is not None else _logarithm_of_logistic(inner)
    if function is RECIPROCAL:
        x = exponent_beside_one(inner)
        return sigmoid(negative(x)) if x is not None else _reciprocal_of_exp(inner)
    if function is LOGADDEXP:
        zeros = [isinstance(one, Constant) and one.value == 0 for one in node.operands]
        return softplus(node.operands[zeros[0]]) if any(zeros) else None
    return None


def _logarithm_of_logistic(inner: Expr) -> Expr | None:
    """Write `log(sigmoid(x))` and `log(1 - sigmoid(x))` with softplus."""
    x = _called(inner, SIGMOID)
    if inner.is_complex:
        return None
    if x is not None:
        return negative(softplus(negative(x)))
    if not isinstance(inner, Add) or len(inner.terms) != 2:
        return None
    for one, other in (inner.terms, inner.terms[::-1]):
        number, rest = fold_constants(as_einsum(other))
        x = _called(unwrap(rest), SIGMOID) if rest.operands else None
        if is_one_everywhere(one) and number == -1 and x is not None:
            return negative(softplus(x))
    return None


def log_of_power(node: Map) -> Expr | None:
    """Take the logarithm of a reciprocal, root or power before: the power may overflow."""
    inner = node.operands[0]
    if node.function is not LOG or inner.is_complex:
        return None
    if isinstance(inner, Einsum):
        below = _divisor(inner)
        return None if below is None else negative(log(below))
    if not isinstance(inner, Map):
        return None
    base = inner.operands[0]
    if inner.function is RECIPROCAL:
        return negative(log(base))
    if inner.function is SQRT:
        return multiply(0.5, log(base))
    if inner.function is not POWER or not isinstance(inner.operands[1], Constant):
        return None
    exponent = inner.operands[1].value
    if isinstance(exponent, complex) or exponent == 0:
        return None
    return multiply(exponent, log(abs(base) if exponent % 2 == 0 else base))


def _divisor(node: Einsum) -> Expr | None:
    """Return the product that 1 is divided by, if an expression is such a quotient."""
    below = [_called(operand, RECIPROCAL) for operand in node.operands]
    if node.subscripts.summed or any(one is None for one in below):
        return None
    return Einsum(node.subscripts, tuple(one for one in below if one is not None))


def log_of_scaled(node: Map) -> Expr | None:
    """Take a number that is far from one out of a logarithm."""
    inner = node.operands[0]
    if node.function is not LOG or not isinstance(inner, Einsum):
        return None
    number, rest = fold_constants(inner)
    if isinstance(number, complex) or number <= 0 or is_moderate(number) or not rest.operands:
        return None
    return add(math.log(number), log(unwrap(rest)))


def _reciprocal_of_exp(inner: Expr) -> Expr | None:
    x = _called(inner, EXP)
    return exp(negative(x)) if x is not None else None


def simple_power(node: Map) -> Expr | None:
    """Write the powers -1, 0, 1/2, 1 and 2 without a power, and squares as products."""
    if node.function is SQUARE:
        return multiply(node.operands[0], node.operands[0])
    if node.function is not POWER:
        return None
    base, exponent = node.operands
    match exponent:
        case Constant(value=0):
            return add(1, multiply(0, base))
        case Constant(value=2) if isinstance(base, Einsum) and not base.shape:
            return None
        case Constant(value=-1 | 0.5 | 1 | 2):
            return power(base, exponent)
        case _:
            return None


def real_part(node: Map) -> Expr | None:
    """Drop `conj` and `real` of a real expression, whose imaginary part is 0."""
    if node.operands[0].is_complex:
        return None
    if node.function is IMAG:
        return broadcast(Constant(0), node.shape)
    return node.operands[0] if node.function in (CONJ, REAL) else None


def part_of_product(node: Map) -> Expr | None:
    """Take the real or imaginary part of the number that a real expression is multiplied by."""
    if node.function not in (REAL, IMAG):
        return None
    number, rest = fold_constants(as_einsum(node.operands[0]))
    if not isinstance(number, complex) or rest.is_complex:
        return None
    return multiply(tidy(number.real if node.function is REAL else number.imag), unwrap(rest))


def modulus_of_real(node: Map) -> Expr | None:
    """Write `hypot(x, 0)` as `abs(x)`."""
    if node.function is not HYPOT:
        return None
    for one, other in (node.operands, node.operands[::-1]):
        if number_if_spread(other) is Constant(0):
            return abs(broadcast(one, node.shape))
    return None


def odd_or_even(node: Map) -> Expr | None:
    """Write `sin(y - x)` as `-sin(x - y)`, by the sign that a person gives to the argument."""
    parity = node.function.parity
    if parity is None:
        return None
    (inner,) = node.operands
    number = primitive(inner)[0] if isinstance(inner, Add) else split_coefficient(inner)[0]
    if isinstance(number, complex) or number >= 0 or isinstance(inner, Constant):
        return None
    return multiply(parity, Map(node.function, (turned_sign(inner),)))


def conj_of_product(node: Map) -> Expr | None:
    """Conjugate the factors of a product, or the terms of a sum."""
    if node.function is not CONJ:
        return None
    match node.operands[0]:
        case Einsum(subscripts=subscripts, operands=operands):
            return Einsum(subscripts, tuple(map(_conjugate, operands)))
        case Add(terms=terms):
            return add(*map(_conjugate, terms))
        case _:
            return None


def _conjugate(expr: Expr) -> Expr:
    return Constant(expr.value.conjugate()) if isinstance(expr, Constant) else conj(expr)


def move_out(node: Map) -> Expr | None:
    """Apply a function before its operand is transposed: `f(xᵀ)` is `f(x)ᵀ`."""
    if len(node.operands) != 1 or not isinstance(node.operands[0], Einsum):
        return None
    if node.function.part:
        return None
    inner = node.operands[0]
    if len(inner.operands) != 1 or len(inner.operands[0].shape) != len(inner.shape):
        return None
    return build_einsum(inner.subscripts, (Map(node.function, inner.operands),))


FUNCTION_RULES: tuple[Callable[[Any], Expr | None], ...] = (
    real_part,
    part_of_product,
    modulus_of_real,
    conj_of_product,
    cancel_inverse,
    arguments_in_order,
    fold_number,
    simple_power,
    stable_form,
    length_of_scaled,
    log_of_power,
    log_of_powers,
    log_of_scaled,
    once_compared,
    known_condition,
    number_of_branch,
    known_branch,
    equal_branches,
    spread_after,
    numbers_in_place,
    move_out,
    open_power,
)
