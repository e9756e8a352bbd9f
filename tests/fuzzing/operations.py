"""The table of operations: how each is written for einsgrad and for numpy, and what it is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fuzzing import reference

LINE, POSITIVE, UNIT = (-3.0, 3.0), (0.15, 4.0), (-0.85, 0.85)


@dataclass(frozen=True, slots=True)
class Operation:
    """One way to make a value from others.

    `expression` and `function` are how it is written on expressions and in a numpy function,
    with `{0}`, `{1}` for the arguments and `{axis}` and the like for options; `value` is
    numpy's. `domain` holds the interval of each argument. `analytic` says that the value may
    be continued to complex numbers, `onto_complex` that it may be given complex ones.
    """

    name: str
    expression: str
    function: str
    value: Callable
    domain: tuple = (LINE,)
    analytic: bool = False
    onto_complex: bool = False

    @property
    def arity(self):
        return len(self.domain)


def _unary(names, interval=LINE, *, analytic=True, value=None, module="np", onto_complex=None):
    found = []
    for name in names.split():
        function = f"{module}.{name}({{0}})"
        own = value or getattr(np if module == "np" else reference, name)
        complex_too = analytic if onto_complex is None else onto_complex
        made = Operation(
            name, f"eg.{name}({{0}})", function, own, (interval,), analytic, complex_too
        )
        found.append(made)
    return found


UNARY = [
    *_unary("exp sin cos tanh arctan sinh cosh square exp2 arcsinh sinc", LINE),
    # Of complex numbers near 0 numpy gives few digits of these.
    *_unary("expm1", LINE, analytic=False),
    *_unary("log1p", (-0.8, 3.0), analytic=False),
    *_unary("log sqrt log2 log10", POSITIVE),
    *_unary("reciprocal", POSITIVE),
    *_unary("arcsin arccos arctanh", UNIT),
    *_unary("tan", (-1.2, 1.2)),
    *_unary("cbrt", POSITIVE, analytic=False),
    *_unary("deg2rad rad2deg", analytic=False),
    *_unary("sigmoid", module="eg"),
    *_unary("silu", module="eg"),
    *_unary("logit", (0.1, 0.9), module="eg"),
    *_unary("softplus", module="eg", analytic=False),
    *_unary("relu", module="eg", analytic=False),
    Operation("abs", "eg.abs({0})", "np.abs({0})", reference.absolute, (LINE,), False, True),
    Operation("abs", "abs({0})", "abs({0})", reference.absolute, (LINE,), False, True),
    Operation("sign", "eg.sign({0})", "np.sign({0})", reference.sign, (LINE,), False, True),
    Operation("negative", "-{0}", "-{0}", reference.negative, (LINE,), True, True),
    Operation("cube", "{0}**3", "{0}**3", lambda x: x * x * x, (LINE,), True, True),
    Operation("square", "{0}**2", "{0}**2", lambda x: x * x, (LINE,), True, True),
    Operation("power", "{0}**-1.5", "{0}**-1.5", lambda x: x**-1.5, (POSITIVE,), True, True),
    Operation("power", "{0}**0.5", "{0}**0.5", lambda x: x**0.5, (POSITIVE,), True, True),
    Operation("power", "2**{0}", "2**{0}", lambda x: 2.0**x, (LINE,), True, True),
]
if reference.special is not None:
    UNARY += [
        *_unary("erf", module="eg", value=reference.special.erf),
        *_unary("gelu", module="eg"),
        *_unary(
            "digamma", POSITIVE, module="eg", value=reference.special.digamma, onto_complex=False
        ),
        *_unary("gammaln", POSITIVE, module="eg", analytic=False),
    ]

COMPLEX_PARTS = [
    Operation(
        name, f"eg.{name}({{0}})", f"np.{name}({{0}})", getattr(np, name), (LINE,), False, True
    )
    for name in ("conj", "real", "imag")
]


def _binary(name, first=LINE, second=LINE, *, analytic=False, module="np", value=None):
    own = value or getattr(reference if hasattr(reference, name) else np, name)
    text = f"{name}({{0}}, {{1}})"
    return Operation(
        name, f"eg.{text}", f"{module}.{text}", own, (first, second), analytic, analytic
    )


BINARY = [
    _binary("power", POSITIVE, (-2.0, 2.0), analytic=True),
    Operation("power", "{0}**{1}", "{0}**{1}", np.power, (POSITIVE, (-2.0, 2.0)), True, True),
    _binary("maximum"),
    _binary("minimum"),
    _binary("arctan2", POSITIVE, LINE),
    _binary("arctan2", LINE, POSITIVE),
    _binary("hypot"),
    _binary("logaddexp"),
    _binary("logaddexp2"),
    _binary("heaviside"),
    _binary("xlogy", LINE, POSITIVE, module="eg", analytic=True),
    *[
        _binary(name, value=getattr(reference, name))
        for name in ("greater", "greater_equal", "less", "less_equal", "equal", "not_equal")
    ],
    Operation("greater", "({0} > {1})", "({0} > {1})", reference.greater, (LINE, LINE)),
    Operation("less_equal", "({0} <= {1})", "({0} <= {1})", reference.less_equal, (LINE, LINE)),
]

ARITHMETIC = [
    Operation("add", "{0} + {1}", "{0} + {1}", np.add, (LINE, LINE), True, True),
    Operation("add", "eg.add({0}, {1})", "np.add({0}, {1})", np.add, (LINE, LINE), True, True),
    Operation("subtract", "{0} - {1}", "{0} - {1}", np.subtract, (LINE, LINE), True, True),
    Operation("multiply", "{0} * {1}", "{0} * {1}", np.multiply, (LINE, LINE), True, True),
    Operation("divide", "{0} / {1}", "{0} / {1}", np.divide, (LINE, POSITIVE), True, True),
]

WHERE = [
    Operation(
        "where",
        "eg.where({0} > {1}, {2}, {3})",
        "np.where({0} > {1}, {2}, {3})",
        lambda c, d, x, y: reference.where(reference.greater(c, d), x, y),
        (LINE, LINE, LINE, LINE),
    ),
    Operation(
        "where",
        "eg.where({0}, {1}, {2})",
        "np.where({0}, {1}, {2})",
        reference.where,
        (LINE, LINE, LINE),
    ),
]


def _reduction(name, function, value, interval=LINE, *, analytic=False, onto_complex=False):
    written = "({0}, axis={axis}, keepdims={keepdims})"
    return Operation(
        name,
        f"eg.{name}{written}",
        f"{function}{written}",
        value,
        (interval,),
        analytic,
        onto_complex,
    )


REDUCTIONS = [
    _reduction("sum", "np.sum", np.sum, analytic=True, onto_complex=True),
    _reduction("mean", "np.mean", np.mean, analytic=True, onto_complex=True),
    _reduction("max", "np.max", reference.largest),
    _reduction("min", "np.min", reference.smallest),
    _reduction("prod", "np.prod", np.prod, analytic=True, onto_complex=True),
    _reduction("norm", "np.linalg.norm", reference.norm, onto_complex=True),
    _reduction("logsumexp", "eg.logsumexp", reference.logsumexp, analytic=True),
]
ALONG_ONE_AXIS = [
    Operation(name, f"eg.{name}({{0}}, axis={{axis}})", f"eg.{name}({{0}}, axis={{axis}})", value)
    for name, value in (("softmax", reference.softmax), ("log_softmax", reference.log_softmax))
]

EINSUM = Operation(
    "einsum",
    "eg.einsum({string}, {all})",
    "np.einsum({string}, {all})",
    reference.einsum,
    (),
    True,
    True,
)
MATRIX = {
    "inverse": ("eg.inverse({0})", "np.linalg.inv({0})", np.linalg.inv, True),
    "det": ("eg.det({0})", "np.linalg.det({0})", np.linalg.det, True),
    "logdet": ("eg.logdet({0})", "eg.logdet({0})", reference.logdet, False),
}
MATRIX_FUNCTIONS = [
    Operation(name, expression, function, value, (LINE,), analytic, True)
    for name, (expression, function, value, analytic) in MATRIX.items()
]
SOLVE = Operation(
    "solve",
    "eg.solve({0}, {1})",
    "np.linalg.solve({0}, {1})",
    reference.solve,
    (LINE, LINE),
    True,
    True,
)
MATMUL = Operation("matmul", "{0} @ {1}", "{0} @ {1}", np.matmul, (LINE, LINE), True, True)
OUTER = Operation(
    "outer", "eg.outer({0}, {1})", "np.outer({0}, {1})", np.outer, (LINE, LINE), True, True
)
DOT = Operation("dot", "eg.dot({0}, {1})", "np.dot({0}, {1})", np.dot, (LINE, LINE), True, True)
TRACE = Operation("trace", "eg.trace({0})", "np.trace({0})", reference.trace, (LINE,), True, True)
DIAG = Operation("diag", "eg.diag({0})", "np.diag({0})", np.diag, (LINE,), True, True)
TRANSPOSE = Operation(
    "transpose",
    "eg.transpose({0}, {axes})",
    "np.transpose({0}, {axes})",
    np.transpose,
    (LINE,),
    True,
    True,
)
RESHAPE = Operation(
    "reshape",
    "eg.reshape({0}, {shape})",
    "np.reshape({0}, {shape})",
    np.reshape,
    (LINE,),
    True,
    True,
)


def named(name):
    """Return the operation of one argument or reduction of a name."""
    return next(one for one in (*UNARY, *REDUCTIONS) if one.name == name)
