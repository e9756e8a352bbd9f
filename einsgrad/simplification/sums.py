"""Rules for sums: open nested ones, merge like terms, write means term by term."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import chain
from math import inf

from einsgrad.expressions.construct import add_terms, scale
from einsgrad.expressions.idioms import innermost_base
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map, Number
from einsgrad.expressions.products import (
    fold_constants,
    is_moderate,
    tidy,
    unwrap,
)
from einsgrad.expressions.selectors import Delta
from einsgrad.simplification.flattening import flatten, products_with
from einsgrad.strings.subscripts import Subscripts

# Larger sums stay sums of sums, so that long recurrences stay linear in size: "200 deep" in
# `python -m benchmarks --only builds`.
LONGEST_SUM = 64
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
