"""Norms of vectors and matrices, in numpy's orders, and the sum of squares."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError, clip
from einsgrad.expressions.nodes import Expr, MatrixMap
from einsgrad.expressions.shaping import as_expr, permute
from einsgrad.expressions.tables.decompositions import SVDVALS
from einsgrad.expressions.tables.reductions import NORM
from einsgrad.expressions.vocabulary.application import Axis, axes_of, kept_axes, reduce
from einsgrad.expressions.vocabulary.arithmetic import abs, conj, multiply, power, real
from einsgrad.expressions.vocabulary.functions import max, min, not_equal, sqrt
from einsgrad.expressions.vocabulary.linear import sum

__all__ = ["norm", "norm2", "sum_squares"]


def sum_squares(x: Any) -> Expr:
    """Return the sum of the squared moduli of all entries."""
    expr = as_expr(x)
    return sum(real(multiply(conj(expr), expr)))


def norm2(x: Any) -> Expr:
    """Return the Euclidean norm of all entries, the square root of `sum_squares`."""
    return norm(x)


def norm(x: Any, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Expr:
    """Return a norm of vectors or matrices, as `numpy.linalg.norm`.

    Parameters
    ----------
    x
        An expression.
    ord
        Without it, the square root of the sum of squared moduli. For vectors a number or
        infinity; for matrices 1, -1, 2, -2, infinity, minus infinity, "fro" or "nuc".
    axis
        One axis for vectors, two for matrices; by default all.
    keepdims
        Whether the axes stay, with size 1.

    Raises
    ------
    ArgumentError
        If the order is none of these, or not one for so many axes.

    Examples
    --------
    >>> import einsgrad as eg
    >>> (A,) = eg.variables("A[m,n]")
    >>> eg.norm(A, 1), eg.norm(A, axis=1)
    (max("mn->n"(abs(A)), axis=(0,)), norm(A, axis=(1,)))
    """
    expr = as_expr(x)
    rank = len(expr.shape)
    if ord is None:
        return _euclidean(expr, axis, keepdims)
    axes = axes_of(axis, rank, ordered=True)
    if len(axes) not in (1, 2):
        raise ArgumentError(
            f"norm of {clip(expr)}: orders are for vectors and matrices, and there are "
            f"{len(axes)} axes. Name one axis or two."
        )
    if len(axes) == 1:
        return norm_along(expr, ord, axes, keepdims)
    reduced = _of_matrices(expr, _order(ord), axes)
    return kept_axes(reduced, expr, axes, keepdims)


def _order(ord: Any) -> float | str:
    if isinstance(ord, str):
        return ord
    try:
        return float(ord)
    except (TypeError, ValueError, OverflowError):
        raise ArgumentTypeError(
            f"norm: {clip(ord)} is no order. Give a number, infinity or 'fro'."
        ) from None


def _euclidean(expr: Expr, axis: Axis, keepdims: bool) -> Expr:
    if expr.is_complex:
        return sqrt(sum(real(multiply(conj(expr), expr)), axis, keepdims=keepdims))
    if not axes_of(axis, len(expr.shape)):
        return abs(expr)
    return reduce(NORM, expr, axis, keepdims=keepdims)


def norm_along(expr: Expr, ord: Any, axis: tuple[int, ...], keepdims: bool) -> Expr:
    """Return the norms of vectors, the entries along some axes."""
    order = _order(ord)
    match order:
        case str():
            raise ArgumentError(f"norm: {clip(order)} is no order of vectors. Give a number.")
        case math.inf:
            return _largest(abs(expr), axis, keepdims)
        case _ if order == -math.inf:
            return min(abs(expr), axis, keepdims=keepdims)
        case 0:
            return sum(not_equal(expr, 0), axis, keepdims=keepdims)
        case 1:
            return sum(abs(expr), axis, keepdims=keepdims)
        case 2:
            return _euclidean(expr, axis, keepdims)
    return power(sum(power(abs(expr), order), axis, keepdims=keepdims), 1 / order)


def _largest(moduli: Expr, axis: Axis, keepdims: bool = False) -> Expr:
    """Return the largest of numbers that are not negative, 0 where there are none."""
    none = any(moduli.shape[one] == 0 for one in axes_of(axis, len(moduli.shape)))
    if none:
        return sum(moduli, axis, keepdims=keepdims)
    return max(moduli, axis, keepdims=keepdims)


def _with_last(expr: Expr, axes: tuple[int, int]) -> Expr:
    others = [axis for axis in range(len(expr.shape)) if axis not in axes]
    return permute(expr, (*others, *axes))


def _of_matrices(expr: Expr, order: float | str, axes: Sequence[int]) -> Expr:
    """Reduce the rows and columns of matrices; the largest of sums comes without its axes."""
    row, column = axes
    largest_of_sums: dict[float | str, tuple[Callable[..., Expr], int, int]] = {
        1: (_largest, row, column),
        -1: (min, row, column),
        math.inf: (_largest, column, row),
        -math.inf: (min, column, row),
    }
    if order in ("fro", "f"):
        return _euclidean(expr, (row, column), False)
    if order in ("nuc", 2, -2):
        values = MatrixMap(SVDVALS, _with_last(expr, (row, column)))
        return _largest(values, -1) if order == 2 else (sum if order == "nuc" else min)(values, -1)
    if order not in largest_of_sums:
        raise ArgumentError(
            f"norm: {clip(order)} is no order of matrices. "
            "Give 1, -1, 2, -2, inf, -inf, 'fro' or 'nuc'."
        )
    choice, summed, chosen = largest_of_sums[order]
    return choice(sum(abs(expr), summed), chosen - (chosen > summed))
