"""Inverses in products: the solution of a linear system with what they are contracted with.

An inverse is formed only where that is not possible.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from einsgrad.engine.programs.making_steps import Steps
from einsgrad.engine.programs.node_values import NodeValues
from einsgrad.engine.programs.pairwise import Contractions
from einsgrad.engine.programs.steps import Held, Register, Term
from einsgrad.engine.programs.sums import Sums
from einsgrad.expressions.nodes import Expr, MatrixMap
from einsgrad.expressions.tables.reductions import INVERSE
from einsgrad.strings.subscripts import Indices, Label


def is_lazy(node: Expr) -> bool:
    """Tell whether a node is an inverse that is formed on demand only."""
    return isinstance(node, MatrixMap) and node.function is INVERSE and len(node.shape) == 2


@dataclass(frozen=True, slots=True)
class LazyInverse:
    """An inverse that is not formed: the matrix, the labels of the inverse, and its node."""

    matrix: Register
    indices: Indices
    node: MatrixMap


HeldFactor: TypeAlias = Held | LazyInverse
"""A factor of an einsum that is lowered."""


class Solving:
    """Makes registers of inverses.

    Parameters
    ----------
    steps
        The steps so far.
    sums
        What writes terms out as arrays.
    contractions
        What contracts the columns that a system is solved for.
    values
        What forms inverses.
    """

    def __init__(
        self, steps: Steps, sums: Sums, contractions: Contractions, values: NodeValues
    ) -> None:
        self._steps = steps
        self._sums = sums
        self._contractions = contractions
        self._values = values

    def formed(self, inverse: LazyInverse) -> Held:
        """Form an inverse."""
        return Held(self._values.of(inverse.node).register, inverse.indices)

    def solved(
        self, factors: Sequence[HeldFactor], output: Indices, sizes: Mapping[Label, int]
    ) -> list[Held]:
        """Replace inverses by solutions; one that is contracted in a cycle is formed."""
        while any(isinstance(factor, LazyInverse) for factor in factors):
            factors = self._one_less(factors, output, sizes)
        return [factor for factor in factors if isinstance(factor, Held)]

    def _one_less(
        self, factors: Sequence[HeldFactor], output: Indices, sizes: Mapping[Label, int]
    ) -> list[HeldFactor]:
        """Replace one inverse."""
        inverses = [
            (place, factor)
            for place, factor in enumerate(factors)
            if isinstance(factor, LazyInverse)
        ]
        for place, factor in inverses:
            if len(set(factor.indices)) == 2:
                others = [*factors[:place], *factors[place + 1 :]]
                for transposed in (False, True):
                    left = self._with_solution(factor, others, output, sizes, transposed=transposed)
                    if left is not None:
                        return left
        place, inverse = inverses[0]
        return [*factors[:place], self.formed(inverse), *factors[place + 1 :]]

    def _with_solution(
        self,
        inverse: LazyInverse,
        others: Sequence[HeldFactor],
        output: Indices,
        sizes: Mapping[Label, int],
        *,
        transposed: bool,
    ) -> list[HeldFactor] | None:
        """Replace an inverse and all that one side of it is contracted with, if that can be."""
        kept, summed = reversed(inverse.indices) if transposed else inverse.indices
        joined = _connected(others, summed, output)
        parts = [part for k in joined if isinstance(part := others[k], Held)]
        held = {x for k in joined for x in others[k].indices}
        if summed in output or kept in held or not parts or len(parts) < len(joined):
            return None
        right = tuple(dict.fromkeys(x for x in output if x in held))
        labels = (summed, *right)
        columns = self._contractions.contract(parts, labels, sizes)
        term = Term(1, columns.register, columns.indices, labels)
        operand = self._sums.array(term, [sizes[x] for x in labels])
        solution = self._steps.solve(inverse.matrix, operand, transposed=transposed)
        left = [one for k, one in enumerate(others) if k not in joined]
        return [*left, Held(solution, (kept, *right))]


def _connected(factors: Sequence[HeldFactor], label: Label, output: Indices) -> list[int]:
    """Return the places of the factors that a summed label connects, directly or by others."""
    reached, labels = set[int](), {label}
    while True:
        touched = {k for k, factor in enumerate(factors) if labels & set(factor.indices)}
        new = touched - reached
        if not new:
            return sorted(reached)
        reached |= new
        labels |= {x for k in new for x in factors[k].indices if x not in output}
