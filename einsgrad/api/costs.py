"""What a user calls to count the work of an expression and of its derivatives."""

from __future__ import annotations

from einsgrad.calculus.derivatives import check_variable, gradients, hessian, hvp, jacobian
from einsgrad.engine.costs import Cost, cost
from einsgrad.expressions.construct import variable
from einsgrad.expressions.nodes import COMPLEX, Expr, Variable
from einsgrad.expressions.shaping import as_expr


def costs(expr: Expr, wrt: Variable) -> tuple[Cost, ...]:
    """Return the costs of an expression and of its derivatives in a variable.

    Parameters
    ----------
    expr
        The expression. For a number the gradient, the Hessian and its product with a vector
        are counted; for a tensor the Jacobian.
    wrt
        The variable.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x, b = eg.variables("A[m,n] x[n] b[m]")
    >>> for cost in eg.costs(0.5 * eg.sum_squares(A @ x - b), x):
    ...     print(cost)
    value: mn + 3m
    gradient: 2mn + 2m
    Hessian: mn²
    Hessian times vector: 2mn
      (A v) A is cheaper than (A A) v when 2m < mn + n
    """
    expr, wrt = as_expr(expr), check_variable(wrt)
    if expr.shape:
        return cost("value", expr), cost("Jacobian", jacobian(expr, wrt))
    (gradient,) = gradients(expr, [wrt])
    vector = variable("v", wrt.shape, *wrt.traits & {COMPLEX})
    return (
        cost("value", expr),
        cost("gradient", gradient),
        cost("Hessian", hessian(expr, wrt)),
        cost("Hessian times vector", hvp(expr, wrt, vector)),
    )
