"""Contractions on numpy arrays: a path over many operands, and one pair at a time.

A pair is brought to a matrix product: its labels fall into batch, contracted, left and
right groups. Labels may be any hashable objects and as many as the arrays allow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import as_strided

from einsgrad.subscripts import Indices, Label, unique

Array: TypeAlias = np.ndarray[Any, Any]


def contract_arrays(arrays: Sequence[Array], inputs: Sequence[Indices], output: Indices) -> Array:
    """Contract arrays over the labels that the output lacks.

    Parameters
    ----------
    arrays, inputs
        At least one array, and a list of labels for each; a list may repeat labels.
    output
        Different labels, each of which stands in an input.

    Returns
    -------
    numpy.ndarray
        A new array of the common dtype; integers wrap and booleans are or-ed, as in
        `numpy.einsum`.

    Examples
    --------
    >>> contract_arrays([np.eye(3)], ["ii"], ())
    array(3.)
    """
    dtype = np.result_type(*arrays)
    pairs = [diagonal(a, tuple(i)) for a, i in zip(arrays, inputs, strict=True)]
    operands = [(array.astype(dtype, copy=False), indices) for array, indices in pairs]
    for group in _path(operands, output):
        chosen = [operands[position] for position in group]
        operands = [pair for place, pair in enumerate(operands) if place not in group]
        kept = {*output, *chain.from_iterable(indices for _, indices in operands)}
        result = chosen[0]
        for number, other in enumerate(chosen[1:], 2):
            later = chain.from_iterable(indices for _, indices in chosen[number:])
            result = contract_pair(result, other, kept | set(later))
        operands.append(result)
    array, indices = operands[0]
    array, indices = sum_out(array, indices, set(output))
    array = array.transpose([indices.index(label) for label in output])
    return array.copy() if array.base is not None or array is arrays[0] else array


def _path(operands: Sequence[tuple[Array, Indices]], output: Indices) -> Sequence[Collection[int]]:
    """Find the order in which to contract; opt_einsum searches it for three or more."""
    if len(operands) <= 2:
        return [tuple(range(len(operands)))]
    from opt_einsum.paths import auto

    sizes = {
        label: size
        for array, indices in operands
        for label, size in zip(indices, array.shape, strict=True)
    }
    path: Sequence[Collection[int]] = auto(
        [frozenset(indices) for _, indices in operands],
        frozenset(output),
        sizes,
    )
    return path


def diagonal(array: Array, indices: Indices) -> tuple[Array, Indices]:
    """Return the view of an array in which axes with the same label are one axis.

    Examples
    --------
    >>> diagonal(np.arange(4).reshape(2, 2), ("i", "i"))
    (array([0, 3]), ('i',))
    """
    labels = unique(indices)
    if len(labels) == len(indices):
        return array, indices
    return class_view(array, indices, writeable=False), labels


def class_view(array: Array, indices: Indices, *, writeable: bool) -> Array:
    """View an array with one axis for each different label: the diagonal of its axes."""
    shape: dict[Label, int] = {}
    strides: dict[Label, int] = {}
    for label, size, stride in zip(indices, array.shape, array.strides, strict=True):
        shape[label] = size
        strides[label] = strides.get(label, 0) + stride
    return as_strided(array, tuple(shape.values()), tuple(strides.values()), writeable=writeable)


def sum_out(array: Array, indices: Indices, kept: Collection[Label]) -> tuple[Array, Indices]:
    """Sum an array over the labels that are not kept, in its own dtype."""
    axes = tuple(axis for axis, label in enumerate(indices) if label not in kept)
    if not axes:
        return array, indices
    left = tuple(label for label in indices if label in kept)
    return np.asarray(np.add.reduce(array, axis=axes, dtype=array.dtype)), left


def contract_pair(
    first: tuple[Array, Indices], second: tuple[Array, Indices], kept: Collection[Label]
) -> tuple[Array, Indices]:
    """Contract two arrays over the labels that are not kept.

    Examples
    --------
    >>> contract_pair((np.eye(2), ("i", "j")), (np.arange(2.0), ("j",)), {"i"})
    (array([0., 1.]), ('i',))
    """
    holders = Counter(chain(first[1], second[1]))
    needed = {label for label in holders if label in kept or holders[label] == 2}
    a, left_list = sum_out(*first, needed)
    b, right_list = sum_out(*second, needed)
    batch = tuple(label for label in left_list if label in right_list and label in kept)
    inner = tuple(label for label in left_list if label in right_list and label not in kept)
    left = tuple(label for label in left_list if label not in right_list)
    right = tuple(label for label in right_list if label not in left_list)
    sizes = dict(zip((*left_list, *right_list), (*a.shape, *b.shape), strict=True))
    a = _grouped(a, left_list, (batch, left, inner), sizes)
    b = _grouped(b, right_list, (batch, inner, right), sizes)
    product = np.matmul(a, b) if inner else a * b
    indices = (*batch, *left, *right)
    return product.reshape([sizes[label] for label in indices]), indices


def _grouped(
    array: Array, indices: Indices, groups: Sequence[Indices], sizes: Mapping[Label, int]
) -> Array:
    """Transpose an array to three groups of labels and fuse each group into one axis."""
    order = [indices.index(label) for label in chain.from_iterable(groups)]
    shape = [prod(sizes[label] for label in group) for group in groups]
    return array.transpose(order).reshape(shape)
