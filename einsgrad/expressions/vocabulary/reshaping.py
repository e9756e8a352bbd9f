"""Reshapes of expressions: axes merged to one, or one axis split, each an einsum with a fuse."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.selecting import joining
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.shaping import as_expr, unreduce
from einsgrad.expressions.vocabulary.application import whole_numbers
from einsgrad.strings.subscripts import Subscripts


def reshape(x: object, *shape: int | Sequence[int]) -> Expr:
    """Merge and split axes, in C order, as `numpy.reshape`.

    Parameters
    ----------
    x
        An expression whose dims are sizes.
    shape
        The new sizes; one of them may be -1.

    Raises
    ------
    ArgumentError
        If a dim is a name.
    ShapeError
        If the sizes do not multiply to the same number.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> reshape(Variable("x", (2, 3)), 6).shape
    (6,)
    """
    expr = as_expr(x)
    old = _sizes(expr)
    given = whole_numbers(shape[0] if len(shape) == 1 else shape, "a shape")
    new = _completed(list(given), prod(old), expr)
    if 0 in old:
        return _of_nothing(expr, new)
    result = _without_ones(expr, old)
    place = 0
    for before, after in _groups([s for s in old if s != 1], [s for s in new if s != 1]):
        if len(before) > 1:
            result = _merged(result, place, before)
        if len(after) > 1:
            result = _split(result, place, after)
        place += len(after)
    return _with_ones(result, new)


def _sizes(expr: Expr) -> list[int]:
    sizes = [dim for dim in expr.shape if isinstance(dim, int)]
    if len(sizes) < len(expr.shape):
        raise ArgumentError(
            f"reshape of {clip(expr)}: a dim is a name, and the size of joined axes has none. "
            "Declare the variable with sizes."
        )
    return sizes


def _completed(shape: list[int], total: int, expr: Expr) -> list[int]:
    known = prod(size for size in shape if size != -1)
    if shape.count(-1) == 1 and known and total % known == 0:
        shape = [total // known if size == -1 else size for size in shape]
    if prod(shape) != total or any(size < 0 for size in shape):
        raise ShapeError(
            f"reshape of {clip(expr)} to {clip(tuple(shape))}: the numbers of entries differ."
        )
    return shape


def _groups(old: list[int], new: list[int]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Pair the shortest runs of old and new sizes that have equal products."""
    groups = []
    left, right = iter(old), iter(new)
    for size in left:
        before, after = [size], [next(right)]
        while prod(before) != prod(after):
            if prod(before) < prod(after):
                before.append(next(left))
            else:
                after.append(next(right))
        groups.append((tuple(before), tuple(after)))
    return groups


def _of_nothing(expr: Expr, shape: list[int]) -> Expr:
    """Reshape an array without entries, which has no axes to merge or to split."""
    total = build_einsum(Subscripts((tuple(range(len(expr.shape))),), ()), (expr,))
    return unreduce(total, tuple(shape), range(len(shape)))


def _without_ones(expr: Expr, sizes: list[int]) -> Expr:
    labels = tuple(range(len(sizes)))
    kept = tuple(axis for axis in labels if sizes[axis] != 1)
    return expr if kept == labels else build_einsum(Subscripts((labels,), kept), (expr,))


def _with_ones(expr: Expr, shape: list[int]) -> Expr:
    labels = tuple(range(len(shape)))
    kept = tuple(axis for axis in labels if shape[axis] != 1)
    ones = tuple(axis for axis in labels if shape[axis] == 1)
    if not ones:
        return expr
    lists = (kept, *((axis,) for axis in ones))
    return build_einsum(Subscripts(lists, labels), (expr, *(Delta(1, 1) for _ in ones)))


def _merged(expr: Expr, place: int, sizes: tuple[int, ...]) -> Expr:
    labels = tuple(range(len(expr.shape)))
    apart = labels[place : place + len(sizes)]
    output = (*labels[:place], "fused", *labels[place + len(sizes) :])
    return build_einsum(Subscripts((("fused", *apart), labels), output), (joining(sizes), expr))


def _split(expr: Expr, place: int, sizes: tuple[int, ...]) -> Expr:
    labels = tuple(range(len(expr.shape)))
    apart = tuple(("apart", number) for number in range(len(sizes)))
    output = (*labels[:place], *apart, *labels[place + 1 :])
    return build_einsum(Subscripts(((place, *apart), labels), output), (joining(sizes), expr))
