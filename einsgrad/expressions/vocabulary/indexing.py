"""Entries, slices and new axes of expressions, as numpy's basic indices have them.

What a whole index does is one einsum: a selector for each axis that is sliced, or of which one
entry is taken, and ones for each axis that is new.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import EllipsisType
from typing import Any, TypeAlias, assert_never

from einsgrad.errors import ArgumentError, ArgumentTypeError, IndexingError, clip
from einsgrad.expressions.construct import as_whole, build_einsum
from einsgrad.expressions.dims import Dim, is_at_least, linear, parts_of
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.repetition import repeatable
from einsgrad.expressions.selectors import Affine, Delta
from einsgrad.strings.subscripts import Indices, Label, Subscripts

BasicIndex: TypeAlias = "int | slice | EllipsisType | None"

ALL = slice(None)
_LISTED = "integers, slices, ... and None"


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
        lowest, highest = _ends(size, step, offset)
        is_sure = is_at_least(lowest, 0) and is_at_least(linear((1, dim), (-1, 1)), highest)
        selector = Affine(dim, (size,), (step,), offset, not (isinstance(dim, int) or is_sure))
        return self._see(selector, label)

    def entry(self, place: int) -> None:
        """Take one entry of the next axis."""
        dim = self.expr.shape[self.axis]
        if isinstance(dim, int) and not -dim <= place < dim:
            raise IndexingError(
                f"index {place} is out of bounds for axis {self.axis} of {clip(self.expr)}, which "
                f"has size {dim}. {_range_of(dim)}"
            )
        offset = linear((1, dim), (1, place)) if place < 0 else place
        self._see(Affine(dim, (), (), offset, not isinstance(dim, int)))

    def fresh(self) -> Label:
        """Return a label that nothing has."""
        return "new", len(self._lists)

    def multiply(self, labels: Indices, factor: Expr) -> None:
        """Put a factor into the product."""
        self._lists.append(labels)
        self._operands.append(factor)

    def _see(self, selector: Affine, *labels: Label) -> None:
        self.multiply((self.axis, *labels), selector)
        self.axis += 1


def _range_of(size: int) -> str:
    return f"Give one from {-size} to {size - 1}." if size else "An axis of size 0 has no entries."


def _ends(size: Dim, step: int, offset: Dim) -> tuple[Dim, Dim]:
    """Return the lowest and the highest place of a slice."""
    last = linear((1, offset), (step, size), (-step, 1))
    return (offset, last) if step > 0 else (last, offset)


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
    size = _stepped(linear((1, end), (-1, first)), step)
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


def _stepped(length: Dim, step: int) -> Dim | None:
    """Return the number of steps that a length has room for; None if it is no linear form."""
    terms, constant = parts_of(length)
    if any(number % step for _, number in terms):
        return None
    return linear(*((number // step, name) for name, number in terms), (1, -(-constant // step)))


def indexed(x: Expr, key: object) -> Expr:
    """Return what numpy's `x[key]` is.

    Raises
    ------
    IndexingError
        If an index is out of range, there are more than axes, or one is of another kind.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> indexed(Variable("A", (4, "n")), (None, slice(None, None, 2), -1)).shape
    (1, 2)
    """
    given = key if type(key) is tuple else (key,)
    found: Expr = _basic(x, *_with_slices(x, [_part(one) for one in given]))
    return found


def _part(given: Any) -> BasicIndex:
    """Read a part of an index; an integer of numpy is a plain one."""
    if type(given) is int or given is None or given is ... or isinstance(given, slice):
        return given
    number = as_whole(given)
    if number is None:
        raise IndexingError(f"{clip(given)} is no index. Give {_LISTED}.")
    return number


def _with_slices(x: Expr, parts: Sequence[BasicIndex]) -> list[int | slice | None]:
    """Put slices into the place of `...`, so that there is a part for each axis that is read."""
    rank = len(x.shape)
    dots = [place for place, part in enumerate(parts) if part is ...]
    read = sum(part is not None for part in parts) - len(dots)
    if read > rank:
        raise IndexingError(
            f"too many indices: {clip(x)} has {rank} axes, and {read} are indexed. "
            "Give one index for each axis at most."
        )
    if len(dots) > 1:
        raise IndexingError("an index has one ... at most. Write : in place of the others.")
    place = dots[0] if dots else len(parts)
    return [*parts[:place], *[ALL] * (rank - read), *parts[place + 1 :]]  # type: ignore[list-item]


def _selected(x: Expr, *parts: int | slice | None) -> Expr:
    found = Indexing(x)
    for part in parts:
        match part:
            case None:
                found.insert()
            case slice():
                found.slice(part)
            case int():
                found.entry(part)
            case _ as unreachable:
                assert_never(unreachable)
    return found.result()


_basic = repeatable(_selected)
