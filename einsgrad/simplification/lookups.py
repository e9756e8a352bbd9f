"""Rules for indices that are looked up, and for Fourier matrices.

Whole numbers that grow evenly are shifts: `x[[0, 2, 4]]` is `x[0:5:2]`. Numbers that are known
are looked up once: `x[2:][[0, 3, 1]]` is `x[[2, 5, 3]]`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import product as places_of
from math import prod

from einsgrad.expressions.construct import factor_expr, with_factors
from einsgrad.expressions.dims import Dim, linear
from einsgrad.expressions.nodes import Constant, Einsum, Expr, Pick
from einsgrad.expressions.products import contract_deltas, contracted
from einsgrad.expressions.selectors import Affine, Delta, Fourier, Integers
from einsgrad.strings.subscripts import Indices, Label

Pair = tuple[Indices, Expr]


def evenly_picked(node: Pick) -> Affine | None:
    """Write a choice of known numbers that grow evenly as a shift; None for others.

    Examples
    --------
    >>> evenly_picked(Pick(9, Integers((3,), (1, 3, 5)))).strides
    (2,)
    """
    if not isinstance(node.indices, Integers):
        return None
    entries = _from_the_front(node.indices.entries, node.target)
    if entries is None:
        return None
    sizes = node.indices.sizes
    strides = _steps(sizes, entries)
    if strides is None:
        return None
    first = entries[0] if entries else 0
    last = isinstance(node.target, int) or not entries
    offset: Dim = first
    if entries and first < 0:
        offset = linear((1, node.target), (1, first))
    return Affine(node.target, sizes, strides, offset, not last)


def _from_the_front(entries: Sequence[int], target: Dim) -> Sequence[int] | None:
    """Count places from the front of an axis of known size; None where they mix, or do not fit."""
    if isinstance(target, int):
        found = [entry + target if entry < 0 else entry for entry in entries]
        return found if all(0 <= entry < target for entry in found) else None
    return entries if len({entry < 0 for entry in entries}) <= 1 else None


def _steps(sizes: Sequence[int], entries: Sequence[int]) -> tuple[int, ...] | None:
    """Return by how much numbers grow along each axis; None if they do not grow evenly."""
    if not entries:
        return (0,) * len(sizes)
    rows = [prod(sizes[axis + 1 :]) for axis in range(len(sizes))]
    pairs = zip(sizes, rows, strict=True)
    strides = [entries[row] - entries[0] if size > 1 else 0 for size, row in pairs]
    grown = places_of(*(range(size) for size in sizes))
    even = all(
        entry - entries[0] == sum(map(int.__mul__, place, strides))
        for place, entry in zip(grown, entries, strict=True)
    )
    return tuple(strides) if even else None


def contract_lookups(node: Einsum) -> Einsum:
    """Contract the looked-up indices and the Fourier matrices of one product.

    Examples
    --------
    >>> from einsgrad.expressions.construct import build_einsum
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.strings.subscripts import Subscripts
    >>> forth, back = Fourier("n", False), Fourier("n", True)
    >>> lists = Subscripts(((0, 1), (1, 2), (2,)), (0,))
    >>> z = Variable("z", ("n",), frozenset({"complex"}))
    >>> contract_lookups(build_einsum(lists, [forth, back, z]))
    "n,->n"(z, n)
    """
    while any(isinstance(operand, Pick | Fourier) for operand in node.operands):
        dims = node.dims
        factors = contracted(node).factors
        pairs = [(one.indices, factor_expr(one, node.operands, dims)) for one in factors]
        found = _first_change(node, pairs)
        if found is None:
            break
        changed, done = found
        node = contract_deltas(with_factors(node, changed, [*done, *_joined(node, pairs)]))
    return node


def _joined(node: Einsum, pairs: Sequence[Pair]) -> set[Label]:
    """Return the labels that went as deltas were contracted."""
    return set(node.subscripts.labels) - {label for indices, _ in pairs for label in indices}


def _first_change(
    node: Einsum, pairs: Sequence[Pair]
) -> tuple[list[Pair], tuple[Label, ...]] | None:
    """Return the factors after one rule, and the labels that are summed by it; None without."""
    holders = Counter(label for indices, _ in pairs for label in indices)
    lone = {x for x, many in holders.items() if many == 1 and x not in node.subscripts.output}
    inner = {x for x, many in holders.items() if many == 2 and x not in node.subscripts.output}
    for place, (indices, operand) in enumerate(pairs):
        others = [pair for other, pair in enumerate(pairs) if other != place]
        match operand:
            case Fourier() if not _stays_complex(others):
                pass
            case Fourier() | Pick() if (summed := _sum_of(operand, indices, lone)) is not None:
                return [*others, *summed], tuple(lone & set(indices))
            case Fourier(conjugated=True):
                facing = _facing(indices, others, inner)
                if facing is not None:
                    return _inverse(operand, indices, facing, others, inner)
            case Pick(indices=Integers()):
                for one in others:
                    seen = _seen(operand, indices, one, inner)
                    if seen is not None:
                        changed, label = seen
                        return [changed, *(o for o in others if o is not one)], (label,)
            case _:
                pass
    return None


def _stays_complex(others: Sequence[Pair]) -> bool:
    """Tell whether a product is complex without a transform and its inverse, too."""
    return any(one.is_complex for _, one in others if not isinstance(one, Fourier))


def _sum_of(operand: Fourier | Pick, indices: Indices, lone: set[Label]) -> list[Pair] | None:
    """Return the sum of a matrix over a label that nothing else holds."""
    if isinstance(operand, Pick):
        if indices[0] not in lone:
            return None
        rest = zip(indices[1:], operand.shape[1:], strict=True)
        return [((label,), Delta(dim, 1)) for label, dim in rest]
    if len(set(indices)) < 2 or not lone & set(indices):
        return None
    kept = indices[1] if indices[0] in lone else indices[0]
    return [((), _size(operand.dim)), ((kept,), Affine(operand.dim, (), (), 0))]


def _size(dim: Dim) -> Expr:
    return Constant(dim) if isinstance(dim, int) else Delta(dim, 0)


def _facing(indices: Indices, others: Sequence[Pair], inner: set[Label]) -> Pair | None:
    """Return a Fourier matrix whose product with a conjugated one is a sum over one label."""
    for one in others:
        labels, operand = one
        if not isinstance(operand, Fourier) or operand.conjugated:
            continue
        shared = inner & set(labels) & set(indices)
        if len(shared) == 1 and len(set(indices)) == len(set(labels)) == 2:
            return one
    return None


def _inverse(
    operand: Fourier, indices: Indices, one: Pair, others: Sequence[Pair], inner: set[Label]
) -> tuple[list[Pair], tuple[Label, ...]]:
    """Write the product of a Fourier matrix and its conjugate: a delta, as often as it is long."""
    (label,) = inner & set(one[0]) & set(indices)
    ends = tuple(x for x in (*indices, *one[0]) if x != label)
    left = [other for other in others if other is not one]
    return [*left, ((), _size(operand.dim)), (ends, Delta(operand.dim, 2))], (label,)


def _seen(
    operand: Pick, indices: Indices, one: Pair, inner: set[Label]
) -> tuple[Pair, Label] | None:
    """Look numbers up through a shift of their target, or of an axis of theirs."""
    labels, shift = one
    if not isinstance(shift, Affine) or len(labels) != 2 or not isinstance(shift.offset, int):
        return None
    numbers = operand.indices
    assert isinstance(numbers, Integers)
    stride, offset = shift.strides[0], shift.offset
    if labels[1] == indices[0] and labels[1] in inner and min(numbers.entries, default=-1) >= 0:
        moved = [offset + stride * entry for entry in numbers.entries]
        limit = shift.target if isinstance(shift.target, int) else None
        if min(moved) < 0 or (limit is not None and max(moved) >= limit):
            return None
        new = Pick(shift.target, Integers(numbers.sizes, tuple(moved)))
        return ((labels[0], *indices[1:]), new), labels[1]
    if labels[0] in indices[1:] and labels[0] in inner and labels[0] != labels[1]:
        axis = indices.index(labels[0]) - 1
        chosen = _along(numbers, axis, shift)
        if chosen is not None:
            changed = (*indices[: axis + 1], labels[1], *indices[axis + 2 :])
            return (changed, Pick(operand.target, chosen)), labels[0]
    return None


def _along(numbers: Integers, axis: int, shift: Affine) -> Integers | None:
    """See numbers through a shift of one axis; None where it leaves the axis."""
    (source,), size = shift.sources, numbers.sizes[axis]
    if not isinstance(source, int) or not isinstance(shift.offset, int):
        return None
    places = [shift.offset + shift.strides[0] * place for place in range(source)]
    if any(not 0 <= place < size for place in places):
        return None
    step = prod(numbers.sizes[axis + 1 :])
    sizes = (*numbers.sizes[:axis], source, *numbers.sizes[axis + 1 :])
    entries = [
        numbers.entries[(row * size + place) * step + column]
        for row in range(prod(numbers.sizes[:axis]))
        for place in places
        for column in range(step)
    ]
    return Integers(sizes, tuple(entries))
