"""Derivatives of a user's function of whole arrays: its pullback is run on expressions.

What it reads besides its arguments is read then. Its transpose in the cotangent is the map of
tangents, so that forward mode needs nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError, ShapeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.capture import capturing, traced_variable
from einsgrad.expressions.nodes import Called, Expr, Variable
from einsgrad.expressions.own_calls import OwnCall, held_array
from einsgrad.expressions.shaping import as_expr, broadcast
from einsgrad.expressions.walks import rebuild_all


def called_shares(node: Called, total: Expr) -> list[tuple[Expr, Expr]]:
    """Return the cotangent of each operand, as the user's pullback gives it.

    Raises
    ------
    ArgumentError
        If there is not one for each argument.
    ArgumentTypeError
        If one is none.
    ShapeError
        If one has not the shape of its argument.
    """
    call = node.call
    with capturing([total, node]) as capture:
        cotangents = call.function.cotangents(total, node, *call.arguments(node.operands))
        _require_one_for_each(cotangents, call)
        shares = [
            (operand, _as_cotangent(cotangents[place], operand, call, place))
            for place, operand in zip(call.places, node.operands, strict=True)
            if cotangents[place] is not None
        ]
    # An array that the pullback meets is one of its own.
    met: dict[Expr, Expr] = {
        symbol: as_called(array) for symbol, array in capture.originals().items()
    }
    exprs = rebuild_all([share for _, share in shares], lambda one: met.get(one, one))
    return list(zip([operand for operand, _ in shares], exprs, strict=True))


def as_called(array: Any) -> Called:
    """Return a node that stands for an array, in floats."""
    dtype = str(array.dtype.name) if array.dtype.kind in "fc" else "float64"
    return Called(held_array(array), (), tuple(array.shape), dtype)


def _require_one_for_each(cotangents: Sequence[Any], call: OwnCall) -> None:
    if len(cotangents) != call.count:
        raise ArgumentError(
            f"the pullback of {clip(call.function.name)} returns {len(cotangents)} cotangents for "
            f"{call.count} arguments. Return one for each, and None where it is zero."
        )


def _as_cotangent(given: Any, operand: Expr, call: OwnCall, place: int) -> Expr:
    if not isinstance(given, Node | int | float | complex) and not hasattr(given, "dtype"):
        raise ArgumentTypeError(
            f"the pullback of {clip(call.function.name)} returns {clip(given)} for argument "
            f"{place}. Return an array, or None where it is zero."
        )
    expr = as_expr(given)
    if expr.shape == ():
        return broadcast(expr, operand.shape)
    if expr.shape != operand.shape:
        raise ShapeError(
            f"the pullback of {clip(call.function.name)} returns shape {clip(expr.shape)} for "
            f"argument {place}, which has shape {clip(operand.shape)}. Return that shape."
        )
    return expr


def fresh_like(node: Expr, role: str) -> Variable:
    """Return a variable for the cotangent or tangent of a node, which no trace and no user has."""
    return traced_variable(f"{role} of {node.key[3]}", node.shape, node.is_complex)
