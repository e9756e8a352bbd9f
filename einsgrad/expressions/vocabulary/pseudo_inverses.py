"""Pseudo-inverses and least squares, as numpy and scipy call them."""

from __future__ import annotations

import builtins
from typing import Any, NamedTuple

from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expressions.construct import zeros
from einsgrad.expressions.nodes import Expr, MatrixMap
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.tables.matrix_functions import DOUBLE_PINV, PINV_ABOVE_ONE, TRUNCATED_PINV
from einsgrad.expressions.vocabulary.arithmetic import conj, multiply, real
from einsgrad.expressions.vocabulary.composed import stop_gradient
from einsgrad.expressions.vocabulary.decompositions import of_triangle, svdvals
from einsgrad.expressions.vocabulary.functions import equal, greater, max, pinv, where
from einsgrad.expressions.vocabulary.linear import matmul, sum
from einsgrad.expressions.vocabulary.numpy_systems import integer_sizes, matrix_rank


def numpy_pinv(a: Any, rcond: Any = None, hermitian: bool = False, rtol: Any = ...) -> Expr:
    """Return pseudo-inverses as `numpy.linalg.pinv`."""
    matrix = of_triangle("pinv", a, "L") if hermitian else as_expr(a)
    if rcond is None and rtol is ...:
        return pinv(matrix)
    if rcond is not None and rtol is not ...:
        raise ArgumentError("pinv: rtol and rcond are one parameter. Give one of them.")
    relative = rtol if rcond is None else rcond
    if relative is None:
        return MatrixMap(TRUNCATED_PINV, matrix)
    return _cut_pinv(matrix, multiply(relative, _largest(matrix)))


def scipy_pinv(a: Any, atol: Any = None, rtol: Any = None, return_rank: bool = False) -> Any:
    """Return pseudo-inverses, and the ranks if asked for, as `scipy.linalg.pinv`."""
    matrix = as_expr(a)
    if atol is None and rtol is None:
        usual = MatrixMap(TRUNCATED_PINV, matrix)
        return (usual, matrix_rank(matrix)) if return_rank else usual
    if rtol is None:
        raise ArgumentError("pinv: the default of rtol follows from the dtype. Give rtol=, too.")
    least = 0 if atol is None else atol
    found = _cut_pinv(matrix, multiply(rtol, _largest(matrix)) + least)
    return (found, _number_above(matrix, rtol, least)) if return_rank else found


def scipy_pinvh(
    a: Any, atol: Any = None, rtol: Any = None, lower: bool = True, return_rank: bool = False
) -> Any:
    """Return pseudo-inverses of Hermitian matrices, as `scipy.linalg.pinvh`."""
    return scipy_pinv(of_triangle("pinvh", a, "L" if lower else "U"), atol, rtol, return_rank)


def _largest(matrix: Expr) -> Expr:
    return max(svdvals(matrix), -1) if 0 not in matrix.shape[-2:] else as_expr(0)


def _number_above(matrix: Expr, relative: Any, absolute: Any = 0) -> Expr:
    cut = multiply(relative, _largest(matrix)) + absolute
    return sum(greater(svdvals(matrix), cut[..., None]), -1)


def _cut_pinv(matrix: Expr, cut: Expr) -> Expr:
    """Return the pseudo-inverse of what is left without the singular values up to a number."""
    limit = as_expr(stop_gradient(where(equal(cut, 0), 1, cut)))[..., None, None]
    return MatrixMap(PINV_ABOVE_ONE, matrix / limit) / limit


class LstsqResult(NamedTuple):
    """Solutions, sums of squared residuals, the rank and the singular values."""

    solution: Expr
    residuals: Expr
    rank: Expr
    singular_values: Expr


def numpy_lstsq(a: Any, b: Any, rcond: Any = None) -> LstsqResult:
    """Solve by least squares, as `numpy.linalg.lstsq`.

    Residuals are returned where there are more rows than columns, as for a matrix of full rank.
    """
    # Of a negative number numpy makes the default.
    if rcond is None or (isinstance(rcond, int | float) and rcond < 0):
        matrix = as_expr(a)
        cut = 2.0**-52 * builtins.max(integer_sizes("lstsq", matrix.shape))
        return _least_squares(matrix, b, MatrixMap(DOUBLE_PINV, matrix), _number_above(matrix, cut))
    return _cut_least_squares(a, b, rcond)


def scipy_lstsq(a: Any, b: Any, cond: Any = None, lapack_driver: Any = None) -> tuple[Any, ...]:
    """Solve by least squares, as `scipy.linalg.lstsq`."""
    if cond is None:
        matrix = as_expr(a)
        inverted = MatrixMap(TRUNCATED_PINV, matrix)
        found = _least_squares(matrix, b, inverted, matrix_rank(matrix))
    else:
        found = _cut_least_squares(a, b, cond)
    if lapack_driver == "gelsy":
        return found.solution, zeros((0,)), found.rank, None
    of_one = len(as_expr(b).shape) == 1 and found.residuals.shape == (1,)
    return found.solution, found.residuals[0] if of_one else found.residuals, *found[2:]


def _cut_least_squares(a: Any, b: Any, relative: Any) -> LstsqResult:
    matrix = as_expr(a)
    inverted = _cut_pinv(matrix, multiply(relative, _largest(matrix)))
    return _least_squares(matrix, b, inverted, _number_above(matrix, relative))


def _least_squares(matrix: Expr, b: Any, inverted: Expr, rank: Expr) -> LstsqResult:
    right = as_expr(b)
    if len(matrix.shape) != 2 or len(right.shape) not in (1, 2):
        raise ShapeError(
            f"lstsq of {clip(matrix)} and {clip(right)}: a matrix, and a vector or a matrix of "
            "right sides, are needed."
        )
    solution = matmul(inverted, right)
    height, width = integer_sizes("lstsq", matrix.shape)
    missed = right - matmul(matrix, solution)
    squares = sum(real(conj(missed) * missed), 0, keepdims=len(right.shape) == 1)
    residuals = squares if height > width else zeros((0,))
    return LstsqResult(solution, residuals, rank, svdvals(matrix))
