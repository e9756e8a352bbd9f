"""What selectors do, as numpy calls: look-ups, sums at integers, triangles, running sums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import assert_never

from einsgrad.engine.backends.numpy.scope import WriterScope, new_array
from einsgrad.engine.backends.numpy.statements import Assign, Statement, Store
from einsgrad.engine.contractions.arrays import Name, NumpyValue, WrittenCall
from einsgrad.engine.contractions.views import Operand, aligned
from einsgrad.engine.programs.actions import (
    FastTransform,
    Lookup,
    RunningSum,
    ScatterSum,
    Triangle,
)
from einsgrad.engine.programs.steps import Select
from einsgrad.strings.subscripts import Indices, Label

PLACES = """def places_of(index, size):
    least, most = index.min(initial=0), index.max(initial=-size)
    if not (-size <= least and most < size):
        found = least if least < -size else most
        raise IndexError(f"index {found} is out of bounds for axis 0 with size {size}")
    return np.where(index < 0, index + size, index) if least < 0 else index
"""

# Weighted counts are several times faster than `np.add.at`, also with many columns
# (`python -m benchmarks --only gathers`).
_ADDED = """def added_up(values, places, size, width):
    values, places = values.reshape(-1), places.reshape(-1)
    if width != 1:
        places = (places[:, None] * width + np.arange(width)).reshape(-1)
    if values.dtype.char not in "fdFD":
        result = np.zeros(size * width, values.dtype)
        np.add.at(result, places, values)
        return result
    result = np.bincount(places, values.real, size * width)
    if values.dtype.kind == "c":
        result = result + 1j * np.bincount(places, values.imag, size * width)
    return result.astype(values.dtype, copy=False)
"""

_RUNNING = """def running_sum(x, axis, size, offset):
    x = np.moveaxis(x, axis, 0)
    result = np.zeros((size, *x.shape[1:]), x.dtype)
    first = max(offset, 0)
    last = max(min(x.shape[0] + offset, size), first)
    if x.shape[0] and first < size:
        sums = np.add.accumulate(x[: size - offset])
        result[first:last] = sums[first - offset : last - offset]
        result[last:] = sums[-1]
    return np.moveaxis(result, 0, axis)
"""


@dataclass(frozen=True, slots=True)
class SelectWriter:
    """Writes one step.

    Parameters
    ----------
    scope
        What is known of the program.
    step
        The step.
    """

    scope: WriterScope
    step: Select

    def statements(self) -> Iterator[Statement]:
        """Yield the statements."""
        match self.step.action:
            case Lookup() as action:
                yield self._assigned(self._looked_up(action))
            case ScatterSum() as action:
                yield from self._scattered(action)
            case Triangle() as action:
                yield self._assigned(self._triangle(action))
            case RunningSum() as action:
                yield self._assigned(self._running_sum(action))
            case FastTransform() as action:
                yield self._assigned(self._transform(action))
            case _ as unreachable:
                assert_never(unreachable)

    @property
    def _target(self) -> Name:
        return self.scope.names[self.step.target]

    @property
    def _operand(self) -> Name:
        return self.scope.names[self.step.operands[0]]

    def _assigned(self, text: str) -> Assign:
        read = tuple(self.scope.names[register] for register in self.step.operands)
        return Assign(self._target, WrittenCall(text, read))

    def _looked_up(self, action: Lookup) -> str:
        """Write a take along one axis, or the entries at several indices together."""
        looked = dict(action.looked)
        ((target, labels), *others) = action.looked
        if not others and not set(labels) & set(action.inputs):
            index = self.scope.names[self.step.operands[1]]
            axis = action.inputs.index(target)
            return f"{self._operand}.take({index}, {axis})"
        new = tuple(dict.fromkeys(x for _, labels in action.looked for x in labels))
        names = dict(zip(looked, self.step.operands[1:], strict=True))
        slots = [
            self._index(self.scope.names[names[x]], looked[x], new)
            if x in looked
            else self._own(x, self.step.operands[0].shape[axis], new)
            for axis, x in enumerate(action.inputs)
        ]
        return f"{self._operand}[{', '.join(slots)}]"

    def _index(self, name: NumpyValue, labels: Indices, new: Indices) -> str:
        return str(aligned(Operand(name, labels), new))

    def _own(self, label: Label, size: int, new: Indices) -> str:
        """Write the index of an axis that stays: its own places where indices share its label."""
        if label not in new:
            return ":"
        return self._index(self.scope.constants.places(size), (label,), new)

    def _scattered(self, action: ScatterSum) -> Iterator[Statement]:
        """Write values to their places among zeros, or add them up there."""
        own = tuple(dict.fromkeys(x for _, labels in action.looked for x in labels))
        kept = tuple(x for x in own if x in action.output)
        names = [self.scope.names[register] for register in self.step.operands[1:]]
        shape = self.step.target.shape
        if action.is_distinct:
            yield Assign(self._target, new_array("np.zeros", self.step.target))
            slots = [self._own(x, shape[axis], own) for axis, x in enumerate(kept)]
            slots += [
                self._index(name, labels, own)
                for name, (_, labels) in zip(names, action.looked, strict=True)
            ]
            place = f"{self._target}[{', '.join(slots)}]" if own else self._entry(names)
            yield Store(WrittenCall(place, (self._target, *names)), self._operand)
            return
        yield self._assigned(self._added_up(action, own, kept))

    def _entry(self, names: list[Name]) -> str:
        return f"{self._target}[{', '.join(map(str, names))}]"

    def _added_up(self, action: ScatterSum, own: Indices, kept: Indices) -> str:
        spelling = self.scope.spelling
        spelling.use_helper("places_of", PLACES)
        spelling.use_helper("added_up", _ADDED)
        shape = self.step.target.shape
        count = len(kept) + len(action.looked)
        texts = [str(self._own(x, shape[axis], own)) for axis, x in enumerate(kept)]
        for axis, (register, (_, labels)) in enumerate(
            zip(self.step.operands[1:], action.looked, strict=True), len(kept)
        ):
            name = Name(f"places_of({self.scope.names[register]}, {shape[axis]})")
            texts.append(self._index(name, labels, own))
        places = texts[0]
        for axis, text in enumerate(texts[1:], 1):
            places = f"({places}) * {shape[axis]} + {text}"
        total = prod(shape[:count])
        result = f"added_up({self._operand}, {places}, {total}, {prod(shape[count:])})"
        return result if len(shape) == 1 else f"{result}.reshape({shape})"

    def _triangle(self, action: Triangle) -> str:
        """Write a lower triangle, or an upper one where the rows are the later axis."""
        shape = self.step.target.shape
        rank, first, last = len(shape), *sorted((action.rows, action.columns))
        is_lower = action.rows < action.columns
        number = -action.offset if is_lower else action.offset
        if (first, last) == (rank - 2, rank - 1):
            return f"np.{'tril' if is_lower else 'triu'}({self._operand}, {number})"
        mask = f"np.tri({shape[action.rows]}, {shape[action.columns]}, {-action.offset}, bool)"
        mask += "" if is_lower else ".T"
        slots = ", ".join(":" if axis in (first, last) else "None" for axis in range(first, rank))
        zero = self.scope.constants.zero(self.step.target.dtype)
        return f"np.where({mask}[{slots}], {self._operand}, {zero})"

    def _running_sum(self, action: RunningSum) -> str:
        operand = self.step.operands[0]
        flip = f"[{':, ' * action.axis}::-1]" * action.is_reversed
        source = f"{self._operand}{flip}"
        if action.offset == 0 and action.size == operand.shape[action.axis]:
            return f"np.add.accumulate({source}, {action.axis}){flip}"
        self.scope.spelling.use_helper("running_sum", _RUNNING)
        return f"running_sum({source}, {action.axis}, {action.size}, {action.offset}){flip}"

    def _transform(self, action: FastTransform) -> str:
        if not self.step.target.size:
            return str(new_array("np.zeros", self.step.target))
        name, norm = ("ifft", ", norm='forward'") if action.conjugated else ("fft", "")
        return f"np.fft.{name}({self._operand}, axis={action.axis}{norm})"
