"""Parts of one axis, its entries backwards or turned round, and parts one behind the other."""

from __future__ import annotations

from collections.abc import Sequence

from einsgrad.expressions.construct import add_terms
from einsgrad.expressions.dims import Dim, Shape, is_at_least, linear
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.selecting import placed, put_through, seen_through, viewed
from einsgrad.expressions.selectors import Affine
from einsgrad.expressions.shaping import broadcast


def with_dim(shape: Shape, axis: int, dim: Dim) -> Shape:
    """Return a shape with another dim at an axis."""
    return (*shape[:axis], dim, *shape[axis + 1 :])


def axis_part(expr: Expr, axis: int, start: Dim, size: Dim) -> Expr:
    """Return so many entries of an axis, from a place on.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> axis_part(Variable("x", (5,)), 0, 1, 3).shape
    (3,)
    """
    return seen_through(expr, {axis: cut(expr.shape[axis], start, size)})


def cut(dim: Dim, start: Dim, size: Dim, step: int = 1) -> Affine:
    """Return the selector of so many entries of an axis, from a place on, a step apart.

    Examples
    --------
    >>> cut(5, 1, 3)
    affine(5, [3], [1], 1)
    """
    if size == 0:
        start = 0
    varies = any(not isinstance(one, int) for one in (dim, start, size))
    checked = varies and not _is_within(dim, start, size, step)
    return Affine(dim, (size,), (step,), start, checked)


def _is_within(dim: Dim, start: Dim, size: Dim, step: int) -> bool:
    """Tell whether an axis has all entries of a slice, whatever the sizes of names are."""
    last = linear((1, start), (step, size), (-step, 1))
    lowest, highest = (start, last) if step > 0 else (last, start)
    return bool(is_at_least(lowest, 0) and is_at_least(linear((1, dim), (-1, 1)), highest))


def without_first(expr: Expr, axis: int, number: int = 1) -> Expr:
    """Return all entries of an axis but some at its begin."""
    return axis_part(expr, axis, number, _less(expr.shape[axis], number))


def without_last(expr: Expr, axis: int, number: int = 1) -> Expr:
    """Return all entries of an axis but some at its end."""
    return axis_part(expr, axis, 0, _less(expr.shape[axis], number))


def _less(dim: Dim, number: int) -> Dim:
    return max(dim - number, 0) if isinstance(dim, int) else linear((1, dim), (-1, number))


def axis_entry(expr: Expr, axis: int, place: Dim) -> Expr:
    """Return one entry of an axis, which is gone then.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> axis_entry(Variable("A", (2, 5)), 1, 3).shape
    (2,)
    """
    return viewed(expr, axis, [], [], place, checked=True)


def axis_entries(expr: Expr, axis: int) -> list[Expr]:
    """Return every entry of an axis whose dim is a size."""
    dim = expr.shape[axis]
    assert isinstance(dim, int)
    return [axis_entry(expr, axis, place) for place in range(dim)]


def backwards(expr: Expr, *axes: int) -> Expr:
    """Return the entries of axes from the last to the first."""
    dims = [expr.shape[axis] for axis in axes]
    turning = [Affine(dim, (dim,), (-1,), linear((1, dim), (-1, 1))) for dim in dims]
    return seen_through(expr, dict(zip(axes, turning, strict=True)))


def turned_round(expr: Expr, axis: int, shift: int) -> Expr:
    """Shift the entries of an axis; what leaves it at one end enters at the other."""
    dim = expr.shape[axis]
    if isinstance(dim, int):
        shift = shift % dim if dim else 0
    if shift == 0:
        return expr
    split = linear((1, dim), (-1, shift)) if shift > 0 else -shift
    rest = linear((1, dim), (-1, split))
    return in_a_row([axis_part(expr, axis, split, rest), axis_part(expr, axis, 0, split)], axis)


def in_a_row(exprs: Sequence[Expr], axis: int) -> Expr:
    """Put expressions one behind the other along an axis; their other dims are equal.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> print(in_a_row([Variable("x", ("n",)), Variable("y", (3,))], 0).shape[0])
    n+3
    """
    total = linear(*((1, expr.shape[axis]) for expr in exprs))
    shape = with_dim(exprs[0].shape, axis, total)
    terms: list[Expr] = []
    offset: Dim = 0
    for expr in exprs:
        if expr.shape[axis] != 0:
            terms.append(placed(expr, axis, total, 1, offset))
        offset = linear((1, offset), (1, expr.shape[axis]))
    return add_terms(terms, shape)


def side_by_side(exprs: Sequence[Expr], axis: int) -> Expr:
    """Put expressions of one shape one behind the other along a new axis."""
    shape = exprs[0].shape
    terms = [
        put_through(expr, axis, Affine(len(exprs), (), (), place))
        for place, expr in enumerate(exprs)
    ]
    return add_terms(terms, (*shape[:axis], len(exprs), *shape[axis:]))


def between_zeros(expr: Expr, axis: int, before: Dim, after: Dim) -> Expr:
    """Put zeros before and after the entries of an axis."""
    total = linear((1, expr.shape[axis]), (1, before), (1, after))
    return placed(expr, axis, total, 1, before)


def repeated_entry(expr: Expr, axis: int, place: Dim, number: int) -> Expr:
    """Return one entry of an axis so many times."""
    single = axis_part(expr, axis, place, 1)
    return broadcast(single, with_dim(expr.shape, axis, number))
