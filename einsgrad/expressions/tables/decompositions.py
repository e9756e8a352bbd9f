"""The rows of matrix decompositions.

A decomposition that has several parts has a row for each; a program that needs several of one
matrix calls LAPACK once. Those of Hermitian matrices hold for differentials that are Hermitian.
"""

from __future__ import annotations

from einsgrad.expressions.tables.entering import enter
from einsgrad.expressions.tables.matrix_differentials import (
    eigvecs_differential,
    qr_left_differential,
    qr_right_differential,
    refused_completion,
    svd_left_differential,
    svd_right_differential,
)
from einsgrad.expressions.tables.matrix_rows import MATRIX_FUNCTIONS, MatrixFunction
from einsgrad.expressions.tables.spellings import Form, Stable, TupleEntry


def _entered(row: MatrixFunction) -> MatrixFunction:
    enter(row)
    return row


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
        jax=Form("jnp.linalg.cholesky({x}, symmetrize_input=False)"),
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


def _hermitian_values(name: str, vectors: str, triangle: str) -> MatrixFunction:
    """Return the row of eigenvalues, found from one triangle: the name of the other's part."""
    named = f", '{triangle}'" if triangle != "L" else ""
    return MatrixFunction(
        name,
        TupleEntry(
            Form(f"np.linalg.eigh({{x}}{named})"),
            0,
            alone=Form(f"np.linalg.eigvalsh({{x}}{named})"),
        ),
        "nn->n",
        lambda m, x, y, t: m.real(
            m.diagonals(m.conjugate_transpose(getattr(m, vectors)(x)) @ t @ getattr(m, vectors)(x))
        ),
        torch=Form(f"torch.linalg.eigvalsh({{x}}{named and f', UPLO={named[2:]}'})"),
        jax=Form(f"jnp.linalg.eigvalsh({{x}}{named}, symmetrize_input=False)"),
        shares=False,
        real_valued=True,
        analytic=True,
    )


def _hermitian_vectors(name: str, values: str, triangle: str) -> MatrixFunction:
    """Return the row of eigenvectors, whose signs follow from the triangle that is read."""
    named = f", '{triangle}'" if triangle != "L" else ""
    return MatrixFunction(
        name,
        TupleEntry(Form(f"np.linalg.eigh({{x}}{named})"), 1),
        "nn->nn",
        lambda m, x, y, t: (
            y
            @ (
                m.inverse_gaps(m.with_diagonals(getattr(m, values)(x)))
                * (m.conjugate_transpose(y) @ t @ y)
            )
        ),
        torch=Form(f"torch.linalg.eigh({{x}}{named and f', UPLO={named[2:]}'})[1]"),
        jax=Form(f"jnp.linalg.eigh({{x}}{named}, symmetrize_input=False)[1]"),
        shares=False,
        analytic=True,
    )


EIGVALSH = _entered(_hermitian_values("eigvalsh", "eigvecsh", "L"))
EIGVECSH = _entered(_hermitian_vectors("eigvecsh", "eigvalsh", "L"))
UPPER_EIGVALSH = _entered(_hermitian_values("upper_eigvalsh", "upper_eigvecsh", "U"))
UPPER_EIGVECSH = _entered(_hermitian_vectors("upper_eigvecsh", "upper_eigvalsh", "U"))
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
        eigvecs_differential,
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
        svd_left_differential,
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
        svd_right_differential,
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
        qr_left_differential,
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
        qr_right_differential,
        torch=Form("torch.linalg.qr({x}, 'r')[1]"),
        jax=Form("jnp.linalg.qr({x}, 'r')"),
        shares=False,
        analytic=True,
    )
)
# Columns that complete a basis may be turned among themselves, so they have values only.
SVD_WHOLE_LEFT = _entered(
    MatrixFunction(
        "svd_whole_left",
        TupleEntry(Form("np.linalg.svd({x})"), 0),
        "mn->mm",
        refused_completion("full_matrices=False"),
        torch=Form("torch.linalg.svd({x})[0]"),
        jax=Form("jnp.linalg.svd({x})[0]"),
        shares=False,
        analytic=True,
    )
)
SVD_WHOLE_RIGHT = _entered(
    MatrixFunction(
        "svd_whole_right",
        TupleEntry(Form("np.linalg.svd({x})"), 2),
        "mn->nn",
        refused_completion("full_matrices=False"),
        torch=Form("torch.linalg.svd({x})[2]"),
        jax=Form("jnp.linalg.svd({x})[2]"),
        shares=False,
        analytic=True,
    )
)
QR_WHOLE_LEFT = _entered(
    MatrixFunction(
        "qr_whole_left",
        Form("np.linalg.qr({x}, 'complete')[0]"),
        "mn->mm",
        refused_completion("mode='reduced', in scipy mode='economic'"),
        torch=Form("torch.linalg.qr({x}, 'complete')[0]"),
        jax=Form("jnp.linalg.qr({x}, 'complete')[0]"),
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
    "POSITIVE_DEFINITE",
    "QR_LEFT",
    "QR_RIGHT",
    "QR_WHOLE_LEFT",
    "SVDVALS",
    "SVD_LEFT",
    "SVD_RIGHT",
    "SVD_WHOLE_LEFT",
    "SVD_WHOLE_RIGHT",
    "UPPER_EIGVALSH",
    "UPPER_EIGVECSH",
]
