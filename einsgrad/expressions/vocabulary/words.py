"""The whole vocabulary that expressions are written with, gathered from its modules.

These functions build expressions and nothing else; their arguments are expressions and
numbers. They are what the tables' derivatives are written over, and what Python's
operators and numpy's functions call on expressions.
"""

from __future__ import annotations

from collections.abc import Callable

from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.operators import provide
from einsgrad.expressions.tables.elementwise import ELEMENTWISE
from einsgrad.expressions.vocabulary.arithmetic import (
    abs,
    add,
    apply,
    arccos,
    arcsin,
    arcsinh,
    arctan,
    arctan2,
    arctanh,
    conj,
    cos,
    cosh,
    digamma,
    divide,
    elementwise_function,
    equal,
    erf,
    exp,
    expm1,
    gammaln,
    gelu,
    greater,
    greater_equal,
    heaviside,
    hypot,
    imag,
    less,
    less_equal,
    log,
    log1p,
    maximum,
    minimum,
    multiply,
    negative,
    not_equal,
    polygamma,
    power,
    real,
    reciprocal,
    relu,
    sigmoid,
    sign,
    silu,
    sin,
    sinh,
    softplus,
    sqrt,
    square,
    subtract,
    tan,
    tanh,
    where,
)
from einsgrad.expressions.vocabulary.composed import (
    det,
    eye,
    inverse,
    log_softmax,
    logdet,
    logsumexp,
    max,
    min,
    norm,
    norm2,
    ones,
    prod,
    product_of_others,
    shared,
    softmax,
    solve,
)
from einsgrad.expressions.vocabulary.linear import (
    diag,
    dot,
    einsum,
    matmul,
    mean,
    outer,
    sum,
    trace,
    transpose,
)


class Symbolic:
    """The namespace `m` that derivatives of table rows are written over, for expressions."""

    def __getattr__(self, name: str) -> Callable[..., Expr]:
        composed: Callable[..., Expr] | None = globals().get(name)
        if callable(composed):
            return composed
        if name not in ELEMENTWISE:
            raise AttributeError(f"no function is named {name!r}")
        return elementwise_function(name)


SYMBOLIC = Symbolic()

provide(
    add=add,
    subtract=subtract,
    multiply=multiply,
    divide=divide,
    power=power,
    negative=negative,
    matmul=matmul,
    transpose=transpose,
    sum=sum,
    mean=mean,
    max=max,
    min=min,
    prod=prod,
    dot=dot,
    trace=trace,
    conj=conj,
    real=real,
    imag=imag,
    abs=abs,
    less=less,
    less_equal=less_equal,
    greater=greater,
    greater_equal=greater_equal,
    equal=equal,
)

__all__ = [
    "SYMBOLIC",
    "Symbolic",
    "abs",
    "add",
    "apply",
    "arccos",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "conj",
    "cos",
    "cosh",
    "det",
    "diag",
    "digamma",
    "divide",
    "dot",
    "einsum",
    "elementwise_function",
    "equal",
    "erf",
    "exp",
    "expm1",
    "eye",
    "gammaln",
    "gelu",
    "greater",
    "greater_equal",
    "heaviside",
    "hypot",
    "imag",
    "inverse",
    "less",
    "less_equal",
    "log",
    "log1p",
    "log_softmax",
    "logdet",
    "logsumexp",
    "matmul",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "multiply",
    "negative",
    "norm",
    "norm2",
    "not_equal",
    "ones",
    "outer",
    "polygamma",
    "power",
    "prod",
    "product_of_others",
    "real",
    "reciprocal",
    "relu",
    "shared",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "solve",
    "sqrt",
    "square",
    "subtract",
    "sum",
    "tan",
    "tanh",
    "trace",
    "transpose",
    "where",
]

_NEEDED_BY_ROWS = {"apply", "elementwise_function", "product_of_others", "shared"}

# What a user writes expressions with; einsum takes label lists here, and is read elsewhere.
VOCABULARY: dict[str, Callable[..., Expr]] = {
    name: globals()[name]
    for name in __all__
    if name not in _NEEDED_BY_ROWS and name not in ("SYMBOLIC", "Symbolic", "einsum")
}
