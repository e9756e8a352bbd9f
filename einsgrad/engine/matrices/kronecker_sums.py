"""Kronecker sums `A ⊗ I + I ⊗ B`: Sylvester equations, solved by the eigenvectors of A and B."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.util import find_spec
from math import prod
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.labelled_arrays import Labelled
from einsgrad.engine.matrices.dense import DenseMatrix
from einsgrad.engine.matrices.factorised import are_hermitian
from einsgrad.engine.matrices.grids import Grid
from einsgrad.engine.matrices.kronecker import Factors
from einsgrad.engine.matrices.matrix import singular
from einsgrad.engine.parts import Part


@dataclass(frozen=True, eq=False)
class KroneckerTerm:
    """A number times a Kronecker product of some of the matrices, and of identities.

    Parameters
    ----------
    number
        The number, as a matrix of one row and one column.
    places
        The places of the matrices.
    """

    number: Grid
    places: tuple[int, ...]

    def values(self, values: Sequence[Array]) -> Array:
        """Return the eigenvalues where those of the matrices are given, with an axis for each."""
        count, first = len(values), len(self.number.batch)
        total = self.number.dense().reshape(*self.number.batch, *(1,) * count)
        for place in self.places:
            own = values[place]
            ones = [1] * count
            ones[place] = own.shape[-1]
            total = total * own.reshape(*own.shape[:first], *ones)
        return np.asarray(total)


@dataclass(frozen=True, eq=False)
class KroneckerSum:
    """A sum of Kronecker products of matrices, one for each group of axes, and of identities.

    The eigenvectors of the matrices are those of the whole.

    Parameters
    ----------
    factors
        The axes of each matrix.
    matrices
        The matrices.
    terms
        Which of them are multiplied.
    """

    factors: Factors
    matrices: tuple[Grid, ...]
    terms: tuple[KroneckerTerm, ...]

    @property
    def grid(self) -> Grid:
        """The matrices as they are given."""
        return self.factors.grid

    @property
    def words(self) -> str:
        """The structure in words."""
        sizes = " and ".join(f"{one.height} × {one.height}" for one in self.matrices)
        if self._is_plain:
            return f"Kronecker sum of matrices of {sizes}"
        return f"sum of Kronecker products of the same matrices of {sizes}"

    @property
    def _is_plain(self) -> bool:
        """Whether each matrix is multiplied with identities only."""
        return all(len(one.places) < 2 for one in self.terms)

    def work(self, columns: int) -> float:
        """Return about how many multiplications it takes to solve for some columns."""
        sizes = [one.height for one in self.matrices]
        own = sum(5 * size**3 for size in sizes)
        return self.grid.count * (own + 2.0 * self.grid.height * sum(sizes) * columns)

    @cached_property
    def _dense(self) -> DenseMatrix:
        return DenseMatrix(self.grid)

    @cached_property
    def _arrays(self) -> list[Array]:
        return [one.dense() for one in self.matrices]

    @cached_property
    def _vectors(self) -> list[tuple[Array, Array]] | None:
        """The eigenvalues and eigenvectors of each matrix, if all are Hermitian."""
        if not all(map(are_hermitian, self._arrays)):
            return None
        return [(values, vectors) for values, vectors in map(np.linalg.eigh, self._arrays)]

    def _totals(self, values: Sequence[Array]) -> Array:
        """Return the eigenvalues of the whole, with an axis for each matrix."""
        total = self.terms[0].values(values)
        for one in self.terms[1:]:
            total = total + one.values(values)
        shape = (*self.grid.batch, *(one.shape[-1] for one in values))
        return np.broadcast_to(total, shape)

    def _inverse_totals(self, values: Sequence[Array]) -> Array:
        """Return 1 over the eigenvalues of the whole."""
        total = self._totals(values)
        largest = sum(np.abs(one.values(values)).max(initial=0) for one in self.terms)
        rounding = np.finfo(total.dtype).eps * max(one.shape[-1] for one in values)
        if (np.abs(total) <= rounding * largest).any():
            raise singular("an eigenvalue is 0 up to rounding")
        return np.asarray(1 / total)

    def solve(self, right: Array) -> Array:
        """Solve for columns."""
        if self._vectors is None:
            return self._solved_without_eigenvectors(right)
        apart = self.factors.apart(right)
        turned = self._turned(
            apart, [vectors.conj().swapaxes(-1, -2) for _, vectors in self._vectors]
        )
        turned = turned * self._inverse_totals([values for values, _ in self._vectors])[..., None]
        return self.factors.joined(self._turned(turned, [vectors for _, vectors in self._vectors]))

    def _turned(self, apart: Array, matrices: Sequence[Array]) -> Array:
        """Multiply each axis with its own matrix."""
        first = len(self.grid.batch)
        for place, matrix in enumerate(matrices):
            moved = np.moveaxis(apart, first + place, first)
            flat = moved.reshape(*moved.shape[: first + 1], prod(moved.shape[first + 1 :]))
            apart = np.moveaxis((matrix @ flat).reshape(moved.shape), first, first + place)
        return apart

    def _solved_without_eigenvectors(self, right: Array) -> Array:
        """Solve by Schur decompositions: eigenvectors of others may be nearly dependent."""
        is_plain = self._is_plain and len(self.matrices) == 2
        if self.grid.batch or not is_plain or find_spec("scipy") is None:
            return self._dense.solve(right)
        from scipy import linalg

        first, second = self._added_up()
        apart = self.factors.apart(right)
        found = np.empty(apart.shape, np.result_type(apart, first))
        for column in range(apart.shape[-1]):
            try:
                found[..., column] = linalg.solve_sylvester(first, second.T, apart[..., column])
            except np.linalg.LinAlgError:
                raise singular("two eigenvalues add up to 0") from None
        if not np.isfinite(found).all() and np.isfinite(apart).all():
            raise singular("two eigenvalues add up to 0")
        return self.factors.joined(found)

    def _added_up(self) -> tuple[Array, Array]:
        """Return the matrices of which the whole is the sum, times their numbers."""
        first, second = self._arrays
        sums = np.zeros_like(first), np.zeros_like(second)
        for term in self.terms:
            number = term.number.dense()
            place = next(iter(term.places), 0)
            one = self._arrays[place] if term.places else np.eye(len(first), dtype=first.dtype)
            sums[place][...] += number * one
        return sums

    def slogdet(self) -> tuple[Array, Array]:
        """Return signs and logarithms of the determinants."""
        if self._vectors is not None:
            values: list[Array] = [own for own, _ in self._vectors]
        else:
            values = [np.linalg.eigvals(one) for one in self._arrays]
        total = self._totals(values).reshape(*self.grid.batch, self.grid.height)
        with np.errstate(divide="ignore"):
            logarithm = np.log(np.abs(total)).sum(-1)
        sign: Any = np.sign(total).prod(-1)
        return sign if self.grid.dtype.kind == "c" else sign.real, logarithm

    def eigvalsh(self) -> Array:
        """Return the eigenvalues."""
        if self._vectors is None:
            return self._dense.eigvalsh()
        total = self._totals([values for values, _ in self._vectors])
        return np.sort(total.reshape(*self.grid.batch, self.grid.height), -1)

    def inverse(self) -> Grid:
        """Return the inverses: products with the eigenvectors, not multiplied out."""
        if self._vectors is None:
            return self._dense.inverse()
        grid, (shape,) = self.grid, self.grid.rows
        batch = tuple(("batch", k) for k in range(len(grid.batch)))
        inner = tuple(("inner", k) for k in range(len(self.matrices)))
        factors = [Labelled(self._inverse_totals([x for x, _ in self._vectors]), (*batch, *inner))]
        for one, (_, vectors), own in zip(self.factors.axes, self._vectors, inner, strict=True):
            full = vectors.reshape(*grid.batch, *(shape[x] for x in one.rows), vectors.shape[-1])
            for side, array in (("row", full), ("column", full.conj())):
                factors.append(Labelled(array, (*batch, *((side, x) for x in one.rows), own)))
        axes = [(side, x) for side in ("row", "column") for x in range(len(shape))]
        part = Part(tuple(factors), (*batch, *axes), (*grid.batch, *shape, *shape))
        return replace(grid, blocks=(((part,),),))

    def multiple(self) -> Array | None:
        """Return nothing: it would be found as a block that is copied."""
        return None
