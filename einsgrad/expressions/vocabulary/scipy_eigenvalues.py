"""Eigenvalue problems as scipy.linalg has them: of one Hermitian matrix or two, also of bands."""

from __future__ import annotations

from typing import Any

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.nodes import Expr, MatrixMap
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.tables import decompositions as rows
from einsgrad.expressions.vocabulary import decompositions
from einsgrad.expressions.vocabulary.application import whole_number
from einsgrad.expressions.vocabulary.functions import inverse
from einsgrad.expressions.vocabulary.matrix_parts import conjugate_transpose, with_diagonal
from einsgrad.expressions.vocabulary.scipy_matrices import hermitian_of_bands

_VALUES = {True: rows.EIGVALSH, False: rows.UPPER_EIGVALSH}
_VECTORS = {True: rows.EIGVECSH, False: rows.UPPER_EIGVECSH}


def pencil_eigh(
    a: Any,
    b: Any = None,
    lower: bool = True,
    eigvals_only: bool = False,
    type: Any = 1,
    subset_by_index: Any = None,
) -> Any:
    """Solve `a v = w b v`, `a b v = w v` or `b a v = w v`, as `scipy.linalg.eigh`.

    The signs of vectors are numpy's: rounding changes those of scipy's driver.
    """
    matrix, as_given = _problem(a, b, lower, type)
    chosen = _chosen(matrix, subset_by_index)
    values = MatrixMap(_VALUES[bool(lower)], matrix)[..., chosen]
    if eigvals_only:
        return values
    vectors = MatrixMap(_VECTORS[bool(lower)], matrix)
    turned = vectors if as_given is None else as_given @ vectors
    return values, turned[..., chosen]


def pencil_eigvalsh(
    a: Any, b: Any = None, lower: bool = True, type: Any = 1, subset_by_index: Any = None
) -> Expr:
    """Return the eigenvalues alone, as `scipy.linalg.eigvalsh`."""
    return as_expr(pencil_eigh(a, b, lower, True, type, subset_by_index))


def _problem(a: Any, b: Any, lower: bool, kind: Any) -> tuple[Expr, Expr | None]:
    """Return the one matrix that is left of a problem, and what maps its vectors to the given."""
    triangle = "L" if lower else "U"
    matrix = decompositions.of_triangle("eigh", a, triangle)
    if b is None:
        return matrix, None
    factor = decompositions.cholesky(decompositions.of_triangle("eigh", b, triangle))
    turned = conjugate_transpose(factor)
    match whole_number(kind, "the type of a problem"):
        case 1:
            whitening = inverse(factor)
            back = conjugate_transpose(whitening)
            return whitening @ matrix @ back, back
        case 2:
            return turned @ matrix @ factor, inverse(turned)
        case 3:
            return turned @ matrix @ factor, factor
    raise ArgumentError(f"eigh: type={clip(kind)} is none of 1, 2 and 3. Give one of them.")


def _chosen(matrix: Expr, subset: Any) -> slice:
    """Return which eigenvalues are asked for, by the first and the last of them."""
    if subset is None:
        return slice(None)
    first, last = (whole_number(one, "an index") for one in subset)
    size = matrix.shape[-1]
    if not 0 <= first <= last or (isinstance(size, int) and last >= size):
        raise ArgumentError(
            f"the eigenvalues {clip(subset)} of {clip(matrix)} do not exist. "
            "Give the first and the last index."
        )
    return slice(first, last + 1)


def eigh_tridiagonal(
    d: Any, e: Any, eigvals_only: bool = False, select: Any = "a", select_range: Any = None
) -> Any:
    """Solve a tridiagonal problem, given its diagonals, as `scipy.linalg.eigh_tridiagonal`."""
    matrix = with_diagonal(d, 0) + with_diagonal(e, -1)
    return _of_bands(matrix, eigvals_only, select, select_range)


def eigvalsh_tridiagonal(d: Any, e: Any, select: Any = "a", select_range: Any = None) -> Any:
    """Return the eigenvalues alone, as `scipy.linalg.eigvalsh_tridiagonal`."""
    return eigh_tridiagonal(d, e, True, select, select_range)


def eig_banded(
    a_band: Any,
    lower: bool = False,
    eigvals_only: bool = False,
    select: Any = "a",
    select_range: Any = None,
) -> Any:
    """Solve the problem of a Hermitian matrix with few diagonals, as `scipy.linalg.eig_banded`."""
    matrix = hermitian_of_bands("eig_banded", a_band, lower)
    return _of_bands(matrix, eigvals_only, select, select_range)


def eigvals_banded(
    a_band: Any, lower: bool = False, select: Any = "a", select_range: Any = None
) -> Any:
    """Return the eigenvalues alone, as `scipy.linalg.eigvals_banded`."""
    return eig_banded(a_band, lower, True, select, select_range)


def _of_bands(matrix: Expr, only_values: bool, select: Any, limits: Any) -> Any:
    if select in ("v", "value", 1):
        raise ArgumentError(
            "how many eigenvalues lie between two numbers depends on data. Select by index."
        )
    subset = None if select in ("a", "all", 0) else limits
    return pencil_eigh(matrix, None, True, only_values, 1, subset)
