"""Which things are one: classes of what was joined, by union and find."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Joins(Generic[T]):
    """Classes of labels, or of anything else that can be a key.

    Each class is known by one of its members, which stands for all. What was never joined
    is a class of its own.

    Examples
    --------
    >>> joins = Joins()
    >>> joins.join("i", "j")
    >>> joins.join("j", "k")
    >>> joins.find("k"), joins.find("l")
    ('i', 'l')
    """

    def __init__(self) -> None:
        self._parent: dict[T, T] = {}

    def find(self, one: T) -> T:
        """Return what stands for all that are joined with this one."""
        parent = self._parent
        above = parent.setdefault(one, one)
        while above != one:
            parent[one] = parent[above]
            one = parent[one]
            above = parent[one]
        return one

    def join(self, one: T, other: T) -> None:
        """Make two classes one; what stands for the first stands for both."""
        self._parent[self.find(other)] = self.find(one)

    def found(self) -> dict[T, T]:
        """Return, for all that were found or joined so far, what stands for them."""
        return {one: self.find(one) for one in self._parent}


def connected(
    lists: Sequence[Sequence[Hashable]], apart: Collection[Hashable] = ()
) -> list[list[int]]:
    """Group the places of lists that are connected by what they share; some things connect none.

    Examples
    --------
    >>> connected(["ij", "kl", "jk", "m", "im"], "m")
    [[0, 1, 2, 4], [3]]
    """
    groups: list[tuple[set[Hashable], list[int]]] = []
    for place, one in enumerate(lists):
        held, places = set(one).difference(apart), [place]
        met = [group for group in groups if not held.isdisjoint(group[0])]
        for group in met:
            groups.remove(group)
            held |= group[0]
            places += group[1]
        groups.append((held, places))
    return sorted([sorted(places) for _, places in groups])
