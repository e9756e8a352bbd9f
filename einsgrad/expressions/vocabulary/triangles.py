"""Triangles of matrices, and matrices with a diagonal, as numpy has them."""

from __future__ import annotations

from typing import Any

from einsgrad.errors import ShapeError, clip
from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.selectors import Step
from einsgrad.expressions.shaping import as_expr, broadcast
from einsgrad.expressions.vocabulary.application import whole_number
from einsgrad.expressions.vocabulary.linear import diag
from einsgrad.expressions.vocabulary.numpy_rearranging import ravel
from einsgrad.strings.subscripts import Subscripts


def lower_triangle(x: Any, k: Any = 0) -> Expr:
    """Put zeros above a diagonal, as `numpy.tril`."""
    expr, offset = _matrix("tril", x), whole_number(k, "a diagonal")
    step = Step(expr.shape[-2], expr.shape[-1], -offset)
    return _masked(expr, step, -2, -1)


def upper_triangle(x: Any, k: Any = 0) -> Expr:
    """Put zeros below a diagonal, as `numpy.triu`."""
    expr, offset = _matrix("triu", x), whole_number(k, "a diagonal")
    step = Step(expr.shape[-1], expr.shape[-2], offset)
    return _masked(expr, step, -1, -2)


def _matrix(name: str, x: Any) -> Expr:
    """Read matrices; a vector is taken for each row of one, as numpy does."""
    expr = as_expr(x)
    if not expr.shape:
        raise ShapeError(f"{name}: {clip(expr)} is a number. Give a matrix.")
    return broadcast(expr, expr.shape * 2) if len(expr.shape) == 1 else expr


def _masked(expr: Expr, step: Step, row: int, column: int) -> Expr:
    labels = tuple(range(len(expr.shape)))
    lists = ((labels[row], labels[column]), labels)
    return build_einsum(Subscripts(lists, labels), (step, expr))


def diag_of_flat(x: Any, k: Any = 0) -> Expr:
    """Return the matrix with all entries on a diagonal, as `numpy.diagflat`."""
    return diag(ravel(x), k)
