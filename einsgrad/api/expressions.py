"""What a user calls with expressions: their values, their simplest form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.walks import variables_in
from einsgrad.simplification.simplify import simplify_expr


def evaluate(expr: Expr, /, *, sizes: Mapping[str, int] | None = None, **arrays: Any) -> Any:
    """Evaluate an expression on arrays given by the variables' names.

    What is computed is its simplest form, as `compile` computes it.

    Parameters
    ----------
    expr
        The expression.
    sizes
        Sizes of dims that no array has.
    arrays
        An array for each variable.

    Raises
    ------
    ArgumentError
        If an array or a size is missing.
    ShapeError
        If an array does not fit its variable's dims.

    Examples
    --------
    >>> import einsgrad as eg
    >>> (x,) = eg.variables("x[n]")
    >>> eg.evaluate(eg.softmax(x), x=[1000.0, 1000.0])
    array([0.5, 0.5])
    """
    from einsgrad.engine.binding import refuse_undeclared_complex
    from einsgrad.engine.evaluation import evaluate_simplified

    refuse_undeclared_complex(variables_in(as_expr(expr)), arrays)
    return evaluate_simplified(as_expr(expr), arrays, {**(sizes or {})})


def simplify(expr: Any) -> Expr:
    """Bring an expression into its simplest, canonical form.

    Expressions that are equal up to the names of labels, the order of factors and the
    order of terms become the same object.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, B = eg.variables("A[n,n] B[n,n]")
    >>> eg.simplify(eg.trace(A @ B)) is eg.simplify(eg.trace(B @ A))
    True
    """
    return simplify_expr(as_expr(expr))
