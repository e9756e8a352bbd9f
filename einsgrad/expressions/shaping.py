"""Broadcasting and axis permutations of expressions, all of them einsums."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError, EinsgradError, ShapeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.current import current
from einsgrad.expressions.dims import Dim, Shape
from einsgrad.expressions.foreign_arrays import namespace_of
from einsgrad.expressions.nodes import Constant, Einsum, Expr, Number
from einsgrad.expressions.selectors import Delta
from einsgrad.strings.subscripts import Subscripts

# The largest float has so many.
_MOST_BITS = 1023


def as_expr(value: object) -> Expr:
    """Read a number as a constant; an expression is returned as it is.

    While a function is traced, an array, a scalar of numpy or a list of numbers becomes a
    variable that is bound to it: these may have other values at the next call.

    Raises
    ------
    ArgumentTypeError
        If it is neither, such as an array: bind that to a variable.
    """
    if isinstance(value, Node):
        return value  # type: ignore[return-value]
    if type(value) is float:
        return Constant(value)
    if isinstance(value, bool):
        return Constant(int(value))
    capture = current()
    if capture is not None and (is_of_numpy(value) or namespace_of(value) is not None):
        return capture.variable(value)
    if isinstance(value, int | float | complex):
        # numpy's scalars are floats or complex numbers too; a plain one prints shorter.
        plain = next(kind for kind in (int, float, complex) if isinstance(value, kind))
        number: Number = plain(value)  # type: ignore[arg-type]
        if isinstance(number, int) and number.bit_length() > _MOST_BITS:
            raise ArgumentError(
                f"an integer of {number.bit_length()} bits is no number that arrays hold. "
                "Give a smaller one."
            )
        return Constant(number)
    item = getattr(value, "item", None)
    if item is not None and getattr(value, "shape", None) == ():
        return as_expr(item())
    if capture is not None and isinstance(value, list | tuple):
        listed = _listed(value)
        return as_expr(listed) if isinstance(listed, Node) else capture.variable(listed)
    raise ArgumentTypeError(
        f"an expression or a number is expected, not {clip(value)}. "
        "Declare a variable for an array and give the array when evaluating."
    )


def is_of_numpy(value: object) -> bool:
    """Tell whether a value is an array of numpy, or one of its scalars.

    Examples
    --------
    >>> import numpy as np
    >>> is_of_numpy(np.float64(1)), is_of_numpy(np.ones(2)), is_of_numpy(1.0)
    (True, True, False)
    """
    # An expression would find out what dtype it has.
    if isinstance(value, Node | type):
        return False
    return hasattr(value, "dtype") and hasattr(value, "__array_interface__")


def as_exponent(value: object) -> Expr:
    """Read what has to be known while an expression is built: a scalar of numpy is a number.

    Examples
    --------
    >>> import numpy as np
    >>> as_exponent(np.int64(3)) is Constant(3)
    True
    """
    if is_of_numpy(value) and getattr(value, "shape", None) == ():
        return as_expr(value.item())  # type: ignore[attr-defined]
    return as_expr(value)


def _listed(values: list[Any] | tuple[Any, ...]) -> Any:
    import numpy as np

    try:
        # Of a list that holds expressions this is one, while a function is traced.
        return np.asarray(values)
    except EinsgradError:
        raise
    except (TypeError, ValueError) as error:
        raise ArgumentTypeError(
            f"{clip(values)} is no array: {error}. Give numbers, in lists of one length."
        ) from None


def permute(expr: Expr, axes: Sequence[int]) -> Expr:
    """Put the axes into another order.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> permute(Variable("A", ("m", "n")), (1, 0)).shape
    ('n', 'm')
    """
    if tuple(axes) == tuple(range(len(expr.shape))):
        return expr
    return build_einsum(Subscripts((tuple(range(len(axes))),), tuple(axes)), (expr,))


def broadcast_shape(*exprs: Expr) -> Shape:
    """Return the shape that expressions broadcast to, by numpy's rule: right-aligned, 1 stretches.

    Raises
    ------
    ShapeError
        If two dims differ and neither is 1.
    """
    if not exprs:
        raise ArgumentError("nothing is combined. Give one expression or more.")
    first = exprs[0].shape
    if all(expr.shape == first for expr in exprs):
        return first
    rank = max(len(expr.shape) for expr in exprs)
    result: list[Dim] = [1] * rank
    holder: list[Expr] = [exprs[0]] * rank
    for expr in exprs:
        for axis, dim in enumerate(expr.shape, rank - len(expr.shape)):
            if result[axis] == 1:
                result[axis], holder[axis] = dim, expr
            elif dim not in (1, result[axis]):
                raise ShapeError(
                    f"{clip(holder[axis])} and {clip(expr)} do not broadcast: dim "
                    f"{result[axis]} meets {dim}. Axes are aligned from the right and have "
                    "equal dims, or 1."
                )
    return tuple(result)


def stretched(expr: Expr, shape: Shape) -> tuple[tuple[int, ...], Expr]:
    """Return labels for an expression's axes, numbered like the target's, and the expression.

    Axes of size 1 that stretch are dropped first.
    """
    if expr.shape == shape:
        return _in_order(len(shape)), expr
    offset = len(shape) - len(expr.shape)
    kept = tuple(
        axis for axis, dim in enumerate(expr.shape) if not (dim == 1 and shape[axis + offset] != 1)
    )
    if len(kept) < len(expr.shape):
        expr = build_einsum(Subscripts((tuple(range(len(expr.shape))),), kept), (expr,))
    return tuple(axis + offset for axis in kept), expr


@lru_cache(maxsize=64)
def _in_order(rank: int) -> tuple[int, ...]:
    return tuple(range(rank))


def broadcast(expr: Expr, shape: Shape) -> Expr:
    """Spread an expression over a larger shape, as `numpy.broadcast_to`."""
    if expr.shape == shape:
        return expr
    labels, dropped = stretched(expr, shape)
    new = [axis for axis in range(len(shape)) if axis not in labels]
    lists = (labels, *((axis,) for axis in new))
    ones = tuple(Delta(shape[axis], 1) for axis in new)
    return Einsum(Subscripts(lists, tuple(range(len(shape)))).numbered(), (dropped, *ones))


def elementwise_product(factors: Sequence[Expr]) -> Expr:
    """Multiply entry by entry, with broadcasting; a scalar stays a factor of its own."""
    shape = broadcast_shape(*factors)
    pairs = [stretched(factor, shape) for factor in factors]
    held = {label for labels, _ in pairs for label in labels}
    # An axis that every factor has with size 1 is held by none after stretching.
    missing = [axis for axis in range(len(shape)) if axis not in held]
    lists = (*(labels for labels, _ in pairs), *((axis,) for axis in missing))
    ones = tuple(Delta(shape[axis], 1) for axis in missing)
    return build_einsum(
        Subscripts(tuple(lists), tuple(range(len(shape)))), (*(f for _, f in pairs), *ones)
    )


def unreduce(expr: Expr, shape: Shape, axes: Sequence[int]) -> Expr:
    """Spread a reduced expression back over the axes that the reduction took."""
    kept = tuple(axis for axis in range(len(shape)) if axis not in axes)
    lists = (kept, *((axis,) for axis in axes))
    ones = tuple(Delta(shape[axis], 1) for axis in axes)
    return build_einsum(Subscripts(lists, tuple(range(len(shape)))), (expr, *ones))
