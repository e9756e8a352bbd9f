"""Names that a user gives to parts of an expression, which formulas show."""

from __future__ import annotations

from typing import Any

from einsgrad.errors import ArgumentError, as_text, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.current import current
from einsgrad.expressions.nodes import Map
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.tables.rows import naming_row
from einsgrad.expressions.walks import variables_in


def named(name: str, x: Any) -> Any:
    """Give a name to a part of an expression: formulas, and derivatives of it, show the name.

    The value is that of `x`. A derivative is taken through the part; where its result holds the
    part again, it shows the name. What the name stands for is defined in a line under the formula.

    Parameters
    ----------
    name
        A name that no variable of `x` has.
    x
        An expression. An array, and what is traced, comes back as it is.

    Raises
    ------
    ArgumentError
        If it is no name, or that of a variable of `x`.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x, b = eg.variables("A[m,n] x[n] b[m]")
    >>> residual = eg.named("e", A @ x - b)
    >>> print(eg.show(eg.grad(eg.sum(residual**2), x)))
    2 Aᵀ e
    where e = A x - b
    """
    if not as_text(name, "name").isidentifier():
        raise ArgumentError(f"{clip(name)} is no name. Give one of letters, such as 'h'.")
    if not isinstance(x, Node) or current() is not None:
        return x
    expr = as_expr(x)
    if any(variable.name == name for variable in variables_in(expr)):
        raise ArgumentError(
            f"{clip(expr)} has a variable {clip(name)}, and a part of it cannot have its name. "
            "Give another one."
        )
    return Map(naming_row(name), (expr,))
