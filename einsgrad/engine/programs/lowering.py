"""Expressions lowered to a program: one arm per node, all outputs together.

The value of a node is a coefficient times a register, spread by a pattern (`Term`):
deltas, ones, transposes and numbers are never multiplied out until a step needs them.
Steps are made once for the same operands, so what outputs share is computed once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import inf, prod
from sys import float_info
from typing import assert_never

import numpy as np

from einsgrad.engine.programs.contracting import Contracting
from einsgrad.engine.programs.einsums import Einsums
from einsgrad.engine.programs.index_arrays import IndexArrays
from einsgrad.engine.programs.making_steps import Steps
from einsgrad.engine.programs.named_sizes import number_of_sizes
from einsgrad.engine.programs.node_values import NodeValues
from einsgrad.engine.programs.number_dtypes import NumberDtypes
from einsgrad.engine.programs.pairwise import Contractions
from einsgrad.engine.programs.peephole import tidied
from einsgrad.engine.programs.program import Output, Program
from einsgrad.engine.programs.schedule import scheduled
from einsgrad.engine.programs.selecting import Selecting
from einsgrad.engine.programs.solving import Solving, is_lazy
from einsgrad.engine.programs.steps import DType, Held, Register, Term
from einsgrad.engine.programs.sums import Sums
from einsgrad.engine.programs.written_constants import WrittenConstants
from einsgrad.engine.refusals import most_bytes
from einsgrad.engine.row_values import row_value
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.kinds import looked_up_in
from einsgrad.expressions.nodes import (
    Add,
    Called,
    Constant,
    Einsum,
    Expr,
    Map,
    MatrixMap,
    Number,
    Pick,
    Places,
    Reduce,
    Variable,
)
from einsgrad.expressions.selectors import Affine, Delta, Fourier, Integers, Step
from einsgrad.expressions.tables.moduli import CONJ, REAL
from einsgrad.orders.others import Optimizer
from einsgrad.strings.subscripts import Indices


def lower_exprs(
    exprs: Sequence[Expr],
    inputs: Mapping[Variable, tuple[tuple[int, ...], DType]],
    sizes: Mapping[Dim, int],
    memory_limit: int | None = None,
    dtype: DType | None = None,
    optimize: Optimizer | None = None,
    *,
    as_einsum: bool = False,
    are_complex: Sequence[bool] | None = None,
    whole: DType | None = None,
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
    as_einsum
        Whether integers and booleans stay what they are, as in `numpy.einsum`.
    are_complex
        Which results are complex also if they are numbers and deltas alone; by default none.
    whole
        The floats that integers and booleans become; by default those that hold them.
    """
    nodes = list(scheduled(exprs))
    lowering = Lowering(
        inputs,
        sizes,
        memory_limit,
        dtype,
        optimize,
        as_einsum=as_einsum,
        places=index_variables(nodes, exprs),
        whole=whole,
    )
    for node in nodes:
        lowering.add(node)
    kinds = are_complex or [False] * len(exprs)
    return lowering.program([lowering.output(*pair) for pair in zip(exprs, kinds, strict=True)])


def index_variables(nodes: Sequence[Expr], exprs: Sequence[Expr]) -> Collection[Variable]:
    """Return the variables that are used as indices only."""
    return looked_up_in(exprs) if any(isinstance(node, Pick) for node in nodes) else ()


class Lowering:
    """Lowers one node after the other, each by the part that knows how.

    Parameters
    ----------
    inputs, sizes, memory_limit, dtype, optimize, as_einsum
        As for `lower_exprs`.
    places
        The variables that are used as indices only; no number has their dtype.
    whole
        As for `lower_exprs`.
    """

    def __init__(
        self,
        inputs: Mapping[Variable, tuple[tuple[int, ...], DType]],
        sizes: Mapping[Dim, int],
        memory_limit: int | None = None,
        dtype: DType | None = None,
        optimize: Optimizer | None = None,
        *,
        as_einsum: bool = False,
        places: Collection[Variable] = (),
        whole: DType | None = None,
    ) -> None:
        size = sum(prod(shape) * own.itemsize for shape, own in inputs.values())
        steps = self.steps = Steps(most_bytes(size, memory_limit))
        self.inputs = {variable: steps.register(*given) for variable, given in inputs.items()}
        dtypes = self._dtypes = NumberDtypes.of(
            self.inputs, dtype, places, whole, as_einsum=as_einsum
        )
        sums = self.sums = Sums(steps, dtypes.of_constants)
        values = self.values = NodeValues(sizes, steps, sums, self._written_out)
        contractions = Contractions(steps, memory_limit, optimize)
        solving = Solving(steps, sums, contractions, values)
        integers = self.integers = IndexArrays(self.inputs, steps, sums, values)
        self._written = WrittenConstants(steps, sums, values, integers)
        selecting = Selecting(steps, sums, values, integers)
        contracting = Contracting(steps, sums, contractions, solving)
        self.einsums = Einsums(steps, sums, solving, values, selecting, contracting)
        for variable, register in self.inputs.items():
            values.keep(variable, Term.of(steps.cast(register, dtypes.of_inputs[variable])))

    def output(self, expr: Expr, is_complex: bool) -> Output:
        """Return the register of a result, and the order of its axes."""
        term = self.sums.dense(self.values.of(expr), self.values.shape(expr))
        register = self.returned(expr, term.register, is_complex)
        return Output(register, tuple(term.held.index(x) for x in term.classes))

    def returned(self, expr: Expr, register: Register, is_complex: bool) -> Register:
        """Give a result its dtype: half precision if all that it depends on has that."""
        return self.steps.cast(register, self._dtypes.of_result(expr, register.dtype, is_complex))

    def program(self, outputs: Sequence[Output]) -> Program:
        """Return the program with these outputs."""
        names = tuple(variable.name for variable in self.inputs)
        inputs = tuple(self.inputs.values())
        return tidied(Program(names, inputs, tuple(self.steps.made), tuple(outputs)))

    def add(self, node: Expr) -> None:
        """Lower a node whose children are lowered; some wait until they are asked for."""
        if not isinstance(node, Variable | Step | Pick | Fourier) and not is_lazy(node):
            self.values.keep(node, self._term(node))

    def _written_out(self, node: Expr) -> Register:
        return self._written.of(node)

    def _term(self, node: Expr) -> Term:
        match node:
            case Variable() | MatrixMap() | Step() | Pick() | Fourier():
                return self.values.of(node)
            case Constant(value=value):
                return Term(value, None, (), ())
            case Delta(dim=dim, order=0):
                return Term(self.values.size(dim), None, (), ())
            case Delta(order=order):
                return Term(1, None, (), (0,) * order)
            case Affine():
                return self._written.pattern(node)
            case Integers() | Places() | Called():
                return Term.of(self._written.of(node))
            case Einsum():
                return self.einsums.lower(node)
            case Add(terms=terms):
                return self.sums.add(list(map(self.values.of, terms)), self.values.shape(node))
            case Map():
                return self._map(node)
            case Reduce():
                return self._reduce(node)
            case _ as unreachable:
                assert_never(unreachable)

    def _map(self, node: Map) -> Term:
        if node.function is CONJ or node.function is REAL:
            term = self.values.of(node.operands[0])
            is_real = not isinstance(term.coefficient, complex)
            if is_real and term.core is not None and term.core.dtype.kind == "f":
                return term
        arguments = tuple(self._argument(operand, node) for operand in node.operands)
        full: Indices = tuple(range(len(node.shape)))
        lists = [one.indices for one in arguments if isinstance(one, Held)]
        if not lists:
            given = [one for one in arguments if not isinstance(one, Held)]
            named = number_of_sizes(node.function, given)
            if named is not None:
                return Term(named, None, (), full)
            numbers = list(map(_as_float, given))
            number = np.asarray(row_value(node.function, *numbers)).item()
            return Term(int(number) if isinstance(number, bool) else number, None, (), full)
        lists.sort(key=len, reverse=True)
        order: Indices = tuple(dict.fromkeys(x for indices in lists for x in indices))
        register = self.steps.apply(node.function, arguments, order)
        register = self.steps.cast(register, _not_of_numbers(register.dtype, arguments))
        return Term(1, register, order, full)

    def _argument(self, operand: Expr, node: Map) -> Held | Number:
        """Return an argument of an elementwise function; its labels are axes of the result."""
        term = self.values.of(operand)
        if term.is_spread:
            term = self.sums.dense(term, self.values.shape(node))
        if term.core is None:
            return term.coefficient
        term = self.sums.scaled(term)
        places = {x: axis for axis, x in enumerate(term.classes)}
        return Held(term.register, tuple(places[x] for x in term.held))

    def _reduce(self, node: Reduce) -> Term:
        term = self.sums.dense(self.values.of(node.operand), self.values.shape(node.operand))
        axes = tuple(sorted(term.held.index(term.classes[axis]) for axis in node.axes))
        held = tuple(x for place, x in enumerate(term.held) if place not in axes)
        register = self.steps.collapse(node.function, term.register, axes)
        return Term(1, register, held, tuple(x for x in term.classes if x in held))


def _not_of_numbers(found: DType, arguments: Sequence[Held | Number]) -> DType:
    """Return the dtype of a function's value, unless numbers alone made it what it is.

    A choice between two numbers has their dtype, and not that of the arrays.
    """
    if all(isinstance(one, Held) for one in arguments):
        return found
    kinds = [one.register.dtype if isinstance(one, Held) else one for one in arguments]
    common = np.result_type(*kinds)
    return found if found.kind in "fc" and np.can_cast(found, common) else common


def _as_float(number: Number) -> Number:
    """Write an integer as a float: numpy's integers wrap, and have no negative powers."""
    if not isinstance(number, int):
        return number
    return float(number) if abs(number) <= float_info.max else inf if number > 0 else -inf
