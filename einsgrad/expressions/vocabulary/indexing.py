"""Entries, slices and new axes of expressions, as numpy's basic indices have them.

What a whole index does is one einsum: a selector for each axis that is sliced, or of which one
entry is taken, and ones for each axis that is new.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import EllipsisType
from typing import Any, TypeAlias, TypeVar, assert_never

from einsgrad.errors import ArgumentError, ArgumentTypeError, IndexingError, clip
from einsgrad.expressions.construct import as_whole, build_einsum
from einsgrad.expressions.dims import Dim, linear
from einsgrad.expressions.index_ranges import steps_within
from einsgrad.expressions.nodes import Expr, Pick
from einsgrad.expressions.repetition import repeatable
from einsgrad.expressions.selectors import Affine, Delta
from einsgrad.expressions.vocabulary.axis_parts import cut
from einsgrad.strings.subscripts import Indices, Label, Subscripts

BasicIndex: TypeAlias = "int | slice | EllipsisType | None"
P = TypeVar("P")

ALL = slice(None)


class Indexing:
    """The einsum that an index of an expression is, as far as the index has been read.

    Attributes
    ----------
    expr
        The expression.
    axis
        Its axis that is read next.
    output
        The labels of the result, in order.
    """

    def __init__(self, expr: Expr) -> None:
        self.expr = expr
        self.axis = 0
        self.output: list[Label] = []
        self._lists: list[Indices] = []
        self._operands: list[Expr] = []

    def result(self) -> Expr:
        """Return what the index selects; axes that were not read are kept."""
        rank = len(self.expr.shape)
        output = (*self.output, *range(self.axis, rank))
        if not self._operands and output == tuple(range(rank)):
            return self.expr
        lists = (*self._lists, tuple(range(rank)))
        return build_einsum(Subscripts(lists, output), (*self._operands, self.expr))

    def read(self, part: int | slice | None) -> None:
        """Read a part of a basic index."""
        match part:
            case None:
                self.insert()
            case slice():
                self.slice(part)
            case int():
                self.entry(part)
            case _ as unreachable:
                assert_never(unreachable)

    def keep(self, number: int) -> None:
        """Keep the next axes."""
        self.output.extend(range(self.axis, self.axis + number))
        self.axis += number

    def insert(self) -> None:
        """Insert an axis of size 1."""
        label = self.fresh()
        self.output.append(label)
        self.multiply((label,), Delta(1, 1))

    def slice(self, given: slice) -> None:
        """Keep some entries of the next axis."""
        dim = self.expr.shape[self.axis]
        size, step, offset = _sliced(dim, given)
        if (size, step, offset) == (dim, 1, 0):
            return self.keep(1)
        label = self.fresh()
        self.output.append(label)
        return self.see(cut(dim, offset, size, step), label)

    def entry(self, place: int) -> None:
        """Take one entry of the next axis."""
        dim = self.expr.shape[self.axis]
        if isinstance(dim, int) and not -dim <= place < dim:
            raise out_of_range(self.expr, self.axis, dim, place)
        offset = linear((1, dim), (1, place)) if place < 0 else place
        self.see(Affine(dim, (), (), offset, not isinstance(dim, int)))

    def fresh(self) -> Label:
        """Return a label that nothing has."""
        return "new", len(self._lists)

    def multiply(self, labels: Indices, factor: Expr) -> None:
        """Put a factor into the product."""
        self._lists.append(labels)
        self._operands.append(factor)

    def see(self, selector: Affine | Pick, *labels: Label) -> None:
        """Select from the next axis; the labels are those of the selector's other axes."""
        self.multiply((self.axis, *labels), selector)
        self.axis += 1


def out_of_range(x: Expr, axis: int, size: int, place: int) -> IndexingError:
    """Return the error that an axis has no such entry."""
    remedy = f"Give one from {-size} to {size - 1}." if size else "An empty axis has no entries."
    return IndexingError(
        f"index {place} is out of bounds for axis {axis} of {clip(x)}, which has size {size}. "
        f"{remedy}"
    )


def _sliced(dim: Dim, given: slice) -> tuple[Dim, int, Dim]:
    """Return the size, the step and the first place of a slice."""
    if isinstance(dim, int):
        try:
            places = range(*given.indices(dim))
        except (TypeError, ValueError) as error:
            kind = ArgumentError if isinstance(error, ValueError) else ArgumentTypeError
            raise kind(f"{clip(given)}: {error}. Give whole numbers.") from None
        size = len(places)
        return (size, places.step, places.start) if size > 1 else (size, 1, places.start * size)
    return _sliced_by_name(dim, given)


def _sliced_by_name(dim: Dim, given: slice) -> tuple[Dim, int, Dim]:
    """Return the same of an axis whose size is not known yet: its bounds are taken to exist."""
    start, stop, step = (_bound(one) for one in (given.start, given.stop, given.step))
    step = 1 if step is None else step
    if step == 0:
        raise ArgumentError(f"{clip(given)}: the step of a slice is not 0. Give another one.")
    before, after = (0, dim) if step > 0 else (linear((1, dim), (-1, 1)), -1)
    first, end = (
        default if bound is None else linear((1, dim), (1, bound)) if bound < 0 else bound
        for bound, default in ((start, before), (stop, after))
    )
    size = steps_within(linear((1, end), (-1, first)), step)
    if size is None:
        raise ArgumentError(
            f"{clip(given)} of dim {dim}: its size is no linear form of names. Declare the "
            "variable with sizes."
        )
    if isinstance(size, int) and size <= 1:
        return (1, 1, first) if size == 1 else (0, 1, 0)
    return size, step, first


def _bound(value: object) -> int | None:
    number = int(value) if isinstance(value, bool) else as_whole(value)
    if number is None and value is not None:
        raise ArgumentTypeError(f"{clip(value)} is no bound of a slice. Give whole numbers.")
    return number


def basic_part(given: Any) -> BasicIndex:
    """Read a part of an index that is no array; an integer of numpy is a plain one.

    Raises
    ------
    IndexingError
        If it is another thing.
    """
    if type(given) is int or given is None or given is ... or isinstance(given, slice):
        return given
    number = as_whole(given)
    if number is None:
        raise not_an_index(given)
    return number


def not_an_index(given: object) -> IndexingError:
    """Return the error that something is no index."""
    return IndexingError(
        f"{clip(given)} is no index: only integers, slices, ..., None, and arrays of integers or "
        "booleans are. Give one of these."
    )


def for_each_axis(x: Expr, parts: Sequence[P | EllipsisType], read: Sequence[int]) -> list[P]:
    """Put slices into the place of `...`, so that every axis is read.

    Parameters
    ----------
    x, parts
        The expression, and the parts of an index.
    read
        How many axes each of them reads.
    """
    rank = len(x.shape)
    dots = [place for place, part in enumerate(parts) if part is ...]
    if sum(read) > rank:
        raise IndexingError(
            f"too many indices: {clip(x)} has {rank} axes, and {sum(read)} are indexed. "
            "Give one index for each axis at most."
        )
    if len(dots) > 1:
        raise IndexingError("an index has one ... at most. Write : in place of the others.")
    place = dots[0] if dots else len(parts)
    filled: list[Any] = [*parts[:place], *[ALL] * (rank - sum(read)), *parts[place + 1 :]]
    return filled


def _selected(x: Expr, *parts: BasicIndex) -> Expr:
    found = Indexing(x)
    read = [0 if part is None or part is ... else 1 for part in parts]
    for part in for_each_axis(x, parts, read):
        found.read(part)
    return found.result()


selected: Callable[..., Expr] = repeatable(_selected)
"""What numpy's `x[key]` is for the parts of a basic index."""
