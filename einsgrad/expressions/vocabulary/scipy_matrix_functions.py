"""Functions of square matrices as scipy.linalg has them: logarithms, signs, powers, cosines."""

from __future__ import annotations

from typing import Any

from einsgrad.errors import ArgumentError
from einsgrad.expressions.nodes import Expr, MatrixMap
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.tables.matrix_functions import SIGNM
from einsgrad.expressions.vocabulary.arithmetic import imag, real
from einsgrad.expressions.vocabulary.composed import matrix_power, solve
from einsgrad.expressions.vocabulary.functions import expm, logm, sqrtm
from einsgrad.expressions.vocabulary.matrix_parts import block_triangle, upper_right_block


def principal_sqrtm(A: Any, disp: Any = True) -> Expr:
    """Return principal square roots, as `scipy.linalg.sqrtm`."""
    _refuse_estimates("sqrtm", disp)
    return sqrtm(A)


def principal_logm(A: Any, disp: Any = True) -> Expr:
    """Return principal logarithms, as `scipy.linalg.logm`."""
    _refuse_estimates("logm", disp)
    return logm(A)


def signm(A: Any, disp: Any = True) -> Expr:
    """Return the signs of matrices, as `scipy.linalg.signm`."""
    _refuse_estimates("signm", disp)
    return MatrixMap(SIGNM, as_expr(A))


def _refuse_estimates(name: str, disp: Any) -> None:
    if disp is False:
        raise ArgumentError(f"{name}: disp=False is not supported. Leave it out.")


def cosm(A: Any) -> Expr:
    """Return the cosines of matrices, as `scipy.linalg.cosm`."""
    matrix = as_expr(A)
    if matrix.is_complex:
        return (expm(1j * matrix) + expm(-1j * matrix)) / 2
    return real(expm(1j * matrix))


def sinm(A: Any) -> Expr:
    """Return the sines of matrices, as `scipy.linalg.sinm`."""
    matrix = as_expr(A)
    if matrix.is_complex:
        return (expm(1j * matrix) - expm(-1j * matrix)) / 2j
    return imag(expm(1j * matrix))


def tanm(A: Any) -> Expr:
    """Return the tangents of matrices, as `scipy.linalg.tanm`."""
    return solve(cosm(A), sinm(A))


def coshm(A: Any) -> Expr:
    """Return the hyperbolic cosines of matrices, as `scipy.linalg.coshm`."""
    matrix = as_expr(A)
    return (expm(matrix) + expm(-matrix)) / 2


def sinhm(A: Any) -> Expr:
    """Return the hyperbolic sines of matrices, as `scipy.linalg.sinhm`."""
    matrix = as_expr(A)
    return (expm(matrix) - expm(-matrix)) / 2


def tanhm(A: Any) -> Expr:
    """Return the hyperbolic tangents of matrices, as `scipy.linalg.tanhm`."""
    return solve(coshm(A), sinhm(A))


def fractional_matrix_power(A: Any, t: Any) -> Expr:
    """Return powers of matrices, as `scipy.linalg.fractional_matrix_power`."""
    if isinstance(t, int | float) and t == int(t):
        return matrix_power(A, int(t))
    return expm(as_expr(t) * logm(A))


def expm_frechet(A: Any, E: Any, compute_expm: bool = True) -> Any:
    """Return exponentials and their derivatives along E, as `scipy.linalg.expm_frechet`."""
    matrix = as_expr(A)
    along = upper_right_block(expm(block_triangle(matrix, E)), matrix)
    return (expm(matrix), along) if compute_expm else along
