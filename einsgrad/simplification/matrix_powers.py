"""Rules for whole powers of square matrices: `X X X` is `X³`, also between other factors.

A matrix and its inverse have one base, so that powers of them add up. In a cycle, as that of
a trace, one factor stays apart: `tr(X³)` is the sum of the entries of `X²` times those of `Xᵀ`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from einsgrad.expressions.construct import with_factors
from einsgrad.expressions.nodes import Einsum, Expr, MatrixMap, Variable
from einsgrad.expressions.products import (
    SELECTORS,
    contract_deltas,
    fold_constants,
    is_moderate,
    tidy,
    unwrap,
)
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.tables.matrix_powers import matrix_power_row
from einsgrad.expressions.tables.reductions import DET, INVERSE, LOGDET
from einsgrad.expressions.vocabulary.words import det, inverse, logdet, multiply
from einsgrad.simplification.symmetry import is_own_transpose, is_skew
from einsgrad.strings.subscripts import Indices, Label, fresh_numbers

# The derivative of a power has a term for each factor, so longer ones stay products of powers.
_MOST_JOINED = 32


@dataclass(frozen=True, slots=True)
class _Power:
    """A factor as a power of a base, and its labels."""

    base: Expr
    exponent: int
    indices: Indices

    @property
    def ends(self) -> tuple[Label, Label]:
        return self.indices[-2], self.indices[-1]


def matrix_power_of(base: Expr, exponent: int) -> Expr:
    """Return a whole power of a matrix, other than the power 0.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> A = Variable("A", ("n", "n"))
    >>> matrix_power_of(A, 3), matrix_power_of(A, -1), matrix_power_of(A, -2)
    (matrix_power(A, 3), inverse(A), matrix_power(inverse(A), 2))
    """
    one = base if exponent > 0 else inverse(base)
    return one if abs(exponent) == 1 else MatrixMap(matrix_power_row(abs(exponent)), one)


@lru_cache(maxsize=1024)
def base_and_exponent(expr: Expr) -> tuple[Expr, int]:
    """Read a matrix as a whole power of another one.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> base_and_exponent(matrix_power_of(Variable("A", ("n", "n")), -2))
    (A[n,n], -2)
    """
    match expr:
        case MatrixMap(function=row, operand=inner) if row is INVERSE:
            return inner, -1
        case MatrixMap(function=row, operand=inner) if row.exponent is not None:
            base, sign = base_and_exponent(inner)
            return base, sign * row.exponent
        case _:
            return expr, 1


def join_matrix_powers(node: Einsum) -> Einsum:
    """Write matrices that are multiplied by themselves as powers.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.simplification.simplify import simplify_expr
    >>> A, x = Variable("A", ("n", "n")), Variable("x", ("n",))
    >>> simplify_expr(A @ (A @ (A @ x)))
    "ni,i->n"(matrix_power(A, 3), x)
    """
    node = _without_traced_powers(node)
    powers = _repeated(node)
    if not powers:
        return node
    counts = Counter(chain(*node.subscripts.inputs, node.subscripts.output))
    joined, done = _joined(list(powers.values()), counts)
    if len(joined) == len(powers) and set(joined) == set(powers.values()):
        return node
    pairs = list(zip(node.subscripts.inputs, node.operands, strict=True))
    factors = [pair for place, pair in enumerate(pairs) if place not in powers]
    return with_factors(node, [*factors, *map(_factor, joined)], done)


def _factor(power: _Power) -> tuple[Indices, Expr]:
    if power.exponent:
        return power.indices, matrix_power_of(power.base, power.exponent)
    dim = power.base.shape[-1]
    first, last = power.ends
    return ((first,), Delta(dim, 1)) if first == last else ((first, last), Delta(dim, 2))


def _repeated(node: Einsum) -> dict[int, _Power]:
    """Return the factors whose base stands more than once, by their places."""
    if max(map(len, node.subscripts.inputs), default=0) < 2:
        return {}
    found = {
        place: base_and_exponent(one)
        for place, one in enumerate(node.operands)
        if len(one.shape) > 1 and _is_square(one)
    }
    bases = [base for base, _ in found.values()]
    if len(set(bases)) == len(bases):
        return {}
    counts = Counter(bases)
    return {
        place: _Power(base, exponent, node.subscripts.inputs[place])
        for place, (base, exponent) in found.items()
        if counts[base] > 1 and not _is_exchanged(base)
    }


def _is_exchanged(base: Expr) -> bool:
    """Tell whether two copies may be joined in several ways, perhaps with a sign between them."""
    by_axes = isinstance(base, Variable) and len(base.shape) > 2 and bool(base.traits)
    return by_axes or is_skew(base)


def _is_square(expr: Expr) -> bool:
    shape = expr.shape
    return len(shape) > 1 and shape[-1] == shape[-2] and not isinstance(expr, (Delta, *SELECTORS))


def _joined(powers: list[_Power], counts: Counter[Label]) -> tuple[list[_Power], set[Label]]:
    """Join powers that meet until none do; return what they sum, too."""
    done: set[Label] = set()
    while True:
        met = next(_meetings(powers, counts), None)
        if met is None:
            return powers, done
        places, shared, joined = met
        rest = [power for place, power in enumerate(powers) if place not in places]
        powers = [*rest, *joined]
        if len(joined) == 1:
            done.add(shared)


def _meetings(
    powers: list[_Power], counts: Counter[Label]
) -> Iterator[tuple[tuple[int, int], Label, list[_Power]]]:
    """Yield the places of powers of one base that meet in a summed label, and what they become."""
    held: dict[Label, list[int]] = {}
    for place, power in enumerate(powers):
        for label in power.ends:
            if counts[label] == 2:
                held.setdefault(label, []).append(place)
    for place, first in enumerate(powers):
        met = {other for label in first.ends for other in held.get(label, ())}
        for other in sorted(met - {place}):
            second = powers[other]
            if second.base is not first.base or first.indices[:-2] != second.indices[:-2]:
                continue
            if abs(first.exponent + second.exponent) > _MOST_JOINED:
                continue
            for one, two in _turns(first, second):
                shared = one.ends[1]
                if shared != two.ends[0] or counts[shared] != 2:
                    continue
                joined = _product(one, two, is_free=counts[one.ends[0]] != 2)
                if joined is not None:
                    yield (place, other), shared, joined


def _turns(first: _Power, second: _Power) -> Iterator[tuple[_Power, _Power]]:
    yield first, second
    if is_own_transpose(first.base):
        yield _turned(first), second
        yield first, _turned(second)
        yield _turned(first), _turned(second)


def _turned(power: _Power) -> _Power:
    first, last = power.ends
    return _Power(power.base, power.exponent, (*power.indices[:-2], last, first))


def _product(one: _Power, two: _Power, *, is_free: bool) -> list[_Power] | None:
    """Return the product of two powers that meet; None where it stays what it is.

    Of two that meet at both ends the last factor stays apart. Where one of the ends is free,
    that is the factor behind it.
    """
    (start, shared), (_, end) = one.ends, two.ends
    total = one.exponent + two.exponent
    if shared in (start, end) or abs(total) > _MOST_JOINED:
        return None
    if start != end or one.exponent * two.exponent < 0:
        return [_Power(one.base, total, (*one.indices[:-2], start, end))]
    unit = 1 if total > 0 else -1
    may_turn = not is_free or is_own_transpose(one.base)
    if two.exponent == unit or (one.exponent == unit and may_turn):
        return None
    parted = _Power(one.base, total - unit, one.indices)
    return [parted, _Power(two.base, unit, two.indices)]


def _without_traced_powers(node: Einsum) -> Einsum:
    """Write a power whose two axes are one as a factor beside the rest of the power."""
    if Delta not in node.kinds:
        return node
    deltas = {
        frozenset(indices)
        for indices, operand in zip(node.subscripts.inputs, node.operands, strict=True)
        if isinstance(operand, Delta) and operand.order == 2
    }
    if not deltas:
        return node
    pairs = list(zip(node.subscripts.inputs, node.operands, strict=True))
    for place, (indices, operand) in enumerate(pairs):
        if not _is_square(operand) or frozenset(indices[-2:]) not in deltas:
            continue
        base, exponent = base_and_exponent(operand)
        if abs(exponent) > 1:
            unit = 1 if exponent > 0 else -1
            between = next(fresh_numbers(node.subscripts.labels))
            rest = (*indices[:-1], between), matrix_power_of(base, exponent - unit)
            one = (*indices[:-2], between, indices[-1]), matrix_power_of(base, unit)
            parted = with_factors(node, [*pairs[:place], rest, one, *pairs[place + 1 :]])
            return contract_deltas(parted)
    return node


def power_of_power(node: MatrixMap) -> Expr | None:
    """Write functions of powers by the base: `(X³)⁻¹`, `(X²)³`, `det(X³)`, `(2 X)³`."""
    exponent, inner = node.function.exponent, node.operand
    own = inner.function.exponent if isinstance(inner, MatrixMap) else None
    if isinstance(inner, MatrixMap) and own is not None:
        if exponent is not None:
            joined = exponent * own
            long = joined > _MOST_JOINED
            return None if long else MatrixMap(matrix_power_row(joined), inner.operand)
        if node.function is INVERSE:
            return MatrixMap(inner.function, inverse(inner.operand))
        if node.function is LOGDET:
            return multiply(own, logdet(inner.operand))
        if node.function is DET:
            return multiply(*[det(inner.operand)] * own)
        return None
    if exponent is None:
        return None
    if isinstance(inner, Delta):
        return inner
    if isinstance(inner, Einsum):
        number, rest = fold_constants(inner)
        raised = tidy(number**exponent)
        if number != 1 and rest.operands and is_moderate(number) and is_moderate(raised):
            return multiply(raised, MatrixMap(node.function, unwrap(rest)))
    return None
