"""The functions of the tables that users call, one for each public name of a row.

Written by `tests/write_functions.py`, so that editors and checkers of types know the names.
"""

from __future__ import annotations

from typing import Any

from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.tables.elementwise import ELEMENTWISE
from einsgrad.expressions.tables.matrix_functions import MATRIX_FUNCTIONS
from einsgrad.expressions.tables.reductions import REDUCTIONS
from einsgrad.expressions.vocabulary.application import Axis, apply, apply_to_matrices, reduce

__all__ = [
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "as_integer",
    "cbrt",
    "ceil",
    "copysign",
    "cos",
    "cosh",
    "deg2rad",
    "det",
    "digamma",
    "equal",
    "erf",
    "erfc",
    "exp",
    "exp2",
    "expit",
    "expm",
    "expm1",
    "floor",
    "floor_divide",
    "fmax",
    "fmin",
    "fmod",
    "gammaln",
    "gelu",
    "greater",
    "greater_equal",
    "heaviside",
    "hypot",
    "inverse",
    "less",
    "less_equal",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_ndtr",
    "logaddexp",
    "logaddexp2",
    "logit",
    "logm",
    "logsumexp",
    "max",
    "maximum",
    "min",
    "minimum",
    "nan_to_num",
    "ndtr",
    "not_equal",
    "pinv",
    "polygamma",
    "prod",
    "rad2deg",
    "reciprocal",
    "relu",
    "remainder",
    "rint",
    "sigmoid",
    "silu",
    "sin",
    "sinc",
    "sinh",
    "softplus",
    "sqrt",
    "sqrtm",
    "tan",
    "tanh",
    "tied_step",
    "trunc",
    "where",
    "xlogy",
]


def exp(x: Any) -> Expr:
    """Return exp(x), entry by entry."""
    return apply(ELEMENTWISE["exp"], x)


def log(x: Any) -> Expr:
    """Return log(x), entry by entry."""
    return apply(ELEMENTWISE["log"], x)


def log1p(x: Any) -> Expr:
    """Return log(1 + x), also for small x, entry by entry."""
    return apply(ELEMENTWISE["log1p"], x)


def expm1(x: Any) -> Expr:
    """Return exp(x) - 1, also for small x, entry by entry."""
    return apply(ELEMENTWISE["expm1"], x)


def sqrt(x: Any) -> Expr:
    """Return sqrt(x), entry by entry."""
    return apply(ELEMENTWISE["sqrt"], x)


def reciprocal(x: Any) -> Expr:
    """Return 1 / x, entry by entry."""
    return apply(ELEMENTWISE["reciprocal"], x)


def sin(x: Any) -> Expr:
    """Return sin(x), entry by entry."""
    return apply(ELEMENTWISE["sin"], x)


def cos(x: Any) -> Expr:
    """Return cos(x), entry by entry."""
    return apply(ELEMENTWISE["cos"], x)


def tan(x: Any) -> Expr:
    """Return tan(x), entry by entry."""
    return apply(ELEMENTWISE["tan"], x)


def arcsin(x: Any) -> Expr:
    """Return arcsin(x), entry by entry."""
    return apply(ELEMENTWISE["arcsin"], x)


def arccos(x: Any) -> Expr:
    """Return arccos(x), entry by entry."""
    return apply(ELEMENTWISE["arccos"], x)


def arctan(x: Any) -> Expr:
    """Return arctan(x), entry by entry."""
    return apply(ELEMENTWISE["arctan"], x)


def sinh(x: Any) -> Expr:
    """Return sinh(x), entry by entry."""
    return apply(ELEMENTWISE["sinh"], x)


def cosh(x: Any) -> Expr:
    """Return cosh(x), entry by entry."""
    return apply(ELEMENTWISE["cosh"], x)


def tanh(x: Any) -> Expr:
    """Return tanh(x), entry by entry."""
    return apply(ELEMENTWISE["tanh"], x)


def arcsinh(x: Any) -> Expr:
    """Return arcsinh(x), entry by entry."""
    return apply(ELEMENTWISE["arcsinh"], x)


def arccosh(x: Any) -> Expr:
    """Return arccosh(x), entry by entry."""
    return apply(ELEMENTWISE["arccosh"], x)


def arctanh(x: Any) -> Expr:
    """Return arctanh(x), entry by entry."""
    return apply(ELEMENTWISE["arctanh"], x)


def log2(x: Any) -> Expr:
    """Return log2(x), entry by entry."""
    return apply(ELEMENTWISE["log2"], x)


def log10(x: Any) -> Expr:
    """Return log10(x), entry by entry."""
    return apply(ELEMENTWISE["log10"], x)


def exp2(x: Any) -> Expr:
    """Return 2**x, entry by entry."""
    return apply(ELEMENTWISE["exp2"], x)


def cbrt(x: Any) -> Expr:
    """Return the cube root of x, negative where x is, entry by entry."""
    return apply(ELEMENTWISE["cbrt"], x)


def deg2rad(x: Any) -> Expr:
    """Return an angle of x degrees in radians, entry by entry."""
    return apply(ELEMENTWISE["deg2rad"], x)


def rad2deg(x: Any) -> Expr:
    """Return an angle of x radians in degrees, entry by entry."""
    return apply(ELEMENTWISE["rad2deg"], x)


def sinc(x: Any) -> Expr:
    """Return sin(pi x) / (pi x), and 1 at 0, entry by entry."""
    return apply(ELEMENTWISE["sinc"], x)


def sigmoid(x: Any) -> Expr:
    """Return 1 / (1 + exp(-x)) without overflow, entry by entry."""
    return apply(ELEMENTWISE["sigmoid"], x)


def expit(x: Any) -> Expr:
    """Return 1 / (1 + exp(-x)) without overflow, entry by entry."""
    return apply(ELEMENTWISE["sigmoid"], x)


def softplus(x: Any) -> Expr:
    """Return log(1 + exp(x)) without overflow, entry by entry."""
    return apply(ELEMENTWISE["softplus"], x)


def relu(x: Any) -> Expr:
    """Return the larger of x and 0, entry by entry.

    Its derivative is 0 at 0.
    """
    return apply(ELEMENTWISE["relu"], x)


def gelu(x: Any) -> Expr:
    """Return x times the normal distribution's function of x, entry by entry.

    Its derivative is nan at infinite x.
    """
    return apply(ELEMENTWISE["gelu"], x)


def silu(x: Any) -> Expr:
    """Return x times `sigmoid(x)` without overflow, entry by entry.

    Its derivative is nan at infinite x.
    """
    return apply(ELEMENTWISE["silu"], x)


def erf(x: Any) -> Expr:
    """Return the error function of x, entry by entry."""
    return apply(ELEMENTWISE["erf"], x)


def gammaln(x: Any) -> Expr:
    """Return the logarithm of the gamma function of x, entry by entry."""
    return apply(ELEMENTWISE["gammaln"], x)


def digamma(x: Any) -> Expr:
    """Return the derivative of `gammaln` at x, entry by entry."""
    return apply(ELEMENTWISE["digamma"], x)


def logit(x: Any) -> Expr:
    """Return log(x / (1 - x)), the inverse of `sigmoid`, entry by entry."""
    return apply(ELEMENTWISE["logit"], x)


def erfc(x: Any) -> Expr:
    """Return 1 - erf(x), with all digits where it is small, entry by entry."""
    return apply(ELEMENTWISE["erfc"], x)


def ndtr(x: Any) -> Expr:
    """Return the normal distribution's function of x, entry by entry."""
    return apply(ELEMENTWISE["ndtr"], x)


def log_ndtr(x: Any) -> Expr:
    """Return log(ndtr(x)), also where `ndtr` underflows, entry by entry."""
    return apply(ELEMENTWISE["log_ndtr"], x)


def floor(x: Any) -> Expr:
    """Return the largest whole number that is at most x, entry by entry.

    Its derivative is 0 everywhere.
    """
    return apply(ELEMENTWISE["floor"], x)


def ceil(x: Any) -> Expr:
    """Return the least whole number that is at least x, entry by entry.

    Its derivative is 0 everywhere.
    """
    return apply(ELEMENTWISE["ceil"], x)


def trunc(x: Any) -> Expr:
    """Return x without what stands after its point, entry by entry.

    Its derivative is 0 everywhere.
    """
    return apply(ELEMENTWISE["trunc"], x)


def rint(x: Any) -> Expr:
    """Return the whole number that is nearest to x, of two the even one, entry by entry.

    Its derivative is 0 everywhere.
    """
    return apply(ELEMENTWISE["rint"], x)


def as_integer(x: Any) -> Expr:
    """Return x without what stands after its point, as an integer, entry by entry.

    Its derivative is 0 everywhere.
    """
    return apply(ELEMENTWISE["as_integer"], x)


def floor_divide(x: Any, y: Any) -> Expr:
    """Return the largest whole number that is at most x / y, entry by entry.

    Its derivative is 0 everywhere.
    """
    return apply(ELEMENTWISE["floor_divide"], x, y)


def remainder(x: Any, y: Any) -> Expr:
    """Return x less a whole multiple of y, with the sign of y, entry by entry.

    Its derivative is that of larger x where x is a multiple of y.
    """
    return apply(ELEMENTWISE["remainder"], x, y)


def fmod(x: Any, y: Any) -> Expr:
    """Return x less a whole multiple of y, with the sign of x, entry by entry.

    Its derivative is that of larger x where x is a multiple of y.
    """
    return apply(ELEMENTWISE["fmod"], x, y)


def nan_to_num(x: Any) -> Expr:
    """Return x with 0 for nan, and the largest numbers for infinite ones, entry by entry.

    Its derivative is 0 where x is nan or infinite.
    """
    return apply(ELEMENTWISE["nan_to_num"], x)


def maximum(x: Any, y: Any) -> Expr:
    """Return the larger of x and y, entry by entry.

    Its derivative is 1/2 where the arguments are equal.
    """
    return apply(ELEMENTWISE["maximum"], x, y)


def minimum(x: Any, y: Any) -> Expr:
    """Return the smaller of x and y, entry by entry.

    Its derivative is 1/2 where the arguments are equal.
    """
    return apply(ELEMENTWISE["minimum"], x, y)


def fmax(x: Any, y: Any) -> Expr:
    """Return the larger of x and y, and of a number and nan the number, entry by entry.

    Its derivative is 1/2 where the arguments are equal.
    """
    return apply(ELEMENTWISE["fmax"], x, y)


def fmin(x: Any, y: Any) -> Expr:
    """Return the smaller of x and y, and of a number and nan the number, entry by entry.

    Its derivative is 1/2 where the arguments are equal.
    """
    return apply(ELEMENTWISE["fmin"], x, y)


def copysign(x: Any, y: Any) -> Expr:
    """Return the modulus of x with the sign of y, entry by entry.

    Its derivative is 0 where x is 0, and 0 in the sign.
    """
    return apply(ELEMENTWISE["copysign"], x, y)


def arctan2(x: Any, y: Any) -> Expr:
    """Return the angle of the point (y, x), entry by entry."""
    return apply(ELEMENTWISE["arctan2"], x, y)


def hypot(x: Any, y: Any) -> Expr:
    """Return the square root of x² + y² without overflow, entry by entry.

    Its derivative is 0 where both arguments are 0.
    """
    return apply(ELEMENTWISE["hypot"], x, y)


def heaviside(x: Any, y: Any) -> Expr:
    """Return 1 where x is positive, y where it is 0, and 0 where it is negative, entry by entry.

    Its derivative is 0 everywhere.
    """
    return apply(ELEMENTWISE["heaviside"], x, y)


def tied_step(x: Any, y: Any) -> Expr:
    """Return 1 where x > y, 1/2 where they are equal, and 0 where x < y, entry by entry.

    Its derivative is 0 everywhere.
    """
    return apply(ELEMENTWISE["tied_step"], x, y)


def polygamma(x: Any, y: Any) -> Expr:
    """Return the derivative of `digamma` whose order is x, at y, entry by entry.

    Its derivative is 0 in the order.
    """
    return apply(ELEMENTWISE["polygamma"], x, y)


def logaddexp(x: Any, y: Any) -> Expr:
    """Return log(exp(x) + exp(y)) without overflow, entry by entry."""
    return apply(ELEMENTWISE["logaddexp"], x, y)


def logaddexp2(x: Any, y: Any) -> Expr:
    """Return log2(2**x + 2**y) without overflow, entry by entry."""
    return apply(ELEMENTWISE["logaddexp2"], x, y)


def xlogy(x: Any, y: Any) -> Expr:
    """Return x log(y), and 0 where x is 0, entry by entry.

    Its derivative is 0 in y where both arguments are 0.
    """
    return apply(ELEMENTWISE["xlogy"], x, y)


def greater(x: Any, y: Any) -> Expr:
    """Return 1 where x > y, and 0 elsewhere, entry by entry.

    Its derivative is 0 everywhere.
    """
    return apply(ELEMENTWISE["greater"], x, y)


def greater_equal(x: Any, y: Any) -> Expr:
    """Return 1 where x >= y, and 0 elsewhere, entry by entry.

    Its derivative is 0 everywhere.
    """
    return apply(ELEMENTWISE["greater_equal"], x, y)


def less(x: Any, y: Any) -> Expr:
    """Return 1 where x < y, and 0 elsewhere, entry by entry.

    Its derivative is 0 everywhere.
    """
    return apply(ELEMENTWISE["less"], x, y)


def less_equal(x: Any, y: Any) -> Expr:
    """Return 1 where x <= y, and 0 elsewhere, entry by entry.

    Its derivative is 0 everywhere.
    """
    return apply(ELEMENTWISE["less_equal"], x, y)


def equal(x: Any, y: Any) -> Expr:
    """Return 1 where x == y, and 0 elsewhere, entry by entry.

    Its derivative is 0 everywhere.
    """
    return apply(ELEMENTWISE["equal"], x, y)


def not_equal(x: Any, y: Any) -> Expr:
    """Return 1 where x != y, and 0 elsewhere, entry by entry.

    Its derivative is 0 everywhere.
    """
    return apply(ELEMENTWISE["not_equal"], x, y)


def where(x: Any, y: Any, z: Any) -> Expr:
    """Return y where x is not 0, and z where it is, entry by entry."""
    return apply(ELEMENTWISE["where"], x, y, z)


def logsumexp(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expr:
    """Return log(sum(exp(x))) without overflow."""
    return reduce(REDUCTIONS["logsumexp"], x, axis, keepdims=keepdims)


def max(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expr:
    """Return the largest entry along axes.

    Its derivative is shared equally by the entries that are largest.
    """
    return reduce(REDUCTIONS["max"], x, axis, keepdims=keepdims)


def min(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expr:
    """Return the smallest entry along axes.

    Its derivative is shared equally by the entries that are smallest.
    """
    return reduce(REDUCTIONS["min"], x, axis, keepdims=keepdims)


def prod(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expr:
    """Return the product of the entries along axes."""
    return reduce(REDUCTIONS["prod"], x, axis, keepdims=keepdims)


def pinv(x: Any) -> Expr:
    """Return the pseudo-inverses of the matrices in the last two axes."""
    return apply_to_matrices(MATRIX_FUNCTIONS["pinv"], x)


def expm(x: Any) -> Expr:
    """Return the exponentials of the matrices in the last two axes."""
    return apply_to_matrices(MATRIX_FUNCTIONS["expm"], x)


def sqrtm(x: Any) -> Expr:
    """Return the principal square roots of the matrices in the last two axes."""
    return apply_to_matrices(MATRIX_FUNCTIONS["sqrtm"], x)


def logm(x: Any) -> Expr:
    """Return the principal logarithms of the matrices in the last two axes."""
    return apply_to_matrices(MATRIX_FUNCTIONS["logm"], x)


def inverse(x: Any) -> Expr:
    """Return the inverses of the matrices in the last two axes."""
    return apply_to_matrices(MATRIX_FUNCTIONS["inverse"], x)


def det(x: Any) -> Expr:
    """Return the determinants of the matrices in the last two axes."""
    return apply_to_matrices(MATRIX_FUNCTIONS["det"], x)
