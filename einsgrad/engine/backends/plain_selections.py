"""What selectors do, as calls of torch or jax."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from einsgrad.engine.backends.plain_spelling import PlainSpelling
from einsgrad.engine.programs.actions import (
    FastTransform,
    Lookup,
    RunningSum,
    ScatterSum,
    Triangle,
    labels_of,
)
from einsgrad.engine.programs.steps import Fill, Register, Select
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
    spelling
        How views and new arrays are written.
    names
        The name of each register.
    inputs
        The registers that are given.
    """

    spelling: PlainSpelling
    names: Mapping[Register, str]
    inputs: Collection[Register]

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
                    f"{stride} * {self._aligned(self.spelling.places(size), (axis,), axes)}"
                    for axis, (stride, size) in enumerate(zip(strides, sizes, strict=True))
                )
                places = f"({form} >= {-offset}) & ({form} < {end - offset})"
                return self.spelling.cast(f"({places})", dtype)
            case StepTensor(offset=offset):
                ones = self.spelling.filled(sizes, "1", dtype)
                return self._lower(ones, -offset)
            case Agreement(size=size):
                rank = len(step.operands[0].shape)
                axes = tuple(range(len(sizes)))
                one = self._aligned(operands[0], axes[:rank], axes)
                agreeing = f"({one} % {size} == {operands[1]} % {size})"
                return self.spelling.cast(agreeing, dtype)
            case ListedIntegers(entries=entries):
                return self.spelling.reshaped(self.spelling.listed(list(entries)), sizes)
            case FourierMatrix(conjugated=conjugated):
                name, norm = ("ifft", ", norm='forward'") if conjugated else ("fft", "")
                identity = self.spelling.identity(sizes[0], dtype)
                return self._call(f"fft.{name}", f"{identity}{norm}")
            case PlacesAlong(name=name, axis=axis):
                kind = ", stable=True" if name == "argsort" else ""
                return self._call(name, f"{operands[0]}, {self._axis(axis)}{kind}")
            case ValueOf(function=function):
                raise ArgumentError(
                    f"{clip(str(function.call))} is a function of numpy arrays, so it has no code "
                    f"for {self.spelling.library.title}. Write what is around it for that library."
                )
            case _ as unreachable:
                assert_never(unreachable)

    def _call(self, name: str, arguments: str) -> str:
        return f"{self.spelling.library.prefix}.{name}({arguments})"

    def _axis(self, axis: int) -> str:
        return f"{self.spelling.library.axis}={axis}"

    def _lower(self, text: str, offset: int) -> str:
        return self.spelling.library.triangle.format(x=text, offset=offset)

    def _aligned(self, text: str, held: Indices, output: Indices) -> str:
        return self.spelling.aligned(text, held, output)

    def _integers(self, register: Register) -> str:
        """Write an index; what was computed may be of another dtype here."""
        name = self.names[register]
        is_given = register in self.inputs
        return name if is_given else self.spelling.library.integers.format(x=name)

    def _slots(
        self, step: Select, looked: Mapping[Label, Indices], axes: Sequence[tuple[Label, int]]
    ) -> list[str]:
        """Write the index of each axis: integers, its own places where they share its label."""
        new = labels_of(tuple(looked.items()))
        indices = dict(zip(looked, step.operands[1:], strict=False))
        slots = []
        for label, size in axes:
            if label in looked:
                slots.append(self._aligned(self._integers(indices[label]), looked[label], new))
            else:
                own = self.spelling.places(size)
                slots.append(self._aligned(own, (label,), new) if label in new else ":")
        while slots and slots[-1] == ":":
            slots.pop()
        return slots

    def _looked_up(self, step: Select, action: Lookup) -> str:
        axes = list(zip(action.inputs, step.operands[0].shape, strict=True))
        if self.spelling.library.taken:
            return self._taken(step, action)
        slots = ", ".join(self._slots(step, dict(action.looked), axes))
        return f"{self.names[step.operands[0]]}[{slots}]"

    def _taken(self, step: Select, action: Lookup) -> str:
        """Write a look-up along one axis; more at once are not in the array API.

        Raises
        ------
        ArgumentError
            If there are more.
        """
        integers = step.operands[1:]
        if len(integers) != 1 or any(x in action.inputs for x in labels_of(action.looked)):
            raise ArgumentError(
                f"{self.spelling.library.title} has no look-up along several axes at once, which "
                "this needs. Use numpy, torch or jax."
            )
        ((label, _),) = action.looked
        axis, operand = action.inputs.index(label), step.operands[0]
        flat = self.spelling.reshaped(self._integers(integers[0]), (-1,))
        taken = self.spelling.library.taken.format(x=self.names[operand], index=flat, axis=axis)
        return self.spelling.reshaped(taken, step.target.shape)

    def _scattered(self, step: Select, action: ScatterSum) -> str:
        """Write values that are added at their places, to zeros or to a sum."""
        target, values = step.target, step.operands[0]
        order = action.onto or tuple(range(len(target.shape)))
        sizes = [target.shape[axis] for axis in order]
        base = self.spelling.zeros(sizes, target.dtype)
        if action.onto is not None:
            base = self.spelling.permuted(self.names[step.operands[-1]], order)
        count = len(action.kept) + len(action.looked)
        axes = list(zip(action.output, sizes, strict=True))[:count]
        slots = self._slots(step, dict(action.looked), axes)
        added = self.names[values]
        if self.spelling.library.taken and any(slot == ":" for slot in slots):
            raise ArgumentError(
                f"{self.spelling.library.title} has no sum at places along several axes at once, "
                "which this needs. Use numpy, torch or jax."
            )
        text = self.spelling.added(base, ", ".join(slots), added)
        return self.spelling.permuted(text, [order.index(axis) for axis in range(len(order))])

    def _triangle(self, step: Select, action: Triangle) -> str:
        rank = len(step.target.shape)
        moved = (action.rows, action.columns)
        order = [axis for axis in range(rank) if axis not in moved] + list(moved)
        operand = self.spelling.permuted(self.names[step.operands[0]], order)
        text = self._lower(operand, -action.offset)
        return self.spelling.permuted(text, [order.index(axis) for axis in range(rank)])

    def _running_sum(self, step: Select, action: RunningSum) -> str:
        axis, operand = action.axis, step.operands[0]
        text = self._flipped(self.names[operand], action)
        size = operand.shape[axis]
        text = self.spelling.library.running_sum.format(x=text, axis=axis)
        if action.offset or action.size != size:
            shape = (*operand.shape[:axis], 1, *operand.shape[axis + 1 :])
            zeros = self.spelling.zeros(shape, step.target.dtype)
            joined = self.spelling.library.joined.format(arrays=f"{zeros}, {text}", axis=axis)
            places = self.spelling.library.clip.format(
                x=f"{self.spelling.places(action.size)} - {action.offset - 1}", low=0, high=size
            )
            text = f"{joined}[{':, ' * axis}{places}]"
            if self.spelling.library.taken:
                text = self.spelling.library.taken.format(x=joined, index=places, axis=axis)
        return self._flipped(text, action)

    def _flipped(self, text: str, action: RunningSum) -> str:
        return self.spelling.flipped(text, [action.axis] * action.is_reversed)
