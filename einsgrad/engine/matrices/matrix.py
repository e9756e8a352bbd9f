"""What every record of a structure can do."""

from __future__ import annotations

from typing import Protocol

from einsgrad.engine.binding import Array
from einsgrad.engine.matrices.grids import Grid
from einsgrad.engine.refusals import MatrixError


class Matrix(Protocol):
    """A batch of matrices whose structure is known.

    Arrays of columns have the axes of the batch, then one of rows, then one of columns.
    """

    @property
    def grid(self) -> Grid:
        """The matrices as they are given."""

    @property
    def words(self) -> str:
        """The structure in words."""

    def work(self, columns: int) -> float:
        """Return about how many multiplications it takes to solve for some columns."""

    def solve(self, right: Array) -> Array:
        """Solve for columns."""

    def slogdet(self) -> tuple[Array, Array]:
        """Return signs and logarithms of the determinants, as numpy does."""

    def eigvalsh(self) -> Array:
        """Return the sorted eigenvalues of each matrix, if it is Hermitian."""

    def inverse(self) -> Grid:
        """Return the inverses."""

    def multiple(self) -> Array | None:
        """Return what the identity is multiplied by, if each matrix is known to be that."""


def singular(reason: str) -> MatrixError:
    """Return the error for matrices that cannot be inverted.

    Examples
    --------
    >>> print(singular("an entry of a diagonal is 0"))
    the matrix is singular: an entry of a diagonal is 0. Add a multiple of the identity.
    """
    return MatrixError(f"the matrix is singular: {reason}. Add a multiple of the identity.")
