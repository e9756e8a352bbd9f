"""What it costs to contract two parts of a product: the time that numpy's calls take.

The numbers are set by `python -m benchmarks --only gradients`: of two ways to share the
partial contractions of its einsums, the one that is faster there must be cheaper here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Literal, TypeAlias

from einsgrad.engine.contractions.matrix_products import SHORT
from einsgrad.orders.exact import kept_labels
from einsgrad.orders.masks import Masks
from einsgrad.strings.subscripts import Indices, Label

# Nanoseconds of a call, with the views that it takes: a product of arrays with the same
# axes, of others without a sum, of matrices, and of stacks of vectors or matrices.
_ALIKE = 350
_SPREAD = 750
_MATRIX = 450
_STACK_THIN = 700
_STACK = 950
# Of an entry that is multiplied or copied, and of a multiply-add within a matrix product;
# that takes more where a matrix is a vector, and within stacks.
_ENTRY = 0.5
_FUSED = 0.04
_THIN_FACTOR = 4
_STACK_FACTOR = 2
# The part of an entry's time that operands and result take even where none is copied, and
# what is added where both operands have their summed axes at the same end.
_TOUCHED = 0.1
_SAME_END = 0.1

SummedAt: TypeAlias = Literal["any", "first", "last", "between", "apart"]
"""Where among the axes of a factor those lie that are summed."""


class PairPrices:
    """Prices of contracting two parts of a product, in nanoseconds.

    Parts are bit masks of factors.

    Parameters
    ----------
    lists
        The factors' labels.
    output
        The labels to keep.
    sizes
        The size of every label.

    Examples
    --------
    >>> prices = PairPrices([("i", "j"), ("j", "k")], ("i", "k"), {"i": 9, "j": 9, "k": 9})
    >>> round(prices.of(0b01, 0b10))
    491
    """

    def __init__(
        self, lists: Sequence[Indices], output: Indices, sizes: Mapping[Label, int]
    ) -> None:
        network = Masks.of(lists, output, sizes)
        bit = {label: 1 << place for place, label in enumerate(network.labels)}
        self._axes = [[bit[label] for label in indices] for indices in lists]
        self._labels = kept_labels(network.inputs, network.output)
        self._entries = cache(network.entries)

    def of(self, first: int, second: int) -> float:
        """Return the price of contracting two parts."""
        a, b, kept = self._labels[first], self._labels[second], self._labels[first | second]
        entries = self._entries
        space = entries(a | b)
        inner = a & b & ~kept
        if not inner:
            return (_ALIKE if a == b else _SPREAD) + _ENTRY * space
        is_stack = bool(a & b & kept)
        is_thin = not (a & ~b and b & ~a)
        fused = _FUSED * space * (_THIN_FACTOR if is_thin else _STACK_FACTOR if is_stack else 1)
        moved = entries(a) + entries(b) + entries(kept)
        is_looped, awkward = _awkward(self._summed_at(first, inner), self._summed_at(second, inner))
        call = (_STACK_THIN if is_thin else _STACK) if is_stack or is_looped else _MATRIX
        return call + fused + (_TOUCHED + awkward) * _ENTRY * moved

    def _summed_at(self, part: int, inner: int) -> SummedAt:
        """Tell where the summed axes of a factor lie; of a result that is not known."""
        axes = self._axes[part.bit_length() - 1]
        count = inner.bit_count()
        if part & (part - 1) or count == len(axes):
            return "any"
        start = next(place for place, label in enumerate(axes) if label & inner)
        if not all(label & inner for label in axes[start : start + count]):
            return "apart"
        if start == 0:
            return "first"
        tail = axes[start + count :]
        if not tail:
            return "last"
        return "between" if self._entries(sum(tail)) >= SHORT else "apart"


def _awkward(one: SummedAt, other: SummedAt) -> tuple[bool, float]:
    """Tell whether a product loops over matrices, and how badly its factors lie for it."""
    if "apart" in (one, other) or one == other == "between":
        return False, 1.0
    if "between" in (one, other):
        return True, 0.0
    return False, _SAME_END if one == other != "any" else 0.0
