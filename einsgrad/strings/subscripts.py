"""Label lists as a value: the operands' lists and the output's list of an einsum.

Labels may be any hashable objects: letters in a user's string, small integers inside an
expression. Everything here is about which axes are joined; sizes and arrays are not
known. The theorem that the library rests on is `Subscripts.exchange`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

Label = Hashable
Indices = tuple[Label, ...]


def unique(labels: Iterable[Label]) -> Indices:
    """Return the labels without repetition, in order of first appearance.

    Examples
    --------
    >>> unique("abca")
    ('a', 'b', 'c')
    """
    return tuple(dict.fromkeys(labels))


@dataclass(frozen=True, slots=True)
class Subscripts:
    """The label lists of an einsum.

    Parameters
    ----------
    inputs
        One tuple of labels for each operand, one label for each axis.
    output
        The labels of the output's axes.

    Examples
    --------
    >>> Subscripts((("m", "n"), ("n",)), ("m",)).exchange(0)
    Subscripts(inputs=(('m',), ('n',)), output=('m', 'n'))
    """

    inputs: tuple[Indices, ...]
    output: Indices

    @property
    def lists(self) -> tuple[Indices, ...]:
        """All lists: the operands', then the output's."""
        return (*self.inputs, self.output)

    @property
    def labels(self) -> Indices:
        """Every label once, in order of first appearance."""
        return unique(chain.from_iterable(self.lists))

    @property
    def summed(self) -> Indices:
        """The labels that stand in an operand and not in the output."""
        return tuple(label for label in self.labels if label not in self.output)

    def is_normal(self) -> bool:
        """Tell whether no list repeats a label and every label stands in at least two lists.

        Examples
        --------
        >>> Subscripts((("m", "n"), ("n",)), ("m",)).is_normal()
        True
        >>> Subscripts((("i", "i"),), ()).is_normal()
        False
        >>> Subscripts((("i", "j"),), ("i",)).is_normal()
        False
        """
        holders = Counter(chain.from_iterable(map(frozenset, self.lists)))
        occurrences = Counter(chain.from_iterable(self.lists))
        return holders == occurrences and all(count >= 2 for count in holders.values())

    def exchange(self, position: int) -> Subscripts:
        """Exchange the list of one operand with the output's.

        For a normal einsum this is its adjoint in that operand: `E = <g, y>` sums over
        every label that stands in a list, so taking the derivative in operand k only
        says which list is left unsummed. Exchange is an involution and keeps normal form.

        Examples
        --------
        >>> Subscripts((("i", "j"), ("j", "k")), ("i", "k")).exchange(1)
        Subscripts(inputs=(('i', 'j'), ('i', 'k')), output=('j', 'k'))
        """
        inputs = list(self.inputs)
        inputs[position], output = self.output, inputs[position]
        return Subscripts(tuple(inputs), output)

    def relabel(self, names: Mapping[Label, Label]) -> Subscripts:
        """Rename labels; those that `names` lacks stay.

        Examples
        --------
        >>> Subscripts((("i", "j"),), ("j", "i")).relabel({"i": "m"})
        Subscripts(inputs=(('m', 'j'),), output=('j', 'm'))
        """
        lists = [tuple([names.get(label, label) for label in one]) for one in self.lists]
        return Subscripts(tuple(lists[:-1]), lists[-1])

    def numbered(self) -> Subscripts:
        """Rename the labels to 0, 1, 2, ... in order of first appearance.

        Two einsums that differ only in the names of their labels become equal.

        Examples
        --------
        >>> Subscripts((("m", "n"), ("n",)), ("m",)).numbered()
        Subscripts(inputs=((0, 1), (1,)), output=(0,))
        """
        return _numbered(self)

    def __str__(self) -> str:
        return ",".join(map(_joined, self.inputs)) + "->" + _joined(self.output)


@lru_cache(maxsize=4096)
def _numbered(subscripts: Subscripts) -> Subscripts:
    number = {label: at for at, label in enumerate(subscripts.labels)}.__getitem__
    lists = [tuple(map(number, indices)) for indices in subscripts.inputs]
    return Subscripts(tuple(lists), tuple(map(number, subscripts.output)))


def _joined(indices: Indices) -> str:
    return "".join("..." if label is Ellipsis else str(label) for label in indices)


def fresh_numbers(labels: Iterable[Label]) -> Iterator[int]:
    """Yield integers that are not among `labels`, for new labels inside an expression."""
    number = max((label for label in labels if isinstance(label, int)), default=-1)
    while True:
        number += 1
        yield number
