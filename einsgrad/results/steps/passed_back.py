"""What a node passes back to its operands: its cotangent, through the rule of each place."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from einsgrad.calculus.rules import adjoint_operand, shares_of
from einsgrad.expressions.construct import variable
from einsgrad.expressions.nodes import Einsum, Expr
from einsgrad.expressions.products import contract_deltas
from einsgrad.strings.subscripts import Subscripts, fresh_numbers


@dataclass(frozen=True, slots=True)
class PassedBack:
    """What one operand receives from one place, before and after deltas are contracted."""

    operand: Expr
    spelled: Expr
    contracted: Expr


def passed_back(
    node: Expr, cotangent: Expr, wanted: Collection[Expr], delta: str
) -> Iterator[PassedBack]:
    """Yield what each place of a node passes on of its cotangent.

    Parameters
    ----------
    node
        The node.
    cotangent
        Its cotangent.
    wanted
        The operands whose shares are asked for.
    delta
        The name that the deltas of a product are given, so that nothing contracts them.
    """
    if not isinstance(node, Einsum):
        for operand, share in shares_of(node, cotangent, set(wanted)):
            yield PassedBack(operand, share, share)
        return
    for position, operand in enumerate(node.operands):
        if operand in wanted:
            spelled = spelled_adjoint(node, position, cotangent, delta)
            contracted = contract_deltas(adjoint_operand(node, position, cotangent))
            yield PassedBack(operand, spelled, contracted)


def spelled_adjoint(node: Einsum, position: int, cotangent: Expr, delta: str) -> Einsum:
    """Return an adjoint with its deltas: one for each axis of the operand, not contracted.

    The deltas are variables of the given name, so that nothing contracts them.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x, g = eg.variables("A[m,n] x[n] g[m]")
    >>> print(eg.show(spelled_adjoint(A @ x, 0, g, "δ"), "index"))
    D_mn = g_i δ_im δ_jn x_j
    """
    subscripts = node.subscripts
    taken = subscripts.inputs[position]
    fresh = fresh_numbers(subscripts.labels)
    free = tuple(next(fresh) for _ in taken)
    lists = [subscripts.output, *zip(taken, free, strict=True)]
    operands = [cotangent, *(variable(delta, (dim, dim)) for dim in node.operands[position].shape)]
    for k, (indices, operand) in enumerate(zip(subscripts.inputs, node.operands, strict=True)):
        if k != position:
            lists.append(indices)
            operands.append(operand)
    return Einsum(Subscripts(tuple(lists), free).numbered(), tuple(operands))
