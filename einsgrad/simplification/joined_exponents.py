"""Powers whose exponents are no numbers, joined with others: `x^q · 1/x` is `x^(q - 1)`."""

from __future__ import annotations

from collections.abc import Sequence

from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map
from einsgrad.expressions.products import tidy
from einsgrad.expressions.shaping import broadcast, broadcast_shape
from einsgrad.expressions.tables.elementwise import ABS, POWER, SIGN
from einsgrad.simplification.reading_powers import (
    Exponent,
    Groups,
    exponents_of,
    is_integer,
    powers_in,
    tidy_exponent,
)
from einsgrad.simplification.sums import collect, split_coefficient, with_coefficient
from einsgrad.simplification.varied_powers import is_varied
from einsgrad.strings.subscripts import Indices


def join_exponents(groups: Groups) -> None:
    """Write powers of one base as one, and whole powers of it beside them.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, q = eg.variables("x q")
    >>> groups = {(x**q, ()): 1, (x, ()): -1}
    >>> join_exponents(groups)
    >>> groups
    {(power(x, -1 + q), ()): 1}
    """
    found: dict[tuple[Expr, Indices], list[tuple[Map, Exponent]]] = {}
    for (power, indices), number in groups.items():
        if isinstance(power, Map) and is_varied(power) and is_integer(number):
            found.setdefault((power.operands[0], indices), []).append((power, number))
    for (base, indices), members in found.items():
        number = _number_beside(members[0][0], indices, groups)
        if number == 0 and len(members) == 1 and members[0][1] == 1:
            continue
        for power, _ in members:
            del groups[power, indices]
        own = [(power.operands[1], times) for power, times in members]
        exponent = _total(own if number == 0 else [*own, (Constant(number), 1)])
        joined = Map(POWER, (base, exponent)), indices
        # A root of the same power may stand beside it.
        groups[joined] = tidy_exponent(groups.get(joined, 0) + 1)


def _total(exponents: Sequence[tuple[Expr, Exponent]]) -> Expr:
    """Add up simple exponents, each with how often it stands."""
    shape = broadcast_shape(*(exponent for exponent, _ in exponents))
    terms = []
    for exponent, times in exponents:
        for term in exponent.terms if isinstance(exponent, Add) else (exponent,):
            number, core = split_coefficient(broadcast(term, shape))
            terms.append(with_coefficient(tidy(number * times), core))
    return collect(terms, terms[0])


def _number_beside(power: Map, indices: Indices, groups: Groups) -> Exponent:
    """Take the powers of a base that stand beside one whose exponent is no number."""
    base = power.operands[0]
    if base.shape != power.shape or is_varied(base):
        return 0
    if not isinstance(base, Einsum):
        return tidy_exponent(groups.pop((base, indices), 0) + _moduli_beside(base, indices, groups))
    parts = exponents_of(powers_in(base, indices))
    if any(isinstance(part, Constant) or is_varied(part) for part, _ in parts):
        return 0
    if not all(parts.values()):
        return 0
    held = [int(groups.get(key, 0) / own) for key, own in parts.items()]
    times = min(held, key=abs)
    if any(number * times <= 0 for number in held):
        return 0
    for key, own in parts.items():
        left = tidy_exponent(groups.pop(key) - times * own)
        if left:
            groups[key] = left
    return times


def _moduli_beside(base: Expr, indices: Indices, groups: Groups) -> int:
    """Take what x is a divisor of beside `|x|^q`, as a power of its modulus and a sign."""
    if not isinstance(base, Map) or base.function is not ABS:
        return 0
    (x,) = base.operands
    own = groups.get((x, indices), 0)
    if not isinstance(own, int) or own >= 0:
        return 0
    del groups[x, indices]
    if own % 2:
        sign = Map(SIGN, (x,)), indices
        groups[sign] = tidy_exponent(groups.get(sign, 0) + 1)
    return own
