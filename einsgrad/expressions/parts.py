"""Parts of expressions that a user named: functions that leave their argument as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeGuard

from einsgrad.expressions.nodes import COMPLEX, Expr, Map, Variable
from einsgrad.expressions.tables.rows import naming_row
from einsgrad.expressions.walks import rebuild_all, topological
from einsgrad.strings.letters import fresh_name


def is_part(node: Expr) -> TypeGuard[Map]:
    """Tell whether a node gives a name to its operand.

    Examples
    --------
    >>> import einsgrad as eg
    >>> (x,) = eg.variables("x[n]")
    >>> is_part(eg.named("h", 2 * x)), is_part(eg.exp(x))
    (True, False)
    """
    return isinstance(node, Map) and bool(node.function.part)


def user_parts(*exprs: Expr) -> list[Map]:
    """Return the named parts of expressions, each after those that it is made of.

    Examples
    --------
    >>> import einsgrad as eg
    >>> (x,) = eg.variables("x[n]")
    >>> [part.function.part for part in user_parts(eg.exp(eg.named("h", 2 * x)))]
    ['h']
    """
    # Most programs name nothing, which is told without a walk.
    if not naming_row.cache_info().currsize:
        return []
    return [node for node in topological(*exprs) if is_part(node)]


def without_names(exprs: Sequence[Expr]) -> tuple[Expr, ...]:
    """Write out what named parts stand for.

    Examples
    --------
    >>> import einsgrad as eg
    >>> (x,) = eg.variables("x[n]")
    >>> without_names([eg.exp(eg.named("h", 2 * x))])
    (exp(2 * x),)
    """
    if not user_parts(*exprs):
        return tuple(exprs)
    return tuple(rebuild_all(exprs, lambda node: node.operands[0] if is_part(node) else node))


def as_symbols(root: Expr) -> tuple[Expr, dict[Variable, Expr]]:
    """Put variables in place of named parts; also return what they stand for, the last first.

    Examples
    --------
    >>> import einsgrad as eg
    >>> (x,) = eg.variables("x[n]")
    >>> as_symbols(eg.exp(eg.named("h", 2 * x)))
    (exp(h), {h[n]: 2 * x})
    """
    if not user_parts(root):
        return root, {}
    taken = {node.name for node in topological(root) if isinstance(node, Variable)}
    symbols: dict[Expr, Variable] = {}

    def put(node: Expr) -> Expr:
        if not is_part(node):
            return node
        if node not in symbols:
            name = fresh_name(node.function.part, taken)
            taken.add(name)
            traits = frozenset({COMPLEX} if node.is_complex else ())
            symbols[node] = Variable(name, node.shape, traits)
        return symbols[node]

    (whole,) = rebuild_all([root], put)
    named = reversed(symbols.items())
    return whole, {symbol: part.operands[0] for part, symbol in named if is_part(part)}
