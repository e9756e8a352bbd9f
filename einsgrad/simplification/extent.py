"""How much is written of an expression: its factors, and its terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from einsgrad.expressions.idioms import POWERS
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.tables.elementwise import RECIPROCAL
from einsgrad.expressions.walks import children, topological

# What stands further below counts as one factor.
_DEPTH = 6


def extent(
    expr: Expr,
    depth: int = _DEPTH,
    named: Collection[Expr] = frozenset(),
    *,
    looks_into: bool = True,
) -> tuple[int, int]:
    """Count what is written of an expression: its factors with their exponents, and its terms.

    Factors that have a name count as one, and functions whose arguments are not looked into.

    Examples
    --------
    >>> import einsgrad as eg
    >>> p, y = eg.variables("p y")
    >>> extent(eg.simplify(y * (1 - p))), extent(eg.simplify(y - p))
    ((3, 2), (2, 2))
    """
    match expr if depth else None:
        case Add(terms=terms):
            parts = [extent(term, depth - 1, named, looks_into=looks_into) for term in terms]
            return sum(factors for factors, _ in parts), sum(count for _, count in parts)
        case Einsum():
            pairs = zip(expr.operands, expr.subscripts.inputs, strict=True)
            powers = Counter(pair for pair in pairs if not isinstance(pair[0], Constant | Delta))
            parts = [
                (1, 1) if one in named else extent(one, depth - 1, named, looks_into=looks_into)
                for one, _ in powers
            ]
            raised = sum(times > 1 for times in powers.values())
            factors = sum(size for size, _ in parts) + raised
            return factors or 1, sum(count - 1 for _, count in parts) + 1
        case Map(function=row, operands=(inner, *_)) if looks_into or row in POWERS:
            factors, count = extent(inner, depth - 1, named, looks_into=looks_into)
            return factors + (row is not RECIPROCAL), count
        case _:
            return 1, 1


def extent_with_names(expr: Expr) -> tuple[int, int]:
    """Count the terms and the factors that are written where sums that are used again have names.

    A function of an expression counts as one factor.

    Examples
    --------
    >>> import einsgrad as eg
    >>> a, x, y = eg.variables("a x[n] y[n]")
    >>> extent_with_names(eg.simplify(eg.outer(x - y, x - y)))
    (3, 4)
    """
    nodes = topological(expr, below=_below)
    uses = Counter(
        part
        for node in nodes
        for part in _below(node)
        if isinstance(part, Add) and not isinstance(node, Add)
    )
    shared = [part for part, times in uses.items() if times > 1]
    named = {*shared, *(node for node in nodes if not _below(node))}
    parts = [extent(part, named=named) for part in (expr, *shared)]
    return sum(count for _, count in parts), sum(factors for factors, _ in parts)


def _below(node: Expr) -> tuple[Expr, ...]:
    is_written_out = isinstance(node, Add | Einsum) or (
        isinstance(node, Map) and node.function in POWERS
    )
    return children(node) if is_written_out else ()
