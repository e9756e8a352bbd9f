"""The differentials of parts of matrix decompositions that take several lines.

Each is given the namespace, the operand, the value and the operand's differential.

Sources: M. Giles, "An extended collection of matrix derivative results for forward and reverse
mode algorithmic differentiation", 2008; G. H. Golub, V. Pereyra, "The differentiation of
pseudo-inverses and nonlinear least squares problems", 1973, for `pinv`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from einsgrad.errors import ArgumentError, clip


def svd_left_differential(m: Any, x: Any, y: Any, t: Any) -> Any:
    """Return the differential of U; what changes the phases is half of it, half of V's."""
    s, right = m.svdvals(x), m.conjugate_transpose(m.svd_right(x))
    inner = m.conjugate_transpose(y) @ t @ right
    inside = inner * m.as_rows(s)
    turned = m.inverse_gaps_of_squares(m.with_diagonals(s)) * m.hermitian_sum(inside)
    found = y @ turned
    if x.is_complex:
        phases = m.diagonals(inner - m.conjugate_transpose(inner)) / 2
        found = found + y * m.as_rows(phases / s)
    if x.shape[-1] != x.shape[-2]:
        outside = t @ right - y @ inner
        found = found + outside @ m.inverse(m.with_diagonals(s))
    return found


def svd_right_differential(m: Any, x: Any, y: Any, t: Any) -> Any:
    """Return the differential of the conjugate transpose of V."""
    s, left = m.svdvals(x), m.svd_left(x)
    inner = m.conjugate_transpose(left) @ t @ m.conjugate_transpose(y)
    inside = m.as_columns(s) * inner
    turned = m.inverse_gaps_of_squares(m.with_diagonals(s)) * m.hermitian_sum(inside)
    found = -(turned @ y)
    if x.shape[-1] != x.shape[-2]:
        outside = m.conjugate_transpose(left) @ t - inner @ y
        found = found + m.inverse(m.with_diagonals(s)) @ outside
    return found


def _turning_of_qr(m: Any, q: Any, r: Any, t: Any) -> tuple[Any, Any, Any]:
    """Return dA R⁻¹, that in the basis of Q, and the part of that which turns Q."""
    spread = t @ m.inverse(r)
    inner = m.conjugate_transpose(q) @ spread
    lower = m.below_diagonal(inner)
    turning = lower - m.conjugate_transpose(lower)
    if t.is_complex:
        entries = m.diagonals(inner)
        turning = turning + m.with_diagonals(entries - m.real(entries))
    return spread, inner, turning


def qr_left_differential(m: Any, x: Any, y: Any, t: Any) -> Any:
    """Return the differential of Q."""
    spread, inner, turning = _turning_of_qr(m, y, m.qr_right(x), t)
    return y @ (turning - inner) + spread


def qr_right_differential(m: Any, x: Any, y: Any, t: Any) -> Any:
    """Return the differential of R, whose diagonal stays real."""
    _, inner, turning = _turning_of_qr(m, m.qr_left(x), y, t)
    return (inner - turning) @ y


def vanishing_differential(m: Any, x: Any, y: Any, t: Any) -> Any:
    """Return the differential of what small changes do not move."""
    return m.zeros((*t.shape[:-2], *y.shape[len(x.shape) - 2 :]))


def _turning_of_lu(m: Any, x: Any, lower: Any, upper: Any, t: Any) -> tuple[Any, Any]:
    """Return dA U⁻¹ with the rows in their order, and the part of that which changes U."""
    order = m.exchanged(m.lu_permutation(x))
    spread = order @ t @ m.inverse(upper)
    inner = m.inverse(m.square_part(lower)) @ m.square_part(spread)
    return spread, inner - m.below_diagonal(inner)


def lu_lower_differential(m: Any, x: Any, y: Any, t: Any) -> Any:
    """Return the differential of L."""
    spread, turning = _turning_of_lu(m, x, y, m.lu_upper(x), t)
    return spread - y @ turning


def lu_upper_differential(m: Any, x: Any, y: Any, t: Any) -> Any:
    """Return the differential of U."""
    _, turning = _turning_of_lu(m, x, m.lu_lower(x), y, t)
    return turning @ y


def unitary_part_differential(m: Any, x: Any, y: Any, t: Any) -> Any:
    """Return the differential of the nearest matrix with orthonormal columns.

    What turns it solves a Sylvester equation of the other factor of the polar decomposition.
    """
    turned = m.conjugate_transpose(y)
    other, inner = turned @ x, turned @ t
    turning = inner - m.conjugate_transpose(inner)
    found = y @ m.sylvester(m.in_thirds(other, other, turning))
    if x.shape[-1] == x.shape[-2]:
        return found
    return found + (t - y @ inner) @ m.inverse(other)


def pinv_differential(m: Any, x: Any, y: Any, t: Any) -> Any:
    """Return the differential of a pseudo-inverse of full rank."""
    turned, tangent = m.conjugate_transpose(y), m.conjugate_transpose(t)
    beside = y @ turned @ (tangent - tangent @ x @ y)
    below = (tangent - y @ x @ tangent) @ turned @ y
    return -(y @ t @ y) + beside + below


def cut_pinv_differential(m: Any, x: Any, y: Any, t: Any) -> Any:
    """Return the differential of a pseudo-inverse without the small singular values.

    That of the space which is kept solves `w - c w d = f`, whose right side alone counts where
    the rest is 0. Cayley transforms of c and d make a Sylvester equation of it.
    """
    rest, turned, tangent = x - x @ y @ x, m.conjugate_transpose(y), m.conjugate_transpose(t)
    c, d = rest @ m.conjugate_transpose(rest), y @ turned
    f = (t - x @ (y @ t) + rest @ tangent @ turned) @ d
    left, right = m.eye(c.shape[-1]), m.eye(d.shape[-1])
    above, beside = m.inverse(left + c), m.inverse(right + d)
    changed = m.solve_sylvester(above @ (left - c), (right - d) @ beside, 2 * above @ f @ beside)
    below = (tangent - y @ (x @ tangent)) @ turned @ y + m.conjugate_transpose(rest) @ changed @ y
    return -(y @ t @ y) + m.conjugate_transpose(changed) + below


def eigvecs_differential(m: Any, x: Any, y: Any, t: Any) -> Any:
    """Return the differential of eigenvectors whose norms stay 1."""
    gaps = m.inverse_gaps(m.with_diagonals(m.eigvals(x)))
    found = y @ (gaps * (m.inverse(y) @ t @ y))
    longer = m.real(m.diagonals(m.conjugate_transpose(y) @ found))
    return found - y * m.as_rows(longer)


def sylvester_differential(m: Any, x: Any, y: Any, t: Any) -> Any:
    """Return the differential of the solution of a y + y b = c: that of another right side."""
    changed = m.third(t, 2) - m.third(t, 0) @ y - y @ m.third(t, 1)
    return m.sylvester(m.in_thirds(m.third(x, 0), m.third(x, 1), changed))


def sylvester_adjoint(m: Any, x: Any, y: Any, t: Any) -> Any:
    """Return the cotangents of a, b and c: that of c solves the transposed equation."""
    left, right = m.exchanged(m.third(x, 0)), m.exchanged(m.third(x, 1))
    solved = m.sylvester(m.in_thirds(left, right, t))
    turned = m.exchanged(y)
    return m.in_thirds(-(solved @ turned), -(turned @ solved), solved)


def continuous_riccati_differential(m: Any, x: Any, y: Any, t: Any) -> Any:
    """Return the differential of y in aᴴ y + y a - y g y + q = 0: of a Lyapunov equation."""
    closed = m.third(x, 0) - m.third(x, 1) @ y
    changed = m.hermitian_sum(y @ m.third(t, 0)) - y @ m.third(t, 1) @ y + m.third(t, 2)
    return m.sylvester(m.in_thirds(m.conjugate_transpose(closed), closed, -changed))


def discrete_riccati_differential(m: Any, x: Any, y: Any, t: Any) -> Any:
    """Return the differential of y in y = aᴴ y (1 + g y)⁻¹ a + q: of a Lyapunov equation."""
    closed = m.inverse(m.eye(y.shape[-1]) + m.third(x, 1) @ y) @ m.third(x, 0)
    gain = y @ closed
    turned = m.conjugate_transpose(gain)
    changed = m.hermitian_sum(turned @ m.third(t, 0)) - turned @ m.third(t, 1) @ gain
    return m.solve_discrete_lyapunov(m.conjugate_transpose(closed), changed + m.third(t, 2))


def inverse_gaps_of_squares_differential(m: Any, x: Any, y: Any, t: Any) -> Any:
    """Return the differential of reciprocals of differences of squares."""
    return -2 * y * y * m.gaps(m.diagonals(x) * m.diagonals(t))


def refused_completion(remedy: str) -> Callable[..., NoReturn]:
    """Return the differential of columns that complete a basis: an error with a remedy."""

    def refuse(m: Any, x: Any, y: Any, t: Any) -> NoReturn:
        raise ArgumentError(
            f"the columns that complete a basis for {clip(x)} have no derivative. Write {remedy}."
        )

    return refuse
