"""What a selector does to arrays: records of numbers and labels, without the arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from einsgrad.strings.subscripts import Indices, Label

# The label of an axis that integers point into, and the labels of the integers' own axes.
Looked: TypeAlias = "tuple[Label, Indices]"


@dataclass(frozen=True, slots=True)
class Lookup:
    """Entries of the first operand at the integers of the others.

    Parameters
    ----------
    inputs
        The labels of the first operand.
    looked
        For each of the others the label that it replaces, and its own labels.
    output
        The labels of the result.
    """

    inputs: Indices
    looked: tuple[Looked, ...]
    output: Indices

    @classmethod
    def of(cls, inputs: Indices, looked: tuple[Looked, ...]) -> Lookup:
        """Order the axes of the result as numpy does: where indices lie apart, theirs are first.

        Examples
        --------
        >>> Lookup.of(("i", "t", "j"), (("t", ("a", "b")),)).output
        ('i', 'a', 'b', 'j')
        >>> Lookup.of(("t", "i", "u"), (("t", ("a",)), ("u", ("a",)))).output
        ('a', 'i')
        """
        new = labels_of(looked)
        gone = {*dict(looked), *new}
        moved = [place for place, x in enumerate(inputs) if x in gone]
        rest = [x for x in inputs if x not in gone]
        is_adjacent = moved[-1] - moved[0] + 1 == len(moved)
        start = moved[0] if is_adjacent else 0
        return cls(inputs, looked, (*rest[:start], *new, *rest[start:]))


@dataclass(frozen=True, slots=True)
class ScatterSum:
    """Entries of the first operand added to zeros, at the integers of the others.

    Parameters
    ----------
    inputs
        The labels of the first operand, those of the integers first.
    looked
        For each of the others the label of the axis that it points into, and its own labels.
    output
        The labels of the result: those of the integers that it keeps, those that they point
        into, then the rest.
    is_distinct
        Whether no two integers are known to be the same place.
    onto
        For each label of the output its axis in the last operand, to which the entries are
        added and not to zeros; the result has the axes of that.
    """

    inputs: Indices
    looked: tuple[Looked, ...]
    output: Indices
    is_distinct: bool
    onto: tuple[int, ...] | None = None

    @property
    def kept(self) -> Indices:
        """The labels of the integers that the result has."""
        return tuple(x for x in labels_of(self.looked) if x in self.output)


@dataclass(frozen=True, slots=True)
class Triangle:
    """The operand where one axis is at least another plus an offset, and zeros elsewhere."""

    rows: int
    columns: int
    offset: int


@dataclass(frozen=True, slots=True)
class RunningSum:
    """Sums along an axis of all entries up to a place plus an offset.

    Parameters
    ----------
    axis
        The axis.
    size
        The size that it gets.
    offset
        The place of the first sum, which is one entry; before it there are zeros.
    is_reversed
        Whether places are counted from the end of both axes.
    """

    axis: int
    size: int
    offset: int
    is_reversed: bool


@dataclass(frozen=True, slots=True)
class FastTransform:
    """The discrete Fourier transform along an axis, or with the conjugate matrix."""

    axis: int
    conjugated: bool


Action: TypeAlias = Lookup | ScatterSum | Triangle | RunningSum | FastTransform


def labels_of(looked: tuple[Looked, ...]) -> Indices:
    """Return the labels of all integers, each once.

    Examples
    --------
    >>> labels_of((("t", ("a", "b")), ("u", ("b",))))
    ('a', 'b')
    """
    return tuple(dict.fromkeys(x for _, labels in looked for x in labels))
