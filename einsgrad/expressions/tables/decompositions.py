"""The rows of matrix decompositions, and of functions that need one.

A decomposition that has several parts has a row for each; a program that needs several of one
matrix calls LAPACK once. Those of Hermitian matrices hold for differentials that are Hermitian.

Sources of the differentials: M. Giles, "An extended collection of matrix derivative results for
forward and reverse mode algorithmic differentiation", 2008; G. H. Golub, V. Pereyra, "The
differentiation of pseudo-inverses and nonlinear least squares problems", 1973, for `pinv`;
N. J. Higham, "Functions of Matrices", section 3.2, for `expm` and `sqrtm`.
"""

from __future__ import annotations

from typing import Any

from einsgrad.expressions.tables.latex_names import latex_call
from einsgrad.expressions.tables.rows import MATRIX_FUNCTIONS, MatrixFunction, enter
from einsgrad.expressions.tables.spellings import Form, Stable, TupleEntry


def _entered(row: MatrixFunction) -> MatrixFunction:
    enter(row)
    return row


def _left_of_svd(m: Any, x: Any, y: Any, t: Any) -> Any:
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


def _right_of_svd(m: Any, x: Any, y: Any, t: Any) -> Any:
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


def _q_of_qr(m: Any, x: Any, y: Any, t: Any) -> Any:
    spread, inner, turning = _turning_of_qr(m, y, m.qr_right(x), t)
    return y @ (turning - inner) + spread


def _r_of_qr(m: Any, x: Any, y: Any, t: Any) -> Any:
    _, inner, turning = _turning_of_qr(m, m.qr_left(x), y, t)
    return (inner - turning) @ y


def _pseudo_inverse(m: Any, x: Any, y: Any, t: Any) -> Any:
    turned, tangent = m.conjugate_transpose(y), m.conjugate_transpose(t)
    beside = y @ turned @ (tangent - tangent @ x @ y)
    below = (tangent - y @ x @ tangent) @ turned @ y
    return -(y @ t @ y) + beside + below


def _eigenvectors(m: Any, x: Any, y: Any, t: Any) -> Any:
    """Return the differential of eigenvectors whose norms stay 1."""
    gaps = m.inverse_gaps(m.with_diagonals(m.eigvals(x)))
    found = y @ (gaps * (m.inverse(y) @ t @ y))
    longer = m.real(m.diagonals(m.conjugate_transpose(y) @ found))
    return found - y * m.as_rows(longer)


def _beside(m: Any, function: Any, x: Any, t: Any) -> Any:
    """Return the derivative along t of a function that is a limit of polynomials.

    Of the block matrix of x, t, 0 and x it has the block above the diagonal.
    """
    return m.upper_right_block(function(m.block_triangle(x, t)), x)


def _inverse_gaps_of_squares(m: Any, x: Any, y: Any, t: Any) -> Any:
    return -2 * y * y * m.gaps(m.diagonals(x) * m.diagonals(t))


def _gaps_of(diagonal: str, eye: str, squares: bool) -> Form:
    """Write the reciprocals of differences of diagonal entries, or of their squares."""
    row, column = f"{diagonal}[..., None, :]", f"{diagonal}[..., :, None]"
    gaps = f"({row} - {column}) * ({row} + {column})" if squares else f"{row} - {column}"
    return Form(f"(1 - {eye}) / ({gaps} + {eye})")


_TORCH = (
    "torch.diagonal({x}, dim1=-2, dim2=-1)",
    "torch.eye({x}.shape[-1], dtype={x}.dtype, device={x}.device)",
)
_JAX = (
    "jnp.diagonal({x}, axis1=-2, axis2=-1)",
    "jnp.eye({x}.shape[-1], dtype={x}.dtype)",
)

CHOLESKY = _entered(
    MatrixFunction(
        "cholesky",
        Form("np.linalg.cholesky({x})"),
        "nn->nn",
        lambda m, x, y, t: (
            y @ m.half_lower_triangle(m.inverse(y) @ t @ m.conjugate_transpose(m.inverse(y)))
        ),
        meaning="the lower Cholesky factors of the matrices in the last two axes",
        torch=Form("torch.linalg.cholesky({x})"),
        jax=Form("jnp.linalg.cholesky({x})"),
        shares=False,
        analytic=True,
    )
)
# What the simplification of Cholesky factors keeps in mind of their matrix.
POSITIVE_DEFINITE = _entered(
    MatrixFunction(
        "positive_definite",
        Stable("with_cholesky"),
        "nn->nn",
        lambda m, x, y, t: t,
        meaning="the matrices themselves, an error where one is not positive definite",
        torch=Form("{x}"),
        jax=Form("{x}"),
        shares=False,
        analytic=True,
        symmetric=True,
        definite=True,
    )
)
EIGVALSH = _entered(
    MatrixFunction(
        "eigvalsh",
        TupleEntry(Form("np.linalg.eigh({x})"), 0, alone=Form("np.linalg.eigvalsh({x})")),
        "nn->n",
        lambda m, x, y, t: m.real(
            m.diagonals(m.conjugate_transpose(m.eigvecsh(x)) @ t @ m.eigvecsh(x))
        ),
        torch=Form("torch.linalg.eigvalsh({x})"),
        jax=Form("jnp.linalg.eigvalsh({x})"),
        shares=False,
        real_valued=True,
        analytic=True,
    )
)
EIGVECSH = _entered(
    MatrixFunction(
        "eigvecsh",
        TupleEntry(Form("np.linalg.eigh({x})"), 1),
        "nn->nn",
        lambda m, x, y, t: (
            y
            @ (m.inverse_gaps(m.with_diagonals(m.eigvalsh(x))) * (m.conjugate_transpose(y) @ t @ y))
        ),
        torch=Form("torch.linalg.eigh({x})[1]"),
        jax=Form("jnp.linalg.eigh({x})[1]"),
        shares=False,
        analytic=True,
    )
)
EIGVALS = _entered(
    MatrixFunction(
        "eigvals",
        TupleEntry(Stable("complex_eig"), 0),
        "nn->n",
        lambda m, x, y, t: m.diagonals(m.inverse(m.eigvecs(x)) @ t @ m.eigvecs(x)),
        torch=Form("torch.linalg.eigvals({x})"),
        jax=Form("jnp.linalg.eigvals({x})"),
        shares=False,
        complex_valued=True,
        analytic=True,
    )
)
EIGVECS = _entered(
    MatrixFunction(
        "eigvecs",
        TupleEntry(Stable("complex_eig"), 1),
        "nn->nn",
        _eigenvectors,
        torch=Form("torch.linalg.eig({x})[1]"),
        jax=Form("jnp.linalg.eig({x})[1]"),
        shares=False,
        complex_valued=True,
        analytic=True,
    )
)
SVD_LEFT = _entered(
    MatrixFunction(
        "svd_left",
        TupleEntry(Form("np.linalg.svd({x}, full_matrices=False)"), 0),
        "mn->mk",
        _left_of_svd,
        torch=Form("torch.linalg.svd({x}, full_matrices=False)[0]"),
        jax=Form("jnp.linalg.svd({x}, full_matrices=False)[0]"),
        shares=False,
        analytic=True,
    )
)
SVDVALS = _entered(
    MatrixFunction(
        "svdvals",
        TupleEntry(
            Form("np.linalg.svd({x}, full_matrices=False)"),
            1,
            alone=Form("np.linalg.svd({x}, compute_uv=False)"),
        ),
        "mn->k",
        lambda m, x, y, t: m.real(
            m.diagonals(
                m.conjugate_transpose(m.svd_left(x)) @ t @ m.conjugate_transpose(m.svd_right(x))
            )
        ),
        torch=Form("torch.linalg.svdvals({x})"),
        jax=Form("jnp.linalg.svd({x}, compute_uv=False)"),
        shares=False,
        real_valued=True,
        analytic=True,
        transposes=True,
    )
)
SVD_RIGHT = _entered(
    MatrixFunction(
        "svd_right",
        TupleEntry(Form("np.linalg.svd({x}, full_matrices=False)"), 2),
        "mn->kn",
        _right_of_svd,
        torch=Form("torch.linalg.svd({x}, full_matrices=False)[2]"),
        jax=Form("jnp.linalg.svd({x}, full_matrices=False)[2]"),
        shares=False,
        analytic=True,
    )
)
QR_LEFT = _entered(
    MatrixFunction(
        "qr_left",
        TupleEntry(Form("np.linalg.qr({x})"), 0),
        "mn->mk",
        _q_of_qr,
        torch=Form("torch.linalg.qr({x})[0]"),
        jax=Form("jnp.linalg.qr({x})[0]"),
        shares=False,
        analytic=True,
    )
)
QR_RIGHT = _entered(
    MatrixFunction(
        "qr_right",
        TupleEntry(Form("np.linalg.qr({x})"), 1, alone=Form("np.linalg.qr({x}, 'r')")),
        "mn->kn",
        _r_of_qr,
        torch=Form("torch.linalg.qr({x}, 'r')[1]"),
        jax=Form("jnp.linalg.qr({x}, 'r')"),
        shares=False,
        analytic=True,
    )
)
# The tolerance follows from the dtype; small changes do not move the rank.
MATRIX_RANK = _entered(
    MatrixFunction(
        "matrix_rank",
        Form("np.linalg.matrix_rank({x})"),
        "mn->",
        lambda m, x, y, t: 0 * m.sum(t, (-2, -1)),
        torch=Form("torch.linalg.matrix_rank({x})"),
        jax=Form("jnp.linalg.matrix_rank({x})"),
        shares=False,
        real_valued=True,
        analytic=True,
        transposes=True,
    )
)
PINV = _entered(
    MatrixFunction(
        "pinv",
        Form("np.linalg.pinv({x})"),
        "mn->nm",
        _pseudo_inverse,
        meaning="the pseudo-inverses of the matrices in the last two axes",
        public=("pinv",),
        numpy_names=("pinv",),
        torch=Form("torch.linalg.pinv({x})"),
        jax=Form("jnp.linalg.pinv({x})"),
        shares=False,
        analytic=True,
        transposes=True,
        symmetric=True,
    )
)
EXPM = _entered(
    MatrixFunction(
        "expm",
        Stable("scipy_expm", scipy=True),
        "nn->nn",
        lambda m, x, y, t: _beside(m, m.expm, x, t),
        adjoint=lambda m, x, y, t: _beside(m, m.expm, m.exchanged(x), t),
        meaning="the exponentials of the matrices in the last two axes",
        public=("expm",),
        torch=Form("torch.linalg.matrix_exp({x})"),
        jax=Form("jax.scipy.linalg.expm({x})"),
        shares=False,
        analytic=True,
        transposes=True,
        symmetric=True,
        definite=True,
    )
)
SQRTM = _entered(
    MatrixFunction(
        "sqrtm",
        Stable("scipy_sqrtm", scipy=True),
        "nn->nn",
        lambda m, x, y, t: _beside(m, m.regular_sqrtm, x, t),
        adjoint=lambda m, x, y, t: _beside(m, m.regular_sqrtm, m.exchanged(x), t),
        meaning="the principal square roots of the matrices in the last two axes",
        public=("sqrtm",),
        jax=Form("jax.scipy.linalg.sqrtm({x})"),
        shares=False,
        analytic=True,
        transposes=True,
        definite=True,
    )
)
# Roots of singular matrices have no derivative; these are an error.
REGULAR_SQRTM = _entered(
    MatrixFunction(
        "regular_sqrtm",
        Stable("regular_sqrtm", scipy=True),
        "nn->nn",
        lambda m, x, y, t: _beside(m, m.regular_sqrtm, x, t),
        latex_call("sqrtm"),
        adjoint=lambda m, x, y, t: _beside(m, m.regular_sqrtm, m.exchanged(x), t),
        jax=Form("jax.scipy.linalg.sqrtm({x})"),
        shares=False,
        analytic=True,
        transposes=True,
        symmetric=True,
    )
)
# The reciprocals of x_jj - x_ii; 0 on the diagonal, and an error where two entries are equal.
INVERSE_GAPS = _entered(
    MatrixFunction(
        "inverse_gaps",
        Stable("inverse_gaps"),
        "nn->nn",
        lambda m, x, y, t: -(y * y * m.gaps(m.diagonals(t))),
        torch=_gaps_of(*_TORCH, squares=False),
        jax=_gaps_of(*_JAX, squares=False),
        shares=False,
        analytic=True,
    )
)
# Those of the squares: the differences are not those of the squares, which lose digits.
INVERSE_GAPS_OF_SQUARES = _entered(
    MatrixFunction(
        "inverse_gaps_of_squares",
        Stable("inverse_gaps_of_squares"),
        "nn->nn",
        _inverse_gaps_of_squares,
        torch=_gaps_of(*_TORCH, squares=True),
        jax=_gaps_of(*_JAX, squares=True),
        shares=False,
        analytic=True,
    )
)

__all__ = [
    "CHOLESKY",
    "EIGVALS",
    "EIGVALSH",
    "EIGVECS",
    "EIGVECSH",
    "MATRIX_FUNCTIONS",
    "MATRIX_RANK",
    "PINV",
    "POSITIVE_DEFINITE",
    "QR_LEFT",
    "QR_RIGHT",
    "SVDVALS",
    "SVD_LEFT",
    "SVD_RIGHT",
]
