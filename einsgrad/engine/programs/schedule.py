"""In which order nodes are lowered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush

from einsgrad.expressions.nodes import Einsum, Expr
from einsgrad.expressions.walks import children, topological


def scheduled(exprs: Sequence[Expr]) -> Iterator[Expr]:
    """Yield nodes after their children, and products of many factors as late as that allows.

    What the other nodes need is known by then, and such a product uses it.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, A, y = eg.variables("x[i] A[i,j] y[j]")
    >>> nodes = list(scheduled([eg.einsum("i,ij,j->", x, A, y), A @ y]))
    >>> nodes[-1] is eg.einsum("i,ij,j->", x, A, y)
    True
    """
    order = topological(*exprs)
    place = {node: number for number, node in enumerate(order)}
    waiting = {node: len(set(children(node))) for node in order}
    parents: dict[Expr, list[Expr]] = {node: [] for node in order}
    for node in order:
        for child in set(children(node)):
            parents[child].append(node)
    ready = [(_factors(node), place[node]) for node in order if not waiting[node]]
    heapify(ready)
    while ready:
        node = order[heappop(ready)[1]]
        yield node
        for parent in parents[node]:
            waiting[parent] -= 1
            if not waiting[parent]:
                heappush(ready, (_factors(parent), place[parent]))


def _factors(node: Expr) -> int:
    count = len(node.operands) if isinstance(node, Einsum) else 0
    return count if count > 2 else 0
