"""Powers of bases that are functions of each other: norms, squares, `x` and `|x|`, exponentials.

Exponentials, logistic functions and `1 + exp(x)` are so, and sines, cosines and tangents.
"""

from __future__ import annotations

from einsgrad.expressions.idioms import log_normaliser
from einsgrad.expressions.nodes import Add, Constant, Expr, Map
from einsgrad.expressions.products import is_one_everywhere
from einsgrad.expressions.shaping import broadcast
from einsgrad.expressions.tables.elementwise import (
    ABS,
    EXP,
    HEAVISIDE,
    QUOTIENTS,
    RELU,
    SIGMOID,
    SIGN,
)
from einsgrad.expressions.vocabulary.words import add, exp, multiply
from einsgrad.simplification.contents import split_content
from einsgrad.simplification.reading_powers import (
    Exponent,
    Groups,
    is_even,
    is_integer,
    square_of,
    tidy_exponent,
)
from einsgrad.simplification.sums import collect, turned_sign
from einsgrad.strings.subscripts import Indices


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


def join_steps(groups: Groups) -> None:
    """Write `x θ(x)` and `relu(x) θ(x)` as `relu(x)`, and `θ²` as `θ` if that is 0 or 1 at 0."""
    for base, indices in list(groups):
        if not isinstance(base, Map) or base.function is not HEAVISIDE:
            continue
        x, at_zero = base.operands
        # Of another step the slope of `x θ(x)` at 0 is not that of `relu(x)`.
        is_relu = at_zero is Constant(0)
        steps, own = groups[base, indices], groups.get((x, indices), 0) if is_relu else 0
        above = groups.get((Map(RELU, (x,)), indices), 0)
        is_whole = all(map(is_integer, (steps, own, above)))
        if is_whole and steps >= 1 and (own >= 1 or above >= 1):
            del groups[base, indices]
            turned = groups.pop((x, indices)) if own >= 1 else 0
            _multiply(groups, Map(RELU, (x,)), indices, turned)
        elif steps > 0 and isinstance(at_zero, Constant) and at_zero.value in (0, 1):
            groups[base, indices] = 1


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


def join_quotients(groups: Groups) -> None:
    """Write `sinh(x)/cosh(x)` as `tanh(x)`, without overflow, and `tan(x) cos(x)` as `sin(x)`."""
    for base, indices in list(groups):
        if not isinstance(base, Map) or base.function not in QUOTIENTS:
            continue
        keys = [(Map(row, base.operands), indices) for row in QUOTIENTS[base.function]]
        above, below, ratio = own = [groups.pop(key, 0) for key in keys]
        if sum(map(bool, own)) > 1 and all(map(is_integer, own)):
            above, below, ratio = above + ratio, below - ratio, 0
            if above * below < 0:
                ratio = min(abs(above), abs(below)) * (1 if above > 0 else -1)
            own = [above - ratio, below + ratio, ratio]
        groups.update({key: exponent for key, exponent in zip(keys, own, strict=True) if exponent})


def join_logistics(groups: Groups) -> None:
    """Write `(1 + exp(x))⁻²` as `σ(-x)²`, and `exp(x) σ(-x)` as `σ(x)`, without overflow."""
    for (base, indices), exponent in list(groups.items()):
        x = exponent_beside_one(base)
        if x is not None and is_integer(exponent) and exponent < 0:
            del groups[base, indices]
            _multiply(groups, Map(SIGMOID, (turned_sign(x),)), indices, -exponent)
    for base, indices in list(groups):
        if isinstance(base, Map) and base.function is EXP and groups[base, indices] == 1:
            (x,) = base.operands
            opposite = Map(SIGMOID, (turned_sign(x),))
            if groups.get((opposite, indices), 0) >= 1:
                del groups[base, indices]
                _multiply(groups, opposite, indices, -1)
                _multiply(groups, Map(SIGMOID, (x,)), indices, 1)

    for base, indices in list(groups):
        if isinstance(base, Map) and base.function is SIGMOID:
            _join_complements(groups, base, indices)


def _join_complements(groups: Groups, base: Map, indices: Indices) -> None:
    """Write `σ(x)` beside `σ(-x)` or `1 - σ(x)` as `s (1 - s)`, where s has the fewer signs."""
    (x,) = base.operands
    opposite = Map(SIGMOID, (turned_sign(x),))
    if opposite is base:
        # Of 0 there is no sign to choose.
        return
    pair = (base, opposite) if _may_lead(x) else (opposite, base)
    own = [groups.get((one, indices), 0) for one in pair]
    rest = [_complement(one) for one in pair]
    beside = [groups.get((one, indices), 0) for one in rest]
    above, below = own[0] + beside[1], own[1] + beside[0]
    parts = (*own, *beside)
    if min(parts) < 0 or not all(map(is_integer, parts)) or not (above and below):
        return
    for one in (*pair, *rest):
        groups.pop((one, indices), None)
    groups[pair[0], indices], groups[rest[0], indices] = above, below


def _complement(expr: Expr) -> Expr:
    """Return 1 minus a simple expression, simple as well."""
    one = broadcast(Constant(1), expr.shape)
    return collect([one, turned_sign(expr)], expr)


def _may_lead(x: Expr) -> bool:
    """Tell whether an argument rather than its negative stands in a formula."""
    number, _ = split_content(x)
    return isinstance(number, complex) or number > 0


def _multiply(groups: Groups, base: Expr, indices: Indices, exponent: Exponent) -> None:
    total = tidy_exponent(groups.pop((base, indices), 0) + exponent)
    if total:
        groups[base, indices] = total


def exponent_beside_one(expr: Expr) -> Expr | None:
    """Return x of `1 + exp(x)`.

    Examples
    --------
    >>> import einsgrad as eg
    >>> (x,) = eg.variables("x[n]")
    >>> exponent_beside_one(1 + eg.exp(x)), exponent_beside_one(2 + eg.exp(x))
    (x[n], None)
    """
    if not isinstance(expr, Add) or len(expr.terms) != 2:
        return None
    for one, other in (expr.terms, expr.terms[::-1]):
        if is_one_everywhere(one) and isinstance(other, Map) and other.function is EXP:
            return other.operands[0]
    return None
