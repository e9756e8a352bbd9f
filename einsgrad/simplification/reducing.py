"""Conditions in fewer words: one split into several short ones, two that are one."""

from __future__ import annotations

from dataclasses import replace
from math import gcd

from einsgrad.expressions.dims import is_at_least, linear, parts_of
from einsgrad.expressions.index_forms import IndexForm
from einsgrad.simplification.conditions import Condition, Dims, always, never, plus


def reduced(condition: Condition, dims: Dims) -> list[Condition] | None:
    """Split an equation into those that it is made of; None if it never holds.

    `4 a + b = 12 i + 4 j + k` with `b` and `k` below 4 is `a = 3 i + j` and `b = k`.

    Examples
    --------
    >>> whole = IndexForm((("a", 4), ("b", 1), ("j", -4), ("k", -1)))
    >>> [one.terms for one in reduced(Condition(whole), dict.fromkeys("abjk", 4))]
    [(('b', 1), ('k', -1)), (('a', 1), ('j', -1))]
    """
    kept = [term for term in condition.terms if dims[term[0]] != 1 or term[0] == condition.target]
    condition = replace(condition, form=IndexForm(tuple(kept), condition.constant))
    if condition.target is not None:
        return [condition]
    if never(condition, dims):
        return None
    if always(condition, dims):
        return []
    is_end = condition.form.highest(dims) == 0
    if is_end or (not condition.bounds and condition.form.lowest(dims) == 0):
        return _at_the_end(condition, dims, is_highest=is_end)
    if condition.bounds:
        return [condition]
    divided = _divided(condition)
    if divided is None or not divided.terms:
        return [condition] if not condition.terms else None
    for size in sorted({abs(number) for _, number in divided.terms} - {1}, reverse=True):
        parts = _split(divided, size, dims)
        if parts is not None:
            pieces = [reduced(part, dims) for part in parts]
            return None if None in pieces else [one for piece in pieces if piece for one in piece]
    return [divided]


def _at_the_end(condition: Condition, dims: Dims, *, is_highest: bool) -> list[Condition]:
    """Write a condition that holds at one end of its range only: each label is at an end."""
    ends = [
        (label, linear((1, dims[label]), (-1, 1)) if (number > 0) == is_highest else 0)
        for label, number in condition.terms
    ]
    return [Condition(IndexForm(((label, -1),), end)) for label, end in ends]


def _divided(condition: Condition) -> Condition | None:
    """Divide an equation by what all its coefficients share; None if that leaves a rest."""
    shared = gcd(*(number for _, number in condition.terms))
    if shared <= 1:
        return condition
    names, number = parts_of(condition.constant)
    if any(one % shared for _, one in names):
        return condition
    if number % shared:
        return None
    terms = tuple((label, one // shared) for label, one in condition.terms)
    parts = [(one // shared, name) for name, one in names]
    form = IndexForm(terms, linear(*parts, (1, number // shared)))
    return replace(condition, form=form)


def _split(condition: Condition, size: int, dims: Dims) -> list[Condition] | None:
    """Split an equation into what a size divides, and a rest that is smaller than the size."""
    names, number = parts_of(condition.constant)
    small = tuple((label, one) for label, one in condition.terms if one % size)
    if not small or any(one % size for _, one in names):
        return None
    for left in (number % size, number % size - size):
        rest = IndexForm(small, left)
        if is_at_least(size - 1, rest.highest(dims)) and is_at_least(rest.lowest(dims), 1 - size):
            large = tuple((label, one) for label, one in condition.terms if one % size == 0)
            whole = IndexForm(large, linear((1, condition.constant), (-1, left)))
            return [Condition(rest), Condition(whole)]
    return None


def jointly(one: Condition, other: Condition, dims: Dims) -> tuple[Condition, ...] | None:
    """Return what two conditions say together; None if one says nothing of the other.

    That is one condition, or two; none at all if they contradict each other.

    Examples
    --------
    >>> above, below = IndexForm((("i", 1), ("j", -1))), IndexForm((("j", 1), ("i", -1)))
    >>> both = jointly(Condition(above, True), Condition(below, True), {"i": 3, "j": 3})
    >>> [one.bounds for one in both]
    [False]
    """
    if one.bounds and other.bounds:
        return _two_bounds(one, other)
    if one.bounds or other.bounds:
        return _bound_beside(*(one, other) if one.bounds else (other, one), dims)
    if one.target is not None and other.target is not None:
        return None
    longer, shorter = (one, other) if len(one.terms) > len(other.terms) else (other, one)
    is_checked = one.target is not None or other.target is not None
    for sign in (1, -1):
        left = plus(one, sign, other)
        if not left.terms and left.constant == 0:
            return (one if other.target is None else other,)
        if is_checked:
            continue
        if not left.terms and never(left, dims):
            return ()
        if left.terms and len(left.terms) < len(longer.terms):
            return shorter, left
    return None


def _two_bounds(one: Condition, other: Condition) -> tuple[Condition, ...] | None:
    apart, joint = plus(one, -1, other), plus(one, 1, other)
    if not apart.terms:
        if is_at_least(apart.constant, 0):
            return (other,)
        return (one,) if is_at_least(0, apart.constant) else None
    if joint.terms:
        return None
    if joint.constant == 0:
        return (replace(one, bounds=False),)
    return () if is_at_least(-1, joint.constant) else None


def _bound_beside(
    bound: Condition, equation: Condition, dims: Dims
) -> tuple[Condition, ...] | None:
    """Compare a bound with an equation, where which the bound is another form."""
    if equation.target is not None:
        return None
    for sign in (1, -1):
        form = bound.form.plus(sign, equation.form)
        if is_at_least(form.lowest(dims), 0):
            return (equation,)
        if is_at_least(-1, form.highest(dims)):
            return ()
    return None
