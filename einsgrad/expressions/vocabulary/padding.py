"""Arrays made longer at both ends, in each of the ways that `numpy.pad` has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import cycle
from typing import Any, TypeAlias

from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.dims import Dim, linear
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.selectors import Integers
from einsgrad.expressions.shaping import as_expr, broadcast
from einsgrad.expressions.vocabulary.application import whole_number
from einsgrad.expressions.vocabulary.arithmetic import add, divide, multiply, subtract
from einsgrad.expressions.vocabulary.axis_parts import (
    axis_part,
    backwards,
    between_zeros,
    in_a_row,
    repeated_entry,
    with_dim,
    without_first,
)
from einsgrad.expressions.vocabulary.functions import max, min
from einsgrad.expressions.vocabulary.linear import mean
from einsgrad.expressions.vocabulary.numpy_rearranging import expand_dims

# What is given for both ends of each axis.
Pairs: TypeAlias = "list[tuple[Any, Any]]"

# The option that each way of padding takes.
_OPTIONS = {
    "constant": "constant_values",
    "linear_ramp": "end_values",
    **dict.fromkeys(["maximum", "mean", "minimum"], "stat_length"),
    **dict.fromkeys(["reflect", "symmetric"], "reflect_type"),
    **dict.fromkeys(["edge", "wrap"], ""),
}
_STATISTICS: dict[str, Callable[..., Expr]] = {"maximum": max, "minimum": min, "mean": mean}


def padded(x: Any, pad_width: Any, mode: Any = "constant", **options: Any) -> Expr:
    """Make axes longer at both ends, as `numpy.pad`."""
    expr = as_expr(x)
    rank = len(expr.shape)
    if not isinstance(mode, str) or mode not in _OPTIONS:
        raise ArgumentError(
            f"pad of an expression does not take mode={clip(mode)}. Give one of "
            f"{', '.join(_OPTIONS)}."
        )
    wrong = [name for name in options if name != _OPTIONS[mode]]
    if wrong:
        raise ArgumentError(f"pad: mode {mode!r} takes no {wrong[0]}. Leave it out.")
    option = options.get(_OPTIONS[mode])
    widths = _widths(pad_width, rank)
    ends = [option] * rank if mode in ("reflect", "symmetric") else _pairs(option, rank)
    for axis, (width, end) in enumerate(zip(widths, ends, strict=True)):
        if width != (0, 0):
            expr = _padded_along(expr, axis, width, mode, end)
    return expr


def _widths(pad_width: Any, rank: int) -> Pairs:
    if isinstance(pad_width, Mapping):
        given: Pairs = [(0, 0)] * rank
        for axis, one in pad_width.items():
            given[axis] = _pairs(one, 1)[0]
    else:
        given = _pairs(pad_width, rank)
    widths: Pairs = [
        (whole_number(low, "a width"), whole_number(high, "a width")) for low, high in given
    ]
    if any(one < 0 for pair in widths for one in pair):
        raise ArgumentError(f"pad: {clip(pad_width)} holds a negative width. Give 0 or more.")
    return widths


def _pairs(given: Any, rank: int) -> Pairs:
    """Return what is given for both ends of each axis: one value, a pair, one for each axis."""
    given = given.tolist() if hasattr(given, "tolist") and not isinstance(given, Node) else given
    if not isinstance(given, list | tuple):
        return [(given, given)] * rank
    if all(not isinstance(one, list | tuple) for one in given) and len(given) in (1, 2):
        return [(given[0], given[-1])] * rank
    rows = [one if isinstance(one, list | tuple) else (None,) * 3 for one in given]
    if len(rows) not in (1, rank) or any(len(row) not in (1, 2) for row in rows):
        raise ShapeError(
            f"pad: {clip(given)} does not fit {rank} axes. Give a number, a pair, or a pair for "
            "each axis."
        )
    pairs = [(row[0], row[-1]) for row in rows]
    return pairs * rank if len(pairs) == 1 else pairs


def _padded_along(expr: Expr, axis: int, width: tuple[int, int], mode: str, option: Any) -> Expr:
    if expr.shape[axis] == 0 and mode != "constant":
        raise ArgumentError(f"pad: an axis of size 0 is not padded by mode {mode!r}.")
    if mode == "constant":
        return _with_constants(expr, axis, width, option)
    if mode in ("reflect", "symmetric"):
        ends = _reflections(expr, axis, width, mode, option)
    elif mode == "wrap":
        ends = _periods(expr, axis, width)
    elif mode == "linear_ramp":
        ends = _ramps(expr, axis, width, option)
    else:
        ends = _statistics(expr, axis, width, mode, option)
    parts = [part for part in (ends[0], expr, ends[1]) if part.shape[axis] != 0]
    return in_a_row(parts, axis)


def _last(expr: Expr, axis: int, number: Dim) -> Expr:
    return axis_part(expr, axis, linear((1, expr.shape[axis]), (-1, number)), number)


def _with_constants(expr: Expr, axis: int, width: tuple[int, int], values: Any) -> Expr:
    longer = between_zeros(expr, axis, *width)
    constants = [as_expr(0 if value is None else value) for value in values]
    dims = (0, linear((1, expr.shape[axis]), (1, width[0])))
    for constant, size, offset in zip(constants, width, dims, strict=True):
        if size and constant is not as_expr(0):
            row = broadcast(constant, with_dim(expr.shape, axis, size))
            rest = linear((1, longer.shape[axis]), (-1, offset), (-1, size))
            longer = add(longer, between_zeros(row, axis, offset, rest))
    return longer


def _statistics(
    expr: Expr, axis: int, width: tuple[int, int], mode: str, lengths: Any
) -> tuple[Expr, Expr]:
    """Return one value for each end: its own entry, or a statistic of so many entries."""
    dim = expr.shape[axis]
    if mode == "edge":
        last = linear((1, dim), (-1, 1))
        return repeated_entry(expr, axis, 0, width[0]), repeated_entry(expr, axis, last, width[1])
    counts = [_length(one, dim) for one in lengths]
    parts = axis_part(expr, axis, 0, counts[0]), _last(expr, axis, counts[1])
    first, second = (
        broadcast(_STATISTICS[mode](part, axis, keepdims=True), with_dim(expr.shape, axis, size))
        for part, size in zip(parts, width, strict=True)
    )
    return first, second


def _length(given: Any, dim: Dim) -> Dim:
    if given is None:
        return dim
    length = whole_number(given, "a length")
    if length <= 0:
        raise ArgumentError(f"pad: stat_length={length} is no number of entries. Give 1 or more.")
    return length if not isinstance(dim, int) or length < dim else dim


def _ramps(expr: Expr, axis: int, width: tuple[int, int], ends: Any) -> tuple[Expr, Expr]:
    """Return lines from the values at the ends to the entries at the edges."""
    edges = _statistics(expr, axis, width, "edge", None)
    first, second = (
        _ramp(edge, axis, size, 0 if end is None else end)
        for edge, size, end in zip(edges, width, ends, strict=True)
    )
    return first, backwards(second, axis)


def _ramp(edge: Expr, axis: int, size: int, end: Any) -> Expr:
    shares = divide(Integers((size,), tuple(range(size))), size or 1)
    behind = range(1, len(edge.shape) - axis)
    return add(end, multiply(subtract(edge, end), expand_dims(shares, tuple(behind))))


def _periods(expr: Expr, axis: int, width: tuple[int, int]) -> tuple[Expr, Expr]:
    def behind(expr: Expr, number: int) -> Expr:
        return _repeated_till(expr, [expr], axis, number)

    reverse = backwards(expr, axis)
    return backwards(behind(reverse, width[0]), axis), behind(expr, width[1])


def _reflections(
    expr: Expr, axis: int, width: tuple[int, int], mode: str, kind: Any
) -> tuple[Expr, Expr]:
    if kind not in (None, "even", "odd"):
        raise ArgumentError(f"pad: reflect_type={clip(kind)} is unknown. Give 'even' or 'odd'.")
    if mode == "reflect" and expr.shape[axis] == 1:
        return _statistics(expr, axis, width, "edge", None)

    def behind(expr: Expr, number: int) -> Expr:
        own = expr if mode == "symmetric" else without_first(expr, axis)
        other = backwards(expr, axis)
        mirrored = other if mode == "symmetric" else without_first(other, axis)
        if kind != "odd":
            return _repeated_till(expr, [mirrored, own], axis, number)
        return _odd_behind(expr, [mirrored, own], axis, number)

    reverse = backwards(expr, axis)
    return backwards(behind(reverse, width[0]), axis), behind(expr, width[1])


def _repeated_till(expr: Expr, parts: list[Expr], axis: int, number: int) -> Expr:
    """Put parts one behind the other, again and again, until there are so many entries."""
    return _in_a_row(expr, list(_parts_till(parts, axis, number)), axis)


def _parts_till(parts: list[Expr], axis: int, number: int) -> Iterator[Expr]:
    """Yield parts again and again, the last one cut, until there are so many entries."""
    for part in cycle(parts):
        if number <= 0:
            return
        dim = part.shape[axis]
        # An axis whose size is a name is taken to have more entries.
        is_longer = not isinstance(dim, int) or dim > number
        yield axis_part(part, axis, 0, number) if is_longer else part
        number -= dim if isinstance(dim, int) else number


def _in_a_row(expr: Expr, parts: list[Expr], axis: int) -> Expr:
    """Put parts one behind the other; without any, return no entries of an expression."""
    return in_a_row(parts, axis) if parts else axis_part(expr, axis, 0, 0)


def _odd_behind(expr: Expr, parts: list[Expr], axis: int, number: int) -> Expr:
    """Continue what is reflected at a point: each part is turned over, or goes on rising."""
    first, last = axis_part(expr, axis, 0, 1), _last(expr, axis, 1)
    rise = multiply(2, subtract(last, first))
    row: list[Expr] = []
    for place, part in enumerate(_parts_till(parts, axis, number)):
        count = place // 2
        if place % 2:
            row.append(add(part, multiply(count + 1, rise)))
        else:
            row.append(add(subtract(multiply(2, last), part), multiply(count, rise)))
    return _in_a_row(expr, row, axis)
