"""In which fields nodes are needed, and where roots are taken of what follows from them."""

from __future__ import annotations

from collections.abc import Sequence

from einsgrad.expressions.nodes import Expr, Map, Pick, Places
from einsgrad.expressions.tables.elementwise import EXP, POWER, SQRT
from einsgrad.expressions.walks import children, topological
from einsgrad.proof.fields import CHAIN
from einsgrad.proof.functions import fields_of_operands, is_unrelated

# Small tables first; in the middle there is room for exponents and logarithms.
_ROOT_FIELDS = (CHAIN[2], CHAIN[3], CHAIN[4], CHAIN[1])
_ROOTS = frozenset([SQRT, POWER, EXP])


def fields_needed(roots: Sequence[Expr], prime: int) -> dict[Expr, list[int]]:
    """Return in which fields each node is needed for the roots in a field, children first."""
    order = topological(*roots)
    found: dict[Expr, dict[int, None]] = {node: {} for node in order}
    for root in roots:
        found[root][prime] = None
    for node in reversed(order):
        for own in found[node]:
            for child, needed in operands_in(node, own):
                found[child][needed] = None
    return {node: list(primes) for node, primes in found.items()}


def fields_to_try(roots: Sequence[Expr]) -> list[int]:
    """Return in which fields to compare: first where most functions have their relations.

    Examples
    --------
    >>> import einsgrad as eg
    >>> (x,) = eg.variables("x[n]")
    >>> fields_to_try([eg.log(x)])[0] == CHAIN[2], fields_to_try([eg.log(eg.log(eg.log(x)))])[0]
    (True, 335459)
    """
    return sorted(_ROOT_FIELDS, key=lambda prime: _unrelated(roots, prime))


def _unrelated(roots: Sequence[Expr], prime: int) -> int:
    return sum(
        isinstance(node, Map) and is_unrelated(node, own)
        for node, primes in fields_needed(roots, prime).items()
        for own in primes
    )


def operands_in(node: Expr, prime: int) -> list[tuple[Expr, int]]:
    """Return in which fields the operands of a node are needed for its value in a field."""
    match node:
        case Map():
            return fields_of_operands(node, prime)
        case Pick() | Places():
            # Floats say which place.
            return []
        case _:
            return [(child, prime) for child in children(node)]


def takes_roots(roots: Sequence[Expr]) -> bool:
    """Tell whether roots, powers or exponentials are taken anywhere."""
    return any(isinstance(node, Map) and node.function in _ROOTS for node in topological(*roots))


def strict_nodes(roots: Sequence[Expr]) -> frozenset[Expr]:
    """Return the nodes of which roots, powers or exponentials are taken further up.

    There it matters that the number whose logarithm is taken is a square.
    """
    found: set[Expr] = set()
    for node in reversed(topological(*roots)):
        if node in found or (isinstance(node, Map) and node.function in _ROOTS):
            found.update(children(node))
    return frozenset(found)
