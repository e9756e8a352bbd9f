"""Parts of the matrices in the last two axes, which differentials of matrix functions are made of.

They take leading axes along, and fold nothing: rules for products do that.
"""

from __future__ import annotations

from typing import Any

from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.selectors import Delta, Step
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary.arithmetic import conj
from einsgrad.strings.subscripts import Label, Subscripts


def traces(x: Any) -> Expr:
    """Return the traces.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> traces(Variable("A", ("b", "n", "n"))).shape
    ('b',)
    """
    return _rearranged(x, ("row", "row"), ())


def diagonals(x: Any) -> Expr:
    """Return the main diagonals."""
    return _rearranged(x, ("row", "row"), ("row",))


def with_diagonals(x: Any) -> Expr:
    """Return the diagonal matrices whose diagonals are the last axis."""
    expr = as_expr(x)
    batch = tuple(range(len(expr.shape) - 1))
    lists = ((*batch, "row"), ("row", "column"))
    output = (*batch, "row", "column")
    return build_einsum(Subscripts(lists, output), (expr, Delta(expr.shape[-1], 2)))


def conjugate_transpose(x: Any) -> Expr:
    """Exchange rows and columns, and conjugate what is complex."""
    turned = _rearranged(x, ("row", "column"), ("column", "row"))
    return conj(turned) if turned.is_complex else turned


def hermitian_part(x: Any) -> Expr:
    """Return the mean of a matrix and its conjugate transpose; what is symmetric stays as it is."""
    expr = as_expr(x)
    turned = conjugate_transpose(expr)
    return expr if turned is expr else (expr + turned) / 2


def below_diagonal(x: Any) -> Expr:
    """Put zeros on the main diagonal and above it."""
    expr = as_expr(x)
    return _masked(expr, Step(expr.shape[-2], expr.shape[-1], 1))


def half_lower_triangle(x: Any) -> Expr:
    """Put zeros above the main diagonal, and halve it."""
    return below_diagonal(x) + with_diagonals(diagonals(x)) / 2


def _masked(expr: Expr, step: Step) -> Expr:
    labels = tuple(range(len(expr.shape)))
    return build_einsum(Subscripts((labels[-2:], labels), labels), (step, expr))


def _rearranged(x: Any, indices: tuple[Label, ...], output: tuple[Label, ...]) -> Expr:
    expr = as_expr(x)
    batch = tuple(range(len(expr.shape) - 2))
    return build_einsum(Subscripts(((*batch, *indices),), (*batch, *output)), (expr,))
