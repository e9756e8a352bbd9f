"""Gradients, Jacobians, Hessians and products with them, of expressions; all simplified.

Each is a composition of pullback and pushforward. Axes of a Jacobian: the expression's,
then the variable's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from einsgrad.calculus.bracketing import bracketed
from einsgrad.calculus.called import fresh_like
from einsgrad.calculus.real_values import is_known_real
from einsgrad.calculus.rules import pullback, pushforward
from einsgrad.calculus.within import Convention, within, within_first
from einsgrad.errors import ArgumentError, ArgumentTypeError, ShapeError, clip
from einsgrad.expressions.construct import identity
from einsgrad.expressions.nodes import COMPLEX, HERMITIAN, Constant, Expr, Variable
from einsgrad.expressions.shaping import as_expr, permute
from einsgrad.expressions.vocabulary.words import conj, real
from einsgrad.simplification.folding import folded
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
    expr: Expr,
    wrt: Sequence[Variable],
    simplified: Simplified = simplify_all,
    convention: Convention = "projected",
) -> tuple[Expr, ...]:
    """Return the gradient of a real number in each variable.

    In a complex variable it is the direction of steepest ascent, the conjugate of the
    pullback; in a symmetric one the gradient within the symmetric matrices,
    `(G + Gᵀ)/2`, or that in the independent entries.

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
    (simple,) = simplified([_as_real(expr)])
    (value,) = bracketed(simple)
    shares = pullback(value, Constant(1), wrt)
    found = [within(share, v, convention) for share, v in zip(shares, wrt, strict=True)]
    ascent = [conj(g) if COMPLEX in v.traits else g for g, v in zip(found, wrt, strict=True)]
    if value is not simple:
        # To simplify would write shared products out again.
        for gradient in ascent:
            gradient.remember_simple()
    return folded(simplified(ascent), [expr])


def _as_real(expr: Expr) -> Expr:
    """Return the real part of what is equal to its conjugate, such as `wᴴ H w`.

    Raises
    ------
    ArgumentError
        If it is complex.
    """
    if not expr.is_complex:
        return expr
    if not is_known_real(expr):
        raise ArgumentError(
            f"{clip(expr)} is complex, and a gradient is that of a real number. Take real(...), "
            "or declare what makes it real, such as hermitian='H'."
        )
    return real(expr)


def jacobian(
    expr: Expr,
    wrt: Variable,
    simplified: Simplified = simplify_all,
    convention: Convention = "projected",
) -> Expr:
    """Return the Jacobian of an expression in a variable, forward.

    Sums of Hermitian matrices with complex factors are all matrices, so that a Jacobian in one
    is that in any matrix.

    Examples
    --------
    >>> from einsgrad.expressions.vocabulary.words import tanh
    >>> x = Variable("x", ("n",))
    >>> jacobian(tanh(x), x).shape
    ('n', 'n')
    """
    if HERMITIAN in wrt.traits and convention == "independent":
        raise ArgumentError(
            f"a Jacobian in {clip(wrt)} is that in complex entries, which are not independent. "
            "Leave convention out."
        )
    seed = identity(wrt.shape)
    if HERMITIAN not in wrt.traits:
        seed = within(seed, wrt, convention)
    (simple,) = simplified([expr])
    return folded(simplified([pushforward(simple, {wrt: seed}, wrt.shape)]), [expr])[0]


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
    return simplify_expr(within(permute(transposed, order), wrt))


def hessian(
    expr: Expr,
    wrt: Variable,
    other: Variable | None = None,
    convention: Convention = "projected",
) -> Expr:
    """Return the second derivatives of a number: the axes of `wrt`, then those of `other`."""
    (gradient,) = gradients(expr, [wrt], convention=convention)
    found = jacobian(gradient, wrt if other is None else other, convention=convention)
    return _still_within(found, wrt)


def _still_within(derivative: Expr, wrt: Variable) -> Expr:
    inside = within_first(derivative, wrt)
    return derivative if inside is derivative else simplify_expr(inside)


def hessian_blocks(
    expr: Expr,
    wrt: Sequence[Variable],
    simplified: Simplified = simplify_all,
    convention: Convention = "projected",
) -> tuple[tuple[Expr, ...], ...]:
    """Return the second derivatives of a number in each pair of variables, by rows."""
    found = gradients(expr, wrt, simplified, convention)
    rows = []
    for gradient, one in zip(found, wrt, strict=True):
        blocks = [jacobian(gradient, other, simplified, convention) for other in wrt]
        rows.append(tuple([_still_within(block, one) for block in blocks]))
    return tuple(rows)


def vjp(
    expr: Expr,
    cotangent: Expr,
    wrt: Sequence[Variable],
    simplified: Simplified = simplify_all,
    convention: Convention = "projected",
) -> tuple[Expr, ...]:
    """Return the transposed Jacobians times a cotangent, without conjugation."""
    (simple,) = simplified([expr])
    found = pullback(simple, as_expr(cotangent), wrt)
    return simplified([within(share, v, convention) for share, v in zip(found, wrt, strict=True)])


def jvp(
    expr: Expr,
    tangents: Iterable[tuple[Variable, Expr]],
    simplified: Simplified = simplify_all,
) -> Expr:
    """Return the Jacobian times tangents, given as pairs of a variable and its tangent."""
    moved: dict[Expr, Expr] = {variable: as_expr(tangent) for variable, tangent in tangents}
    (simple,) = simplified([expr])
    return folded(simplified([pushforward(simple, moved)]), [expr])[0]


def hvp(expr: Expr, wrt: Variable, vector: Expr) -> Expr:
    """Return the Hessian of a number times a vector, without forming the Hessian."""
    (gradient,) = gradients(expr, [wrt])
    return _still_within(jvp(gradient, [(wrt, vector)]), wrt)
