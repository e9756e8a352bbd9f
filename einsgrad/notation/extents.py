"""How far the letters of a formula run, as a reader finds it: so that all places exist."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise
from typing import assert_never

from einsgrad.expressions.dims import Dim, Shape, is_at_least, linear, names_in
from einsgrad.expressions.index_forms import IndexForm, as_form
from einsgrad.expressions.index_ranges import IndexPlace, agreeing, ranges_told
from einsgrad.expressions.nodes import Map, Places, Reduce
from einsgrad.expressions.selectors import Affine, Delta
from einsgrad.notation.absorbed import Bound, Match, ShownCondition
from einsgrad.notation.lettered import (
    Lettered,
    LetteredEntry,
    LetteredName,
    LetteredPart,
    LetteredSum,
    LetteredTerm,
    Ranges,
    letters_in,
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
    readings: list[tuple[_IndexedAxes, list[IndexPlace]]] = []
    for decided in (False, True):
        looking = _IndexedAxes(decided)
        readings.append((looking, list(looking.places(part, ()))))
    said = {x: dim for x, dim in dims.items() if _is_unclear(x, readings[0][1])}
    while True:
        tolds = [
            ranges_told(places, one.compared, {**one.known, **said}) for one, places in readings
        ]
        lacking = (
            x
            for x, dim in dims.items()
            if x not in said and any(told.get(x, x) != dim for told in tolds)
        )
        # What is said of one letter may tell the next.
        letter = next(lacking, None)
        if letter is None:
            return tuple(Bound(None, as_form(x), dim) for x, dim in dims.items() if x in said)
        said[letter] = dims[letter]


def bounded(term: LetteredTerm, dims: Mapping[Label, Dim]) -> LetteredTerm:
    """Bound the letters that a term sums, as far as their places do not say it.

    Parameters
    ----------
    term
        The term, with the conditions that it has.
    dims
        How far each letter runs that is summed.
    """
    for one in term.conditions:
        if isinstance(one, Bound) and one.low is None and one.form.index in dims:
            assert one.high is not None
            others = tuple(other for other in term.conditions if other is not one)
            shorter = {**dims, one.form.index: one.high}
            free = replace(term, conditions=others)
            if not narrowed(shorter, LetteredSum((free,))):
                return replace(free, inner=tuple(shorter.items()))
    bounds = narrowed(dims, LetteredSum((term,)))
    return replace(term, conditions=(*term.conditions, *bounds), inner=tuple(dims.items()))


def _is_unclear(letter: Label, places: Sequence[IndexPlace]) -> bool:
    """Tell whether a letter stands alone for axes of several dims, as if by mistake."""
    return len({place.dim for place in places if place.form.index == letter}) > 1


@dataclass(slots=True)
class _IndexedAxes:
    """Finds where the letters of a formula stand; those that are summed get names of their own.

    Parameters
    ----------
    decided
        Whether a bound keeps an index on its axis only where that holds for all sizes; one
        reader counts so, and another looks at the sizes.
    known
        How far these run.
    compared
        The forms that conditions bound.
    """

    decided: bool
    known: dict[Hashable, Dim] = field(default_factory=dict)
    compared: list[IndexForm] = field(default_factory=list)

    def places(self, part: Lettered, conditions: Sequence[ShownCondition]) -> Iterator[IndexPlace]:
        match part:
            case LetteredName(letters=letters, dims=dims):
                yield from self._axes(letters, dims, conditions)
            case LetteredPart(expr=Map() | Reduce() | Places(), operands=operands):
                found = chain.from_iterable(self.places(one, conditions) for one in operands)
                yield from self._apart(found, part.inner)
            case LetteredPart(expr=Affine() | Delta(), letters=letters):
                # A delta tells no sizes: its indices run so far that they can agree.
                for one, other in pairwise(map(as_form, letters)):
                    yield from agreeing(one.plus(-1, other))
            case LetteredPart(expr=expr, letters=letters):
                yield from self._axes(letters, expr.shape, conditions)
            case LetteredSum(terms=terms):
                for term in terms:
                    yield from self._apart(self._of_term(term, conditions), term.inner)
            case _ as unreachable:
                assert_never(unreachable)

    def _of_term(
        self, term: LetteredTerm, conditions: Sequence[ShownCondition]
    ) -> Iterator[IndexPlace]:
        around = (*conditions, *term.conditions)
        self.compared += [one.form for one in term.conditions if isinstance(one, Bound)]
        for power in (*term.above, *term.below):
            yield from self.places(power.base, around)

    def _apart(self, places: Iterable[IndexPlace], inner: Ranges) -> Iterator[IndexPlace]:
        first = len(self.compared)
        found = list(places)
        names = {letter: (letter, len(self.known) + k) for k, (letter, _) in enumerate(inner)}
        self.known |= {names[letter]: dim for letter, dim in inner}
        self.compared[first:] = [form.replaced(names) for form in self.compared[first:]]
        for place in found:
            yield replace(place, form=place.form.replaced(names))

    def _axes(
        self, letters: Indices, dims: Shape, conditions: Sequence[ShownCondition]
    ) -> Iterator[IndexPlace]:
        for index, dim in zip(letters, dims, strict=True):
            form = as_form(index)
            for entry, _ in form.terms:
                if isinstance(entry, LetteredEntry):
                    yield from self.places(entry.shown, conditions)
            same = [
                one for one in conditions if isinstance(one, Bound) and one.form.terms == form.terms
            ]
            below = any(self._is_kept_below(one, form) for one in same)
            above = any(self._is_kept_above(one, form, dim) for one in same)
            yield IndexPlace(form, dim, below, above)

    def _is_kept_below(self, bound: Bound, form: IndexForm) -> bool:
        if bound.low is None or not self.decided:
            return bound.low is not None
        least = linear((1, bound.low), (1, form.offset), (-1, bound.form.offset))
        return bool(is_at_least(least, 0))

    def _is_kept_above(self, bound: Bound, form: IndexForm, dim: Dim) -> bool:
        if bound.high is None or not self.decided:
            return bound.high is not None
        end = linear((1, bound.high), (1, form.offset), (-1, bound.form.offset))
        return bool(is_at_least(dim, end))


@dataclass(slots=True)
class ShownNames:
    """What stands in the indices, conditions and bounds of a formula.

    Parameters
    ----------
    sizes
        The names of dims.
    shifted
        The letters that stand within forms.
    alone
        The letters that stand alone as an index.
    """

    sizes: set[str] = field(default_factory=set)
    shifted: set[Label] = field(default_factory=set)
    alone: set[Label] = field(default_factory=set)

    def look_through(self, part: Lettered, bounds: Sequence[Bound]) -> None:
        """Note all that a formula shows."""
        self.sizes.update(chain.from_iterable(map(_names_of, bounds)))
        waiting: list[Lettered] = [part]
        while waiting:
            one = waiting.pop()
            match one:
                case LetteredSum(terms=terms):
                    for term in terms:
                        waiting += [power.base for power in (*term.above, *term.below)]
                        self.sizes.update(*map(_names_of, term.conditions))
                        self.alone.update(term.summed)
                    continue
                case LetteredPart(operands=operands, bounds=inner, along=along):
                    waiting += operands
                    self.sizes.update(*map(_names_of, inner))
                    self.alone.update(along)
                case LetteredName():
                    pass
            for index in one.letters:
                waiting += self._index(index)

    def _index(self, index: Label) -> list[Lettered]:
        """Note an index; return the arrays whose entries stand in it."""
        form = as_form(index)
        self.sizes.update(names_in([form.offset]))
        letters = letters_in([index])
        (self.shifted if isinstance(index, IndexForm) else self.alone).update(letters)
        return [x.shown for x, _ in form.terms if isinstance(x, LetteredEntry)]


def _names_of(condition: ShownCondition) -> set[str]:
    match condition:
        case Bound(low=low, form=form, high=high):
            return _names_of_form(form) | set(names_in([x for x in (low, high) if x is not None]))
        case Match(one=one, other=other):
            return _names_of_form(one) | _names_of_form(other)


def _names_of_form(form: IndexForm) -> set[str]:
    return set(names_in([form.offset]))
