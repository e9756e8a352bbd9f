"""In which order to contract the factors of one product, given what is computed already.

Small products are searched exactly, with an estimate of the time of each numpy call as
the cost, so that parts which another product needs too, being free, are used again. That
is how the gradients in all operands of an einsum share their partial contractions. Large
products are left to the path search, which counts flops.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod

from einsgrad.engine.contractions.matrix_products import SHORT
from einsgrad.orders.paths import find_path
from einsgrad.strings.subscripts import Indices, Label

Pairs = tuple[tuple[int, int], ...]

# Up to this many factors every order is tried.
MOST_EXACT = 5
# Up to this many they are if some part is known already.
MOST_SHARED = 8

# Nanoseconds of a call, as measured with the views that it takes: a product of arrays with
# the same axes, of others without a sum, of matrices, and of stacks of vectors or matrices.
_ALIKE = 350
_SPREAD = 750
_MATRIX = 450
_STACK_THIN = 700
_STACK = 950
# And of an entry that is multiplied or copied, of a multiply-add within a matrix product.
_ENTRY = 0.5
_FUSED = 0.04


def order_pairs(
    lists: Sequence[Indices],
    output: Indices,
    sizes: Mapping[Label, int],
    is_known: Callable[[frozenset[int]], bool] = lambda part: False,
) -> Pairs:
    """Return the pairs to contract, in order; operands are numbered first, results follow.

    Parameters
    ----------
    lists
        The factors' labels.
    output
        The labels to keep.
    sizes
        The size of every label.
    is_known
        Tells whether the product of some factors has been computed already.

    Examples
    --------
    >>> order_pairs([("i", "j"), ("j", "k"), ("k",)], ("i",), dict(i=9, j=9, k=9))
    ((1, 2), (0, 3))
    """
    count = len(lists)
    if count <= 2:
        return ((0, 1),) * (count - 1)
    if count > MOST_SHARED:
        return find_path(lists, output, sizes)
    search = _Search(lists, output, sizes, is_known)
    if count > MOST_EXACT and not search.known:
        return find_path(lists, output, sizes)
    return search.pairs()


class _Search:
    """Dynamic programming over the subsets of the factors, as bit masks."""

    def __init__(
        self,
        lists: Sequence[Indices],
        output: Indices,
        sizes: Mapping[Label, int],
        is_known: Callable[[frozenset[int]], bool],
    ) -> None:
        self.count = len(lists)
        self.lists = lists
        self.sizes = sizes
        full = (1 << self.count) - 1
        sets = [frozenset(indices) for indices in lists]
        self.labels: list[frozenset[Label]] = [frozenset()] * (full + 1)
        kept = frozenset(output)
        inside: list[frozenset[Label]] = [frozenset()] * (full + 1)
        for mask in range(1, full + 1):
            low = mask & -mask
            inside[mask] = inside[mask ^ low] | sets[low.bit_length() - 1]
        for mask in range(1, full + 1):
            self.labels[mask] = inside[mask] & (inside[full ^ mask] | kept)
        self.known = {
            mask
            for mask in range(3, full + 1)
            if mask & (mask - 1) and is_known(_members(mask, self.count))
        }

    def pairs(self) -> Pairs:
        """Return the cheapest order."""
        full = (1 << self.count) - 1
        best: list[float] = [0.0] * (full + 1)
        split = [0] * (full + 1)
        for mask in range(3, full + 1):
            if not mask & (mask - 1):
                continue
            low = mask & -mask
            rest = mask ^ low
            cheapest = float("inf")
            part = rest
            while part:
                # The part that holds the lowest factor is the other one.
                cost = best[part] + best[mask ^ part] + self._cost(mask ^ part, part)
                if cost < cheapest:
                    cheapest, split[mask] = cost, part
                part = (part - 1) & rest
            best[mask] = 0.0 if mask in self.known else cheapest
        return self._ordered(split, full)

    def _cost(self, first: int, second: int) -> float:
        a, b, kept = self.labels[first], self.labels[second], self.labels[first | second]
        space = prod(self.sizes[label] for label in a | b)
        if a & b <= kept:
            return (_ALIKE if a == b else _SPREAD) + _ENTRY * space
        inner = a & b - kept
        is_stack = bool(a & b & kept)
        is_thin = not (a - b and b - a)
        fused = _FUSED * space * (4 if is_thin else 2 if is_stack else 1)
        moved = sum(prod(self.sizes[label] for label in one) for one in (a, b, kept))
        ends = [self._end(mask, inner) for mask in (first, second)]
        is_looped, awkward = _awkward(*ends)
        call = (_STACK_THIN if is_thin else _STACK) if is_stack or is_looped else _MATRIX
        return call + fused + (0.1 + awkward) * _ENTRY * moved

    def _end(self, mask: int, inner: frozenset[Label]) -> str:
        """Tell at which end of a factor's axes the summed ones lie; of results it is not known."""
        indices = self.lists[mask.bit_length() - 1]
        if mask & (mask - 1) or len(inner) == len(indices):
            return "any"
        count = len(inner)
        start = min(indices.index(label) for label in inner)
        if set(indices[start : start + count]) != inner:
            return "apart"
        if start == 0:
            return "first"
        tail = indices[start + count :]
        is_looped = prod(self.sizes[label] for label in tail) >= SHORT
        return ("between" if is_looped else "apart") if tail else "last"

    def _ordered(self, split: Sequence[int], full: int) -> Pairs:
        number = {1 << place: place for place in range(self.count)}
        pairs: list[tuple[int, int]] = []
        stack = [(full, False)]
        while stack:
            mask, ready = stack.pop()
            if mask in number:
                continue
            parts = (mask ^ split[mask], split[mask])
            if ready:
                number[mask] = self.count + len(pairs)
                pairs.append((number[parts[0]], number[parts[1]]))
            else:
                stack.append((mask, True))
                stack.extend((part, False) for part in reversed(parts))
        return tuple(pairs)


def _awkward(one: str, other: str) -> tuple[bool, float]:
    """Tell whether a product loops over matrices, and how badly its factors lie for it."""
    if "apart" in (one, other) or one == other == "between":
        return False, 1.0
    if "between" in (one, other):
        return True, 0.0
    return False, 0.1 if one == other != "any" else 0.0


def _members(mask: int, count: int) -> frozenset[int]:
    return frozenset(place for place in range(count) if mask >> place & 1)
