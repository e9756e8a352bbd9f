"""A tensor as a vector of residuals or equations of one vector of unknowns, with its Jacobian."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from einsgrad.bridges.packing import Packing, is_large, refuse_large
from einsgrad.bridges.programs import Programs, results
from einsgrad.engine.binding import Array
from einsgrad.engine.structured import Structured

# Of so many entries a matrix without zeros left out takes 512 KiB, and stays in a cache.
_SMALL = 1 << 16

# A sparse entry takes a value and an index, and is reached by way of the index.
_ENTRIES_FOR_ONE = 10


@dataclass(frozen=True, eq=False)
class Residuals:
    """All entries of a tensor, and their Jacobian, as functions of a vector of unknowns.

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

    def values(self, vector: Any) -> Array:
        """Return the entries, in C order."""
        found = self.programs.value(*self.packing.arrays(vector), *self.known)
        return np.array(np.ravel(found), np.float64)

    def jacobian(self, vector: Any) -> Array:
        """Return the Jacobian as a matrix, with a row for each entry.

        Raises
        ------
        SizeError
            If it would be too large.
        """
        blocks = self._blocks(vector)
        ends = self.packing.ends
        rows = _rows(blocks[0], self.packing.shapes[0])
        refuse_large(rows, ends[-1], "the Jacobian", "Minimize the sum of squares instead.")
        whole = np.empty((rows, ends[-1]))
        for block, (start, end) in zip(blocks, pairwise(ends), strict=True):
            whole[:, start:end] = block.dense().reshape(rows, end - start)
        spread = self.packing.spread
        return whole if spread is None else np.asarray(whole @ spread)

    def sparse_jacobian(self, vector: Any) -> Any:
        """Return the Jacobian as a sparse matrix of scipy."""
        from scipy import sparse

        rank = len(self.programs.expr.shape)
        whole = sparse.hstack(
            [block.to_scipy_sparse(rows=rank) for block in self._blocks(vector)],
            format="csr",
            dtype=float,
        )
        spread = self.packing.spread
        return whole if spread is None else (whole @ spread).tocsr()

    def jacobian_operator(self, vector: Any) -> Any:
        """Return the Jacobian as a `LinearOperator` of scipy; it is not formed."""
        from scipy.sparse.linalg import LinearOperator

        arrays = (*self.packing.arrays(np.copy(vector)), *self.known)
        shape = np.shape(self.programs.value(*arrays))

        def tangent(direction: Any) -> Array:
            moved = self.packing.arrays(np.ravel(direction))
            return np.ravel(self.programs.tangents(*moved, *arrays))

        def cotangent(weight: Any) -> Array:
            found = self.programs.cotangents(np.reshape(weight, shape), *arrays)
            return self.packing.gathered(results(found))

        sides = (math.prod(shape), self.packing.count)
        return LinearOperator(sides, matvec=tangent, rmatvec=cotangent, dtype=float)

    def cheapest_jacobian(self, vector: Any) -> Callable[[Any], Any]:
        """Return what gives the Jacobian: sparse, as an operator if it is too large, or dense."""
        if self.is_sparse(vector):
            return self.sparse_jacobian
        rows = self.values(vector).size
        return self.jacobian_operator if is_large(rows, self.packing.ends[-1]) else self.jacobian

    def is_sparse(self, vector: Any) -> bool:
        """Tell whether the Jacobian is large and has few entries that are not known to be zero."""
        blocks = self._blocks(vector)
        whole = _rows(blocks[0], self.packing.shapes[0]) * self.packing.ends[-1]
        return whole > _SMALL and _ENTRIES_FOR_ONE * sum(one.entry_count for one in blocks) < whole

    def _blocks(self, vector: Any) -> tuple[Structured, ...]:
        arrays = self.packing.arrays(vector)
        return results(self.programs.jacobians(*arrays, *self.known))


def _rows(block: Structured, shape: tuple[int, ...]) -> int:
    return math.prod(block.shape[: len(block.shape) - len(shape)])
