"""An einsum as the user wrote it: its lists, and a column for every label.

Expanding `...` and alignment with shapes live here, with the messages that point into the
string. The columns travel with the labels, so that an error found late still shows a
caret under what was typed.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Generic, TypeVar

from einsgrad.errors import EinsgradError, ShapeError, clip, pointed, shorten
from einsgrad.strings.affine_labels import AffineLabel, all_labels, forms_in
from einsgrad.strings.letters import BATCH_LETTERS, fresh_letters
from einsgrad.strings.subscripts import Indices, Label, Subscripts

Size = TypeVar("Size", bound=Hashable)
# An axis of an operand: the operand's position, and the axis within it.
OperandAxis = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Equation:
    """An einsum as it was written.

    Parameters
    ----------
    subscripts
        The label lists; `...` is the label `Ellipsis`.
    text
        What the user wrote.
    columns
        For each list, the output's last, the column of every label in `text`.
    starts
        For each list, the column where it begins.
    sizes
        The sizes of labels that were given beside the string.
    """

    subscripts: Subscripts
    text: str
    columns: tuple[tuple[int, ...], ...]
    starts: tuple[int, ...]
    sizes: tuple[tuple[Label, Hashable], ...] = ()

    @property
    def sized(self) -> bool:
        """Whether arrays alone do not tell all sizes: there are affine labels, or given ones."""
        return bool(self.sizes or self.forms)

    @property
    def labels(self) -> Indices:
        """Every label once, those within affine ones, too."""
        return all_labels(self.subscripts) if self.forms else self.subscripts.labels

    @property
    def forms(self) -> tuple[AffineLabel, ...]:
        """The affine labels, each once, in order."""
        return forms_in(chain.from_iterable(self.subscripts.lists))

    @property
    def has_ellipsis(self) -> bool:
        """Whether any list holds `...`."""
        return any(Ellipsis in indices for indices in self.subscripts.lists)

    def ranks(self) -> tuple[int, ...]:
        """Return the operands' ranks when every `...` covers one axis.

        A `...` that the output lacks can cover none.
        """
        idle = Ellipsis not in self.subscripts.output
        return tuple(
            len(indices) - (idle and Ellipsis in indices) for indices in self.subscripts.inputs
        )

    def error(
        self, kind: type[EinsgradError], headline: str, where: tuple[int, int | None], remedy: str
    ) -> EinsgradError:
        """Make an error that points at an axis of a list, or (axis None) at the list."""
        which, axis = where
        columns = self.columns[which]
        inside = axis is not None and axis < len(columns)
        column = columns[axis or 0] if inside else self.starts[which]
        return kind(pointed(headline, self.text, column, remedy))

    def expand(self, ranks: Sequence[int]) -> Equation:
        """Replace every `...` by labels of its own, right-aligned, given the operands' ranks.

        Raises
        ------
        ShapeError
            If the number of operands or a rank does not fit the string.

        Examples
        --------
        >>> from einsgrad.strings.parsing import parse_einsum
        >>> str(parse_einsum("...ij,...jk").expand((4, 3)).subscripts)
        'abij,bjk->abik'
        """
        self._check_count(len(ranks))
        covered = [self._covered(position, rank) for position, rank in enumerate(ranks)]
        widest = max(covered, default=0)
        output = self.subscripts.output
        if widest and Ellipsis not in output:
            culprit = covered.index(widest)
            raise self.error(
                ShapeError,
                f"the output lacks the '...' that covers {_count(widest, 'axis', 'axes')} "
                f"of operand {culprit}",
                (-1, None),
                "Write '...' into the output, or name the axes and sum them.",
            )
        if not self.has_ellipsis:
            return self
        taken = [label for label in self.labels if isinstance(label, str)]
        letters = fresh_letters(taken, BATCH_LETTERS)
        batch: Indices = tuple(next(letters) for _ in range(widest))
        axes = [batch[widest - count :] for count in covered] + [batch]
        lists, columns = [], []
        for indices, places, inserted in zip(
            self.subscripts.lists, self.columns, axes, strict=True
        ):
            pairs = list(_spread(indices, places, inserted))
            lists.append(tuple(label for label, _ in pairs))
            columns.append(tuple(place for _, place in pairs))
        subscripts = Subscripts(tuple(lists[:-1]), lists[-1])
        return replace(self, subscripts=subscripts, columns=tuple(columns))

    def aligned(self, shapes: Sequence[tuple[Size, ...]]) -> Aligned[Size]:
        """Lay the equation over its operands' shapes: the one rule of broadcasting.

        A size of 1 broadcasts against another operand's, never within one operand, and never
        where the label is affine. Sizes are numbers or names; a name is a size of its own.

        Raises
        ------
        ShapeError
            If the shapes do not fit the string.

        Examples
        --------
        >>> from einsgrad.strings.parsing import parse_einsum
        >>> laid = parse_einsum("mn,n->m").aligned(((2, 3), (1,)))
        >>> laid.sizes, laid.stretched
        ({'m': 2, 'n': 3}, frozenset({(1, 0)}))
        """
        equation = self.expand([len(shape) for shape in shapes])
        given: dict[Label, Any] = dict(self.sizes)
        sizes: dict[Label, Size] = dict(given)
        ones: list[tuple[OperandAxis, Label]] = []
        for position, shape in enumerate(shapes):
            own: dict[Label, Size] = {}
            for axis, label in enumerate(equation.subscripts.inputs[position]):
                size = shape[axis]
                if own.setdefault(label, size) != size:
                    raise equation._repeated(label, (position, axis), shape, own[label])
                is_form = isinstance(label, AffineLabel)
                broadcasts = size == 1 and not is_form
                if broadcasts:
                    ones.append(((position, axis), label))
                known = sizes.setdefault(label, size)
                if known == size or broadcasts:
                    continue
                if known != 1 or label in given or is_form:
                    raise equation._conflict(label, (position, axis), shapes, known)
                sizes[label] = size
        stretched = frozenset(place for place, label in ones if sizes[label] != 1)
        return Aligned(equation, sizes, stretched)

    def numbered(self, apart: Collection[OperandAxis] = ()) -> Subscripts:
        """Return the lists in numbers, with labels of their own for the axes that are `apart`.

        Behind the operands stands a list for the selector of each affine label: the label's
        own number, then those of the labels within. The numbers may equal any other label of
        an expression, so they are for building one.

        Examples
        --------
        >>> from einsgrad.strings.parsing import parse_einsum
        >>> print(parse_einsum("(i+k),k->i").numbered())
        0,2,012->1
        """
        subscripts = self._with_selectors() if self.forms else self.subscripts.numbered()
        if not apart:
            return subscripts
        inputs = tuple(
            tuple(
                (position, axis) if (position, axis) in apart else label
                for axis, label in enumerate(indices)
            )
            for position, indices in enumerate(subscripts.inputs)
        )
        return Subscripts(inputs, subscripts.output)

    def _with_selectors(self) -> Subscripts:
        lists = (*self.subscripts.inputs, *((form, *form.labels) for form in self.forms))
        numbers = {label: number for number, label in enumerate(self.labels)}
        return Subscripts(lists, self.subscripts.output).relabel(numbers)

    def _check_count(self, count: int) -> None:
        expected = len(self.subscripts.inputs)
        if count != expected:
            last = min(count, expected - 1)
            raise self.error(
                ShapeError,
                f"the string has {_count(expected, 'operand', 'operands')}, {count} given",
                (last, None),
                "Give one operand for each comma-separated list.",
            )

    def _covered(self, position: int, rank: int) -> int:
        """Return how many axes the `...` of an operand covers."""
        indices = self.subscripts.inputs[position]
        named = sum(label is not Ellipsis for label in indices)
        loose = len(indices) > named
        if rank < named or (rank > named and not loose):
            least = "at least " if loose else ""
            raise self.error(
                ShapeError,
                f"operand {position} has {_count(rank, 'axis', 'axes')}, "
                f"its list has {least}{_count(named, 'label', 'labels')}",
                (position, None),
                "Give one label for each axis, or '...' for the leading ones.",
            )
        return rank - named

    def _repeated(
        self, label: Label, where: OperandAxis, shape: tuple[object, ...], size: object
    ) -> EinsgradError:
        position, axis = where
        return self.error(
            ShapeError,
            f"label {clip(label)} repeats within operand {position} of shape {_shape(shape)} "
            f"with sizes {size} and {shape[axis]}",
            where,
            "Axes of one operand that share a label have equal sizes; size 1 does not "
            "broadcast here.",
        )

    def _conflict(
        self,
        label: Label,
        where: OperandAxis,
        shapes: Sequence[tuple[object, ...]],
        size: object,
    ) -> EinsgradError:
        position, axis = where
        shape = shapes[position]
        laid = enumerate(map(zip, self.subscripts.inputs, shapes))
        holders = [number for number, axes in laid if (label, size) in axes]
        since = f"but size {size} " + (f"since operand {holders[0]}" if holders else "in sizes=")
        return self.error(
            ShapeError,
            f"label {clip(label)} has size {shape[axis]} in operand {position} of shape "
            f"{_shape(shape)}, {since}",
            where,
            "Axes that share an affine label have equal sizes."
            if isinstance(label, AffineLabel)
            else "Axes that share a label have equal sizes, or size 1.",
        )


@dataclass(frozen=True, slots=True)
class Aligned(Generic[Size]):
    """An equation laid over its operands' shapes.

    Parameters
    ----------
    equation
        The equation, with labels in place of `...`.
    sizes
        The size of every label.
    stretched
        The axes of size 1 that broadcast: their labels have another size.
    """

    equation: Equation
    sizes: dict[Label, Size]
    stretched: frozenset[OperandAxis]


def _spread(
    indices: Indices, places: tuple[int, ...], inserted: Indices
) -> Iterator[tuple[Label, int]]:
    for label, place in zip(indices, places, strict=True):
        if label is Ellipsis:
            yield from ((new, place) for new in inserted)
        else:
            yield label, place


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _shape(shape: tuple[object, ...]) -> str:
    return shorten(f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})")
