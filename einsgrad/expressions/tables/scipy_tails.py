"""Functions of `scipy.special` that are tails, their inverses, or of a degree, one row each.

Their parameters and degrees are constant. Source of the derivatives: NIST Digital Library of
Mathematical Functions, chapters 7 and 8 (tails and exponential integrals), 13 (hypergeometric),
18 (orthogonal polynomials), 25 (zeta); D. B. Owen, "Tables for computing bivariate normal
probabilities", for `owens_t`.
"""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

from einsgrad.expressions.tables.columns import LINE, POSITIVE
from einsgrad.expressions.tables.rows import Interval
from einsgrad.expressions.tables.scipy_functions import (
    INNER,
    THREE,
    TWO,
    beta_density,
    enter_scipy,
    gamma_density,
    of_one,
    of_parameter,
    scipy_names,
    t_density,
    unknown,
)


def _of_two_parameters(name: str, partial: Any, domain: Interval, names: str = "ab") -> None:
    """Enter a function of two constant parameters and an argument."""
    refusals = [unknown(name, one) for one in names]
    enter_scipy(name, (*refusals, partial), (TWO, THREE, domain))


of_one("spence", lambda m, x, y: -m.reciprocal(m.exprel(m.log(x))))
of_one("wrightomega", lambda m, x, y: y * m.reciprocal(1 + y), LINE)
of_one("sindg", lambda m, x, y: pi / 180 * m.cosdg(x), LINE)
of_one("cosdg", lambda m, x, y: -pi / 180 * m.sindg(x), LINE)
of_one("tandg", lambda m, x, y: pi / 180 * (1 + y * y), LINE)
of_one("ellipkm1", lambda m, x, y: -m.ellipk_derivative(1, 1 - x), INNER)

of_parameter("gammaincinv", lambda m, a, p, y: m.reciprocal(gamma_density(m, a, y)), INNER, "a")
of_parameter("gammainccinv", lambda m, a, p, y: -m.reciprocal(gamma_density(m, a, y)), INNER, "a")
of_parameter("chdtr", lambda m, v, x, y: 0.5 * gamma_density(m, v * 0.5, x * 0.5), POSITIVE, "v")
of_parameter("chdtrc", lambda m, v, x, y: -0.5 * gamma_density(m, v * 0.5, x * 0.5), POSITIVE, "v")
of_parameter(
    "chdtri", lambda m, v, p, y: -2 * m.reciprocal(gamma_density(m, v * 0.5, y * 0.5)), INNER, "v"
)
of_parameter("pdtr", lambda m, k, x, y: -gamma_density(m, m.floor(k) + 1, x), POSITIVE, "k")
of_parameter("pdtrc", lambda m, k, x, y: gamma_density(m, m.floor(k) + 1, x), POSITIVE, "k")
of_parameter("stdtrit", lambda m, n, p, y: m.reciprocal(t_density(m, n, y)), INNER, "df")
of_parameter("hyp0f1", lambda m, v, x, y: m.reciprocal(v) * m.hyp0f1(v + 1, x), LINE, "v")
of_parameter("zeta", lambda m, x, q, y: -x * m.zeta(x + 1, q), POSITIVE, "x")
_of_two_parameters("betaincc", lambda m, a, b, x, y: -beta_density(m, a, b, x), INNER)
_of_two_parameters(
    "betaincinv", lambda m, a, b, p, y: m.reciprocal(beta_density(m, a, b, y)), INNER
)
_of_two_parameters(
    "betainccinv", lambda m, a, b, p, y: -m.reciprocal(beta_density(m, a, b, y)), INNER
)
_of_two_parameters("hyperu", lambda m, a, b, x, y: -a * m.hyperu(a + 1, b + 1, x), POSITIVE)
enter_scipy(
    "owens_t",
    (
        lambda m, h, a, y: -0.5 / sqrt(2 * pi) * m.exp(-0.5 * h * h) * m.erf(a * h * (1 / sqrt(2))),
        lambda m, h, a, y: m.exp(-0.5 * h * h * (1 + a * a)) * m.reciprocal(2 * pi * (1 + a * a)),
    ),
    (LINE, LINE),
)

SCIPY_FUNCTIONS = tuple(scipy_names)
"""The names of the rows that scipy.special has by the same name."""
