"""Matrices of no structure that helps: multiplied out, and factorised."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.matrices.factorised import Factorised, eigenvalues
from einsgrad.engine.matrices.grids import Grid
from einsgrad.engine.matrices.part_products import array_grid


@dataclass(frozen=True, eq=False)
class DenseMatrix:
    """Matrices that are multiplied out."""

    grid: Grid

    @property
    def words(self) -> str:
        """The structure in words."""
        return f"dense {self.grid.height} × {self.grid.width}"

    def work(self, columns: int) -> float:
        """Return about how many multiplications it takes to solve for some columns."""
        size = self.grid.height
        return self.grid.count * (size**3 / 3 + float(size) ** 2 * (columns + 1))

    @cached_property
    def factorised(self) -> Factorised:
        """The matrices with their factors."""
        return Factorised(self.grid.dense())

    def solve(self, right: Array) -> Array:
        """Solve for columns."""
        return self.factorised.solve(right)

    def slogdet(self) -> tuple[Array, Array]:
        """Return signs and logarithms of the determinants."""
        return self.factorised.slogdet()

    def eigvalsh(self) -> Array:
        """Return the eigenvalues."""
        return eigenvalues(self.factorised.matrix)

    def inverse(self) -> Grid:
        """Return the inverses."""
        matrix = self.factorised.matrix
        identity = np.broadcast_to(np.eye(self.grid.height, dtype=matrix.dtype), matrix.shape)
        return array_grid(self.solve(identity), self.grid)

    def multiple(self) -> Array | None:
        """Return nothing: it is not looked for."""
        return None
