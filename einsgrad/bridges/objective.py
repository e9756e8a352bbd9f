"""A number as a function of one vector of unknowns, with its derivatives."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from einsgrad.bridges.packing import Packing, refuse_large
from einsgrad.bridges.programs import Programs, results
from einsgrad.engine.binding import Array


@dataclass(frozen=True, eq=False)
class Objective:
    """A number, its gradient, its Hessian and products with that, of a vector of unknowns.

    Parameters
    ----------
    programs
        The derivatives.
    packing
        Where the unknowns stand in the vector.
    known
        The arrays of the other variables.
    """

    programs: Programs
    packing: Packing
    known: tuple[Array, ...]

    def value(self, vector: Any) -> float:
        """Return the number."""
        return float(self.programs.value(*self.packing.arrays(vector), *self.known).real)

    def value_and_gradient(self, vector: Any) -> tuple[float, Array]:
        """Return the number and its gradient, which share what they compute."""
        arrays = self.packing.arrays(vector)
        value, *gradients = self.programs.value_and_gradients(*arrays, *self.known)
        return float(value.real), self.packing.gathered(gradients)

    def gradient(self, vector: Any) -> Array:
        """Return the gradient."""
        return self.value_and_gradient(vector)[1]

    def hessian(self, vector: Any) -> Array:
        """Return the Hessian as a matrix.

        Raises
        ------
        SizeError
            If it would be too large.
        """
        arrays = self.packing.arrays(vector)
        ends = self.packing.ends
        refuse_large(
            ends[-1], ends[-1], "the Hessian", "Use hessp or operator, or a method that does."
        )
        blocks = iter(results(self.programs.hessian_blocks(*arrays, *self.known)))
        whole = np.empty((ends[-1], ends[-1]))
        parts = [slice(start, end) for start, end in pairwise(ends)]
        for row, one in enumerate(parts):
            for other in parts[row:]:
                block = np.reshape(next(blocks), (one.stop - one.start, other.stop - other.start))
                whole[one, other] = block
                whole[other, one] = block.T
        spread = self.packing.spread
        return whole if spread is None else np.asarray(spread.T @ whole @ spread)

    def product(self, vector: Any, direction: Any) -> Array:
        """Return the Hessian times a direction, without forming it."""
        arrays = self.packing.arrays(vector)
        moved = self.packing.arrays(np.ravel(direction))
        found = self.programs.products(*moved, *arrays, *self.known)
        return self.packing.gathered(results(found))
