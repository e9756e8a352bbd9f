"""Equations for a matrix, as scipy.linalg solves them: Sylvester's, Lyapunov's, Riccati's."""

from __future__ import annotations

from typing import Any

from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Expr, MatrixMap
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.tables.matrix_functions import (
    CONTINUOUS_RICCATI,
    DISCRETE_RICCATI,
    SYLVESTER,
)
from einsgrad.expressions.vocabulary.arithmetic import add, multiply
from einsgrad.expressions.vocabulary.axis_parts import axis_part, between_zeros
from einsgrad.expressions.vocabulary.composed import eye, stop_gradient
from einsgrad.expressions.vocabulary.functions import inverse
from einsgrad.expressions.vocabulary.matrix_parts import (
    conjugate_transpose,
    hermitian_part,
    in_thirds,
)
from einsgrad.expressions.vocabulary.norms import norm


def solve_sylvester(a: Any, b: Any, q: Any) -> Expr:
    """Solve `a x + x b = q` for x."""
    left, right, target = as_expr(a), as_expr(b), as_expr(q)
    height, width = _side("solve_sylvester", left), _side("solve_sylvester", right)
    if target.shape[-2:] != (height, width):
        raise ShapeError(
            f"solve_sylvester: {clip(target)} is no right side for {clip(left)} and "
            f"{clip(right)}. It has the rows of the first and the columns of the second."
        )
    if height == width:
        return MatrixMap(SYLVESTER, in_thirds(left, right, target))
    if not isinstance(height, int) or not isinstance(width, int):
        raise ArgumentError("solve_sylvester: sizes are needed. Give dims as numbers.")
    return _of_two_sizes(left, right, target, height, width)


def _of_two_sizes(left: Expr, right: Expr, target: Expr, height: int, width: int) -> Expr:
    """Make all matrices as large as the larger one; what is added does not meet the rest."""
    size = max(height, width)
    # No eigenvalue of one matrix is the negative of this.
    apart = stop_gradient(add(norm(left, None, (-2, -1)), norm(right, None, (-2, -1)), 1))
    system = in_thirds(
        _enlarged(left, size, apart), _enlarged(right, size, apart), _with_zeros(target, size)
    )
    solved = MatrixMap(SYLVESTER, system)
    rank = len(solved.shape)
    return axis_part(axis_part(solved, rank - 2, 0, height), rank - 1, 0, width)


def _enlarged(matrix: Expr, size: int, number: Expr) -> Expr:
    """Continue the diagonal with a number."""
    more = size - _known(matrix.shape[-1])
    rest = between_zeros(between_zeros(eye(more), 0, size - more, 0), 1, size - more, 0)
    return add(_with_zeros(matrix, size), multiply(number[..., None, None], rest))


def _with_zeros(matrix: Expr, size: int) -> Expr:
    """Put zeros below and on the right."""
    for axis in (len(matrix.shape) - 2, len(matrix.shape) - 1):
        matrix = between_zeros(matrix, axis, 0, size - _known(matrix.shape[axis]))
    return matrix


def _known(dim: Dim) -> int:
    assert isinstance(dim, int)
    return dim


def solve_continuous_lyapunov(a: Any, q: Any) -> Expr:
    """Solve `a x + x aᴴ = q` for x."""
    return solve_sylvester(a, conjugate_transpose(a), q)


def solve_discrete_lyapunov(a: Any, q: Any) -> Expr:
    """Solve `a x aᴴ - x + q = 0` for x, by a Möbius transformation to the continuous equation."""
    matrix = as_expr(a)
    one = eye(_side("solve_discrete_lyapunov", matrix))
    beside = inverse(matrix + one)
    moved = beside @ (matrix - one)
    target = beside @ q @ conjugate_transpose(beside)
    return solve_continuous_lyapunov(moved, -2 * target)


def solve_continuous_are(a: Any, b: Any, q: Any, r: Any, s: Any = None) -> Expr:
    """Solve `aᴴ x + x a - (x b + s) r⁻¹ (bᴴ x + sᴴ) + q = 0` for the x that stabilises."""
    return MatrixMap(CONTINUOUS_RICCATI, _riccati(a, b, q, r, s))


def solve_discrete_are(a: Any, b: Any, q: Any, r: Any, s: Any = None) -> Expr:
    """Solve `x = aᴴ x a - (aᴴ x b + s) (r + bᴴ x b)⁻¹ (bᴴ x a + sᴴ) + q` for that x."""
    return MatrixMap(DISCRETE_RICCATI, _riccati(a, b, q, r, s))


def _riccati(a: Any, b: Any, q: Any, r: Any, s: Any) -> Expr:
    """Return the three matrices of a Riccati equation, in which s is none."""
    matrix, inputs, costs = as_expr(a), as_expr(b), hermitian_part(q)
    weights = inverse(hermitian_part(r))
    if s is not None:
        crossed = as_expr(s) @ weights
        matrix = matrix - inputs @ conjugate_transpose(crossed)
        costs = costs - crossed @ conjugate_transpose(s)
    return in_thirds(matrix, inputs @ weights @ conjugate_transpose(inputs), costs)


def _side(name: str, matrix: Expr) -> Dim:
    if len(matrix.shape) < 2 or matrix.shape[-1] != matrix.shape[-2]:
        raise ShapeError(
            f"{name}: {clip(matrix)} is no square matrix. "
            "Give an operand whose last two dims are equal."
        )
    return matrix.shape[-1]
