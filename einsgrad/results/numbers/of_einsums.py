"""Einsum and its derivatives on arrays: bound to shapes and compiled once, then only called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from einsgrad.calculus.rules import tangent_operand
from einsgrad.engine.binding import Array, as_input
from einsgrad.engine.compiled import Compiled
from einsgrad.engine.foreign_values import copying, with_dtype
from einsgrad.engine.kernels import Kernel, Options
from einsgrad.engine.namespaces import (
    beside,
    common_namespace,
    known_shape,
    numpy_dtype,
    one_namespace,
)
from einsgrad.errors import ArgumentError, DtypeError, ShapeError, as_sequence, clip, shorten
from einsgrad.expressions.construct import add_terms, variable
from einsgrad.expressions.foreign_arrays import namespace_of
from einsgrad.expressions.named import Operation, operation
from einsgrad.expressions.nodes import COMPLEX, Expr, Variable
from einsgrad.expressions.operand_names import operand_names
from einsgrad.expressions.products import contract_deltas
from einsgrad.expressions.walks import variables_in
from einsgrad.results.formulas.of_einsums import adjoint_of_einsum, jacobian_of_einsum
from einsgrad.results.numbers.many_operands import (
    adjoints_of_many,
    has_many,
    tangent_of_many,
)
from einsgrad.results.numbers.pullbacks import Plan, Pullback, copies_of
from einsgrad.strings.equation import Equation
from einsgrad.strings.letters import fresh_name

Wrt = int | str

_PLAIN = Options(single=True, as_declared=False, as_einsum=True)


@lru_cache(maxsize=4096)
def _bound(
    equation: Equation, names: tuple[str, ...], shapes: tuple[tuple[int, ...], ...]
) -> Operation:
    return operation(equation, names, shapes=shapes)


@lru_cache(maxsize=4096)
def _compiled(
    bound: Operation,
    exprs: tuple[Expr, ...],
    more: tuple[Variable, ...],
    dtype: np.dtype[Any] | None,
    options: Options,
) -> Compiled:
    """Compile expressions of an einsum's operands, and of further variables behind them."""
    symbols = tuple(dict.fromkeys((*bound.variables, *more)))
    return Compiled(exprs, symbols, bound.dim_sizes, options, dtype)


@dataclass(frozen=True, eq=False)
class AppliedEinsum:
    """An einsum applied to arrays.

    Parameters
    ----------
    operation
        The einsum, bound to the arrays' shapes.
    arrays
        The operands in order.
    """

    operation: Operation
    arrays: tuple[Array, ...]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The common dtype of the operands."""
        return np.result_type(*(numpy_dtype(one, "an operand") for one in self.arrays))

    @property
    def by_name(self) -> dict[str, Array]:
        """The operands by name; those of one name are one array."""
        return dict(zip(self.operation.names, self.arrays, strict=True))

    @property
    def inputs(self) -> tuple[Array, ...]:
        """The operands, those of one name once."""
        return tuple(self.by_name.values())

    def compiled(
        self, *exprs: Expr, more: Sequence[Variable] = (), single: bool = True
    ) -> Compiled:
        """Return the function of the operands, and of more arrays, that evaluates expressions."""
        options = Options(single=single, as_declared=False)
        return _compiled(self.operation, exprs, tuple(more), self.dtype, options)

    def kernel(self, options: Options = _PLAIN) -> Kernel:
        """Return the program of the einsum's value for arrays like these."""
        bound = self.operation
        compiled = _compiled(bound, (bound.expr,), (), self.dtype, options)
        return compiled.kernel(self.inputs)

    def evaluate(self, expr: Expr) -> Any:
        """Evaluate an expression of the operands."""
        return self.compiled(expr)(*self.inputs)

    def require_derivative(self, position: int) -> None:
        """Refuse an operand whose dtype has no derivative.

        Raises
        ------
        DtypeError
            If the operand is an integer or boolean array.
        """
        dtype = numpy_dtype(self.arrays[position], f"operand {position}")
        if dtype.kind not in "fc":
            name = shorten(self.operation.names[position])
            raise DtypeError(
                f"operand {position} ({name}) has dtype {dtype}, "
                "which has no derivative. Convert it to floats, or leave it out with wrt=."
            )


def apply_einsum(
    equation: Equation, operands: Sequence[Any], names: Sequence[str] | None = None
) -> AppliedEinsum:
    """Bind an equation to arrays."""
    whats = [f"operand {place}" for place in range(len(operands))]
    given = one_namespace(operands, whats)
    arrays = tuple(as_input(value, what) for value, what in zip(given, whats, strict=True))
    shapes = tuple(known_shape(array, what) for array, what in zip(arrays, whats, strict=True))
    bound = _bound(equation, operand_names(equation, names), shapes)
    first: dict[str, int] = {}
    for place, name in enumerate(bound.names):
        earlier = first.setdefault(name, place)
        if arrays[earlier] is not arrays[place] and not _same(arrays[earlier], arrays[place]):
            raise ShapeError(
                f"operands {earlier} and {place} are both named {clip(name)} but differ. "
                "Give different arrays different names."
            )
    return AppliedEinsum(bound, arrays)


def _same(one: Array, other: Array) -> bool:
    """Tell whether two arrays are equal; those of other libraries only if they are one array."""
    is_foreign = common_namespace([one, other]) is not None
    return not is_foreign and one.shape == other.shape and np.array_equal(one, other)


def are_arrays(operands: Sequence[Any]) -> bool:
    """Tell whether all operands are arrays, and none of a subclass of numpy's."""
    return all(
        type(operand) is np.ndarray or namespace_of(operand) is not None for operand in operands
    )


def einsum_of_arrays(equation: Equation, operands: Sequence[Any]) -> Any:
    """Evaluate an einsum of arrays."""
    return einsum_and_function(equation, operands)[0]


def einsum_and_function(
    equation: Equation, operands: Sequence[Any]
) -> tuple[Any, Callable[..., Any]]:
    """Evaluate an einsum of arrays; also return the function for arrays like these."""
    applied = apply_einsum(equation, operands)
    function = applied.kernel().function
    return function(*applied.inputs), function


def value_shape(bound: Operation) -> tuple[int, ...]:
    """Return the sizes of a bound operation's output."""
    sizes = dict(bound.sizes)
    return tuple(sizes[label] for label in bound.equation.subscripts.output)


def vjp_of_arrays(
    equation: Equation,
    operands: Sequence[Any],
    wrt: Sequence[Wrt] | None,
    names: Sequence[str] | None,
) -> tuple[Any, Pullback]:
    """Evaluate an einsum and prepare its transposed Jacobian."""
    applied = apply_einsum(equation, operands, names)
    chosen = tuple(range(len(applied.arrays))) if wrt is None else as_sequence(wrt, "wrt")
    if not chosen:
        raise ArgumentError("wrt is empty. Give the number or the name of an operand.")
    for one in chosen:
        for position in applied.operation.positions(one):
            applied.require_derivative(position)
    bound = applied.operation
    exprs, cotangents = _adjoints(bound, chosen)
    value = applied.kernel().function
    compiled = applied.compiled(*exprs, more=cotangents, single=False)
    read = variables_in(*exprs)
    needed = tuple(symbol in read for symbol in dict.fromkeys(bound.variables))
    copies = copies_of(needed, copying(common_namespace(applied.arrays)))
    plan = Plan(value, compiled, copies, value_shape(bound), applied.dtype)
    return plan(applied.inputs)


@lru_cache(maxsize=4096)
def _adjoints(
    bound: Operation, wrt: tuple[Wrt, ...]
) -> tuple[tuple[Expr, ...], tuple[Variable, ...]]:
    """Return the adjoints in some operands, and the cotangent that they share."""
    if has_many(bound):
        exprs, cotangent = adjoints_of_many(bound, [bound.positions(one) for one in wrt])
        return exprs, (cotangent,)
    found = [adjoint_of_einsum(bound, one) for one in wrt]
    cotangents = [one.cotangent for one in found if one.cotangent is not None]
    return tuple(one.expr for one in found), tuple(dict.fromkeys(cotangents))


def jvp_of_arrays(
    equation: Equation, primals: Sequence[Any], tangents: Sequence[Any]
) -> tuple[Any, Any]:
    """Evaluate an einsum and its Jacobian times tangents; a tangent None stands for zeros."""
    applied = apply_einsum(equation, as_sequence(primals, "primals"))
    names = applied.operation.names
    tangents = as_sequence(tangents, "tangents")
    if len(tangents) != len(names):
        raise ShapeError(f"{len(names)} operands, but {len(tangents)} tangents. Give one for each.")
    node = applied.operation.expr
    more: dict[Variable, Any] = {}
    moved_places: dict[int, Variable] = {}
    for place, (name, tangent) in enumerate(zip(names, tangents, strict=True)):
        if tangent is None:
            continue
        applied.require_derivative(place)
        own, what = applied.arrays[place], f"tangent {place}"
        moved = as_input(beside(own, tangent, what), what)
        if tuple(moved.shape) != tuple(own.shape):
            raise ShapeError(
                f"{what} has shape {clip(tuple(moved.shape))}, its operand "
                f"{clip(tuple(own.shape))}. Give it the operand's shape."
            )
        fresh = fresh_name(f"d{name}", (*names, *(v.name for v in more)))
        symbol = variable(fresh, node.operands[place].shape, COMPLEX)
        more[symbol] = with_dtype(moved, own)
        moved_places[place] = symbol
    compiled = applied.compiled(
        *_value_and_tangent(applied.operation, moved_places), more=tuple(more), single=False
    )
    value, tangent = compiled(*applied.inputs, *more.values())
    return value, tangent


def _value_and_tangent(bound: Operation, tangents: Mapping[int, Variable]) -> tuple[Expr, ...]:
    """Return the value of an einsum, and its tangent given those of some operands."""
    node = bound.expr
    if has_many(bound):
        return tangent_of_many(bound, tangents)
    terms = [
        contract_deltas(tangent_operand(node, place, symbol)) for place, symbol in tangents.items()
    ]
    return node, add_terms(terms, node.shape)


def jacobian_of_arrays(
    equation: Equation, wrt: Wrt, operands: Sequence[Any], names: Sequence[str] | None
) -> Any:
    """Evaluate the Jacobian of an einsum in one operand, or in the array of a name."""
    applied = apply_einsum(equation, operands, names)
    for position in applied.operation.positions(wrt):
        applied.require_derivative(position)
    return applied.evaluate(jacobian_of_einsum(applied.operation, wrt).expr)
