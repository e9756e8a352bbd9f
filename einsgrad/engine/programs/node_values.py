"""The value of every node that is lowered: a term."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from einsgrad.engine.binding import size_of
from einsgrad.engine.programs.making_steps import Steps
from einsgrad.engine.programs.steps import Register, Term
from einsgrad.engine.programs.sums import Sums
from einsgrad.errors import ShapeError
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Expr, MatrixMap


class NodeValues:
    """The terms of nodes, and the sizes of their axes.

    Parameters
    ----------
    sizes
        The size of every dim.
    steps
        The steps so far.
    sums
        What writes terms out as arrays.
    filled
        Writes out a selector.
    """

    def __init__(
        self, sizes: Mapping[Dim, int], steps: Steps, sums: Sums, filled: Callable[[Expr], Register]
    ) -> None:
        self._sizes = sizes
        self._steps = steps
        self._sums = sums
        self._filled = filled
        self._terms: dict[Expr, Term] = {}

    def keep(self, node: Expr, term: Term) -> None:
        """Say what the value of a node is."""
        self._terms[node] = term

    def size(self, dim: Dim) -> int:
        """Return the size of a dim.

        Raises
        ------
        ShapeError
            If a form of names, such as `n-1`, is negative.
        """
        size = size_of(dim, self._sizes)
        if size < 0 and not isinstance(dim, int):
            raise ShapeError(
                f"an axis of size {dim} would have {size} entries. Give larger arrays."
            )
        return size

    def number(self, dim: Dim) -> int:
        """Return what a dim is as a number that is added to an index."""
        return size_of(dim, self._sizes)

    def shape(self, node: Expr) -> tuple[int, ...]:
        """Return the sizes of a node's axes."""
        return tuple(map(self.size, node.shape))

    def of(self, node: Expr) -> Term:
        """Return the value of a node; what waits until it is asked for is formed here."""
        if node not in self._terms:
            if isinstance(node, MatrixMap):
                made = self._steps.apply_matrix(node.function, self.matrix(node))
            else:
                made = self._filled(node)
            self._terms[node] = Term.of(made)
        return self._terms[node]

    def matrix(self, node: MatrixMap) -> Register:
        """Return the operand of a matrix function as a register."""
        return self._sums.array(self.of(node.operand), self.shape(node.operand))
