"""One contraction of one or two arrays as the fewest numpy calls, written as Python text.

The labels of a pair fall into groups: batch (in both, kept), inner (in both, summed),
left and right (in one). Groups become axes of a matrix product: transposes and diagonals
are views, a group is one axis where its labels lie side by side in memory, and operands
and output are swapped where that saves a copy. Which call is the fastest for which case
was measured; `benchmarks/` measures it again.

Arrays are taken to lie in C order. Others give the same results, with more copies.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from einsgrad.engine.contractions.matrices import matrix
from einsgrad.engine.contractions.matrix_products import Groups, batched_product, matrix_product
from einsgrad.engine.contractions.views import (
    SMALL,
    Call,
    Operand,
    Sizes,
    aligned,
    einsum_call,
    ordered,
    shaped,
    size_of_labels,
)
from einsgrad.strings.subscripts import Indices

# numpy's inner loop over fewer entries costs more than a copy.
_ROW = 32


def write_contraction(
    operands: Sequence[Operand], output: Indices, sizes: Sizes, kind: str = "f"
) -> str:
    """Write the contraction of one or two operands.

    Parameters
    ----------
    operands
        The operands; the list of a single one may repeat labels.
    output
        The labels of the result, in the wanted order.
    sizes
        The size of every label.
    kind
        The kind of the result's dtype, as numpy writes it: `"f"`, `"c"`, `"i"`, ...

    Examples
    --------
    >>> sizes = {"i": 2, "j": 3, "k": 4}
    >>> pair = [Operand("a", tuple("ij")), Operand("b", tuple("kj"))]
    >>> write_contraction(pair, tuple("ik"), sizes)
    'a.dot(b.T)'
    """
    call = lower(operands, output, sizes, kind)
    return ordered(Operand(call.text, call.output), output)


def natural_order(
    operands: Sequence[Operand], output: Indices, sizes: Sizes, kind: str = "f"
) -> Indices:
    """Return the order of the result's axes that needs no transpose; `output` if there is a choice.

    Examples
    --------
    >>> sizes = {"b": 5, "i": 2, "j": 3, "k": 4}
    >>> a, b = Operand("a", tuple("bij")), Operand("b", tuple("bjk"))
    >>> natural_order([a, b], tuple("ikb"), sizes)
    ('b', 'k', 'i')
    """
    return lower(operands, output, sizes, kind).output


def lower(operands: Sequence[Operand], output: Indices, sizes: Sizes, kind: str) -> Call:
    """Choose the call for a contraction."""
    if len(operands) == 1:
        return _single(operands[0], output, sizes, kind)
    first, second = operands
    shared = set(first.indices) & set(second.indices)
    if shared <= set(output):
        return _product(first, second, output, sizes, kind)
    kept = set(output)
    batch = tuple(label for label in first.indices if label in shared & kept)
    groups = Groups(
        batch,
        tuple(label for label in first.indices if label in shared - kept),
        tuple(label for label in first.indices if label not in shared),
        tuple(label for label in second.indices if label not in shared),
    )
    if batch:
        return batched_product(first, second, groups, output, sizes, kind)
    return matrix_product(first, second, groups, output, sizes)


def _single(operand: Operand, output: Indices, sizes: Sizes, kind: str) -> Call:
    """Sum, take a diagonal, or leave as it is."""
    indices = operand.indices
    if len(set(indices)) < len(indices):
        if len(indices) == 2 and (output or kind in "fc"):
            diagonal = f"{operand.text}.diagonal()"
            if output:
                return Call(diagonal, output)
            size = sizes[indices[0]]
            by_ones = kind == "f" and size <= SMALL
            total = f"{diagonal}.dot({_ones(operand, size)})" if by_ones else f"{diagonal}.sum()"
            return Call(total, output)
        return einsum_call([operand], output)
    summed = tuple(label for label in indices if label not in output)
    if not summed:
        return Call(operand.text, indices)
    kept = tuple(label for label in indices if label in output)
    if kind not in "fc":
        # Sums of integers keep their dtype in an einsum.
        return einsum_call([operand], kept)
    if not kept:
        size = prod(sizes[label] for label in indices)
        if size > SMALL:
            return einsum_call([operand], ())
        flat = operand.text if len(indices) == 1 else f"{operand.text}.ravel()"
        ones = _ones(operand, size)
        return Call(f"{flat}.dot({ones})" if kind == "f" else f"np.add.reduce({flat})", ())
    return _summed(operand, summed, kept, sizes, kind)


def _ones(operand: Operand, size: int) -> str:
    """Write the ones that sum an axis: a product with them takes half the time of a sum."""
    return f"np.ones({size}, {operand.text}.dtype)"


def _summed(operand: Operand, summed: Indices, kept: Indices, sizes: Sizes, kind: str) -> Call:
    """Sum over some axes: a product with ones where they lie together."""
    indices = operand.indices
    if kind == "f" and indices in ((*kept, *summed), (*summed, *kept)):
        ones = _ones(operand, size_of_labels(summed, sizes))
        text = matrix(operand, kept, summed, sizes)
        call = f"{ones}.dot({text[:-2]})" if text.endswith(".T") else f"{text}.dot({ones})"
        return Call(call if len(kept) == 1 else shaped(call, [sizes[x] for x in kept]), kept)
    axes = [str(axis) for axis, label in enumerate(indices) if label in summed]
    axis = axes[0] if len(axes) == 1 else f"({', '.join(axes)})"
    return Call(f"np.add.reduce({operand.text}, {axis})", kept)


def _product(first: Operand, second: Operand, output: Indices, sizes: Sizes, kind: str) -> Call:
    """Multiply entry by entry; an outer product is a matrix product over an axis of size 1."""
    a, b = first.indices, second.indices
    if not set(a) & set(b) and a and b and kind in "fc":
        if output[: len(b)] == b:
            first, second, a, b = second, first, b, a
        rows = (
            first.text + "[:, None]"
            if len(a) == 1
            else shaped(first.text, (size_of_labels(a, sizes), 1))
        )
        row = (
            second.text + "[None]"
            if len(b) == 1
            else shaped(second.text, (1, size_of_labels(b, sizes)))
        )
        text = f"{rows}.dot({row})"
        if len(a) + len(b) > 2:
            text = shaped(text, [sizes[label] for label in (*a, *b)])
        return Call(text, (*a, *b))
    short = _short_rows(first, second, output, sizes)
    if short is not None:
        return short
    return Call(f"{aligned(first, output)} * {aligned(second, output)}", output)


def _short_rows(first: Operand, second: Operand, output: Indices, sizes: Sizes) -> Call | None:
    """Repeat one operand where the product would loop over rows that are too short."""
    for one, other in ((first, second), (second, first)):
        shared = tuple(label for label in one.indices if label in other.indices)
        own = tuple(label for label in one.indices if label not in shared)
        lies = one.indices == (*own, *shared) and output == (*own, *other.indices)
        inner, middle = (
            size_of_labels(shared, sizes),
            other.indices[: len(other.indices) - len(shared)],
        )
        if not (lies and own and shared and middle) or other.indices != (*middle, *shared):
            continue
        rows, width = size_of_labels(own, sizes), size_of_labels(other.indices, sizes)
        if inner < _ROW and rows * width > SMALL:
            stack = shaped(one.text, (rows, 1, inner))
            repeated = f"np.repeat({stack}, {size_of_labels(middle, sizes)}, 1)"
            rows_text, row = shaped(repeated, (rows, width)), shaped(other.text, (width,))
            # In place where that is possible: to get new memory takes as long as the product.
            product = f"{rows_text}.__imul__({row})" if one.is_alike else f"({rows_text} * {row})"
            return Call(shaped(product, [sizes[label] for label in output]), output)
    return None
