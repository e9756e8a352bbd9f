"""Derivatives: pullback and pushforward, with one rule each for every kind of node.

The backward rules are the arms of `shares_of`, the forward ones those of `_tangents`.

A rule may assume that the node is as `construct` builds it, an einsum normal, and that what
comes in fits: a cotangent has the node's shape; a tangent has the operand's, then the extra
axes that all tangents carry. So a Jacobian is the pushforward of an identity and needs no
rule of its own. Nothing need be simple.

It gives back, for each operand that is needed, the transposed Jacobian times the cotangent,
in the operand's shape; or the Jacobian times the tangent, in the node's shape and the extra
axes. An operand that stands twice has two shares, which the walk adds up; a derivative that
is zero has none. Nothing is conjugated: a gradient is, in `derivatives`, which also projects
onto what is declared of a variable, by `within`, and simplifies.

What it gives is exact and linear in what came in, and made of nodes, so that it can be
derived again. It is written over the node itself where that has the value, as for `exp`. It
is finite wherever the derivative is: it selects, and never multiplies by a zero that meets
an infinity.

A new function is a row of a table and needs no rule here. A new kind of node needs an arm in
both functions; type checking fails until it has them. `tests/test_expressions.py` compares
all rules with differences and forward with backward, `tests/test_rows.py` every row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import assert_never

from einsgrad.calculus.called import called_shares, fresh_like
from einsgrad.calculus.mapped import map_share, map_tangent
from einsgrad.calculus.selections import holds_selection, selecting
from einsgrad.calculus.slopes import local_slope, matrix_adjoint, matrix_differential
from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expressions.construct import add_terms, build_einsum, identity, zeros
from einsgrad.expressions.dims import Shape
from einsgrad.expressions.nodes import (
    Add,
    Called,
    Einsum,
    Endpoint,
    Expr,
    Map,
    MatrixMap,
    Reduce,
    Variable,
)
from einsgrad.expressions.products import contract_deltas
from einsgrad.expressions.shaping import permute
from einsgrad.expressions.vocabulary.words import real
from einsgrad.expressions.walks import children, substitute, topological
from einsgrad.strings.subscripts import Subscripts, fresh_numbers


def adjoint_operand(node: Einsum, position: int, cotangent: Expr) -> Einsum:
    """Return the adjoint of a normal einsum in one operand: exchange its list and the output.

    The cotangent takes the operand's place; the other operands stay where they are.

    Examples
    --------
    >>> from einsgrad.expressions.construct import build_einsum
    >>> from einsgrad.expressions.nodes import Variable
    >>> A, x, g = Variable("A", ("m", "n")), Variable("x", ("n",)), Variable("g", ("m",))
    >>> y = build_einsum(Subscripts(((0, 1), (1,)), (0,)), (A, x))
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
    needed = depending(expr, wrt)
    received: dict[Expr, list[Expr]] = {expr: [cotangent]}
    for node in reversed(topological(expr)):
        if node not in received:
            continue
        total = add_terms(received[node], node.shape)
        # A real node moves along the real line only.
        if total.is_complex and not node.is_complex:
            total = real(total)
        received[node] = [total]
        for operand, share in shares_of(node, total, needed):
            received.setdefault(operand, []).append(share)
    return tuple(add_terms(received.get(node, []), node.shape) for node in wrt)


def depending(expr: Expr, wrt: Iterable[Expr]) -> set[Expr]:
    """Return the nodes under an expression that depend on one of some nodes."""
    found = set(wrt)
    for node in topological(expr):
        if any(child in found for child in children(node)):
            found.add(node)
    return found


def shares_of(node: Expr, total: Expr, needed: set[Expr]) -> Iterator[tuple[Expr, Expr]]:
    """Yield, for each operand of a node that is needed, its share of the cotangent."""
    selects = holds_selection(total)
    if isinstance(node, Endpoint):
        return
    match node:
        case Einsum(operands=operands):
            for position, operand in enumerate(operands):
                if operand in needed:
                    adjoint = contract_deltas(adjoint_operand(node, position, total))
                    yield operand, selecting(adjoint) if selects else adjoint
        case Add(terms=terms):
            for term in terms:
                if term in needed:
                    yield term, total
        case Map(operands=operands):
            for position, operand in enumerate(operands):
                if operand in needed:
                    share = map_share(node, position, total)
                    if share is not None:
                        yield operand, share
        case Reduce(operand=operand):
            slope = local_slope(node)
            full = tuple(range(len(operand.shape)))
            kept = tuple(axis for axis in full if axis not in node.axes)
            yield operand, Einsum(Subscripts((kept, full), full).numbered(), (total, slope))
        case MatrixMap(operand=operand):
            yield operand, _matrix_share(node, total)
        case Called():
            yield from [pair for pair in called_shares(node, total) if pair[0] in needed]
        case _ as unreachable:
            assert_never(unreachable)


def _matrix_share(node: MatrixMap, total: Expr) -> Expr:
    given = matrix_adjoint(node, total)
    if given is not None:
        return given
    tangent = fresh_like(node.operand, "tangent")
    share = pullback(matrix_differential(node, tangent), total, [tangent])[0]
    return _at_zero(share, tangent, (total, node, node.operand))


def _at_zero(expr: Expr, tangent: Variable, before: tuple[Expr, ...]) -> Expr:
    """Put zeros for the tangent of a linear map where its derivative still has it.

    That does not depend on where it is taken; terms that cancel, or have the factor 0, may.
    """
    made = topological(expr, below=lambda one: () if one in before else children(one))
    if tangent not in made:
        return expr
    return substitute(expr, {tangent: zeros(tangent.shape)})


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
    ArgumentError
        If a Jacobian is asked for in a complex node that is conjugated.
    """
    for node, tangent in tangents.items():
        if tangent.shape != node.shape + extra:
            raise ShapeError(
                f"the tangent {clip(tangent)} must have the shape of {clip(node)}, "
                "followed by the extra axes."
            )
    moved: dict[Expr, Expr] = dict(tangents)
    # Along real directions the real and the imaginary part have slopes; a complex entry
    # has no single one.
    refused = bool(extra) and any(node.is_complex for node in tangents)
    for node in topological(expr):
        if node not in moved:
            if refused and isinstance(node, Map):
                _refuse_conjugation(node, moved)
            terms = list(_tangents(node, moved, len(extra)))
            if terms:
                moved[node] = add_terms(terms, node.shape + extra)
    return moved.get(expr, zeros(expr.shape + extra))


def _tangents(node: Expr, moved: Mapping[Expr, Expr], extra: int) -> Iterator[Expr]:
    """Yield the share of each operand's tangent in a node's."""
    if isinstance(node, Endpoint):
        return
    match node:
        case Einsum(operands=operands):
            for position, operand in enumerate(operands):
                if operand in moved:
                    tangent = moved[operand]
                    share = contract_deltas(tangent_operand(node, position, tangent))
                    yield selecting(share) if holds_selection(tangent) else share
        case Add(terms=terms):
            yield from (moved[term] for term in terms if term in moved)
        case Map(operands=operands):
            for position, operand in enumerate(operands):
                if operand in moved:
                    yield from map_tangent(node, position, moved[operand], extra)
        case Reduce(operand=operand) if operand in moved:
            full = tuple(range(len(operand.shape) + extra))
            kept = tuple(axis for axis in full if axis not in node.axes)
            lists = (full[: len(operand.shape)], full)
            yield Einsum(Subscripts(lists, kept).numbered(), (local_slope(node), moved[operand]))
        case MatrixMap(operand=operand) if operand in moved:
            yield _matrix_tangent(node, moved[operand], extra)
        case Called(operands=operands) if any(operand in moved for operand in operands):
            yield from _called_tangents(node, moved, extra)
        case Reduce() | MatrixMap() | Called():
            return
        case _ as unreachable:
            assert_never(unreachable)


def _matrix_tangent(node: MatrixMap, tangent: Expr, extra: int) -> Expr:
    rank = len(node.operand.shape)
    if not extra or node.function.adjoint is not None:
        # The differential takes leading axes along, and may be no sum of products.
        front = permute(tangent, (*range(rank, rank + extra), *range(rank)))
        found = matrix_differential(node, front)
        size = len(node.shape)
        return permute(found, (*range(extra, extra + size), *range(extra)))
    fresh = fresh_like(node.operand, "tangent")
    dims = tangent.shape[len(tangent.shape) - extra :]
    found = pushforward(matrix_differential(node, fresh), {fresh: tangent}, dims)
    return _at_zero(found, fresh, (tangent, node, node.operand))


def _called_tangents(node: Called, moved: Mapping[Expr, Expr], extra: int) -> Iterator[Expr]:
    """Yield the transposed pullback of each operand's tangent."""
    cotangent = fresh_like(node, "cotangent")
    for operand, share in called_shares(node, cotangent):
        if operand not in moved:
            continue
        tangent = _transposed(share, cotangent, moved[operand], extra)
        if cotangent in topological(tangent):
            raise ArgumentError(
                f"the pullback of {clip(node.call.function.name)} is not linear in the cotangent. "
                "Return products of the cotangent with what does not depend on it."
            )
        yield tangent


def _transposed(share: Expr, cotangent: Variable, tangent: Expr, extra: int) -> Expr:
    """Apply the transpose of a map of the cotangent to a tangent."""
    if not extra:
        return pullback(share, tangent, [cotangent])[0]
    matrix = pushforward(share, {cotangent: identity(cotangent.shape)}, cotangent.shape)
    rank, axes = len(share.shape), tuple(range(len(matrix.shape)))
    behind = tuple(range(len(axes), len(axes) + extra))
    lists = (axes, (*axes[:rank], *behind))
    return build_einsum(Subscripts(lists, (*axes[rank:], *behind)), (matrix, tangent))


def _refuse_conjugation(node: Map, moved: Mapping[Expr, Expr]) -> None:
    """Refuse a complex Jacobian of what is linear over the real numbers only."""
    if node.function.transpose is not None and any(one in moved for one in node.operands):
        raise ArgumentError(
            f"{node.function.name} is not complex differentiable, so there is no complex "
            "Jacobian. Use real variables for the real and imaginary parts."
        )
