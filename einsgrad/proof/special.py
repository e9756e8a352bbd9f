"""Special functions in terms of few: the error function, gamma functions, Bessel functions.

Source of the relations: NIST Digital Library of Mathematical Functions, chapters 5 (gamma),
7 (error functions), 8 (incomplete gamma and beta), 10 (Bessel) and 19 (elliptic).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from math import factorial, floor, pi, prod, sqrt

from einsgrad.expressions.construct import add_terms, scale
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.shaping import as_expr
from einsgrad.proof.building import (
    chosen_of,
    exp,
    inverse,
    logarithm,
    modulus,
    negative_of,
    plain,
    power,
    product_of,
    quotient_of,
    sum_of,
)

# No further are arguments and orders shifted.
_MOST_SHIFTS = 12


def _ndtr(x: Expr) -> Expr:
    return scale(0.5, sum_of(1, plain("erf", scale(1 / sqrt(2), x))))


def _erfcx(x: Expr) -> Expr:
    return product_of(exp(product_of(x, x)), sum_of(1, negative_of(plain("erf", x))))


def _constant_in(term: Expr) -> float | None:
    """Return the number that all entries of a term are; None if it is no constant."""
    match term:
        case Constant(value=value) if not isinstance(value, complex):
            return value
        case Delta(order=1):
            return 1
        case Einsum(subscripts=subscripts, operands=operands) if not subscripts.summed:
            numbers = [_constant_in(one) for one in operands]
            return None if None in numbers else prod(n for n in numbers if n is not None)
        case _:
            return None


def _terms_of(x: Expr) -> list[Expr]:
    """Return the terms of a sum, and of the sums among them."""
    pending: list[Expr] = [x]
    found: list[Expr] = []
    while pending:
        one = pending.pop()
        if isinstance(one, Add):
            pending.extend(reversed(one.terms))
        else:
            found.append(one)
    return found


def _without_shift(x: Expr) -> tuple[Expr, int]:
    """Return an argument without the whole number that is added to it, and that number."""
    if not isinstance(x, Add):
        return x, 0
    terms = _terms_of(x)
    found = [(place, _constant_in(term)) for place, term in enumerate(terms)]
    constants = [(place, number) for place, number in found if number is not None]
    if len(constants) != 1:
        return x, 0
    ((place, number),) = constants
    shift = floor(number)
    if not 0 < abs(shift) <= _MOST_SHIFTS:
        return x, 0
    rest = add_terms([*terms[:place], *terms[place + 1 :]], x.shape)
    return (rest if number == shift else sum_of(rest, number - shift)), shift


def _shifts(x: Expr, shift: int) -> list[Expr]:
    """Return the factors that a gamma function gains or loses by a shift."""
    return [sum_of(x, step) if step else x for step in range(min(shift, 0), max(shift, 0))]


def _gammaln(x: Expr) -> Expr:
    """Write Γ(x + n) as Γ(x) times x, x + 1, ..., under the logarithm."""
    rest, shift = _without_shift(x)
    sign = 1 if shift > 0 else -1
    terms = [scale(sign, logarithm(modulus(one))) for one in _shifts(rest, shift)]
    return sum_of(plain("gammaln", rest), *terms)


def _gammasgn(x: Expr) -> Expr:
    rest, shift = _without_shift(x)
    return product_of(
        plain("gammasgn", rest), *(plain("sign", one) for one in _shifts(rest, shift))
    )


def _gamma(x: Expr) -> Expr:
    return product_of(_gammasgn(x), exp(_gammaln(x)))


def _polygamma(order: Expr, x: Expr) -> Expr:
    rest, shift = _without_shift(x)
    if not isinstance(order, Constant) or isinstance(order.value, complex):
        return plain("polygamma", order, x)
    whole = int(order.value)
    number = (-1) ** whole * factorial(whole) * (1 if shift > 0 else -1)
    terms = [scale(number, power(one, -whole - 1)) for one in _shifts(rest, shift)]
    return sum_of(plain("polygamma", order, rest), *terms)


def _betaln(a: Expr, b: Expr) -> Expr:
    return sum_of(_gammaln(a), _gammaln(b), negative_of(_gammaln(sum_of(a, b))))


def _binom(n: Expr, k: Expr) -> Expr:
    below = product_of(_gamma(sum_of(k, 1)), _gamma(sum_of(n, negative_of(k), 1)))
    return quotient_of(_gamma(sum_of(n, 1)), below)


def _bessel(name: str, order: Expr, x: Expr) -> Expr:
    """Write a Bessel function of a whole order in terms of those of the orders 0 and 1."""
    if not isinstance(order, Constant) or isinstance(order.value, complex):
        return plain(name, order, x)
    whole = abs(int(order.value))
    if order.value != int(order.value) or whole > _MOST_SHIFTS:
        return plain(name, order, x)
    before, found = plain(name, 1, x), plain(name, 0, x)
    if name in ("jv", "yv"):
        before = negative_of(before)
    # One step below 0, by the symmetry in the order.
    for step in range(whole):
        slope = scale(2 * step * _BESSEL[name][0], quotient_of(found, x))
        before, found = found, sum_of(slope, scale(_BESSEL[name][1], before))
    odd = whole % 2 == 1 and order.value < 0 and name in ("jv", "yv")
    return negative_of(found) if odd else found


# What 2 n / x times the function of order n, and that of order n - 1, are multiplied by in the
# function of order n + 1.
_BESSEL = {"jv": (1, -1), "yv": (1, -1), "iv": (-1, 1), "kv": (1, 1)}


def _scaled(name: str, order: Expr | int, x: Expr) -> Expr:
    """Return a modified Bessel function times the exponential that bounds it."""
    scaling = negative_of(modulus(x)) if name == "iv" else x
    return product_of(_bessel(name, as_expr(order), x), exp(scaling))


def _of_order(name: str, order: int) -> Callable[[Expr], Expr]:
    return lambda x: _bessel(name, Constant(order), x)


def _chi_squared(v: Expr, x: Expr) -> Expr:
    return plain("gammainc", scale(0.5, v), scale(0.5, x))


def _poisson(k: Expr, x: Expr) -> Expr:
    return plain("gammainc", sum_of(plain("floor", k), 1), x)


def _complement(x: Expr) -> Expr:
    return sum_of(1, negative_of(x))


def _angle(y: Expr, x: Expr) -> Expr:
    """Return the angle of a point, by that of its quotient."""
    half = chosen_of(plain("greater_equal", y, 0), pi, -pi)
    turned = chosen_of(plain("greater", x, 0), 0, half)
    return sum_of(plain("arctan", quotient_of(y, x)), turned)


SPECIAL: Mapping[str, Callable[..., Expr]] = {
    "erfc": lambda x: _complement(plain("erf", x)),
    "ndtr": _ndtr,
    "log_ndtr": lambda x: logarithm(_ndtr(x)),
    "gelu": lambda x: product_of(x, _ndtr(x)),
    "erfcx": _erfcx,
    "dawsn": lambda x: product_of(
        sqrt(pi) / 2, exp(negative_of(product_of(x, x))), plain("erfi", x)
    ),
    "erfcinv": lambda x: plain("erfinv", _complement(x)),
    "ndtri": lambda x: scale(sqrt(2), plain("erfinv", sum_of(scale(2, x), -1))),
    "gamma": _gamma,
    "gammaln": _gammaln,
    "gammasgn": _gammasgn,
    "loggamma": _gammaln,
    "rgamma": lambda x: inverse(_gamma(x)),
    "digamma": lambda x: _polygamma(Constant(0), x),
    "polygamma": _polygamma,
    "betaln": _betaln,
    "beta": lambda a, b: quotient_of(product_of(_gamma(a), _gamma(b)), _gamma(sum_of(a, b))),
    "poch": lambda x, k: quotient_of(_gamma(sum_of(x, k)), _gamma(x)),
    "binom": _binom,
    "gammaincc": lambda a, x: _complement(plain("gammainc", a, x)),
    "betaincc": lambda a, b, x: _complement(plain("betainc", a, b, x)),
    "chdtr": _chi_squared,
    "chdtrc": lambda v, x: _complement(_chi_squared(v, x)),
    "pdtr": lambda k, x: _complement(_poisson(k, x)),
    "pdtrc": _poisson,
    "exprel": lambda x: quotient_of(sum_of(exp(x), -1), x),
    "ellipkm1": lambda x: plain("ellipk", _complement(x)),
    "arctan2": _angle,
    **{name: partial(_bessel, name) for name in _BESSEL},
    **{f"{name[0]}{n}": _of_order(name, n) for name in _BESSEL for n in (0, 1)},
    "ive": partial(_scaled, "iv"),
    "kve": partial(_scaled, "kv"),
    **{f"{name[0]}{n}e": partial(_scaled, name, n) for name in ("iv", "kv") for n in (0, 1)},
    "sinc": lambda x: plain("sinc_derivative", Constant(0), x),
}
"""Special functions, given their operands."""
