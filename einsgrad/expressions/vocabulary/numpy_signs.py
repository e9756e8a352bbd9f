"""Signs, angles and parts of numbers, and the logic of booleans, as numpy's functions have them."""

from __future__ import annotations

from collections.abc import Callable
from math import pi
from typing import Any

from einsgrad.errors import ArgumentTypeError, clip
from einsgrad.expressions.kinds import kind_of
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary.arithmetic import imag, multiply, real
from einsgrad.expressions.vocabulary.composed import stop_gradient
from einsgrad.expressions.vocabulary.functions import (
    arctan2,
    copysign,
    equal,
    fmod,
    less,
    not_equal,
    trunc,
    where,
)
from einsgrad.expressions.vocabulary.numpy_missing import isinf
from einsgrad.expressions.vocabulary.numpy_rearranging import ones_like, zeros_like


def signbit(x: Any) -> Expr:
    """Return 1 where the sign is that of a negative number, also of -0.0, as `numpy.signbit`."""
    return less(copysign(1, x), 0)


def parts_around_the_point(x: Any) -> tuple[Expr, Expr]:
    """Return what stands after the point, and what stands before it, as `numpy.modf`."""
    expr = as_expr(x)
    return where(isinf(expr), copysign(0, expr), fmod(expr, 1)), trunc(expr)


def angle(z: Any, deg: Any = False) -> Expr:
    """Return the angle of complex numbers, as `numpy.angle`."""
    expr = as_expr(z)
    # Of a real number it jumps from 0 to pi, and is constant elsewhere.
    parts = (imag(expr), real(expr)) if expr.is_complex else (0, stop_gradient(expr))
    found = arctan2(*parts)
    return multiply(found, 180 / pi) if deg else found


def isreal(x: Any) -> Expr:
    """Return 1 where the imaginary part is 0, as `numpy.isreal`."""
    expr = as_expr(x)
    return equal(imag(expr), 0) if expr.is_complex else not_equal(ones_like(expr), 0)


def iscomplex(x: Any) -> Expr:
    """Return 1 where the imaginary part is not 0, as `numpy.iscomplex`."""
    expr = as_expr(x)
    return not_equal(imag(expr) if expr.is_complex else zeros_like(expr), 0)


def real_if_close(x: Any, tol: Any = 100) -> Expr:
    """Return a real expression as it is, as `numpy.real_if_close`."""
    expr = as_expr(x)
    if expr.is_complex:
        raise ArgumentTypeError(
            f"real_if_close: whether {clip(expr)} is close to a real number depends on data that "
            "is not known while an expression is built. Use numpy.real."
        )
    return expr


def bitwise(name: str, logical: Callable[..., Expr]) -> Callable[..., Expr]:
    """Return what a function of bits is of booleans."""

    def of_booleans(*arguments: Any) -> Expr:
        operands = [as_expr(one) for one in arguments]
        for given, one in zip(arguments, operands, strict=True):
            if not isinstance(given, bool) and kind_of(one) != "b":
                raise ArgumentTypeError(
                    f"{name}: {clip(one)} is no comparison, nor another array of booleans. "
                    "Use numpy.logical_and, logical_or and logical_not."
                )
        return logical(*operands)

    return of_booleans
