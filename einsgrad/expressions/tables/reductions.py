"""The tables of reductions and of matrix functions, one row each.

Source of the matrix differentials: J. R. Magnus, H. Neudecker, "Matrix Differential
Calculus with Applications in Statistics and Econometrics", chapter 8.
"""

from __future__ import annotations

from typing import TypeVar

from einsgrad.expressions.tables.entering import enter
from einsgrad.expressions.tables.matrix_rows import MATRIX_FUNCTIONS, MatrixFunction
from einsgrad.expressions.tables.properties import Bounds, Kind
from einsgrad.expressions.tables.rows import REDUCTIONS, Reduction, Row
from einsgrad.expressions.tables.spellings import Body, EachAxis, Form, Reduced, Stable, TupleEntry

AnyRow = TypeVar("AnyRow", bound=Row)


def _entered(row: AnyRow) -> AnyRow:
    enter(row)
    return row


LOGSUMEXP = _entered(
    Reduction(
        "logsumexp",
        Stable("logsumexp"),
        lambda m, x, y, axes: m.exp(x - y),
        (-3.0, 3.0),
        meaning="log(sum(exp(x))) without overflow",
        public=("logsumexp",),
        torch=Form("torch.logsumexp({x}, {axes})"),
        jax=Form("jax.scipy.special.logsumexp({x}, {axes})"),
        shares=False,
        analytic=True,
        keeps_single=True,
        parts="logaddexp",
    )
)
MAX = _entered(
    Reduction(
        "max",
        Reduced("maximum"),
        lambda m, x, y, axes: m.shared(m.equal(x, y), axes),
        (-3.0, 3.0),
        meaning="the largest entry along axes",
        kinks="shared equally by the entries that are largest",
        public=("max",),
        numpy_names=("max", "amax"),
        torch=Form("torch.amax({x}, {axes})"),
        jax=Form("jnp.max({x}, {axes})"),
        shares=False,
        analytic=True,
        keeps_sign=True,
        keeps_single=True,
        kind=Kind.SAME,
        parts="maximum",
    )
)
MIN = _entered(
    Reduction(
        "min",
        Reduced("minimum"),
        lambda m, x, y, axes: m.shared(m.equal(x, y), axes),
        (-3.0, 3.0),
        meaning="the smallest entry along axes",
        kinks="shared equally by the entries that are smallest",
        public=("min",),
        numpy_names=("min", "amin"),
        torch=Form("torch.amin({x}, {axes})"),
        jax=Form("jnp.min({x}, {axes})"),
        shares=False,
        analytic=True,
        keeps_sign=True,
        keeps_single=True,
        kind=Kind.SAME,
        parts="minimum",
    )
)
PROD = _entered(
    Reduction(
        "prod",
        Reduced("multiply"),
        lambda m, x, y, axes: m.product_of_others(x, axes),
        (-2.0, 2.0),
        r"\prod",
        meaning="the product of the entries along axes",
        public=("prod",),
        numpy_names=("prod",),
        torch=EachAxis("torch.prod({x}, {axis})"),
        jax=Form("jnp.prod({x}, {axes})"),
        shares=False,
        analytic=True,
        keeps_sign=True,
        keeps_single=True,
        kind=Kind.SAME,
        parts="multiply",
    )
)
NORM = _entered(
    Reduction(
        "norm",
        Body("np.sqrt(np.sum(x * x, axis=axis))"),
        lambda m, x, y, axes: x * m.reciprocal(y),
        (-3.0, 3.0),
        kinks="0 where the norm is 0",
        public=("norm",),
        numpy_names=("norm",),
        torch=Form("torch.sqrt(torch.sum({x} * {x}, {axes}))"),
        jax=Form("jnp.sqrt(jnp.sum({x} * {x}, {axes}))"),
        bounds=Bounds(low=0),
        shares=False,
    )
)

INVERSE = _entered(
    MatrixFunction(
        "inverse",
        Form("np.linalg.inv({x})"),
        "nn->nn",
        lambda m, x, y, t: -(y @ t @ y),
        adjoint=lambda m, x, y, t: -(m.exchanged(y) @ t @ m.exchanged(y)),
        latex=r"{0}^{{-1}}",
        meaning="the inverses of the matrices in the last two axes",
        public=("inverse",),
        numpy_names=("inv",),
        torch=Form("torch.linalg.inv({x})"),
        jax=Form("jnp.linalg.inv({x})"),
        shares=False,
        analytic=True,
        transposes=True,
        symmetric=True,
        definite=True,
    )
)
LOGDET = _entered(
    MatrixFunction(
        "logdet",
        TupleEntry(Form("np.linalg.slogdet({x})"), 1),
        "nn->",
        lambda m, x, y, t: m.real(m.traces(m.inverse(x) @ t)),
        adjoint=lambda m, x, y, t: m.with_numbers(t, m.exchanged(m.inverse(x))),
        latex=r"\log\left|\det {0}\right|",
        public=("logdet",),
        torch=Form("torch.linalg.slogdet({x})[1]"),
        jax=Form("jnp.linalg.slogdet({x})[1]"),
        shares=False,
        real_valued=True,
        analytic=True,
        transposes=True,
    )
)
SIGN_OF_DET = _entered(
    MatrixFunction(
        "sign_of_det",
        TupleEntry(Form("np.linalg.slogdet({x})"), 0),
        "nn->",
        lambda m, x, y, t: (
            1j * y * m.imag(m.traces(m.inverse(x) @ t)) if x.is_complex else 0 * m.traces(t)
        ),
        torch=Form("torch.linalg.slogdet({x})[0]"),
        jax=Form("jnp.linalg.slogdet({x})[0]"),
        shares=False,
        analytic=True,
        transposes=True,
    )
)
DET = _entered(
    MatrixFunction(
        "det",
        Form("np.linalg.det({x})"),
        "nn->",
        lambda m, x, y, t: y * m.traces(m.inverse(x) @ t),
        adjoint=lambda m, x, y, t: m.with_numbers(y * t, m.exchanged(m.inverse(x))),
        latex=r"\det {0}",
        meaning="the determinants of the matrices in the last two axes",
        public=("det",),
        numpy_names=("det",),
        torch=Form("torch.linalg.det({x})"),
        jax=Form("jnp.linalg.det({x})"),
        shares=False,
        analytic=True,
        transposes=True,
    )
)

__all__ = [
    "DET",
    "INVERSE",
    "LOGDET",
    "LOGSUMEXP",
    "MATRIX_FUNCTIONS",
    "MAX",
    "MIN",
    "NORM",
    "PROD",
    "REDUCTIONS",
    "SIGN_OF_DET",
]
