"""Numbers that are products of arrays, `uᵀ v`, where all terms of a sum hold them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from einsgrad.expressions.idioms import innermost_base
from einsgrad.expressions.nodes import Constant, Einsum, Expr
from einsgrad.expressions.products import holds_selector
from einsgrad.simplification.closed_products import scalar_parts
from einsgrad.simplification.sums import split_coefficient
from einsgrad.strings.subscripts import Subscripts


def shared_scalars(terms: Sequence[Expr]) -> frozenset[Expr]:
    """Return the products without axes that all terms hold beside other factors.

    Examples
    --------
    >>> import einsgrad as eg
    >>> u, v, w = eg.variables("u[n] v[n] w[n]")
    >>> shared_scalars([eg.simplify((u @ v) * v), eg.simplify((u @ v) ** 2 * w)])
    frozenset({"n,n->"(u, v)})
    """
    found = frozenset(_scalars(terms[0]))
    for term in terms[1:]:
        if not found:
            break
        found = found.intersection(_scalars(term))
    return found


@lru_cache(maxsize=1024)
def _scalars(term: Expr) -> tuple[Expr, ...]:
    return tuple(_found_in(split_coefficient(term)[1]))


def _found_in(core: Expr) -> Iterator[Expr]:
    """Yield the products without axes that a term is made of, and those that it raises."""
    if not isinstance(core, Einsum) or len(core.operands) < 2:
        return
    for one in core.operands:
        base = innermost_base(one)
        if isinstance(base, Einsum) and base.shape == ():
            yield base
    if core.subscripts.summed and not holds_selector(core):
        yield from (part for part, places in scalar_parts(core) if len(places) < len(core.operands))


def with_scalars_apart(term: Expr, scalars: Collection[Expr]) -> Expr:
    """Write some products without axes that a term holds as factors of their own."""
    number, core = split_coefficient(term)
    if not scalars or not isinstance(core, Einsum) or holds_selector(core):
        return term
    found = [(part, places) for part, places in scalar_parts(core) if part in scalars]
    taken = frozenset[int]().union(*(places for _, places in found))
    if not taken or len(taken) == len(core.operands):
        return term
    kept = [place for place in range(len(core.operands)) if place not in taken]
    apart = [((), one) for one in (Constant(number), *(part for part, _ in found))]
    factors = [*apart, *((core.subscripts.inputs[place], core.operands[place]) for place in kept)]
    lists = Subscripts(tuple(own for own, _ in factors), core.subscripts.output)
    return Einsum(lists.numbered(), tuple(one for _, one in factors))
