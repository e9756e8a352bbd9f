"""Gradients, Jacobians, Hessians and products with them, of expressions; all simplified.

Each is a composition of pullback and pushforward. Axes of a Jacobian: the expression's,
then the variable's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from einsgrad.calculus.bracketing import bracketed
from einsgrad.calculus.called import fresh_like
from einsgrad.calculus.rules import pullback, pushforward
from einsgrad.errors import ArgumentError, ArgumentTypeError, ShapeError, clip
from einsgrad.expressions.construct import add_terms, identity, scale
from einsgrad.expressions.nodes import COMPLEX, SYMMETRIC, Constant, Expr, Variable
from einsgrad.expressions.shaping import as_expr, permute
from einsgrad.expressions.vocabulary.words import conj
from einsgrad.simplification.simplify import simplify_all, simplify_expr

Simplified: TypeAlias = "Callable[[Sequence[Expr]], tuple[Expr, ...]]"
"""How expressions are simplified: for people, or with what is used several times left whole."""


def check_variable(wrt: object) -> Variable:
    """Refuse to differentiate in anything but a variable.

    Raises
    ------
    ArgumentTypeError
        If it is none.
    """
    if not isinstance(wrt, Variable):
        raise ArgumentTypeError(
            f"a derivative is taken in a variable, not in {clip(wrt)}. "
            "Declare it with variables('x[n]')."
        )
    return wrt


def gradients(
    expr: Expr, wrt: Sequence[Variable], simplified: Simplified = simplify_all
) -> tuple[Expr, ...]:
    """Return the gradient of a real number in each variable.

    In a complex variable it is the direction of steepest ascent, the conjugate of the
    pullback; in a symmetric one the gradient within the symmetric matrices,
    `(G + Gᵀ)/2`.

    Raises
    ------
    ShapeError
        If the expression has axes.
    ArgumentError
        If the expression is complex.
    """
    if expr.shape:
        raise ShapeError(
            f"{clip(expr)} has axes, and a gradient is that of a number. "
            "Use jacobian, or sum it first."
        )
    if expr.is_complex:
        raise ArgumentError(
            f"{clip(expr)} is complex, and a gradient is that of a real number. Take real(...)."
        )
    (simple,) = simplified([expr])
    (value,) = bracketed(simple)
    shares = pullback(value, Constant(1), wrt)
    found = [symmetrised(share, v) for share, v in zip(shares, wrt, strict=True)]
    ascent = [conj(g) if COMPLEX in v.traits else g for g, v in zip(found, wrt, strict=True)]
    if value is not simple:
        # To simplify would write shared products out again.
        for gradient in ascent:
            gradient.remember_simple()
    return simplified(ascent)


def symmetrised(expr: Expr, variable: Variable) -> Expr:
    """Project the last axes of a derivative onto what a symmetric variable can do."""
    if SYMMETRIC not in variable.traits:
        return expr
    rank = len(expr.shape)
    swapped = (*range(rank - 2), rank - 1, rank - 2)
    return scale(0.5, add_terms([expr, permute(expr, swapped)], expr.shape))


def jacobian(expr: Expr, wrt: Variable, simplified: Simplified = simplify_all) -> Expr:
    """Return the Jacobian of an expression in a variable, forward.

    Examples
    --------
    >>> from einsgrad.expressions.vocabulary.words import tanh
    >>> x = Variable("x", ("n",))
    >>> jacobian(tanh(x), x).shape
    ('n', 'n')
    """
    seed = symmetrised(identity(wrt.shape), wrt)
    (simple,) = simplified([expr])
    return simplified([pushforward(simple, {wrt: seed}, wrt.shape)])[0]


def jacobian_in_reverse(expr: Expr, wrt: Variable) -> Expr:
    """Return the Jacobian of an expression in a variable, as the transpose of its pullback.

    Examples
    --------
    >>> from einsgrad.expressions.vocabulary.words import tanh
    >>> x = Variable("x", ("n",))
    >>> jacobian_in_reverse(tanh(x), x) is jacobian(tanh(x), x)
    True
    """
    if wrt.is_complex or expr.is_complex:
        # A pullback gives the real part of what belongs to a real variable.
        return jacobian(expr, wrt)
    simple = simplify_expr(expr)
    cotangent = fresh_like(simple, "cotangent")
    (share,) = pullback(simple, cotangent, [wrt])
    transposed = pushforward(share, {cotangent: identity(expr.shape)}, expr.shape)
    rank = len(wrt.shape)
    order = (*range(rank, rank + len(expr.shape)), *range(rank))
    return simplify_expr(symmetrised(permute(transposed, order), wrt))


def hessian(expr: Expr, wrt: Variable, other: Variable | None = None) -> Expr:
    """Return the second derivatives of a number: the axes of `wrt`, then those of `other`."""
    (gradient,) = gradients(expr, [wrt])
    return jacobian(gradient, wrt if other is None else other)


def hessian_blocks(
    expr: Expr, wrt: Sequence[Variable], simplified: Simplified = simplify_all
) -> tuple[tuple[Expr, ...], ...]:
    """Return the second derivatives of a number in each pair of variables, by rows."""
    found = gradients(expr, wrt, simplified)
    return tuple(
        [tuple([jacobian(gradient, other, simplified) for other in wrt]) for gradient in found]
    )


def vjp(
    expr: Expr, cotangent: Expr, wrt: Sequence[Variable], simplified: Simplified = simplify_all
) -> tuple[Expr, ...]:
    """Return the transposed Jacobians times a cotangent, without conjugation."""
    (simple,) = simplified([expr])
    found = pullback(simple, as_expr(cotangent), wrt)
    return simplified([symmetrised(share, v) for share, v in zip(found, wrt, strict=True)])


def jvp(
    expr: Expr,
    tangents: Iterable[tuple[Variable, Expr]],
    simplified: Simplified = simplify_all,
) -> Expr:
    """Return the Jacobian times tangents, given as pairs of a variable and its tangent."""
    moved: dict[Expr, Expr] = {variable: as_expr(tangent) for variable, tangent in tangents}
    (simple,) = simplified([expr])
    return simplified([pushforward(simple, moved)])[0]


def hvp(expr: Expr, wrt: Variable, vector: Expr) -> Expr:
    """Return the Hessian of a number times a vector, without forming the Hessian."""
    (gradient,) = gradients(expr, [wrt])
    return jvp(gradient, [(wrt, vector)])
