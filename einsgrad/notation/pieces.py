"""Pieces of a formula: text, and how tightly it binds; the factors of a matrix product."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Protocol, TypeVar

from einsgrad.expressions.nodes import Number
from einsgrad.expressions.products import tidy
from einsgrad.expressions.signed_sums import SignedNumber
from einsgrad.strings.subscripts import Indices


class Binding(IntEnum):
    """How tightly a piece holds together; a looser one is put in parentheses."""

    SUM = 0
    INFIX = 1
    PRODUCT = 2
    POWER = 3
    ATOM = 4


@dataclass(frozen=True, slots=True)
class Written:
    """A piece of a formula as text; a whole power knows its base and its exponent."""

    text: str
    binding: Binding = Binding.ATOM
    base: Written | None = None
    exponent: int = 1


@dataclass(frozen=True, slots=True)
class WrittenTerm:
    """A term of a sum: a number, and the piece that it stands before, if there is one."""

    coefficient: Number
    body: Written | None = None


@dataclass(frozen=True, slots=True)
class NotedFormula:
    """A whole formula.

    Parameters
    ----------
    text
        The formula, without a left side.
    notes
        The definitions of the parts that it names.
    letters
        The letters of its axes, if it has indices.
    tells_order
        Whether it tells the order of its axes by itself.
    names
        The names of its parts.
    """

    text: str
    notes: tuple[str, ...] = ()
    letters: Indices = ()
    tells_order: bool = True
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """One factor of a matrix product: a matrix, or a vector that is a column unless transposed.

    Parameters
    ----------
    body
        The factor, without its inverse or transpose.
    rank
        1 for a vector, 2 for a matrix.
    transposed, inverse, conjugated
        What is done to it.
    power
        How often it stands there, one after another.
    symmetric
        Whether a transpose changes nothing.
    identity
        Whether it is an identity matrix.
    divisor
        For entrywise `1/v`: v.
    transpose
        How the transpose of the body is written, where that has a form of its own.
    place
        Its place among the factors.
    """

    body: Written
    rank: int
    transposed: bool = False
    inverse: bool = False
    conjugated: bool = False
    power: int = 1
    symmetric: bool = False
    identity: bool = False
    divisor: Written | None = None
    transpose: Written | None = None
    place: int = field(default=0, compare=False)

    @property
    def flipped(self) -> Link:
        """The transpose."""
        if self.symmetric:
            return self
        if self.transpose is not None:
            return replace(self, body=self.transpose, transpose=self.body)
        return replace(self, transposed=not self.transposed)


def flipped(links: Sequence[Link]) -> tuple[Link, ...]:
    """Transpose a product."""
    return tuple(link.flipped for link in reversed(links))


def chained_powers(links: Sequence[Link]) -> list[Link]:
    """Write a matrix that is multiplied by itself, or by a power of it, as a power."""
    found: list[Link] = []
    for link in links:
        last = found[-1] if found else None
        if last is not None and link.rank == 2 and replace(last, power=link.power) == link:
            found[-1] = replace(last, power=last.power + link.power)
        else:
            found.append(link)
    return found


class _Numbered(Protocol):
    @property
    def coefficient(self) -> Number:
        """The number that a term begins with."""


_Term = TypeVar("_Term", bound=_Numbered)


def positive_first(terms: Sequence[_Term]) -> list[_Term]:
    """Move the first positive term to the front: `A x - b`, not `-b + A x`."""
    positive = (k for k, t in enumerate(terms) if not SignedNumber.of(t.coefficient).is_negative)
    first = next(positive, 0)
    return [terms[first], *terms[:first], *terms[first + 1 :]]


def shared_number(terms: Sequence[WrittenTerm]) -> Number:
    """Return the number that all terms begin with, but for signs; 1 where they have several.

    Of three terms or more the whole numbers may be multiples of one of them: `2 (x - y + 2 z)`.

    Examples
    --------
    >>> shared_number([WrittenTerm(2), WrittenTerm(-2)]), shared_number([WrittenTerm(2)])
    (2, 2)
    >>> x = Written("x")
    >>> shared_number([WrittenTerm(number, x) for number in (2, -2, 4)])
    2
    >>> shared_number([WrittenTerm(-2), WrittenTerm(-2)]), shared_number([WrittenTerm(-1)])
    (-2, 1)
    """
    numbers = [SignedNumber.of(term.coefficient) for term in terms]
    sizes = {number.size for number in numbers}
    size = min(sizes, key=abs)
    if size in (0, 1) or (len(sizes) > 1 and not _are_multiples(terms, size)):
        return 1
    return -size if all(number.is_negative for number in numbers) else size


def _are_multiples(terms: Sequence[WrittenTerm], size: Number) -> bool:
    """Tell whether three terms or more are whole multiples of a whole number, and none is one."""
    return (
        len(terms) > 2
        and isinstance(size, int)
        and all(
            isinstance(term.coefficient, int)
            and term.coefficient % size == 0
            and term.body is not None
            for term in terms
        )
    )


def without_number(number: Number, terms: Sequence[WrittenTerm]) -> list[WrittenTerm]:
    """Divide terms by a number that they share."""
    return [replace(term, coefficient=tidy(term.coefficient / number)) for term in terms]


_Part = TypeVar("_Part")
_Whole = TypeVar("_Whole")


def if_known(
    write: Callable[[list[_Part]], _Whole], parts: Sequence[_Part | None]
) -> _Whole | None:
    """Write a whole of its parts; None where a notation has no form for one of them."""
    known = [part for part in parts if part is not None]
    return write(known) if len(known) == len(parts) else None
