"""What a user calls with expressions: their values, their simplest form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.shaping import as_expr
from einsgrad.simplification.simplify import simplify_expr


def evaluate(
    expr: Expr,
    arrays: Mapping[Variable, Any] | None = None,
    /,
    *,
    sizes: Mapping[str, int] | None = None,
    **named: Any,
) -> Any:
    """Evaluate an expression on arrays given by the variables, or by their names.

    What is computed is its simplest form, as `compile` computes it.

    Parameters
    ----------
    expr
        The expression.
    arrays, named
        An array for each variable. One for a variable that does not stand in the expression
        any more gives its sizes.
    sizes
        Sizes of dims that no array has.

    Raises
    ------
    ArgumentError
        If an array or a size is missing, or no variable has such a name.
    ShapeError
        If an array does not fit its variable's dims.

    Examples
    --------
    >>> import einsgrad as eg
    >>> (x,) = eg.variables("x[n]")
    >>> eg.evaluate(eg.softmax(x), x=[1000.0, 1000.0])
    array([0.5, 0.5])
    >>> eg.evaluate(eg.sum(x), {x: [1.0, 2.0]})
    np.float64(3.0)
    """
    from einsgrad.engine.binding import checked_sizes
    from einsgrad.engine.evaluation import compiled_simplified

    compiled = compiled_simplified(as_expr(expr), tuple(checked_sizes(sizes).items()))
    return compiled(**named) if arrays is None else compiled(arrays, **named)


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
