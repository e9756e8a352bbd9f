"""The rule for squares of lengths: `‖x‖²`, `|x|²` and `hypot(x, y)²` need no root.

A root has no slope at 0, and its derivative divides by 0 there. The square has one everywhere.
"""

from __future__ import annotations

import builtins
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from einsgrad.expressions.construct import with_factors
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map, Reduce
from einsgrad.expressions.products import (
    SELECTORS,
    as_einsum,
    contract_deltas,
    fold_constants,
    is_moderate,
    unwrap,
)
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.tables.elementwise import ABS, HYPOT, IMAG, REAL
from einsgrad.expressions.tables.reductions import NORM
from einsgrad.expressions.vocabulary.arithmetic import add, conj, multiply, real
from einsgrad.expressions.vocabulary.linear import sum
from einsgrad.expressions.walks import with_children
from einsgrad.simplification.contents import primitive
from einsgrad.simplification.flattening import flatten
from einsgrad.simplification.standing import clearly_straight_axes
from einsgrad.simplification.symmetry import in_fixed_order, turned
from einsgrad.strings.joins import Joins
from einsgrad.strings.subscripts import Label, Subscripts


def square_lengths(node: Einsum) -> Einsum:
    """Replace lengths that stand an even number of times over the same labels.

    Examples
    --------
    >>> from einsgrad.expressions.vocabulary.norms import norm
    >>> from einsgrad.expressions.construct import build_einsum
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.strings.subscripts import Subscripts
    >>> length = norm(Variable("x", ("n",)))
    >>> square_lengths(build_einsum(Subscripts(((), ()), ()), (length, length))).operands
    ("n->"("n,n->n"(x, x)),)
    """
    if not any(_may_be_length(operand) for operand in node.operands):
        return node
    factors = list(zip(node.subscripts.inputs, node.operands, strict=True))
    squares = {
        (indices, length): [(indices, square)] * (times // 2)
        for (indices, length), times in Counter(factors).items()
        if times % 2 == 0 and (square := _square(length)) is not None
    }
    if not squares:
        return node
    kept = [factor for factor in factors if factor not in squares]
    for put in squares.values():
        kept += put
    return with_factors(node, kept)


def _may_be_length(expr: Expr) -> bool:
    return isinstance(expr, Map | Reduce) and expr.function in (NORM, ABS, HYPOT)


def _square(expr: Expr) -> Expr | None:
    """Write the square of a length without the root; nothing for what is no length."""
    match expr:
        case Reduce(function=row, operand=inner, axes=axes) if row is NORM:
            return sum(multiply(inner, inner), axes)
        case Map(function=row, operands=(inner,)) if row is ABS:
            return multiply(inner, inner)
        case Map(function=row, operands=(one, other)) if row is HYPOT:
            whole = _whole(one, other)
            if whole is not None:
                return real(multiply(conj(whole), whole))
            return add(multiply(one, one), multiply(other, other))
        case _:
            return None


def _whole(one: Expr, other: Expr) -> Expr | None:
    """Return `z` where two expressions are its real and its imaginary part."""
    match one, other:
        case Map(function=first, operands=(z,)), Map(function=second, operands=(w,)):
            return z if (first, second) == (REAL, IMAG) and z is w else None
        case _:
            return None


def length_of_scaled(node: Map | Reduce) -> Expr | None:
    """Take the number that an operand is multiplied by out of a norm or a modulus: `|b - a|`.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y = eg.variables("x[n] y[n]")
    >>> length_of_scaled(eg.norm(y - x))
    norm(-y + x, axis=(0,))
    """
    operand = node.operands[0] if isinstance(node, Map) else node.operand
    if node.function not in (ABS, NORM) or operand.is_complex:
        return None
    match operand:
        case Add():
            number, rest = primitive(operand)
        case Einsum():
            number, product = fold_constants(operand)
            rest = unwrap(product) if product.operands else operand
        case _:
            return None
    if number in (0, 1) or not is_moderate(number) or rest is operand:
        return None
    return multiply(builtins.abs(number), with_children(node, [rest]))


@lru_cache(maxsize=256)
def squared_length(node: Reduce) -> Einsum:
    """Write the square of a norm of real numbers as a product, in its fixed order.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.expressions.vocabulary.norms import norm
    >>> squared_length(norm(Variable("x", ("n",))))
    "n,n->"(x, x)
    """
    square = sum(multiply(node.operand, node.operand), node.axes)
    return in_fixed_order(contract_deltas(flatten(flatten(as_einsum(square)))))


def length_of(node: Einsum) -> Reduce | None:
    """Return the norm whose square a product of real numbers is, or None.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x = eg.variables("A[m,n] x[n]")
    >>> length_of(eg.simplify(eg.dot(A @ x, A @ x)))
    norm("mn,n->m"(A, x), axis=(0,))
    """
    if node.is_complex or len(node.operands) % 2 or not node.subscripts.summed:
        return None
    if any(isinstance(one, (Constant, Delta, *SELECTORS)) for one in node.operands):
        return None
    if any(times % 2 for times in Counter(node.operands).values()):
        return None
    fixed = {label: label for label in node.subscripts.output}
    for partners in _mirrored(node, fixed, tuple(range(len(node.operands)))):
        half = _half(node, partners)
        if half is not None:
            return half
    return None


def _mirrored(
    node: Einsum, partners: dict[Label, Label], places: tuple[int, ...]
) -> Iterator[dict[Label, Label]]:
    """Yield exchanges of labels that turn factors of a product into one another in pairs."""
    if not places:
        yield partners
        return
    first, rest = places[0], places[1:]
    own = node.subscripts.inputs[first]
    for other in rest:
        if node.operands[other] is not node.operands[first]:
            continue
        paired = _paired(partners, zip(own, node.subscripts.inputs[other], strict=True))
        if paired is not None:
            yield from _mirrored(node, paired, tuple(p for p in rest if p != other))


def _paired(
    partners: dict[Label, Label], pairs: Iterator[tuple[Label, Label]]
) -> dict[Label, Label] | None:
    extended = dict(partners)
    for one, other in pairs:
        if extended.setdefault(one, other) != other or extended.setdefault(other, one) != one:
            return None
    return extended


def _half(node: Einsum, partners: dict[Label, Label]) -> Reduce | None:
    """Return the norm of one of the two halves that exchanged labels divide a product into."""
    joins: Joins[Label] = Joins()
    for indices in node.subscripts.inputs:
        moving = [label for label in indices if partners[label] != label]
        for label in moving:
            joins.join(moving[0], label)
    taken: set[Label] = set()
    chosen: list[int] = []
    for place, indices in enumerate(node.subscripts.inputs):
        moving = [label for label in indices if partners[label] != label]
        if not moving:
            # Of factors that the exchange leaves as they are every second one is taken.
            before = [_factor(node, earlier) for earlier in range(place)]
            if before.count(_factor(node, place)) % 2 == 0:
                chosen.append(place)
            continue
        own, mirror = joins.find(moving[0]), joins.find(partners[moving[0]])
        if own == mirror:
            return None
        if mirror not in taken:
            taken.add(own)
            chosen.append(place)
    return _norm_over(node, chosen, partners)


def _factor(node: Einsum, place: int) -> tuple[Expr, tuple[Label, ...]]:
    return node.operands[place], node.subscripts.inputs[place]


def _norm_over(node: Einsum, places: list[int], partners: dict[Label, Label]) -> Reduce | None:
    kept = node.subscripts.output
    lists = [node.subscripts.inputs[place] for place in places]
    summed = dict.fromkeys(
        label
        for indices in lists
        for label in indices
        if partners[label] == label and label not in kept
    )
    if not summed:
        return None
    if len(places) == 1:
        axes = tuple(axis for axis, label in enumerate(lists[0]) if label in summed)
        left = tuple(label for label in lists[0] if label not in summed)
        return Reduce(NORM, node.operands[places[0]], axes) if left == kept else None
    subscripts = Subscripts(tuple(lists), (*kept, *summed))
    half = Einsum(subscripts.numbered(), tuple(node.operands[place] for place in places))
    return _norm_of(unwrap(in_fixed_order(half)), len(kept))


def _norm_of(half: Expr, kept: int) -> Reduce | None:
    """Return the norm over all axes but the first ones, of an operand that is not turned.

    None where the axes that are left would be in another order.
    """
    rank = len(half.shape)
    order = clearly_straight_axes([half], rank) or tuple(range(rank))
    if [axis for axis in order if axis < kept] != list(range(kept)):
        return None
    straight = half if order == tuple(range(rank)) else turned(half, order)
    return Reduce(NORM, straight, tuple([p for p, axis in enumerate(order) if axis >= kept]))
