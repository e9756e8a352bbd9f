"""The table of elementwise functions, one row each.

Sources of the derivatives: NIST Digital Library of Mathematical Functions, chapters 4
(elementary functions), 5 (gamma) and 7 (error functions).
"""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

from einsgrad.expressions.tables.rows import ELEMENTWISE, Elementwise, Interval, Partial, enter

_LINE: Interval = (-3.0, 3.0)
_POSITIVE: Interval = (0.2, 3.0)
_UNIT: Interval = (-0.9, 0.9)
_HALF_PLANE: Interval = (-0.9, 3.0)


def _unary(
    name: str,
    partial: Partial,
    domain: Interval = _LINE,
    *,
    numpy: str = "",
    latex: str = "",
    **more: object,
) -> None:
    shown = latex or rf"\{name}({{0}})"
    row = Elementwise(name, numpy or f"np.{name}(x)", (partial,), (domain,), shown, **more)  # type: ignore[arg-type]
    enter(row)


def reciprocal_or_zero(m: Any, x: Any) -> Any:
    """Return 1/x, and 0 where x is 0, without dividing by it."""
    positive = m.greater(x, 0)
    return m.where(positive, m.reciprocal(m.where(positive, x, 1)), 0)


def _named(name: str) -> str:
    return rf"\operatorname{{{{{name}}}}}({{0}})"


_unary("exp", lambda m, x, y: y, latex=r"e^{{{0}}}")
_unary("log", lambda m, x, y: m.reciprocal(x), _POSITIVE)
_unary("log1p", lambda m, x, y: m.reciprocal(1 + x), _HALF_PLANE, latex=r"\log(1 + {0})")
_unary("expm1", lambda m, x, y: y + 1, latex=r"(e^{{{0}}} - 1)")
_unary("sqrt", lambda m, x, y: 0.5 * m.reciprocal(y), _POSITIVE, latex=r"\sqrt{{{0}}}")
_unary("square", lambda m, x, y: 2 * x, latex=r"({0})^2")
_unary(
    "reciprocal",
    lambda m, x, y: -y * y,
    _POSITIVE,
    latex=r"\frac{{1}}{{{0}}}",
    numpy="np.divide(1, x)",
)
_unary("sin", lambda m, x, y: m.cos(x))
_unary("cos", lambda m, x, y: -m.sin(x))
_unary("tan", lambda m, x, y: 1 + y * y, (-1.2, 1.2))
_unary("arcsin", lambda m, x, y: m.reciprocal(m.sqrt(1 - x * x)), _UNIT)
_unary("arccos", lambda m, x, y: -m.reciprocal(m.sqrt(1 - x * x)), _UNIT)
_unary("arctan", lambda m, x, y: m.reciprocal(1 + x * x))
_unary("sinh", lambda m, x, y: m.cosh(x))
_unary("cosh", lambda m, x, y: m.sinh(x))
_unary("tanh", lambda m, x, y: 1 - y * y)
_unary("arcsinh", lambda m, x, y: m.reciprocal(m.sqrt(1 + x * x)), latex=_named("arcsinh"))
_unary("arctanh", lambda m, x, y: m.reciprocal(1 - x * x), _UNIT, latex=_named("arctanh"))
_unary(
    "sigmoid",
    lambda m, x, y: y * (1 - y),
    numpy="stable.sigmoid(x)",
    latex=r"\sigma({0})",
)
_unary(
    "softplus",
    lambda m, x, y: m.sigmoid(x),
    numpy="stable.softplus(x)",
    latex=_named("softplus"),
)
_unary(
    "relu",
    lambda m, x, y: m.heaviside(x, 0),
    _POSITIVE,
    numpy="np.maximum(x, 0)",
    latex=_named("relu"),
    kinks="0 at 0",
    analytic=False,
)
_unary(
    "gelu",
    lambda m, x, y: 0.5 * (1 + m.erf(x / sqrt(2))) + x * m.exp(-0.5 * x * x) * (1 / sqrt(2 * pi)),
    numpy="0.5 * x * (1 + special.erf(x / 2**0.5))",
    latex=_named("gelu"),
)
_unary(
    "silu",
    lambda m, x, y: m.sigmoid(x) * (1 + x * (1 - m.sigmoid(x))),
    numpy="stable.silu(x)",
    latex=_named("silu"),
)
_unary(
    "abs",
    lambda m, x, y: m.sign(x),
    _POSITIVE,
    latex=r"\left|{0}\right|",
    kinks="0 at 0",
    ufuncs=("absolute", "fabs"),
    real_valued=True,
    analytic=False,
)
_unary("sign", None, _POSITIVE, latex=_named("sign"), kinks="0 everywhere", analytic=False)
_unary(
    "erf",
    lambda m, x, y: (2 / sqrt(pi)) * m.exp(-x * x),
    numpy="special.erf(x)",
    latex=_named("erf"),
)
_unary(
    "gammaln",
    lambda m, x, y: m.digamma(x),
    _POSITIVE,
    numpy="special.gammaln(x)",
    latex=r"\log\Gamma({0})",
    analytic=False,
)
_unary(
    "digamma",
    lambda m, x, y: m.polygamma(1, x),
    _POSITIVE,
    numpy="special.digamma(x)",
    latex=r"\psi({0})",
)
_unary(
    "conj",
    None,
    latex=r"\overline{{{0}}}",
    ufuncs=("conjugate",),
    transpose=lambda m, g: m.conj(g),
    analytic=False,
)
_unary(
    "real",
    None,
    latex=_named("Re"),
    numpy="np.real(x)",
    transpose=lambda m, g: m.real(g),
    real_valued=True,
    analytic=False,
)
_unary(
    "imag",
    None,
    latex=_named("Im"),
    numpy="np.imag(x)",
    transpose=lambda m, g: -1j * m.real(g),
    real_valued=True,
    analytic=False,
)


def _binary(
    name: str,
    partials: tuple[Partial, Partial],
    domain: tuple[Interval, Interval] = (_LINE, _LINE),
    *,
    numpy: str = "",
    latex: str = "",
    **more: object,
) -> None:
    shown = latex or rf"\operatorname{{{{{name}}}}}({{0}}, {{1}})"
    enter(Elementwise(name, numpy or f"np.{name}(x, y)", partials, domain, shown, **more))  # type: ignore[arg-type]


_binary(
    "power",
    (lambda m, x, y, z: y * m.power(x, y - 1), lambda m, x, y, z: z * m.log(x)),
    (_POSITIVE, _LINE),
    latex=r"{{{0}}}^{{{1}}}",
    ufuncs=("power", "float_power"),
)
_binary(
    "maximum",
    (lambda m, x, y, z: m.heaviside(x - y, 0.5), lambda m, x, y, z: m.heaviside(y - x, 0.5)),
    ((1.0, 3.0), (-3.0, 0.5)),
    latex=r"\max({0}, {1})",
    kinks="1/2 where the arguments are equal",
    ufuncs=("maximum", "fmax"),
    analytic=False,
)
_binary(
    "minimum",
    (lambda m, x, y, z: m.heaviside(y - x, 0.5), lambda m, x, y, z: m.heaviside(x - y, 0.5)),
    ((1.0, 3.0), (-3.0, 0.5)),
    latex=r"\min({0}, {1})",
    kinks="1/2 where the arguments are equal",
    ufuncs=("minimum", "fmin"),
    analytic=False,
)
_binary(
    "arctan2",
    (
        lambda m, x, y, z: y * m.reciprocal(x * x + y * y),
        lambda m, x, y, z: -x * m.reciprocal(x * x + y * y),
    ),
    (_POSITIVE, _POSITIVE),
    analytic=False,
)
_binary(
    "hypot",
    (
        lambda m, x, y, z: x * reciprocal_or_zero(m, z),
        lambda m, x, y, z: y * reciprocal_or_zero(m, z),
    ),
    (_POSITIVE, _POSITIVE),
    kinks="0 where both arguments are 0",
    analytic=False,
)
_binary(
    "heaviside",
    (None, None),
    (_POSITIVE, _LINE),
    latex=r"\theta({0})",
    kinks="0 everywhere",
    analytic=False,
)
_binary(
    "polygamma",
    (None, lambda m, n, x, y: m.polygamma(n + 1, x)),
    ((1.0, 1.0), _POSITIVE),
    numpy="special.polygamma(np.real(np.asarray(x)).astype(int), y)",
    latex=r"\psi^{{({0})}}({1})",
    kinks="0 in the order",
)

for _name, _sign in (
    ("greater", ">"),
    ("greater_equal", r"\ge"),
    ("less", "<"),
    ("less_equal", r"\le"),
    ("equal", "="),
    ("not_equal", r"\ne"),
):
    _binary(
        _name,
        (None, None),
        ((1.0, 3.0), (-3.0, 0.5)),
        # A number, not a boolean: sums of booleans are no counts.
        numpy=f"np.{_name}(x, y).astype(np.result_type(x, y, 0))",
        latex=f"[{{0}} {_sign} {{1}}]",
        kinks="0 everywhere",
        real_valued=True,
        analytic=False,
    )

enter(
    Elementwise(
        "where",
        "np.where(x, y, z)",
        (
            None,
            lambda m, c, x, y, z: m.not_equal(c, 0),
            lambda m, c, x, y, z: m.equal(c, 0),
        ),
        ((0.5, 1.5), _LINE, _LINE),
        r"\left({1} \text{{ if }} {0} \text{{ else }} {2}\right)",
    )
)

__all__ = ["ELEMENTWISE", "reciprocal_or_zero"]
