"""Products of a few numbers: arrays multiplied as they are, without being made matrices.

numpy's `dot` takes arrays with any number of axes, and sums over the last axis of the first
and the last but one of the second. Each entry of the result is a loop of its own. For a few
entries that takes less time than the views and copies that one matrix product needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations, product

from einsgrad.engine.contractions.arrays import NumpyValue, Transposed, dot_call
from einsgrad.engine.contractions.matrices import VIEW, price_as_matrix
from einsgrad.engine.contractions.views import (
    Call,
    Operand,
    Sizes,
    ordered,
    shaped,
    size_of_labels,
)
from einsgrad.strings.subscripts import Indices

# Nanoseconds of a matrix product, and of a product of arrays with more axes, each entry of its
# result and each summand of the entry; `python -m benchmarks --only networks` shows what they do.
_MATRICES = 250
_ARRAYS = 340
_ENTRY = 7
_SUMMAND = 0.2


def direct_product(
    first: Operand, second: Operand, inner: Indices, output: Indices, sizes: Sizes
) -> Call | None:
    """Plan a contraction as one product of arrays, if that beats a product of matrices.

    Parameters
    ----------
    first, second
        The operands; the labels that they have in common are summed.
    inner
        The summed labels, in the order in which a product of matrices would have them.
    output
        The labels of the result in the order that is liked best.
    sizes
        The size of every label.

    Examples
    --------
    >>> from einsgrad.engine.contractions.arrays import Name
    >>> a, b = Operand(Name("a"), ("l", "j")), Operand(Name("b"), ("p", "j", "k"))
    >>> call = direct_product(a, b, ("j",), ("l", "p", "k"), dict.fromkeys("pjkl", 2))
    >>> str(call.value), call.output
    ('a.dot(b)', ('l', 'p', 'k'))
    """
    if len(first.indices) <= 2 and len(second.indices) <= 2:
        return None
    left, right = (tuple(x for x in one.indices if x not in inner) for one in (first, second))
    entries = size_of_labels((*left, *right), sizes)
    least = _ARRAYS + entries * (_ENTRY + _SUMMAND * size_of_labels(inner, sizes))
    price = _price_of_matrices(first, second, (left, inner, right), output, sizes)
    if least >= price:
        return None
    best = None
    for (a, lefts), (b, rights) in permutations(((first, left), (second, right))):
        for rows, columns in product(_orders(lefts, output), _orders(rights, output)):
            one = _viewed(a, (*rows, inner[0]), inner, sizes)
            other = _viewed(b, (*columns[:-1], inner[0], *columns[-1:]), inner, sizes)
            if one is None or other is None:
                return None
            total = least + one.price + other.price + _turn((*rows, *columns), output)
            if total < price:
                best, price = Call(dot_call(one.array, other.array), (*rows, *columns)), total
    return best


def _price_of_matrices(
    first: Operand,
    second: Operand,
    groups: tuple[Indices, Indices, Indices],
    output: Indices,
    sizes: Sizes,
) -> float:
    """Return what the product takes as one of matrices."""
    left, inner, right = groups
    price = _MATRICES + _turn((*left, *right), output)
    price += price_as_matrix(first.indices, left, inner, sizes)
    price += price_as_matrix(second.indices, inner, right, sizes)
    return price + (VIEW if len(left) > 1 or len(right) > 1 else 0)


def _orders(free: Indices, output: Indices) -> list[Indices]:
    """Return the orders worth a try: as the labels lie, and as the result wants them."""
    return list(dict.fromkeys((free, tuple(x for x in output if x in free))))


def _turn(made: Indices, output: Indices) -> float:
    """Return what it takes to turn a result."""
    return 0 if made == output else VIEW


@dataclass(frozen=True, slots=True)
class _Viewed:
    """An array as a product takes it, and the nanoseconds of its views."""

    array: NumpyValue
    price: float


def _viewed(operand: Operand, wanted: Indices, inner: Indices, sizes: Sizes) -> _Viewed | None:
    """View an array with the summed labels as one axis, if they lie side by side."""
    indices, array, price = operand.indices, operand.array, 0.0
    start = indices.index(inner[0])
    if indices[start : start + len(inner)] != inner:
        return None
    if len(inner) > 1:
        head, tail = indices[:start], indices[start + len(inner) :]
        shape = [sizes[x] for x in head] + [size_of_labels(inner, sizes)] + [sizes[x] for x in tail]
        array, price, indices = shaped(array, shape), VIEW, (*head, inner[0], *tail)
    if indices == wanted:
        return _Viewed(array, price)
    view = ordered(Operand(array, indices), wanted)
    return _Viewed(view, price + (VIEW / 2 if isinstance(view, Transposed) else VIEW))
