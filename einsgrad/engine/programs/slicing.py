"""Contractions that are done in slices, where whole intermediates take too much memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np

from einsgrad.engine.programs.making_steps import Steps
from einsgrad.engine.programs.steps import Held
from einsgrad.errors import ArgumentError
from einsgrad.orders.paths import find_path, peak, sliced
from einsgrad.strings.subscripts import Indices, Label


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
