"""Logistic, error and gamma functions, one row each.

Source of the derivatives: NIST Digital Library of Mathematical Functions, chapters 5
(gamma) and 7 (error functions).
"""

from __future__ import annotations

import math
from math import pi, sqrt

from einsgrad.expressions.tables.columns import POSITIVE, analytic, unary
from einsgrad.expressions.tables.properties import Bounds, Inverse, Kind
from einsgrad.expressions.tables.spellings import Body, Form, Stable, Ufunc

SIGMOID = analytic(
    "sigmoid",
    lambda m, x, y: y * (1 - y),
    latex=r"\sigma({0})",
    meaning="1 / (1 + exp(-x)) without overflow",
    numpy=Stable("sigmoid"),
    torch=Form("torch.sigmoid({x})"),
    jax=Form("jax.nn.sigmoid({x})"),
    public=("sigmoid", "expit"),
    bounds=Bounds(0, 1),
    inverse=Inverse("logit", real=True),
    shares=False,
)
SOFTPLUS = analytic(
    "softplus",
    lambda m, x, y: m.sigmoid(x),
    meaning="log(1 + exp(x)) without overflow",
    numpy=Stable("softplus"),
    torch=Form("torch.logaddexp({x}, torch.zeros_like({x}))"),
    jax=Form("jax.nn.softplus({x})"),
    public=("softplus",),
    bounds=Bounds(low=0),
    shares=False,
)
RELU = unary(
    "relu",
    lambda m, x, y: m.heaviside(x, 0),
    POSITIVE,
    meaning="the larger of x and 0",
    kinks="0 at 0",
    numpy=Ufunc("maximum", ("x", 0)),
    torch=Form("torch.relu({x})"),
    jax=Form("jnp.maximum({x}, 0)"),
    public=("relu",),
    kind=Kind.SAME,
    bounds=Bounds(low=0),
    shares=False,
)
analytic(
    "gelu",
    lambda m, x, y: 0.5 * (1 + m.erf(x / sqrt(2))) + x * m.exp(-0.5 * x * x) * (1 / sqrt(2 * pi)),
    meaning="x times the normal distribution's function of x",
    kinks="nan at infinite x",
    # As numpy has it, minus infinity times 0 would be nan.
    numpy=Body("0.5 * np.where(x == -np.inf, 0, x) * (1 + special.erf(x / 2**0.5))", ("erf",)),
    torch=Form("0.5 * {x} * (1 + torch.special.erf({x} / 2**0.5))"),
    jax=Form("jax.nn.gelu({x}, approximate=False)"),
    public=("gelu",),
    shares=False,
)
analytic(
    "silu",
    lambda m, x, y: m.sigmoid(x) * (1 + x * (1 - m.sigmoid(x))),
    meaning="x times `sigmoid(x)` without overflow",
    kinks="nan at infinite x",
    numpy=Stable("silu"),
    torch=Form("{x} * torch.sigmoid({x})"),
    jax=Form("jax.nn.silu({x})"),
    public=("silu",),
    shares=False,
)
analytic(
    "erf",
    lambda m, x, y: (2 / sqrt(pi)) * m.exp(-x * x),
    meaning="the error function of x",
    numpy=Body("special.erf(x)", ("erf",)),
    torch=Form("torch.erf({x})"),
    jax=Form("jax.scipy.special.erf({x})"),
    parity=-1,
    public=("erf",),
    number=math.erf,
    bounds=Bounds(-1, 1),
    shares=False,
)
unary(
    "gammaln",
    lambda m, x, y: m.digamma(x),
    POSITIVE,
    latex=r"\log\Gamma({0})",
    meaning="the logarithm of the gamma function of x",
    numpy=Body("special.gammaln(x)", ("gammaln",)),
    torch=Form("torch.special.gammaln({x})"),
    jax=Form("jax.scipy.special.gammaln({x})"),
    public=("gammaln",),
    shares=False,
)
analytic(
    "digamma",
    lambda m, x, y: m.polygamma(1, x),
    POSITIVE,
    latex=r"\psi({0})",
    meaning="the derivative of `gammaln` at x",
    numpy=Body("special.digamma(x)", ("digamma",)),
    torch=Form("torch.digamma({x})"),
    jax=Form("jax.scipy.special.digamma({x})"),
    public=("digamma",),
    shares=False,
)
analytic(
    "logit",
    # As a product it would be 0 times infinity in the second derivative at 0 and 1.
    lambda m, x, y: m.reciprocal(x) + m.reciprocal(1 - x),
    (0.1, 0.9),
    meaning="log(x / (1 - x)), the inverse of `sigmoid`",
    numpy=Stable("logit"),
    torch=Form("torch.logit({x})"),
    jax=Form("jax.scipy.special.logit({x})"),
    public=("logit",),
    inverse=Inverse("sigmoid", real=True),
    shares=False,
)
analytic(
    "erfc",
    lambda m, x, y: (-2 / sqrt(pi)) * m.exp(-x * x),
    meaning="1 - erf(x), with all digits where it is small",
    numpy=Body("special.erfc(x)", ("erfc",)),
    torch=Form("torch.erfc({x})"),
    jax=Form("jax.scipy.special.erfc({x})"),
    public=("erfc",),
    bounds=Bounds(0, 2),
    shares=False,
)
analytic(
    "ndtr",
    lambda m, x, y: m.exp(-0.5 * x * x) * (1 / sqrt(2 * pi)),
    meaning="the normal distribution's function of x",
    numpy=Body("special.ndtr(x)", ("ndtr",)),
    torch=Form("torch.special.ndtr({x})"),
    jax=Form("jax.scipy.special.ndtr({x})"),
    public=("ndtr",),
    bounds=Bounds(0, 1),
    shares=False,
)
analytic(
    "log_ndtr",
    # Of exponentials, be it of a quotient or a difference, no digits are left in the tail.
    lambda m, x, y: sqrt(2 / pi) * m.reciprocal(m.erfcx(x * (-1 / sqrt(2)))),
    meaning="log(ndtr(x)), also where `ndtr` underflows",
    numpy=Body("special.log_ndtr(x)", ("log_ndtr",)),
    torch=Form("torch.special.log_ndtr({x})"),
    jax=Form("jax.scipy.special.log_ndtr({x})"),
    public=("log_ndtr",),
    bounds=Bounds(high=0),
    shares=False,
)
