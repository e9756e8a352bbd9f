"""The numbers that the terms of a sum share, and the sign with which a sum is written."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction
from functools import lru_cache
from math import gcd, isfinite, lcm
from operator import is_

from einsgrad.expressions.construct import add_terms
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Number
from einsgrad.expressions.products import (
    is_moderate,
    is_one_everywhere,
    is_ones_vector,
    is_unending,
    small_fraction,
    without_rounding,
)
from einsgrad.expressions.selectors import Delta
from einsgrad.simplification.sums import split_coefficient, with_coefficient

# What may be 1 everywhere.
_MAY_BE_ONES = (Constant, Delta, Einsum)


def factor_out(node: Einsum, whole: Collection[Expr] = ()) -> tuple[Number, Einsum]:
    """Take the numbers that all terms of a sum share out of the sums among the factors.

    Of the sum and its negative stands the one that `_is_negative` tells, so that a residual
    and its negative are the same factor.
    """
    if len(node.operands) == 1 or Add not in node.kinds:
        return 1, node
    content: Number = 1
    operands = list(node.operands)
    for place, operand in enumerate(node.operands):
        if isinstance(operand, Add) and operand not in whole:
            number, operands[place] = primitive(operand)
            content *= number
    if all(map(is_, operands, node.operands)):
        return 1, node
    return content, Einsum(node.subscripts, tuple(operands))


@lru_cache(maxsize=1024)
def primitive(node: Add) -> tuple[Number, Expr]:
    """Split a sum into the number that its terms share, signed as in `factor_out`, and the rest.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y = eg.variables("x y")
    >>> primitive(eg.simplify(2 * x - 4 * y))
    (-2, -x + 2 * y)
    """
    parts = [split_coefficient(term) for term in node.terms]
    numbers = [number for number, _ in parts]
    negative = _is_negative(parts)
    content: Number = -1 if negative else 1
    last = numbers[-1]
    if {last, -last}.issuperset(numbers):
        is_below = not isinstance(last, complex) and last < 0
        content = -last if is_below != negative else last
    else:
        content *= _shared_number(numbers)
    if content == 1 or not is_moderate(content):
        return 1, node
    terms = [with_coefficient(without_rounding(number / content), core) for number, core in parts]
    return content, add_terms(terms, node.shape)


def split_content(expr: Expr) -> tuple[Number, Expr]:
    """Split off the number in front of an expression, or the one that the terms of a sum share.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y = eg.variables("x y")
    >>> split_content(eg.simplify(3 * x)), split_content(eg.simplify(3 * x + 3 * y))
    ((3, x), (3, x + y))
    """
    return primitive(expr) if isinstance(expr, Add) else split_coefficient(expr)


def _shared_number(numbers: Sequence[Number]) -> Number:
    """Return what several numbers share: of 6 and 9/2 the number 3/2, of √2 and 2 √2 the first.

    Of π/2 and 1/2 it is 1/2.
    """
    finite = [one for one in numbers if not isinstance(one, complex) and isfinite(one)]
    fractions = [Fraction(x) if isinstance(x, int) else small_fraction(x) for x in finite]
    known = [fraction for fraction in fractions if fraction is not None]
    if len(known) + sum(map(is_unending, finite)) < len(numbers):
        return 1
    if known:
        above = gcd(*(one.numerator for one in known))
        below = lcm(*(one.denominator for one in known))
        return above if below == 1 else above / below
    least = min(numbers, key=abs)
    times = [number / least for number in numbers]
    return abs(least) if not any(is_unending(one) and is_unending(one**2) for one in times) else 1


def _is_negative(parts: Sequence[tuple[Number, Expr]]) -> bool:
    """Tell whether a sum is the negative of the one that a person writes.

    There, ones are positive, `1 - s`; else fewer terms are negative than positive; else the
    last term that is not spread is positive, `A x - b` or `x - mean(x)`.
    """
    below = 0
    leading: Number | None = None
    for number, core in parts:
        if not isinstance(number, complex) and number < 0:
            below += 1
        if isinstance(core, _MAY_BE_ONES) and is_one_everywhere(core):
            leading = number
    if leading is None and 2 * below != len(parts):
        return 2 * below > len(parts)
    last = parts[-1][0] if leading is None else leading
    if leading is None:
        last = next((n for n, core in reversed(parts) if not _is_spread(core)), last)
    return not isinstance(last, complex) and last < 0


def _is_spread(core: Expr) -> bool:
    """Tell whether ones spread a term over an axis."""
    return bool(axes_of_ones(core))


def axes_of_ones(core: Expr) -> frozenset[int]:
    """Return the axes over which ones spread a term.

    Examples
    --------
    >>> import einsgrad as eg
    >>> (x,) = eg.variables("x[m]")
    >>> axes_of_ones(eg.simplify(eg.outer(x, eg.ones("n"))))
    frozenset({1})
    """
    if not isinstance(core, Einsum):
        return frozenset([0] if is_ones_vector(core) else [])
    output = core.subscripts.output
    return frozenset(
        output.index(indices[0])
        for indices, operand in zip(core.subscripts.inputs, core.operands, strict=True)
        if isinstance(operand, Delta) and operand.order == 1 and indices[0] in output
    )
