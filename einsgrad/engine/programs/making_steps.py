"""Steps as they are made: with the shape and dtype of what they compute, and each only once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from math import prod
from typing import TypeVarTuple

import numpy as np

from einsgrad.engine.programs.actions import Action, FastTransform, RunningSum
from einsgrad.engine.programs.affine_axes import AffineAxis
from einsgrad.engine.programs.row_dtypes import dtype_of
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
from einsgrad.engine.programs.tensors import FourierMatrix, ListedIntegers, PlacesAlong, Tensor
from einsgrad.engine.refusals import MOST_BYTES, check_array
from einsgrad.engine.row_values import has_value_of_nothing
from einsgrad.errors import ShapeError
from einsgrad.expressions.nodes import Number
from einsgrad.expressions.tables.matrix_rows import MatrixFunction
from einsgrad.expressions.tables.reductions import INVERSE
from einsgrad.expressions.tables.rows import Elementwise, Reduction
from einsgrad.strings.subscripts import Indices, Label

Parts = TypeVarTuple("Parts")


class Steps:
    """The steps so far, in order.

    To ask for a step that there is already returns the register that has its result.

    Parameters
    ----------
    most
        The most bytes that the result of a step may take.

    Examples
    --------
    >>> steps = Steps()
    >>> x = steps.register((2, 3), np.dtype(float))
    >>> turned = steps.reshape(x, (1, 0), (3, 2))
    >>> turned.shape, steps.reshape(x, (1, 0), (3, 2)) is turned, len(steps.made)
    ((3, 2), True, 1)
    """

    def __init__(self, most: int = MOST_BYTES) -> None:
        self.made: list[Step] = []
        self._most = most
        self._count = 0
        self._targets: dict[Hashable, Register] = {}
        self._windows: dict[Register, tuple[AffineAxis, ...]] = {}

    def register(self, shape: Sequence[int], dtype: DType) -> Register:
        """Make a register that no step computes: an input."""
        self._count += 1
        return Register(self._count - 1, tuple(shape), dtype)

    def contract(self, operands: Sequence[Held], output: Indices) -> Register:
        """Contract one or two registers; how the labels are called does not matter."""
        registers = tuple(one.register for one in operands)
        numbers: dict[Label, int] = {}
        for one in operands:
            for label in one.indices:
                numbers.setdefault(label, len(numbers))
        inputs = tuple(tuple(numbers[x] for x in one.indices) for one in operands)
        numbered = tuple(numbers[x] for x in output)
        sizes = sizes_of(inputs, registers)
        shape = [sizes[x] for x in numbered]
        return self._made(Contract, shape, _common(registers), (registers, inputs, numbered))

    def slice_up(
        self,
        operands: Sequence[Held],
        output: Indices,
        labels: Indices,
        pairs: tuple[tuple[int, int], ...],
        shape: Sequence[int] | None = None,
    ) -> Register:
        """Contract registers for one value of some labels at a time.

        The sizes of the output's axes are those of its labels, unless affine forms are among
        them.
        """
        registers = tuple(one.register for one in operands)
        inputs = tuple(one.indices for one in operands)
        sizes = sizes_of(inputs, registers)
        parts = (registers, inputs, output, labels, pairs)
        whole = [sizes[x] for x in output] if shape is None else shape
        return self._made(Sliced, whole, _common(registers), parts)

    def apply(
        self,
        function: Elementwise,
        arguments: tuple[Held | Number, ...],
        output: Indices,
    ) -> Register:
        """Apply an elementwise function."""
        sizes: dict[Label, int] = {}
        values: list[DType | Number] = []
        for one in arguments:
            if isinstance(one, Held):
                sizes.update(zip(one.indices, one.register.shape, strict=True))
                values.append(one.register.dtype)
            else:
                values.append(one)
        key = (function, tuple(map(_told_apart, arguments)), output)
        parts = (function, arguments, output)
        shape = [sizes[x] for x in output]
        return self._made(Apply, shape, dtype_of(function, *values), parts, key)

    def combine(self, terms: tuple[Term, ...], shape: Sequence[int], dtype: DType) -> Register:
        """Add terms into one array."""
        key = tuple((repr(term.coefficient), term.core, term.held, term.classes) for term in terms)
        return self._made(Combine, shape, dtype, (terms,), key)

    def cast(self, register: Register, dtype: DType) -> Register:
        """Convert a register's entries to a dtype."""
        if register.dtype == dtype:
            return register
        return self.combine((Term.of(register),), register.shape, dtype)

    def reshape(self, operand: Register, order: tuple[int, ...], shape: Sequence[int]) -> Register:
        """Give a register other axes."""
        return self._made(Reshape, shape, operand.dtype, (operand, order))

    def window(self, operand: Register, axes: Sequence[AffineAxis]) -> Held:
        """See each axis of a register by the labels of an affine form; one may stand twice."""
        labels = tuple(label for axis in axes for label in axis.labels)
        shape = [size for axis in axes for size in axis.sizes]
        if all(axis.is_whole(size) for axis, size in zip(axes, operand.shape, strict=True)):
            order = tuple(range(len(axes)))
            return Held(self.reshape(operand, order, shape), labels)
        numbers = iter(range(len(labels)))
        numbered = tuple([axis.renamed(lambda _: next(numbers)) for axis in axes])
        parts = (operand, numbered)
        target = self._made(Window, shape, operand.dtype, parts, is_view=True)
        self._windows[target] = numbered
        return Held(target, labels)

    @property
    def has_windows(self) -> bool:
        """Whether any register is another one seen through forms of labels."""
        return bool(self._windows)

    def windows_of(self, held: Held) -> list[AffineAxis]:
        """Return the forms of labels that a register is seen through; none of other registers."""
        axes = self._windows.get(held.register, ())
        return [axis.renamed(lambda number: held.indices[int(str(number))]) for axis in axes]

    def fill(
        self, tensor: Tensor, operands: tuple[Register, ...], shape: Sequence[int], dtype: DType
    ) -> Register:
        """Write out a constant tensor in a dtype; integers are integers, a transform complex."""
        if isinstance(tensor, ListedIntegers | PlacesAlong):
            dtype = np.dtype(np.intp)
        elif isinstance(tensor, FourierMatrix):
            dtype = np.result_type(dtype, np.complex64)
        return self._made(Fill, shape, dtype, (tensor, operands))

    def select(
        self, action: Action, operands: tuple[Register, ...], shape: Sequence[int]
    ) -> Register:
        """Look entries up, add them up, or sum or transform along an axis."""
        dtype = operands[0].dtype
        if isinstance(action, FastTransform):
            dtype = np.result_type(dtype, np.complex64)
        elif isinstance(action, RunningSum) and dtype.kind == "b":
            dtype = np.dtype(np.intp)
        return self._made(Select, shape, dtype, (operands, action))

    def collapse(self, function: Reduction, operand: Register, axes: tuple[int, ...]) -> Register:
        """Reduce axes of a register."""
        if not prod(operand.shape[axis] for axis in axes) and not has_value_of_nothing(function):
            raise ShapeError(
                f"{function.name} of no entries has no value: an axis that it is taken along has "
                "size 0. Give an array with entries."
            )
        shape = [size for axis, size in enumerate(operand.shape) if axis not in axes]
        dtype = dtype_of(function, operand.dtype)
        return self._made(Collapse, shape, dtype, (function, operand, axes))

    def apply_matrix(self, function: MatrixFunction, operand: Register) -> Register:
        """Apply a function of the matrices in the last two axes."""
        shape = function.value_shape(operand.shape)
        dtype = dtype_of(function, operand.dtype)
        return self._made(ApplyMatrix, shape, dtype, (function, operand))

    def solve(self, matrix: Register, operand: Register, *, transposed: bool) -> Register:
        """Solve a linear system for every column of an operand's first axis."""
        # numpy solves in the dtypes that it inverts in.
        dtype = dtype_of(INVERSE, np.result_type(matrix.dtype, operand.dtype))
        return self._made(Solve, operand.shape, dtype, (matrix, operand, transposed))

    def _made(
        self,
        kind: Callable[[Register, *Parts], Step],
        shape: Sequence[int],
        dtype: DType,
        parts: tuple[*Parts],
        key: Hashable = None,
        *,
        is_view: bool = False,
    ) -> Register:
        """Return the result of a step; steps of the same key are the same, by default the parts.

        Views may be of any size, because each entry may stand in them many times.
        """
        whole = (kind, tuple(shape), dtype, parts if key is None else key)
        target = self._targets.get(whole)
        if target is None:
            check_array(shape, 0 if is_view else dtype.itemsize, self._most)
            target = self.register(shape, dtype)
            self.made.append(kind(target, *parts))
            self._targets[whole] = target
        return target


def _common(registers: Sequence[Register]) -> DType:
    return _common_dtype(tuple([register.dtype for register in registers]))


@lru_cache(maxsize=1024)
def _common_dtype(dtypes: tuple[DType, ...]) -> DType:
    return np.result_type(*dtypes)


def _told_apart(value: Held | Number) -> Held | str:
    """Tell numbers apart that are equal but not the same, such as 1 and 1.0."""
    return value if isinstance(value, Held) else repr(value)
