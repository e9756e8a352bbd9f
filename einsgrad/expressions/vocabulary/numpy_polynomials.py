"""Polynomials that are vectors of coefficients, the highest first, as numpy's functions have it.

Coefficients that are 0 at the front stay: whether there are such depends on data.
"""

from __future__ import annotations

from typing import Any

from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expressions.construct import zeros
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr, broadcast
from einsgrad.expressions.vocabulary.application import whole_number
from einsgrad.expressions.vocabulary.arithmetic import add, divide, multiply, negative, square
from einsgrad.expressions.vocabulary.axis_parts import (
    axis_entries,
    between_zeros,
    in_a_row,
    without_first,
    without_last,
)
from einsgrad.expressions.vocabulary.decompositions import eigvals
from einsgrad.expressions.vocabulary.functions import pinv, sqrt
from einsgrad.expressions.vocabulary.joining import array_like
from einsgrad.expressions.vocabulary.linear import matmul, sum
from einsgrad.expressions.vocabulary.numpy_rearranging import at_least, expand_dims
from einsgrad.expressions.vocabulary.samples import vandermonde
from einsgrad.expressions.vocabulary.windows import convolved


def polynomial_sum(a1: Any, a2: Any) -> Expr:
    """Add two polynomials, as `numpy.polyadd`."""
    one, other = _coefficients("polyadd", a1), _coefficients("polyadd", a2)
    length = max(_length(one), _length(other))
    return add(*(between_zeros(part, 0, length - _length(part), 0) for part in (one, other)))


def polynomial_difference(a1: Any, a2: Any) -> Expr:
    """Subtract a polynomial from another, as `numpy.polysub`."""
    return polynomial_sum(a1, negative(array_like(a2)))


def polynomial_product(a1: Any, a2: Any) -> Expr:
    """Multiply two polynomials, as `numpy.polymul`."""
    return convolved(_coefficients("polymul", a1), _coefficients("polymul", a2))


def polynomial_with_roots(roots: Any) -> Expr:
    """Return the coefficients of a polynomial with given roots, as `numpy.poly`."""
    given = at_least(1)(array_like(roots))
    if len(given.shape) != 1:
        raise ShapeError(f"poly: {clip(given)} is no vector of roots. Give one axis.")
    one = found = broadcast(as_expr(1), (1,))
    for root in axis_entries(_known("poly", given), 0):
        factor = in_a_row([one, expand_dims(negative(root), 0)], 0)
        found = convolved(found, factor)
    return found


def polynomial_derivative(p: Any, m: Any = 1) -> Expr:
    """Return the derivative of a polynomial of some order, as `numpy.polyder`."""
    found = _coefficients("polyder", p)
    for _ in range(_order("polyder", m)):
        degree = _length(found) - 1
        if degree < 1:
            return zeros((0,))
        factors = array_like(list(range(degree, 0, -1)))
        found = multiply(without_last(found, 0), factors)
    return found


def polynomial_integral(p: Any, m: Any = 1, k: Any = None) -> Expr:
    """Return the integral of a polynomial of some order, as `numpy.polyint`."""
    order = _order("polyint", m)
    given = at_least(1)(array_like(0 if k is None else k))
    constants = axis_entries(_known("polyint", given), 0)
    if len(constants) == 1:
        constants = constants * order
    if len(constants) < order:
        raise ArgumentError(
            f"polyint: {len(constants)} constants are given for m={order}. Give one, or m."
        )
    found = _coefficients("polyint", p)
    for constant in constants[:order]:
        factors = array_like(list(range(_length(found), 0, -1)))
        found = in_a_row([divide(found, factors), expand_dims(as_expr(constant), 0)], 0)
    return found


def polynomial_roots(p: Any) -> Expr:
    """Return the roots of a polynomial, as `numpy.roots`: eigenvalues of its companion matrix."""
    coefficients = _coefficients("roots", p)
    degree = _length(coefficients) - 1
    if degree < 1:
        return zeros((0,))
    first = axis_entries(coefficients, 0)[0]
    top = divide(negative(without_first(coefficients, 0)), first)
    below = array_like(
        [[float(row == column) for column in range(degree)] for row in range(degree)]
    )
    return eigvals(in_a_row([expand_dims(top, 0), without_last(below, 0)], 0))


def fitted_polynomial(x: Any, y: Any, deg: Any, w: Any = None) -> Expr:
    """Return the coefficients of a polynomial through points by least squares: `numpy.polyfit`."""
    degree = whole_number(deg, "a degree")
    if degree < 0:
        raise ArgumentError("polyfit: expected deg >= 0. Give 0 or more.")
    powers, values = vandermonde(x, degree + 1), array_like(y)
    if len(values.shape) not in (1, 2) or values.shape[0] != powers.shape[0]:
        raise ShapeError(
            f"polyfit: {clip(values)} has not as many values as points are given. Pair them."
        )
    if w is not None:
        weights = expand_dims(array_like(w), 1)
        powers = multiply(powers, weights)
        values = multiply(values, weights if len(values.shape) == 2 else array_like(w))
    scale = sqrt(sum(square(powers), 0))
    found = matmul(pinv(divide(powers, scale)), values)
    return divide(found, scale if len(values.shape) == 1 else expand_dims(scale, 1))


def _order(name: str, m: Any) -> int:
    order = whole_number(m, "an order")
    if order < 0:
        raise ArgumentError(f"{name}: the order {order} is negative. Give 0 or more.")
    return order


def _coefficients(name: str, given: Any) -> Expr:
    found = array_like(given)
    if not found.shape and name in ("polyadd", "polysub", "polymul"):
        found = expand_dims(found, 0)
    if len(found.shape) != 1:
        raise ShapeError(f"{name}: {clip(found)} is no vector of coefficients. Give one axis.")
    return _known(name, found)


def _known(name: str, vector: Expr) -> Expr:
    if not isinstance(vector.shape[0], int):
        raise ArgumentError(
            f"{name}: how many entries {clip(vector)} has is not known. Declare a size."
        )
    return vector


def _length(vector: Expr) -> int:
    size = vector.shape[0]
    assert isinstance(size, int)
    return size
