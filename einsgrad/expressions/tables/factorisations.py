"""The rows of factorisations that scipy computes, and of the nearest orthonormal matrix.

The parts of LU and the nearest orthonormal matrix are those of matrices that are not wide.
"""

from __future__ import annotations

from einsgrad.expressions.tables.decompositions import MATRIX_FUNCTIONS
from einsgrad.expressions.tables.entering import enter
from einsgrad.expressions.tables.matrix_differentials import (
    lu_lower_differential,
    lu_upper_differential,
    unitary_part_differential,
    vanishing_differential,
)
from einsgrad.expressions.tables.matrix_rows import MatrixFunction
from einsgrad.expressions.tables.spellings import Form, Stable, TupleEntry


def _entered(row: MatrixFunction) -> MatrixFunction:
    enter(row)
    return row


_LU = Stable("scipy_lu", scipy=True)
LU_PERMUTATION = _entered(
    MatrixFunction(
        "lu_permutation",
        TupleEntry(_LU, 0),
        "mn->mm",
        vanishing_differential,
        torch=Form("torch.linalg.lu({x})[0]"),
        jax=Form("jax.scipy.linalg.lu({x})[0]"),
        shares=False,
        real_valued=True,
        analytic=True,
    )
)
LU_LOWER = _entered(
    MatrixFunction(
        "lu_lower",
        TupleEntry(_LU, 1),
        "mn->mk",
        lu_lower_differential,
        torch=Form("torch.linalg.lu({x})[1]"),
        jax=Form("jax.scipy.linalg.lu({x})[1]"),
        shares=False,
        analytic=True,
    )
)
LU_UPPER = _entered(
    MatrixFunction(
        "lu_upper",
        TupleEntry(_LU, 2),
        "mn->kn",
        lu_upper_differential,
        torch=Form("torch.linalg.lu({x})[2]"),
        jax=Form("jax.scipy.linalg.lu({x})[2]"),
        shares=False,
        analytic=True,
    )
)
# The rows that are exchanged one after the other, as LAPACK tells of them.
LU_PIVOTS = _entered(
    MatrixFunction(
        "lu_pivots",
        Stable("scipy_lu_pivots", scipy=True),
        "mn->k",
        vanishing_differential,
        shares=False,
        real_valued=True,
        analytic=True,
    )
)
# The matrix that puts columns into the order of a QR decomposition with pivots.
QR_PERMUTATION = _entered(
    MatrixFunction(
        "qr_permutation",
        Stable("scipy_qr_permutation", scipy=True),
        "mn->nn",
        vanishing_differential,
        shares=False,
        real_valued=True,
        analytic=True,
    )
)
UNITARY_PART = _entered(
    MatrixFunction(
        "unitary_part",
        Stable("unitary_part"),
        "mn->mn",
        unitary_part_differential,
        shares=False,
        analytic=True,
    )
)

__all__ = [
    "LU_LOWER",
    "LU_PERMUTATION",
    "LU_PIVOTS",
    "LU_UPPER",
    "MATRIX_FUNCTIONS",
    "QR_PERMUTATION",
    "UNITARY_PART",
]
