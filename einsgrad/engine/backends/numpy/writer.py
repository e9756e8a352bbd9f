"""A program printed as a Python function that calls numpy: what is printed is what runs.

Results of elementwise steps are written into temporaries that nothing needs any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import assert_never

from einsgrad.engine.backends.numpy.combinations import CombinationWriter
from einsgrad.engine.backends.numpy.correlations import Correlations, zeros_around
from einsgrad.engine.backends.numpy.python_numbers import program_text
from einsgrad.engine.backends.numpy.returned import write_results
from einsgrad.engine.backends.numpy.scope import WriterScope, common_dtype, shape_checks
from einsgrad.engine.backends.numpy.selections import PLACES, SelectWriter
from einsgrad.engine.backends.numpy.slices import write_slices
from einsgrad.engine.backends.numpy.spelling import Application
from einsgrad.engine.backends.numpy.statements import (
    Assign,
    Delete,
    Loop,
    Statement,
    Store,
    values_of,
    with_values,
)
from einsgrad.engine.backends.numpy.systems import SystemsWriter
from einsgrad.engine.backends.numpy.windows import write_window
from einsgrad.engine.contractions.arrays import (
    Entrywise,
    Name,
    NumpyValue,
    Ones,
    Reshaped,
    WrittenCall,
    walk,
)
from einsgrad.engine.contractions.contraction import contraction_of
from einsgrad.engine.contractions.views import Operand, aligned, ordered
from einsgrad.engine.kernels import Source
from einsgrad.engine.programs.program import Program
from einsgrad.engine.programs.row_dtypes import written_dtype
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
    Window,
    sizes_of,
)
from einsgrad.engine.programs.tensors import (
    Agreement,
    FourierMatrix,
    InRange,
    ListedIntegers,
    PlacesAlong,
    StepTensor,
    ValueOf,
)
from einsgrad.expressions.nodes import Number
from einsgrad.strings.subscripts import Indices

# Temporaries of this many bytes are given back as soon as they are dead; for smaller ones that
# takes more time than it saves memory (`python -m benchmarks --only gradients hessians`). Larger
# ones are asked of the system anew where the heap has no room (`--only likelihoods`).
_LARGE = 1 << 17


def write_numpy(
    program: Program, *, single: bool = False, copy: bool = False, progress: bool = False
) -> Source:
    """Write a program as a function of numpy arrays.

    Parameters
    ----------
    program
        The program.
    single
        Whether to return the only result itself, not a tuple.
    copy
        Whether results that are views of an input are copied; otherwise they are
        read-only views.
    progress
        Whether contractions that are done in slices show how far they are.
    """
    scope = WriterScope.of(program)
    writer = _StepWriter(scope, progress=progress)
    statements = [
        one for place, step in enumerate(program.steps) for one in writer.step(place, step)
    ]
    results = list(write_results(scope, single=single, copy=copy))
    statements += results
    again = _StepWriter(scope, progress=progress).step
    text = program_text(scope, statements, again, results)
    header = scope.spelling.header()
    place = len(header) + 2 + text.index("\n", text.index("def compute("))
    checks = "".join(f"{line}\n" for line in shape_checks(program.inputs, scope.names))
    holds_sizes = partial(_holds_sizes, scope, statements)
    return Source(f"{header}\n{text}", scope.spelling.globals, (checks, place), holds_sizes)


def _holds_sizes(scope: WriterScope, statements: Sequence[Statement]) -> bool:
    """Tell whether there are numbers in the text that depend on the sizes of the inputs."""
    if scope.constants.hold_sizes or any(1 in one.shape for one in scope.program.inputs):
        return True
    if any(isinstance(step, ApplyMatrix | Solve | Window) for step in scope.program.steps):
        return True
    if any(isinstance(statement, Store | Loop) for statement in statements):
        # New arrays are written with their sizes.
        return True
    values = (value for statement in statements for value in values_of(statement))
    return any(isinstance(part, Reshaped | Ones) for value in values for part in walk(value))


class _StepWriter:
    """Writes steps one after the other."""

    def __init__(self, scope: WriterScope, *, progress: bool) -> None:
        self.scope = scope
        self.progress = progress
        self._systems = SystemsWriter(scope)
        self._correlations = Correlations(scope.program)
        steps = scope.program.steps
        self._windows = {step.target: step for step in steps if isinstance(step, Window)}

    def step(self, place: int, step: Step) -> Iterator[Statement]:
        """Write one step, and give back what is dead after it."""
        statements = self._statements(place, step)
        if isinstance(step, Contract | Sliced):
            # No others take ones or indices.
            hoisted = partial(self.scope.constants.hoisted, dtype=step.target.dtype)
            statements = (with_values(statement, hoisted) for statement in statements)
        yield from statements
        gone = self.scope.lifetimes.dead_after(place, _LARGE)
        dead = [name for register in gone for name in self._names_of(register)]
        if dead and place + 1 < len(self.scope.program.steps):
            yield Delete(tuple(dead))

    def _names_of(self, register: Register) -> Iterator[Name]:
        """Yield what the code calls a register, and the array with zeros around it."""
        window = self._windows.get(register)
        if window is not None and not window.is_view:
            yield zeros_around(self.scope.names[register])
        if self._correlations.is_seen(register):
            yield self.scope.names[register]

    def _statements(self, place: int, step: Step) -> Iterator[Statement]:
        name = self.scope.names[step.target]
        match step:
            case Contract():
                yield Assign(name, self._contraction(place, step))
            case Apply():
                yield Assign(name, self._application(place, step))
            case Combine():
                yield from CombinationWriter(self.scope, place, step).statements()
            case Reshape():
                yield Assign(name, self._reshaped(step))
            case Window():
                is_seen = self._correlations.is_seen(step.target)
                yield from write_window(step, name, self.scope.names[step.operand], is_seen=is_seen)
            case Collapse():
                yield Assign(name, self._reduction(step))
            case ApplyMatrix():
                yield from self._systems.matrix_function(step)
            case Solve():
                yield from self._systems.solution(step)
            case Fill():
                self.scope.constants.hold_sizes = True
                operands = tuple(self.scope.names[register] for register in step.operands)
                yield Assign(name, WrittenCall(self._filled(step), operands))
            case Select():
                yield from SelectWriter(self.scope, place, step).statements()
            case Sliced():
                yield from self._slices(step, name)
            case _ as unreachable:
                assert_never(unreachable)

    def _slices(self, step: Sliced, name: Name) -> Iterator[Statement]:
        pairs = zip(step.operands, step.inputs, strict=True)
        operands = [
            Operand(self.scope.names[register], indices, is_window=register in self._windows)
            for register, indices in pairs
        ]
        if self.progress:
            self.scope.spelling.use("from tqdm import tqdm")
        yield from write_slices(step, name, operands, progress=self.progress)

    def _filled(self, step: Fill) -> str:
        """Write out a constant tensor by a comparison of ranges."""
        sizes, dtype = step.target.shape, step.target.dtype.str
        operands = [str(self.scope.names[register]) for register in step.operands]
        ranges = [
            f"np.arange({size}).reshape({(-1, *[1] * (len(sizes) - axis - 1))})"
            for axis, size in enumerate(sizes)
        ]
        match step.tensor:
            case InRange(strides=strides, offset=offset, end=end):
                parts = [f"{s} * {r}" for s, r in zip(strides, ranges, strict=True)]
                place = " + ".join([str(offset), *parts])
                # As unsigned numbers those below 0 are above all others.
                return f"(({place}).astype(np.uintp) < {end}).astype('{dtype}')"
            case StepTensor(offset=offset):
                return f"({ranges[0]} >= {ranges[1]} + {offset}).astype('{dtype}')"
            case Agreement(size=size):
                self.scope.spelling.use_helper("places_of", PLACES)
                one, other = (f"places_of({operand}, {size})" for operand in operands)
                return f"np.equal.outer({one}, {other}).astype('{dtype}')"
            case ListedIntegers(entries=entries):
                text = f"np.array({list(entries)}, '{dtype}').reshape({sizes})"
                return str(self.scope.constants.listed(text))
            case FourierMatrix(conjugated=conjugated):
                name = "np.fft.ifft" if conjugated else "np.fft.fft"
                norm = ", norm='forward'" if conjugated else ""
                return f"{name}(np.eye({sizes[0]}){norm}).astype('{dtype}')"
            case PlacesAlong(name=name, axis=axis):
                kind = ", kind='stable'" if name == "argsort" else ""
                return f"np.{name}({operands[0]}, axis={axis}{kind})"
            case ValueOf(function=function):
                return f"{self.scope.spelling.foreign(function)}({', '.join(operands)})"
            case _ as unreachable:
                assert_never(unreachable)

    def _contraction(self, place: int, step: Contract) -> NumpyValue:
        """Write a contraction; a product of entries goes into a dead operand."""
        if step in self._correlations.found:
            return self._correlations.found[step].value(self.scope.names)
        operands = [
            Operand(self.scope.names[r], indices, r.dtype == step.target.dtype, r in self._windows)
            for r, indices in zip(step.operands, step.inputs, strict=True)
        ]
        sizes = sizes_of(step.inputs, step.operands)
        value = contraction_of(operands, step.output, sizes, step.target.dtype.kind)
        if not isinstance(value, Entrywise):
            return value
        pairs = zip(step.operands, step.inputs, strict=True)
        out = next((r for r, held in pairs if self._may_hold(place, r, held, step.output)), None)
        return value if out is None else replace(value, out=self.scope.names[out])

    def _may_hold(self, place: int, register: Register, held: Indices, output: Indices) -> bool:
        return held == output and self.scope.lifetimes.may_overwrite(place, register)

    def _application(self, place: int, step: Apply) -> NumpyValue:
        """Write an elementwise function; its value goes into a dead argument."""
        texts: list[str | Number] = []
        read: list[NumpyValue] = []
        out: Name | None = None
        for one in step.arguments:
            if not isinstance(one, Held):
                texts.append(one)
                continue
            name = self.scope.names[one.register]
            read.append(aligned(Operand(name, one.indices), step.output))
            texts.append(str(read[-1]))
            if out is None and self._may_hold(place, one.register, one.indices, step.output):
                out = name
        met = common_dtype(one.register for one in step.arguments if isinstance(one, Held))
        into = None if out is None else str(out)
        call = Application(step.function, texts, into, step.target, met)
        kinds = [one.register.dtype if isinstance(one, Held) else one for one in step.arguments]
        text = self._in_dtype(self.scope.spelling.elementwise(call), step, kinds, met)
        return WrittenCall(text, (*read, *([out] if out else [])))

    def _in_dtype(
        self,
        text: str,
        step: Apply | Collapse,
        kinds: Sequence[DType | Number],
        met: DType | None = None,
    ) -> str:
        """Make numbers of booleans, whose sums would be no counts, and of wider numbers."""
        dtype = step.target.dtype
        found = written_dtype(step.function, *kinds)
        is_alike = found.kind != "b" and (found == dtype or met is not None)
        return text if is_alike else f"{text}.astype('{dtype.str}')"

    def _reshaped(self, step: Reshape) -> NumpyValue:
        axes = tuple(range(len(step.order)))
        moved = ordered(Operand(self.scope.names[step.operand], axes), step.order)
        same = len(step.order) == len(step.target.shape)
        return moved if same else Reshaped(moved, step.target.shape)

    def _reduction(self, step: Collapse) -> NumpyValue:
        axes, name = step.axes, self.scope.names[step.operand]
        whole = len(axes) == len(step.operand.shape)
        axis = "None" if whole else str(axes[0]) if len(axes) == 1 else str(axes)
        text = self.scope.spelling.reduction(step.function, str(name), axis)
        return WrittenCall(self._in_dtype(text, step, [step.operand.dtype]), (name,))
