"""Dims that the neighbours tell: of ones, of identities, of variables that are not declared."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field

from einsgrad.expressions.dims import Dim

# No name of a dim begins like this.
_MARK = "?"


class DimTold(Exception):
    """A dim has become known: what was built with it is built again."""


@dataclass
class UnknownDims:
    """The unknown dims of one text, and what they have turned out to be.

    An unknown dim is a name that no user can write, until it is told.
    """

    _names: dict[Hashable, str] = field(default_factory=dict)
    _told: dict[Dim, Dim] = field(default_factory=dict)

    def of(self, key: Hashable) -> Dim:
        """Return the dim that belongs to something, as far as it is known."""
        return self.resolved(self._names.setdefault(key, f"{_MARK}{len(self._names)}"))

    def resolved(self, dim: Dim) -> Dim:
        """Return what a dim has turned out to be."""
        while dim in self._told:
            dim = self._told[dim]
        return dim

    def tell(self, unknown: Dim, dim: Dim) -> None:
        """Say what an unknown dim is."""
        self._told[unknown] = dim

    def agree(self, one: Dim, other: Dim) -> bool:
        """Tell whether two dims are one.

        Raises
        ------
        DimTold
            If one of them was unknown so far.

        Examples
        --------
        >>> dims = UnknownDims()
        >>> dims.agree("n", "n"), dims.agree("n", "m")
        (True, False)
        """
        one, other = self.resolved(one), self.resolved(other)
        if one == other:
            return True
        for unknown, dim in ((one, other), (other, one)):
            if is_unknown(unknown):
                self.tell(unknown, dim)
                raise DimTold
        return False

    def is_untold(self, key: Hashable) -> bool:
        """Tell whether the dim that belongs to something is still unknown."""
        return key in self._names and is_unknown(self.resolved(self._names[key]))

    def left(self) -> Iterator[Dim]:
        """Yield the dims that nothing has told, each once, in order of appearance."""
        resolved = dict.fromkeys(map(self.resolved, self._names.values()))
        return filter(is_unknown, resolved)


def is_unknown(dim: Dim) -> bool:
    """Tell whether a dim is still to be told.

    Examples
    --------
    >>> is_unknown(UnknownDims().of("ones")), is_unknown("n"), is_unknown(3)
    (True, False, False)
    """
    return isinstance(dim, str) and dim.startswith(_MARK)
