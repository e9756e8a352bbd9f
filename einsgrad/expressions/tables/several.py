"""Elementwise functions of two and three arguments, one row each."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from einsgrad.expressions.tables.columns import LINE, POSITIVE, binary, everywhere
from einsgrad.expressions.tables.entering import enter
from einsgrad.expressions.tables.properties import Bounds, Kind
from einsgrad.expressions.tables.rows import Elementwise, Interval
from einsgrad.expressions.tables.spellings import Body, ComparisonUfunc, Form, Stable

_APART: tuple[Interval, Interval] = ((1.0, 3.0), (-3.0, 0.5))


def quotient_or_zero(m: Any, x: Any, y: Any) -> Any:
    """Return x/y, and 0 where both are 0."""
    both = m.equal(x, 0) * m.equal(y, 0)
    return x * m.where(both, 0, m.reciprocal(m.where(both, 1, y)))


def unless_nan(m: Any, x: Any, y: Any, other: Any, of_first: int) -> Any:
    """Return another value, and where one of two is nan, whether it is the first that counts."""
    return m.where(m.not_equal(y, y), of_first, m.where(m.not_equal(x, x), 1 - of_first, other))


POWER = binary(
    "power",
    lambda m, x, y, z: y * m.power(x, y - 1),
    lambda m, x, y, z: z * m.log(x),
    (POSITIVE, LINE),
    latex=r"{{{0}}}^{{{1}}}",
    kinks="0 in the exponent where the base is 0 and the exponent is not negative",
    number=math.pow,
    bounds=Bounds(low=0, where=(0,)),
    analytic=True,
    **everywhere("power", 2)
    | {
        "numpy_names": ("power", "float_power"),
        "torch": Form("{x} ** {y}", ("x", "y")),
        "jax": Form("{x} ** {y}"),
    },
)
MAXIMUM = binary(
    "maximum",
    lambda m, x, y, z: m.step_between(x, y),
    lambda m, x, y, z: m.step_between(y, x),
    _APART,
    latex=r"\max({0}, {1})",
    meaning="the larger of x and y",
    kinks="1/2 where the arguments are equal",
    kind=Kind.SAME,
    commutes=True,
    **everywhere("maximum", 2),
)
binary(
    "minimum",
    lambda m, x, y, z: m.step_between(y, x),
    lambda m, x, y, z: m.step_between(x, y),
    _APART,
    latex=r"\min({0}, {1})",
    meaning="the smaller of x and y",
    kinks="1/2 where the arguments are equal",
    kind=Kind.SAME,
    commutes=True,
    **everywhere("minimum", 2),
)
binary(
    "fmax",
    lambda m, x, y, z: unless_nan(m, x, y, m.tied_step(x, y), 1),
    lambda m, x, y, z: unless_nan(m, x, y, m.tied_step(y, x), 0),
    _APART,
    meaning="the larger of x and y, and of a number and nan the number",
    kinks="1/2 where the arguments are equal",
    kind=Kind.SAME,
    **everywhere("fmax", 2),
)
binary(
    "fmin",
    lambda m, x, y, z: unless_nan(m, x, y, m.tied_step(y, x), 1),
    lambda m, x, y, z: unless_nan(m, x, y, m.tied_step(x, y), 0),
    _APART,
    meaning="the smaller of x and y, and of a number and nan the number",
    kinks="1/2 where the arguments are equal",
    kind=Kind.SAME,
    **everywhere("fmin", 2),
)
binary(
    "copysign",
    lambda m, x, y, z: m.sign(x) * m.copysign(1, y),
    None,
    (POSITIVE, POSITIVE),
    meaning="the modulus of x with the sign of y",
    kinks="0 where x is 0, and 0 in the sign",
    **everywhere("copysign", 2) | {"torch": Form("torch.copysign({x}, {y})", ("y",))},
)
binary(
    "arctan2",
    lambda m, x, y, z: y * m.reciprocal(x * x + y * y),
    lambda m, x, y, z: -x * m.reciprocal(x * x + y * y),
    (POSITIVE, POSITIVE),
    meaning="the angle of the point (y, x)",
    **everywhere("arctan2", 2),
)
HYPOT = binary(
    "hypot",
    lambda m, x, y, z: x * m.reciprocal(z),
    lambda m, x, y, z: y * m.reciprocal(z),
    (POSITIVE, POSITIVE),
    meaning="the square root of x² + y² without overflow",
    kinks="0 where both arguments are 0",
    bounds=Bounds(low=0),
    commutes=True,
    **everywhere("hypot", 2),
)
HEAVISIDE = binary(
    "heaviside",
    None,
    None,
    (POSITIVE, LINE),
    latex=r"\theta({0})",
    meaning="1 where x is positive, y where it is 0, and 0 where it is negative",
    kinks="0 everywhere",
    bounds=Bounds(0, 1, (1,)),
    **everywhere("heaviside", 2)
    | {"torch": Form("torch.heaviside({x}, torch.as_tensor({y}, dtype={x}.dtype))", ("y",))},
)
TIED_STEP = binary(
    "tied_step",
    None,
    None,
    _APART,
    latex=r"\theta({0} - ({1}))",
    meaning="1 where x > y, 1/2 where they are equal, and 0 where x < y",
    kinks="0 everywhere",
    bounds=Bounds(0, 1),
    numpy=Stable("tied_step"),
    torch=Form(
        "torch.where({x} == {y}, 0.5, torch.heaviside({x} - {y}, "
        "torch.as_tensor(0.5, dtype=torch.result_type({x}, {y}))))",
        ("x", "y"),
    ),
    jax=Form("jnp.where({x} == {y}, 0.5, jnp.heaviside({x} - {y}, 0.5))"),
    public=("tied_step",),
    shares=False,
)
binary(
    "polygamma",
    None,
    lambda m, n, x, y: m.polygamma(n + 1, x),
    ((1.0, 1.0), POSITIVE),
    latex=r"\psi^{{({0})}}({1})",
    meaning="the derivative of `digamma` whose order is x, at y",
    kinks="0 in the order",
    numpy=Body(
        "special.polygamma(np.asarray(np.real(x), float).astype(int), y)"
        ".astype(np.result_type(np.real(x), y, 0.0))",
        ("polygamma",),
    ),
    torch=Form("torch.special.polygamma(int({x}), {y})", ("x",)),
    jax=Form("jax.scipy.special.polygamma(jnp.asarray(jnp.real({x})).astype(int), {y})"),
    public=("polygamma",),
    shares=False,
    analytic=True,
)

LOGADDEXP = binary(
    "logaddexp",
    lambda m, x, y, z: m.sigmoid(x - y),
    lambda m, x, y, z: m.sigmoid(y - x),
    latex=r"\log(e^{{{0}}} + e^{{{1}}})",
    meaning="log(exp(x) + exp(y)) without overflow",
    commutes=True,
    **everywhere("logaddexp", 2),
)
binary(
    "logaddexp2",
    lambda m, x, y, z: m.sigmoid(math.log(2) * (x - y)),
    lambda m, x, y, z: m.sigmoid(math.log(2) * (y - x)),
    latex=r"\log_2(2^{{{0}}} + 2^{{{1}}})",
    meaning="log2(2**x + 2**y) without overflow",
    commutes=True,
    **everywhere("logaddexp2", 2),
)
binary(
    "xlogy",
    lambda m, x, y, z: m.log(y),
    lambda m, x, y, z: quotient_or_zero(m, x, y),
    (POSITIVE, POSITIVE),
    meaning="x log(y), and 0 where x is 0",
    kinks="0 in y where both arguments are 0",
    numpy=Stable("xlogy"),
    torch=Form("torch.xlogy({x}, {y})", ("x", "y")),
    jax=Form("jax.scipy.special.xlogy({x}, {y})"),
    public=("xlogy",),
    shares=False,
    analytic=True,
)
binary(
    "sinc_derivative",
    None,
    lambda m, n, x, y: m.sinc_derivative(n + 1, x),
    ((1.0, 1.0), LINE),
    latex=r"\operatorname{{sinc}}^{{({0})}}({1})",
    meaning="the derivative of `sinc` whose order is x, at y",
    kinks="0 in the order",
    numpy=Stable("sinc_derivative"),
    torch=Form("sinc_derivative({x}, {y})", ("x", "y"), ("sinc_derivative",)),
    jax=Form("sinc_derivative({x}, {y})", ("x", "y"), ("sinc_derivative",)),
    shares=False,
    analytic=True,
)


def _comparison(
    name: str, sign: str, shown: str, compare: Callable[[float, float], bool]
) -> Elementwise:
    return binary(
        name,
        None,
        None,
        _APART,
        numpy=ComparisonUfunc(name),
        latex=f"[{{0}} {shown} {{1}}]",
        meaning=f"1 where x {sign} y, and 0 elsewhere",
        kinks="0 everywhere",
        public=(name,),
        numpy_names=(name,),
        torch=Form(f"({{x}} {sign} {{y}}).to(torch.result_type({{x}}, {{y}}))", ("x", "y")),
        jax=Form(f"({{x}} {sign} {{y}}) * 1.0"),
        number=lambda x, y: int(compare(x, y)),
        bounds=Bounds(0, 1),
        kind=Kind.BOOLEAN,
        shares=False,
        real_valued=True,
    )


GREATER = _comparison("greater", ">", ">", operator.gt)
GREATER_EQUAL = _comparison("greater_equal", ">=", r"\ge", operator.ge)
LESS = _comparison("less", "<", "<", operator.lt)
LESS_EQUAL = _comparison("less_equal", "<=", r"\le", operator.le)
EQUAL = _comparison("equal", "==", "=", operator.eq)
NOT_EQUAL = _comparison("not_equal", "!=", r"\ne", operator.ne)
COMPARISONS = (GREATER, GREATER_EQUAL, LESS, LESS_EQUAL, EQUAL, NOT_EQUAL)

WHERE = Elementwise(
    "where",
    Form("np.where({x}, {y}, {z})"),
    (None, lambda m, c, x, y, z: m.not_equal(c, 0), lambda m, c, x, y, z: m.equal(c, 0)),
    ((0.5, 1.5), LINE, LINE),
    r"\left({1} \text{{ if }} {0} \text{{ else }} {2}\right)",
    meaning="y where x is not 0, and z where it is",
    public=("where",),
    numpy_names=("where",),
    torch=Form("torch.where({x} != 0, {y}, {z})", ("y", "z")),
    jax=Form("jnp.where({x} != 0, {y}, {z})"),
    kind=Kind.CHOSEN,
    shares=False,
    analytic=True,
)
enter(WHERE)
