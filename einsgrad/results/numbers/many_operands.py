"""Derivatives of an einsum of many operands: through products of two, whose parts are shared.

An adjoint as one product holds all other operands, so that those of k operands together
would be k² factors long, and an order of contraction would be looked for in each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from einsgrad.calculus.bracketing import paired
from einsgrad.calculus.rules import pullback, pushforward
from einsgrad.expressions.construct import add_terms, variable
from einsgrad.expressions.named import Operation
from einsgrad.expressions.nodes import COMPLEX, Einsum, Expr, Variable
from einsgrad.expressions.walks import rebuild_all
from einsgrad.simplification.flattening import MOST_FACTORS
from einsgrad.strings.letters import fresh_name


def has_many(operation: Operation) -> bool:
    """Tell whether an einsum has more operands than are written as one product."""
    return len(operation.names) > MOST_FACTORS


def adjoints_of_many(
    operation: Operation, groups: Sequence[Sequence[int]]
) -> tuple[tuple[Expr, ...], Variable]:
    """Return the adjoint for each group of positions, and the cotangent that all share.

    Examples
    --------
    >>> from einsgrad.strings.parsing import parse_einsum
    >>> from einsgrad.expressions.named import operation
    >>> chain = operation(parse_einsum(",".join(["i"] * 9) + "->i"))
    >>> adjoints, g = adjoints_of_many(chain, [[0], [8]])
    >>> [one.shape for one in adjoints], g.shape
    ([('i',), ('i',)], ('i',))
    """
    places, whole = _apart(operation)
    cotangent = variable(fresh_name("g", operation.names), whole.shape, COMPLEX)
    wanted = [places[position] for group in groups for position in group]
    shares = dict(zip(wanted, pullback(whole, cotangent, wanted), strict=True))
    sums = [
        add_terms([shares[places[position]] for position in group], places[group[0]].shape)
        for group in groups
    ]
    return _joined(operation, places, sums), cotangent


def tangent_of_many(operation: Operation, tangents: Mapping[int, Variable]) -> tuple[Expr, ...]:
    """Return the value of an einsum, and its tangent given those of some positions."""
    places, whole = _apart(operation)
    moved: dict[Expr, Expr] = {places[position]: one for position, one in tangents.items()}
    return _joined(operation, places, [whole, pushforward(whole, moved)])


def _apart(operation: Operation) -> tuple[tuple[Variable, ...], Expr]:
    """Return a variable for each position, and the einsum of these as products of two."""
    node = operation.expr
    count = len(operation.names)
    places = tuple(
        variable(f"operand{place}", operand.shape, COMPLEX)
        for place, operand in enumerate(operation.variables)
    )
    return places, paired(
        Einsum(node.subscripts, (*places, *node.operands[count:])), operation.dim_sizes
    )


def _joined(
    operation: Operation, places: Sequence[Variable], exprs: Sequence[Expr]
) -> tuple[Expr, ...]:
    """Put the operands in the places; those of one name are one again."""
    operands: dict[Expr, Expr] = dict(zip(places, operation.variables, strict=True))
    return tuple(rebuild_all(exprs, lambda node: operands.get(node, node)))
