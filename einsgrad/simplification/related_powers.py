"""Powers of bases that are functions of each other: norms, squares, `x` and `|x|`, exponentials."""

from __future__ import annotations

from typing import TypeAlias

from einsgrad.expressions.idioms import log_normaliser
from einsgrad.expressions.nodes import Expr, Map
from einsgrad.expressions.tables.elementwise import ABS, EXP, SIGN
from einsgrad.expressions.vocabulary.words import add, exp, multiply
from einsgrad.simplification.reading_powers import (
    Exponent,
    is_even,
    is_integer,
    square_of,
    tidy_exponent,
)
from einsgrad.strings.subscripts import Indices

Groups: TypeAlias = "dict[tuple[Expr, Indices], Exponent]"


def join_lengths(groups: Groups) -> None:
    """Write norms and the products that are their squares as powers of one of the two."""
    for (base, indices), exponent in list(groups.items()):
        square = square_of(base)
        if square is None:
            continue
        total = tidy_exponent(exponent + 2 * groups.pop((square, indices), 0))
        if is_even(total):
            del groups[base, indices]
            groups[square, indices] = total // 2
        else:
            groups[base, indices] = total


def join_moduli(groups: Groups) -> None:
    """Write `x · sign(x)` as `|x|`, `|x|²` as `x²`, and `x · x · |x|` as `|x|³`."""
    for (base, indices), _ in list(groups.items()):
        if not isinstance(base, Map) or base.function not in (ABS, SIGN) or base.is_complex:
            continue
        (x,) = base.operands
        modulus, signed = Map(ABS, (x,)), Map(SIGN, (x,))
        keys = (x, indices), (modulus, indices), (signed, indices)
        own, size, signs = (groups.get(key, 0) for key in keys)
        if not is_integer(own) or not is_integer(signs) or (signs and not (own or size)):
            continue
        own, size, signs = _without_sign(own, size, signs)
        own, size = _own_and_size(own, size)
        if (own, size) == (1, -1):
            own, size, signs = 0, 0, signs + 1
        for key, exponent in zip(keys, (own, size, signs), strict=True):
            groups.pop(key, None)
            if exponent:
                groups[key] = exponent


def _without_sign(
    own: Exponent, size: Exponent, signs: Exponent
) -> tuple[Exponent, Exponent, Exponent]:
    """Join one sign of x with a power of x or of `|x|` that is 0, or has no value, where x is 0."""
    if signs % 2 == 1 and own >= 1:
        return own - 1, size + 1, signs - 1
    if signs % 2 == 1 and abs(size) >= 1:
        return own + 1, tidy_exponent(size - 1), signs - 1
    return own, size, signs


def _own_and_size(own: Exponent, size: Exponent) -> tuple[Exponent, Exponent]:
    """Write `xᵃ |x|ᵇ` with x itself at most once, or without the modulus."""
    total = tidy_exponent(own + size)
    if size == 0:
        return own, size
    if own % 2 == 0:
        return (total, 0) if is_even(total) else (0, total)
    return (total, 0) if is_integer(total) and total % 2 else (1, tidy_exponent(total - 1))


def join_exponentials(groups: Groups) -> None:
    """Add up exponents: `exp(-x) exp(x + y)` is `exp(y)`. A softmax stays what it is."""
    found: dict[Indices, list[tuple[Map, Exponent]]] = {}
    for (base, indices), exponent in groups.items():
        if isinstance(base, Map) and base.function is EXP and _may_add(base, exponent):
            found.setdefault(indices, []).append((base, exponent))
    for indices, powers in found.items():
        if len(powers) == 1 and powers[0][1] == 1:
            continue
        for base, _ in powers:
            del groups[base, indices]
        total = exp(add(*(multiply(exponent, base.operands[0]) for base, exponent in powers)))
        groups[total, indices] = 1


def _may_add(base: Map, exponent: Exponent) -> bool:
    """Tell whether a power of an exponential is one, and no softmax."""
    exact = is_integer(exponent) or not base.is_complex
    return exact and log_normaliser(base.operands[0]) is None
