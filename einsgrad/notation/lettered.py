"""A formula in index notation as records: which letters each part shows, which are summed.

An index is a letter, or an affine form of letters and of entries of arrays: `x_{i+1}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias, assert_never

from einsgrad.expressions.dims import Dim, Shape
from einsgrad.expressions.index_forms import IndexForm
from einsgrad.expressions.nodes import Called, Endpoint, Map, MatrixMap, Number, Places, Reduce
from einsgrad.notation.absorbed import Bound, ShownCondition
from einsgrad.notation.pieces import positive_first
from einsgrad.strings.subscripts import Indices, Label

# What is neither a sum nor a product.
Unit: TypeAlias = Endpoint | Map | Reduce | MatrixMap | Called
# Letters with the dims that they run over.
Ranges: TypeAlias = "tuple[tuple[Label, Dim], ...]"
# Letters that stand several times in one product without being summed there.
Repeated: TypeAlias = "frozenset[Label]"


@dataclass(frozen=True, slots=True)
class LetteredName:
    """A part that is shown by its name, its indices, and the dims of its axes."""

    name: str
    letters: Indices
    dims: Shape
    repeated: Repeated = frozenset()


@dataclass(frozen=True, slots=True)
class LetteredEntry:
    """An entry of an array of integers as an index of another: `labels_a` in `W_{labels_a}`."""

    shown: Lettered
    letters: Indices


@dataclass(frozen=True, slots=True)
class LetteredPart:
    """A part that is neither a sum nor a product.

    Parameters
    ----------
    expr
        The part.
    letters
        A letter for each of its axes.
    operands
        What it is made of.
    along
        The letters of the axes that a reduction or a softmax acts along.
    bounds
        What bounds these letters, where their places do not.
    """

    expr: Unit
    letters: Indices
    operands: tuple[Lettered, ...] = ()
    along: Indices = ()
    bounds: tuple[Bound, ...] = ()

    @property
    def inner(self) -> Ranges:
        """The letters that a reduction takes away, with the dims that they run over."""
        match self.expr:
            case Reduce(operand=operand, axes=axes):
                gone = axes
            case Places(operand=operand, axis=axis) if self.along != self.letters:
                gone = (axis,)
            case _:
                return ()
        return tuple(zip(self.along, (operand.shape[axis] for axis in gone), strict=True))

    @property
    def repeated(self) -> Repeated:
        """The letters that stand several times in one product and are not summed."""
        bound = self.along if isinstance(self.expr, Reduce) else ()
        return repeated_in(self.operands) - set(bound)


@dataclass(frozen=True, slots=True)
class LetteredPower:
    """A factor of a product, and how often it stands there."""

    base: Lettered
    exponent: int = 1


@dataclass(frozen=True, slots=True)
class LetteredTerm:
    """A product of a number and factors, divided by others.

    Parameters
    ----------
    coefficient
        The number.
    above, below
        The factors, and those that it is divided by.
    summed
        The letters that need a sum sign.
    repeated
        The letters that stand several times in one product and are not summed.
    conditions
        What must hold of its indices; otherwise the term is 0.
    inner
        The letters that are summed, with the dims that they run over.
    """

    coefficient: Number
    above: tuple[LetteredPower, ...] = ()
    below: tuple[LetteredPower, ...] = ()
    summed: Indices = ()
    repeated: Repeated = frozenset()
    conditions: tuple[ShownCondition, ...] = ()
    inner: Ranges = ()


@dataclass(frozen=True, slots=True)
class LetteredSum:
    """A sum of products; a product is a sum of one."""

    terms: tuple[LetteredTerm, ...]

    @property
    def repeated(self) -> Repeated:
        """The letters that stand several times in one product and are not summed."""
        return repeated_in(self.terms)


Lettered: TypeAlias = LetteredName | LetteredPart | LetteredSum


def repeated_in(parts: Sequence[Lettered | LetteredTerm]) -> Repeated:
    """Return the letters that any of several parts repeats and does not sum."""
    return frozenset(chain.from_iterable(part.repeated for part in parts))


def letters_in(indices: Sequence[Label]) -> Indices:
    """Return the letters that stand in indices, as often as they stand there.

    Examples
    --------
    >>> letters_in(["i", IndexForm((("i", 2), ("k", 1)), 3)])
    ('i', 'i', 'k')
    """
    found: list[Label] = []
    for index in indices:
        match index:
            case IndexForm(terms=terms):
                found.extend(letters_in([one for one, _ in terms]))
            case LetteredEntry(letters=letters):
                found.extend(letters_in(letters))
            case _:
                found.append(index)
    return tuple(found)


def shown_order(lettered: Lettered) -> Indices:
    """Return the letters of a formula in the order in which they are first written."""
    return tuple(dict.fromkeys(_written_letters(lettered)))


def _written_letters(lettered: Lettered) -> Iterator[Label]:
    match lettered:
        case LetteredName(letters=letters):
            yield from letters_in(letters)
        case LetteredPart(expr=Map() | Reduce() | Places(), operands=operands):
            for operand in operands:
                yield from _written_letters(operand)
        case LetteredPart(letters=letters):
            yield from letters_in(letters)
        case LetteredSum(terms=terms):
            for term in positive_first(terms):
                for power in (*term.above, *term.below):
                    yield from _written_letters(power.base)
        case _ as unreachable:
            assert_never(unreachable)
