"""Arrays as matrices, or vectors: as views where their axes lie for it, and what else it takes."""

from __future__ import annotations

from einsgrad.engine.contractions.arrays import NumpyValue, Transposed
from einsgrad.engine.contractions.gathers import bare, gather_axes
from einsgrad.engine.contractions.views import Operand, Sizes, shaped, size_of_labels
from einsgrad.strings.subscripts import Indices

VIEW = 80
"""Nanoseconds of a view; `python -m benchmarks --only networks` shows what it does."""

# And of a copy, and each of its entries.
_COPY = 230
_COPIED = 0.5


def copies(indices: Indices, outer: Indices, inner: Indices, sizes: Sizes) -> int:
    """Count the entries that are copied to make an operand a matrix."""
    fused = bare((*outer, *inner), sizes), bare((*inner, *outer), sizes)
    return 0 if bare(indices, sizes) in fused else size_of_labels(indices, sizes)


def price_as_matrix(indices: Indices, rows: Indices, columns: Indices, sizes: Sizes) -> float:
    """Return the nanoseconds that `matrix` takes.

    Examples
    --------
    >>> sizes = {"i": 2, "j": 3, "k": 4}
    >>> price_as_matrix(tuple("ijk"), tuple("ij"), ("k",), sizes)
    80.0
    >>> price_as_matrix(tuple("ijk"), tuple("ik"), ("j",), sizes)
    242.0
    """
    if copied := copies(indices, rows, columns, sizes):
        return _COPY + _COPIED * copied
    is_fused = len(rows) > 1 or len(columns) > 1
    return VIEW * (is_fused + (indices != (*rows, *columns)) / 2)


def matrix(operand: Operand, rows: Indices, columns: Indices, sizes: Sizes) -> NumpyValue:
    """View an array as a matrix with the given groups of labels, or as a vector if one is empty."""
    groups = [group for group in (rows, columns) if group]
    shape = [size_of_labels(group, sizes) for group in groups]
    straight, turned = (*rows, *columns), (*columns, *rows)
    if len(straight) == len(groups) and operand.indices in (straight, turned):
        return operand.array if operand.indices == straight else Transposed(operand.array)
    indices = bare(operand.indices, sizes)
    if indices == bare(straight, sizes):
        return shaped(operand.array, shape)
    if indices == bare(turned, sizes):
        return Transposed(shaped(operand.array, shape[::-1]))
    return gather_axes(operand, groups, sizes)
