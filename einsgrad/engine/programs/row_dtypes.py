"""The dtypes of functions' values, which numpy is asked for."""

from __future__ import annotations

from functools import lru_cache
from typing import assert_never

import numpy as np

from einsgrad.engine.programs.steps import DType
from einsgrad.engine.row_values import row_value
from einsgrad.errors import ShapeError
from einsgrad.expressions.nodes import Number
from einsgrad.expressions.tables.matrix_rows import MatrixFunction
from einsgrad.expressions.tables.rows import Elementwise, Reduction, Row


def dtype_of(row: Row, *arguments: DType | Number) -> DType:
    """Return the dtype of a function's value for arrays of these dtypes, and these numbers.

    Booleans become numbers, because sums of them are counts. Numbers make nothing wider, also
    where the value is one of them and an array only chooses.

    Examples
    --------
    >>> from einsgrad.expressions.tables.rows import elementwise_row
    >>> dtype_of(elementwise_row("tanh"), np.dtype(int))
    dtype('float64')
    >>> dtype_of(elementwise_row("where"), np.dtype("f4"), 0.5, 1)
    dtype('float32')
    """
    found = written_dtype(row, *arguments)
    if found.kind == "b":
        return np.result_type(*arguments, 0)
    arrays = [one for one in arguments if isinstance(one, np.dtype)]
    if len(arrays) == len(arguments) or not any(one.kind in "fc" for one in arrays):
        return found
    most = np.result_type(*arrays, *([np.complex64] if found.kind == "c" else []))
    return most if found.kind in "iu" or found.itemsize > most.itemsize else found


def written_dtype(row: Row, *arguments: DType | Number) -> DType:
    """Return the dtype that numpy gives to what is written for a function."""
    return _dtype_of(row, arguments, tuple(map(type, arguments)))


@lru_cache(maxsize=4096)
def _dtype_of(
    row: Row,
    arguments: tuple[DType | Number, ...],
    # Numbers that are equal, such as 1 and 1.0, give different dtypes.
    types: tuple[type, ...],
) -> DType:
    rank = 2 if isinstance(row, MatrixFunction) else 1
    values = [np.ones((1,) * rank, one) if isinstance(one, np.dtype) else one for one in arguments]
    axes = [(0,)] if isinstance(row, Reduction) else []
    with np.errstate(all="ignore"):
        found = row_value(row, *values, *axes)
    shape = _shape_at_one_entry(row)
    if np.shape(found) != shape:
        raise ShapeError(
            f"{row.name} gives an array of shape {np.shape(found)} where {shape} is needed. "
            "An elementwise function keeps the shape, a reduction takes its axes away."
        )
    return np.asarray(found).dtype


def _shape_at_one_entry(row: Row) -> tuple[int, ...]:
    """Return the shape of a function's value where the argument has one entry."""
    match row:
        case Elementwise():
            return (1,)
        case Reduction():
            return ()
        case MatrixFunction():
            return row.value_shape((1, 1))
        case _ as unreachable:
            assert_never(unreachable)
