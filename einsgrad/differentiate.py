"""Derivatives: pullback and pushforward with one arm per node, the rest as compositions.

Both carry extra axes, so that a Jacobian is the pushforward of an identity and needs no
rule of its own: a tangent has the node's axes, then the extra ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

from einsgrad.construct import add, identity, zeros
from einsgrad.errors import ShapeError, clip
from einsgrad.expr import Add, Constant, Delta, Einsum, Expr, Shape, Variable
from einsgrad.graph import topological
from einsgrad.simplify import contract_deltas
from einsgrad.subscripts import Subscripts, fresh_numbers


def adjoint_operand(node: Einsum, position: int, cotangent: Expr) -> Einsum:
    """Return the adjoint of a normal einsum in one operand: exchange its list and the output.

    The cotangent takes the operand's place; the other operands stay where they are.

    Examples
    --------
    >>> from einsgrad.construct import einsum
    >>> A, x, g = Variable("A", ("m", "n")), Variable("x", ("n",)), Variable("g", ("m",))
    >>> y = einsum(Subscripts(((0, 1), (1,)), (0,)), (A, x))
    >>> adjoint_operand(y, 0, g).shape
    ('m', 'n')
    """
    operands = list(node.operands)
    operands[position] = cotangent
    return Einsum(node.subscripts.exchange(position).numbered(), tuple(operands))


def tangent_operand(node: Einsum, position: int, tangent: Expr) -> Einsum:
    """Replace one operand by its tangent, whose extra axes go to the end of the output."""
    fresh = fresh_numbers(node.subscripts.labels)
    rank = len(node.subscripts.inputs[position])
    extra = tuple(next(fresh) for _ in tangent.shape[rank:])
    inputs = list(node.subscripts.inputs)
    inputs[position] += extra
    operands = list(node.operands)
    operands[position] = tangent
    subscripts = Subscripts(tuple(inputs), node.subscripts.output + extra)
    return Einsum(subscripts.numbered(), tuple(operands))


def pullback(expr: Expr, cotangent: Expr, wrt: Sequence[Expr]) -> tuple[Expr, ...]:
    """Return the cotangent of each node in `wrt`: the transposed Jacobian times `cotangent`.

    The transpose is plain, without conjugation. The work is shared between the nodes.

    Raises
    ------
    ShapeError
        If the cotangent's shape is not the expression's.
    """
    if cotangent.shape != expr.shape:
        raise ShapeError(f"the cotangent {clip(cotangent)} must have the shape of {clip(expr)}.")
    received: dict[Expr, list[Expr]] = {expr: [cotangent]}
    for node in reversed(topological(expr)):
        if node not in received:
            continue
        total = add(received[node], node.shape)
        received[node] = [total]
        match node:
            case Variable() | Constant() | Delta():
                pass
            case Einsum(operands=operands):
                for position, operand in enumerate(operands):
                    if not isinstance(operand, Constant | Delta):
                        share = contract_deltas(adjoint_operand(node, position, total))
                        received.setdefault(operand, []).append(share)
            case Add(terms=terms):
                for term in terms:
                    received.setdefault(term, []).append(total)
            case _ as unreachable:
                assert_never(unreachable)
    return tuple(add(received.get(node, []), node.shape) for node in wrt)


def pushforward(expr: Expr, tangents: Mapping[Expr, Expr], extra: Shape = ()) -> Expr:
    """Return the tangent of an expression: its Jacobian times the nodes' tangents.

    Parameters
    ----------
    expr
        The expression.
    tangents
        Nodes and their tangents, each of the node's shape followed by `extra`.
    extra
        Dims of axes that all tangents carry behind their own.

    Raises
    ------
    ShapeError
        If a tangent's shape is wrong.
    """
    for node, tangent in tangents.items():
        if tangent.shape != node.shape + extra:
            raise ShapeError(
                f"the tangent {clip(tangent)} must have the shape of {clip(node)}, "
                "followed by the extra axes."
            )
    moved: dict[Expr, Expr] = dict(tangents)
    for node in topological(expr):
        if node in moved:
            continue
        match node:
            case Variable() | Constant() | Delta():
                terms: list[Expr] = []
            case Einsum(operands=operands):
                terms = [
                    contract_deltas(tangent_operand(node, position, moved[operand]))
                    for position, operand in enumerate(operands)
                    if operand in moved
                ]
            case Add(terms=summands):
                terms = [moved[term] for term in summands if term in moved]
            case _ as unreachable:
                assert_never(unreachable)
        if terms:
            moved[node] = add(terms, node.shape + extra)
    return moved.get(expr, zeros(expr.shape + extra))


def jacobian(expr: Expr, wrt: Expr) -> Expr:
    """Return the Jacobian: the expression's axes, then those of the node `wrt`.

    Examples
    --------
    >>> A = Variable("A", ("m", "n"))
    >>> jacobian(A, A).shape
    ('m', 'n', 'm', 'n')
    """
    return pushforward(expr, {wrt: identity(wrt.shape)}, wrt.shape)
