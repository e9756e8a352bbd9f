"""Rules for sums: open nested ones, merge like terms, take out what the terms share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from math import gcd, inf, prod

from einsgrad.expressions.construct import add_terms
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Number
from einsgrad.expressions.products import (
    fold_constants,
    is_moderate,
    is_one_everywhere,
    is_ones_vector,
    tidy,
    unwrap,
)
from einsgrad.expressions.selectors import Delta
from einsgrad.simplification.flattening import flatten
from einsgrad.strings.subscripts import Subscripts

# Larger sums stay sums of sums, so that long recurrences stay linear in size: "200 deep" in
# `python -m benchmarks --only builds`.
LONGEST_SUM = 64
# What may be 1 everywhere.
_MAY_BE_ONES = (Constant, Delta, Einsum)
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
    merged = [_with_coefficient(tidy(coefficients[core]), core) for core in kept]
    return add_terms([*merged, *sorted(apart, key=lambda e: e.key)], like.shape)


def opened_terms(terms: Iterable[Expr], whole: Collection[Expr] = ()) -> Iterator[Expr]:
    """Yield the terms of a sum, with those of nested sums that are not long in their place."""
    for term in terms:
        if isinstance(term, Add) and len(term.terms) <= LONGEST_SUM and term not in whole:
            yield from term.terms
        else:
            yield term


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


def _with_coefficient(coefficient: Number, core: Expr) -> Expr:
    if coefficient == 1:
        return core
    return Constant(coefficient) if core is Constant(1) else scaled(coefficient, core)


def scaled(coefficient: Number, expr: Expr) -> Einsum:
    """Put a number in front of an expression, within its einsum if it is one."""
    labels = tuple(range(len(expr.shape)))
    lists = Subscripts(((), labels), labels)
    return flatten(Einsum(lists, (Constant(coefficient), expr)), most=_UNBOUNDED)


def factor_out(node: Einsum, whole: Collection[Expr] = ()) -> tuple[Number, Einsum]:
    """Take the numbers that all terms of a sum share out of the sums among the factors.

    Of the sum and its negative stands the one that `_is_negative` tells, so that a residual
    and its negative are the same factor.
    """
    if len(node.operands) == 1:
        return 1, node
    parts = [
        primitive(op) if isinstance(op, Add) and op not in whole else (1, op)
        for op in node.operands
    ]
    content = prod(number for number, _ in parts)
    changed = any(number != 1 for number, _ in parts)
    operands = tuple(operand for _, operand in parts)
    return content, Einsum(node.subscripts, operands) if changed else node


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
        whole = [number for number in numbers if isinstance(number, int)]
        content *= gcd(*whole) if len(whole) == len(numbers) else 1
    if content == 1 or not is_moderate(content):
        return 1, node
    terms = [_with_coefficient(tidy(number / content), core) for number, core in parts]
    return content, add_terms(terms, node.shape)


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
    if not isinstance(core, Einsum):
        return is_ones_vector(core)
    output = core.subscripts.output
    for indices, operand in zip(core.subscripts.inputs, core.operands, strict=True):
        if isinstance(operand, Delta) and operand.order == 1 and indices[0] in output:
            return True
    return False
