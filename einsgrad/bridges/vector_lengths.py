"""Which size of a dim makes a vector of unknowns as long as one that is given."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from einsgrad.bridges.known_arrays import Sizes, shape_of
from einsgrad.bridges.packing import Packing
from einsgrad.errors import ShapeError, clip
from einsgrad.expressions.dims import names_in
from einsgrad.expressions.nodes import Variable

# No array has an axis of this length.
_NO_SIZE = 1 << 48


def packing_of_length(symbols: Sequence[Variable], sizes: Sizes, length: int) -> Packing:
    """Return where the unknowns of a vector stand; its length tells the size of one dim.

    Raises
    ------
    ArgumentError
        If several sizes are not known.
    ShapeError
        If one is not, and not one size of it makes such a vector.

    Examples
    --------
    >>> S, x = Variable("S", ("n", "n")), Variable("x", ("n",))
    >>> packing_of_length([S, x], {}, 12).shapes
    ((3, 3), (3,))
    """
    names = [x for x in names_in([d for one in symbols for d in one.shape]) if x not in sizes]
    if len(names) != 1:
        return Packing(tuple(symbols), tuple([shape_of(one, sizes) for one in symbols]))
    (name,) = names

    def packing(size: int) -> Packing:
        return Packing(
            tuple(symbols), tuple([shape_of(one, {**sizes, name: size}) for one in symbols])
        )

    def count(size: int) -> int:
        found = packing(size)
        # Where a dim is n - 1, it has no size for n = 0.
        return found.count if all(min(own, default=0) >= 0 for own in found.shapes) else -1

    high = 1
    # Only as far as is needed: what is tried has not many more unknowns than the vector.
    while count(high) < length and high < _NO_SIZE:
        high *= 2
    size = bisect_left(range(high + 1), length, key=count)
    if count(size) != length or count(size + 1) == length:
        raise ShapeError(
            f"the size of dim {clip(name)} is not known, and it does not follow from a vector of "
            f"{length} unknowns. Give it: sizes={{{clip(name)}: ...}}."
        )
    return packing(size)
