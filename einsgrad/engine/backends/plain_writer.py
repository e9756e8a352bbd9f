"""A program printed as a function of another library: torch, jax, or any array namespace.

The other libraries fuse and place operations themselves, so the text is what a person would
write: products of matrices with `@`, of entries with `*`, sums, and calls of functions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

import numpy as np

from einsgrad.engine.backends.numpy.constants import literal_atom
from einsgrad.engine.backends.plain_contractions import PlainContractions, WrittenArray
from einsgrad.engine.backends.plain_selections import PlainSelections
from einsgrad.engine.backends.plain_spelling import PlainSpelling
from einsgrad.engine.backends.plain_sums import PlainSums
from einsgrad.engine.backends.plain_windows import PlainWindows
from einsgrad.engine.dtypes import widest
from einsgrad.engine.programs.affine_axes import AffineAxis, labels_in
from einsgrad.engine.programs.program import Program
from einsgrad.engine.programs.steps import (
    Apply,
    ApplyMatrix,
    Collapse,
    Combine,
    Contract,
    DType,
    Fill,
    Held,
    Register,
    Reshape,
    Select,
    Sliced,
    Solve,
    Step,
    Term,
    Window,
    sizes_of,
)
from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.nodes import Number
from einsgrad.expressions.tables.rows import PARAMETERS, Row
from einsgrad.expressions.tables.spellings import EachAxis, Form
from einsgrad.strings.subscripts import Indices


class PlainWriter:
    """Writes the steps of a program.

    Parameters
    ----------
    program, spelling
        The program, and how arrays are written.
    names
        The name of each register.
    """

    def __init__(
        self, program: Program, spelling: PlainSpelling, names: Mapping[Register, str]
    ) -> None:
        self.program = program
        self.spelling = spelling
        self.library = spelling.library
        self.names = names
        self._windows = PlainWindows(self.spelling)
        self._sums = PlainSums(self.spelling, self._windows, self._core)
        self._selections = PlainSelections(self.spelling, names, program.inputs)

    def text(self, step: Step) -> str:
        """Write the value of one step."""
        match step:
            case Contract():
                return self._contracted(step)
            case Apply():
                return self._applied(step)
            case Combine():
                return self._sums.summed(step)
            case Reshape(target=target, operand=operand, order=order):
                moved = self.spelling.permuted(self.names[operand], order)
                same = tuple(operand.shape[axis] for axis in order) == target.shape
                return moved if same else self.spelling.reshaped(moved, target.shape)
            case Window(operand=operand):
                return self._windows.window(step, self.names[operand])
            case Collapse(function=reduction, operand=operand, axes=axes):
                return self._call(reduction, [self.names[operand]], step.target.dtype, axes)
            case ApplyMatrix(function=function, operand=operand):
                return self._call(function, [self.names[operand]], step.target.dtype)
            case Solve():
                return self._solution(step)
            case Fill():
                return self._selections.filled(step)
            case Select():
                return self._selections.selected(step)
            case Sliced():
                return self._unsliced(step)
            case _ as unreachable:
                assert_never(unreachable)

    def _contracted(self, step: Contract) -> str:
        """Write an einsum; of integers in 64 bits, as what sums and products of them have."""
        dtype = step.target.dtype
        is_whole = dtype.kind not in "fc"
        written = self._operands(
            step.operands, step.inputs, np.dtype(np.int64) if is_whole else dtype
        )
        contractions = PlainContractions(self.spelling, sizes_of(step.inputs, step.operands))
        text = contractions.contracted(written, step.output)
        if not is_whole:
            return text
        return self.spelling.cast(f"({text})" if len(written) > 1 else text, dtype)

    def _operands(
        self, operands: Sequence[Register], inputs: Sequence[Indices], dtype: DType
    ) -> list[WrittenArray]:
        return [
            WrittenArray(self._of_dtype(register, dtype), indices)
            for register, indices in zip(operands, inputs, strict=True)
        ]

    def _applied(self, step: Apply) -> str:
        arguments = [self._argument_of(one, step) for one in step.arguments]
        return self._call(step.function, arguments, step.target.dtype)

    def _argument_of(self, value: Held | Number, step: Apply) -> str | Number:
        if not isinstance(value, Held):
            return value
        register, text = value.register, self.names[value.register]
        if register.dtype.kind == "f" and not self.library.promotes:
            given = [one.register.dtype for one in step.arguments if isinstance(one, Held)]
            text = self._of_dtype(register, widest(one for one in given if one.kind == "f"))
        return self.spelling.aligned(text, value.indices, step.output)

    def _of_dtype(self, register: Register, dtype: DType) -> str:
        """Write an array in a dtype."""
        name = self.names[register]
        return name if register.dtype == dtype else self.spelling.cast(name, dtype)

    def _core(self, term: Term, target: Register) -> str:
        """Write the array of a term in the dtype of a sum; a one where it has none."""
        if term.core is None:
            return self.spelling.filled((), "1", target.dtype)
        return self._of_dtype(term.core, target.dtype)

    def _unsliced(self, step: Sliced) -> str:
        """Write a contraction that a loop over windows or places saves memory in as a whole."""
        affine = any(isinstance(one, AffineAxis) for one in step.output)
        windows = {one.target for one in self.program.steps if isinstance(one, Window)}
        if not affine and windows.isdisjoint(step.operands):
            raise ArgumentError(
                "a contraction in slices is written for numpy only. Compile without a memory limit."
            )
        labels = labels_in(step.output)
        whole = self._whole(step, labels)
        if not affine:
            return whole
        term = Term(1, step.target, labels, step.output)
        return self._windows.placed(term, step.target, f"({whole})")

    def _whole(self, step: Sliced, output: Indices) -> str:
        """Write a contraction of many arrays as a product of one after the other."""
        written = self._operands(step.operands, step.inputs, step.target.dtype)
        contractions = PlainContractions(self.spelling, step.sizes)
        while len(written) > 2:
            first, second, *others = written
            needed = {*output, *(x for one in others for x in one.indices)}
            both = tuple(dict.fromkeys((*first.indices, *second.indices)))
            kept = tuple(x for x in both if x in needed)
            written = [
                WrittenArray(f"({contractions.contracted([first, second], kept)})", kept),
                *others,
            ]
        return contractions.contracted(written, output)

    def _solution(self, step: Solve) -> str:
        dtype = step.target.dtype
        matrix = self._of_dtype(step.matrix, dtype) + ".T" * step.transposed
        columns = self._of_dtype(step.operand, dtype)
        solve = f"{self.library.prefix}.linalg.solve"
        if len(step.operand.shape) <= 2:
            return f"{solve}({matrix}, {columns})"
        height = step.matrix.shape[0]
        columns = self.spelling.reshaped(columns, (height, step.operand.size // max(height, 1)))
        return self.spelling.reshaped(f"{solve}({matrix}, {columns})", step.target.shape)

    def _call(
        self, row: Row, values: Sequence[str | Number], dtype: DType, axes: Sequence[int] = ()
    ) -> str:
        named = dict(zip(PARAMETERS, values, strict=False))
        match self.library.column(row):
            case None:
                raise ArgumentError(
                    f"{clip(row.name)} has no code for {self.library.title}: its row lacks that "
                    "column. Use numpy, or define it for that library, too."
                )
            case Form(text=text) as form:
                texts = {place: self._argument(place, named, form, dtype) for place in named}
                own = self.spelling.dtype(dtype)
                self.spelling.called(form)
                return text.format(**texts, axes=tuple(axes), dtype=own)
            case EachAxis(text=text):
                result = named["x"]
                for axis in reversed(axes):
                    result = text.format(x=result, axis=axis)
                return str(result)
            case _ as unreachable:
                assert_never(unreachable)

    def _argument(
        self, place: str, named: Mapping[str, str | Number], form: Form, dtype: DType
    ) -> str:
        """Write an argument; a number as an array, unless the form takes numbers there."""
        value = named[place]
        if isinstance(value, str):
            return value
        others = [named[other] for other in form.numbers]
        may_be_number = place in form.numbers and any(isinstance(one, str) for one in others)
        if may_be_number:
            return literal_atom(value)
        return self.library.number(value, self._number_dtype(value, dtype)).format(
            new=self.spelling.new
        )

    def _number_dtype(self, value: Number, dtype: DType) -> str:
        is_wider = isinstance(value, complex) and dtype.kind != "c"
        return self.spelling.dtype(np.result_type(dtype, np.complex64) if is_wider else dtype)

    def results(self) -> list[str]:
        """Write the results with their axes in order."""
        return [
            self.spelling.permuted(self.names[output.register], output.order)
            for output in self.program.outputs
        ]
