"""Pairs of arrays contracted by matrix products, with as few copies as possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from einsgrad.engine.contractions.arrays import (
    FunctionCall,
    NumpyValue,
    Permuted,
    Raveled,
    Transposed,
    dot_call,
)
from einsgrad.engine.contractions.gathers import bare, gather_axes
from einsgrad.engine.contractions.matrices import copies, matrix
from einsgrad.engine.contractions.small_products import direct_product
from einsgrad.engine.contractions.views import (
    SMALL,
    Call,
    Operand,
    Sizes,
    einsum_call,
    shaped,
    size_of_labels,
    stack,
)
from einsgrad.strings.subscripts import Indices

# The limits below were set by `python -m benchmarks --only forms`.
# Of two matrices that are both transposed or not, one this much narrower comes first.
_SKINNY = 4
# Matrix products of at most this many multiply-adds are left to a loop in C.
_TINY = 64

SHORT = 8
"""A matrix axis shorter than this is not worth a loop over matrix products."""


@dataclass(frozen=True, slots=True)
class Groups:
    """The labels of a pair by where they stand."""

    batch: Indices
    inner: Indices
    left: Indices
    right: Indices

    def exchanged(self) -> Groups:
        """Return the groups of the pair in the other order."""
        return Groups(self.batch, self.inner, self.right, self.left)


def matrix_product(
    first: Operand, second: Operand, groups: Groups, output: Indices, sizes: Sizes
) -> Call:
    """Plan a contraction without batch labels."""
    if not groups.left and not groups.right:
        return _inner_product(first, second, sizes)
    if first.is_window or second.is_window:
        seen = _windows_product(first, second, sizes)
        if seen is not None:
            return seen
    if _swapped(first.indices, second.indices, groups, output, sizes):
        first, second, groups = second, first, groups.exchanged()
    left, right = groups.left, groups.right
    inner = _best_inner(first.indices, second.indices, groups, sizes)
    direct = direct_product(first, second, inner, output, sizes)
    if direct is not None:
        return direct
    # What is copied anyway can be copied in the order that the result wants.
    if copies(first.indices, left, inner, sizes):
        left = tuple(x for x in output if x in left)
    if copies(second.indices, right, inner, sizes):
        right = tuple(x for x in output if x in right)
    looped = _looped(first, second, inner, output, sizes)
    if looped is not None:
        return looped
    a, b = matrix(first, left, inner, sizes), matrix(second, inner, right, sizes)
    product: NumpyValue = _straight(a, b, is_row=not left, is_column=not right)
    if len(left) > 1 or len(right) > 1:
        product = shaped(product, [sizes[label] for label in (*left, *right)])
    return Call(product, (*left, *right))


def _windows_product(first: Operand, second: Operand, sizes: Sizes) -> Call | None:
    """Multiply the matrices of a view with gaps where they lie, instead of copying them."""
    for one, other in ((first, second), (second, first)):
        rows = tuple(label for label in one.indices if label not in other.indices)
        inner = one.indices[len(rows) :]
        columns = tuple(label for label in other.indices if label not in inner)
        is_stack = one.indices == (*rows, *inner) and len(inner) == 1 and len(rows) > 1
        if one.is_window and is_stack and columns and sizes[rows[-1]] >= SHORT:
            product = FunctionCall("np.matmul", (one.array, matrix(other, inner, columns, sizes)))
            output = (*rows, *columns)
            whole = len(columns) == 1
            shape = [sizes[label] for label in output]
            return Call(product if whole else shaped(product, shape), output)
    return None


def _best_inner(a: Indices, b: Indices, groups: Groups, sizes: Sizes) -> Indices:
    """Return the order of the summed labels that copies the fewest entries."""
    inner = set(groups.inner)
    orders = [tuple(x for x in a if x in inner), groups.inner, tuple(x for x in b if x in inner)]
    return min(
        orders,
        key=lambda order: (
            copies(a, groups.left, order, sizes) + copies(b, groups.right, order, sizes)
        ),
    )


def _straight(a: NumpyValue, b: NumpyValue, *, is_row: bool, is_column: bool) -> NumpyValue:
    """Multiply matrices, of which one may be a vector; a vector takes a matrix either way."""
    match a, b:
        case _, Transposed(array=turned) if is_row:
            return dot_call(turned, a)
        case Transposed(array=turned), _ if is_column:
            return dot_call(b, turned)
        case _:
            return dot_call(a, b)


def _inner_product(first: Operand, second: Operand, sizes: Sizes) -> Call:
    """Contract all axes: a dot product of what lies in memory."""
    if len(first.indices) == 1:
        return Call(dot_call(first.array, second.array), ())
    alike = bare(first.indices, sizes) == bare(second.indices, sizes)
    other = Raveled(second.array) if alike else gather_axes(second, [first.indices], sizes)
    return Call(dot_call(Raveled(first.array), other), ())


def _swapped(a: Indices, b: Indices, groups: Groups, output: Indices, sizes: Sizes) -> bool:
    """Tell whether the product is better formed with the operands exchanged."""
    left, right = groups.left, groups.right
    if not left or not right:
        return False
    rows, columns = size_of_labels(left, sizes), size_of_labels(right, sizes)
    inner = set(groups.inner)
    if (
        a[-1] not in inner
        and b[-1] not in inner
        and max(rows, columns) > _SKINNY * min(rows, columns)
    ):
        return rows > columns
    if output[: len(left)] == left and output[len(left) :] == right:
        return False
    if output[: len(right)] == right and output[len(right) :] == left:
        return True
    return output[0] in right


def _looped(
    first: Operand, second: Operand, inner: Indices, output: Indices, sizes: Sizes
) -> Call | None:
    """Loop over leading labels where the summed ones lie in the middle, instead of copying."""
    for one, other in ((first, second), (second, first)):
        middle = _parted(one.indices, inner, sizes)
        rows = tuple(label for label in other.indices if label not in inner)
        if middle is None or not rows or copies(other.indices, rows, inner, sizes):
            continue
        head, tail = middle
        stacked = _stacked(one.array, (head, inner, tail), sizes)
        if output[-1] in rows:
            turned = Permuted(stacked, (0, 2, 1))
            product = FunctionCall("np.matmul", (turned, matrix(other, inner, rows, sizes)))
            return _unfused(product, (head, tail, rows), sizes)
        product = FunctionCall("np.matmul", (matrix(other, rows, inner, sizes), stacked))
        return _unfused(product, (head, rows, tail), sizes)
    return None


def _stacked(array: NumpyValue, groups: Sequence[Indices], sizes: Sizes) -> NumpyValue:
    """Make each group one axis."""
    if all(len(group) == 1 for group in groups):
        return array
    return shaped(array, [size_of_labels(group, sizes) for group in groups])


def _parted(indices: Indices, inner: Indices, sizes: Sizes) -> tuple[Indices, Indices] | None:
    """Return what lies before and behind the summed labels, if a loop over the first pays."""
    start = indices.index(inner[0])
    head, tail = indices[:start], indices[start + len(inner) :]
    together = indices[start : start + len(inner)] == inner
    return (
        (head, tail)
        if head and together and tail and size_of_labels(tail, sizes) >= SHORT
        else None
    )


def _unfused(array: NumpyValue, groups: Sequence[Indices], sizes: Sizes) -> Call:
    """Give every label of fused groups its axis again."""
    output = tuple(chain(*groups))
    if all(len(group) == 1 for group in groups):
        return Call(array, output)
    return Call(shaped(array, [sizes[label] for label in output]), output)


def batched_product(
    first: Operand, second: Operand, groups: Groups, output: Indices, sizes: Sizes, kind: str
) -> Call:
    """Plan a contraction of stacks: some labels stand in both operands and in the output."""
    batch = tuple(label for label in output if label in groups.batch)
    if not groups.left and not groups.right:
        return _row_products(first, second, batch, groups.inner, output, sizes, kind)
    if _is_other_way_round(groups, output):
        first, second, groups = second, first, groups.exchanged()
    left, right = groups.left, groups.right
    tiny = size_of_labels((*left, *right, *groups.inner), sizes) <= _TINY
    if tiny and first.indices[-1] in batch and size_of_labels(batch, sizes) >= _TINY:
        return einsum_call([first, second], output)
    inner = tuple(label for label in first.indices if label in groups.inner)
    columns = (inner, right) if right else (inner,)
    stacks = stack(first, batch, (left, inner), sizes), stack(second, batch, columns, sizes)
    product: NumpyValue = FunctionCall("np.matmul" if right else "np.matvec", stacks)
    natural = (*batch, *left, *right)
    if len(left) > 1 or len(right) > 1:
        product = shaped(product, [sizes[label] for label in natural])
    return Call(product, natural)


def _is_other_way_round(groups: Groups, output: Indices) -> bool:
    """Tell whether a stack is better multiplied with its operands exchanged."""
    if not groups.left or not groups.right:
        return not groups.left
    behind = output[len(groups.batch) :]
    return bool(behind) and behind[0] in groups.right


def _row_products(
    first: Operand,
    second: Operand,
    batch: Indices,
    inner: Indices,
    output: Indices,
    sizes: Sizes,
    kind: str,
) -> Call:
    """Contract the rows of two arrays with each other."""
    indices = first.indices
    rows = indices == (*batch, *inner) and second.indices == indices
    if kind == "f" and (rows or (len(inner) == 1 and size_of_labels(indices, sizes) <= SMALL)):
        a, b = (stack(operand, batch, (inner,), sizes) for operand in (first, second))
        return Call(FunctionCall("np.vecdot", (a, b)), batch)
    return einsum_call([first, second], output)
