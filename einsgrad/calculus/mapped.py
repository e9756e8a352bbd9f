"""The rules of elementwise functions, backward and forward, by the slopes that their rows say."""

from __future__ import annotations

from collections.abc import Iterator

from einsgrad.calculus.selections import is_where, selected, selecting
from einsgrad.calculus.slopes import map_slope
from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.nodes import Expr, Map
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary.words import SYMBOLIC
from einsgrad.strings.subscripts import Subscripts


def map_share(node: Map, position: int, total: Expr) -> Expr | None:
    """Return the share of an operand in the cotangent of a function's value; None for zero."""
    if node.function.transpose is not None:
        return as_expr(node.function.transpose(SYMBOLIC, total))
    slope = map_slope(node, position)
    if slope is None:
        return None
    full = tuple(range(len(node.shape)))
    own = full if node.operands[position].shape else ()
    if is_where(node):
        chosen = selected(node, position, total)
        return chosen if own == full else build_einsum(Subscripts((full,), own), (chosen,))
    lists = (full, full if slope.shape else ())
    return selecting(build_einsum(Subscripts(lists, own), (total, slope)))


def map_tangent(node: Map, position: int, tangent: Expr, extra: int) -> Iterator[Expr]:
    """Yield the share of an operand's tangent, with its extra axes, in that of the value."""
    if node.function.transpose is not None:
        yield Map(node.function, (tangent,))
        return
    slope = map_slope(node, position)
    if slope is not None:
        rank = len(node.shape)
        full = tuple(range(rank + extra))
        own = full if node.operands[position].shape else full[rank:]
        if is_where(node):
            dims = tangent.shape[len(own) - extra :]
            if own != full:
                lists = (own, *((label,) for label in full[:rank]))
                spread = tuple(Delta(dim, 1) for dim in node.shape)
                tangent = build_einsum(Subscripts(lists, full), (tangent, *spread))
            yield selected(node, position, tangent, dims)
            return
        ones = () if own == full or slope.shape else full[:rank]
        lists = (full[:rank] if slope.shape else (), own, *((label,) for label in ones))
        deltas = tuple(Delta(node.shape[label], 1) for label in ones)
        yield selecting(build_einsum(Subscripts(lists, full), (slope, tangent, *deltas)))
