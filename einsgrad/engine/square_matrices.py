"""What is the same for square matrices of one variable and of several: what is known by numbers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.dtypes import computed_in, float_dtypes
from einsgrad.engine.matrices.grids import Grid
from einsgrad.engine.matrices.matrix import Matrix
from einsgrad.engine.matrices.planning import planned


class SquareMatrix(ABC):
    """A matrix whose structure is found when it is first asked for.

    Raises
    ------
    ShapeError
        By each method, if there are not as many rows as columns.
    """

    # An array of numpy is not multiplied with it entry by entry.
    __array_ufunc__ = None

    @property
    @abstractmethod
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the entries."""

    @property
    @abstractmethod
    def _grid(self) -> Grid:
        """The matrix as it is given."""

    @property
    def _computed(self) -> np.dtype[Any]:
        """The dtype of what is computed: that is nothing in half precision."""
        return computed_in(*float_dtypes([self.dtype]))

    @cached_property
    def _matrix(self) -> Matrix:
        return planned(self._grid)

    @property
    def structure(self) -> str:
        """What is made use of in solving, in words; axes of rows are i, j, k in turn.

        Examples
        --------
        >>> import einsgrad as eg
        >>> (x,) = eg.variables("x[n]")
        >>> softmax = eg.compile(eg.hessian(eg.logsumexp(x), x), structured=True)
        >>> softmax(x=np.zeros(30)).structure
        'diagonal + rank 1'
        """
        return self._matrix.words

    def slogdet(self) -> tuple[Any, Any]:
        """Return the sign of the determinant and the logarithm of its size, as numpy does."""
        sign, logarithm = self._matrix.slogdet()
        return sign[()], logarithm[()]

    def logdet(self) -> Any:
        """Return the logarithm of the determinant: nan where it is negative, -inf where it is 0.

        Examples
        --------
        >>> import einsgrad as eg
        >>> (x,) = eg.variables("x[n]")
        >>> H = eg.compile(eg.hessian(eg.sum(x**3), x), structured=True)
        >>> H(x=np.ones(2)).logdet(), H(x=np.array([1.0, -1.0])).logdet()
        (np.float64(3.58351893845611), np.float64(nan))
        """
        sign, logarithm = self.slogdet()
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.log(sign) + logarithm

    def eigvalsh(self) -> Array:
        """Return the sorted eigenvalues of a symmetric or Hermitian matrix.

        Raises
        ------
        MatrixError
            If the matrix is not Hermitian.
        """
        return self._matrix.eigvalsh()
