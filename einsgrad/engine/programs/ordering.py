"""In which order to contract the factors of one product, given what is computed already.

Small products are searched exactly, with an estimate of the time of each numpy call as
the cost, so that parts which another product needs too, being free, are used again. That
is how the gradients in all operands of an einsum share their partial contractions. Large
products are left to the path search, which counts flops.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from einsgrad.engine.programs.prices import PairPrices
from einsgrad.orders.exact import Path, cheapest_splits
from einsgrad.orders.masks import mask_of
from einsgrad.orders.others import Optimizer, path_by
from einsgrad.orders.paths import find_path
from einsgrad.strings.subscripts import Indices, Label

# Up to this many factors every order is tried, and up to the second if some part is known
# already. What that gains is seen in `python -m benchmarks --only gradients`; a factor more
# takes three times as long, which is seen in `--only builds`.
MOST_EXACT = 5
MOST_SHARED = 8


def order_pairs(
    lists: Sequence[Indices],
    output: Indices,
    sizes: Mapping[Label, int],
    parts_known: Callable[[], Iterable[frozenset[int]]] = tuple,
    optimize: Optimizer | None = None,
) -> Path:
    """Return the pairs to contract, in order; operands are numbered first, results follow.

    Parameters
    ----------
    lists
        The factors' labels.
    output
        The labels to keep.
    sizes
        The size of every label.
    parts_known
        Returns the sets of factors whose product has been computed already.
    optimize
        What finds the order of three and more factors; by default this package's own search.

    Examples
    --------
    >>> order_pairs([("i", "j"), ("j", "k"), ("k",)], ("i",), dict(i=9, j=9, k=9))
    ((1, 2), (0, 3))
    """
    count = len(lists)
    if count <= 2:
        return ((0, 1),) * (count - 1)
    if optimize is not None:
        return path_by(optimize, lists, output, sizes)
    if count > MOST_SHARED:
        return find_path(lists, output, sizes)
    known = {mask_of(part) for part in parts_known()}
    if count > MOST_EXACT and not known:
        return find_path(lists, output, sizes)
    prices = PairPrices(lists, output, sizes)
    return _numbered(cheapest_splits(count, prices.of, known), count)


def _numbered(splits: Sequence[int], count: int) -> Path:
    """Number the pairs that build the whole product, each after those that it needs."""
    number = {1 << place: place for place in range(count)}
    pairs: list[tuple[int, int]] = []
    stack = [((1 << count) - 1, False)]
    while stack:
        part, is_ready = stack.pop()
        if part in number:
            continue
        one, other = splits[part], part ^ splits[part]
        if is_ready:
            number[part] = count + len(pairs)
            pairs.append((number[one], number[other]))
        else:
            stack += [(part, True), (other, False), (one, False)]
    return tuple(pairs)
