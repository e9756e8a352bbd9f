"""Functions that `scipy.special` alone has, one row each: gamma, beta, Bessel and elliptic.

Source of the derivatives: NIST Digital Library of Mathematical Functions, chapters 5 and 8 (gamma
and beta), 7 (error functions), 10 (Bessel), 13 and 15 (hypergeometric) and 19 (elliptic).
"""

from __future__ import annotations

from collections.abc import Callable
from math import log, pi, sqrt
from typing import Any

from einsgrad.errors import ArgumentError
from einsgrad.expressions.tables.columns import LINE, POSITIVE
from einsgrad.expressions.tables.entering import enter
from einsgrad.expressions.tables.rows import PARAMETERS, Elementwise, Interval, Partial
from einsgrad.expressions.tables.spellings import Body, Form, Stable

# Of a parameter such as an order, in which no derivative is taken.
_ONE: Interval = (1.0, 1.0)
TWO: Interval = (2.0, 2.0)
THREE: Interval = (3.0, 3.0)
INNER: Interval = (0.1, 0.9)

scipy_names: list[str] = []


def enter_scipy(
    name: str, partials: tuple[Partial, ...], domain: tuple[Interval, ...], **columns: Any
) -> None:
    """Enter a ufunc of `scipy.special` under the name that it has there."""
    arguments = ", ".join(PARAMETERS[: len(partials)])
    body = Body(f"special.{name}({arguments})", (name,))
    enter(Elementwise(name, body, partials, domain, shares=False, **columns))
    scipy_names.append(name)


def of_one(name: str, partial: Partial, domain: Interval = POSITIVE, **columns: Any) -> None:
    """Enter a ufunc of one argument, with its names in torch and in jax."""
    torch, jax = columns.pop("torch", None), columns.pop("jax", None)
    enter_scipy(
        name,
        (partial,),
        (domain,),
        torch=torch and Form(f"torch.special.{torch}({{x}})"),
        jax=jax and Form(f"jax.scipy.special.{jax}({{x}})"),
        **columns,
    )


def unknown(name: str, argument: str) -> Callable[..., Any]:
    """Return a partial derivative that has no closed form, which is an error where it is asked."""

    def refuse(m: Any, *arguments: Any) -> Any:
        raise ArgumentError(
            f"{name} has no closed derivative in its argument {argument}. Keep it constant: give "
            "it as an array or a number of its own, or take differences in it."
        )

    return refuse


def _derivatives_of(name: str, domain: Interval, code: Body | Stable) -> None:
    """Enter the derivatives of a function, by their order."""
    derivative = f"{name}_derivative"
    enter(
        Elementwise(
            derivative,
            code,
            (None, lambda m, n, x, y: getattr(m, derivative)(n + 1, x)),
            (_ONE, domain),
            meaning=f"the derivative of `{name}` whose order is x, at y",
            kinks="0 in the order",
            shares=False,
        )
    )


def _elliptic(first: str) -> Body:
    """Return derivatives of pi / 2 times the hypergeometric function of two numbers, 1/2 and 1."""
    factor = f"np.pi / 2 * special.poch({first}, x) * special.poch(0.5, x) / special.gamma(x + 1)"
    series = f"special.hyp2f1({first} + x, 0.5 + x, 1 + x, y)"
    return Body(
        f"({factor} * {series}).astype(np.result_type(y, 0.0))", ("poch", "gamma", "hyp2f1")
    )


def of_parameter(
    name: str, partial: Partial, domain: Interval = POSITIVE, parameter: str = "v", **columns: Any
) -> None:
    """Enter a function of a parameter, by default an order, and of an argument."""
    enter_scipy(name, (unknown(name, parameter), partial), (TWO, domain), **columns)


def gamma_density(m: Any, a: Any, x: Any) -> Any:
    """Return the density of the gamma distribution: of the incomplete gamma function."""
    return m.exp(m.xlogy(a - 1, x) - x - m.gammaln(a))


def beta_density(m: Any, a: Any, b: Any, x: Any) -> Any:
    """Return the density of the beta distribution: of the incomplete beta function."""
    return m.exp(m.xlogy(a - 1, x) + m.xlog1py(b - 1, -x) - m.betaln(a, b))


def t_density(m: Any, n: Any, t: Any) -> Any:
    """Return the density of Student's distribution."""
    constant = m.log(m.poch(n * 0.5, 0.5)) - 0.5 * m.log(pi * n)
    return m.exp(constant - 0.5 * (n + 1) * m.log1p(t * t * m.reciprocal(n)))


of_one("gamma", lambda m, x, y: y * m.digamma(x), latex=r"\Gamma({0})")
of_one("gammasgn", None)
of_one("rgamma", lambda m, x, y: -y * m.digamma(x), latex=r"1 / \Gamma({0})")
of_one("loggamma", lambda m, x, y: m.digamma(x), latex=r"\log\Gamma({0})", analytic=True)
enter_scipy(
    "beta",
    (
        lambda m, a, b, y: y * (m.digamma(a) - m.digamma(a + b)),
        lambda m, a, b, y: y * (m.digamma(b) - m.digamma(a + b)),
    ),
    (POSITIVE, POSITIVE),
    latex="B({0}, {1})",
    jax=Form("jax.scipy.special.beta({x}, {y})"),
)
enter_scipy(
    "betaln",
    (
        lambda m, a, b, y: m.digamma(a) - m.digamma(a + b),
        lambda m, a, b, y: m.digamma(b) - m.digamma(a + b),
    ),
    (POSITIVE, POSITIVE),
    latex=r"\log B({0}, {1})",
    jax=Form("jax.scipy.special.betaln({x}, {y})"),
)
enter_scipy(
    "poch",
    (
        lambda m, x, k, y: y * (m.digamma(x + k) - m.digamma(x)),
        lambda m, x, k, y: y * m.digamma(x + k),
    ),
    (POSITIVE, POSITIVE),
)
enter_scipy(
    "binom",
    (
        lambda m, n, k, y: y * (m.digamma(n + 1) - m.digamma(n - k + 1)),
        lambda m, n, k, y: y * (m.digamma(n - k + 1) - m.digamma(k + 1)),
    ),
    ((3.0, 5.0), (0.5, 2.5)),
)
of_parameter(
    "gammainc",
    lambda m, a, x, y: gamma_density(m, a, x),
    parameter="a",
    torch=Form("torch.special.gammainc({x}, {y})"),
    jax=Form("jax.scipy.special.gammainc({x}, {y})"),
)
of_parameter(
    "gammaincc",
    lambda m, a, x, y: -gamma_density(m, a, x),
    parameter="a",
    torch=Form("torch.special.gammaincc({x}, {y})"),
    jax=Form("jax.scipy.special.gammaincc({x}, {y})"),
)
enter_scipy(
    "betainc",
    (
        unknown("betainc", "a"),
        unknown("betainc", "b"),
        lambda m, a, b, x, y: beta_density(m, a, b, x),
    ),
    (TWO, THREE, INNER),
    jax=Form("jax.scipy.special.betainc({x}, {y}, {z})"),
)
enter_scipy(
    "stdtr",
    (unknown("stdtr", "df"), lambda m, n, t, y: t_density(m, n, t)),
    (THREE, LINE),
)
enter_scipy(
    "xlog1py",
    (lambda m, x, y, z: m.log1p(y), lambda m, x, y, z: x * m.reciprocal(1 + y)),
    (POSITIVE, POSITIVE),
    torch=Form("torch.special.xlog1py({x}, {y})"),
    jax=Form("jax.scipy.special.xlog1py({x}, {y})"),
    analytic=True,
)
enter_scipy(
    "rel_entr",
    (lambda m, x, y, z: m.log(x) - m.log(y) + 1, lambda m, x, y, z: -x * m.reciprocal(y)),
    (POSITIVE, POSITIVE),
    jax=Form("jax.scipy.special.rel_entr({x}, {y})"),
)
enter_scipy(
    "kl_div",
    (lambda m, x, y, z: m.log(x) - m.log(y), lambda m, x, y, z: 1 - x * m.reciprocal(y)),
    (POSITIVE, POSITIVE),
    jax=Form("jax.scipy.special.kl_div({x}, {y})"),
)
of_one("entr", lambda m, x, y: -1 - m.log(x), torch="entr", jax="entr")
of_one(
    "ndtri", lambda m, x, y: sqrt(2 * pi) * m.exp(0.5 * y * y), INNER, torch="ndtri", jax="ndtri"
)
of_one(
    "erfinv",
    lambda m, x, y: 0.5 * sqrt(pi) * m.exp(y * y),
    (-0.9, 0.9),
    parity=-1,
    torch="erfinv",
    jax="erfinv",
)
of_one("erfcinv", lambda m, x, y: -0.5 * sqrt(pi) * m.exp(y * y), (0.1, 1.9))
of_one(
    "erfcx",
    lambda m, x, y: m.erfcx_derivative(1, x),
    LINE,
    torch="erfcx",
    jax="erfcx",
)
_derivatives_of("erfcx", LINE, Stable("erfcx_derivative", scipy=True))
of_one("erfi", lambda m, x, y: 2 / sqrt(pi) * m.exp(x * x), (-1.5, 1.5), analytic=True, parity=-1)
of_one("dawsn", lambda m, x, y: 1 - 2 * x * y, LINE, analytic=True, parity=-1)
of_one("exp1", lambda m, x, y: -m.exp(-x) * m.reciprocal(x), jax="exp1", analytic=True)
of_one("expi", lambda m, x, y: m.exp(x) * m.reciprocal(x), jax="expi")
of_one("exp10", lambda m, x, y: log(10) * y, LINE)
of_one("cosm1", lambda m, x, y: -m.sin(x), LINE)
enter_scipy(
    "hyp1f1",
    (
        unknown("hyp1f1", "a"),
        unknown("hyp1f1", "b"),
        lambda m, a, b, x, y: a * m.reciprocal(b) * m.hyp1f1(a + 1, b + 1, x),
    ),
    (TWO, THREE, LINE),
    latex=r"{{}}_1F_1({0}; {1}; {2})",
)
of_one("exprel", lambda m, x, y: 0.5 * m.hyp1f1(2, 3, x), LINE)
of_one("j0", lambda m, x, y: -m.j1(x), torch="bessel_j0", latex="J_0({0})")
of_one("j1", lambda m, x, y: 0.5 * (m.j0(x) - m.jv(2, x)), torch="bessel_j1", latex="J_1({0})")
of_one("y0", lambda m, x, y: -m.y1(x), torch="bessel_y0", latex="Y_0({0})")
of_one("y1", lambda m, x, y: 0.5 * (m.y0(x) - m.yv(2, x)), torch="bessel_y1", latex="Y_1({0})")
of_one(
    "i0",
    lambda m, x, y: m.i1(x),
    torch="i0",
    jax="i0",
    latex="I_0({0})",
    numpy_names=("i0",),
)
of_one("i1", lambda m, x, y: 0.5 * (m.i0(x) + m.iv(2, x)), torch="i1", jax="i1", latex="I_1({0})")
of_one("i0e", lambda m, x, y: m.i1e(x) - m.sign(x) * y, torch="i0e", jax="i0e")
of_one(
    "i1e",
    lambda m, x, y: 0.5 * (m.i0e(x) + m.ive(2, x)) - m.sign(x) * y,
    torch="i1e",
    jax="i1e",
)
of_one("k0", lambda m, x, y: -m.k1(x), torch="modified_bessel_k0", latex="K_0({0})")
of_one(
    "k1",
    lambda m, x, y: -0.5 * (m.k0(x) + m.kv(2, x)),
    torch="modified_bessel_k1",
    latex="K_1({0})",
)
of_one("k0e", lambda m, x, y: y - m.k1e(x))
of_one("k1e", lambda m, x, y: y - 0.5 * (m.k0e(x) + m.kve(2, x)))
of_parameter("jv", lambda m, v, x, y: 0.5 * (m.jv(v - 1, x) - m.jv(v + 1, x)))
of_parameter("yv", lambda m, v, x, y: 0.5 * (m.yv(v - 1, x) - m.yv(v + 1, x)))
of_parameter("iv", lambda m, v, x, y: 0.5 * (m.iv(v - 1, x) + m.iv(v + 1, x)))
of_parameter("kv", lambda m, v, x, y: -0.5 * (m.kv(v - 1, x) + m.kv(v + 1, x)))
of_parameter("ive", lambda m, v, x, y: 0.5 * (m.ive(v - 1, x) + m.ive(v + 1, x)) - m.sign(x) * y)
of_parameter("kve", lambda m, v, x, y: y - 0.5 * (m.kve(v - 1, x) + m.kve(v + 1, x)))
# The usual form, (ellipe / (1 - x) - ellipk) / (2 x), has no digits near 0 and is nan there.
of_one("ellipk", lambda m, x, y: m.ellipk_derivative(1, x), INNER, latex="K({0})")
of_one("ellipe", lambda m, x, y: m.ellipe_derivative(1, x), INNER, latex="E({0})")
_derivatives_of("ellipk", INNER, _elliptic("0.5"))
_derivatives_of("ellipe", INNER, _elliptic("-0.5"))
