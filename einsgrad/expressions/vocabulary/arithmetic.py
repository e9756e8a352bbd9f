"""Arithmetic of expressions with broadcasting, and functions with cases for complex numbers."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from math import frexp
from typing import Any

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.construct import add_terms
from einsgrad.expressions.nodes import Constant, Expr, Number
from einsgrad.expressions.selectors import Fourier
from einsgrad.expressions.shaping import (
    as_exponent,
    as_expr,
    broadcast,
    broadcast_shape,
    elementwise_product,
)
from einsgrad.expressions.tables.elementwise import ABS, CONJ, IMAG, POWER, REAL, SIGN
from einsgrad.expressions.vocabulary.application import apply
from einsgrad.expressions.vocabulary.functions import hypot, reciprocal, sqrt

__all__ = [
    "abs",
    "add",
    "conj",
    "divide",
    "imag",
    "multiply",
    "negative",
    "power",
    "real",
    "sign",
    "square",
    "subtract",
]


# Reciprocals of smaller numbers may be infinite in single precision, whose least is the second.
_LEAST, _LEAST_SINGLE = 2.0**-100, 2.0**-149


def add(*terms: Any) -> Expr:
    """Add expressions with broadcasting."""
    exprs = [as_expr(term) for term in terms]
    shape = broadcast_shape(*exprs)
    return add_terms([broadcast(expr, shape) for expr in exprs], shape)


def negative(x: Any) -> Expr:
    """Return -x."""
    return multiply(-1, x)


def subtract(x: Any, y: Any) -> Expr:
    """Return x - y."""
    return add(x, negative(y))


def multiply(*factors: Any) -> Expr:
    """Multiply entry by entry, with broadcasting."""
    return elementwise_product([as_expr(factor) for factor in factors])


def divide(x: Any, y: Any) -> Expr:
    """Return x / y."""
    divisor = as_expr(y)
    if isinstance(divisor, Constant):
        if divisor.value == 0:
            raise ArgumentError(f"{clip(x)} is divided by 0.")
        return _divided_by_number(x, divisor.value)
    return multiply(x, reciprocal(divisor))


def _divided_by_number(x: Any, number: Number) -> Expr:
    """Multiply by the reciprocal; that of a tiny number in two steps, the first of them exact."""
    size = builtins.abs(number)
    if size >= _LEAST:
        return multiply(x, Constant(1 / number))
    # No power of two is larger than the quotient, so that nothing overflows before it does.
    up = 1 / _LEAST if size >= _LEAST_SINGLE else 2.0 ** min(-frexp(size)[1], 1000)
    return multiply(multiply(x, up), Constant(1 / (number * up)))


def square(x: Any) -> Expr:
    """Return x * x."""
    return multiply(x, x)


def power(x: Any, y: Any) -> Expr:
    """Return x**y; the exponents -1, 0.5, 1 and 2 become simpler functions."""
    exponent = as_exponent(y)
    simple: dict[object, Callable[[Any], Expr]] = {
        -1: reciprocal,
        0.5: sqrt,
        1: as_expr,
        2: square,
    }
    if isinstance(exponent, Constant) and exponent.value in simple:
        return simple[exponent.value](x)
    return apply(POWER, x, exponent)


def conj(x: Any) -> Expr:
    """Conjugate every entry; a real expression is returned as it is."""
    expr = as_expr(x)
    if isinstance(expr, Fourier):
        return Fourier(expr.dim, not expr.conjugated)
    return apply(CONJ, expr) if expr.is_complex else expr


def real(x: Any) -> Expr:
    """Take the real part; a real expression is returned as it is."""
    expr = as_expr(x)
    return apply(REAL, expr) if expr.is_complex else expr


def imag(x: Any) -> Expr:
    """Take the imaginary part; of a real expression that is zeros."""
    expr = as_expr(x)
    return apply(IMAG, expr) if expr.is_complex else 0 * expr


def abs(x: Any) -> Expr:
    """Take the modulus of every entry."""
    expr = as_expr(x)
    if expr.is_complex:
        return hypot(real(expr), imag(expr))
    return apply(ABS, expr)


def sign(x: Any) -> Expr:
    """Return `x / abs(x)`, and 0 at 0."""
    expr = as_expr(x)
    if expr.is_complex:
        return multiply(expr, reciprocal(abs(expr)))
    return apply(SIGN, expr)
