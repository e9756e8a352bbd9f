"""Functions of matrices of residues, and where they have no value."""

from __future__ import annotations

from functools import reduce

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.expressions.tables.matrix_rows import MatrixFunction
from einsgrad.proof.elimination import eliminate, inverse_residues, lower_factors
from einsgrad.proof.fields import Field
from einsgrad.proof.residues import Residues, times_matrices
from einsgrad.proof.unknown import of_matrices

_PSEUDO_INVERSES = frozenset(["pinv", "truncated_pinv", "double_pinv"])

Found = tuple[Residues, "Array | None", bool]


def matrix_value(
    row: MatrixFunction, field: Field, x: Residues, is_complex: bool, rootless: bool
) -> Found:
    """Evaluate a function of the matrices in the last two axes, roots as unknown functions or not.

    Returns
    -------
    residues, missing, rooted
        The values, for which matrices there is none, and whether for want of a root.
    """
    name = row.name
    if name == "inverse":
        inverse, determinant = eliminate(field, x)
        return inverse, determinant.is_zero(), False
    if row.exponent is not None:
        return reduce(times_matrices, [x] * row.exponent), None, False
    if name == "det":
        return eliminate(field, x)[1], None, False
    if name in _PSEUDO_INVERSES:
        return _pseudo_inverse(field, x)
    if name == "cholesky" and field.ordered and not rootless:
        lower, found = lower_factors(field, x)
        return lower, ~found, True
    if name in ("inverse_gaps", "inverse_gaps_of_squares"):
        return _gaps(field, x, squares=name != "inverse_gaps")
    return of_matrices(row, field, x, is_complex), None, False


def _pseudo_inverse(field: Field, x: Residues) -> Found:
    """Return the pseudo-inverses of matrices of full rank."""
    turned = x.conjugate().mapped(lambda part: part.swapaxes(-1, -2))
    rows, columns = x.real.shape[-2:]
    if rows >= columns:
        inverse, determinant = eliminate(field, times_matrices(turned, x))
        return times_matrices(inverse, turned), determinant.is_zero(), False
    inverse, determinant = eliminate(field, times_matrices(x, turned))
    return times_matrices(turned, inverse), determinant.is_zero(), False


def _gaps(field: Field, x: Residues, squares: bool) -> Found:
    """Return the reciprocals of differences of diagonal entries, or of their squares."""
    diagonal = x.mapped(lambda part: np.diagonal(part, axis1=-2, axis2=-1))
    if squares:
        diagonal = diagonal * diagonal
    gaps = diagonal.mapped(lambda part: part[..., None, :]) - diagonal.mapped(
        lambda part: part[..., :, None]
    )
    off = ~np.eye(x.real.shape[-1], dtype=bool)
    missing = np.asarray((gaps.is_zero() & off).any(axis=(-1, -2)))
    return inverse_residues(field, gaps).mapped(lambda part: np.where(off, part, 0)), missing, False
