"""How far the letters of a formula run, as a reader finds it: so that all places exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import assert_never

from einsgrad.expressions.dims import Dim, Shape, names_in
from einsgrad.expressions.index_forms import IndexForm, IndexPlace, as_form, ranges_told
from einsgrad.expressions.nodes import Map, Places, Reduce
from einsgrad.expressions.selectors import Affine
from einsgrad.notation.absorbed import Bound, Condition, Match
from einsgrad.notation.lettered import (
    Lettered,
    LetteredEntry,
    LetteredName,
    LetteredPart,
    LetteredSum,
)
from einsgrad.strings.subscripts import Indices, Label


def narrowed(dims: Mapping[Label, Dim], part: Lettered) -> tuple[Bound, ...]:
    """Return what bounds letters that run less far than their places in a part let them.

    Parameters
    ----------
    dims
        How far each letter runs.
    part
        Where the letters stand.
    """
    told = ranges_told(list(_places(part, ())), list(_compared(part)))
    return tuple(
        Bound(None, as_form(letter), dim)
        for letter, dim in dims.items()
        if told.get(letter, letter) != dim
    )


def _compared(part: Lettered) -> Iterator[IndexForm]:
    """Yield the forms that conditions bound."""
    for one in conditions_in(part):
        if isinstance(one, Bound):
            yield one.form


def conditions_in(part: Lettered) -> Iterator[Condition]:
    """Yield the conditions of all products of a formula."""
    match part:
        case LetteredSum(terms=terms):
            for term in terms:
                yield from term.conditions
                for power in (*term.above, *term.below):
                    yield from conditions_in(power.base)
        case LetteredPart(operands=operands):
            for operand in operands:
                yield from conditions_in(operand)
        case LetteredName():
            pass


def _places(part: Lettered, conditions: Sequence[Condition]) -> Iterator[IndexPlace]:
    match part:
        case LetteredName(letters=letters, dims=dims):
            yield from _axes(letters, dims, conditions)
        case LetteredPart(expr=Map() | Reduce() | Places(), operands=operands):
            for operand in operands:
                yield from _places(operand, conditions)
        case LetteredPart(expr=Affine(target=target), letters=letters):
            yield from _axes(letters[:1], (target,), conditions)
        case LetteredPart(expr=expr, letters=letters):
            yield from _axes(letters, expr.shape, conditions)
        case LetteredSum(terms=terms):
            for term in terms:
                around = (*conditions, *term.conditions)
                for power in (*term.above, *term.below):
                    yield from _places(power.base, around)
        case _ as unreachable:
            assert_never(unreachable)


def _axes(letters: Indices, dims: Shape, conditions: Sequence[Condition]) -> Iterator[IndexPlace]:
    for index, dim in zip(letters, dims, strict=True):
        form = as_form(index)
        for entry, _ in form.terms:
            if isinstance(entry, LetteredEntry):
                yield from _places(entry.shown, conditions)
        same = [
            one for one in conditions if isinstance(one, Bound) and one.form.terms == form.terms
        ]
        below = any(one.low is not None for one in same)
        above = any(one.high is not None for one in same)
        yield IndexPlace(form, dim, below, above)


def sizes_in(part: Lettered, bounds: Sequence[Bound]) -> set[str]:
    """Return the names of dims that a formula shows in indices, conditions and bounds."""
    found = set(chain.from_iterable(map(_names_of, bounds)))
    waiting: list[Lettered] = [part]
    while waiting:
        one = waiting.pop()
        match one:
            case LetteredSum(terms=terms):
                for term in terms:
                    waiting += [power.base for power in (*term.above, *term.below)]
                    found.update(*map(_names_of, term.conditions))
                continue
            case LetteredPart(operands=operands, bounds=bounds):
                waiting += operands
                found.update(*map(_names_of, bounds))
            case LetteredName():
                pass
        for index in one.letters:
            found.update(_names_of_form(as_form(index)))
            waiting += [x.shown for x, _ in as_form(index).terms if isinstance(x, LetteredEntry)]
    return found


def _names_of(condition: Condition) -> set[str]:
    match condition:
        case Bound(low=low, form=form, high=high):
            return _names_of_form(form) | set(names_in([x for x in (low, high) if x is not None]))
        case Match(one=one, other=other):
            return _names_of_form(one) | _names_of_form(other)


def _names_of_form(form: IndexForm) -> set[str]:
    return set(names_in([form.offset]))
