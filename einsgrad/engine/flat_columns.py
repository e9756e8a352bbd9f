"""Arrays with axes as flat columns and back, and products with such columns for scipy."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.dtypes import widest
from einsgrad.engine.matrices.grids import Grid, Shape
from einsgrad.errors import ArgumentError, ShapeError, clip


def flat_columns_of(given: Sequence[Array], shapes: Sequence[Shape], dtype: np.dtype[Any]) -> Array:
    """Write arrays as one array of columns, of a dtype that has room for another.

    Parameters
    ----------
    given
        An array for each variable. What axes they have behind the variable's are the same.
    shapes
        The shape of each variable.
    dtype
        The other dtype.

    Raises
    ------
    ShapeError
        If an array has another shape.

    Examples
    --------
    >>> given = np.ones((2, 3, 5)), np.zeros((1, 5))
    >>> flat_columns_of(given, [(2, 3), (1,)], np.dtype(float)).shape
    (7, 5)
    """
    if len(given) != len(shapes):
        raise ShapeError(f"{len(given)} arrays for {len(shapes)} variables. Give one for each.")
    further = [one.shape[len(shape) :] for one, shape in zip(given, shapes, strict=True)]
    for one, shape, beside in zip(given, shapes, further, strict=True):
        if one.shape != (*shape, *further[0]) or beside != further[0]:
            raise ShapeError(
                f"an array of shape {one.shape} was given for one of shape {shape}. "
                "Give one of that shape, or with more axes behind these."
            )
    flat = [
        one.reshape(prod(shape), prod(further[0])) for one, shape in zip(given, shapes, strict=True)
    ]
    whole = np.concatenate(flat) if len(flat) > 1 else flat[0]
    return whole.astype(widest([whole.dtype, dtype]), copy=False)


def shaped_columns(
    found: Array, shapes: Sequence[Shape], further: Shape, dtype: np.dtype[Any]
) -> tuple[Array, ...]:
    """Take the arrays of the variables out of columns."""
    results: list[Array] = []
    start = 0
    for shape in shapes:
        end = start + prod(shape)
        results.append(found[start:end].reshape((*shape, *further)).astype(dtype, copy=False))
        start = end
    return tuple(results)


def row_axes(shape: Shape, rows: int | None) -> int:
    """Return how many of the first axes are rows: what is said, or half of them.

    Raises
    ------
    ArgumentError
        If it must be said, or is no number of axes.

    Examples
    --------
    >>> row_axes((2, 3, 2, 3), None), row_axes((2, 3, 6), 2)
    (2, 2)
    """
    count = len(shape)
    if rows is None and count % 2:
        raise ArgumentError(
            f"an array of shape {shape} has {count} axes, of which no half are rows. "
            "Say how many are: to_scipy_sparse(rows=1)."
        )
    if rows is None:
        return count // 2
    if not isinstance(rows, int) or not 0 <= rows <= count:
        raise ArgumentError(
            f"rows: {clip(rows)} of {count} axes. Give an integer from 0 to {count}."
        )
    return rows


def refuse_without_scipy(what: str) -> None:
    """Refuse what is one of scipy, if that is not installed.

    Raises
    ------
    ArgumentError
    """
    try:
        from scipy import sparse  # noqa: F401
    except ImportError:
        raise ArgumentError(
            f"{what} is one of scipy, which is not installed. "
            "Install it: pip install 'einsgrad[special]'."
        ) from None


def linear_operator(grid: Grid) -> Any:
    """Return the products with a matrix, and with its adjoint, as scipy takes them.

    Returns
    -------
    scipy.sparse.linalg.LinearOperator
    """
    refuse_without_scipy("a linear operator")
    from scipy.sparse.linalg import LinearOperator

    turned = grid.transposed()

    def adjoint(given: Array) -> Array:
        return turned.times(given.conj()).conj()

    return LinearOperator(
        (grid.height, grid.width),
        matvec=lambda given: grid.times(given.reshape(-1, 1))[:, 0],
        rmatvec=lambda given: adjoint(given.reshape(-1, 1))[:, 0],
        matmat=grid.times,
        rmatmat=adjoint,
        dtype=grid.dtype,
    )
