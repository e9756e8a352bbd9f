"""What the row of a function says of its derivative, as expressions at a node that applies it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from einsgrad.errors import ArgumentError, DtypeError, clip
from einsgrad.expressions.nodes import Expr, Map, MatrixMap, Reduce
from einsgrad.expressions.shaping import as_expr, broadcast, unreduce
from einsgrad.expressions.tables.rows import Row
from einsgrad.expressions.vocabulary.words import SYMBOLIC


def map_slope(node: Map, position: int) -> Expr | None:
    """Return the derivative of an elementwise function in one argument; None for zero."""
    partial = node.function.partials[position]
    if partial is None:
        return None
    _refuse_complex(node.function, node.operands[position])
    return as_expr(partial(SYMBOLIC, *node.operands, node))


def _refuse_complex(row: Row, operand: Expr) -> None:
    """Refuse a complex derivative of what is not known to have one.

    Raises
    ------
    DtypeError
        If the row does not say that the function is complex differentiable.
    """
    if operand.is_complex and not row.analytic:
        raise DtypeError(
            f"{row.name} is not known to be complex differentiable, so it has no derivative in "
            f"{clip(operand)}. Use real variables for the real and imaginary parts."
        )


def _known(derivative: Callable[..., Any] | None, row: Row) -> Callable[..., Any]:
    if derivative is None:
        raise ArgumentError(f"the derivative of {row.name} is not known. Its row lacks it.")
    return derivative


def local_slope(node: Reduce) -> Expr:
    """Return the derivative of a reduction in each entry of its operand."""
    _refuse_complex(node.function, node.operand)
    partial = _known(node.function.partial, node.function)
    value = unreduce(node, node.operand.shape, node.axes)
    slope = as_expr(partial(SYMBOLIC, node.operand, value, node.axes))
    return broadcast(slope, node.operand.shape)


def matrix_differential(node: MatrixMap, tangent: Expr) -> Expr:
    """Return the differential of a matrix function, given the operand's."""
    _refuse_complex(node.function, node.operand)
    differential = _known(node.function.differential, node.function)
    return as_expr(differential(SYMBOLIC, node.operand, node, tangent))


def matrix_adjoint(node: MatrixMap, cotangent: Expr) -> Expr | None:
    """Return the cotangent of a matrix function's operand, if the row says it; None if not."""
    adjoint = node.function.adjoint
    if adjoint is None:
        return None
    _refuse_complex(node.function, node.operand)
    return as_expr(adjoint(SYMBOLIC, node.operand, node, cotangent))
