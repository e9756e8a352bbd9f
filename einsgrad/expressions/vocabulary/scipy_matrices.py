"""Matrices that vectors make, and systems with them, as scipy.linalg has them."""

from __future__ import annotations

from typing import Any

from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expressions.construct import zeros
from einsgrad.expressions.dims import Dim, linear
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr, broadcast
from einsgrad.expressions.vocabulary.application import whole_number
from einsgrad.expressions.vocabulary.arithmetic import add, conj, real
from einsgrad.expressions.vocabulary.axis_parts import axis_part
from einsgrad.expressions.vocabulary.composed import ones, solve
from einsgrad.expressions.vocabulary.decompositions import cholesky, positive_definite
from einsgrad.expressions.vocabulary.joining import concatenated
from einsgrad.expressions.vocabulary.linear import diagonal, matmul
from einsgrad.expressions.vocabulary.matrix_parts import conjugate_transpose, with_diagonal
from einsgrad.expressions.vocabulary.reshaping import reshape
from einsgrad.expressions.vocabulary.scipy_systems import cho_solve
from einsgrad.expressions.vocabulary.windows import sliding_windows


def toeplitz(c: Any, r: Any = None) -> Expr:
    """Return the matrix with given first column and row, constant along its diagonals."""
    column = _vector("toeplitz", c)
    row = conj(column) if r is None else _vector("toeplitz", r)
    width = _size("toeplitz", row)
    # Each row is a window of what stands along the left and the upper edge.
    edge = _joined(column[..., ::-1], row[..., 1:])
    return as_expr(sliding_windows(edge, width, -1)[..., ::-1, :])


def hankel(c: Any, r: Any = None) -> Expr:
    """Return the matrix with given first column and last row, constant along antidiagonals."""
    column = _vector("hankel", c)
    row = zeros(column.shape) if r is None else _vector("hankel", r)
    if len(column.shape) > 1 or len(row.shape) > 1:
        raise ShapeError(f"hankel: {clip(column)} and {clip(row)} are no vectors. Give one each.")
    return sliding_windows(_joined(column, row[..., 1:]), _size("hankel", row), -1)


def circulant(c: Any) -> Expr:
    """Return the matrix of cyclic shifts of its first column."""
    column = _vector("circulant", c)
    return toeplitz(column, _joined(column[..., :1], column[..., :0:-1]))


def solve_toeplitz(c_or_cr: Any, b: Any) -> Expr:
    """Solve a system with a Toeplitz matrix, given by its column, or column and row."""
    return solve(_toeplitz_of(c_or_cr), b)


def solve_circulant(c: Any, b: Any) -> Expr:
    """Solve a system with a circulant matrix, given by its first column."""
    return solve(circulant(c), b)


def matmul_toeplitz(c_or_cr: Any, x: Any) -> Expr:
    """Multiply with a Toeplitz matrix, given by its column, or column and row."""
    return matmul(_toeplitz_of(c_or_cr), x)


def _toeplitz_of(c_or_cr: Any) -> Expr:
    return toeplitz(*(c_or_cr if isinstance(c_or_cr, tuple) else (c_or_cr,)))


def companion(a: Any) -> Expr:
    """Return the companion matrix of a polynomial, the highest coefficient first."""
    coefficients = _vector("companion", a)
    size = _size("companion", coefficients) - 1
    if size < 1:
        raise ArgumentError("companion: a polynomial of degree 1 or more is needed.")
    row = -coefficients[..., 1:] / coefficients[..., :1]
    below = broadcast(with_diagonal(ones(size - 1), -1), (*row.shape, size))
    first = row[..., None, :]
    return add(below, concatenated([first, zeros((*row.shape[:-1], size - 1, size))], -2))


def leslie(f: Any, s: Any) -> Expr:
    """Return the matrix of a population, given the births and the survival of each age."""
    births, survival = _vector("leslie", f), _vector("leslie", s)
    rest = (*births.shape[:-1], _size("leslie", births) - 1, births.shape[-1])
    return concatenated([births[..., None, :], zeros(rest)], -2) + with_diagonal(survival, -1)


def khatri_rao(a: Any, b: Any) -> Expr:
    """Return the Kronecker products of columns with columns."""
    left, right = as_expr(a), as_expr(b)
    products = left[..., :, None, :] * right[..., None, :, :]
    return reshape(products, (*products.shape[:-3], -1, products.shape[-1]))


def solve_banded(l_and_u: Any, ab: Any, b: Any) -> Expr:
    """Solve a system with a matrix that is given by its diagonals, from the uppermost down."""
    lower, upper = (whole_number(one, "a number of diagonals") for one in l_and_u)
    bands = as_expr(ab)
    if len(bands.shape) < 2 or bands.shape[-2] != lower + upper + 1:
        raise ShapeError(
            f"solve_banded: {clip(bands)} has not the {lower + upper + 1} rows of a matrix with "
            f"{lower} diagonals below the main one and {upper} above. Give a row for each."
        )
    diagonals = [_of_band(bands, upper - k, k) for k in range(-lower, upper + 1)]
    return solve(add(*diagonals), b)


def _of_band(bands: Expr, row: int, k: int) -> Expr:
    """Return the matrix whose diagonal number k stands in a row, in the columns where it is."""
    size = bands.shape[-1]
    band = bands[..., row, :]
    part = axis_part(band, len(band.shape) - 1, max(k, 0), linear((1, size), (-1, abs(k))))
    return with_diagonal(part, k)


def _triangle_of_bands(name: str, ab: Any, lower: bool) -> Expr:
    """Return the triangle whose diagonals are rows, the main one at the begin or the end."""
    bands = as_expr(ab)
    count = bands.shape[-2] if len(bands.shape) > 1 else None
    if not isinstance(count, int) or not count:
        raise ShapeError(f"{name}: {clip(bands)} has no rows of diagonals. Give a row for each.")
    places = [(k, -k) if lower else (count - 1 - k, k) for k in range(count)]
    return add(*(_of_band(bands, row, k) for row, k in places))


def hermitian_of_bands(name: str, ab: Any, lower: bool) -> Expr:
    """Return the Hermitian matrix of which one triangle is given by its diagonals."""
    triangle = _triangle_of_bands(name, ab, lower)
    main = with_diagonal(as_expr(ab)[..., 0 if lower else -1, :], 0)
    return triangle + conjugate_transpose(triangle - main) + real(main) - main


def solveh_banded(ab: Any, b: Any, lower: bool = False) -> Expr:
    """Solve a system with a positive definite matrix, given by the diagonals of a triangle."""
    return solve(positive_definite(hermitian_of_bands("solveh_banded", ab, lower)), b)


def cholesky_banded(ab: Any, lower: bool = False) -> Expr:
    """Return the diagonals of a Cholesky factor, given those of a triangle."""
    bands = as_expr(ab)
    factor = cholesky(hermitian_of_bands("cholesky_banded", bands, lower), upper=not lower)
    count = _rows(bands)
    found = [_as_band(bands, factor, row, lower) for row in range(count)]
    return concatenated([one[..., None, :] for one in found], -2)


def _as_band(bands: Expr, factor: Expr, row: int, lower: bool) -> Expr:
    """Write a diagonal into a row, where it stands; the rest of the row is kept."""
    k = row if lower else _rows(bands) - 1 - row
    given, found = bands[..., row, :], diagonal(factor, -k if lower else k, -2, -1)
    if not k:
        return found
    parts = [found, given[..., -k:]] if lower else [given[..., :k], found]
    return concatenated(parts, -1)


def _rows(bands: Expr) -> int:
    count = bands.shape[-2]
    assert isinstance(count, int)
    return count


def cho_solve_banded(cb_and_lower: Any, b: Any) -> Expr:
    """Solve a system by the diagonals of the Cholesky factor of its matrix."""
    bands, lower = cb_and_lower
    return cho_solve((_triangle_of_bands("cho_solve_banded", bands, lower), lower), b)


def _joined(first: Expr, last: Expr) -> Expr:
    """Put vectors one behind the other; leading axes broadcast."""
    batch = max((first.shape[:-1], last.shape[:-1]), key=len)
    return concatenated([broadcast(one, (*batch, one.shape[-1])) for one in (first, last)], -1)


def _vector(name: str, x: Any) -> Expr:
    expr = as_expr(x)
    if not expr.shape:
        raise ShapeError(f"{name}: {clip(expr)} is no vector. Give one or more in the last axis.")
    return expr


def _size(name: str, expr: Expr) -> int:
    size: Dim = expr.shape[-1]
    if not isinstance(size, int):
        raise ArgumentError(
            f"{name}: the size of {clip(expr)} is needed. Give its dim as a number."
        )
    return size
