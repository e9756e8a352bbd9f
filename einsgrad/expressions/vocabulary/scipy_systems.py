"""Triangular systems and block diagonals, as scipy.linalg has them."""

from __future__ import annotations

from typing import Any

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.nodes import Constant, Expr
from einsgrad.expressions.shaping import as_expr, broadcast
from einsgrad.expressions.vocabulary.arithmetic import add, conj
from einsgrad.expressions.vocabulary.composed import eye, solve
from einsgrad.expressions.vocabulary.joining import block_array
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
    first = solve_triangular(factor, b, 0 if lower else 2, lower)
    return solve_triangular(factor, first, 2 if lower else 0, lower)


def block_diag(*arrays: Any) -> Expr:
    """Put matrices along the diagonal of one, as `scipy.linalg.block_diag`."""
    blocks = [at_least(2)(one) for one in arrays]
    return block_array(
        [
            [
                block
                if place == row
                else broadcast(Constant(0), (blocks[row].shape[0], block.shape[1]))
                for place, block in enumerate(blocks)
            ]
            for row in range(len(blocks))
        ]
    )
