"""Parts that a user named, found again in a result: what they stand for becomes their name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial

from einsgrad.expressions.construct import with_factors
from einsgrad.expressions.nodes import Constant, Einsum, Expr, Map
from einsgrad.expressions.parts import user_parts
from einsgrad.expressions.products import fold_constants, tidy
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.walks import rebuild_all
from einsgrad.simplification.reading_powers import (
    Exponent,
    Groups,
    exponents_of,
    powers_in,
    tidy_exponent,
)
from einsgrad.simplification.simplify import simplify_all
from einsgrad.simplification.written_powers import write_powers
from einsgrad.strings.subscripts import Indices, Label


def folded(exprs: Sequence[Expr], known: Sequence[Expr]) -> tuple[Expr, ...]:
    """Put the names of parts in place of what they stand for, in simple expressions.

    Parameters
    ----------
    exprs
        The expressions.
    known
        What holds the named parts.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y = eg.variables("x[n] y[n]")
    >>> part = eg.named("h", x * y)
    >>> folded([eg.simplify(eg.exp(y) * x * x * y)], [part])[0]
    "n,n,n->n"(x, exp(y), h)
    where h = "n,n->n"(x, y)
    """
    parts = user_parts(*simplify_all(known)) if user_parts(*known) else []
    found = tuple(exprs)
    for part in parts:
        found = simplify_all(rebuild_all(found, partial(_with, part)))
    return found


def _with(part: Map, node: Expr) -> Expr:
    """Put a part in place of a node, or of factors of it, that it stands for."""
    standing = part.operands[0]
    if isinstance(node, Map) and node.function is part.function and node.operands[0] is part:
        return part
    if node is standing and not isinstance(node, Constant):
        return part
    if not isinstance(node, Einsum) or not isinstance(standing, Einsum):
        return node
    while True:
        smaller = _in_product(part, standing, node)
        if smaller is None:
            return node
        node = smaller


def _in_product(part: Map, standing: Einsum, node: Einsum) -> Einsum | None:
    """Put a part in place of the factors of a product that it stands for; None if not all are."""
    number, own = fold_constants(standing)
    if len(own.operands) < 2 or any(isinstance(one, Delta) for one in own.operands):
        return None
    wanted, units = _units(own), _units(node)
    labels = next(_matches(list(wanted.items()), units, {}), None)
    if labels is None or not _is_inside(own, node, labels, wanted, units):
        return None
    for (base, indices), exponent in wanted.items():
        there = base, tuple(labels[x] for x in indices)
        units[there] = tidy_exponent(units[there] - exponent)
    factors = write_powers(units)
    factors.append((tuple(labels[x] for x in own.subscripts.output), part))
    return with_factors(node, [*factors, ((), Constant(tidy(1 / number)))])


def _units(node: Einsum) -> Groups:
    factors = zip(node.subscripts.inputs, node.operands, strict=True)
    return exponents_of(one for indices, operand in factors for one in powers_in(operand, indices))


def _matches(
    wanted: list[tuple[tuple[Expr, Indices], Exponent]], units: Groups, labels: dict[Label, Label]
) -> Iterator[dict[Label, Label]]:
    """Yield the ways to give the labels of factors to those of a product."""
    if not wanted:
        yield labels
        return
    (base, indices), exponent = wanted[0]
    for (other, there), held in units.items():
        if other is not base or not _holds(held, exponent):
            continue
        named = labels | dict(zip(indices, there, strict=True))
        agrees = all(named[x] == y for x, y in labels.items())
        if agrees and len(set(named.values())) == len(named):
            yield from _matches(wanted[1:], units, named)


def _holds(held: Exponent, exponent: Exponent) -> bool:
    """Tell whether a power has another one as a factor, and none of the other sign is left."""
    return held >= exponent if exponent > 0 else held <= exponent


def _is_inside(
    own: Einsum, node: Einsum, labels: dict[Label, Label], wanted: Groups, units: Groups
) -> bool:
    """Tell whether what a part sums over stands nowhere else in a product."""
    summed = {labels[x] for x in own.subscripts.summed}
    if summed & set(node.subscripts.output):
        return False
    used: Counter[Label] = Counter()
    for (base, indices), exponent in wanted.items():
        there = tuple(labels[x] for x in indices)
        used.update(set(there) if units[base, there] == exponent else ())
    held = Counter(x for _, indices in units for x in set(indices))
    return all(held[x] == used[x] for x in summed)
