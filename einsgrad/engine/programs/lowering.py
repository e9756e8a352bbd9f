"""Expressions lowered to a program: one arm per node, all outputs together.

The value of a node is a coefficient times a register, spread by a pattern (`Term`):
deltas, ones, transposes and numbers are never multiplied out until a step needs them.
Steps are made once for the same operands, so what outputs share is computed once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from heapq import heapify, heappop, heappush
from math import prod
from typing import Any, assert_never

import numpy as np

from einsgrad.engine.binding import size_of
from einsgrad.engine.programs.einsum_lowering import Factoring, is_lazy
from einsgrad.engine.programs.peephole import scaled_early, without_copies
from einsgrad.engine.programs.program import Output, Program
from einsgrad.engine.programs.steps import (
    Apply,
    ApplyMatrix,
    Collapse,
    Register,
    Reshape,
    Term,
    operands_of,
)
from einsgrad.engine.values import call
from einsgrad.expressions.nodes import (
    Add,
    Constant,
    Delta,
    Dim,
    Einsum,
    Expr,
    Fuse,
    Map,
    MatrixMap,
    Number,
    Reduce,
    Variable,
)
from einsgrad.expressions.tables.rows import Elementwise
from einsgrad.expressions.walks import children, topological
from einsgrad.orders.others import Optimizer
from einsgrad.strings.subscripts import Indices

DType = np.dtype[Any]


def lower(
    exprs: Sequence[Expr],
    inputs: Mapping[Variable, tuple[tuple[int, ...], DType]],
    sizes: Mapping[Dim, int],
    memory_limit: int | None = None,
    dtype: DType | None = None,
    optimize: Optimizer | None = None,
) -> Program:
    """Lower expressions to one program.

    Parameters
    ----------
    exprs
        The expressions.
    inputs
        Shape and dtype of each variable's array, in the order of the program's inputs.
    sizes
        The size of every dim.
    memory_limit
        The most bytes that a contraction of many operands may take; above it the
        contraction is sliced.
    dtype
        The dtype of deltas that no array is multiplied with; by default the inputs'
        common dtype.
    optimize
        What finds the order of contractions of three and more operands.
    """
    lowering = Lowering(sizes, inputs, memory_limit, dtype, optimize)
    for node in _scheduled(exprs):
        lowering.add(node)
    return lowering.finished([lowering.output(expr) for expr in exprs])


def lower_structured(
    exprs: Sequence[Expr],
    inputs: Mapping[Variable, tuple[tuple[int, ...], DType]],
    sizes: Mapping[Dim, int],
) -> tuple[Program, list[list[Term]], list[tuple[int, ...]]]:
    """Lower expressions to a program whose outputs are the arrays between their deltas.

    Returns
    -------
    program, terms, shapes
        For each expression its terms, whose arrays are the program's outputs one after the
        other, and its shape.
    """
    lowering = Lowering(sizes, inputs)
    for node in _scheduled(exprs):
        lowering.add(node)
    terms = [lowering.structured(expr) for expr in exprs]
    cores = [term.core for group in terms for term in group if term.core is not None]
    outputs = [Output(core, tuple(range(len(core.shape)))) for core in cores]
    return lowering.finished(outputs), terms, [lowering.shape(expr) for expr in exprs]


def _scheduled(exprs: Sequence[Expr]) -> Iterator[Expr]:
    """Yield nodes after their children, and products of many factors as late as that allows.

    What the other nodes need is known by then, and such a product uses it.
    """
    order = topological(*exprs)
    place = {node: number for number, node in enumerate(order)}
    waiting = {node: len(set(children(node))) for node in order}
    parents: dict[Expr, list[Expr]] = {node: [] for node in order}
    for node in order:
        for child in set(children(node)):
            parents[child].append(node)
    ready = [(_factors(node), place[node]) for node in order if not waiting[node]]
    heapify(ready)
    while ready:
        node = order[heappop(ready)[1]]
        yield node
        for parent in parents[node]:
            waiting[parent] -= 1
            if not waiting[parent]:
                heappush(ready, (_factors(parent), place[parent]))


def _factors(node: Expr) -> int:
    count = len(node.operands) if isinstance(node, Einsum) else 0
    return count if count > 2 else 0


def without_unused(program: Program) -> Program:
    """Drop the steps whose results nothing needs."""
    needed = {output.register for output in program.outputs}
    kept = []
    for step in reversed(program.steps):
        if step.target in needed:
            kept.append(step)
            needed.update(operands_of(step))
    return Program(program.names, program.inputs, tuple(reversed(kept)), program.outputs)


class Lowering(Factoring):
    """The steps so far, and the term that each node is."""

    def __init__(
        self,
        sizes: Mapping[Dim, int],
        inputs: Mapping[Variable, tuple[tuple[int, ...], DType]],
        memory_limit: int | None = None,
        dtype: DType | None = None,
        optimize: Optimizer | None = None,
    ) -> None:
        dtypes = [given for _, given in inputs.values()] or [np.dtype(float)]
        super().__init__(dtype or np.result_type(*dtypes), memory_limit, optimize)
        self.sizes = sizes
        self.variables = tuple(inputs)
        self.values: dict[Expr, Term] = {}
        self.inputs: list[Register] = []
        for variable, (shape, own) in inputs.items():
            register = self.register(shape, own)
            self.inputs.append(register)
            self.values[variable] = plain(register)

    def shape(self, node: Expr) -> tuple[int, ...]:
        """Return the sizes of a node's axes."""
        return tuple(size_of(dim, self.sizes) for dim in node.shape)

    def term(self, node: Expr) -> Term:
        """Return the value of a node; an inverse is formed here, when it is asked for."""
        if node not in self.values:
            assert isinstance(node, MatrixMap)
            self.values[node] = self._matrix(node)
        return self.values[node]

    def output(self, expr: Expr) -> Output:
        """Return the register of a result, and the order of its axes."""
        term = self.dense(self.term(expr), self.shape(expr))
        return Output(self._core(term), tuple(term.held.index(x) for x in term.classes))

    def structured(self, expr: Expr) -> list[Term]:
        """Return the terms of a result, those of one pattern added, without coefficients."""
        parts = expr.terms if isinstance(expr, Add) else (expr,)
        found = self.by_pattern([self.term(part) for part in parts], self.shape(expr))
        return [self.scaled(term) if term.core is not None else self.number(term) for term in found]

    def finished(self, outputs: Sequence[Output]) -> Program:
        """Return the program with these outputs."""
        names = tuple(variable.name for variable in self.variables)
        steps = tuple(self.steps)
        program = Program(names, tuple(self.inputs), steps, tuple(outputs))
        return without_copies(scaled_early(without_unused(program)))

    def add(self, node: Expr) -> None:
        """Lower a node whose children are lowered."""
        match node:
            case Variable():
                pass
            case Constant(value=value):
                self.values[node] = Term(value, None, (), ())
            case Delta(dim=dim, order=0):
                self.values[node] = Term(size_of(dim, self.sizes), None, (), ())
            case Delta(order=order):
                self.values[node] = Term(1, None, (), (0,) * order)
            case Fuse():
                self.values[node] = self._fuse(node)
            case Einsum():
                self.values[node] = self.einsum(node)
            case Add():
                self.values[node] = self._sum(node)
            case Map():
                self.values[node] = self._map(node)
            case Reduce():
                self.values[node] = self._reduce(node)
            case MatrixMap():
                if not is_lazy(node):
                    self.values[node] = self._matrix(node)
            case _ as unreachable:
                assert_never(unreachable)

    def _fuse(self, node: Fuse) -> Term:
        """Write the tensor that joins axes as an array; needed only if two join one axis."""
        size = prod(node.dims)
        eye = self.plain(Term(1, None, (), (0, 0)), (size, size))
        return plain(self.step(Reshape, (self.shape(node), eye.dtype), eye, (0, 1)))

    def _map(self, node: Map) -> Term:
        shape = self.shape(node)
        arguments: list[tuple[Register | Number, Indices]] = []
        for operand in node.operands:
            term = self.term(operand)
            if term.is_spread:
                term = self.dense(term, shape)
            if term.core is None:
                arguments.append((term.coefficient, ()))
                continue
            term = self.scaled(term)
            places = {x: axis for axis, x in enumerate(term.classes)}
            arguments.append((self._core(term), tuple(places[x] for x in term.held)))
        lists = sorted((indices for _, indices in arguments), key=len, reverse=True)
        order: Indices = tuple(dict.fromkeys(x for indices in lists for x in indices))
        full: Indices = tuple(range(len(shape)))
        if not any(isinstance(value, Register) for value, _ in arguments):
            number = np.asarray(call(node.function, *(value for value, _ in arguments))).item()
            return Term(number, None, (), full)
        values = tuple(
            value.dtype if isinstance(value, Register) else value for value, _ in arguments
        )
        dtype = _dtype_of(node.function, values)
        sizes = dict(zip(full, shape, strict=True))
        spec = ([sizes[axis] for axis in order], dtype)
        return Term(1, self.step(Apply, spec, node.function, tuple(arguments), order), order, full)

    def _sum(self, node: Add) -> Term:
        terms = [self.term(term) for term in node.terms]
        return self.add_terms(terms, self.shape(node))

    def _reduce(self, node: Reduce) -> Term:
        term = self.dense(self.term(node.operand), self.shape(node.operand))
        logical = term.classes
        axes = tuple(sorted(term.held.index(logical[axis]) for axis in node.axes))
        core = self._core(term)
        held = tuple(x for place, x in enumerate(term.held) if place not in axes)
        shape = tuple(size for place, size in enumerate(core.shape) if place not in axes)
        dtype = _dtype_of(node.function, (core.dtype,))
        target = self.step(Collapse, (shape, dtype), node.function, core, axes)
        return Term(1, target, held, tuple(x for x in logical if x in held))

    def matrix_of(self, node: MatrixMap) -> Register:
        """Return the operand of a matrix function as a register."""
        return self.plain(self.term(node.operand), self.shape(node.operand))

    def _matrix(self, node: MatrixMap) -> Term:
        operand = self.matrix_of(node)
        dtype = np.result_type(operand.dtype, 1.0)
        return plain(self.step(ApplyMatrix, (self.shape(node), dtype), node.function, operand))

    def _core(self, term: Term) -> Register:
        assert term.core is not None
        return term.core


def plain(register: Register) -> Term:
    """Return a register as a term."""
    axes = tuple(range(len(register.shape)))
    return Term(1, register, axes, axes)


@lru_cache(maxsize=4096)
def _dtype_of(row: Any, arguments: tuple[Any, ...]) -> DType:
    values = [np.ones((1,), a) if isinstance(a, np.dtype) else a for a in arguments]
    with np.errstate(all="ignore"):
        if isinstance(row, Elementwise):
            return np.asarray(call(row, *values)).dtype
        return np.asarray(call(row, *values, (0,))).dtype
