"""Einsum and its derivatives on arrays: shapes are bound, expressions made once and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from einsgrad import derivative
from einsgrad.construct import add, variable
from einsgrad.contraction import Array
from einsgrad.derivative import Derivative
from einsgrad.differentiate import tangent_operand
from einsgrad.equation import Equation
from einsgrad.errors import DtypeError, ShapeError, as_sequence, clip, shorten
from einsgrad.evaluation import as_array, evaluate
from einsgrad.expr import COMPLEX, Expr
from einsgrad.operation import Operation, fresh_name, operand_names, operation
from einsgrad.products import contract_deltas

Wrt = int | str


@lru_cache(maxsize=1024)
def _bound(
    equation: Equation, names: tuple[str, ...], shapes: tuple[tuple[int, ...], ...]
) -> Operation:
    return operation(equation, names, shapes=shapes)


@lru_cache(maxsize=4096)
def _adjoint(bound: Operation, wrt: Wrt) -> Derivative:
    return derivative.adjoint(bound, wrt)


@dataclass(frozen=True, eq=False)
class Application:
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
        return np.result_type(*self.arrays)

    @property
    def by_name(self) -> dict[str, Array]:
        """The operands by name; those of one name are one array."""
        return dict(zip(self.operation.names, self.arrays, strict=True))

    def evaluate(self, expr: Expr, more: dict[str, Array] | None = None) -> Any:
        """Evaluate an expression of the operands, and of more arrays."""
        arrays = {**self.by_name, **(more or {})}
        return evaluate(expr, arrays, self.operation.dim_sizes, self.dtype)

    def require_derivative(self, position: int) -> None:
        """Refuse an operand whose dtype has no derivative.

        Raises
        ------
        DtypeError
            If the operand is an integer or boolean array.
        """
        array = self.arrays[position]
        if array.dtype.kind not in "fc":
            name = shorten(self.operation.names[position])
            raise DtypeError(
                f"operand {position} ({name}) has dtype {array.dtype}, "
                "which has no derivative. Convert it to floats, or leave it out with wrt=."
            )


def apply(
    equation: Equation, operands: Sequence[Any], names: Sequence[str] | None = None
) -> Application:
    """Bind an equation to arrays."""
    arrays = tuple(as_array(value, f"operand {place}") for place, value in enumerate(operands))
    shapes = tuple(array.shape for array in arrays)
    bound = _bound(equation, operand_names(equation, names), shapes)
    first: dict[str, int] = {}
    for place, name in enumerate(bound.names):
        earlier = first.setdefault(name, place)
        if arrays[earlier] is not arrays[place] and not _same(arrays[earlier], arrays[place]):
            raise ShapeError(
                f"operands {earlier} and {place} are both named {clip(name)} but differ. "
                "Give different arrays different names."
            )
    return Application(bound, arrays)


def _same(one: Array, other: Array) -> bool:
    return one.shape == other.shape and np.array_equal(one, other)


def einsum(equation: Equation, operands: Sequence[Any]) -> Any:
    """Evaluate an einsum of arrays."""
    applied = apply(equation, operands)
    return applied.evaluate(applied.operation.expr)


@dataclass(frozen=True, eq=False)
class Pullback:
    """The transposed Jacobian of an einsum at given operands, as a function of the cotangent.

    Parameters
    ----------
    application
        The einsum and its arrays.
    wrt
        The operands, by number or name, whose cotangents are returned.
    """

    application: Application
    wrt: tuple[Wrt, ...]

    def __call__(self, cotangent: Any) -> tuple[Any, ...]:
        """Return a cotangent for each operand, of the operand's shape.

        Raises
        ------
        ShapeError
            If the cotangent's shape is not that of the value.
        """
        applied = self.application
        g = as_array(cotangent, "the cotangent")
        if isinstance(cotangent, int | float | complex):
            # A plain number does not widen single precision.
            g = g.astype(np.result_type(cotangent, applied.dtype))
        shape = value_shape(applied.operation)
        if g.shape != shape:
            raise ShapeError(
                f"the cotangent has shape {clip(g.shape)}, the value {clip(shape)}. "
                "Give it the value's shape."
            )
        # A cotangent of integers is one of numbers: the operands' dtype takes part.
        g = g.astype(np.result_type(g, applied.dtype), copy=False)
        return tuple(self._cotangent(wrt, g) for wrt in self.wrt)

    def _cotangent(self, wrt: Wrt, g: Array) -> Any:
        adjoint = _adjoint(self.application.operation, wrt)
        assert adjoint.cotangent is not None
        return self.application.evaluate(adjoint.expr, {adjoint.cotangent.name: g})


def value_shape(bound: Operation) -> tuple[int, ...]:
    """Return the sizes of a bound operation's output."""
    sizes = dict(bound.sizes)
    return tuple(sizes[label] for label in bound.equation.subscripts.output)


def vjp(
    equation: Equation,
    operands: Sequence[Any],
    wrt: Sequence[Wrt] | None,
    names: Sequence[str] | None,
) -> tuple[Any, Pullback]:
    """Evaluate an einsum and prepare its transposed Jacobian."""
    applied = apply(equation, operands, names)
    chosen = tuple(range(len(applied.arrays))) if wrt is None else as_sequence(wrt, "wrt")
    for one in chosen:
        for position in applied.operation.positions(one):
            applied.require_derivative(position)
    return applied.evaluate(applied.operation.expr), Pullback(applied, chosen)


def jvp(equation: Equation, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Evaluate an einsum and its Jacobian times tangents; a tangent None stands for zeros."""
    applied = apply(equation, as_sequence(primals, "primals"))
    names = applied.operation.names
    tangents = as_sequence(tangents, "tangents")
    if len(tangents) != len(names):
        raise ShapeError(f"{len(names)} operands, but {len(tangents)} tangents. Give one for each.")
    node = applied.operation.expr
    more: dict[str, Array] = {}
    terms: list[Expr] = []
    for place, (name, tangent) in enumerate(zip(names, tangents, strict=True)):
        if tangent is None:
            continue
        applied.require_derivative(place)
        moved = as_array(tangent, f"tangent {place}")
        if moved.shape != applied.arrays[place].shape:
            raise ShapeError(
                f"tangent {place} has shape {clip(moved.shape)}, its operand "
                f"{clip(applied.arrays[place].shape)}. Give it the operand's shape."
            )
        fresh = fresh_name(f"d{name}", (*names, *more))
        more[fresh] = moved.astype(np.result_type(moved, applied.arrays[place]), copy=False)
        symbol = variable(fresh, node.operands[place].shape, COMPLEX)
        terms.append(contract_deltas(tangent_operand(node, place, symbol)))
    value = applied.evaluate(node)
    return value, applied.evaluate(add(terms, node.shape), more)


def jacobian(
    equation: Equation, wrt: Wrt, operands: Sequence[Any], names: Sequence[str] | None
) -> Any:
    """Evaluate the Jacobian of an einsum in one operand, or in the array of a name."""
    applied = apply(equation, operands, names)
    for position in applied.operation.positions(wrt):
        applied.require_derivative(position)
    return applied.evaluate(derivative.jacobian(applied.operation, wrt).expr)
