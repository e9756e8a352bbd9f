"""The dtypes that programs compute in: data of any dtype become numbers of a float dtype."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

HALF = np.dtype(np.float16)
_SINGLE = np.dtype(np.float32)


def float_dtypes(
    given: Sequence[np.dtype[Any]], whole: np.dtype[Any] | None = None
) -> list[np.dtype[Any]]:
    """Return the dtype that the entries of each array have as numbers.

    Integers and booleans become floats: of the least precision among the other arrays that
    holds them, as numpy's product would have it, or of double precision; `whole` where that is
    given.

    Examples
    --------
    >>> [one.name for one in float_dtypes([np.dtype("i1"), np.dtype("f4"), np.dtype("c16")])]
    ['float32', 'float32', 'complex128']
    >>> [one.name for one in float_dtypes([np.dtype("?"), np.dtype("i1")])]
    ['float64', 'float64']
    """
    precisions = [np.finfo(one).dtype for one in given if one.kind in "fc"]
    least = min(precisions, key=lambda one: one.itemsize, default=np.dtype(float))
    return [one if one.kind in "fc" else whole or np.result_type(one, least) for one in given]


def computed_in(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the dtype that numbers of a dtype are computed in.

    Half precision has no matrix functions, and its sums overflow where their mean does not.

    Examples
    --------
    >>> computed_in(np.dtype("f2")), computed_in(np.dtype("f8"))
    (dtype('float32'), dtype('float64'))
    """
    return _SINGLE if dtype == HALF else dtype


def widest(dtypes: Iterable[np.dtype[Any]]) -> np.dtype[Any]:
    """Return the dtype that holds the entries of all arrays; of none, double precision."""
    found = list(dtypes)
    return np.result_type(*found) if found else np.dtype(float)


def as_float(value: complex) -> float | complex:
    """Return a number as floats hold it: a whole one that is too large for them is infinite.

    Examples
    --------
    >>> as_float(3), as_float(-(10**400)), as_float(1j)
    (3.0, -inf, 1j)
    """
    if isinstance(value, complex):
        return value
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
