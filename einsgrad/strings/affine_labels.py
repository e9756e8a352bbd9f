"""Labels that are affine forms of other labels, such as `(2i+3k-1)` of a convolution.

An axis with such a label holds, at the index that the form has, what its labels stand
for: `x_{2i+3k-1}`. As a label in a list it is a label like any other; what it says of the
labels in it is a selector beside the operands.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import index
from typing import SupportsIndex

from einsgrad.errors import ArgumentError, ArgumentTypeError, clip
from einsgrad.strings.subscripts import Indices, Label, Subscripts, unique


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AffineLabel:
    """A label that is an affine form of labels; two that differ in order alone are equal.

    Parameters
    ----------
    terms
        Labels, each once, with their coefficients, of which none is 0.
    constant
        The number that is added.
    """

    terms: tuple[tuple[Label, int], ...]
    constant: int = 0

    @property
    def labels(self) -> Indices:
        """The labels in it, in order."""
        return tuple(label for label, _ in self.terms)

    def relabel(self, names: Mapping[Label, Label]) -> AffineLabel:
        """Rename the labels in it; those that `names` lacks stay.

        Examples
        --------
        >>> AffineLabel((("i", 2), ("k", 1)), -1).relabel({"i": "m"})
        '(2m+k-1)'
        """
        return AffineLabel(tuple((names.get(one, one), n) for one, n in self.terms), self.constant)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AffineLabel):
            return NotImplemented
        alike = self.constant == other.constant and len(self.terms) == len(other.terms)
        return alike and frozenset(self.terms) == frozenset(other.terms)

    def __hash__(self) -> int:
        return hash((frozenset(self.terms), self.constant))

    @property
    def text(self) -> str:
        """The form without its parentheses."""
        return form_text(self.terms, self.constant)

    def __str__(self) -> str:
        return f"({self.text})"

    def __repr__(self) -> str:
        return repr(str(self))


def form_text(terms: Sequence[tuple[Label, int]], constant: int) -> str:
    """Write a sum of multiples and a number as strings show it.

    Examples
    --------
    >>> form_text([("i", 2), ("k", -1)], 3), form_text([], 0)
    ('2i-k+3', '0')
    """
    written = "".join(f"{'-' if n < 0 else '+'}{_term(abs(n), one)}" for one, n in terms)
    if constant or not terms:
        written += f"{constant:+d}"
    return written.removeprefix("+")


def _term(coefficient: int, label: Label) -> str:
    if isinstance(label, str):
        return label if coefficient == 1 else f"{coefficient}{label}"
    return repr(label) if coefficient == 1 else f"{coefficient}*{label!r}"


def affine(terms: Mapping[Hashable, int], constant: int = 0) -> AffineLabel:
    """Make a label that is an affine form of others, for lists of labels.

    Parameters
    ----------
    terms
        Labels with their coefficients, whole numbers other than 0.
    constant
        A whole number that is added.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If a coefficient is 0, or something is no whole number or no label.

    Examples
    --------
    >>> import einsgrad as eg
    >>> window = eg.affine({"i": 2, "k": 1}, -1)
    >>> print(eg.equation([[window], ["k"]], ["i"]).subscripts)
    (2i+k-1),k->i
    >>> x, w = [1.0, 2.0, 4.0], [1.0, -1.0]
    >>> eg.einsum(x, [eg.affine({0: 1, 1: 1})], w, [1], [0])
    array([-1., -2.])
    """
    if not isinstance(terms, Mapping):
        raise ArgumentTypeError(
            f"labels with coefficients are expected, not {clip(terms)}. Write affine({{'i': 2}})."
        )
    found = tuple((label, _whole(number)) for label, number in terms.items())
    for label, number in found:
        if isinstance(label, AffineLabel) or label is Ellipsis:
            raise ArgumentTypeError(f"{clip(label)} cannot stand within an affine label.")
        if number == 0:
            raise ArgumentError(f"label {clip(label)} has the coefficient 0. Leave it out.")
    return AffineLabel(found, _whole(constant))


def _whole(number: object) -> int:
    if isinstance(number, bool) or not isinstance(number, SupportsIndex):
        raise ArgumentTypeError(f"{clip(number)} is no whole number. Give integers.")
    try:
        return index(number)
    except TypeError:
        raise ArgumentTypeError(f"{clip(number)} is no whole number. Give integers.") from None


def forms_in(labels: Iterable[Label]) -> tuple[AffineLabel, ...]:
    """Return the affine labels among labels, each once, in order.

    Examples
    --------
    >>> window = AffineLabel((("i", 1), ("k", 1)))
    >>> forms_in([window, "k", "i", window])
    ('(i+k)',)
    """
    return tuple(dict.fromkeys(label for label in labels if isinstance(label, AffineLabel)))


def labels_within(labels: Iterable[Label]) -> Iterator[Label]:
    """Yield labels, in the place of affine ones those within.

    Examples
    --------
    >>> "".join(labels_within(["b", AffineLabel((("i", 1), ("k", 1))), "c"]))
    'bikc'
    """
    for label in labels:
        if isinstance(label, AffineLabel):
            yield from label.labels
        else:
            yield label


def all_labels(subscripts: Subscripts) -> Indices:
    """Return every label of lists once, in order, behind an affine one those within.

    Examples
    --------
    >>> window = AffineLabel((("i", 1), ("k", 1)))
    >>> all_labels(Subscripts(((window, "c"), ("k",)), ("i", "c")))
    ('(i+k)', 'i', 'k', 'c')
    """
    return unique(
        chain.from_iterable(
            (label, *label.labels) if isinstance(label, AffineLabel) else (label,)
            for label in subscripts.labels
        )
    )


def relabelled(subscripts: Subscripts, names: Mapping[Label, Label]) -> Subscripts:
    """Rename the labels of lists, and those within affine ones, which keep their forms.

    Examples
    --------
    >>> window = AffineLabel((("i", 1), ("k", 1)))
    >>> print(relabelled(Subscripts(((window,), ("k",)), ("i",)), {"i": "m"}))
    (m+k),k->m
    """
    every: dict[Label, Label] = dict(names)
    every |= {form: form.relabel(names) for form in forms_in(subscripts.labels)}
    return subscripts.relabel(every)


def distinct(labels: Indices) -> tuple[Label | None, ...]:
    """Keep the first of equal labels and leave the others, and affine ones, open.

    Examples
    --------
    >>> distinct(("i", "j", "i", AffineLabel((("i", 1),), 1)))
    ('i', 'j', None, None)
    """
    return tuple(
        None if label in labels[:place] or isinstance(label, AffineLabel) else label
        for place, label in enumerate(labels)
    )
