"""Reshapes of expressions: axes merged to one, or one axis split, by selectors that join axes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import accumulate
from math import gcd
from operator import mul
from typing import TypeAlias

from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.dims import Dim, Linear, Shape, linear, parts_of
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.selecting import joining, put_through, seen_through
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.shaping import as_expr, unreduce
from einsgrad.expressions.vocabulary.application import whole_number, whole_numbers
from einsgrad.strings.subscripts import Subscripts

# The number and the names that multiply to the size of an axis.
Factors: TypeAlias = "tuple[int, tuple[Dim, ...]]"


def reshape(x: object, *shape: object) -> Expr:
    """Merge and split axes, in C order, as `numpy.reshape`.

    Parameters
    ----------
    x
        An expression.
    shape
        The new dims; one of them may be -1. A dim that is a name stays an axis of its own,
        or is the first of the axes that are merged.

    Raises
    ------
    ArgumentError
        If the size of merged axes is no multiple of a dim.
    ShapeError
        If the sizes do not multiply to the same number.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> reshape(Variable("x", (2, 3)), 6).shape, reshape(Variable("y", ("n", 6)), "n", 2, 3).shape
    ((6,), ('n', 2, 3))
    """
    expr = as_expr(x)
    given = asked_dims(shape[0] if len(shape) == 1 else shape)
    new = _completed(given, expr)
    if 0 in expr.shape:
        return _of_nothing(expr, new)
    result = _without_ones(expr)
    place = 0
    for before, after in _groups(result.shape, tuple(dim for dim in new if dim != 1), expr):
        if len(before) > 1:
            result = put_through(result, place, joining(before))
        if len(after) > 1:
            result = seen_through(result, {place: joining(after)})
        place += len(after)
    return _with_ones(result, new)


def asked_dims(shape: object) -> tuple[Dim, ...]:
    """Read a shape, whose dims are sizes, or dims of another expression's shape."""
    if isinstance(shape, str | Linear):
        return (shape,)
    if isinstance(shape, list | tuple):
        return tuple(
            dim if isinstance(dim, str | Linear) else whole_number(dim, "a shape") for dim in shape
        )
    return whole_numbers(shape, "a shape")


def _factors(dims: Sequence[Dim]) -> Factors:
    """Return what dims multiply to, in a form that is equal for equal products."""
    number, names = 1, []
    for dim in dims:
        if isinstance(dim, int):
            number *= dim
        else:
            factor, name = _factor(dim)
            number *= factor
            names.append(name)
    return number, tuple(sorted(names, key=str)) if names else ()


def _factor(dim: Dim) -> tuple[int, Dim]:
    """Return a dim as a multiple of one whose coefficients have no factor in common."""
    terms, constant = parts_of(dim)
    common = gcd(constant, *(factor for _, factor in terms))
    parts = [(factor // common, name) for name, factor in terms]
    return common, linear(*parts, (1, constant // common))


def _ends(dims: Sequence[Dim]) -> list[Hashable]:
    """Return what the dims up to each one multiply to."""
    sizes = [dim for dim in dims if isinstance(dim, int)]
    if len(sizes) == len(dims):
        return list(accumulate(sizes, mul))
    return [_factors(dims[: place + 1]) for place in range(len(dims))]


def _completed(shape: Sequence[Dim], expr: Expr) -> Shape:
    """Return the new dims, with what -1 stands for."""
    known = [dim for dim in shape if dim != -1]
    total, product = _factors(expr.shape), _factors(known)
    if len(known) == len(shape) - 1 and product[0] and total[0] % product[0] == 0:
        names = _without(total[1], product[1])
        if names is not None and len(names) < 2:
            missing = linear((total[0] // product[0], names[0] if names else 1))
            shape = [missing if dim == -1 else dim for dim in shape]
    negative = any(isinstance(dim, int) and dim < 0 for dim in shape)
    if negative and total[1]:
        raise _unknown_size(expr)
    if negative or _factors(shape) != total:
        raise ShapeError(
            f"reshape of {clip(expr)} to {clip(tuple(shape))}: the numbers of entries differ."
        )
    return tuple(shape)


def _without(names: tuple[Dim, ...], others: tuple[Dim, ...]) -> list[Dim] | None:
    """Return names with others taken out; None if these are not among them."""
    if not others:
        return list(names)
    rest = Counter(names) - Counter(others)
    return list(rest.elements()) if rest.total() == len(names) - len(others) else None


def _unknown_size(expr: Expr) -> ArgumentError:
    return ArgumentError(
        f"reshape of {clip(expr)}: a dim is a name, and the size of joined axes has none. "
        "Declare the variable with sizes."
    )


def _groups(old: Shape, new: Shape, expr: Expr) -> list[tuple[Shape, Shape]]:
    """Pair the shortest runs of old and new dims that have equal products."""
    ends = {product: place for place, product in enumerate(_ends(new), 1)}
    groups, start, last = [], 0, 0
    for place, product in enumerate(_ends(old), 1):
        end = ends.get(product)
        if end is not None:
            groups.append((old[start:place], new[last:end]))
            start, last = place, end
    if any(not isinstance(dim, int) for pair in groups for dims in pair for dim in dims[1:]):
        raise _unknown_size(expr)
    return groups


def _of_nothing(expr: Expr, shape: Shape) -> Expr:
    """Reshape an array without entries, which has no axes to merge or to split."""
    total = build_einsum(Subscripts((tuple(range(len(expr.shape))),), ()), (expr,))
    return unreduce(total, shape, range(len(shape)))


def _without_ones(expr: Expr) -> Expr:
    labels = tuple(range(len(expr.shape)))
    kept = tuple(axis for axis in labels if expr.shape[axis] != 1)
    return expr if kept == labels else build_einsum(Subscripts((labels,), kept), (expr,))


def _with_ones(expr: Expr, shape: Shape) -> Expr:
    labels = tuple(range(len(shape)))
    kept = tuple(axis for axis in labels if shape[axis] != 1)
    ones = tuple(axis for axis in labels if shape[axis] == 1)
    if not ones:
        return expr
    lists = (kept, *((axis,) for axis in ones))
    return build_einsum(Subscripts(lists, labels), (expr, *(Delta(1, 1) for _ in ones)))
