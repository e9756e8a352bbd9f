"""The tables of reductions and of matrix functions, one row each.

Source of the matrix differentials: J. R. Magnus, H. Neudecker, "Matrix Differential
Calculus with Applications in Statistics and Econometrics", chapter 8.
"""

from __future__ import annotations

from einsgrad.expressions.tables.elementwise import reciprocal_or_zero
from einsgrad.expressions.tables.rows import MATRIX_FUNCTIONS, REDUCTIONS, MatrixFunction, Reduction


def _reduction(row: Reduction) -> None:
    REDUCTIONS[row.name] = row


def _matrix(row: MatrixFunction) -> None:
    MATRIX_FUNCTIONS[row.name] = row


_reduction(
    Reduction(
        "logsumexp",
        "stable.logsumexp(x, axis)",
        lambda m, x, y, axes: m.exp(x - y),
        (-3.0, 3.0),
        r"\operatorname{{logsumexp}}({0})",
    )
)
_reduction(
    Reduction(
        "max",
        "np.maximum.reduce(x, axis)",
        lambda m, x, y, axes: m.shared(m.equal(x, y), axes),
        (-3.0, 3.0),
        r"\max({0})",
        kinks="shared equally by the entries that are largest",
    )
)
_reduction(
    Reduction(
        "min",
        "np.minimum.reduce(x, axis)",
        lambda m, x, y, axes: m.shared(m.equal(x, y), axes),
        (-3.0, 3.0),
        r"\min({0})",
        kinks="shared equally by the entries that are smallest",
    )
)
_reduction(
    Reduction(
        "prod",
        "np.multiply.reduce(x, axis)",
        lambda m, x, y, axes: m.product_of_others(x, axes),
        (-2.0, 2.0),
        r"\prod {0}",
    )
)
_reduction(
    Reduction(
        "norm",
        "np.sqrt(np.sum(x * x, axis=axis))",
        lambda m, x, y, axes: x * reciprocal_or_zero(m, y),
        (-3.0, 3.0),
        r"\left\|{0}\right\|",
        kinks="0 where the norm is 0",
    )
)

_matrix(
    MatrixFunction(
        "inverse",
        "np.linalg.inv(x)",
        False,
        lambda m, x, y: (-1, "jk,ij,kl->il", (y, y)),
        r"{0}^{{-1}}",
    )
)
_matrix(
    MatrixFunction(
        "logdet",
        "np.linalg.slogdet(x)[1]",
        True,
        lambda m, x, y: (1, "ij,ji->", (m.inverse(x),)),
        r"\log\left|\det {0}\right|",
    )
)
_matrix(
    MatrixFunction(
        "det",
        "np.linalg.det(x)",
        True,
        lambda m, x, y: (1, "ij,,ji->", (y, m.inverse(x))),
        r"\det {0}",
    )
)

__all__ = ["MATRIX_FUNCTIONS", "REDUCTIONS"]
