"""Arrays of matrices, factorised once: by Cholesky if they are positive definite, else by LU."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.matrices.matrix import singular
from einsgrad.engine.refusals import MatrixError


def are_hermitian(matrix: Array, tolerance: float = 100) -> bool:
    """Tell whether matrices are their own adjoints, up to a multiple of the rounding error.

    Examples
    --------
    >>> are_hermitian(np.array([[1, 1j], [-1j, 1]])), are_hermitian(np.array([[0.0, 1], [2, 0]]))
    (True, False)
    """
    if matrix.shape[-1] != matrix.shape[-2]:
        return False
    gap = np.abs(matrix - matrix.conj().swapaxes(-1, -2))
    largest = np.abs(matrix).max((-1, -2), initial=0, keepdims=True)
    return bool((gap <= tolerance * np.finfo(matrix.dtype).eps * largest).all())


def eigenvalues(matrix: Array) -> Array:
    """Return the eigenvalues of Hermitian matrices.

    Raises
    ------
    MatrixError
        If they are not Hermitian.
    """
    loose = float(np.finfo(matrix.dtype).eps) ** -0.5
    if not are_hermitian(matrix, loose):
        raise MatrixError(
            "eigvalsh is for symmetric and Hermitian matrices, and this is none. "
            "Take numpy.linalg.eigvals of its dense() as a matrix."
        )
    return np.linalg.eigvalsh((matrix + matrix.conj().swapaxes(-1, -2)) / 2)


# Smaller matrices are not worth loading scipy for.
_SMALL = 32


@dataclass(frozen=True, eq=False)
class Factorised:
    """Matrices that are factorised when they are first solved with.

    Examples
    --------
    >>> Factorised(2 * np.eye(2)).solve(np.ones((2, 1))).ravel()
    array([0.5, 0.5])
    """

    matrix: Array

    @cached_property
    def _factor(self) -> tuple[str, Any] | None:
        """The factors of scipy, or None where numpy solves: batches, and small matrices."""
        size = self.matrix.shape[-1]
        if self.matrix.ndim > 2 or size <= _SMALL or find_spec("scipy") is None:
            return None
        from scipy import linalg

        if are_hermitian(self.matrix):
            try:
                return "cholesky", linalg.cho_factor(self.matrix, lower=True, check_finite=False)
            except np.linalg.LinAlgError:
                pass
        with catch_warnings():
            simplefilter("ignore", linalg.LinAlgWarning)
            factor = linalg.lu_factor(self.matrix, check_finite=False)
        if not factor[0].diagonal().all():
            raise singular("a pivot is 0")
        return "lu", factor

    def solve(self, right: Array) -> Array:
        """Solve for columns.

        Raises
        ------
        MatrixError
            If a matrix is singular.
        """
        if self._factor is None or not right.size:
            try:
                return np.linalg.solve(self.matrix, right)
            except np.linalg.LinAlgError:
                raise singular("a pivot is 0") from None
        from scipy import linalg

        kind, factor = self._factor
        solve = linalg.cho_solve if kind == "cholesky" else linalg.lu_solve
        return np.asarray(solve(factor, right, check_finite=False))

    def slogdet(self) -> tuple[Array, Array]:
        """Return signs and logarithms of the determinants."""
        sign, logarithm = np.linalg.slogdet(self.matrix)
        return np.asarray(sign), np.asarray(logarithm)

    @property
    def is_moderate(self) -> bool:
        """Whether entries are so small that rounding errors of them are below 1."""
        eps = float(np.finfo(self.matrix.dtype).eps)
        return bool(np.abs(self.matrix).max(initial=0) <= eps**-0.5)

    @cached_property
    def is_nearly_singular(self) -> bool:
        """Whether a sum of the identity and something else is singular up to rounding."""
        if not self.matrix.size or not np.isfinite(self.matrix).all():
            return False
        diagonal = np.diagonal(self.matrix, axis1=-2, axis2=-1)
        scale = np.sqrt(1 + np.abs(diagonal - 1))
        scaled = self.matrix / (scale[..., None] * scale[..., None, :])
        values = np.linalg.svd(scaled, compute_uv=False)
        rounding = np.finfo(self.matrix.dtype).eps * self.matrix.shape[-1]
        return bool((values[..., -1] <= 4 * rounding * np.maximum(values[..., 0], 1)).any())
