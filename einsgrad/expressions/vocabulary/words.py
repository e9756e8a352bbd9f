"""The whole vocabulary that expressions are written with, gathered from its modules.

These functions build expressions and nothing else; their arguments are expressions and
numbers. They are what the tables' derivatives are written over, and what Python's
operators and numpy's functions call on expressions. A row that is entered later is found
here, too, by its public names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from einsgrad.expressions.construct import zeros
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.tables.rows import all_rows, public_row
from einsgrad.expressions.vocabulary import (
    arithmetic,
    composed,
    decompositions,
    functions,
    linear,
    matrix_parts,
    norms,
    scipy_equations,
)
from einsgrad.expressions.vocabulary.application import function_of
from einsgrad.expressions.vocabulary.arithmetic import *  # noqa: F403
from einsgrad.expressions.vocabulary.composed import *  # noqa: F403
from einsgrad.expressions.vocabulary.decompositions import *  # noqa: F403
from einsgrad.expressions.vocabulary.functions import *  # noqa: F403
from einsgrad.expressions.vocabulary.linear import *  # noqa: F403
from einsgrad.expressions.vocabulary.norms import *  # noqa: F403

# Names that derivatives of rows use, and users do not.
_NEEDED_BY_ROWS: dict[str, Callable[..., Expr]] = {
    "shared": composed.shared,
    "product_of_others": composed.product_of_others,
    "step_between": composed.step_between,
    "traces": matrix_parts.traces,
    "diagonals": matrix_parts.diagonals,
    "with_diagonals": matrix_parts.with_diagonals,
    "conjugate_transpose": matrix_parts.conjugate_transpose,
    "below_diagonal": matrix_parts.below_diagonal,
    "half_lower_triangle": matrix_parts.half_lower_triangle,
    "hermitian_sum": matrix_parts.hermitian_sum,
    "as_rows": matrix_parts.as_rows,
    "as_columns": matrix_parts.as_columns,
    "gaps": matrix_parts.gaps,
    "exchanged": matrix_parts.exchanged,
    "power_slope": matrix_parts.power_slope,
    "with_numbers": matrix_parts.with_numbers,
    "block_triangle": matrix_parts.block_triangle,
    "upper_right_block": matrix_parts.upper_right_block,
    "in_thirds": matrix_parts.in_thirds,
    "zeros": zeros,
    "solve_sylvester": scipy_equations.solve_sylvester,
    "solve_discrete_lyapunov": scipy_equations.solve_discrete_lyapunov,
    "square_part": matrix_parts.square_part,
    "third": matrix_parts.third,
}

# What a user writes expressions with, but for the rows that are entered later.
VOCABULARY: dict[str, Callable[..., Expr]] = {
    name: getattr(module, name)
    for module in (arithmetic, composed, decompositions, functions, linear, norms)
    for name in module.__all__
}


def word(name: str) -> Callable[..., Expr] | None:
    """Return the function that users call by a name, if any.

    Examples
    --------
    >>> word("sin").__name__, word("sine")
    ('sin', None)
    """
    if name in VOCABULARY:
        return VOCABULARY[name]
    row = public_row(name)
    return None if row is None else function_of(row)


def public_names() -> list[str]:
    """Return the names of all functions that users write expressions with."""
    return sorted({*VOCABULARY, *(name for row in all_rows() for name in row.public)})


class Symbolic:
    """The namespace `m` that derivatives of table rows are written over, for expressions."""

    def __getattr__(self, name: str) -> Callable[..., Expr]:
        found = VOCABULARY.get(name) or _NEEDED_BY_ROWS.get(name) or _function_of_row(name)
        if found is None:
            raise AttributeError(f"no function is named {name!r}")
        return found


def _function_of_row(name: str) -> Callable[..., Expr] | None:
    row = next((row for row in all_rows() if name in (row.name, *row.public)), None)
    return None if row is None else function_of(row)


SYMBOLIC = Symbolic()

if not TYPE_CHECKING:
    # A checker of types takes the names from the imports; the rows of a table it cannot read.
    __all__ = list(VOCABULARY)

    def __getattr__(name):
        found = word(name)
        if found is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return found
