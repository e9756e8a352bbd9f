"""Matrix functions and linear systems; a matrix that several need is factorised once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from typing import TypeAlias

import numpy as np

from einsgrad.engine.backends.numpy.scope import WriterScope
from einsgrad.engine.backends.numpy.statements import Assign
from einsgrad.engine.contractions.arrays import (
    FunctionCall,
    Name,
    NumpyValue,
    Reshaped,
    Transposed,
    WrittenCall,
)
from einsgrad.engine.programs.program import Program
from einsgrad.engine.programs.step_costs import operands_of
from einsgrad.engine.programs.steps import ApplyMatrix, Register, Solve
from einsgrad.expressions.tables.decompositions import POSITIVE_DEFINITE
from einsgrad.expressions.tables.reductions import DET, INVERSE, LOGDET
from einsgrad.expressions.tables.spellings import Form, Stable, TupleEntry


class SystemsWriter:
    """Writes matrix functions and solutions.

    Parameters
    ----------
    scope
        What is known of the program.
    """

    def __init__(self, scope: WriterScope) -> None:
        self.scope = scope
        self._shared = _shared_matrices(scope.program)
        self._read = _read_matrices(scope.program)
        self._partners = _shared_calls(scope.program)
        self._factorised: set[Register] = set()
        self._called: dict[_SharedCall, Name] = {}

    def matrix_function(self, step: ApplyMatrix) -> Iterator[Assign]:
        """Yield the statements of a matrix function; it uses a factorisation that is there."""
        name, matrix = self.scope.names[step.target], step.operand
        operand = self.scope.names[matrix]
        code = step.function.numpy
        if isinstance(code, TupleEntry) and (code.call, matrix) in self._partners:
            yield from self._part(step, code)
            return
        if step.function is POSITIVE_DEFINITE and step.target in self._shared:
            yield from self._factorise(step.target, matrix)
            text = f"{operand}.astype('{step.target.dtype.str}')"
            is_read = step.target in self._read
            yield Assign(name, WrittenCall(text, (operand,)) if is_read else operand)
            return
        if matrix not in self._shared or not _is_factorised(step):
            text = self.scope.spelling.matrix_function(step.function, str(operand))
            yield Assign(name, WrittenCall(text, (operand,)))
            return
        yield from self._factorise(matrix)
        factors = self._factors(matrix)
        function = _OF_FACTORS[step.function]
        yield Assign(name, WrittenCall(f"{function}({factors})", (operand,)))

    def _part(self, step: ApplyMatrix, code: TupleEntry) -> Iterator[Assign]:
        """Yield the entry of a tuple that several steps share; the first of them computes it."""
        operand, shared = self.scope.names[step.operand], (code.call, step.operand)
        if shared not in self._called:
            self._called[shared] = Name(f"parts{len(self._called)}")
            text = self.scope.spelling.matrix_code(step.function, code.call, str(operand))
            yield Assign(self._called[shared], WrittenCall(text, (operand,)))
        entry = f"{self._called[shared]}[{code.place}]"
        yield Assign(self.scope.names[step.target], WrittenCall(entry, (operand,)))

    def solution(self, step: Solve) -> Iterator[Assign]:
        """Yield the statements of the solution of a linear system."""
        target = self.scope.names[step.target]
        rank, rows = len(step.operand.shape), step.matrix.shape[0]
        operand: NumpyValue = self.scope.names[step.operand]
        flat = Reshaped(operand, (rows, step.operand.size // rows if rows else 0))
        if step.matrix in self._shared and _is_as_precise(step):
            yield from self._factorise(step.matrix)
            right = operand if rank <= 2 else flat
            found = self._solved(step.matrix, right, transposed=step.transposed)
            yield Assign(target, found if rank <= 2 else Reshaped(found, step.target.shape))
            return
        matrix: NumpyValue = self.scope.names[step.matrix]
        matrix = Transposed(matrix) if step.transposed else matrix
        solved = FunctionCall("np.linalg.solve", (matrix, operand if rank == 2 else flat))
        yield Assign(target, solved if rank == 2 else Reshaped(solved, step.target.shape))

    def _factors(self, matrix: Register) -> Name:
        return Name(f"lu_{self.scope.names[matrix]}")

    def _solved(
        self, matrix: Register, right: NumpyValue, *, transposed: bool = False
    ) -> NumpyValue:
        turned = Name(str(int(transposed)))
        return FunctionCall("solve_factorised", (self._factors(matrix), right, turned))

    def _factorise(self, matrix: Register, definite: Register | None = None) -> Iterator[Assign]:
        """Factorise a matrix that is not yet; one that equals a definite one by Cholesky."""
        if matrix not in self._factorised:
            self._factorised.add(matrix)
            self.scope.spelling.use_factorisation()
            if definite is None:
                made = FunctionCall("factorised", (self.scope.names[matrix],))
            else:
                made = FunctionCall("cholesky_factorised", (self.scope.names[definite],))
            yield Assign(self._factors(matrix), made)


# What is called for a function of a matrix with the matrix's factors.
_OF_FACTORS = {
    INVERSE: "inverse_factorised",
    LOGDET: "logdet_factorised",
    DET: "det_factorised",
}

_SharedCall: TypeAlias = "tuple[Form | Stable, Register]"


def _shared_calls(program: Program) -> frozenset[_SharedCall]:
    """Return the calls of which several steps each need an entry."""
    uses: Counter[_SharedCall] = Counter()
    for step in program.steps:
        if isinstance(step, ApplyMatrix) and isinstance(step.function.numpy, TupleEntry):
            uses[step.function.numpy.call, step.operand] += 1
    return frozenset(call for call, count in uses.items() if count > 1)


def _is_factorised(step: ApplyMatrix) -> bool:
    """Tell whether a factorisation of its matrix gives the value of a function."""
    known = step.function in _OF_FACTORS
    return known and len(step.operand.shape) == 2 and step.operand.size > 0


def _is_as_precise(step: Solve) -> bool:
    """Tell whether a factorisation in the dtype of the matrix is precise enough."""
    return bool(np.finfo(step.matrix.dtype).eps <= np.finfo(step.target.dtype).eps)


def _read_matrices(program: Program) -> frozenset[Register]:
    """Return what other steps than those that factorise a matrix read, and what is returned."""
    found = {output.register for output in program.outputs}
    for step in program.steps:
        match step:
            case Solve(operand=operand) if _is_as_precise(step):
                found.add(operand)
            case ApplyMatrix() if _is_factorised(step):
                pass
            case _:
                found.update(operands_of(step))
    return frozenset(found)


def _shared_matrices(program: Program) -> frozenset[Register]:
    """Return the matrices that several steps factorise, if scipy can do it once for all.

    To say that a matrix is positive definite is to factorise it.
    """
    uses: Counter[Register] = Counter()
    for step in program.steps:
        match step:
            case Solve(matrix=matrix) if _is_as_precise(step):
                uses[matrix] += 1
            case ApplyMatrix(function=row, target=target) if row is POSITIVE_DEFINITE:
                uses[target] += 1
            case ApplyMatrix(operand=operand) if _is_factorised(step):
                uses[operand] += 1
            case _:
                pass
    several = frozenset(matrix for matrix, count in uses.items() if count > 1)
    return several if several and find_spec("scipy") is not None else frozenset()
