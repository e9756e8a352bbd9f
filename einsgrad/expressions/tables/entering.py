"""Rows are put into their tables here, if their names are free."""

from __future__ import annotations

from keyword import iskeyword
from typing import assert_never

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.tables.matrix_rows import MATRIX_FUNCTIONS, MatrixFunction
from einsgrad.expressions.tables.rows import (
    ELEMENTWISE,
    PARAMETERS,
    REDUCTIONS,
    Elementwise,
    Reduction,
    Row,
    all_rows,
    names_of,
)


def enter(row: Row) -> None:
    """Put a row into its table.

    Raises
    ------
    ArgumentError
        If a name is taken, or is no identifier, or the row does not fit its arity.
    """
    names = frozenset(names_of(row))
    for other in all_rows():
        # Not by `names_of`: every import enters all rows.
        if other.name in names or not names.isdisjoint((*other.public, *other.numpy_names)):
            taken = next(name for name in names_of(row) if name in names_of(other))
            raise ArgumentError(f"{clip(taken)} is taken. Choose another name.")
    for name in names_of(row):
        if not name.isidentifier() or iskeyword(name):
            raise ArgumentError(f"{clip(name)} is no identifier. Choose another name.")
    match row:
        case Elementwise(name=name):
            if not 1 <= row.arity <= len(PARAMETERS) or len(row.domain) != row.arity:
                raise ArgumentError(
                    f"{clip(name)} needs one to three arguments, with a derivative and an "
                    "interval for each."
                )
            ELEMENTWISE[name] = row
        case Reduction(name=name):
            REDUCTIONS[name] = row
        case MatrixFunction(name=name):
            MATRIX_FUNCTIONS[name] = row
        case _ as unreachable:
            assert_never(unreachable)
