"""One contraction of one or two arrays as the fewest numpy calls.

The labels of a pair fall into groups: batch (in both, kept), inner (in both, summed),
left and right (in one). Groups become axes of a matrix product: transposes and diagonals
are views, a group is one axis where its labels lie side by side in memory, and operands
and output are swapped where that saves a copy. Which call is the fastest for which case
was measured; `python -m benchmarks --only forms` measures it again.

Arrays are taken to lie in C order. Others give the same results, with more copies.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from einsgrad.engine.contractions.arrays import (
    Diagonal,
    Entrywise,
    FunctionCall,
    MethodCall,
    Name,
    NumpyValue,
    Ones,
    Raveled,
    Spread,
    Transposed,
    dot_call,
)
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

# numpy's inner loop over fewer entries costs more than a copy (`--only forms`, "bilinear").
_ROW = 32

_ANY = Name("")


def contraction_of(
    operands: Sequence[Operand], output: Indices, sizes: Sizes, kind: str = "f"
) -> NumpyValue:
    """Contract one or two operands.

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
    >>> pair = [Operand(Name("a"), tuple("ij")), Operand(Name("b"), tuple("kj"))]
    >>> str(contraction_of(pair, tuple("ik"), sizes))
    'a.dot(b.T)'
    """
    call = plan_call(operands, output, sizes, kind)
    return ordered(Operand(call.value, call.output), output)


def plan_for(lists: Sequence[Indices], output: Indices, sizes: Sizes, kind: str = "f") -> Call:
    """Plan the contraction of one or two arrays that have no names yet.

    The output of the call is the order of the result's axes that needs no transpose; the
    wanted one if there is a choice.

    Examples
    --------
    >>> sizes = {"b": 5, "i": 2, "j": 3, "k": 4}
    >>> plan_for([tuple("bij"), tuple("bjk")], tuple("ikb"), sizes).output
    ('b', 'k', 'i')
    """
    return plan_call([Operand(_ANY, indices) for indices in lists], output, sizes, kind)


def plan_call(operands: Sequence[Operand], output: Indices, sizes: Sizes, kind: str) -> Call:
    """Choose the call for a contraction; the result's axes lie as they come out of it."""
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
        return _diagonal(operand, output, sizes, kind)
    summed = tuple(label for label in indices if label not in output)
    if not summed:
        return Call(operand.array, indices)
    kept = tuple(label for label in indices if label in output)
    if kind not in "fc":
        # Sums of integers keep their dtype in an einsum.
        return einsum_call([operand], kept)
    return _summed(operand, summed, kept, sizes, kind) if kept else _total(operand, sizes, kind)


def _diagonal(operand: Operand, output: Indices, sizes: Sizes, kind: str) -> Call:
    """Take a diagonal, or sum it."""
    indices = operand.indices
    if len(indices) > 2 or (not output and kind not in "fc"):
        return einsum_call([operand], output)
    diagonal = Diagonal(operand.array)
    if output:
        return Call(diagonal, output)
    size = sizes[indices[0]]
    if kind == "f" and size <= SMALL:
        return Call(dot_call(diagonal, Ones(size, operand.array)), ())
    return Call(MethodCall("sum", (diagonal,)), ())


def _total(operand: Operand, sizes: Sizes, kind: str) -> Call:
    """Sum all entries. A product with ones takes half the time of a sum."""
    size = prod(sizes[label] for label in operand.indices)
    if size > SMALL:
        return einsum_call([operand], ())
    flat = operand.array if len(operand.indices) == 1 else Raveled(operand.array)
    if kind == "f":
        return Call(dot_call(flat, Ones(size, operand.array)), ())
    return Call(FunctionCall("np.add.reduce", (flat,)), ())


def _summed(operand: Operand, summed: Indices, kept: Indices, sizes: Sizes, kind: str) -> Call:
    """Sum over some axes: a product with ones where they lie together."""
    indices = operand.indices
    if kind == "f" and indices in ((*kept, *summed), (*summed, *kept)):
        ones = Ones(size_of_labels(summed, sizes), operand.array)
        rows = matrix(operand, kept, summed, sizes)
        sums = dot_call(ones, rows.array) if isinstance(rows, Transposed) else dot_call(rows, ones)
        return Call(sums if len(kept) == 1 else shaped(sums, [sizes[x] for x in kept]), kept)
    axes = [str(axis) for axis, label in enumerate(indices) if label in summed]
    axis = Name(axes[0] if len(axes) == 1 else f"({', '.join(axes)})")
    return Call(FunctionCall("np.add.reduce", (operand.array, axis)), kept)


def _product(first: Operand, second: Operand, output: Indices, sizes: Sizes, kind: str) -> Call:
    """Multiply entry by entry; an outer product is a matrix product over an axis of size 1."""
    a, b = first.indices, second.indices
    if not set(a) & set(b) and a and b and kind in "fc":
        return (
            _outer(second, first, sizes) if output[: len(b)] == b else _outer(first, second, sizes)
        )
    short = _short_rows(first, second, output, sizes)
    if short is not None:
        return short
    return Call(Entrywise("multiply", (aligned(first, output), aligned(second, output))), output)


def _outer(first: Operand, second: Operand, sizes: Sizes) -> Call:
    """Multiply every entry with every entry."""
    a, b = first.indices, second.indices
    column = (
        Spread(first.array, (True, False))
        if len(a) == 1
        else shaped(first.array, (size_of_labels(a, sizes), 1))
    )
    row = (
        Spread(second.array, (False,))
        if len(b) == 1
        else shaped(second.array, (1, size_of_labels(b, sizes)))
    )
    product: NumpyValue = dot_call(column, row)
    if len(a) + len(b) > 2:
        product = shaped(product, [sizes[label] for label in (*a, *b)])
    return Call(product, (*a, *b))


def _short_rows(first: Operand, second: Operand, output: Indices, sizes: Sizes) -> Call | None:
    """Repeat one operand where the product would loop over rows that are too short."""
    if first.indices == second.indices:
        return None
    for one, other in ((first, second), (second, first)):
        shared = tuple(label for label in one.indices if label in other.indices)
        own = tuple(label for label in one.indices if label not in shared)
        middle = other.indices[: len(other.indices) - len(shared)]
        lies = one.indices == (*own, *shared) and output == (*own, *other.indices)
        if not (lies and own and shared and middle) or other.indices != (*middle, *shared):
            continue
        rows, width = size_of_labels(own, sizes), size_of_labels(other.indices, sizes)
        if size_of_labels(shared, sizes) < _ROW and rows * width > SMALL:
            product = _repeated_rows(one, other, (rows, width), sizes)
            return Call(shaped(product, [sizes[label] for label in output]), output)
    return None


def _repeated_rows(
    one: Operand, other: Operand, shape: tuple[int, int], sizes: Sizes
) -> NumpyValue:
    """Multiply an operand, repeated along its middle, with the other as one long row."""
    rows, width = shape
    inner = size_of_labels([label for label in one.indices if label in other.indices], sizes)
    stacked = shaped(one.array, (rows, 1, inner))
    times = Name(str(width // inner))
    repeated = shaped(FunctionCall("np.repeat", (stacked, times, Name("1"))), shape)
    factors = (repeated, shaped(other.array, (width,)))
    # In place where that is possible: to get new memory takes as long as the product.
    return MethodCall("__imul__", factors) if one.is_alike else Entrywise("multiply", factors)
