"""Elementwise functions and arithmetic of expressions, with broadcasting."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.construct import add as add_terms
from einsgrad.expressions.nodes import Constant, Expr, Map
from einsgrad.expressions.shaping import as_expr, broadcast, broadcast_shape, elementwise_product
from einsgrad.expressions.tables.elementwise import ELEMENTWISE, reciprocal_or_zero
from einsgrad.expressions.tables.rows import Elementwise


def apply(row: Elementwise, *arguments: Any) -> Expr:
    """Apply an elementwise function with broadcasting.

    Raises
    ------
    ArgumentError
        If the number of arguments is not the row's.
    """
    if len(arguments) != row.arity:
        raise ArgumentError(f"{row.name} takes {row.arity} arguments, {len(arguments)} given.")
    operands = [as_expr(argument) for argument in arguments]
    shape = broadcast_shape(*operands)
    return Map(row, tuple(op if op.shape == () else broadcast(op, shape) for op in operands))


def elementwise_function(name: str) -> Callable[..., Expr]:
    """Return the function that applies a row of the table."""
    row = ELEMENTWISE[name]

    def function(*arguments: Any) -> Expr:
        return apply(row, *arguments)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Apply `{name}` to every entry; see the table of elementwise functions."
    return function


exp = elementwise_function("exp")
log = elementwise_function("log")
log1p = elementwise_function("log1p")
expm1 = elementwise_function("expm1")
sqrt = elementwise_function("sqrt")
reciprocal = elementwise_function("reciprocal")
sin = elementwise_function("sin")
cos = elementwise_function("cos")
tan = elementwise_function("tan")
arcsin = elementwise_function("arcsin")
arccos = elementwise_function("arccos")
arctan = elementwise_function("arctan")
sinh = elementwise_function("sinh")
cosh = elementwise_function("cosh")
tanh = elementwise_function("tanh")
arcsinh = elementwise_function("arcsinh")
arctanh = elementwise_function("arctanh")
sigmoid = elementwise_function("sigmoid")
softplus = elementwise_function("softplus")
relu = elementwise_function("relu")
gelu = elementwise_function("gelu")
silu = elementwise_function("silu")
erf = elementwise_function("erf")
gammaln = elementwise_function("gammaln")
digamma = elementwise_function("digamma")
polygamma = elementwise_function("polygamma")
maximum = elementwise_function("maximum")
minimum = elementwise_function("minimum")
arctan2 = elementwise_function("arctan2")
hypot = elementwise_function("hypot")
heaviside = elementwise_function("heaviside")
greater = elementwise_function("greater")
greater_equal = elementwise_function("greater_equal")
less = elementwise_function("less")
less_equal = elementwise_function("less_equal")
equal = elementwise_function("equal")
not_equal = elementwise_function("not_equal")
where = elementwise_function("where")


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
        return multiply(x, Constant(1 / divisor.value))
    return multiply(x, reciprocal(divisor))


def square(x: Any) -> Expr:
    """Return x * x."""
    return multiply(x, x)


def power(x: Any, y: Any) -> Expr:
    """Return x**y; the exponents -1, 0.5, 1 and 2 become simpler functions."""
    exponent = as_expr(y)
    simple: dict[object, Callable[[Any], Expr]] = {
        -1: reciprocal,
        0.5: sqrt,
        1: as_expr,
        2: square,
    }
    if isinstance(exponent, Constant) and exponent.value in simple:
        return simple[exponent.value](x)
    return apply(ELEMENTWISE["power"], x, exponent)


def conj(x: Any) -> Expr:
    """Conjugate every entry; a real expression is returned as it is."""
    expr = as_expr(x)
    return apply(ELEMENTWISE["conj"], expr) if expr.is_complex else expr


def real(x: Any) -> Expr:
    """Take the real part; a real expression is returned as it is."""
    expr = as_expr(x)
    return apply(ELEMENTWISE["real"], expr) if expr.is_complex else expr


def imag(x: Any) -> Expr:
    """Take the imaginary part; of a real expression that is zeros."""
    expr = as_expr(x)
    return apply(ELEMENTWISE["imag"], expr) if expr.is_complex else 0 * expr


def abs(x: Any) -> Expr:
    """Take the modulus of every entry."""
    expr = as_expr(x)
    if expr.is_complex:
        return hypot(real(expr), imag(expr))
    return apply(ELEMENTWISE["abs"], expr)


def sign(x: Any) -> Expr:
    """Return `x / abs(x)`, and 0 at 0."""
    expr = as_expr(x)
    if expr.is_complex:
        return multiply(expr, reciprocal_or_zero(sys.modules[__name__], abs(expr)))
    return apply(ELEMENTWISE["sign"], expr)
