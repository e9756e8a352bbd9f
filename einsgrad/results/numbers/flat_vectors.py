"""Containers as one vector, for code that knows vectors only, such as scipy's optimizers."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from einsgrad.errors import DtypeError, ShapeError, clip
from einsgrad.expressions.capture import NUMBER_KINDS
from einsgrad.expressions.nodes import Expr
from einsgrad.results.numbers.trees import paths, with_leaves


def ravel_pytree(pytree: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Put all numbers of a container into one vector, as `jax.flatten_util.ravel_pytree` does.

    Parameters
    ----------
    pytree
        Nested dicts, lists, tuples and other containers of arrays and numbers. Integers and
        booleans become floats.

    Returns
    -------
    vector : numpy.ndarray
        The entries of all arrays, one array after the other.
    unravel : callable
        Makes such a container of a vector. Both take the values of a traced function.

    Raises
    ------
    DtypeError
        If something in the container is no array of numbers.
    ShapeError
        If `unravel` gets an array of another shape.

    Examples
    --------
    >>> import numpy as np
    >>> import einsgrad as eg
    >>> vector, unravel = eg.ravel_pytree({"w": np.ones((2, 2)), "b": 3.0})
    >>> vector
    array([1., 1., 1., 1., 3.])
    >>> unravel(2 * vector)
    {'w': array([[2., 2.],
           [2., 2.]]), 'b': np.float64(6.0)}
    """
    given = [_numbers(one, path) for path, one in paths(pytree)]
    shapes = [one.shape for one in given]
    ends = list(accumulate(map(math.prod, shapes), initial=0))

    def unravel(vector: Any) -> Any:
        """Make the container of a vector."""
        if np.shape(vector) != (ends[-1],):
            raise ShapeError(
                f"a vector of {ends[-1]} entries is expected, not {clip(vector)} of shape "
                f"{np.shape(vector)}. Give one as ravel_pytree returned it."
            )
        taken = vector if isinstance(vector, Expr) else np.asarray(vector)
        parts = [taken[start:end] for start, end in pairwise(ends)]
        found = [
            part.reshape(shape) if shape else part[0]
            for part, shape in zip(parts, shapes, strict=True)
        ]
        return with_leaves(pytree, iter(found))

    return np.concatenate(list(map(np.ravel, given))) if given else np.zeros(0), unravel


def _numbers(value: Any, path: str) -> Any:
    if isinstance(value, Expr):
        # One whose dims are names has no number of entries, and says so.
        _ = value.size
        return value
    found = np.asarray(value)
    if found.dtype.kind not in NUMBER_KINDS:
        where = path or "the top"
        raise DtypeError(f"{clip(value)} at {where} is no array of numbers. Leave it out.")
    return found.astype(float) if found.dtype.kind in "biu" else found
