"""Arrays of what is declared of a variable: made from any array, and those that are refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.errors import ArgumentError, shorten
from einsgrad.expressions.axis_groups import Exchange
from einsgrad.expressions.nodes import (
    DEFINITE,
    DIAGONAL,
    HERMITIAN,
    LOWER,
    ORTHOGONAL,
    SKEW,
    SYMMETRIC,
    UPPER,
    Variable,
)
from einsgrad.expressions.structures import exchanges_of, is_structured, said_of

Group: TypeAlias = "Sequence[Exchange]"

# Times this, numbers that are drawn are far apart.
_FAR = 1_000_003

_REMEDIES = {
    SYMMETRIC: "Give a symmetric one, such as (S + S.T) / 2.",
    HERMITIAN: "Give a Hermitian one, such as (H + H.conj().T) / 2.",
    SKEW: "Give a skew-symmetric one, such as (A - A.T) / 2.",
    DIAGONAL: "Give a diagonal one, such as np.diag(d).",
    LOWER: "Give a triangular one, such as np.tril(L).",
    UPPER: "Give a triangular one, such as np.triu(U).",
    ORTHOGONAL: "Give an orthogonal one, such as np.linalg.qr(Q)[0].",
}


def as_declared(array: Array, variable: Variable) -> Array:
    """Make an array of what is declared of a variable; whole numbers stay whole where they can.

    Examples
    --------
    >>> S = Variable("S", ("n", "n"), frozenset({SYMMETRIC}))
    >>> as_declared(np.arange(4.0).reshape(2, 2), S)
    array([[0., 2.],
           [2., 3.]])
    """
    traits = variable.traits
    if ORTHOGONAL in traits:
        return _orthogonal(array)
    if DIAGONAL in traits:
        array = array * np.eye(len(array))
    elif LOWER in traits or UPPER in traits:
        return np.tril(array) if LOWER in traits else np.triu(array)
    elif HERMITIAN in traits:
        below = np.tril(array, -1)
        array = below + below.conj().T + np.diag(np.diag(array).real)
    elif group := exchanges_of(variable).group:
        array = _equal_entries(array, group)
    return array @ array + np.eye(len(array)) if DEFINITE in traits else array


def nearest_declared(array: Array, variable: Variable) -> Array:
    """Return the nearest array of what is declared, but for positive definite ones.

    Examples
    --------
    >>> A = Variable("A", ("n", "n"), frozenset({SKEW}))
    >>> nearest_declared(np.array([[1.0, 2.0], [4.0, 3.0]]), A)
    array([[ 0., -1.],
           [ 1.,  0.]])
    """
    traits = variable.traits
    if ORTHOGONAL in traits:
        left, _, right = np.linalg.svd(array)
        return np.asarray(left @ right)
    if HERMITIAN in traits:
        return np.asarray((array + array.conj().T) / 2)
    if traits & {DIAGONAL, LOWER, UPPER}:
        return as_declared(array, Variable(variable.name, variable.shape, traits - {DEFINITE}))
    group = exchanges_of(variable).group
    if not group:
        return array
    return np.asarray(sum(one.sign * array.transpose(one.order) for one in group) / len(group))


def refuse_undeclared(symbol: Variable, array: Array) -> None:
    """Refuse an array that is not what is declared of a variable.

    Transposes of symmetric matrices are dropped, so the value would be wrong. What rounding
    does to a product of matrices is let pass.

    Raises
    ------
    ArgumentError
        If it is not.

    Examples
    --------
    >>> S = Variable("S", ("n", "n"), frozenset({SYMMETRIC}))
    >>> refuse_undeclared(S, np.array([[1.0, 0.1 + 0.2], [0.3, 1.0]]))
    """
    if not is_structured(symbol):
        return
    for found, wanted in _to_be_equal(symbol, array):
        equal = found == wanted
        if not equal.all() and not _are_rounded(found, wanted, equal):
            raise undeclared_error(symbol)


def _to_be_equal(symbol: Variable, array: Array) -> list[tuple[Array, Array]]:
    """Return what has to be equal to what."""
    traits = symbol.traits
    if ORTHOGONAL in traits:
        return [(array.T @ array, np.eye(len(array)))]
    if HERMITIAN in traits:
        return [(array, array.conj().T)]
    if traits & {DIAGONAL, LOWER, UPPER}:
        return [(array, nearest_declared(array, symbol))]
    few = exchanges_of(symbol).made_by
    return [(array, one.sign * array.transpose(one.order)) for one in few]


def undeclared_error(symbol: Variable) -> ArgumentError:
    """Return the error that an array is not what is declared of a variable."""
    said = said_of(symbol)
    remedy = _REMEDIES.get(said, "Give one that is the same with these axes exchanged.")
    return ArgumentError(
        f"{shorten(symbol.name)} is declared {said}, and its array is not. {remedy}"
    )


def _are_rounded(array: Array, wanted: Array, equal: Array) -> bool:
    """Tell whether arrays differ as little as sums of entries may."""
    dtype = np.result_type(array, wanted)
    if dtype.kind not in "fc":
        return False
    both = np.isnan(array) & np.isnan(wanted)
    largest = np.abs(array).max(initial=0, where=np.isfinite(array))
    with np.errstate(invalid="ignore"):
        near = np.abs(array - wanted) <= largest * np.finfo(dtype).eps ** (2 / 3)
    return bool(np.all(equal | both | near))


def _equal_entries(array: Array, group: Group) -> Array:
    """Give entries that exchanges make equal the last of their values, and its signs."""
    places = np.arange(array.size).reshape(array.shape)
    last = np.full(array.shape, -1)
    sign = np.ones(array.shape, int)
    for one in group:
        moved = places.transpose(one.order)
        agreeing = np.where(moved == last, sign * (sign == one.sign), sign)
        sign = np.where(moved > last, one.sign, agreeing)
        last = np.maximum(last, moved)
    return np.asarray(array.ravel()[last] * sign)


def _orthogonal(array: Array) -> Array:
    """Return a rotation, or a rotation and a reflection, that an array leads to."""
    below = np.tril(array, -1)
    skew, one = below - below.T, np.eye(len(array))
    found: Any = np.linalg.solve(one + skew, one - skew)
    if int(np.abs(array).sum() * _FAR) % 2:
        found[0] *= -1
    return np.asarray(found)
