"""Derivatives within what is declared of a variable: symmetric, triangular, orthogonal.

The variable moves only where the declaration holds, so that a derivative has a part that is
never seen. It is left out by projecting onto the directions that remain, which is the
orthogonal projection: (G + Gᵀ)/2 for symmetric matrices, (G - Q Gᵀ Q)/2 for orthogonal ones.
The other convention takes the entries on and below the diagonal for independent numbers, as
the Matrix Cookbook does: G + Gᵀ - diag(G).
"""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.construct import add_terms, build_einsum, scale
from einsgrad.expressions.nodes import DIAGONAL, HERMITIAN, LOWER, ORTHOGONAL, UPPER, Expr, Variable
from einsgrad.expressions.selectors import Delta, Step
from einsgrad.expressions.shaping import permute
from einsgrad.expressions.structures import exchanges_of, is_structured
from einsgrad.expressions.vocabulary.words import conj
from einsgrad.strings.subscripts import Indices, Subscripts

Convention: TypeAlias = Literal["projected", "independent"]
"""What a derivative in a variable with equal entries is."""


def as_convention(value: object) -> Convention:
    """Refuse what is no convention.

    Raises
    ------
    ArgumentError

    Examples
    --------
    >>> as_convention("independent")
    'independent'
    """
    for known in get_args(Convention):
        if isinstance(value, str) and value == known:
            found: Convention = known
            return found
    names = " or ".join(map(repr, get_args(Convention)))
    raise ArgumentError(f"convention: {clip(value)} is none. Give {names}.")


def within(expr: Expr, variable: Variable, convention: Convention = "projected") -> Expr:
    """Take the last axes of a derivative to what a variable can do.

    Raises
    ------
    ArgumentError
        If a variable has no independent entries.

    Examples
    --------
    >>> from einsgrad.expressions.vocabulary.words import transpose
    >>> S = Variable("S", ("n", "n"), frozenset({"symmetric"}))
    >>> A = Variable("A", ("n", "n"))
    >>> within(A, S)
    0.5 * (A + "in->ni"(A))
    """
    if not is_structured(variable):
        return expr
    if convention == "independent":
        return _in_independent_entries(expr, variable)
    traits = variable.traits
    if ORTHOGONAL in traits:
        return _mean([expr, scale(-1, _turned_around(expr, variable))])
    if HERMITIAN in traits:
        return _mean([expr, conj(_swapped(expr))])
    if DIAGONAL in traits:
        return _on_diagonal(expr)
    if LOWER in traits or UPPER in traits:
        return _triangle(expr, LOWER in traits)
    return _over_exchanges(expr, variable)


def within_first(expr: Expr, variable: Variable) -> Expr:
    """Take the first axes of a derivative of a gradient to what a variable can do.

    In a linear set the derivative of a gradient stays there, and in a curved one it does not.
    """
    if ORTHOGONAL not in variable.traits:
        return expr
    rank, own = len(expr.shape), len(variable.shape)
    behind = permute(expr, (*range(own, rank), *range(own)))
    return permute(within(behind, variable), (*range(rank - own, rank), *range(rank - own)))


def _in_independent_entries(expr: Expr, variable: Variable) -> Expr:
    traits = variable.traits
    if traits & {DIAGONAL, LOWER, UPPER}:
        return within(expr, variable)
    if ORTHOGONAL in traits or len(variable.shape) > 2:
        said = ORTHOGONAL if ORTHOGONAL in traits else "symmetric in more axes than a matrix has"
        raise ArgumentError(
            f"{clip(variable)} is {said}, and there is no convention for independent entries "
            "of it. Leave convention out."
        )
    inside = within(expr, variable)
    twice = scale(2, inside)
    if HERMITIAN not in traits and exchanges_of(variable).group[-1].sign < 0:
        return twice
    return add_terms([twice, scale(-1, _on_diagonal(inside))], expr.shape)


def _over_exchanges(expr: Expr, variable: Variable) -> Expr:
    """Average over all exchanges of axes."""
    group = exchanges_of(variable).group
    front = len(expr.shape) - len(variable.shape)
    terms = []
    for one in group:
        order = (*range(front), *(front + axis for axis in one.order))
        terms.append(scale(one.sign, permute(expr, order)))
    return _mean(terms)


def _mean(terms: list[Expr]) -> Expr:
    # Added up first, so that what is equal becomes a whole number of times itself.
    return scale(1 / len(terms), add_terms(terms, terms[0].shape))


def _swapped(expr: Expr) -> Expr:
    rank = len(expr.shape)
    return permute(expr, (*range(rank - 2), rank - 1, rank - 2))


def _turned_around(expr: Expr, variable: Variable) -> Expr:
    """Return `Q Gᵀ Q` for the matrices G in the last axes."""
    front = tuple(range(len(expr.shape) - 2))
    row, column, left, right = range(len(front), len(front) + 4)
    lists: tuple[Indices, ...] = ((row, left), (*front, right, left), (right, column))
    return build_einsum(Subscripts(lists, (*front, row, column)), (variable, expr, variable))


def _on_diagonal(expr: Expr) -> Expr:
    axes = tuple(range(len(expr.shape)))
    return build_einsum(Subscripts((axes, axes[-2:]), axes), (expr, Delta(expr.shape[-1], 2)))


def _triangle(expr: Expr, lower: bool) -> Expr:
    axes = tuple(range(len(expr.shape)))
    dim = expr.shape[-1]
    kept = axes[-2:] if lower else axes[:-3:-1]
    return build_einsum(Subscripts((axes, kept), axes), (expr, Step(dim, dim, 0)))
