"""Contractions of one or two arrays as a person writes them: `*`, `@`, sums, else an einsum."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import prod

from einsgrad.engine.backends.library import written_shape
from einsgrad.engine.backends.plain_spelling import PlainSpelling
from einsgrad.engine.contractions.views import einsum_string
from einsgrad.strings.subscripts import Indices, Label

Sizes = Mapping[Label, int]


@dataclass(frozen=True, slots=True)
class WrittenArray:
    """An array as it is written, and the label of each of its axes."""

    text: str
    indices: Indices


@dataclass(frozen=True, slots=True)
class PlainContractions:
    """Writes contractions.

    Parameters
    ----------
    spelling
        How views are written.
    sizes
        The size of every label.

    Examples
    --------
    >>> from einsgrad.engine.backends.torch import TORCH
    >>> write = PlainContractions(PlainSpelling(TORCH), {"i": 2, "j": 3, "k": 4}).contracted
    >>> A, B = WrittenArray("A", ("i", "j")), WrittenArray("B", ("k", "j"))
    >>> write([A, B], ("i", "k")), write([A, B], ("k", "i")), write([A], ("j",))
    ('A @ B.T', 'B @ A.T', 'A.sum(0)')
    """

    spelling: PlainSpelling
    sizes: Sizes

    def contracted(self, operands: Sequence[WrittenArray], output: Indices) -> str:
        """Write an einsum of one or two arrays."""
        if any(len(set(one.indices)) < len(one.indices) for one in operands):
            if self.spelling.library.einsum:
                return self._of_diagonals(operands, output)
            operands = [self._diagonal(one) for one in operands]
        kept = [self._without_own(operands, place, output) for place in range(len(operands))]
        if len(kept) == 1:
            return self._ordered(kept[0], output)
        return self._pair(kept[0], kept[1], output)

    def _of_diagonals(self, operands: Sequence[WrittenArray], output: Indices) -> str:
        """Write a contraction of arrays with a label in several places."""
        first = operands[0]
        if len(operands) == 1 and len(first.indices) == 2:
            return f"{first.text}.{'diagonal' if output else 'trace'}()"
        return self._einsum(operands, output)

    def _einsum(self, operands: Sequence[WrittenArray], output: Indices) -> str:
        return self.spelling.library.einsum.format(
            string=einsum_string([one.indices for one in operands], output),
            operands=", ".join(one.text for one in operands),
        )

    def _ordered(self, one: WrittenArray, output: Indices) -> str:
        return self.spelling.permuted(one.text, [one.indices.index(x) for x in output])

    def _diagonal(self, one: WrittenArray) -> WrittenArray:
        """Take the diagonal of axes that share a label: every so manyth entry of them as one."""
        text, indices = one.text, list(one.indices)
        for label in [x for x in dict.fromkeys(indices) if indices.count(x) > 1]:
            own = [axis for axis, x in enumerate(indices) if x == label]
            others = [axis for axis, x in enumerate(indices) if x != label]
            moved = self.spelling.permuted(text, [*others, *own])
            size = self.sizes[label]
            shape = [self.sizes[indices[axis]] for axis in others]
            flat = self.spelling.reshaped(moved, [*shape, size ** len(own)])
            step = sum(size**power for power in range(len(own)))
            text = f"{flat}[..., ::{step or 1}]"
            indices = [*(indices[axis] for axis in others), label]
        return WrittenArray(text, tuple(indices))

    def _without_own(
        self, operands: Sequence[WrittenArray], place: int, output: Indices
    ) -> WrittenArray:
        """Sum over the labels that stand nowhere else."""
        one = operands[place]
        others = {x for k, other in enumerate(operands) if k != place for x in other.indices}
        needed = others.union(output)
        axes = [axis for axis, x in enumerate(one.indices) if x not in needed]
        if not axes:
            return one
        text = self.spelling.summed(one.text, axes, len(one.indices))
        return WrittenArray(text, tuple(x for x in one.indices if x in needed))

    def _pair(self, a: WrittenArray, b: WrittenArray, output: Indices) -> str:
        shared = [x for x in a.indices if x in b.indices]
        inner = [x for x in shared if x not in output]
        if not inner:
            return " * ".join(self.spelling.aligned(x.text, x.indices, output) for x in (a, b))
        if not output and len(a.indices) > 1:
            other = self._ordered(b, a.indices)
            return self.spelling.summed(
                f"{a.text} * {other}", range(len(inner)), len(inner), is_name=False
            )
        if len(inner) == 1:
            product = self._matrix_product(a, b, inner[0], output)
            if product is not None:
                return product
        if self.spelling.library.einsum:
            return self._einsum([a, b], output)
        return self._general(a, b, inner, output)

    def _matrix_product(
        self, a: WrittenArray, b: WrittenArray, inner: Label, output: Indices
    ) -> str | None:
        """Write a product with `@`, if it is one; nothing else is wanted of its result."""
        for one, other in ((a, b), (b, a)):
            left = [x for x in one.indices if x != inner]
            right = [x for x in other.indices if x != inner]
            if (*left, *right) == output and len(right) <= 1:
                return self._times_matrix(one, other, inner)
            batch = [x for x in left if x in right]
            stacked = batch and len(left) == len(right) == len(batch) + 1 and batch == right[:-1]
            if stacked and batch == left[:-1] and output == (*left, right[-1]):
                rows, columns = (*left, inner), (*batch, inner, right[-1])
                texts = self._turned(one, rows), self._turned(other, columns)
                return None if None in texts else f"{texts[0]} @ {texts[1]}"
        return None

    def _times_matrix(self, one: WrittenArray, other: WrittenArray, inner: Label) -> str | None:
        """Multiply an array, its last axis first if need be, with a matrix or a vector."""
        if len(one.indices) == 1 < len(other.indices):
            if other.indices[0] != inner:
                return f"{other.text} @ {one.text}"
            return f"{one.text} @ {other.text}"
        if len(one.indices) == 2 and len(other.indices) == 1 and one.indices[0] == inner:
            return f"{other.text} @ {one.text}"
        left = tuple(x for x in one.indices if x != inner)
        rows = self._turned(one, (*left, inner))
        if rows is None:
            return None
        columns = other.text if other.indices[0] == inner else f"{other.text}.T"
        return f"{rows} @ {columns}"

    def _turned(self, one: WrittenArray, wanted: Indices) -> str | None:
        """Write an array with its last two axes exchanged, if that is what is wanted."""
        if one.indices == wanted:
            return one.text
        if (*one.indices[:-2], *one.indices[:-3:-1]) != wanted:
            return None
        if len(wanted) == 2:
            return f"{one.text}.T"
        return self.spelling.library.exchanged.format(x=one.text)

    def _general(
        self, a: WrittenArray, b: WrittenArray, inner: Collection[Label], output: Indices
    ) -> str:
        """Contract without an einsum: summed over axes, or as stacks of matrices."""
        batch = [x for x in a.indices if x in b.indices and x in output]
        left = [x for x in a.indices if x not in b.indices]
        right = [x for x in b.indices if x not in a.indices]
        if not batch:
            axes = [written_shape([x.indices.index(label) for label in inner]) for x in (a, b)]
            text = self.spelling.library.tensordot.format(
                a=a.text, b=b.text, axes=f"({', '.join(axes)})"
            )
            return self._ordered(WrittenArray(text, (*left, *right)), output)
        first = self._stack(a, batch, (left, [*inner]))
        second = self._stack(b, batch, ([*inner], right))
        labels = (*batch, *left, *right)
        text = f"({first} @ {second})"
        if len(left) != 1 or len(right) != 1:
            text = self.spelling.reshaped(text, [self.sizes[x] for x in labels])
        return self._ordered(WrittenArray(text, labels), output)

    def _stack(
        self, one: WrittenArray, batch: Sequence[Label], groups: Sequence[Sequence[Label]]
    ) -> str:
        text = self._ordered(one, (*batch, *chain(*groups)))
        if all(len(group) == 1 for group in groups):
            return text
        shape = [self.sizes[x] for x in batch]
        return self.spelling.reshaped(
            text, [*shape, *(prod(self.sizes[x] for x in group) for group in groups)]
        )
