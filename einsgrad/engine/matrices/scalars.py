"""Matrices of one row and one column: what a diagonal is a batch of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.matrices.factorised import eigenvalues
from einsgrad.engine.matrices.grids import Grid
from einsgrad.engine.matrices.matrix import singular
from einsgrad.engine.matrices.part_products import array_grid


@dataclass(frozen=True, eq=False)
class Scalars:
    """Numbers as matrices."""

    grid: Grid

    @property
    def words(self) -> str:
        """The structure in words."""
        return "a number"

    def work(self, columns: int) -> float:
        """Return about how many multiplications it takes to solve for some columns."""
        return float(self.grid.count * (1 + columns))

    @cached_property
    def numbers(self) -> Array:
        """The entries, as a batch of matrices."""
        return self.grid.dense()

    def solve(self, right: Array) -> Array:
        """Solve for columns."""
        if not self.numbers.all():
            raise singular("an entry of a diagonal is 0")
        return right / self.numbers

    def slogdet(self) -> tuple[Array, Array]:
        """Return signs and logarithms of the determinants."""
        sign, logarithm = np.linalg.slogdet(self.numbers)
        return np.asarray(sign), np.asarray(logarithm)

    def eigvalsh(self) -> Array:
        """Return the eigenvalues."""
        return eigenvalues(self.numbers)

    def inverse(self) -> Grid:
        """Return the inverses."""
        return array_grid(self.solve(np.ones_like(self.numbers)), self.grid)

    def multiple(self) -> Array | None:
        """Return the numbers."""
        return self.numbers[..., 0, 0]
