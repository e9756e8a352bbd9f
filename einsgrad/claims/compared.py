"""The values that are compared, and the ways in which a wrong array comes from the right one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from einsgrad.claims.points import ROUNDING, are_close
from einsgrad.engine.binding import Array

MOST_AXES = 5
"""Up to so many axes all their orders, and all sets of them, are tried."""
NEAR = 1e-7
"""Up to which relative error computed numbers are equal."""


@dataclass(frozen=True, slots=True)
class AtSymmetric:
    """Values at a symmetric matrix: the claim's, and the derivative's in independent entries."""

    claimed: Array
    plain: Array


@dataclass(frozen=True, slots=True)
class Within:
    """The part of a claim that leaves the variable as declared, and what that is: `diagonal`."""

    value: Array
    said: str


@dataclass(frozen=True)
class Compared:
    """Values at one point.

    Parameters
    ----------
    claimed, true
        The claim's, and the derivative's.
    split
        How many axes of the derivative are the expression's own; the variable's follow.
    shares
        The parts of the derivative that come from each occurrence of the variable.
    symmetric
        For a square matrix variable, the values at a symmetric matrix.
    declared
        Whether the variable is declared symmetric.
    sizes
        The sizes of the axes that may be summed over.
    jacobian
        The Jacobian, where a cotangent is given.
    tolerance
        Up to which relative error arrays are equal.
    within
        Where something else is declared of the variable, the part of the claim that fits it.
    """

    claimed: Array
    true: Array
    split: int = 0
    shares: tuple[Array, ...] = ()
    symmetric: AtSymmetric | None = None
    declared: bool = False
    sizes: frozenset[int] = frozenset()
    jacobian: Array | None = None
    tolerance: float = ROUNDING
    within: Within | None = None

    def claims(self, array: Array | None) -> bool:
        """Tell whether an array is what is claimed."""
        return are_close(self.claimed, array, self.tolerance)

    @property
    def ratio(self) -> complex:
        """The number that the derivative is multiplied by in the claim; 0 if there is none.

        Examples
        --------
        >>> Compared(np.array([2.0, 4.0]), np.array([1.0, 2.0])).ratio
        np.float64(2.0)
        """
        if self.claimed.shape != self.true.shape:
            return 0.0
        norm = float(np.vdot(self.true, self.true).real)
        ratio: complex = np.vdot(self.true, self.claimed) / norm if norm else 0.0
        return ratio if ratio and self.claims(ratio * self.true) else 0.0

    def orders(self) -> Iterator[tuple[int, ...]]:
        """Yield the orders of the derivative's axes that make it the claim."""
        rank = self.true.ndim
        if self.claimed.ndim != rank or not 2 <= rank <= MOST_AXES:
            return
        for order in permutations(range(rank)):
            if order != tuple(range(rank)) and self.claims(self.true.transpose(order)):
                yield order

    def spread(self, axes: tuple[int, ...]) -> Array:
        """Return the derivative summed over axes, the sum repeated along them."""
        return np.asarray(self.true.sum(axes, keepdims=True) + np.zeros(self.true.shape))

    @property
    def fills(self) -> bool:
        """Whether the claim is the derivative but for entries that are 0 in the derivative."""
        return self._but_for_zeros(self.claimed, self.true)

    @property
    def empties(self) -> bool:
        """Whether the claim is the derivative but for entries that are 0 in the claim."""
        return self._but_for_zeros(self.true, self.claimed)

    def _but_for_zeros(self, filled: Array, array: Array) -> bool:
        zero = np.abs(array) <= NEAR * np.abs(array).max(initial=0.0)
        some = filled.shape == array.shape and zero.any() and not zero.all()
        return bool(some and are_close(filled[~zero], array[~zero], self.tolerance))
