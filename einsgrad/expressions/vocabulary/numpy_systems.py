"""Linear systems, ranks and condition numbers as numpy calls them, composed of rows."""

from __future__ import annotations

from math import inf, prod
from typing import Any, NamedTuple

from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Expr, MatrixMap
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.tables.matrix_functions import MATRIX_RANK
from einsgrad.expressions.tables.reductions import LOGDET, SIGN_OF_DET
from einsgrad.expressions.vocabulary.application import axes_of, whole_number
from einsgrad.expressions.vocabulary.arithmetic import abs, divide, multiply
from einsgrad.expressions.vocabulary.decompositions import svdvals
from einsgrad.expressions.vocabulary.functions import (
    equal,
    greater,
    inverse,
    max,
    not_equal,
    where,
)
from einsgrad.expressions.vocabulary.linear import sum
from einsgrad.expressions.vocabulary.norms import norm
from einsgrad.expressions.vocabulary.numpy_rearranging import ravel
from einsgrad.expressions.vocabulary.reshaping import reshape
from einsgrad.expressions.vocabulary.words import solve, transpose


def tensorsolve(a: Any, b: Any, axes: Any = None) -> Expr:
    """Solve `tensordot(a, x, x.ndim) = b`, as `numpy.linalg.tensorsolve`."""
    tensor, right = as_expr(a), as_expr(b)
    rank = len(tensor.shape)
    if axes is not None:
        last = axes_of(tuple(axes), rank, ordered=True)
        tensor = transpose(tensor, (*(axis for axis in range(rank) if axis not in last), *last))
    shape = tensor.shape[len(right.shape) :]
    size = _size("tensorsolve", shape)
    if size != _size("tensorsolve", right.shape):
        raise ShapeError(
            f"tensorsolve: {clip(tensor)} is no square system for {clip(right)}. The axes of "
            "the solution have as many entries as the right side."
        )
    return reshape(solve(reshape(tensor, (size, size)), ravel(right)), shape)


def tensorinv(a: Any, ind: Any = 2) -> Expr:
    """Return the inverse of a tensor as a map of tensors, as `numpy.linalg.tensorinv`."""
    tensor, count = as_expr(a), whole_number(ind, "a number of axes")
    if count <= 0:
        raise ArgumentError(f"tensorinv: ind={clip(ind)} is not positive. Give 1 or more.")
    first, last = tensor.shape[:count], tensor.shape[count:]
    size = _size("tensorinv", last)
    if _size("tensorinv", first) != size:
        raise ShapeError(
            f"tensorinv: the first {count} axes of {clip(tensor)} have not as many entries as "
            "the others. Give another ind."
        )
    return reshape(inverse(reshape(tensor, (size, size))), (*last, *first))


class SlogdetResult(NamedTuple):
    """Signs of determinants, phases of complex ones, and the logarithms of their moduli."""

    sign: Expr
    logabsdet: Expr


def slogdet(a: Any) -> SlogdetResult:
    """Return the signs of determinants and their logarithms, as `numpy.linalg.slogdet`."""
    matrix = as_expr(a)
    return SlogdetResult(MatrixMap(SIGN_OF_DET, matrix), MatrixMap(LOGDET, matrix))


def cond(x: Any, p: Any = None) -> Expr:
    """Return the condition numbers of matrices, as `numpy.linalg.cond`."""
    expr = as_expr(x)
    if p is None or p in (2, -2):
        values = svdvals(expr)
        first, last = values[..., 0], values[..., -1]
        # Of a matrix of zeros both are 0.
        numbers = divide(last, first) if p == -2 else divide(first, last)
        return where(equal(first, 0), inf, numbers)
    if len(expr.shape) < 2 or expr.shape[-1] != expr.shape[-2]:
        raise ShapeError(f"cond of {clip(expr)}: a square matrix is needed for p={clip(p)}.")
    return multiply(norm(expr, p, (-2, -1)), norm(inverse(expr), p, (-2, -1)))


def matrix_rank(A: Any, tol: Any = None, rtol: Any = None) -> Expr:
    """Count the singular values above a tolerance, as `numpy.linalg.matrix_rank`."""
    expr = as_expr(A)
    if len(expr.shape) < 2:
        return max(not_equal(abs(expr), 0))
    if tol is None and rtol is None:
        return MatrixMap(MATRIX_RANK, expr)
    values = svdvals(expr)
    if tol is None:
        tol = max(values, -1) * rtol
    return sum(greater(values, as_expr(tol)[..., None]), -1)


def integer_sizes(name: str, shape: tuple[Dim, ...]) -> list[int]:
    """Return sizes, which are needed as numbers."""
    sizes = [dim for dim in shape if isinstance(dim, int)]
    if len(sizes) < len(shape):
        raise ArgumentError(f"{name}: the sizes of all axes are needed. Give dims as numbers.")
    return sizes


def _size(name: str, shape: tuple[Dim, ...]) -> int:
    return prod(integer_sizes(name, shape))
