"""Matrix decompositions as numpy calls and returns them; of Hermitian matrices, the Hermitian part.

A function of a Hermitian matrix is one of the Hermitian part of any matrix, so that gradients are
Hermitian and differences in any entry agree with them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expressions.construct import zeros
from einsgrad.expressions.dims import linear
from einsgrad.expressions.nodes import Expr, MatrixMap
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.tables import decompositions as rows
from einsgrad.expressions.vocabulary.axis_parts import axis_part, in_a_row
from einsgrad.expressions.vocabulary.linear import matmul
from einsgrad.expressions.vocabulary.matrix_parts import (
    conjugate_transpose,
    hermitian_of_triangle,
    hermitian_part,
)

__all__ = ["cholesky", "eigvals", "eigvalsh", "positive_definite", "svdvals"]


class EighResult(NamedTuple):
    """Eigenvalues in ascending order, and eigenvectors in columns."""

    eigenvalues: Expr
    eigenvectors: Expr


class EigResult(NamedTuple):
    """Eigenvalues, and eigenvectors in columns, all complex."""

    eigenvalues: Expr
    eigenvectors: Expr


class SVDResult(NamedTuple):
    """The factors of `U diag(S) Vh`, singular values in descending order."""

    U: Expr
    S: Expr
    Vh: Expr


class QRResult(NamedTuple):
    """A matrix with orthonormal columns, and an upper triangle."""

    Q: Expr
    R: Expr


def cholesky(x: Any, /, *, upper: bool = False) -> Expr:
    """Return the Cholesky factors of positive definite matrices, lower triangles by default.

    Examples
    --------
    >>> import einsgrad as eg
    >>> (K,) = eg.variables("K[n,n]", symmetric="K")
    >>> eg.cholesky(K)
    cholesky(K)
    """
    lower = MatrixMap(rows.CHOLESKY, _hermitian("cholesky", x))
    return conjugate_transpose(lower) if upper else lower


def positive_definite(x: Any) -> Expr:
    """Return the Hermitian parts of matrices, which are said to be positive definite.

    Systems with such a matrix, and its determinant, are computed by its Cholesky factor. Where
    a matrix is not positive definite, they are an error.

    Examples
    --------
    >>> import einsgrad as eg
    >>> K, y = eg.variables("K[n,n] y[n]", symmetric="K")
    >>> eg.solve(eg.positive_definite(K), y)
    "ni,i->n"(inverse(positive_definite(K)), y)
    """
    return MatrixMap(rows.POSITIVE_DEFINITE, _hermitian("positive_definite", x))


def eigvalsh(x: Any) -> Expr:
    """Return the eigenvalues of Hermitian matrices in ascending order."""
    return MatrixMap(rows.EIGVALSH, _hermitian("eigvalsh", x))


def eigh(x: Any) -> EighResult:
    """Return the eigenvalues and eigenvectors of Hermitian matrices.

    Derivatives of eigenvectors exist where all eigenvalues differ; elsewhere they are an error.

    Examples
    --------
    >>> import einsgrad as eg
    >>> (K,) = eg.variables("K[n,n]", symmetric="K")
    >>> values, vectors = eg.eigh(K)
    >>> eg.grad(values[0], K)
    "n(0),i(0)->ni"(eigvecsh(K), eigvecsh(K))
    """
    return _eigh_of(_hermitian("eigh", x))


def _eigh_of(matrix: Expr) -> EighResult:
    return EighResult(MatrixMap(rows.EIGVALSH, matrix), MatrixMap(rows.EIGVECSH, matrix))


def eigvals(x: Any) -> Expr:
    """Return the eigenvalues of square matrices, complex ones also of real matrices."""
    return MatrixMap(rows.EIGVALS, as_expr(x))


def eig(x: Any) -> EigResult:
    """Return the eigenvalues and eigenvectors of square matrices, all complex."""
    matrix = as_expr(x)
    return EigResult(MatrixMap(rows.EIGVALS, matrix), MatrixMap(rows.EIGVECS, matrix))


def svdvals(x: Any) -> Expr:
    """Return the singular values of matrices in descending order."""
    return MatrixMap(rows.SVDVALS, as_expr(x))


def svd(x: Any, *, full_matrices: bool = False) -> SVDResult:
    """Return the singular value decompositions of matrices.

    Columns that complete a basis, with `full_matrices`, have values and no derivatives.
    """
    matrix = as_expr(x)
    left, values, right = (
        MatrixMap(row, matrix) for row in (rows.SVD_LEFT, rows.SVDVALS, rows.SVD_RIGHT)
    )
    if not full_matrices:
        return SVDResult(left, values, right)
    rank = len(matrix.shape)
    return SVDResult(
        _completed(left, MatrixMap(rows.SVD_WHOLE_LEFT, matrix), rank - 1),
        values,
        _completed(right, MatrixMap(rows.SVD_WHOLE_RIGHT, matrix), rank - 2),
    )


def _completed(part: Expr, whole: Expr, axis: int) -> Expr:
    """Put behind the vectors of a part those that only the whole basis has."""
    size, known = whole.shape[axis], part.shape[axis]
    if size == known:
        return part
    rest = axis_part(whole, axis, known, linear((1, size), (-1, known)))
    return in_a_row([part, rest], axis)


def numpy_svd(
    a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> SVDResult | Expr:
    """Decompose as `numpy.linalg.svd`, whose default completes bases."""
    matrix = of_triangle("svd", a, "L") if hermitian else as_expr(a)
    return svd(matrix, full_matrices=full_matrices) if compute_uv else svdvals(matrix)


def numpy_eigh(a: Any, UPLO: Any = "L") -> EighResult:
    """Decompose as `numpy.linalg.eigh`, which reads one triangle."""
    matrix = of_triangle("eigh", a, UPLO)
    if UPLO in ("L", "l"):
        return _eigh_of(matrix)
    # LAPACK gives eigenvectors other signs.
    values = MatrixMap(rows.UPPER_EIGVALSH, matrix)
    return EighResult(values, MatrixMap(rows.UPPER_EIGVECSH, matrix))


def numpy_eigvalsh(a: Any, UPLO: Any = "L") -> Expr:
    """Return eigenvalues as `numpy.linalg.eigvalsh`, which reads one triangle."""
    matrix = of_triangle("eigvalsh", a, UPLO)
    return MatrixMap(rows.EIGVALSH if UPLO in ("L", "l") else rows.UPPER_EIGVALSH, matrix)


def of_triangle(name: str, a: Any, triangle: Any) -> Expr:
    """Return the Hermitian matrix that has one triangle of another, "L" or "U"."""
    if triangle not in ("L", "U", "l", "u"):
        raise ArgumentError(f"UPLO={clip(triangle)} is neither 'L' nor 'U'. Leave it out.")
    matrix = _square(name, a)
    if matrix.shape[-1] == 1 or 0 in matrix.shape:
        # Nothing stands beside the diagonal.
        return hermitian_part(matrix)
    return hermitian_of_triangle(matrix, lower=triangle in ("L", "l"))


def numpy_qr(a: Any, mode: Any = "reduced") -> QRResult | Expr:
    """Decompose as `numpy.linalg.qr`."""
    if mode not in ("reduced", "r", "complete"):
        raise ArgumentError(f"qr: mode={clip(mode)} is not supported. Use 'reduced' or 'r'.")
    found = qr(a)
    if mode == "complete":
        return _complete_qr(as_expr(a), found)
    return found.R if mode == "r" else found


def _complete_qr(matrix: Expr, reduced: QRResult) -> QRResult:
    rank = len(matrix.shape)
    height, known = matrix.shape[-2], reduced.R.shape[-2]
    if height == known:
        return reduced
    left = _completed(reduced.Q, MatrixMap(rows.QR_WHOLE_LEFT, matrix), rank - 1)
    below = (*matrix.shape[:-2], linear((1, height), (-1, known)), matrix.shape[-1])
    return QRResult(left, in_a_row([reduced.R, zeros(below)], rank - 2))


def qr(x: Any) -> QRResult:
    """Return the reduced QR decompositions of matrices; a wide one has those of its first part."""
    matrix = as_expr(x)
    triangle = MatrixMap(rows.QR_RIGHT, matrix)
    height, width = matrix.shape[-2:]
    if triangle.shape[-2] == width:
        return QRResult(MatrixMap(rows.QR_LEFT, matrix), triangle)
    rank = len(matrix.shape)
    square = axis_part(matrix, rank - 1, 0, height)
    left, right = MatrixMap(rows.QR_LEFT, square), MatrixMap(rows.QR_RIGHT, square)
    rest = axis_part(matrix, rank - 1, height, linear((1, width), (-1, height)))
    beside = matmul(conjugate_transpose(left), rest)
    return QRResult(left, in_a_row([right, beside], rank - 1))


def _hermitian(name: str, x: Any) -> Expr:
    return hermitian_part(_square(name, x))


def _square(name: str, x: Any) -> Expr:
    expr = as_expr(x)
    if len(expr.shape) < 2 or expr.shape[-1] != expr.shape[-2]:
        raise ShapeError(
            f"{name} of {clip(expr)}: a square matrix is needed. "
            "Give an operand whose last two dims are equal."
        )
    return expr
