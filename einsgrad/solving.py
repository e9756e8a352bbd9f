"""Products with an inverse matrix as solves: an inverse that is only contracted is never formed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from einsgrad.contraction import Array, contract_arrays
from einsgrad.subscripts import Indices, Label


class Inverse:
    """The inverse of a matrix that is formed on demand only.

    Examples
    --------
    >>> Inverse(np.array([[2.0]])).dense
    array([[0.5]])
    """

    def __init__(self, matrix: Array) -> None:
        self.matrix = matrix

    @cached_property
    def dense(self) -> Array:
        """The inverse as an array."""
        return np.asarray(np.linalg.inv(self.matrix))


Value: TypeAlias = "Array | Inverse"
Factor: TypeAlias = "tuple[Indices, Value]"


def dense(value: Any) -> Any:
    """Return a value with an inverse formed."""
    return value.dense if isinstance(value, Inverse) else value


def solve_products(factors: Sequence[Factor], output: Indices) -> list[tuple[Indices, Array]]:
    """Replace each inverse and what it is contracted with by the solution of a linear system.

    An inverse that is contracted in a cycle, or with nothing, is formed.

    Examples
    --------
    >>> inverse, b = Inverse(np.diag([2.0, 4.0])), np.ones(2)
    >>> solve_products([(("i", "j"), inverse), (("j",), b)], ("i",))
    [(('i',), array([0.5 , 0.25]))]
    """
    rest = list(factors)
    while True:
        solved = _solve_one(rest, output)
        if solved is None:
            return [(indices, dense(value)) for indices, value in rest]
        rest = solved


def _solve_one(factors: list[Factor], output: Indices) -> list[Factor] | None:
    for place, (indices, value) in enumerate(factors):
        if not isinstance(value, Inverse) or len(set(indices)) != 2 or len(indices) != 2:
            continue
        others = factors[:place] + factors[place + 1 :]
        for kept, summed, matrix in (
            (indices[0], indices[1], value.matrix),
            (indices[1], indices[0], value.matrix.T),
        ):
            joined = _connected(others, summed, output)
            held = {label for k in joined for label in others[k][0]}
            ready = not any(isinstance(others[k][1], Inverse) for k in joined)
            if summed not in output and joined and ready and kept not in held:
                right = tuple(dict.fromkeys(label for label in output if label in held))
                solution = _solve(matrix, [others[k] for k in joined], summed, right)
                left = [factor for k, factor in enumerate(others) if k not in joined]
                return [*left, ((kept, *right), solution)]
    return None


def _connected(factors: list[Factor], label: Label, output: Indices) -> list[int]:
    """Return the places of the factors that a summed label connects, directly or by others."""
    reached, labels = set[int](), {label}
    while True:
        touched = {k for k, (indices, _) in enumerate(factors) if labels & set(indices)}
        new = touched - reached
        if not new:
            return sorted(reached)
        reached |= new
        labels |= {x for k in new for x in factors[k][0] if x not in output}


def _solve(
    matrix: Array, factors: Sequence[tuple[Indices, Any]], summed: Label, right: Indices
) -> Array:
    product = contract_arrays(
        [value for _, value in factors], [indices for indices, _ in factors], (summed, *right)
    )
    columns = product.reshape(len(matrix), -1) if product.size else product.reshape(len(matrix), 0)
    return np.asarray(np.linalg.solve(matrix, columns).reshape(product.shape))
