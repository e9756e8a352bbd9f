"""Elementary functions of one argument, one row each.

Source of the derivatives: NIST Digital Library of Mathematical Functions, chapter 4.
"""

from __future__ import annotations

import math
from math import log, pi

from einsgrad.expressions.tables.columns import POSITIVE, UNIT, analytic, everywhere, unary
from einsgrad.expressions.tables.properties import Bounds, Inverse, Kind
from einsgrad.expressions.tables.spellings import Form, Ufunc

EXP = analytic(
    "exp",
    lambda m, x, y: y,
    latex=r"e^{{{0}}}",
    number=math.exp,
    bounds=Bounds(low=0),
    inverse=Inverse("log"),
    **everywhere("exp"),
)
LOG = analytic(
    "log",
    lambda m, x, y: m.reciprocal(x),
    POSITIVE,
    number=math.log,
    inverse=Inverse("exp", real=True),
    **everywhere("log"),
)
LOG1P = analytic(
    "log1p",
    lambda m, x, y: m.reciprocal(1 + x),
    (-0.9, 3.0),
    latex=r"\log(1 + {0})",
    meaning="log(1 + x), also for small x",
    inverse=Inverse("expm1", real=True),
    **everywhere("log1p"),
)
analytic(
    "expm1",
    lambda m, x, y: y + 1,
    latex=r"(e^{{{0}}} - 1)",
    meaning="exp(x) - 1, also for small x",
    inverse=Inverse("log1p"),
    **everywhere("expm1"),
)
SQRT = analytic(
    "sqrt",
    lambda m, x, y: 0.5 * m.reciprocal(y),
    POSITIVE,
    latex=r"\sqrt{{{0}}}",
    number=math.sqrt,
    bounds=Bounds(low=0),
    **everywhere("sqrt"),
)
SQUARE = analytic(
    "square",
    lambda m, x, y: 2 * x,
    latex=r"({0})^2",
    kind=Kind.SAME,
    bounds=Bounds(low=0),
    **everywhere("square"),
)
RECIPROCAL = analytic(
    "reciprocal",
    lambda m, x, y: -y * y,
    POSITIVE,
    latex=r"\frac{{1}}{{{0}}}",
    meaning="1 / x",
    numpy=Ufunc("divide", (1, "x")),
    numpy_names=("reciprocal",),
    torch=Form("1 / {x}"),
    jax=Form("1 / {x}"),
    public=("reciprocal",),
    number=lambda x: 1 / x,
    bounds=Bounds(low=0, where=(0,)),
    inverse=Inverse("reciprocal"),
    shares=False,
)
analytic(
    "sin",
    lambda m, x, y: m.cos(x),
    number=math.sin,
    bounds=Bounds(-1, 1),
    inverse=Inverse("arcsin"),
    parity=-1,
    **everywhere("sin"),
)
analytic(
    "cos",
    lambda m, x, y: -m.sin(x),
    number=math.cos,
    bounds=Bounds(-1, 1),
    parity=1,
    **everywhere("cos"),
)
analytic(
    "tan",
    lambda m, x, y: 1 + y * y,
    (-1.2, 1.2),
    inverse=Inverse("arctan"),
    quotient=("sin", "cos"),
    parity=-1,
    **everywhere("tan"),
)
analytic(
    "arcsin",
    lambda m, x, y: m.reciprocal(m.sqrt(1 - x * x)),
    UNIT,
    parity=-1,
    **everywhere("arcsin"),
)
analytic(
    "arccos",
    lambda m, x, y: -m.reciprocal(m.sqrt(1 - x * x)),
    UNIT,
    **everywhere("arccos"),
)
analytic("arctan", lambda m, x, y: m.reciprocal(1 + x * x), parity=-1, **everywhere("arctan"))
analytic(
    "sinh",
    lambda m, x, y: m.cosh(x),
    inverse=Inverse("arcsinh"),
    parity=-1,
    **everywhere("sinh"),
)
analytic(
    "cosh",
    lambda m, x, y: m.sinh(x),
    bounds=Bounds(low=1),
    inverse=Inverse("arccosh"),
    parity=1,
    **everywhere("cosh"),
)
analytic(
    "tanh",
    lambda m, x, y: 1 - y * y,
    number=math.tanh,
    bounds=Bounds(-1, 1),
    inverse=Inverse("arctanh"),
    quotient=("sinh", "cosh"),
    parity=-1,
    **everywhere("tanh"),
)
analytic(
    "arcsinh",
    lambda m, x, y: m.reciprocal(m.sqrt(1 + x * x)),
    inverse=Inverse("sinh", real=True),
    parity=-1,
    **everywhere("arcsinh"),
)
analytic(
    "arccosh",
    lambda m, x, y: m.reciprocal(m.sqrt(x - 1) * m.sqrt(x + 1)),
    (1.2, 3.0),
    bounds=Bounds(low=0),
    **everywhere("arccosh"),
)
analytic(
    "arctanh",
    lambda m, x, y: m.reciprocal(1 - x * x),
    UNIT,
    inverse=Inverse("tanh", real=True),
    parity=-1,
    **everywhere("arctanh"),
)
analytic(
    "log2",
    lambda m, x, y: m.reciprocal(x) * (1 / log(2)),
    POSITIVE,
    latex=r"\log_2({0})",
    number=math.log2,
    inverse=Inverse("exp2", real=True),
    **everywhere("log2"),
)
analytic(
    "log10",
    lambda m, x, y: m.reciprocal(x) * (1 / log(10)),
    POSITIVE,
    latex=r"\log_{{10}}({0})",
    number=math.log10,
    **everywhere("log10"),
)
analytic(
    "exp2",
    lambda m, x, y: y * log(2),
    latex=r"2^{{{0}}}",
    meaning="2**x",
    number=math.exp2,
    bounds=Bounds(low=0),
    inverse=Inverse("log2"),
    **everywhere("exp2"),
)
unary(
    "cbrt",
    lambda m, x, y: m.reciprocal(3 * m.square(y)),
    POSITIVE,
    latex=r"\sqrt[3]{{{0}}}",
    meaning="the cube root of x, negative where x is",
    number=math.cbrt,
    bounds=Bounds(low=0, where=(0,)),
    **everywhere("cbrt") | {"torch": Form("torch.sign({x}) * torch.abs({x}) ** (1 / 3)")},
)
unary(
    "deg2rad",
    lambda m, x, y: pi / 180,
    meaning="an angle of x degrees in radians",
    number=math.radians,
    bounds=Bounds(low=0, where=(0,)),
    inverse=Inverse("rad2deg", real=True),
    **everywhere("deg2rad") | {"numpy_names": ("deg2rad", "radians")},
)
unary(
    "rad2deg",
    lambda m, x, y: 180 / pi,
    meaning="an angle of x radians in degrees",
    number=math.degrees,
    bounds=Bounds(low=0, where=(0,)),
    inverse=Inverse("deg2rad", real=True),
    **everywhere("rad2deg") | {"numpy_names": ("rad2deg", "degrees")},
)
analytic(
    "sinc",
    lambda m, x, y: m.sinc_derivative(1, x),
    meaning="sin(pi x) / (pi x), and 1 at 0",
    # Its least value is at 1.4303, where tan(pi x) is pi x.
    bounds=Bounds(-0.2172337, 1),
    **everywhere("sinc") | {"numpy": Form("np.sinc({x})")},
)
