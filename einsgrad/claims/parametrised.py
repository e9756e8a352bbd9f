"""Variables on which an equation holds, as expressions of parameters that are free."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from einsgrad.calculus.derivatives import jacobian
from einsgrad.engine.binding import Array
from einsgrad.expressions.nodes import COMPLEX, DEFINITE, SYMMETRIC, Expr, Variable
from einsgrad.expressions.vocabulary.composed import eye
from einsgrad.expressions.vocabulary.functions import inverse
from einsgrad.expressions.vocabulary.linear import diag, einsum
from einsgrad.expressions.vocabulary.norms import norm
from einsgrad.expressions.walks import substitute, variables_in
from einsgrad.simplification.simplify import simplify_expr
from einsgrad.strings.subscripts import Subscripts

Parametrise = Callable[[Variable], Expr]


def parameter(node: Variable, *traits: str) -> Variable:
    """Return a variable of the same shape that nothing is assumed of."""
    kept = node.traits & {COMPLEX}
    return Variable(f"{node.name}#", node.shape, kept | frozenset(traits))


def as_symmetric(node: Variable) -> Expr:
    """Parametrise the symmetric matrices."""
    return parameter(node, SYMMETRIC)


def as_definite(node: Variable) -> Expr:
    """Parametrise the symmetric positive definite matrices."""
    return parameter(node, SYMMETRIC, DEFINITE)


def as_skew(node: Variable) -> Expr:
    """Parametrise the matrices that are minus their transposes."""
    free = parameter(node)
    return free - free.T


def as_orthogonal(node: Variable) -> Expr:
    """Parametrise the orthogonal matrices by quotients, after Cayley, and by `signs_of`."""
    one, half = eye(node.shape[0]), as_skew(node)
    return (one - half) @ inverse(one + half) @ diag(signs_of(node))


def signs_of(node: Variable) -> Variable:
    """Return the signs, to be 1 or -1, of which Cayley's matrices know only one product."""
    return Variable(f"{node.name}#signs", node.shape[:1])


def as_unit(node: Variable) -> Expr:
    """Parametrise the vectors of length 1 by quotients: reflections of a basis vector."""
    free = parameter(node)
    first = eye(node.shape[0])[0]
    return first - 2 * free * free[0] / (free @ free)


def explicit(equation: Expr, node: Variable) -> Expr | None:
    """Solve an equation for a variable that stands for itself in one term; None if it does not.

    Examples
    --------
    >>> x, y = Variable("x", ("n",)), Variable("y", ("n",))
    >>> explicit(y - 2 * x, y), explicit(y - 2 * x, x)
    (2 * x, None)
    """
    if equation.shape != node.shape:
        return None
    for sign in (-1, 1):
        rest = simplify_expr(equation + sign * node)
        if node not in variables_in(rest):
            return simplify_expr(sign * rest)
    return None


def linear_solution(equation: Expr, node: Variable) -> Expr | None:
    """Parametrise the solutions of an equation that is linear in a variable.

    Parameters
    ----------
    equation
        What vanishes: a number or a vector.
    node
        The variable.

    Returns
    -------
    Expr or None
        The solution next to a parameter; None if the equation is none of these.
    """
    if len(equation.shape) > 1:
        return None
    slope = simplify_expr(jacobian(equation, node))
    if node in variables_in(slope):
        return None
    error = substitute(equation, {node: parameter(node)})
    return simplify_expr(parameter(node) - _back(slope, error, len(equation.shape)))


def _back(slope: Expr, error: Expr, rank: int) -> Expr:
    """Return the least change that takes an error away."""
    axes = tuple(range(2, 2 + len(slope.shape) - rank))
    if not rank:
        return slope * error / einsum(Subscripts((axes, axes), ()), slope, slope)
    square = einsum(Subscripts(((0, *axes), (1, *axes)), (0, 1)), slope, slope)
    lists = Subscripts(((0, *axes), (0, 1), (1,)), axes)
    return einsum(lists, slope, inverse(square), error)


def equations_of(node: Variable) -> Iterator[tuple[Expr, Parametrise]]:
    """Yield equations with a variable whose solutions have a parametrisation of their own."""
    shape = node.shape
    if len(shape) == 2 and shape[0] == shape[1]:
        yield node - node.T, as_symmetric
        yield node + node.T, as_skew
        yield node.T @ node - eye(shape[0]), as_orthogonal
        yield node @ node.T - eye(shape[0]), as_orthogonal
    if len(shape) == 1:
        yield node @ node - 1, as_unit
        yield norm(node) - 1, as_unit


def to_positive(array: Array) -> Array:
    """Turn drawn numbers into positive ones; whole ones stay whole."""
    return np.where(array == 0, 1, np.abs(array))


def to_signs(array: Array) -> Array:
    """Turn drawn numbers into 1 and -1."""
    return np.where(array > 0, 1.0, -1.0)


def to_bits(array: Array) -> Array:
    """Turn drawn numbers into 0 and 1."""
    return np.where(array > 0, 1.0, 0.0)


def as_diagonal(node: Variable) -> Expr:
    """Parametrise the diagonal matrices."""
    return diag(Variable(f"{node.name}#", node.shape[:1], node.traits & {COMPLEX}))
