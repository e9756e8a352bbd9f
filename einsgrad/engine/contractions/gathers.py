"""Copies of arrays in another order of the axes, by one index.

numpy copies a transposed array in runs along its last axis. Where these are short, as in
tensor networks, taking the entries by an index is two to eight times faster: what the copy
moves together is taken together. The index is made of constants, so that the generated
code makes it once, before the function.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, pairwise
from math import prod

from einsgrad.engine.contractions.arrays import Index, NumpyValue, Permuted, Reshaped, Taken, View
from einsgrad.engine.contractions.views import Operand, Sizes, ordered, shaped, size_of_labels
from einsgrad.strings.subscripts import Indices, Label

# The limits below were set by `python -m benchmarks --only networks`.
# An index of the whole array needs no other view. For more entries only a part is indexed.
_WHOLE = 1024
# Longer indices take as much memory traffic as they save.
_LONGEST = 1 << 14
# numpy copies runs as long as these as fast: of entries that stay behind each other, and of
# those that do not.
_LONG_RUN = 64
_LONG_STRIDED = 8


def bare(indices: Indices, sizes: Sizes) -> Indices:
    """Drop the labels of size 1, which take no place in memory."""
    return tuple(label for label in indices if sizes[label] != 1)


def gather_axes(operand: Operand, groups: Sequence[Indices], sizes: Sizes) -> NumpyValue:
    """View an array with one axis for each group of labels, as a copy if it must be.

    Parameters
    ----------
    operand
        An array.
    groups
        Its labels.
    sizes
        The size of every label.

    Examples
    --------
    >>> from einsgrad.engine.contractions.arrays import Name
    >>> a = Operand(Name("a"), tuple("ijkl"))
    >>> str(gather_axes(a, [tuple("ij"), tuple("kl")], dict.fromkeys("ijkl", 3)))
    'a.reshape(9, 9)'
    >>> str(gather_axes(a, [tuple("ik"), tuple("jl")], dict.fromkeys("ijkl", 3)))
    'a.take(np.arange(81).reshape(3, 3, 3, 3).transpose(0, 2, 1, 3).reshape(9, 9))'
    >>> b = Operand(Name("b"), tuple("jik"))
    >>> str(gather_axes(b, [tuple("ij"), tuple("k")], {"i": 8, "j": 8, "k": 20}))
    'b.reshape(64, 20).take(np.arange(64).reshape(8, 8).transpose(1, 0).ravel(), 0)'
    """
    order = tuple(chain(*groups))
    shape = tuple(size_of_labels(group, sizes) for group in groups)
    if operand.is_window:
        return shaped(ordered(operand, order), shape)
    runs, places = _runs(bare(operand.indices, sizes), bare(order, sizes))
    if len(runs) < 2:
        return shaped(operand.array, shape)
    widths = tuple(size_of_labels(run, sizes) for run in runs)
    entries = prod(widths)
    lead = places[0] == 0
    trail = places[-1] == len(runs) - 1
    if entries <= _WHOLE or not (lead or trail):
        if entries <= _WHOLE or (entries <= _LONGEST and widths[places[-1]] < _LONG_STRIDED):
            return Taken(operand.array, Index(widths, places, shape))
        return shaped(ordered(operand, order), shape)
    middle = slice(int(lead), len(runs) - trail)
    length = prod(widths[middle])
    if length > _LONGEST or (trail and widths[-1] >= _LONG_RUN):
        return shaped(ordered(operand, order), shape)
    index = Index(widths[middle], tuple(place - lead for place in places[middle]), (length,))
    seen = (*widths[:lead], length, *widths[len(runs) - trail :])
    copy = Taken(shaped(operand.array, seen), index, int(lead))
    return copy if seen == shape else shaped(copy, shape)


def without_index(copy: Taken) -> View:
    """Make a copy by numpy's transpose, where there are too many indices.

    Examples
    --------
    >>> from einsgrad.engine.contractions.arrays import Name
    >>> str(without_index(Taken(Name("a"), Index((2, 2, 2), (0, 2, 1), (4, 2)))))
    'a.reshape(2, 2, 2).transpose(0, 2, 1).reshape(4, 2)'
    """
    index, axis = copy.index, copy.axis
    assert isinstance(index, Index)
    if axis is None:
        return index.moved(copy.array)
    assert isinstance(copy.array, Reshaped)
    seen = copy.array.shape
    split = (*seen[:axis], *index.widths, *seen[axis + 1 :])
    end = axis + len(index.widths)
    places = (axis + place for place in index.places)
    order = (*range(axis), *places, *range(end, len(split)))
    return Reshaped(Permuted(Reshaped(copy.array.array, split), order), seen)


def _runs(source: Indices, target: Indices) -> tuple[list[Indices], tuple[int, ...]]:
    """Part labels into runs that stay together.

    Returns
    -------
    runs, places
        The runs in the order of the source; for each run of the target, its number.
    """
    follower = dict(pairwise(source))
    parts: list[list[Label]] = []
    for label in target:
        if parts and follower.get(parts[-1][-1]) == label:
            parts[-1].append(label)
        else:
            parts.append([label])
    begin = {label: place for place, label in enumerate(source)}
    runs = sorted(map(tuple, parts), key=lambda run: begin[run[0]])
    number = {run[0]: place for place, run in enumerate(runs)}
    return runs, tuple(number[part[0]] for part in parts)
