"""Systems of linear equations that numpy has a function for, composed of inverse and solve."""

from __future__ import annotations

from math import prod
from typing import Any

from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary.application import axes_of, whole_number
from einsgrad.expressions.vocabulary.arithmetic import multiply
from einsgrad.expressions.vocabulary.functions import inverse
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


def cond(x: Any, p: Any = None) -> Expr:
    """Return the condition numbers of square matrices, as `numpy.linalg.cond`."""
    expr = as_expr(x)
    if len(expr.shape) < 2 or expr.shape[-1] != expr.shape[-2]:
        raise ShapeError(f"cond of {clip(expr)}: a square matrix is needed.")
    if p is None or p in (2, -2):
        raise ArgumentError(
            "cond: the spectral norms need singular values. Give p=1, infinity or 'fro'."
        )
    return multiply(norm(expr, p, (-2, -1)), norm(inverse(expr), p, (-2, -1)))


def _size(name: str, shape: tuple[Dim, ...]) -> int:
    sizes = [dim for dim in shape if isinstance(dim, int)]
    if len(sizes) < len(shape):
        raise ArgumentError(f"{name}: the sizes of all axes are needed. Give dims as numbers.")
    return prod(sizes)
