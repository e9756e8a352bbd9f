"""Steps of Newton's method and its kin as formulas, solved by the structure of the matrix."""

from __future__ import annotations

from typing import Any

from einsgrad.calculus import derivatives as calculus
from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary.words import divide, solve, subtract
from einsgrad.simplification.simplify import simplify_all
from einsgrad.strings.subscripts import Subscripts


def newton_step(target: Expr, wrt: Variable) -> Expr:
    """Return where a step of Newton's method leads: the variable minus `H⁻¹ g`.

    Parameters
    ----------
    target
        A real number.
    wrt
        The variable. In one of two axes or more the Hessian must be a matrix, a stack of
        these, or a product of such, beside its deltas.

    Raises
    ------
    ArgumentError
        If the target has axes, or the inverse of the Hessian is no formula.

    Examples
    --------
    >>> import einsgrad as eg
    >>> U, V, R = eg.variables("U[n,k] V[m,k] R[n,m]")
    >>> print(eg.newton_step(eg.sum_squares(U @ V.T - R), U))
    U + (R - U Vᵀ) V (Vᵀ V)⁻¹
    """
    expr, symbol = _number(target), calculus.check_variable(wrt)
    (gradient,) = calculus.gradients(expr, [symbol])
    hessian = calculus.jacobian(gradient, symbol)
    return _step(symbol, hessian, gradient)


def gauss_newton_step(residual: Expr, wrt: Variable) -> Expr:
    """Return where a step of Gauss and Newton leads: the variable minus `(JᵀJ)⁻¹ Jᵀ r`.

    Parameters
    ----------
    residual
        What is to become small in the sum of its squares: a real vector or tensor.
    wrt
        The variable, as for `newton_step`.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x, t = eg.variables("A[m,n] x[n] t[m]")
    >>> print(eg.gauss_newton_step(A @ x - t, x))
    x + (Aᵀ A)⁻¹ Aᵀ (t - A x)
    """
    (expr,), symbol = simplify_all([as_expr(residual)]), calculus.check_variable(wrt)
    slopes = calculus.jacobian(expr, symbol)
    rows = tuple(range(len(expr.shape)))
    one = tuple(("one", axis) for axis in range(len(symbol.shape)))
    other = tuple(("other", axis) for axis in range(len(symbol.shape)))
    gram = build_einsum(
        Subscripts(((*rows, *one), (*rows, *other)), (*one, *other)), (slopes, slopes)
    )
    gradient = build_einsum(Subscripts(((*rows, *one), rows), one), (slopes, expr))
    return _step(symbol, gram, gradient)


def natural_gradient_step(target: Expr, wrt: Variable, metric: Expr) -> Expr:
    """Return where a step along the natural gradient leads: the variable minus `F⁻¹ g`.

    Parameters
    ----------
    target
        A real number.
    wrt
        The variable, as for `newton_step`.
    metric
        F, such as the Fisher information: its shape is that of the variable twice.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, d, F = eg.variables("x[n] d[n] F[n,n]")
    >>> print(eg.natural_gradient_step(eg.sum(eg.exp(x)), x, F))
    x - F⁻¹ exp(x)
    """
    expr, symbol = _number(target), calculus.check_variable(wrt)
    given = as_expr(metric)
    if given.shape != symbol.shape * 2:
        raise ShapeError(
            f"metric: {clip(given)} has another shape than {clip(symbol)} twice. Give a matrix "
            "whose rows and columns are the entries of the variable."
        )
    (gradient,) = calculus.gradients(expr, [symbol])
    return _step(symbol, given, gradient)


def _number(target: Any) -> Expr:
    expr = as_expr(target)
    if expr.shape:
        raise ArgumentError(
            f"{clip(expr)} is no number. Give a loss, or for residuals take gauss_newton_step."
        )
    return expr


def _step(symbol: Variable, matrix: Expr, gradient: Expr) -> Expr:
    (system, right) = simplify_all([matrix, gradient])
    solution = solve(system, right) if symbol.shape else divide(right, system)
    (found,) = simplify_all([subtract(symbol, solution)])
    return found
