"""Affine forms of indices, `2i+3k-1`: added, multiplied, solved for an index, and their ends."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from einsgrad.expressions.dims import Dim, linear


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

    def times(self, number: int) -> IndexForm:
        """Multiply the form by a number."""
        terms = [(index, number * own) for index, own in self.terms]
        return index_form(terms, linear((number, self.offset)))

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
        return self.times(-1)

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
