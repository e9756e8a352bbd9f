"""Products with inverse matrices, solved as systems one after the other, with nothing compiled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.immediate_products import labelled_product
from einsgrad.strings.subscripts import Indices, Label


@dataclass(frozen=True, eq=False)
class InverseMatrix:
    """The inverse of a matrix, or of each in a batch: computed where nothing can be solved.

    Examples
    --------
    >>> InverseMatrix(2 * np.eye(2)).array.tolist()
    [[0.5, 0.0], [0.0, 0.5]]
    """

    matrix: Array

    @cached_property
    def array(self) -> Array:
        """The inverse itself."""
        return np.linalg.inv(self.matrix)

    def share(self, total: Any) -> Array:
        """Return the cotangent of the matrix: `-Yᵀ G Yᵀ` of the inverse Y, by two systems."""
        turned = np.linalg.solve(np.swapaxes(self.matrix, -1, -2), total)
        return -np.swapaxes(np.linalg.solve(self.matrix, np.swapaxes(turned, -1, -2)), -1, -2)


@dataclass(frozen=True, slots=True)
class _Factors:
    """Labelled factors of a product, as `labelled_product` takes them."""

    lists: list[Indices]
    values: list[Any]

    def without(self, places: Sequence[int]) -> _Factors:
        """Return the others."""
        kept = [place for place in range(len(self.lists)) if place not in places]
        return _Factors([self.lists[k] for k in kept], [self.values[k] for k in kept])


def solved_product(
    lists: Sequence[Indices], values: Sequence[Any], output: Indices, sizes: dict[Label, int]
) -> Any:
    """Return a product some of whose factors may be inverses, as `labelled_product`."""
    if not any(isinstance(value, InverseMatrix) for value in values):
        return labelled_product(lists, values, output, sizes)
    factors = _Factors(list(lists), list(values))
    while inverses := _inverses(factors):
        found = (_solved(factors, place, output, sizes) for place in inverses)
        solved = next((one for one in found if one is not None), None)
        if solved is None:
            place = inverses[0]
            factors.values[place] = factors.values[place].array
        else:
            factors = solved
    return labelled_product(factors.lists, factors.values, output, sizes)


def _inverses(factors: _Factors) -> list[int]:
    return [k for k, value in enumerate(factors.values) if isinstance(value, InverseMatrix)]


def _solved(
    factors: _Factors, place: int, output: Indices, sizes: dict[Label, int]
) -> _Factors | None:
    """Put the solution of a system in the place of an inverse and what it is contracted with."""
    matrix, labels = factors.values[place].matrix, factors.lists[place]
    if len(labels) > 2:
        return None
    row, column = labels
    for kept, gone, system in ((row, column, matrix), (column, row, matrix.T)):
        beside = [k for k, own in enumerate(factors.lists) if gone in own and k != place]
        held = [factors.lists[k] for k in beside]
        inverse = any(isinstance(factors.values[k], InverseMatrix) for k in beside)
        if not beside or gone in output or inverse or any(kept in own for own in held):
            continue
        others = factors.without([place, *beside])
        needed = {*output, *(x for own in others.lists for x in own)}
        free = tuple(dict.fromkeys(x for own in held for x in own if x in needed))
        right = labelled_product(held, [factors.values[k] for k in beside], (gone, *free), sizes)
        shape = [sizes[x] for x in (gone, *free)]
        columns = np.reshape(right, (shape[0], prod(shape[1:])))
        solution = np.reshape(np.linalg.solve(system, columns), shape)
        return _Factors([*others.lists, (kept, *free)], [*others.values, solution])
    return None
