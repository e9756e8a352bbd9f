"""Matrices that vectors make, and systems with them, as scipy.linalg has them."""

from __future__ import annotations

from typing import Any

from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expressions.construct import zeros
from einsgrad.expressions.dims import linear
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary.application import whole_number
from einsgrad.expressions.vocabulary.arithmetic import add, conj
from einsgrad.expressions.vocabulary.composed import solve
from einsgrad.expressions.vocabulary.joining import concatenated
from einsgrad.expressions.vocabulary.linear import diag
from einsgrad.expressions.vocabulary.windows import sliding_windows


def toeplitz(c: Any, r: Any = None) -> Expr:
    """Return the matrix with given first column and row, constant along its diagonals."""
    column = _vector("toeplitz", c)
    row = conj(column) if r is None else _vector("toeplitz", r)
    width = _size("toeplitz", row)
    # Each row is a window of what stands along the left and the upper edge.
    edge = concatenated([column[::-1], row[1:]])
    return as_expr(sliding_windows(edge, width)[::-1])


def hankel(c: Any, r: Any = None) -> Expr:
    """Return the matrix with given first column and last row, constant along antidiagonals."""
    column = _vector("hankel", c)
    row = zeros(column.shape) if r is None else _vector("hankel", r)
    return sliding_windows(concatenated([column, row[1:]]), _size("hankel", row))


def circulant(c: Any) -> Expr:
    """Return the matrix of cyclic shifts of its first column."""
    column = _vector("circulant", c)
    row = concatenated([column[:1], column[:0:-1]])
    return toeplitz(column, row)


def solve_toeplitz(c_or_cr: Any, b: Any) -> Expr:
    """Solve a system with a Toeplitz matrix, given by its column, or column and row."""
    given = c_or_cr if isinstance(c_or_cr, tuple) else (c_or_cr,)
    return solve(toeplitz(*given), b)


def solve_banded(l_and_u: Any, ab: Any, b: Any) -> Expr:
    """Solve a system with a matrix that is given by its diagonals, from the uppermost down."""
    lower, upper = (whole_number(one, "a number of diagonals") for one in l_and_u)
    bands = as_expr(ab)
    if len(bands.shape) != 2 or bands.shape[0] != lower + upper + 1:
        raise ShapeError(
            f"solve_banded: {clip(bands)} has not the {lower + upper + 1} rows of a matrix with "
            f"{lower} diagonals below the main one and {upper} above. Give a row for each."
        )
    size = bands.shape[1]
    diagonals = [
        diag(bands[upper - k, max(k, 0) : linear((1, size), (1, min(k, 0)))], k)
        for k in range(-lower, upper + 1)
    ]
    return solve(add(*diagonals), b)


def _vector(name: str, x: Any) -> Expr:
    expr = as_expr(x)
    if len(expr.shape) != 1:
        raise ShapeError(f"{name}: {clip(expr)} is no vector. Give one matrix's at a time.")
    return expr


def _size(name: str, expr: Expr) -> int:
    (size,) = expr.shape
    if not isinstance(size, int):
        raise ArgumentError(
            f"{name}: the size of {clip(expr)} is needed. Give its dim as a number."
        )
    return size
