"""Arrays split into parts along an axis, as numpy splits them: each part is a slice."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.dims import Dim, linear
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary.application import (
    axis_of,
    is_scalar,
    whole_number,
    whole_numbers,
)
from einsgrad.expressions.vocabulary.axis_parts import axis_entries, axis_part


def split_equally(x: Any, sections: Any, axis: Any = 0, name: str = "split") -> list[Expr]:
    """Split an axis into parts of one size, or at places, as `numpy.split`."""
    expr, place = _along(x, axis)
    if not _are_places(sections):
        count, dim = _number_of(name, sections), _size(name, expr, place)
        if dim % count:
            raise ShapeError(
                f"{name}: an axis of size {dim} is not split into {count} equal parts. "
                "Use array_split."
            )
    return _split(name, expr, sections, place)


def split_nearly(x: Any, sections: Any, axis: Any = 0) -> list[Expr]:
    """Split an axis into parts of nearly one size, or at places, as `numpy.array_split`."""
    expr, place = _along(x, axis)
    return _split("array_split", expr, sections, place)


def split_along(name: str, rank: int, axis: int) -> Any:
    """Return the function that splits one axis, as `numpy.vsplit`; hsplit takes a vector, too."""

    def split_up(x: Any, sections: Any) -> list[Expr]:
        expr = as_expr(x)
        if len(expr.shape) < rank:
            raise ShapeError(f"{name}: {clip(expr)} has too few axes. Give at least {rank}.")
        return split_equally(expr, sections, min(axis, len(expr.shape) - 1), name)

    return split_up


def unstacked(x: Any, axis: Any = 0) -> tuple[Expr, ...]:
    """Return the entries of an axis, as `numpy.unstack`."""
    expr, place = _along(x, axis)
    _size("unstack", expr, place)
    return tuple(axis_entries(expr, place))


def _along(x: Any, axis: Any) -> tuple[Expr, int]:
    expr = as_expr(x)
    return expr, axis_of(axis, len(expr.shape))


def _are_places(sections: Any) -> bool:
    return (
        isinstance(sections, Iterable)
        and not isinstance(sections, Node)
        and not is_scalar(sections)
    )


def _number_of(name: str, sections: Any) -> int:
    count = whole_number(sections, "a number of parts")
    if count <= 0:
        raise ArgumentError(f"{name}: {count} is no number of parts. Give 1 or more.")
    return count


def _size(name: str, expr: Expr, axis: int) -> int:
    dim = expr.shape[axis]
    if not isinstance(dim, int):
        raise ArgumentError(
            f"{name} of {clip(expr)}: the number of its parts is not known, for dim {dim} has no "
            "size yet. Declare the variable with sizes."
        )
    return dim


def _split(name: str, expr: Expr, sections: Any, axis: int) -> list[Expr]:
    dim = expr.shape[axis]
    if _are_places(sections):
        bounds = [0, *whole_numbers(sections, "a place"), dim]
        return [_between(expr, axis, low, high) for low, high in pairwise(bounds)]
    count = _number_of(name, sections)
    size, longer = divmod(_size(name, expr, axis), count)
    sizes = [size + (number < longer) for number in range(count)]
    starts = [sum(sizes[:number]) for number in range(count)]
    return [axis_part(expr, axis, *pair) for pair in zip(starts, sizes, strict=True)]


def _between(expr: Expr, axis: int, low: Dim, high: Dim) -> Expr:
    dim = expr.shape[axis]
    if isinstance(dim, int) and isinstance(low, int) and isinstance(high, int):
        places = range(*slice(low, high).indices(dim))
        return axis_part(expr, axis, places.start if places else 0, len(places))
    low, high = (
        linear((1, dim), (1, one)) if isinstance(one, int) and one < 0 else one
        for one in (low, high)
    )
    return axis_part(expr, axis, low, linear((1, high), (-1, low)))
