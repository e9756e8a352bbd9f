"""Checking einsums of arrays: their own adjoints, and adjoints that a user claims."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.random_arrays import random_like, random_operands, sized_for
from einsgrad.errors import ArgumentError, as_sequence, shorten
from einsgrad.expressions.label_ranges import sized_as
from einsgrad.expressions.named import operation
from einsgrad.results.formulas.of_einsums import adjoint_of_einsum
from einsgrad.results.numbers.of_einsums import (
    AppliedEinsum,
    apply_einsum,
    einsum_of_arrays,
    value_shape,
)
from einsgrad.strings.calls import as_equation
from einsgrad.strings.equation import Equation
from einsgrad.testing.comparison import Comparison, GradientReport, Setting, compare, merged
from einsgrad.testing.expression_checks import check_expr, difference_method, loss_in

ClaimedAdjoint: TypeAlias = "str | Callable[..., Any]"


def check_einsum(
    equation: Equation,
    operands: Sequence[Any],
    names: Sequence[str] | None,
    order: int,
    setting: Setting,
    wrt: Sequence[int | str] | None = None,
) -> GradientReport:
    """Check the derivatives of an einsum in its operands, or in some only.

    Parameters
    ----------
    equation, operands, names
        The einsum, its arrays, or none for random ones, and their names.
    order
        1 for the adjoints, 2 for the adjoints of the adjoints as well.
    setting
        How to compare.
    wrt
        The operands, by number or name; by default all.
    """
    applied = _applied(equation, operands, names, setting)
    if wrt is None:
        return _check_operation(applied, None, order, setting)
    return merged([_check_one(applied, one, order, setting) for one in as_sequence(wrt, "wrt")])


def check_claims(
    equation: Equation,
    operands: Sequence[Any],
    names: Sequence[str] | None,
    claims: Mapping[int, ClaimedAdjoint],
    setting: Setting,
) -> GradientReport:
    """Check adjoints that are claimed for operands, by their numbers."""
    applied = _applied(equation, operands, names, setting)
    return merged(
        [_check_claim(applied, position, claim, setting) for position, claim in claims.items()]
    )


def _applied(
    equation: Equation,
    operands: Sequence[Any],
    names: Sequence[str] | None,
    setting: Setting,
) -> AppliedEinsum:
    if operands:
        return apply_einsum(equation, operands, names)
    arrays = random_operands(equation, setting.seed, names=names)
    return apply_einsum(sized_for(equation, arrays), arrays, names)


def _check_one(
    applied: AppliedEinsum, wrt: int | str, order: int, setting: Setting
) -> GradientReport:
    """Check the derivative in one occurrence of an operand, or in the array of a name."""
    positions = applied.operation.positions(wrt)
    for position in positions:
        applied.require_derivative(position)
    if isinstance(wrt, int):
        applied = apply_einsum(applied.operation.equation, applied.arrays)
    return _check_operation(applied, positions[0], order, setting)


def _check_operation(
    applied: AppliedEinsum, position: int | None, order: int, setting: Setting
) -> GradientReport:
    bound = applied.operation
    only = None if position is None else [bound.variables[position]]
    return check_expr(bound.expr, applied.by_name, order, setting, bound.dim_sizes, only)


def _check_claim(
    applied: AppliedEinsum, position: int, claim: ClaimedAdjoint, setting: Setting
) -> GradientReport:
    bound = applied.operation
    (position,) = bound.positions(position)
    applied.require_derivative(position)
    separate = operation(bound.equation, shapes=bound.shapes)
    arrays = dict(zip(separate.names, applied.arrays, strict=True))
    adjoint = adjoint_of_einsum(separate, position)
    assert adjoint.cotangent is not None
    g = random_like(value_shape(bound), applied.dtype, setting.seed)
    absolute = {name: np.abs(array) for name, array in arrays.items()}
    magnitude = adjoint.evaluate({**absolute, adjoint.cotangent.name: np.abs(g)})
    comparison = Comparison(
        f"operand {position} ({shorten(bound.names[position])})",
        loss_in(separate.expr, arrays, separate.variables[position], g, separate.dim_sizes),
        applied.arrays[position],
        np.asarray(_claimed(claim, applied, position, g)),
        np.asarray(magnitude),
        difference_method(separate.expr, arrays.values()),
    )
    return compare(comparison, setting)


def _claimed(claim: ClaimedAdjoint, applied: AppliedEinsum, position: int, g: Array) -> Any:
    if not isinstance(claim, str):
        return claim(g, *applied.arrays)
    equation = sized_as(as_equation(claim), applied.arrays[position].shape)
    count = len(equation.subscripts.inputs)
    if count != len(applied.arrays):
        raise ArgumentError(
            f"the claim for operand {position} takes {count} operands, the einsum has "
            f"{len(applied.arrays)}. Write one list for each operand, the cotangent in "
            f"operand {position}'s place."
        )
    operands = list(applied.arrays)
    operands[position] = g
    return einsum_of_arrays(equation, operands)
