"""Factors read as powers: `√(x y)/z²` is made of x and y to 1/2 and of z to -2.

`(xᵃ)ᵇ` is `xᵃᵇ` for whole b. For other b it is `|x|ᵃᵇ` where a is even, and of complex numbers
it stays as it is. A root of a product is the product of the roots where no factor is negative.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from math import isfinite, isqrt
from typing import NamedTuple, TypeAlias

from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map, Number, Reduce
from einsgrad.expressions.products import SELECTORS, fold_constants, is_moderate, tidy, unwrap
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.tables.elementwise import ABS, POWER, RECIPROCAL, SQRT
from einsgrad.expressions.tables.reductions import NORM
from einsgrad.simplification.bounds import is_nonnegative
from einsgrad.simplification.closed_products import closed_parts
from einsgrad.simplification.contents import primitive
from einsgrad.simplification.lengths import length_of, squared_length
from einsgrad.simplification.varied_powers import is_varied, varied_parts
from einsgrad.strings.subscripts import Indices

Exponent: TypeAlias = "int | float"
# The exponent of each base over some labels.
Groups: TypeAlias = "dict[tuple[Expr, Indices], Exponent]"


class Power(NamedTuple):
    """A factor of a product over its labels: a base and its exponent, which is no complex one."""

    base: Expr
    indices: Indices
    exponent: Exponent


def tidy_exponent(exponent: Exponent) -> Exponent:
    """Write a whole float as an integer."""
    return int(exponent) if float(exponent).is_integer() else exponent


def is_integer(number: Exponent) -> bool:
    """Tell whether an exponent is a whole number."""
    return isinstance(number, int)


def is_even(number: Exponent) -> bool:
    """Tell whether an exponent is an even number."""
    return isinstance(number, int) and number % 2 == 0


def powers_in(
    expr: Expr, indices: Indices, exponent: Exponent = 1, whole: Collection[Expr] = ()
) -> Iterator[Power]:
    """Yield the powers whose product an expression is, raised to an exponent.

    One of a delta is a factor of its own: between the deltas that an einsum is written with,
    `0 · 1/0` is 0.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> x, y = Variable("x", ("n",)), Variable("y", ("n",))
    >>> [(power.base, power.exponent) for power in powers_in(1 / (x * y * 3), (0,))]
    [(3, -1), ("n,n->n"(x, y), -1)]
    """
    exponent = tidy_exponent(exponent)
    stays = isinstance(expr, Einsum | Add) and expr in whole
    if stays or (expr.is_complex and not is_integer(exponent)):
        yield Power(expr, indices, exponent)
        return
    match expr:
        case Map(operands=(Delta() as delta, *_)) if delta.order:
            yield Power(expr, indices, exponent)
        case Map(operands=(Constant(value=0), *_)):
            yield Power(expr, indices, exponent)
        case Map(function=row, operands=(inner,)) if row is RECIPROCAL:
            yield from powers_in(inner, indices, -exponent, whole)
        case Map(function=row, operands=(inner,)) if row is SQRT:
            yield from powers_in(inner, indices, 0.5 * exponent, whole)
        case Map(function=row, operands=(base, Constant(value=int() | float() as own))) if (
            row is POWER and isfinite(own)
        ):
            yield from _raised(base, indices, own, exponent, whole)
        case Map() if is_integer(exponent) and is_varied(expr):
            for part, times in varied_parts(expr):
                yield Power(part, indices, tidy_exponent(times * exponent))
        case Map() if is_varied(expr) and (squared := _number_of_times(expr)) is not None:
            yield from _raised(squared[0], indices, squared[1], exponent, whole)
        case Einsum() if is_integer(exponent):
            yield from _of_product(expr, indices, exponent, whole)
        case Einsum():
            yield from _root_of_product(expr, indices, exponent, whole)
        case Add() if is_integer(exponent):
            number, rest = primitive(expr)
            yield from _of_number(number, exponent)
            yield Power(rest, indices, exponent)
        case Constant(value=value):
            yield from _of_number(value, exponent)
        case Reduce(function=norm, operand=Einsum()) if norm is NORM:
            yield from _of_length(expr, indices, exponent, whole)
        case _:
            yield Power(expr, indices, exponent)


def _number_of_times(expr: Map) -> tuple[Expr, int] | None:
    """Read `x^(2q)` as the square of `x^q`."""
    (base, number), *others = varied_parts(expr)
    is_multiple = not others and base is not expr and isinstance(number, int)
    return (base, int(number)) if is_multiple else None


def _of_length(
    expr: Reduce, indices: Indices, exponent: Exponent, whole: Collection[Expr]
) -> Iterator[Power]:
    square = squared_length(expr)
    found = list(powers_in(square, indices, 0.5 * exponent, whole))
    whole_square = any(power.base is square and not is_integer(power.exponent) for power in found)
    yield from [Power(expr, indices, exponent)] if whole_square else found


def exponents_of(powers: Iterable[Power]) -> Groups:
    """Add up the exponents of each base over the same labels."""
    found: Groups = {}
    for base, indices, exponent in powers:
        found[base, indices] = tidy_exponent(found.get((base, indices), 0) + exponent)
    return found


def _raised(
    base: Expr, indices: Indices, own: Exponent, exponent: Exponent, whole: Collection[Expr]
) -> Iterator[Power]:
    """Yield what `(baseᵃ)ᵇ` is made of."""
    own = tidy_exponent(own)
    total = tidy_exponent(own * exponent)
    if is_integer(exponent) or not is_even(own) or is_even(total) or is_nonnegative(base):
        yield from powers_in(base, indices, total, whole)
    else:
        yield Power(Map(ABS, (base,)), indices, total)


def _of_number(value: Number, exponent: Exponent) -> Iterator[Power]:
    if value != 1:
        yield Power(Constant(value), (), exponent)


def _of_product(
    node: Einsum, indices: Indices, exponent: Exponent, whole: Collection[Expr]
) -> Iterator[Power]:
    lists, output = node.subscripts.inputs, node.subscripts.output
    if all(own == output for own in lists) and not any(map(_is_fixed, node.operands)):
        for operand in node.operands:
            yield from powers_in(operand, indices, exponent, whole)
        return
    number, rest = fold_constants(node)
    parts = None if _is_tied(rest) or not is_moderate(number) else closed_parts(rest)
    if parts is None or not is_moderate(_raised_number(number, exponent)):
        yield Power(node, indices, exponent)
        return
    yield from _of_number(number, exponent)
    names = dict(zip(rest.subscripts.output, indices, strict=True))
    for labels, part in parts:
        own = tuple(names[label] for label in labels)
        if isinstance(part, Einsum):
            yield Power(part, own, exponent)
        else:
            yield from powers_in(part, own, exponent, whole)


def _is_fixed(operand: Expr) -> bool:
    return isinstance(operand, (Constant, Delta, *SELECTORS))


def _raised_number(number: Number, exponent: Exponent) -> Number:
    """Raise a number that is moderate; 0 where it is not to be done."""
    if number == 0 or abs(exponent) > 64:
        return 0.0 if number else 2.0**100
    return number**exponent


def _is_tied(node: Einsum) -> bool:
    """Tell whether selectors tie labels of a product to each other."""
    return any(
        isinstance(one, SELECTORS) or (isinstance(one, Delta) and one.order > 1)
        for one in node.operands
    )


def _root_of_product(
    node: Einsum, indices: Indices, exponent: Exponent, whole: Collection[Expr]
) -> Iterator[Power]:
    """Yield what a root of a real product is made of, as far as no factor can be negative."""
    number, rest = fold_constants(node)
    root = exact_root(number, exponent)
    if root is None and length_of(rest) is not None:
        root = _moderate_root(number, exponent)
    if root is None or _is_tied(rest) or not rest.operands:
        yield Power(node, indices, exponent)
        return
    yield from _of_number(root, 1)
    found = exponents_of(_of_product(rest, indices, 1, whole))
    unknown = [key for key, own in found.items() if not _is_even_or_positive(key[0], own)]
    above = all(isinstance(base, Delta) for base, own in found if (base, own) not in unknown)
    if unknown and not (len(unknown) == 1 and above):
        yield Power(unwrap(rest), indices, exponent)
        return
    for (base, own_indices), own in found.items():
        yield from _root(base, own_indices, own, exponent)


def _is_even_or_positive(base: Expr, exponent: Exponent) -> bool:
    if is_even(exponent) or is_nonnegative(base):
        return True
    return isinstance(base, Einsum) and length_of(base) is not None


def _root(base: Expr, indices: Indices, own: Exponent, exponent: Exponent) -> Iterator[Power]:
    total = tidy_exponent(own * exponent)
    length = length_of(base) if isinstance(base, Einsum) else None
    if length is not None:
        yield Power(length, indices, tidy_exponent(2 * total))
    elif is_even(own) and not is_even(total) and not is_nonnegative(base):
        yield Power(Map(ABS, (base,)), indices, total)
    else:
        yield Power(base, indices, total)


def exact_root(number: Number, exponent: Exponent) -> Number | None:
    """Raise a positive number to a multiple of 1/2, or None where that is not exact.

    Examples
    --------
    >>> exact_root(4, 0.5), exact_root(0.25, -1.5), exact_root(2, 0.5)
    (2, 8, None)
    """
    if number == 1:
        return 1
    twice = tidy_exponent(2 * exponent)
    if isinstance(number, complex) or number <= 0 or not is_moderate(number):
        return None
    if not isinstance(twice, int) or abs(twice) > 8:
        return None
    above, below = number.as_integer_ratio()
    root, under = isqrt(above), isqrt(below)
    if root * root != above or under * under != below:
        return None
    return tidy((root / under) ** twice)


def _moderate_root(number: Number, exponent: Exponent) -> Number | None:
    """Raise a positive number that is neither very large nor small."""
    if isinstance(number, complex) or number <= 0 or not is_moderate(number) or abs(exponent) > 8:
        return None
    return number**exponent


def square_of(expr: Expr) -> Einsum | None:
    """Return the square of a length of real numbers, which needs no root."""
    if isinstance(expr, Reduce) and expr.function is NORM and not expr.is_complex:
        return squared_length(expr)
    return None
