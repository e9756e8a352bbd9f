"""Affine forms of indices, `2i+3k-1`, and how far the indices in them run."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from einsgrad.expressions.dims import Dim, Linear, is_at_least, linear


@dataclass(frozen=True, slots=True)
class IndexForm:
    """A whole multiple of each of several indices, and an offset; `index_form` makes it.

    Parameters
    ----------
    terms
        The indices with their coefficients, none of which is 0.
    offset
        What is added.
    """

    terms: tuple[tuple[Hashable, int], ...]
    offset: Dim = 0

    def replaced(self, forms: Mapping[Hashable, Hashable]) -> IndexForm:
        """Put forms, or other indices, in place of indices.

        Examples
        --------
        >>> shifted = index_form([("i", 2)], 1)
        >>> index_form([("t", 3)]).replaced({"t": shifted})
        IndexForm(terms=(('i', 6),), offset=3)
        """
        terms: list[tuple[Hashable, int]] = []
        offset = self.offset
        for index, number in self.terms:
            other = as_form(forms.get(index, index))
            terms += [(one, number * inner) for one, inner in other.terms]
            offset = linear((1, offset), (number, other.offset))
        return index_form(terms, offset)

    def plus(self, factor: int, other: IndexForm) -> IndexForm:
        """Add a multiple of another form.

        Examples
        --------
        >>> as_form("i").plus(-1, index_form([("i", 1), ("k", 2)], 1))
        IndexForm(terms=(('k', -2),), offset=-1)
        """
        scaled = [(index, factor * number) for index, number in other.terms]
        offset = linear((1, self.offset), (factor, other.offset))
        return index_form([*self.terms, *scaled], offset)

    def coefficient(self, index: Hashable) -> int:
        """Return what an index is multiplied by; 0 if it is not in the form."""
        return dict(self.terms).get(index, 0)

    def solved_for(self, index: Hashable) -> IndexForm:
        """Return what an index of coefficient 1 or -1 is where the form is 0.

        Examples
        --------
        >>> index_form([("t", 1), ("s", -2)], 3).solved_for("t")
        IndexForm(terms=(('s', 2),), offset=-3)
        """
        sign = -self.coefficient(index)
        terms = tuple([(other, sign * n) for other, n in self.terms if other != index])
        return IndexForm(terms, linear((sign, self.offset)))

    @property
    def index(self) -> Hashable | None:
        """The index that the form is; None if it is more than that."""
        if len(self.terms) != 1 or self.terms[0][1] != 1 or self.offset != 0:
            return None
        return self.terms[0][0]

    @property
    def turned(self) -> IndexForm:
        """The negative of the form."""
        return index_form([(x, -number) for x, number in self.terms], linear((-1, self.offset)))

    def lowest(self, sizes: Mapping[Hashable, Dim]) -> Dim:
        """Return the smallest value, where each index runs from 0 below its size."""
        return self._end(sizes, -1)

    def highest(self, sizes: Mapping[Hashable, Dim]) -> Dim:
        """Return the largest value, where each index runs from 0 below its size."""
        return self._end(sizes, 1)

    def _end(self, sizes: Mapping[Hashable, Dim], sign: int) -> Dim:
        moved = [(number, sizes[index]) for index, number in self.terms if number * sign > 0]
        return linear((1, self.offset), *moved, *((-number, 1) for number, _ in moved))


def index_form(terms: Iterable[tuple[Hashable, int]], offset: Dim = 0) -> IndexForm:
    """Add multiples of indices; each stands once in the form.

    Examples
    --------
    >>> index_form([("i", 1), ("k", 2), ("i", -1)], 3)
    IndexForm(terms=(('k', 2),), offset=3)
    """
    total: dict[Hashable, int] = {}
    for index, number in terms:
        total[index] = total.get(index, 0) + number
    return IndexForm(tuple((index, n) for index, n in total.items() if n), offset)


def as_form(index: Hashable) -> IndexForm:
    """Return a form as it is, and an index as the form that it is."""
    return index if isinstance(index, IndexForm) else IndexForm(((index, 1),))


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
    last = divided(IndexForm(others, end).highest(sizes), numbers[open_[0]])
    return {open_[0]: None if last is None else linear((1, last), (1, 1))}


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
    last = divided(linear((-1, IndexForm(others, bound.offset).highest(sizes))), stride)
    return None if last is None else linear((1, last), (1, 1))


def divided(dim: Dim, number: int) -> Dim | None:
    """Divide a dim by a number, rounding down; None where that is no linear form.

    Examples
    --------
    >>> divided(7, 2), divided(linear((2, "n"), (1, 1)), 2), divided("n", 2)
    (3, 'n', None)
    """
    if number == 1:
        return dim
    match dim:
        case int():
            return dim // number
        case Linear(terms=terms, constant=constant):
            if all(factor % number == 0 for _, factor in terms):
                whole = [(factor // number, name) for name, factor in terms]
                return linear(*whole, (constant // number, 1))
    return None


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
