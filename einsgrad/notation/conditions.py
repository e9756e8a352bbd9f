"""Conditions on indices as a person compares: `i ≥ j`, `1 ≤ t < n`, `t = labels_a`."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from einsgrad.expressions.dims import Dim, is_at_least, linear
from einsgrad.expressions.index_forms import IndexForm, index_form
from einsgrad.notation.absorbed import Bound, Match, ShownCondition, turned_bound

AT_LEAST, AT_MOST, BELOW, ABOVE, EQUAL = "≥", "≤", "<", ">", "="


@dataclass(frozen=True, slots=True)
class ComparedForms:
    """Forms with signs of comparison between them."""

    sides: tuple[IndexForm, ...]
    signs: tuple[str, ...]


def compared(condition: ShownCondition, letter: Hashable | None = None) -> ComparedForms:
    """Bring a condition into the form that is read.

    Parameters
    ----------
    condition
        The condition.
    letter
        A letter that is to stand alone; its coefficient is 1 or -1.

    Examples
    --------
    >>> ahead = index_form([("i", 1), ("j", -1)])
    >>> compared(Bound(0, ahead, None)).signs, compared(Bound(0, ahead, None), "j").signs
    (('≥',), ('≤',))
    """
    match condition:
        case Match(one=one, other=other):
            return ComparedForms((one, other), (EQUAL,))
        case Bound(low=low, form=form, high=high):
            return _bound(low, form, high, letter)


def _bound(
    low: Dim | None, form: IndexForm, high: Dim | None, letter: Hashable | None
) -> ComparedForms:
    numbers = dict(form.terms)
    positive = [pair for pair in form.terms if pair[1] > 0]
    turned = numbers[letter] < 0 if letter is not None else not positive
    if turned or (letter is None and _is_negative(low, high)):
        other = turned_bound(Bound(low, form, high))
        low, form, high = other.low, other.form, other.high
        positive = [pair for pair in form.terms if pair[1] > 0]
    kept = positive if letter is None else [(letter, 1)]
    if low is not None and high is not None:
        kept = list(form.terms) if letter is None else kept
    rest = [pair for pair in form.terms if pair not in kept]
    ends = [None if end is None else _less(end, rest, form.offset) for end in (low, high)]
    return _chain(ends[0], index_form(kept), ends[1], turned=turned)


def _is_negative(low: Dim | None, high: Dim | None) -> bool:
    """Tell whether a form lies between two ends that are not above 0: `-m < i - j ≤ 0`."""
    if low is None or high is None or is_at_least(low, 0):
        return False
    return bool(is_at_least(1, high))


def _less(end: Dim, rest: list[tuple[Hashable, int]], offset: Dim) -> IndexForm:
    return IndexForm((), end).plus(-1, index_form(rest, offset))


def _chain(
    low: IndexForm | None, middle: IndexForm, high: IndexForm | None, *, turned: bool
) -> ComparedForms:
    if low is not None and high is not None:
        return ComparedForms((low, middle, high), (AT_MOST, BELOW))
    if low is not None and low.terms and low.offset == 1:
        return ComparedForms((middle, IndexForm(low.terms)), (ABOVE,))
    if low is not None:
        return ComparedForms((middle, low), (AT_LEAST,))
    assert high is not None
    if turned:
        last = index_form(high.terms, linear((1, high.offset), (-1, 1)))
        return ComparedForms((middle, last), (AT_MOST,))
    return ComparedForms((middle, high), (BELOW,))
