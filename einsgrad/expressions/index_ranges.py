"""How far indices run: the most for which all places that they stand for exist."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from einsgrad.expressions.dims import Dim, is_at_least, linear, parts_of
from einsgrad.expressions.index_forms import IndexForm


@dataclass(frozen=True, slots=True)
class IndexPlace:
    """A form that stands where an axis is indexed.

    Parameters
    ----------
    form
        The form.
    dim
        The dim of the axis.
    from_below, from_above
        Whether something else keeps the form from leaving the axis there.
    """

    form: IndexForm
    dim: Dim
    from_below: bool = False
    from_above: bool = False


def agreeing(equation: IndexForm) -> tuple[IndexPlace, IndexPlace]:
    """Return the places of a form that is to be 0: each index runs so far that it can be."""
    return IndexPlace(equation, 1, True, True), IndexPlace(equation.turned, 1, True, True)


def ranges_of(
    places: Sequence[IndexPlace], known: Mapping[Hashable, Dim] | None = None
) -> dict[Hashable, Dim | None]:
    """Return how far each index runs: the most for which all its places exist.

    Parameters
    ----------
    places
        Where indices stand.
    known
        How far some of them run.

    Returns
    -------
    dict
        The size of each index; None where that depends on the sizes of names. An index
        that nothing bounds is missing.

    Examples
    --------
    >>> from einsgrad.expressions.index_forms import as_form, index_form
    >>> i, ahead = as_form("i"), index_form([("i", 1)], 1)
    >>> print(ranges_of([IndexPlace(i, "n"), IndexPlace(ahead, "n")])["i"])
    n-1
    """
    bounds = [bound for place in places for bound in _bounds(place)]
    found: dict[Hashable, Dim | None] = dict(known or {})
    given = frozenset(found)
    while True:
        sizes = {index: size for index, size in found.items() if size is not None}
        news: dict[Hashable, Dim | None] = {}
        for bound in bounds:
            open_ = [index for index, _ in bound.terms if index not in found]
            if len(open_) == 1:
                size = _size_within(bound, open_[0], sizes)
                news[open_[0]] = smaller(news[open_[0]], size) if open_[0] in news else size
        alone = {b.terms[0][0] for b in bounds if len(b.terms) == 1} - given - found.keys()
        news = {index: size for index, size in news.items() if not alone or index in alone}
        if not news:
            return found
        found |= news


def ranges_told(
    places: Sequence[IndexPlace],
    compared: Sequence[IndexForm] = (),
    known: Mapping[Hashable, Dim] | None = None,
) -> dict[Hashable, Dim | None]:
    """Return how far each index runs, also those that only conditions bound.

    Parameters
    ----------
    places, known
        As for `ranges_of`.
    compared
        Forms that conditions bound. An index that is compared with another, and stands
        nowhere else, runs as far as that.

    Returns
    -------
    dict
        As of `ranges_of`; where conditions keep all places of an index within their axes, it
        runs so far that beyond it all is 0.

    Examples
    --------
    >>> from einsgrad.expressions.index_forms import as_form, index_form
    >>> back = IndexPlace(index_form([("j", 1), ("k", -1)]), "m", True, True)
    >>> print(ranges_told([back, IndexPlace(as_form("k"), "w")])["j"])
    m+w-1
    """
    found = ranges_of(places, known)
    covered: dict[Hashable, Dim | None] = {}
    for place in places:
        for index, size in _covered(place, found).items():
            covered[index] = larger(covered[index], size) if index in covered else size
    found |= covered
    for place in places:
        found |= _covered(place, found)
    pairs = [
        [index for index, _ in form.terms]
        for form in compared
        if sorted(number for _, number in form.terms) == [-1, 1]
    ]
    for _ in pairs:
        for one, other in pairs:
            if other in found:
                found.setdefault(one, found[other])
            elif one in found:
                found[other] = found[one]
    return found


def _covered(place: IndexPlace, found: Mapping[Hashable, Dim | None]) -> dict[Hashable, Dim | None]:
    """Return how far the one index of a place runs that nothing else bounds."""
    numbers = dict(place.form.terms)
    open_ = [index for index, number in numbers.items() if index not in found and number > 0]
    sizes = {index: size for index, size in found.items() if size is not None}
    others = tuple((index, -number) for index, number in numbers.items() if index not in open_)
    if len(open_) != 1 or any(index not in sizes for index, _ in others):
        return {}
    end = linear((1, place.dim), (-1, 1), (-1, place.form.offset))
    room = linear((1, IndexForm(others, end).highest(sizes)), (1, 1))
    return {open_[0]: steps_within(room, numbers[open_[0]])}


def _bounds(place: IndexPlace) -> list[IndexForm]:
    """Return forms that must not be above 0."""
    form = place.form
    ahead = tuple((index, number) for index, number in form.terms if number > 0)
    upper = IndexForm(ahead, linear((1, form.offset), (-1, place.dim), (1, 1)))
    found = [upper] if ahead and not place.from_above else []
    if len(form.terms) == 1 and not (ahead or place.from_below):
        ((index, number),) = form.terms
        found.append(IndexForm(((index, -number),), linear((-1, form.offset))))
    return found


def _size_within(bound: IndexForm, index: Hashable, sizes: Mapping[Hashable, Dim]) -> Dim | None:
    stride = dict(bound.terms)[index]
    others = tuple(pair for pair in bound.terms if pair[0] != index)
    if any(other not in sizes for other, _ in others):
        return None
    room = linear((-1, IndexForm(others, bound.offset).highest(sizes)), (1, 1))
    return steps_within(room, stride)


def steps_within(room: Dim, step: int) -> Dim | None:
    """Return how many steps begin within some room; None where that is no linear form.

    Where steps go back, the room is negative.

    Examples
    --------
    >>> steps_within(7, 2), steps_within(linear((2, "n"), (1, 1)), 2), steps_within("n", 2)
    (4, 'n+1', None)
    """
    terms, constant = parts_of(room)
    if any(number % step for _, number in terms):
        return None
    return linear(*((number // step, name) for name, number in terms), (1, -(-constant // step)))


def larger(one: Dim | None, other: Dim | None) -> Dim | None:
    """Return the larger of two dims; None where that varies, or one is not known."""
    less = smaller(one, other)
    return None if less is None else one if less == other else other


def smaller(one: Dim | None, other: Dim | None) -> Dim | None:
    """Return the smaller of two dims; None where that varies, or one is not known."""
    if one is None or other is None:
        return None
    is_larger = is_at_least(one, other)
    return None if is_larger is None else other if is_larger else one
