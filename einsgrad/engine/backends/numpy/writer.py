"""A program printed as a Python function that calls numpy: what is printed is what runs.

Names are made here, from numbers; nothing that a user typed gets into the text. Results of
elementwise steps are written into temporaries that nothing needs any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from typing import assert_never

from einsgrad.engine.backends.numpy.lifetimes import Lifetimes
from einsgrad.engine.backends.numpy.lines import without_double_reshapes
from einsgrad.engine.backends.numpy.slices import write_slices
from einsgrad.engine.backends.numpy.spelling import Application, Spelling, literal
from einsgrad.engine.backends.numpy.sums import common_dtype, write_sum
from einsgrad.engine.contractions.contraction import write_contraction
from einsgrad.engine.contractions.views import Operand, aligned, einsum_string, ordered
from einsgrad.engine.kernels import Source
from einsgrad.engine.programs.program import Program
from einsgrad.engine.programs.steps import (
    Apply,
    ApplyMatrix,
    Collapse,
    Combine,
    Contract,
    Register,
    Reshape,
    Sliced,
    Solve,
    Step,
    Term,
    sizes_of,
)
from einsgrad.expressions.nodes import Number

# Temporaries of this many bytes are given back as soon as they are dead.
_LARGE = 1 << 20


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
    writer = _Writer(program, progress=progress)
    lines = [line for place, step in enumerate(program.steps) for line in writer.step(place, step)]
    lines += writer.results(single=single, copy=copy)
    lines = without_double_reshapes(lines)
    parameters = ", ".join(writer.names[register] for register in program.inputs)
    body = "\n".join(f"    {line}" for line in lines)
    head = writer.spelling.header()
    return Source(f"{head}\ndef compute({parameters}):\n{body}\n", writer.spelling.globals)


class _Writer:
    def __init__(self, program: Program, *, progress: bool) -> None:
        self.program = program
        self.progress = progress
        self.lifetimes = Lifetimes(program)
        self.spelling = Spelling()
        self.names = {register: f"a{place}" for place, register in enumerate(program.inputs)}
        self.names |= {step.target: f"t{place}" for place, step in enumerate(program.steps)}
        self.shared = _shared_matrices(program)
        self.factorised: set[Register] = set()

    def step(self, place: int, step: Step) -> Iterator[str]:
        """Write one step, and give back what is dead after it."""
        for line in self.lines(place, step):
            yield self.spelling.with_constants(line, step.target.dtype)
        dead = [r for r in self.lifetimes.dead_after(place) if r.bytes >= _LARGE]
        if dead and place + 1 < len(self.program.steps):
            yield "del " + ", ".join(self.names[register] for register in dead)

    def lines(self, place: int, step: Step) -> Iterator[str]:
        """Write one step."""
        name = self.names[step.target]
        match step:
            case Contract():
                yield f"{name} = {self.contraction(place, step)}"
            case Apply():
                yield f"{name} = {self.application(place, step)}"
            case Combine():
                yield from self.combination(place, step)
            case Reshape(target=target, operand=operand, order=order):
                moved = ordered(Operand(self.names[operand], tuple(range(len(order)))), order)
                shape = ", ".join(map(str, target.shape)) or "()"
                same = len(order) == len(target.shape)
                yield f"{name} = {moved}" if same else f"{name} = {moved}.reshape({shape})"
            case Collapse(function=reduction, operand=operand, axes=axes):
                whole = len(axes) == len(operand.shape)
                axis = "None" if whole else str(axes[0]) if len(axes) == 1 else str(axes)
                yield f"{name} = {self.spelling.reduction(reduction, self.names[operand], axis)}"
            case ApplyMatrix():
                yield from self.matrix_function(step)
            case Solve():
                yield from self.solution(step)
            case Sliced():
                operands = [self.names[register] for register in step.operands]
                if self.progress:
                    self.spelling.use("from tqdm import tqdm")
                yield from write_slices(step, name, operands, progress=self.progress)
            case _ as unreachable:
                assert_never(unreachable)

    def contraction(self, place: int, step: Contract) -> str:
        """Write a contraction; a product of entries goes into a dead operand."""
        operands = [
            Operand(self.names[r], indices, r.dtype == step.target.dtype)
            for r, indices in zip(step.operands, step.inputs, strict=True)
        ]
        sizes = sizes_of(step.inputs, step.operands)
        text = write_contraction(operands, step.output, sizes, step.target.dtype.kind)
        texts = [aligned(operand, step.output) for operand in operands]
        if len(texts) == 2 and text == " * ".join(texts):
            pairs = zip(step.operands, step.inputs, strict=True)
            out = next((r for r, i in pairs if self._may_hold(place, r, i, step.output)), None)
            if out is not None:
                return f"np.multiply({texts[0]}, {texts[1]}, {self.names[out]})"
        return text

    def _may_hold(self, place: int, register: Register, indices: object, output: object) -> bool:
        return indices == output and self.lifetimes.may_overwrite(place, register)

    def application(self, place: int, step: Apply) -> str:
        """Write an elementwise function; its value goes into a dead argument."""
        arguments: list[str | Number] = []
        out = None
        for value, indices in step.arguments:
            if isinstance(value, Register):
                arguments.append(aligned(Operand(self.names[value], indices), step.output))
                if out is None and self._may_hold(place, value, indices, step.output):
                    out = self.names[value]
            else:
                arguments.append(value)
        met = common_dtype(value for value, _ in step.arguments if isinstance(value, Register))
        return self.spelling.elementwise(
            Application(step.function, arguments, out, step.target, met)
        )

    def combination(self, place: int, step: Combine) -> Iterator[str]:
        """Write a sum: the dense terms, then what is added to diagonals of the result."""
        name = self.names[step.target]
        axes = tuple(range(len(step.target.shape)))
        dense = [term for term in step.terms if not term.is_spread]
        spread = [term for term in step.terms if term.is_spread]
        if not axes or {x for term in dense for x in term.held} == set(axes):
            yield from write_sum(self.names, self.lifetimes, self.spelling, place, step, dense)
        elif dense:
            first, *spread = *dense, *spread
            shape = f"({', '.join(map(str, step.target.shape))},)"
            yield f"{name} = np.empty({shape}, '{step.target.dtype.str}')"
            yield f"{name}[...] = {self._scaled(first)}"
        else:
            shape = f"({', '.join(map(str, step.target.shape))},)"
            yield f"{name} = np.zeros({shape}, '{step.target.dtype.str}')"
            first, *spread = spread
            view = self._diagonal(name, first, step.target.shape[0])
            yield f"{view}[...] = {self._scaled(first)}"
        for term in spread:
            view = self._diagonal(name, term, step.target.shape[0])
            yield f"{view}[...] += {self._scaled(term)}"

    @staticmethod
    def _diagonal(name: str, term: Term, size: int) -> str:
        """View the entries of an array where a term's pattern is not zero."""
        labels = tuple(dict.fromkeys(term.classes))
        if labels == term.classes:
            return name
        if len(term.classes) == 2:
            # The diagonal lies at the same places in either order of a square's entries.
            return f"{name}.ravel('K')[:: {size + 1}]"
        return f"np.einsum('{einsum_string([term.classes], labels)}', {name})"

    def _scaled(self, term: Term) -> str:
        labels = tuple(dict.fromkeys(term.classes))
        if term.core is None:
            return literal(term.coefficient)
        text = aligned(Operand(self.names[term.core], term.held), labels)
        if term.coefficient == 1:
            return text
        return f"{self.spelling.number(term.coefficient, common_dtype([term.core]))} * {text}"

    def matrix_function(self, step: ApplyMatrix) -> Iterator[str]:
        """Write a matrix function; a factorisation that there is already is used."""
        name, matrix = self.names[step.target], step.operand
        if matrix not in self.shared:
            text = str(step.function.numpy).replace("(x)", f"({self.names[matrix]})")
            yield f"{name} = {text}"
            return
        yield from self._factorise(matrix)
        factors = self._factors(matrix)
        match step.function.name:
            case "logdet":
                yield f"{name} = np.log(np.abs({factors}[0].diagonal())).sum()"
            case "det":
                order = f"np.arange({matrix.shape[0]})"
                yield f"{name} = {factors}[0].diagonal().prod()"
                yield f"{name} = {name} * (-1.0) ** ({factors}[1] != {order}).sum()"
            case _:
                eye = f"np.eye({matrix.shape[0]})"
                yield f"{name} = solve_factorised({factors}, {eye}, 0)"

    def solution(self, step: Solve) -> Iterator[str]:
        """Write the solution of a linear system."""
        matrix, operand = self.names[step.matrix], self.names[step.operand]
        rank = len(step.operand.shape)
        rows = step.matrix.shape[0]
        columns = step.operand.size // rows if rows else 0
        flat = operand if rank == 2 else f"{operand}.reshape({rows}, {columns})"
        if step.matrix in self.shared:
            yield from self._factorise(step.matrix)
            flat = operand if rank == 1 else flat
            text = f"solve_factorised({self._factors(step.matrix)}, {flat}, {int(step.transposed)})"
            text = text if rank <= 2 else f"{text}.reshape({_sizes(step.target)})"
        else:
            matrix += ".T" * step.transposed
            text = f"np.linalg.solve({matrix}, {flat})"
            text = text if rank == 2 else f"{text}.reshape({_sizes(step.target)})"
        yield f"{self.names[step.target]} = {text}"

    def _factors(self, matrix: Register) -> str:
        return f"lu_{self.names[matrix]}"

    def _factorise(self, matrix: Register) -> Iterator[str]:
        if matrix not in self.factorised:
            self.factorised.add(matrix)
            self.spelling.use_factorisation()
            yield f"{self._factors(matrix)} = linalg.lu_factor({self.names[matrix]})"

    def results(self, *, single: bool, copy: bool) -> Iterator[str]:
        """Write what is returned: arrays that share memory with nothing, or read-only views."""
        texts: list[str] = []
        taken: set[Register] = set()
        for place, output in enumerate(self.program.outputs):
            register = output.register
            axes = tuple(range(len(output.order)))
            text = ordered(Operand(self.names[register], axes), output.order)
            roots = self.lifetimes.roots[register]
            if not output.order:
                text = self._scalar(register, text)
            elif roots & taken or (copy and not self.lifetimes.is_owned(register)):
                text += ".copy()"
            elif not self.lifetimes.is_owned(register):
                view = text if text != self.names[register] else f"{text}.view()"
                yield f"r{place} = {view}"
                text = f"r{place}"
                yield f"{text}.setflags(False)"
            taken |= roots - set(self.program.inputs)
            texts.append(text)
        yield f"return {texts[0]}" if single else f"return ({', '.join(texts)},)"

    def _scalar(self, register: Register, text: str) -> str:
        """Write a result without axes as the scalar that numpy's functions return."""
        made = next((step for step in self.program.steps if step.target is register), None)
        match made:
            case Contract(operands=(_, _)) | Collapse():
                return text
            case Combine(terms=terms) if any(term.core is not None for term in terms):
                return text
            case _:
                return f"np.asarray({text})[()]"


def _sizes(register: Register) -> str:
    return ", ".join(map(str, register.shape))


def _shared_matrices(program: Program) -> frozenset[Register]:
    """Return the matrices that several steps factorise, if scipy can do it once for all."""
    uses: Counter[Register] = Counter()
    for step in program.steps:
        match step:
            case Solve(matrix=matrix):
                uses[matrix] += 1
            case ApplyMatrix(operand=operand) if len(operand.shape) == 2 and operand.size:
                uses[operand] += 1
            case _:
                pass
    several = frozenset(matrix for matrix, count in uses.items() if count > 1)
    return several if several and find_spec("scipy") is not None else frozenset()
