"""Rounding, quotients in whole numbers with their remainders, and what no derivative passes.

The values of all but the last jump; between the jumps they are constant, or move as their
arguments do.
"""

from __future__ import annotations

from math import inf

from einsgrad.expressions.tables.columns import LINE, binary, everywhere, unary
from einsgrad.expressions.tables.properties import Bounds, Kind
from einsgrad.expressions.tables.rows import Interval
from einsgrad.expressions.tables.spellings import Form, Ufunc

_BETWEEN: Interval = (1.1, 1.4)
_QUOTIENTS: tuple[Interval, Interval] = ((3.3, 3.5), (1.01, 1.09))
_KEEPS_SIGN = Bounds(low=0, where=(0,))

unary(
    "floor",
    None,
    _BETWEEN,
    latex=r"\lfloor {0} \rfloor",
    meaning="the largest whole number that is at most x",
    kinks="0 everywhere",
    bounds=_KEEPS_SIGN,
    kind=Kind.SAME,
    **everywhere("floor"),
)
unary(
    "ceil",
    None,
    _BETWEEN,
    latex=r"\lceil {0} \rceil",
    meaning="the least whole number that is at least x",
    kinks="0 everywhere",
    bounds=_KEEPS_SIGN,
    kind=Kind.SAME,
    **everywhere("ceil"),
)
unary(
    "trunc",
    None,
    _BETWEEN,
    meaning="x without what stands after its point",
    kinks="0 everywhere",
    bounds=_KEEPS_SIGN,
    kind=Kind.SAME,
    **everywhere("trunc") | {"numpy_names": ("trunc", "fix")},
)
unary(
    "rint",
    None,
    _BETWEEN,
    latex=r"\operatorname{{round}}({0})",
    meaning="the whole number that is nearest to x, of two the even one",
    kinks="0 everywhere",
    bounds=_KEEPS_SIGN,
    **everywhere("rint") | {"torch": Form("torch.round({x})")},
)
ROUND_TO = binary(
    "round_to",
    None,
    lambda m, x, y, z: -z * m.reciprocal(y),
    ((1.0, 1.02), (10.0, 10.2)),
    latex=r"\operatorname{{round}}({0}, 1/{1})",
    meaning="the multiple of 1/y that is nearest to x",
    kinks="0 in x everywhere",
    numpy=Form("np.rint({x} * {y}) / {y}"),
    torch=Form("torch.round({x} * {y}) / {y}", ("x", "y")),
    jax=Form("jnp.rint({x} * {y}) / {y}"),
    shares=False,
)
AS_INTEGER = unary(
    "as_integer",
    None,
    _BETWEEN,
    latex=r"\operatorname{{int}}({0})",
    meaning="x without what stands after its point, as an integer",
    kinks="0 everywhere",
    numpy=Ufunc("trunc"),
    torch=Form("torch.trunc({x})"),
    jax=Form("jnp.trunc({x})"),
    public=("as_integer",),
    bounds=_KEEPS_SIGN,
    shares=False,
    kind=Kind.INTEGER,
)
binary(
    "floor_divide",
    None,
    None,
    _QUOTIENTS,
    latex=r"\lfloor {0} / {1} \rfloor",
    meaning="the largest whole number that is at most x / y",
    kinks="0 everywhere",
    kind=Kind.SAME,
    **everywhere("floor_divide", 2),
)
binary(
    "remainder",
    lambda m, x, y, z: 1,
    lambda m, x, y, z: -m.floor_divide(x, y),
    _QUOTIENTS,
    latex=r"({0} \bmod {1})",
    meaning="x less a whole multiple of y, with the sign of y",
    kinks="that of larger x where x is a multiple of y",
    kind=Kind.SAME,
    **everywhere("remainder", 2) | {"numpy_names": ("remainder", "mod")},
)
binary(
    "fmod",
    lambda m, x, y, z: 1,
    lambda m, x, y, z: -m.trunc(x * m.reciprocal(y)),
    _QUOTIENTS,
    meaning="x less a whole multiple of y, with the sign of x",
    kinks="that of larger x where x is a multiple of y",
    kind=Kind.SAME,
    **everywhere("fmod", 2),
)
unary(
    "nan_to_num",
    lambda m, x, y: m.less(m.abs(x), inf),
    LINE,
    meaning="x with 0 for nan, and the largest numbers for infinite ones",
    kinks="0 where x is nan or infinite",
    kind=Kind.SAME,
    bounds=_KEEPS_SIGN,
    **everywhere("nan_to_num") | {"numpy": Form("np.nan_to_num({x})")},
)
STOP_GRADIENT = unary(
    "stop_gradient",
    None,
    LINE,
    latex=r"\operatorname{{stop}}({0})",
    meaning="x as a constant, which no derivative passes",
    kinks="0 everywhere",
    numpy=Form("{x}"),
    torch=Form("torch.detach({x})"),
    jax=Form("jax.lax.stop_gradient({x})"),
    public=("stop_gradient",),
    bounds=_KEEPS_SIGN,
    shares=True,
    kind=Kind.SAME,
)
