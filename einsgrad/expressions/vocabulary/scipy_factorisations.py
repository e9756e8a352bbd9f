"""Factorisations as scipy.linalg has them: LU, QR with pivots, polar."""

from __future__ import annotations

from typing import Any

from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expressions.construct import zeros
from einsgrad.expressions.dims import is_at_least, linear
from einsgrad.expressions.nodes import Expr, MatrixMap
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.tables import factorisations as rows
from einsgrad.expressions.vocabulary.arithmetic import conj
from einsgrad.expressions.vocabulary.axis_parts import axis_part, between_zeros, in_a_row
from einsgrad.expressions.vocabulary.composed import eye, solve
from einsgrad.expressions.vocabulary.decompositions import numpy_qr, svdvals
from einsgrad.expressions.vocabulary.functions import inverse
from einsgrad.expressions.vocabulary.linear import matmul, sum
from einsgrad.expressions.vocabulary.matrix_parts import (
    below_diagonal,
    conjugate_transpose,
    exchanged,
    hermitian_part,
)
from einsgrad.expressions.vocabulary.numpy_sorting import argmax


def lu(a: Any, permute_l: bool = False, p_indices: bool = False) -> Any:
    """Decompose into `p @ l @ u`, as `scipy.linalg.lu`."""
    matrix = as_expr(a)
    permutation = MatrixMap(rows.LU_PERMUTATION, matrix)
    lower, upper = _triangles(matrix)
    if permute_l:
        return permutation @ lower, upper
    return (_places(permutation, -1) if p_indices else permutation), lower, upper


def _places(permutation: Expr, axis: int) -> Expr:
    """Return where the ones of a permutation stand along an axis."""
    if permutation.shape[-1] == 0:
        return zeros(permutation.shape[:-1])
    return argmax(permutation, axis)


def _triangles(matrix: Expr) -> tuple[Expr, Expr]:
    height, width = matrix.shape[-2:]
    if is_at_least(height, width):
        return MatrixMap(rows.LU_LOWER, matrix), MatrixMap(rows.LU_UPPER, matrix)
    # The first columns decide; what stands beside them is only solved with.
    axis = len(matrix.shape) - 1
    square = axis_part(matrix, axis, 0, height)
    lower = MatrixMap(rows.LU_LOWER, square)
    rest = axis_part(matrix, axis, height, linear((1, width), (-1, height)))
    beside = inverse(lower) @ exchanged(MatrixMap(rows.LU_PERMUTATION, matrix)) @ rest
    return lower, in_a_row([MatrixMap(rows.LU_UPPER, square), beside], axis)


def lu_factor(a: Any) -> tuple[Expr, Expr]:
    """Return both triangles in one matrix and the rows exchanged, as `scipy.linalg.lu_factor`."""
    matrix = as_expr(a)
    lower, upper = _triangles(matrix)
    height, width = matrix.shape[-2:]
    axis = len(matrix.shape) - 1
    beside = linear((1, width), (-1, lower.shape[-1]))
    under = linear((1, height), (-1, upper.shape[-2]))
    joined = between_zeros(below_diagonal(lower), axis, 0, beside)
    return joined + between_zeros(upper, axis - 1, 0, under), MatrixMap(rows.LU_PIVOTS, matrix)


def lu_solve(lu_and_piv: Any, b: Any, trans: Any = 0) -> Expr:
    """Solve a system by the LU decomposition of its matrix, as `scipy.linalg.lu_solve`."""
    matrix = _factorised(*lu_and_piv)
    if trans not in (0, 1, 2):
        raise ArgumentError(f"lu_solve: trans={clip(trans)} is none of 0, 1 and 2. Give one.")
    turned = exchanged(matrix) if trans else matrix
    return solve(conj(turned) if trans == 2 else turned, b)


def _factorised(triangles: Any, pivots: Any) -> Expr:
    """Return the matrix that was decomposed."""
    both = as_expr(triangles)
    if isinstance(pivots, Expr):
        matrix = _pivoted(pivots)
        if lu_factor(matrix)[0] is both:
            return matrix
        return MatrixMap(rows.LU_PERMUTATION, matrix) @ _product(both)
    order = list(range(len(pivots)))
    for place, other in enumerate(pivots):
        order[place], order[other] = order[other], order[place]
    return _product(both)[[order.index(place) for place in range(len(order))]]


def _product(both: Expr) -> Expr:
    strict = below_diagonal(both)
    return (strict + eye(both.shape[-1])) @ (both - strict)


def _pivoted(pivots: Expr) -> Expr:
    """Return the matrix that pivots are those of."""
    if isinstance(pivots, MatrixMap) and pivots.function is rows.LU_PIVOTS:
        return pivots.operand
    raise ArgumentError(
        f"lu_solve: {clip(pivots)} are no known pivots. "
        "Give the pair that lu_factor returns, within one function."
    )


def pivoted_qr(a: Any, mode: str) -> tuple[Expr, ...]:
    """Decompose a matrix whose columns are put in order, as `scipy.linalg.qr`."""
    matrix = as_expr(a)
    permutation = MatrixMap(rows.QR_PERMUTATION, matrix)
    found = numpy_qr(matrix @ permutation, mode)
    assert isinstance(found, tuple)
    return (*found, _places(permutation, -2))


def polar(a: Any, side: Any = "right") -> tuple[Expr, Expr]:
    """Decompose into orthonormal and positive factors, as `scipy.linalg.polar`."""
    if side not in ("right", "left"):
        raise ArgumentError(f"polar: side={clip(side)} is neither 'right' nor 'left'.")
    matrix = as_expr(a)
    unitary = _nearest_unitary(matrix)
    turned = conjugate_transpose(unitary)
    product = turned @ matrix if side == "right" else matrix @ turned
    return unitary, hermitian_part(product)


def _nearest_unitary(matrix: Expr) -> Expr:
    if is_at_least(*matrix.shape[-2:]):
        return MatrixMap(rows.UNITARY_PART, matrix)
    return conjugate_transpose(MatrixMap(rows.UNITARY_PART, conjugate_transpose(matrix)))


def orthogonal_procrustes(A: Any, B: Any) -> tuple[Expr, Expr]:
    """Return the rotation of one matrix to another, as `scipy.linalg.orthogonal_procrustes`."""
    first, second = as_expr(A), as_expr(B)
    if len(first.shape) != 2 or first.shape != second.shape:
        raise ShapeError(
            f"orthogonal_procrustes: {clip(first)} and {clip(second)} are no matrices of one shape."
        )
    product = matmul(conjugate_transpose(first), second)
    return MatrixMap(rows.UNITARY_PART, product), sum(svdvals(product))
