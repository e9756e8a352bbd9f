"""Arrays as a library's code writes them: views, casts and new arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from einsgrad.engine.backends.library import Library, written_shape
from einsgrad.engine.contractions.arrays import Name
from einsgrad.engine.contractions.views import Operand, aligned
from einsgrad.engine.dtypes import HALF
from einsgrad.engine.programs.steps import DType
from einsgrad.expressions.tables.spellings import Form
from einsgrad.strings.subscripts import Indices


@dataclass(frozen=True, slots=True)
class PlainSpelling:
    """Writes what programs do with arrays.

    Parameters
    ----------
    library
        The library.
    new
        Where new arrays are made, as arguments behind others; nothing if that is not said.
    like
        The name of an array, and its dtype, where a dtype is written as that of the array.
    half
        What half precision is called.
    needed
        The functions that have to stand beside what was written.

    Examples
    --------
    >>> from einsgrad.engine.backends.torch import TORCH
    >>> spelling = PlainSpelling(TORCH)
    >>> spelling.permuted("A", (1, 0)), spelling.permuted("B", (0, 2, 1))
    ('A.T', 'B.permute(0, 2, 1)')
    """

    library: Library
    new: str = ""
    like: tuple[str, DType] | None = None
    half: str = "float16"
    needed: set[str] = field(default_factory=set)

    def dtype(self, dtype: DType) -> str:
        """Write a dtype."""
        if self.like is not None and dtype == self.like[1]:
            return f"{self.like[0]}.dtype"
        name = self.half if dtype == HALF else dtype.name
        return f"{self.library.prefix}.{name}"

    def permuted(self, text: str, order: Sequence[int]) -> str:
        """Write an array with its axes in another order."""
        if list(order) == sorted(order):
            return text
        if len(order) == 2:
            return f"{text}.T"
        return self.library.permute.format(x=text, axes=", ".join(map(str, order)))

    def reshaped(self, text: str, shape: Sequence[int]) -> str:
        """Write an array with another shape."""
        return self.library.reshape.format(x=text, shape=written_shape(shape))

    def cast(self, text: str, dtype: DType) -> str:
        """Write an array in another dtype."""
        return self.library.cast.format(x=text, dtype=self.dtype(dtype))

    def summed(self, text: str, axes: Sequence[int], rank: int, *, is_name: bool = True) -> str:
        """Write the sum of an array, or of a product, over some of its axes, or over all."""
        listed = str(axes[0]) if len(axes) == 1 else written_shape(axes)
        if not self.library.sums_by_method:
            return self.library.summed.format(x=text, axes=listed)
        based = text if is_name else f"({text})"
        return self.library.summed.format(x=based, axes="" if len(axes) == rank else listed)

    def flipped(self, text: str, axes: Sequence[int]) -> str:
        """Write an array with some of its axes turned around."""
        return self.library.flip.format(x=text, axes=written_shape(axes)) if axes else text

    def aligned(self, text: str, indices: Indices, output: Indices) -> str:
        """Write an array so that it broadcasts against others with the labels of `output`."""
        held = tuple(label for label in output if label in indices)
        moved = self.permuted(text, [indices.index(label) for label in held])
        return str(aligned(Operand(Name(moved), held), output))

    def filled(self, shape: Sequence[int], value: str, dtype: DType) -> str:
        """Write an array with the same entry everywhere."""
        return self.library.filled.format(
            shape=written_shape(shape), value=value, dtype=self.dtype(dtype), new=self.new
        )

    def zeros(self, shape: Sequence[int], dtype: DType) -> str:
        """Write an array of zeros."""
        prefix, own = self.library.prefix, self.dtype(dtype)
        return f"{prefix}.zeros({written_shape(shape)}, dtype={own}{self.new})"

    def identity(self, size: int, dtype: DType | str) -> str:
        """Write an identity matrix."""
        own = dtype if isinstance(dtype, str) else self.dtype(dtype)
        return f"{self.library.prefix}.eye({size}, dtype={own}{self.new})"

    def places(self, size: int) -> str:
        """Write the places on an axis."""
        return f"{self.library.prefix}.arange({size}{self.new})"

    def broadcast(self, text: str, shape: Sequence[int]) -> str:
        """Write an array that is broadcast to a shape."""
        return self.library.broadcast.format(x=text, shape=written_shape(shape))

    def listed(self, entries: object) -> str:
        """Write an array of integers."""
        return self.library.listed.format(entries=entries, new=self.new)

    def added(self, base: str, index: str, values: str) -> str:
        """Write an array with values added at places."""
        self.needed.add("add_at")
        return self.library.adding.format(base=base, index=index, values=values)

    def padded(self, text: str, around: Sequence[tuple[int, int]]) -> str:
        """Write an array with zeros around it."""
        self.needed.add("pad")
        pairs = f"({', '.join(map(written_shape, around))},)"
        row = written_shape([number for pair in reversed(around) for number in pair])
        return self.library.padded.format(x=text, pairs=pairs, row=row)

    def called(self, form: Form) -> None:
        """Note what has to stand beside a call."""
        self.needed.update(form.needs)
