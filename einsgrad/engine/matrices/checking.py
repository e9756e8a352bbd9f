"""Whether a formula solves accurately: the matrix that it starts from may be nearly singular."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.matrices.grids import Grid

# Data that is drawn from another seed has nothing to do with what is drawn here.
_SEED = 0x5EED


def refined(grid: Grid, solve: Callable[[Array], Array], right: Array) -> Array:
    """Solve for columns, and once more for what is left of them: what cancels is mended.

    Parameters
    ----------
    grid
        The matrices.
    solve
        Solves for columns by a formula.
    right
        The columns.
    """
    found = solve(right)
    return found + solve(right - grid.times(found))


def solves_accurately(grid: Grid, solve: Callable[[Array], Array]) -> bool:
    """Tell whether solutions are those of matrices that have half of their digits in common.

    Parameters
    ----------
    grid
        The matrices.
    solve
        Solves for columns. It is tried with a random one.

    Examples
    --------
    >>> from einsgrad.engine.parts import Part
    >>> twice = Grid.of([Part.of(np.full(3, 2.0), (0, 0))], (3,), (3,), np.dtype(float))
    >>> solves_accurately(twice, lambda right: right / 2)
    True
    >>> solves_accurately(twice, lambda right: right / 2.01)
    False
    """
    given = _drawn(grid)
    with np.errstate(all="ignore"):
        product = grid.times(given)
        if not np.isfinite(product).all():
            return True
        found = solve(given)
        gap = _norm(given - grid.times(found))
        length = _gain(product, given, grid.times(product)) * _norm(found) + _norm(given)
        return bool((gap <= np.finfo(grid.dtype).eps ** 0.5 * length).all())


def inverts_accurately(inverse: Grid, solve: Callable[[Array], Array]) -> bool:
    """Tell whether inverses that are sums have three quarters of the digits of solutions.

    Parameters
    ----------
    inverse
        The inverses.
    solve
        Solves for columns accurately.
    """
    given = _drawn(inverse)
    with np.errstate(all="ignore"):
        found = solve(given)
        if not np.isfinite(found).all():
            return True
        gap = _norm(found - inverse.times(given))
        length = _gain(found, given, solve(found)) * _norm(given)
        return bool((gap <= np.finfo(inverse.dtype).eps ** 0.75 * length).all())


def _drawn(grid: Grid) -> Array:
    generator = np.random.default_rng(_SEED)
    return generator.standard_normal((*grid.batch, grid.height, 1)).astype(grid.dtype)


def _gain(first: Array, given: Array, second: Array) -> Array:
    """Return how much longer columns become in one step and in the next: it is more then."""
    return np.fmax(_norm(first) / _norm(given), _norm(second) / _norm(first))


def _norm(columns: Array) -> Array:
    return np.asarray(np.linalg.norm(columns, axis=(-2, -1)))
