"""A program printed as a function of another library: torch or jax.

The other libraries fuse and place operations themselves, so the text is plain: one einsum
for each contraction, deltas and ones as factors of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import assert_never

from einsgrad.engine.backends.jax import JAX
from einsgrad.engine.backends.library import Library
from einsgrad.engine.backends.numpy.constants import literal, literal_atom
from einsgrad.engine.backends.numpy.scope import shape_checks
from einsgrad.engine.backends.plain_selections import PlainSelections, holds_sizes
from einsgrad.engine.backends.plain_windows import PlainWindows
from einsgrad.engine.backends.torch import TORCH
from einsgrad.engine.contractions.arrays import Name
from einsgrad.engine.contractions.views import Operand, aligned, einsum_string
from einsgrad.engine.programs.affine_axes import AffineAxis, labels_in
from einsgrad.engine.programs.program import Program
from einsgrad.engine.programs.steps import (
    Apply,
    ApplyMatrix,
    Collapse,
    Combine,
    Contract,
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
)
from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.nodes import Number
from einsgrad.expressions.signed_sums import SignedNumber, SignedText, signed_sum
from einsgrad.expressions.tables.rows import PARAMETERS, Row
from einsgrad.expressions.tables.spellings import EachAxis, Form
from einsgrad.strings.subscripts import Indices, Label

LIBRARIES = {"torch": TORCH, "jax": JAX}


def write_library(program: Program, name: str, *, single: bool, sized: bool = False) -> str:
    """Write a program as a function of a library's arrays.

    Parameters
    ----------
    program, name
        The program, and the name of the library.
    single
        Whether to return the only result itself, not a tuple.
    sized
        Whether numbers of the program depend on the sizes of its arrays.

    Raises
    ------
    ArgumentError
        If the library is unknown, or the program has slices, or a function whose row lacks it.
    """
    if name not in LIBRARIES:
        known = ", ".join(map(repr, ["numpy", *LIBRARIES]))
        raise ArgumentError(f"no code can be written for {clip(name)}. Choose one of {known}.")
    writer = _PlainWriter(program, LIBRARIES[name])
    lines = [f"    {writer.names[step.target]} = {writer.text(step)}" for step in program.steps]
    if sized or writer.holds_sizes:
        lines = [*shape_checks(program.inputs, writer.names), *lines]
    parameters = ", ".join(writer.names[register] for register in program.inputs)
    results = list(writer.results())
    returned = results[0] if single else f"({', '.join(results)},)"
    head = f"{writer.imports()}\n\n\ndef compute({parameters}):\n"
    return head + "\n".join([*lines, f"    return {returned}"]) + "\n"


class _PlainWriter:
    def __init__(self, program: Program, library: Library) -> None:
        self.program = program
        self.library = library
        self.names = {register: f"a{place}" for place, register in enumerate(program.inputs)}
        self.names |= {step.target: f"t{place}" for place, step in enumerate(program.steps)}
        self.holds_sizes = False
        self._promotes = False
        self._windows = PlainWindows(library, self._permuted)

    def imports(self) -> str:
        """Write what stands before the function."""
        if not self._promotes:
            return self.library.imports
        imports = f"from functools import reduce\n\n{self.library.imports}"
        return f"{imports}\n\n\n{self.library.promoting}".rstrip()

    def text(self, step: Step) -> str:
        """Write the value of one step."""
        match step:
            case Contract(operands=operands, inputs=inputs, output=output):
                texts = [self.names[r] for r in operands]
                return self._einsum(texts, inputs, output, {r.dtype for r in operands})
            case Apply(function=function, arguments=arguments, output=output):
                return self._call(function, [self._operand(one, output) for one in arguments])
            case Combine(target=target, terms=terms):
                return self._sum(terms, target)
            case Reshape(target=target, operand=operand, order=order):
                moved = self._permuted(self.names[operand], order)
                if tuple(operand.shape[axis] for axis in order) == target.shape:
                    return moved
                self.holds_sizes = True
                return f"{moved}.reshape({target.shape})"
            case Window(operand=operand):
                self.holds_sizes = True
                return self._windows.window(step, self.names[operand])
            case Collapse(function=reduction, operand=operand, axes=axes):
                return self._call(reduction, [self.names[operand]], axes)
            case ApplyMatrix(function=matrix_function, operand=operand):
                return self._call(matrix_function, [self.names[operand]])
            case Solve():
                return self._solution(step)
            case Fill() | Select():
                self.holds_sizes = self.holds_sizes or holds_sizes(step)
                writer = PlainSelections(
                    self.library, self.names, self.program.inputs, self._permuted
                )
                return writer.filled(step) if isinstance(step, Fill) else writer.selected(step)
            case Sliced():
                return self._unsliced(step)
            case _ as unreachable:
                assert_never(unreachable)

    def _unsliced(self, step: Sliced) -> str:
        """Write a contraction that a loop over windows or places saves memory in as a whole."""
        affine = any(isinstance(one, AffineAxis) for one in step.output)
        windows = {one.target for one in self.program.steps if isinstance(one, Window)}
        if not affine and windows.isdisjoint(step.operands):
            raise ArgumentError(
                "a contraction in slices is written for numpy only. Compile without a memory limit."
            )
        labels = labels_in(step.output)
        texts = [self.names[register] for register in step.operands]
        whole = self._einsum(texts, step.inputs, labels, {r.dtype for r in step.operands})
        if not affine:
            return whole
        self.holds_sizes = True
        term = Term(1, step.target, labels, step.output)
        return self._windows.placed(term, step.target, whole)

    def _einsum(
        self,
        texts: Sequence[str],
        lists: Sequence[Indices],
        output: Indices,
        dtypes: Collection[object],
    ) -> str:
        string = einsum_string(lists, output)
        return f"{self.library.prefix}.einsum('{string}', {self._alike(texts, dtypes)})"

    def _alike(self, texts: Sequence[str], dtypes: Collection[object]) -> str:
        """Write arguments that the library wants in one dtype."""
        operands = ", ".join(texts)
        if len(dtypes) < 2 or not self.library.promoting:
            return operands
        self._promotes = True
        return f"*promoted({operands})"

    def _solution(self, step: Solve) -> str:
        system = self.names[step.matrix] + ".T" * step.transposed
        columns, solve = self.names[step.operand], f"{self.library.prefix}.linalg.solve"
        is_flat = len(step.operand.shape) <= 2
        if not is_flat:
            self.holds_sizes = True
            columns = f"{columns}.reshape({step.matrix.shape[0]}, -1)"
        operands = self._alike([system, columns], {step.matrix.dtype, step.operand.dtype})
        return f"{solve}({operands})" + ("" if is_flat else f".reshape({step.target.shape})")

    def _operand(self, value: Held | Number, output: Indices) -> str | Number:
        if isinstance(value, Held):
            return self._aligned(self.names[value.register], value.indices, output)
        return value

    def _call(self, row: Row, values: Sequence[str | Number], axes: Sequence[int] = ()) -> str:
        named = dict(zip(PARAMETERS, values, strict=False))
        match self.library.column(row):
            case None:
                raise ArgumentError(
                    f"{clip(row.name)} was defined for numpy only, so it has no code for "
                    f"{self.library.prefix}. Its row lacks that column."
                )
            case Form(text=text) as form:
                texts = {place: self._argument(place, named, form) for place in named}
                return text.format(**texts, axes=tuple(axes))
            case EachAxis(text=text):
                result = named["x"]
                for axis in reversed(axes):
                    result = text.format(x=result, axis=axis)
                return str(result)
            case _ as unreachable:
                assert_never(unreachable)

    def _argument(self, place: str, named: Mapping[str, str | Number], form: Form) -> str:
        """Write an argument; a number as an array, unless the form takes numbers there."""
        value = named[place]
        if isinstance(value, str):
            return value
        others = [named[other] for other in form.numbers]
        may_be_number = place in form.numbers and any(isinstance(one, str) for one in others)
        return literal_atom(value) if may_be_number else self.library.array(value)

    def _permuted(self, text: str, order: Sequence[int]) -> str:
        if list(order) == sorted(order):
            return text
        return f"{text}.{self.library.permute}({', '.join(map(str, order))})"

    def _aligned(self, text: str, indices: Indices, output: Indices) -> str:
        held = tuple(label for label in output if label in indices)
        moved = self._permuted(text, [indices.index(label) for label in held])
        return str(aligned(Operand(Name(moved), held), output))

    def _sum(self, terms: Sequence[Term], target: Register) -> str:
        held = {
            term.classes.index(label) for term in terms if not term.is_spread for label in term.held
        }
        broadcasts = len(held) == len(target.shape)
        return signed_sum(self._signed(term, target, broadcasts=broadcasts) for term in terms)

    def _signed(self, term: Term, target: Register, *, broadcasts: bool) -> SignedText:
        number = SignedNumber.of(term.coefficient)
        body = self._term(term, target, broadcasts=broadcasts)
        factors = [literal(number.size)] if number.size != 1 or not body else []
        return SignedText(number.is_negative, " * ".join([*factors, *([body] if body else [])]))

    def _term(self, term: Term, target: Register, *, broadcasts: bool) -> str:
        """Write a term without its coefficient, deltas as identities; nothing for a number."""
        axes: Indices = tuple(range(len(term.classes)))
        if term.is_affine:
            self.holds_sizes = True
            return self._windows.placed(term, target, self._core(term, target))
        if broadcasts and not term.is_spread:
            if term.core is None:
                return ""
            places = {label: axis for axis, label in enumerate(term.classes)}
            name = self._of_dtype(term.core, target)
            return self._aligned(name, tuple(places[label] for label in term.held), axes)
        texts = list(self._factors(term, target))
        string = einsum_string([indices for _, indices in texts], axes)
        operands = ", ".join(text for text, _ in texts)
        return f"{self.library.prefix}.einsum('{string}', {operands})"

    def _core(self, term: Term, target: Register) -> str:
        """Write the array of a term in the dtype of a sum; a one where it has none."""
        name = target.dtype.name
        if term.core is None:
            return self.library.array_of.format(x=1, dtype=name)
        cast = f".{self.library.cast}({self.library.prefix}.{name})"
        return self.names[term.core] + cast * (term.core.dtype != target.dtype)

    def _factors(self, term: Term, target: Register) -> Iterator[tuple[str, Indices]]:
        dtype = f", dtype={self.library.prefix}.{target.dtype.name}"
        first: dict[Label, int] = {}
        for axis, label in enumerate(term.classes):
            first.setdefault(label, axis)
        if term.core is not None:
            name = self._of_dtype(term.core, target)
            yield name, tuple(first[label] for label in term.held)
        for axis, label in enumerate(term.classes):
            size = target.shape[axis]
            if first[label] != axis:
                self.holds_sizes = True
                yield f"{self.library.prefix}.eye({size}{dtype})", (first[label], axis)
            elif label not in term.held and term.classes.count(label) == 1:
                self.holds_sizes = True
                yield f"{self.library.prefix}.ones({size}{dtype})", (axis,)

    def _of_dtype(self, core: Register, target: Register) -> str:
        """Write an array in the dtype of a sum; a zero without axes leaves floats alone."""
        name, prefix = self.names[core], self.library.prefix
        if core.dtype == target.dtype:
            return name
        return f"({name} + {prefix}.zeros((), dtype={prefix}.{target.dtype.name}))"

    def results(self) -> Iterator[str]:
        """Write the results with their axes in order."""
        for output in self.program.outputs:
            yield self._permuted(self.names[output.register], output.order)
