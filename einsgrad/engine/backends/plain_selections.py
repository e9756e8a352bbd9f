"""What selectors do, as calls of torch or jax."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import assert_never

from einsgrad.engine.backends.library import Library
from einsgrad.engine.contractions.arrays import Name
from einsgrad.engine.contractions.views import Operand, aligned
from einsgrad.engine.programs.actions import (
    FastTransform,
    Lookup,
    RunningSum,
    ScatterSum,
    Triangle,
    labels_of,
)
from einsgrad.engine.programs.steps import DType, Fill, Register, Select
from einsgrad.engine.programs.tensors import (
    Agreement,
    FourierMatrix,
    InRange,
    ListedIntegers,
    PlacesAlong,
    StepTensor,
    ValueOf,
)
from einsgrad.errors import ArgumentError, clip
from einsgrad.strings.subscripts import Indices, Label


@dataclass(frozen=True, slots=True)
class PlainSelections:
    """Writes steps of selectors.

    Parameters
    ----------
    library
        The library.
    names
        The name of each register.
    inputs
        The registers that are given.
    permuted
        Writes an array with its axes in another order.
    """

    library: Library
    names: Mapping[Register, str]
    inputs: Collection[Register]
    permuted: Callable[[str, Sequence[int]], str]

    def selected(self, step: Select) -> str:
        """Write what a selector does to an array."""
        match step.action:
            case Lookup() as action:
                return self._looked_up(step, action)
            case ScatterSum() as action:
                return self._scattered(step, action)
            case Triangle() as action:
                return self._triangle(step, action)
            case RunningSum() as action:
                return self._running_sum(step, action)
            case FastTransform(axis=axis, conjugated=conjugated):
                name, norm = ("ifft", ", norm='forward'") if conjugated else ("fft", "")
                operand = self.names[step.operands[0]]
                return self._call(f"fft.{name}", f"{operand}, {self._axis(axis)}{norm}")
            case _ as unreachable:
                assert_never(unreachable)

    def filled(self, step: Fill) -> str:
        """Write out a constant tensor, or integers."""
        sizes, dtype = step.target.shape, step.target.dtype
        operands = [self.names[register] for register in step.operands]
        match step.tensor:
            case InRange(strides=strides, offset=offset, end=end):
                axes = tuple(range(len(sizes)))
                form = " + ".join(
                    f"{stride} * {self._aligned(self._range(size), (axis,), axes)}"
                    for axis, (stride, size) in enumerate(zip(strides, sizes, strict=True))
                )
                places = f"({form} >= {-offset}) & ({form} < {end - offset})"
                return self._numbers(f"({places})", dtype)
            case StepTensor(offset=offset):
                ones = self._call("ones", f"{sizes}, {self._dtype(dtype)}")
                return self._call("tril", f"{ones}, {-offset}")
            case Agreement(size=size):
                rank = len(step.operands[0].shape)
                axes = tuple(range(len(sizes)))
                one = self._aligned(operands[0], axes[:rank], axes)
                return self._numbers(f"({one} % {size} == {operands[1]} % {size})", dtype)
            case ListedIntegers(entries=entries):
                return self._call(self.library.listing, f"{list(entries)}") + f".reshape({sizes})"
            case FourierMatrix(conjugated=conjugated):
                name, norm = ("ifft", ", norm='forward'") if conjugated else ("fft", "")
                identity = self._call("eye", f"{sizes[0]}, {self._dtype(dtype)}")
                return self._call(f"fft.{name}", f"{identity}{norm}")
            case PlacesAlong(name=name, axis=axis):
                kind = ", stable=True" if name == "argsort" else ""
                return self._call(name, f"{operands[0]}, {self._axis(axis)}{kind}")
            case ValueOf(function=function):
                raise ArgumentError(
                    f"{clip(str(function.call))} is a function of numpy arrays, so it has no code "
                    f"for {self.library.prefix}. Write what is around it for that library."
                )
            case _ as unreachable:
                assert_never(unreachable)

    def _call(self, name: str, arguments: str) -> str:
        return f"{self.library.prefix}.{name}({arguments})"

    def _axis(self, axis: int) -> str:
        return f"{self.library.axis}={axis}"

    def _dtype(self, dtype: DType) -> str:
        return f"dtype={self.library.prefix}.{dtype.name}"

    def _range(self, size: int) -> str:
        return self._call("arange", str(size))

    def _numbers(self, text: str, dtype: DType) -> str:
        return f"{text}.{self.library.cast}({self.library.prefix}.{dtype.name})"

    def _aligned(self, text: str, held: Indices, output: Indices) -> str:
        return str(aligned(Operand(Name(text), held), output))

    def _integers(self, register: Register) -> str:
        """Write an index; what was computed may be of another dtype here."""
        is_given = register in self.inputs
        return self.names[register] + ("" if is_given else self.library.to_integers)

    def _slots(
        self, step: Select, looked: Mapping[Label, Indices], axes: Sequence[tuple[Label, int]]
    ) -> str:
        """Write the index of each axis: integers, its own places where they share its label."""
        new = labels_of(tuple(looked.items()))
        indices = dict(zip(looked, step.operands[1:], strict=False))
        slots = []
        for label, size in axes:
            if label in looked:
                slots.append(self._aligned(self._integers(indices[label]), looked[label], new))
            else:
                own = self._aligned(self._range(size), (label,), new) if label in new else ":"
                slots.append(own)
        while slots and slots[-1] == ":":
            slots.pop()
        return ", ".join(slots)

    def _looked_up(self, step: Select, action: Lookup) -> str:
        axes = list(zip(action.inputs, step.operands[0].shape, strict=True))
        return f"{self.names[step.operands[0]]}[{self._slots(step, dict(action.looked), axes)}]"

    def _scattered(self, step: Select, action: ScatterSum) -> str:
        """Write values that are added at their places, to zeros or to a sum."""
        target, values = step.target, step.operands[0]
        order = action.onto or tuple(range(len(target.shape)))
        sizes = [target.shape[axis] for axis in order]
        base = self._call("zeros", f"{tuple(sizes)}, {self._dtype(target.dtype)}")
        if action.onto is not None:
            base = self.permuted(self.names[step.operands[-1]], order)
        count = len(action.kept) + len(action.looked)
        axes = list(zip(action.output, sizes, strict=True))[:count]
        slots = self._slots(step, dict(action.looked), axes)
        added = self.names[values]
        if not values.shape:
            added = self.library.array_of.format(x=added, dtype=target.dtype.name)
        text = self.library.adding.format(base=base, index=slots, values=added)
        return self.permuted(text, [order.index(axis) for axis in range(len(order))])

    def _triangle(self, step: Select, action: Triangle) -> str:
        rank = len(step.target.shape)
        moved = (action.rows, action.columns)
        order = [axis for axis in range(rank) if axis not in moved] + list(moved)
        operand = self.permuted(self.names[step.operands[0]], order)
        text = self._call("tril", f"{operand}, {-action.offset}")
        return self.permuted(text, [order.index(axis) for axis in range(rank)])

    def _running_sum(self, step: Select, action: RunningSum) -> str:
        axis, operand = action.axis, step.operands[0]
        text = self._flipped(self.names[operand], action)
        size = operand.shape[axis]
        text = self._call("cumsum", f"{text}, {self._axis(axis)}")
        if action.offset or action.size != size:
            shape = (*operand.shape[:axis], 1, *operand.shape[axis + 1 :])
            zeros = self._call("zeros", f"{shape}, {self._dtype(step.target.dtype)}")
            joined = self._call(self.library.joining, f"[{zeros}, {text}], {self._axis(axis)}")
            places = self._call(
                "clip", f"{self._range(action.size)} - {action.offset - 1}, 0, {size}"
            )
            text = f"{joined}[{':, ' * axis}{places}]"
        return self._flipped(text, action)

    def _flipped(self, text: str, action: RunningSum) -> str:
        return self._call("flip", f"{text}, ({action.axis},)") if action.is_reversed else text


def holds_sizes(step: Select | Fill) -> bool:
    """Tell whether the text of a step has sizes of arrays in it."""
    match step:
        case Fill(tensor=PlacesAlong() | ValueOf()):
            return False
        case Select(action=FastTransform()):
            return False
        case Select(action=Triangle(), operands=operands):
            return prod(operands[0].shape) == 0
        case _:
            return True
