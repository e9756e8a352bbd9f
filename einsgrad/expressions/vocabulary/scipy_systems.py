"""Triangular systems and block diagonals, as scipy.linalg has them."""

from __future__ import annotations

from typing import Any

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.dims import Dim, linear
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr, broadcast, broadcast_shape
from einsgrad.expressions.vocabulary.arithmetic import add, conj
from einsgrad.expressions.vocabulary.axis_parts import between_zeros
from einsgrad.expressions.vocabulary.composed import eye, solve
from einsgrad.expressions.vocabulary.numpy_rearranging import at_least, matrix_transpose
from einsgrad.expressions.vocabulary.triangles import lower_triangle, upper_triangle

_TRANSPOSED = {0: 0, "N": 0, 1: 1, "T": 1, 2: 2, "C": 2}


def solve_triangular(
    a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False
) -> Expr:
    """Solve a system with one triangle of a matrix, as `scipy.linalg.solve_triangular`."""
    if trans not in _TRANSPOSED:
        raise ArgumentError(
            f"solve_triangular: trans={clip(trans)} is none of 0, 1, 2, 'N', 'T' and 'C'. "
            "Give one of them."
        )
    expr = as_expr(a)
    if unit_diagonal:
        strict = lower_triangle(expr, -1) if lower else upper_triangle(expr, 1)
        triangle = add(strict, eye(expr.shape[-1]))
    else:
        triangle = lower_triangle(expr) if lower else upper_triangle(expr)
    kind = _TRANSPOSED[trans]
    turned = matrix_transpose(triangle) if kind else triangle
    return solve(conj(turned) if kind == 2 else turned, b)


def cho_solve(c_and_lower: Any, b: Any) -> Expr:
    """Solve a system by the Cholesky factor of its matrix, as `scipy.linalg.cho_solve`."""
    factor, lower = c_and_lower
    right = as_expr(b)
    if len(right.shape) == 1 and len(as_expr(factor).shape) > 2:
        # What is solved for several factors would be read as one matrix of columns.
        return cho_solve(c_and_lower, right[:, None])[..., 0]
    first = solve_triangular(factor, right, 0 if lower else 2, lower)
    return solve_triangular(factor, first, 2 if lower else 0, lower)


def block_diag(*arrays: Any) -> Expr:
    """Put matrices along the diagonal of one, as `scipy.linalg.block_diag`."""
    blocks = [at_least(2)(one) for one in arrays]
    batch = broadcast_shape(*(block[..., 0, 0] for block in blocks))
    rows, columns = (linear(*((1, block.shape[axis]) for block in blocks)) for axis in (-2, -1))
    terms: list[Expr] = []
    above: Dim = 0
    before: Dim = 0
    for block in blocks:
        height, width = block.shape[-2:]
        spread = broadcast(block, (*batch, height, width))
        below = linear((1, rows), (-1, above), (-1, height))
        behind = linear((1, columns), (-1, before), (-1, width))
        high = between_zeros(spread, len(batch), above, below)
        terms.append(between_zeros(high, len(batch) + 1, before, behind))
        above, before = linear((1, above), (1, height)), linear((1, before), (1, width))
    return add(*terms)
