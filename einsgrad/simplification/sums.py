"""Rules for sums: open nested ones, merge like terms, take out what the terms share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from math import gcd, inf
from operator import is_

from einsgrad.expressions.construct import add_terms, scale
from einsgrad.expressions.idioms import innermost_base
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map, Number
from einsgrad.expressions.products import (
    fold_constants,
    is_moderate,
    is_one_everywhere,
    is_ones_vector,
    is_unending,
    tidy,
    unwrap,
    without_rounding,
)
from einsgrad.expressions.selectors import Delta
from einsgrad.simplification.flattening import flatten, products_with
from einsgrad.strings.subscripts import Subscripts

# Larger sums stay sums of sums, so that long recurrences stay linear in size: "200 deep" in
# `python -m benchmarks --only builds`.
LONGEST_SUM = 64
# What may be 1 everywhere.
_MAY_BE_ONES = (Constant, Delta, Einsum)
# The kinds of sizes and of their powers.
_SIZES = (Delta, Map)
# More factors than any product has.
_UNBOUNDED = 10**9


def collect(terms: Iterable[Expr], like: Expr, whole: Collection[Expr] = ()) -> Expr:
    """Add up terms: nested sums are opened, like terms merged, zeros dropped.

    Sums that stay whole are not opened.

    Examples
    --------
    >>> from einsgrad.expressions.construct import scale
    >>> from einsgrad.expressions.nodes import Variable
    >>> x = Variable("x", ("n",))
    >>> total = collect([x, x, scale(-2, x)], x)
    >>> isinstance(total.operands[0], Constant), total.shape
    (True, ('n',))
    """
    coefficients: dict[Expr, Number] = {}
    apart: list[Expr] = []
    for term in opened_terms(terms, whole):
        coefficient, core = split_coefficient(term)
        total = coefficients.get(core, 0) + coefficient
        if abs(total) == inf and core is not Constant(1):
            # The sum of the terms may be finite all the same.
            apart.append(term)
        else:
            coefficients[core] = total
    kept = sorted((core for core, c in coefficients.items() if c != 0), key=lambda e: e.key)
    merged = [with_coefficient(tidy(coefficients[core]), core) for core in kept]
    return add_terms([*merged, *sorted(apart, key=lambda e: e.key)], like.shape)


def opened_terms(terms: Iterable[Expr], whole: Collection[Expr] = ()) -> Iterator[Expr]:
    """Yield the terms of a sum, with those of nested sums that are not long in their place."""
    for term in terms:
        if isinstance(term, Add) and len(term.terms) <= LONGEST_SUM and term not in whole:
            yield from term.terms
        else:
            yield term


@lru_cache(maxsize=1024)
def innermost_terms(node: Add) -> tuple[Expr, ...]:
    """Return the terms of a sum and of the sums in it, with the numbers before these.

    Long sums stay what they are. In which order terms are added up tells nothing, and so they
    are not simplified in pairs: `(s a + s b) + c` is `s a + (s b + c)`.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y, z = eg.variables("x y z")
    >>> innermost_terms(x - (y + z))
    (x, -y, -z)
    """
    found: list[Expr] = []
    waiting: list[tuple[Number, Expr]] = [(1, node)]
    while waiting:
        number, term = waiting.pop()
        if isinstance(term, Add):
            waiting.extend([(number, one) for one in reversed(term.terms)])
        elif (inner := _multiple(term)) is not None and is_moderate(number * inner[0]):
            waiting.append((number * inner[0], inner[1]))
        else:
            found.append(scale(number, term))
        if len(found) + len(waiting) > LONGEST_SUM:
            return node.terms
    return tuple(found)


def _multiple(term: Expr) -> tuple[Number, Add] | None:
    """Read a number times a sum, or None."""
    match term:
        case Einsum(subscripts=lists, operands=(Constant(value=number), Add() as inner)):
            return (number, inner) if lists.inputs[1] == lists.output else None
        case _:
            return None


@lru_cache(maxsize=4096)
def split_coefficient(expr: Expr) -> tuple[Number, Expr]:
    """Split a simple term into its number and the rest."""
    match expr:
        case Constant(value=value):
            return value, Constant(1)
        case Einsum():
            coefficient, rest = fold_constants(expr)
            return coefficient, unwrap(rest) if rest.operands else Constant(1)
        case _:
            return 1, expr


def with_coefficient(coefficient: Number, core: Expr) -> Expr:
    """Put the number back that `split_coefficient` took out."""
    if coefficient == 1:
        return core
    return Constant(coefficient) if core is Constant(1) else scaled(coefficient, core)


def scaled(coefficient: Number, expr: Expr) -> Einsum:
    """Put a number in front of an expression, within its einsum if it is one."""
    labels = tuple(range(len(expr.shape)))
    lists = Subscripts(((), labels), labels)
    return flatten(Einsum(lists, (Constant(coefficient), expr)), most=_UNBOUNDED)


def turned_sign(expr: Expr) -> Expr:
    """Return the negative of a simple expression, simple as well.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y = eg.variables("x y")
    >>> turned_sign(eg.simplify(x - y)) is eg.simplify(y - x)
    True
    """
    if isinstance(expr, Add):
        return add_terms([turned_sign(term) for term in expr.terms], expr.shape)
    number, core = split_coefficient(expr)
    return with_coefficient(tidy(-number), core)


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
    """Return what several numbers share: of √2 and 2 √2 the first, of 6 and 9 the number 3."""
    whole = [number for number in numbers if isinstance(number, int)]
    if len(whole) == len(numbers):
        return gcd(*whole)
    least = min(numbers, key=abs)
    if not is_unending(least):
        return 1
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


def open_means(node: Add) -> Expr:
    """Divide each term of an inner sum by sizes: sizes are like numbers, which stand in each term.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y, z = eg.variables("x[n] y[n] z")
    >>> len(open_means(Add((z, eg.simplify(eg.mean(x) + eg.mean(y))))).terms)
    3
    """
    parts = [divided_terms(term) or (term,) for term in node.terms]
    if len(parts) == sum(map(len, parts)):
        return node
    return add_terms(list(chain.from_iterable(parts)), node.shape)


@lru_cache(maxsize=1024)
def divided_terms(term: Expr) -> tuple[Expr, ...] | None:
    """Return the terms of a sum that is multiplied by numbers and sizes alone, or None."""
    if not isinstance(term, Einsum) or Add not in term.kinds or term.kinds.isdisjoint(_SIZES):
        return None
    others = [one for one in term.operands if not (isinstance(one, Constant) or _is_size(one))]
    if len(others) != 1 or not isinstance(others[0], Add) or not any(map(_is_size, term.operands)):
        return None
    place = term.operands.index(others[0])
    return tuple(products_with(term, place, others[0].terms))


def _is_size(operand: Expr) -> bool:
    base = innermost_base(operand)
    return isinstance(base, Delta) and not base.order
