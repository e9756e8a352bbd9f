"""The rows of functions that decompose their matrix, and of what their differentials divide by.

Source of the differentials of `expm`, `sqrtm`, `logm` and `signm`: N. J. Higham, "Functions of
Matrices", section 3.2.
"""

from __future__ import annotations

from typing import Any

from einsgrad.expressions.tables.entering import enter
from einsgrad.expressions.tables.factorisations import MATRIX_FUNCTIONS
from einsgrad.expressions.tables.latex_names import latex_call
from einsgrad.expressions.tables.matrix_differentials import (
    continuous_riccati_differential,
    cut_pinv_differential,
    discrete_riccati_differential,
    inverse_gaps_of_squares_differential,
    pinv_differential,
    sylvester_adjoint,
    sylvester_differential,
)
from einsgrad.expressions.tables.matrix_rows import MatrixFunction
from einsgrad.expressions.tables.spellings import Form, Stable


def _entered(row: MatrixFunction) -> MatrixFunction:
    enter(row)
    return row


def _beside(m: Any, function: Any, x: Any, t: Any) -> Any:
    """Return the derivative along t of a function that is a limit of polynomials.

    Of the block matrix of x, t, 0 and x it has the block above the diagonal.
    """
    return m.upper_right_block(function(m.block_triangle(x, t)), x)


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


def _pinv(name: str, code: Form | Stable, **columns: Any) -> MatrixFunction:
    """Return the row of a pseudo-inverse, in which what is cut is what rounding makes."""
    return MatrixFunction(
        name,
        code,
        "mn->nm",
        pinv_differential,
        torch=Form("torch.linalg.pinv({x})"),
        jax=Form("jnp.linalg.pinv({x})"),
        shares=False,
        analytic=True,
        transposes=True,
        symmetric=True,
        **columns,
    )


PINV = _entered(
    _pinv(
        "pinv",
        Form("np.linalg.pinv({x})"),
        meaning="the pseudo-inverses of the matrices in the last two axes",
        public=("pinv",),
        numpy_names=("pinv",),
    )
)
# With the tolerance that follows from the dtype, or that of double precision, as in `lstsq`.
TRUNCATED_PINV = _entered(_pinv("truncated_pinv", Stable("truncated_pinv")))
DOUBLE_PINV = _entered(_pinv("double_pinv", Stable("double_pinv")))
# Singular values up to 1 are taken for 0, whatever they are.
PINV_ABOVE_ONE = _entered(
    MatrixFunction(
        "pinv_above_one",
        Stable("pinv_above_one"),
        "mn->nm",
        cut_pinv_differential,
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
LOGM = _entered(
    MatrixFunction(
        "logm",
        Stable("scipy_logm", scipy=True),
        "nn->nn",
        lambda m, x, y, t: _beside(m, m.logm, x, t),
        adjoint=lambda m, x, y, t: _beside(m, m.logm, m.exchanged(x), t),
        meaning="the principal logarithms of the matrices in the last two axes",
        public=("logm",),
        shares=False,
        analytic=True,
        transposes=True,
        symmetric=True,
    )
)
SIGNM = _entered(
    MatrixFunction(
        "signm",
        Stable("matrix_sign"),
        "nn->nn",
        lambda m, x, y, t: _beside(m, m.signm, x, t),
        adjoint=lambda m, x, y, t: _beside(m, m.signm, m.exchanged(x), t),
        shares=False,
        analytic=True,
        transposes=True,
        symmetric=True,
    )
)
# The solution y of a y + y b = c, where the square matrices a, b and c stand side by side.
SYLVESTER = _entered(
    MatrixFunction(
        "sylvester",
        Stable("scipy_sylvester", scipy=True),
        "mn->mm",
        sylvester_differential,
        adjoint=sylvester_adjoint,
        shares=False,
        analytic=True,
    )
)
# Solutions of Riccati equations, where a and the Hermitian matrices g and q stand side by side.
CONTINUOUS_RICCATI = _entered(
    MatrixFunction(
        "continuous_riccati",
        Stable("continuous_riccati", scipy=True),
        "mn->mm",
        continuous_riccati_differential,
        shares=False,
        analytic=True,
    )
)
DISCRETE_RICCATI = _entered(
    MatrixFunction(
        "discrete_riccati",
        Stable("discrete_riccati", scipy=True),
        "mn->mm",
        discrete_riccati_differential,
        shares=False,
        analytic=True,
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
        inverse_gaps_of_squares_differential,
        torch=_gaps_of(*_TORCH, squares=True),
        jax=_gaps_of(*_JAX, squares=True),
        shares=False,
        analytic=True,
    )
)

__all__ = [
    "CONTINUOUS_RICCATI",
    "DISCRETE_RICCATI",
    "DOUBLE_PINV",
    "MATRIX_FUNCTIONS",
    "MATRIX_RANK",
    "PINV_ABOVE_ONE",
    "SIGNM",
    "SYLVESTER",
    "TRUNCATED_PINV",
]
