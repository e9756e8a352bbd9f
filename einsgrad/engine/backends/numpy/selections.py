"""What selectors do, as numpy calls: look-ups, sums at integers, triangles, running sums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import assert_never

from einsgrad.engine.backends.numpy.scope import WriterScope, new_array
from einsgrad.engine.backends.numpy.statements import Assign, Perform, Statement, Store
from einsgrad.engine.contractions.arrays import MethodCall, Name, NumpyValue, WrittenCall
from einsgrad.engine.contractions.views import Operand, aligned, ordered
from einsgrad.engine.programs.actions import (
    FastTransform,
    Lookup,
    RunningSum,
    ScatterSum,
    Triangle,
    labels_of,
)
from einsgrad.engine.programs.steps import Select
from einsgrad.strings.subscripts import Indices, Label

PLACES = """def places_of(index, size):
    least, most = index.min(initial=0), index.max(initial=-size - 1)
    if not (-size <= least and most < size):
        found = least if least < -size else most
        raise IndexError(f"index {found} is out of bounds for axis 0 with size {size}")
    return np.where(index < 0, index + size, index) if least < 0 else index
"""

# With one index for each entry `np.add.at` is several times faster than with one for each row.
_ADDED = """def added_up(values, places, size, width):
    result = np.zeros(size * width, values.dtype)
    flat = places.reshape(-1, 1) * width + np.arange(width)
    try:
        np.add.at(result, flat.reshape(-1), values.reshape(-1))
    except IndexError:
        places_of(places, size)
        raise
    return result
"""

# Of so few entries an index for each takes longer to make than it saves: the embeddings of
# `python -m benchmarks --only selectors`.
_FEW = 256

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
    place, step
        The step, and its place in the program.
    """

    scope: WriterScope
    place: int
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
        new = labels_of(action.looked)
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
        self.scope.constants.hold_sizes = True
        shape, count = self.step.target.shape, len(action.looked)
        kept = len(action.kept)
        few = self.step.operands[0].size <= _FEW
        if not action.is_distinct and not few and (count + kept > 1 or len(shape) > 1):
            yield self._assigned(self._added_up(action, kept))
            return
        yield Assign(self._target, self._base(action))
        order = action.onto or tuple(range(len(action.output)))
        view = ordered(Operand(self._target, tuple(range(len(order)))), order)
        slots = self._slots(action, [shape[axis] for axis in order])
        names = tuple(self.scope.names[register] for register in self.step.operands)
        if action.is_distinct:
            place = WrittenCall(f"{view}[{', '.join(slots)}]", (view, *names[1 : count + 1]))
            yield Store(place, self._operand, "=" if action.onto is None else "+=")
        else:
            index = slots[0] if len(slots) == 1 else f"({', '.join(slots)})"
            call = f"np.add.at({view}, {index}, {self._operand})"
            yield Perform(WrittenCall(call, (view, *names)))

    def _slots(
        self, action: ScatterSum, sizes: Sequence[int], *, checked: bool = False
    ) -> list[str]:
        """Write the index of each axis that integers point to, and of each that they share."""
        own = labels_of(action.looked)
        slots = [self._own(x, sizes[axis], own) for axis, x in enumerate(action.kept)]
        for place, (_, labels) in enumerate(action.looked, 1):
            name = self.scope.names[self.step.operands[place]]
            size = sizes[len(action.kept) + place - 1]
            index = Name(f"places_of({name}, {size})") if checked else name
            slots.append(self._index(index, labels, own))
        return slots

    def _base(self, action: ScatterSum) -> NumpyValue:
        """Write the array that entries are written into: zeros, or a sum that nothing needs."""
        if action.onto is None:
            return new_array("np.zeros", self.step.target)
        base = self.step.operands[-1]
        name = self.scope.names[base]
        free = self.scope.lifetimes.may_overwrite(self.place, base)
        return name if free else MethodCall("copy", (name,))

    def _added_up(self, action: ScatterSum, kept: int) -> str:
        """Write a sum at single places of the joined axes that integers point to."""
        self.scope.spelling.use_helper("places_of", PLACES)
        self.scope.spelling.use_helper("added_up", _ADDED)
        shape = self.step.target.shape
        count = kept + len(action.looked)
        # An index that is alone is checked when it is used.
        first, *others = self._slots(action, shape, checked=count > 1)
        places = first
        for size, slot in zip(shape[1:count], others, strict=True):
            places = f"({places}) * {size} + {slot}"
        width = prod(shape[count:])
        result = f"added_up({self._operand}, {places}, {prod(shape[:count])}, {width})"
        return result if len(shape) == 1 else f"{result}.reshape({shape})"

    def _triangle(self, action: Triangle) -> str:
        """Write a lower triangle, or an upper one where the rows are the later axis."""
        shape = self.step.target.shape
        rank, first, last = len(shape), *sorted((action.rows, action.columns))
        is_lower = action.rows < action.columns
        number = -action.offset if is_lower else action.offset
        if (first, last) == (rank - 2, rank - 1):
            return f"np.{'tril' if is_lower else 'triu'}({self._operand}, {number})"
        self.scope.constants.hold_sizes = True
        mask = f"np.tri({shape[action.rows]}, {shape[action.columns]}, {-action.offset}, bool)"
        mask += "" if is_lower else ".T"
        slots = ", ".join(":" if axis in (first, last) else "None" for axis in range(first, rank))
        zero = self.scope.constants.zero(self.step.target.dtype)
        return f"np.where({mask}[{slots}], {self._operand}, {zero})"

    def _running_sum(self, action: RunningSum) -> str:
        self.scope.constants.hold_sizes = True
        operand = self.step.operands[0]
        flip = f"[{':, ' * action.axis}::-1]" * action.is_reversed
        source = f"{self._operand}{flip}"
        if action.offset == 0 and action.size == operand.shape[action.axis]:
            return f"np.add.accumulate({source}, {action.axis}){flip}"
        self.scope.spelling.use_helper("running_sum", _RUNNING)
        return f"running_sum({source}, {action.axis}, {action.size}, {action.offset}){flip}"

    def _transform(self, action: FastTransform) -> str:
        if not self.step.target.size:
            self.scope.constants.hold_sizes = True
            return str(new_array("np.zeros", self.step.target))
        name, norm = ("ifft", ", norm='forward'") if action.conjugated else ("fft", "")
        return f"np.fft.{name}({self._operand}, axis={action.axis}{norm})"
