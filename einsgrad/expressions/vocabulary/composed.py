"""Reductions, norms, softmax, matrix functions: what is composed of the nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from einsgrad.expressions.construct import check_dims, identity
from einsgrad.expressions.construct import einsum as build_einsum
from einsgrad.expressions.nodes import Constant, Delta, Expr, MatrixMap, Reduce
from einsgrad.expressions.shaping import as_expr, broadcast
from einsgrad.expressions.tables.reductions import MATRIX_FUNCTIONS, REDUCTIONS
from einsgrad.expressions.vocabulary.arithmetic import (
    abs,
    add,
    conj,
    exp,
    log,
    multiply,
    real,
    reciprocal,
    sqrt,
    subtract,
)
from einsgrad.expressions.vocabulary.linear import Axis, axes_of, kept_axes, matmul, sum
from einsgrad.strings.subscripts import Subscripts


def norm2(x: Any) -> Expr:
    """Return the sum of the squared moduli of all entries."""
    expr = as_expr(x)
    return sum(real(multiply(conj(expr), expr)))


def norm(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expr:
    """Return the square root of the sum of squared moduli."""
    expr = as_expr(x)
    if expr.is_complex:
        return sqrt(sum(real(multiply(conj(expr), expr)), axis, keepdims=keepdims))
    return _reduce("norm", expr, axis, keepdims=keepdims)


def logsumexp(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expr:
    """Return log(sum(exp(x))) without overflow."""
    return _reduce("logsumexp", x, axis, keepdims=keepdims)


def max(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expr:
    """Return the largest entry along axes."""
    return _reduce("max", x, axis, keepdims=keepdims)


def min(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expr:
    """Return the smallest entry along axes."""
    return _reduce("min", x, axis, keepdims=keepdims)


def prod(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expr:
    """Multiply the entries along axes."""
    return _reduce("prod", x, axis, keepdims=keepdims)


def _reduce(name: str, x: Any, axis: Axis, *, keepdims: bool) -> Expr:
    expr = as_expr(x)
    axes = axes_of(axis, len(expr.shape))
    if not axes:
        return abs(expr) if name == "norm" else expr
    reduced = Reduce(REDUCTIONS[name], expr, tuple(sorted(axes)))
    return kept_axes(reduced, expr, axes) if keepdims else reduced


def softmax(x: Any, axis: int = -1) -> Expr:
    """Return exp(x) divided by its sum along an axis, without overflow."""
    return exp(log_softmax(x, axis))


def log_softmax(x: Any, axis: int = -1) -> Expr:
    """Return the logarithm of `softmax`, without overflow."""
    return subtract(x, logsumexp(x, axis, keepdims=True))


def inverse(x: Any) -> Expr:
    """Invert the matrices in the last two axes."""
    return MatrixMap(MATRIX_FUNCTIONS["inverse"], as_expr(x))


def det(x: Any) -> Expr:
    """Return the determinants of the matrices in the last two axes."""
    return MatrixMap(MATRIX_FUNCTIONS["det"], as_expr(x))


def logdet(x: Any) -> Expr:
    """Return log|det| of the matrices in the last two axes."""
    expr = as_expr(x)
    if expr.is_complex:
        return log(abs(det(expr)))
    return MatrixMap(MATRIX_FUNCTIONS["logdet"], expr)


def solve(a: Any, b: Any) -> Expr:
    """Solve a x = b, where b is a vector or a matrix of columns."""
    return matmul(inverse(a), b)


def shared(weights: Any, axes: Sequence[int]) -> Expr:
    """Divide weights by their sum over axes."""
    expr = as_expr(weights)
    return multiply(expr, reciprocal(sum(expr, axes, keepdims=True)))


def product_of_others(x: Any, axes: Sequence[int]) -> Expr:
    """Return, for every entry, the product of the others along axes; right at zeros too.

    With e the identity on those axes, it is the product over the second of their copies
    of `x + e (1 - x)`, whose factor is 1 where the copies meet.
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
    factors = add(spread, multiply(meet, subtract(1, spread)))
    return Reduce(REDUCTIONS["prod"], factors, copies)


def eye(*dims: int | str) -> Expr:
    """Return the identity on tensors of the given dims; `eye("n")` is the identity matrix."""
    check_dims(dims)
    expr = identity(dims)
    return Delta(dims[0], 2) if len(dims) == 1 else expr


def ones(*dims: int | str) -> Expr:
    """Return a tensor of ones."""
    check_dims(dims)
    return broadcast(Constant(1), dims)
