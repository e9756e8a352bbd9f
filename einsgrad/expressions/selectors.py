"""Selectors: constant tensors of zeros and ones, and the other tensors that have no data.

A selector renames an index, shifts it, bounds it or looks it up. A product with it is an
einsum like any other, so its derivative is an exchange and it needs no rule of its own. It
is never multiplied out: contracting with it is a view, a padding, a running sum, a look-up.
"""

from __future__ import annotations

from dataclasses import dataclass

from einsgrad.expressions.base import Node
from einsgrad.expressions.dims import Dim


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Delta(Node):
    """The Kronecker delta: 1 where all its `order` indices agree, else 0.

    Order 2 is the identity matrix, order 1 a vector of ones, order 0 the size of the dim.

    Examples
    --------
    >>> Delta("n", 2).shape
    ('n', 'n')
    """

    dim: Dim
    order: int

    def __post_init__(self) -> None:
        self._initialise((self.dim,) * self.order, False, f"{self.dim}^{self.order}")


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Affine(Node):
    """1 where the first index is the offset plus the strides times the others, else 0.

    `x[1:]` is `x_t [t = 1 + i]`, a convolution `x_t w_k [t = i + k]`, a reshape
    `x_t [t = i n + j]`. Where the sum leaves the range of the first index, all is 0: that
    is padding.

    Parameters
    ----------
    target
        The dim of the first index.
    sources
        The dims of the others.
    strides
        What each of the others is multiplied by.
    offset
        What is added.
    checked
        Whether it is an error that the sum leaves the range, which the sizes of the dims
        will tell; never of dims that are numbers.

    Examples
    --------
    >>> Affine(5, (4,), (1,), 1).shape
    (5, 4)
    """

    target: Dim
    sources: tuple[Dim, ...]
    strides: tuple[int, ...]
    offset: Dim
    checked: bool = False

    def __post_init__(self) -> None:
        text = f"{self.strides}{self.offset}{'!' * self.checked}"
        self._initialise((self.target, *self.sources), False, text)


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Step(Node):
    """1 where the row is at least the column plus the offset, else 0: a lower triangle.

    Contracted with a vector it is a running sum, times a matrix its lower triangle.

    Examples
    --------
    >>> Step("n", "n", 0).shape
    ('n', 'n')
    """

    rows: Dim
    columns: Dim
    offset: Dim

    def __post_init__(self) -> None:
        self._initialise((self.rows, self.columns), False, str(self.offset))


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Integers(Node):
    """An array of integers that is known when an expression is built, in C order.

    Examples
    --------
    >>> Integers((2, 2), (0, 1, 1, 0)).shape
    (2, 2)
    """

    sizes: tuple[int, ...]
    entries: tuple[int, ...]

    def __post_init__(self) -> None:
        self._initialise(self.sizes, False, str(self.entries))


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Fourier(Node):
    """The matrix of a discrete Fourier transform: `exp(-2πi jk/n)`, or its conjugate.

    Contracting with it is a fast transform.

    Examples
    --------
    >>> Fourier(8, False).is_complex
    True
    """

    dim: Dim
    conjugated: bool

    def __post_init__(self) -> None:
        self._initialise((self.dim, self.dim), True, str(self.conjugated))
