"""Pairs of arrays contracted by matrix products, with as few copies as possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from einsgrad.engine.contractions.gathers import bare, gather
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


def matrix_product(
    first: Operand, second: Operand, groups: Groups, output: Indices, sizes: Sizes
) -> Call:
    """Write a contraction without batch labels."""
    inner, left, right = groups.inner, groups.left, groups.right
    if not left and not right:
        return _inner_product(first, second, sizes)
    if _swapped(first.indices, second.indices, groups, output, sizes):
        first, second, left, right = second, first, right, left
    orders = (inner, tuple(label for label in second.indices if label in inner))
    best = min(
        (tuple(label for label in first.indices if label in inner), *orders),
        key=lambda order: (
            copies(first.indices, left, order, sizes) + copies(second.indices, right, order, sizes)
        ),
    )
    direct = direct_product(first, second, best, output, sizes)
    if direct is not None:
        return direct
    # What is copied anyway can be copied in the order that the result wants.
    if copies(first.indices, left, best, sizes):
        left = tuple(x for x in output if x in left)
    if copies(second.indices, right, best, sizes):
        right = tuple(x for x in output if x in right)
    looped = _looped(first, second, best, output, sizes)
    if looped is not None:
        return looped
    a, b = matrix(first, left, best, sizes), matrix(second, best, right, sizes)
    if not left:
        text = f"{a}.dot({b})" if not b.endswith(".T") else f"{b[:-2]}.dot({a})"
    elif not right:
        text = f"{a}.dot({b})" if not a.endswith(".T") else f"{b}.dot({a[:-2]})"
    else:
        text = f"{a}.dot({b})"
    if len(left) > 1 or len(right) > 1:
        text = shaped(text, [sizes[label] for label in (*left, *right)])
    return Call(text, (*left, *right))


def _inner_product(first: Operand, second: Operand, sizes: Sizes) -> Call:
    """Contract all axes: a dot product of what lies in memory."""
    if len(first.indices) == 1:
        return Call(f"{first.text}.dot({second.text})", ())
    alike = bare(first.indices, sizes) == bare(second.indices, sizes)
    other = f"{second.text}.ravel()" if alike else gather(second, [first.indices], sizes)
    return Call(f"{first.text}.ravel().dot({other})", ())


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
        stack = _stacked(one.text, (head, inner, tail), sizes)
        if output[-1] in rows:
            text = f"np.matmul({stack}.transpose(0, 2, 1), {matrix(other, inner, rows, sizes)})"
            return _unfused(text, (head, tail, rows), sizes)
        text = f"np.matmul({matrix(other, rows, inner, sizes)}, {stack})"
        return _unfused(text, (head, rows, tail), sizes)
    return None


def _stacked(text: str, groups: Sequence[Indices], sizes: Sizes) -> str:
    """Make each group one axis."""
    if all(len(group) == 1 for group in groups):
        return text
    return shaped(text, [size_of_labels(group, sizes) for group in groups])


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


def _unfused(text: str, groups: Sequence[Indices], sizes: Sizes) -> Call:
    """Give every label of fused groups its axis again."""
    output = tuple(chain(*groups))
    if all(len(group) == 1 for group in groups):
        return Call(text, output)
    return Call(shaped(text, [sizes[label] for label in output]), output)


def batched_product(
    first: Operand, second: Operand, groups: Groups, output: Indices, sizes: Sizes, kind: str
) -> Call:
    """Write a contraction of stacks: some labels stand in both operands and in the output."""
    batch, inner, left, right = groups.batch, groups.inner, groups.left, groups.right
    batch = tuple(label for label in output if label in batch)
    if not left and not right:
        return _row_products(first, second, batch, inner, output, sizes, kind)
    if left and right and output and output[len(batch) :][:1] and output[len(batch)] in right:
        first, second, left, right = second, first, right, left
    if not left:
        first, second, left, right = second, first, right, left
    tiny = size_of_labels((*left, *right, *inner), sizes) <= _TINY
    if tiny and first.indices[-1] in batch and size_of_labels(batch, sizes) >= _TINY:
        return einsum_call([first, second], output)
    inner = tuple(label for label in first.indices if label in inner)
    stacked = stack(first, batch, (left, inner), sizes)
    if not right:
        text = f"np.matvec({stacked}, {stack(second, batch, (inner,), sizes)})"
    else:
        text = f"np.matmul({stacked}, {stack(second, batch, (inner, right), sizes)})"
    natural = (*batch, *left, *right)
    if len(left) > 1 or len(right) > 1:
        text = shaped(text, [sizes[label] for label in natural])
    return Call(text, natural)


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
        return Call(f"np.vecdot({a}, {b})", batch)
    return einsum_call([first, second], output)
