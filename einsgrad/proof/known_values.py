"""The values that are known while expressions are evaluated."""

from __future__ import annotations

from dataclasses import dataclass, field

from einsgrad.engine.binding import Array, size_of
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Expr
from einsgrad.proof.draws import Draws
from einsgrad.proof.residues import Residues


@dataclass(frozen=True, eq=False)
class KnownValues:
    """Values of nodes: as floats, and in the fields in which they are needed.

    Parameters
    ----------
    draws
        The values of variables.
    floats, residues
        Those of nodes; the first axis is the draws.
    """

    draws: Draws
    floats: dict[Expr, Array] = field(default_factory=dict)
    residues: dict[tuple[Expr, int], Residues] = field(default_factory=dict)

    def size(self, dim: Dim) -> int:
        """Return the size of a dim."""
        return size_of(dim, self.draws.sizes)

    def shape(self, node: Expr) -> tuple[int, ...]:
        """Return the sizes of the axes of a node."""
        return tuple(self.size(dim) for dim in node.shape)

    def spread(self, node: Expr, operands: tuple[Expr, ...]) -> list[Array]:
        """Return operands as floats, those that are numbers with axes of size 1."""
        return [with_rank(self.floats[one], len(node.shape)) for one in operands]


def with_rank(array: Array, rank: int) -> Array:
    """Give numbers of each draw axes of size 1, and leave other arrays.

    Examples
    --------
    >>> import numpy as np
    >>> with_rank(np.zeros(5), 2).shape, with_rank(np.zeros((5, 3)), 1).shape
    ((5, 1, 1), (5, 3))
    """
    if array.ndim == rank + 1:
        return array
    return array.reshape(array.shape[0], *[1] * rank)
