"""The derivative of an expression told step by step: its parts, their cotangents, the result.

Parts are named `u1`, `u2`, ... from the inside out; `g1` is `∂E/∂u1`, and each follows from
those of the parts that use it by one rule. Every step is an equation whose right side can be
evaluated. A derivative of higher order is told as that of the one before it.
"""

from __future__ import annotations

from collections.abc import Sequence

from einsgrad.calculus.derivatives import check_variable
from einsgrad.errors import ArgumentError, ArgumentTypeError, ShapeError, clip
from einsgrad.expressions.nodes import COMPLEX, Expr, Variable
from einsgrad.expressions.parts import without_names
from einsgrad.expressions.walks import variables_in
from einsgrad.results.steps.derivation import Derivation, Told
from einsgrad.results.steps.one_derivative import DerivativeTeller, Detail, Story
from einsgrad.simplification.simplify import simplify_expr
from einsgrad.strings.letters import fresh_name


def tell(
    expr: Expr,
    wrt: Variable | Sequence[Variable],
    detail: Detail = "all",
    cotangent: Variable | None = None,
) -> Derivation:
    """Derive an expression in a variable, or in several in turn, step by step.

    Parameters
    ----------
    expr
        The expression. Of one with axes the adjoint is told: `∂E/∂x` for a number `E` that
        depends on it, and the Jacobian last.
    wrt
        The variable; several for a derivative of higher order.
    detail
        `"all"` steps, one for each rule; or the `"landmarks"`, one for each part and each
        cotangent.
    cotangent
        The cotangent of an expression with axes, if the adjoint is all that is asked for.

    Raises
    ------
    ArgumentError
        If there is no such detail, something is complex, or a number or a derivative of
        higher order is given a cotangent.
    ShapeError
        If the cotangent's shape is not the expression's.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x, b = eg.variables("A[m,n] x[n] b[m]")
    >>> print(tell(b @ (A @ x), x))
    E       = bᵀ A x          the expression
    ∂E/∂x_n = δ_in A_mi b_m   product rule: the cotangent takes x's place
            = A_mn b_m        deltas contracted
            = Aᵀ b            in matrix notation
    """
    turn = tuple(map(check_variable, wrt if isinstance(wrt, list | tuple) else [wrt]))
    _check(expr, turn, detail, cotangent)
    found = simplify_expr(*without_names([expr]))
    taken = {v.name for v in (*variables_in(found), *turn, cotangent) if v is not None}
    base = fresh_name("Y" if found.shape else "E", taken)
    story = Story(base, taken | {base})
    steps: list[Told] = []
    for one in turn:
        teller = DerivativeTeller(story, found, one, detail, cotangent)
        steps.extend(teller.steps())
        found = teller.derivative
        story.done = (*story.done, one)
    return Derivation(tuple(steps))


def _check(
    expr: Expr, turn: Sequence[Variable], detail: Detail, cotangent: Variable | None
) -> None:
    if not turn:
        raise ArgumentTypeError("name the variable to differentiate in: derive(E, x).")
    if detail not in ("all", "landmarks"):
        raise ArgumentError(f'{clip(detail)} is no detail. Choose "all" or "landmarks".')
    if expr.is_complex or any(COMPLEX in one.traits for one in turn):
        raise ArgumentError("derivations are told for real expressions. Use grad, or vjp.")
    if cotangent is None:
        return
    if len(turn) > 1:
        raise ArgumentError("a derivative in several variables has no cotangent. Leave it out.")
    if not expr.shape:
        raise ArgumentError("a number has no cotangent to name. Leave it out.")
    if cotangent.shape != expr.shape:
        raise ShapeError(f"the cotangent {clip(cotangent)} has not the shape of what is derived.")
