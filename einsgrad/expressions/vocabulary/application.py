"""Rows of the tables applied to expressions: with broadcasting, along axes, to matrices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias, assert_never

from einsgrad.errors import ArgumentError, ArgumentTypeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.construct import as_whole
from einsgrad.expressions.nodes import Expr, Map, MatrixMap, Reduce
from einsgrad.expressions.shaping import as_expr, broadcast, broadcast_shape, unreduce
from einsgrad.expressions.tables.matrix_rows import MatrixFunction
from einsgrad.expressions.tables.rows import Elementwise, Reduction, Row

Axis: TypeAlias = "int | Sequence[int] | None"


def apply(row: Elementwise, *arguments: Any) -> Expr:
    """Apply an elementwise function with broadcasting.

    Raises
    ------
    ArgumentError
        If the number of arguments is not the row's.
    """
    if len(arguments) != row.arity:
        raise ArgumentError(f"{row.name} takes {row.arity} arguments, {len(arguments)} given.")
    operands = [as_expr(argument) for argument in arguments]
    shape = broadcast_shape(*operands)
    return Map(row, tuple(op if op.shape == () else broadcast(op, shape) for op in operands))


def reduce(row: Reduction, x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expr:
    """Apply a reduction along axes; a number is reduced as an array of one entry."""
    expr = as_expr(x)
    axes = axes_of(axis, len(expr.shape))
    if not axes and row.keeps_single:
        return expr
    if not axes:
        last = len(expr.shape)
        return Reduce(row, unreduce(expr, (*expr.shape, 1), (last,)), (last,))
    reduced = Reduce(row, expr, axes)
    return kept_axes(reduced, expr, axes, keepdims)


def apply_to_matrices(row: MatrixFunction, x: Any) -> Expr:
    """Apply a matrix function to the last two axes."""
    return MatrixMap(row, as_expr(x))


def function_of(row: Row) -> Callable[..., Expr]:
    """Return the function of expressions that applies a row.

    Examples
    --------
    >>> from einsgrad.expressions.tables.rows import elementwise_row
    >>> from einsgrad.expressions.nodes import Variable
    >>> function_of(elementwise_row("tanh"))(Variable("x", ("n",)))
    tanh(x)
    """
    function = _bare_function(row)
    function.__name__ = function.__qualname__ = row.name
    function.__doc__ = described(row)
    return function


def _bare_function(row: Row) -> Callable[..., Expr]:
    def along_axes(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expr:
        assert isinstance(row, Reduction)
        return reduce(row, x, axis, keepdims=keepdims)

    def of_matrices(x: Any) -> Expr:
        assert isinstance(row, MatrixFunction)
        return apply_to_matrices(row, x)

    match row:
        case Elementwise():
            return _entry_by_entry(row)
        case Reduction():
            return along_axes
        case MatrixFunction():
            return of_matrices
        case _ as unreachable:
            assert_never(unreachable)


def _entry_by_entry(row: Elementwise) -> Callable[..., Expr]:
    """Return a function with as many parameters as the row has."""

    def of_one(x: Any) -> Expr:
        return apply(row, x)

    def of_two(x: Any, y: Any) -> Expr:
        return apply(row, x, y)

    def of_three(x: Any, y: Any, z: Any) -> Expr:
        return apply(row, x, y, z)

    return (of_one, of_two, of_three)[row.arity - 1]


def described(row: Row) -> str:
    """Say what the function of a row returns, and what its derivative is where it has none."""
    first = f"Return {row.meaning or f'{row.name}(x)'}"
    first += ", entry by entry." if isinstance(row, Elementwise) else "."
    kinks = "" if isinstance(row, MatrixFunction) else row.kinks
    return f"{first} Its derivative is {kinks}." if kinks else first


def axes_of(axis: Axis, rank: int, *, ordered: bool = False) -> tuple[int, ...]:
    """Read axes as numpy does: one, several or all, counted from the end if negative."""
    if axis is None:
        return tuple(range(rank))
    given = whole_numbers(axis, "an axis")
    for one in given:
        if not -rank <= one < rank:
            raise ArgumentError(f"axis {clip(one)} is out of range for {rank} axes.")
    axes = tuple(one % rank for one in given)
    if len(set(axes)) < len(axes):
        raise ArgumentError(f"an axis is given twice: {clip(given)}.")
    return axes if ordered else tuple(sorted(axes))


def axis_of(axis: object, rank: int) -> int:
    """Read one axis as numpy does, counted from the end if negative.

    Examples
    --------
    >>> axis_of(-1, 3)
    2
    """
    return axes_of(whole_number(axis, "an axis"), rank)[0]


def whole_numbers(given: object, what: str) -> tuple[int, ...]:
    """Read one whole number or several; those of numpy are whole numbers, too.

    Raises
    ------
    ArgumentTypeError
        If there is another thing among them.

    Examples
    --------
    >>> whole_numbers(-1, "an axis"), whole_numbers([0, 2], "an axis")
    ((-1,), (0, 2))
    """
    if type(given) is int:
        return (given,)
    if isinstance(given, Iterable) and not isinstance(given, str | Node) and not is_scalar(given):
        return tuple(whole_number(one, what) for one in given)
    return (whole_number(given, what),)


def is_scalar(value: object) -> bool:
    """Tell whether a value is an array without axes, which Python takes for iterable."""
    return getattr(value, "shape", None) == ()


def whole_number(given: object, what: str) -> int:
    """Read a whole number.

    Raises
    ------
    ArgumentTypeError
        If it is none.
    """
    number = as_whole(given)
    if number is not None:
        return number
    raise ArgumentTypeError(f"{clip(given)} is not {what}. Give a whole number.")


def kept_axes(reduced: Expr, original: Expr, axes: Sequence[int], keepdims: object) -> Expr:
    """Give a reduced expression axes of size 1 where it was reduced, if they are to be kept.

    Raises
    ------
    ArgumentTypeError
        If what is given for `keepdims` is neither true nor false, as an array of several.
    """
    if keepdims is False:
        return reduced
    try:
        kept = bool(keepdims)
    except (ValueError, TypeError):
        raise ArgumentTypeError(
            f"keepdims: {clip(keepdims)} is neither true nor false. Give True or False."
        ) from None
    if not kept:
        return reduced
    shape = tuple(1 if a in axes else dim for a, dim in enumerate(original.shape))
    return unreduce(reduced, shape, axes)
