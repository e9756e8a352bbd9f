"""Softmax, solving, identities: composed of several nodes, and what derivatives of rows need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.construct import build_einsum, checked_dims, identity
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Constant, Expr, MatrixMap, Reduce
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.shaping import as_expr, broadcast
from einsgrad.expressions.tables.elementwise import STOP_GRADIENT
from einsgrad.expressions.tables.reductions import LOGDET, PROD
from einsgrad.expressions.vocabulary.application import Axis, apply, whole_number
from einsgrad.expressions.vocabulary.arithmetic import multiply, subtract
from einsgrad.expressions.vocabulary.functions import (
    exp,
    heaviside,
    inverse,
    logsumexp,
    reciprocal,
    tied_step,
    where,
)
from einsgrad.expressions.vocabulary.linear import matmul, sum
from einsgrad.expressions.vocabulary.tensor_solutions import tensor_solution
from einsgrad.strings.subscripts import Subscripts

__all__ = [
    "eye",
    "log_softmax",
    "logdet",
    "matrix_power",
    "ones",
    "softmax",
    "solve",
    "stop_gradient",
]

_LARGEST_POWER = 2**53


def softmax(x: Any, axis: Axis = -1) -> Expr:
    """Return exp(x) divided by its sum along axes, without overflow."""
    return exp(log_softmax(x, axis))


def log_softmax(x: Any, axis: Axis = -1) -> Expr:
    """Return the logarithm of `softmax`, without overflow."""
    return subtract(x, logsumexp(x, axis, keepdims=True))


def logdet(x: Any) -> Expr:
    """Return log|det| of the matrices in the last two axes."""
    return MatrixMap(LOGDET, as_expr(x))


def matrix_solution(a: Any, b: Any) -> Expr:
    """Solve a x = b, where b is a vector or a matrix of columns; of stacks, as numpy does."""
    return matmul(inverse(a), b)


def solve(a: Any, b: Any) -> Expr:
    """Solve a x = b, where b is a vector or a matrix of columns; or a tensor of half a's axes.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, B, G = eg.variables("A[m,m] B[n,n] G[m,n]")
    >>> print(eg.solve(eg.einsum("ij,kl->ikjl", A, B), G))
    A⁻¹ G B⁻ᵀ
    """
    left, right = as_expr(a), as_expr(b)
    if len(right.shape) > 1 and left.shape == right.shape * 2:
        return tensor_solution(left, right)
    return matrix_solution(left, right)


def stop_gradient(x: Any) -> Any:
    """Return x as a constant, which no derivative passes; an array or a number as it is.

    Examples
    --------
    >>> import einsgrad as eg
    >>> (x,) = eg.variables("x")
    >>> eg.grad(x * eg.stop_gradient(x), x)
    stop_gradient(x)
    """
    return apply(STOP_GRADIENT, x) if isinstance(x, Node) else x


def shared(weights: Any, axes: Sequence[int]) -> Expr:
    """Divide weights by their sum over axes."""
    expr = as_expr(weights)
    return multiply(expr, reciprocal(sum(expr, axes, keepdims=True)))


def step_between(x: Any, y: Any) -> Expr:
    """Return 1 where x > y, 1/2 where they are equal, and 0 elsewhere.

    Unless one is a number, the two are compared: their difference may be rounded otherwise
    than they are, once sums in it have been joined, and then both may be larger.
    """
    one, other = as_expr(x), as_expr(y)
    if isinstance(one, Constant) or isinstance(other, Constant):
        return heaviside(subtract(one, other), 0.5)
    return tied_step(one, other)


def product_of_others(x: Any, axes: Sequence[int]) -> Expr:
    """Return, for every entry, the product of the others along axes; right at zeros too.

    With e the identity on those axes, it is the product over the second of their copies
    of a factor that is 1 where e is, and else x.
    """
    expr = as_expr(x)
    rank = len(expr.shape)
    copies = tuple(rank + number for number in range(len(axes)))
    swapped = [copies[axes.index(a)] if a in axes else a for a in range(rank)]
    full = (*range(rank), *copies)
    shape = (*expr.shape, *(expr.shape[a] for a in axes))
    ones = tuple(Delta(dim, 1) for dim in shape)
    lists = tuple((label,) for label in full)
    spread = build_einsum(Subscripts((tuple(swapped), *lists), full), (expr, *ones))
    pairs = tuple((a, copy) for a, copy in zip(axes, copies, strict=True))
    deltas = tuple(Delta(expr.shape[a], 2) for a in axes)
    meet = build_einsum(Subscripts((*pairs, *lists), full), (*deltas, *ones))
    return Reduce(PROD, where(meet, 1, spread), copies)


def eye(*dims: Dim) -> Expr:
    """Return the identity on tensors of the given dims; `eye("n")` is the identity matrix."""
    shape = checked_dims(dims)
    return Delta(shape[0], 2) if len(shape) == 1 else identity(shape)


def ones(*dims: int | str) -> Expr:
    """Return a tensor of ones."""
    return broadcast(Constant(1), checked_dims(dims))


def matrix_power(matrix: Any, n: Any) -> Expr:
    """Raise square matrices to a whole power, as `numpy.linalg.matrix_power`."""
    expr, exponent = as_expr(matrix), whole_number(n, "a whole power")
    if len(expr.shape) < 2 or expr.shape[-1] != expr.shape[-2]:
        raise ShapeError(f"matrix_power of {clip(expr)}: a square matrix is needed.")
    if abs(exponent) > _LARGEST_POWER:
        raise ArgumentError(
            f"matrix_power: {clip(n)} is too large a power, of which floats keep nothing. "
            "Give one up to 2**53."
        )
    if exponent == 0:
        return broadcast(Delta(expr.shape[-1], 2), expr.shape)
    base = expr if exponent > 0 else inverse(expr)
    return _power_by_squares(base, abs(exponent))


def _power_by_squares(base: Expr, exponent: int) -> Expr:
    result = None
    while exponent:
        if exponent % 2:
            result = base if result is None else matmul(result, base)
        exponent //= 2
        base = matmul(base, base) if exponent else base
    assert result is not None
    return result
