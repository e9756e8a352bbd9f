"""Contractions that are done in slices, where whole intermediates or windows take much memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np

from einsgrad.engine.programs.affine_axes import labels_to_loop_over
from einsgrad.engine.programs.making_steps import Steps
from einsgrad.engine.programs.steps import Held
from einsgrad.errors import ArgumentError
from einsgrad.orders.paths import find_path, peak, sliced
from einsgrad.strings.subscripts import Indices, Label

# Nanoseconds of one round of a loop, of each entry that it adds to the result, and of each entry
# that is copied where windows overlap, once they are more than the cache holds: set by the
# convolutions of images of `python -m benchmarks --only selectors`.
_ROUND = 10_000
_ADDED = 1.5
_COPIED = 4
_CACHED = 1 << 18


def labels_of_windows(
    steps: Steps, pair: Sequence[Held], output: Indices, sizes: Mapping[Label, int]
) -> Indices:
    """Return the labels to loop over instead of copying windows that overlap, if that pays.

    Parameters
    ----------
    steps
        The steps, which know the windows.
    pair
        Two registers that are contracted.
    output, sizes
        The labels of the result, and the size of every label.
    """
    if not steps.has_windows:
        return ()
    first, second = pair
    if set(first.indices) & set(second.indices) <= set(output):
        return ()
    for held in pair:
        looped = labels_to_loop_over(steps.windows_of(held), sizes)
        copied = held.register.size
        if not looped or copied <= _CACHED or is_plain_convolution(pair):
            continue
        part = prod(sizes[x] for x in output if x not in looped)
        if prod(sizes[x] for x in looped) * (_ROUND + _ADDED * part) < _COPIED * copied:
            return looped
    return ()


def is_plain_convolution(pair: Sequence[Held]) -> bool:
    """Tell whether two registers could be the windows of a vector, and a vector."""
    return sorted(len(held.indices) for held in pair) == [1, 2]


def contract_in_slices(
    steps: Steps,
    factors: Sequence[Held],
    output: Indices,
    sizes: Mapping[Label, int],
    memory_limit: int,
) -> Held | None:
    """Contract in slices; None if the intermediates take no more bytes than allowed.

    Raises
    ------
    ArgumentError
        If the result alone takes more.
    """
    lists = [factor.indices for factor in factors]
    itemsize = np.result_type(*(factor.register.dtype for factor in factors)).itemsize
    result = prod(sizes[label] for label in output)
    if result * itemsize > memory_limit:
        raise ArgumentError(
            f"memory_limit={memory_limit}: a result of shape "
            f"{tuple(sizes[label] for label in output)} alone needs "
            f"{result * itemsize} bytes. Allow at least as many."
        )
    # A product, its two operands and a copy of one of them are alive at one time.
    entries = max(memory_limit // (4 * itemsize), result, 1)
    pairs = find_path(lists, output, sizes, memory_limit=entries)
    if peak(pairs, lists, output, sizes) <= entries:
        return None
    labels = sliced(pairs, lists, output, sizes, entries)
    return Held(steps.slice_up(factors, output, labels, pairs), output)
