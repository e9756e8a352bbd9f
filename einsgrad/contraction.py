"""One contraction of one or two arrays as the fewest numpy calls, written as Python text.

The labels of a pair fall into groups: batch (in both, kept), inner (in both, summed),
left and right (in one). Groups become axes of a matrix product: transposes and diagonals
are views, a group is one axis where its labels lie side by side in memory, and operands
and output are swapped where that saves a copy. Which call is the fastest for which case
was measured; `benchmarks/` measures it again.

Arrays are taken to lie in C order. Others give the same results, with more copies.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import prod

from einsgrad.letters import fresh_letters
from einsgrad.subscripts import Indices, Label

Sizes = Mapping[Label, int]

# Below this many entries a call's overhead is what counts.
_SMALL = 4096
# numpy's inner loop over fewer entries costs more than a copy.
_ROW = 32
# Of two matrices that are both transposed or not, one this much narrower comes first.
_SKINNY = 4
# Matrix products of at most this many multiply-adds are left to a loop in C.
_TINY = 64
# A matrix axis shorter than this is not worth a loop over matrix products.
_SHORT = 8


@dataclass(frozen=True, slots=True)
class Operand:
    """The text of an array, and the labels of its axes as they lie in memory."""

    text: str
    indices: Indices


@dataclass(frozen=True, slots=True)
class Call:
    """The text of a result, and the labels of its axes."""

    text: str
    output: Indices


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
        return _batched(first, second, groups, output, sizes, kind)
    return _matrix_product(first, second, groups, output, sizes, kind)


@dataclass(frozen=True, slots=True)
class Groups:
    """The labels of a pair by where they stand."""

    batch: Indices
    inner: Indices
    left: Indices
    right: Indices


def ordered(operand: Operand, output: Indices) -> str:
    """Transpose a text's axes to an order of labels."""
    indices = operand.indices
    if indices == output:
        return operand.text
    if indices == output[::-1]:
        return f"{operand.text}.T"
    places = ", ".join(str(indices.index(label)) for label in output)
    return f"{operand.text}.transpose({places})"


def _shaped(text: str, shape: Sequence[int]) -> str:
    return f"{text}.reshape({', '.join(map(str, shape))})"


def aligned(operand: Operand, output: Indices) -> str:
    """View an array so that it broadcasts against others with the labels of `output`.

    Examples
    --------
    >>> aligned(Operand("v", ("i",)), ("i", "j")), aligned(Operand("v", ("j",)), ("i", "j"))
    ('v[:, None]', 'v')
    """
    held = tuple(label for label in output if label in operand.indices)
    text = ordered(operand, held)
    if not held:
        return text
    slots = [":" if label in held else "None" for label in output]
    while slots[0] == "None":
        del slots[0]
    return text if "None" not in slots else f"{text}[{', '.join(slots)}]"


def einsum_string(lists: Sequence[Indices], output: Indices) -> str:
    """Write label lists with letters, for `numpy.einsum`."""
    letters: dict[Label, str] = {}
    names = fresh_letters(())
    for label in chain(*lists, output):
        if label not in letters:
            letters[label] = next(names)
    inputs = ",".join("".join(letters[label] for label in indices) for indices in lists)
    return f"{inputs}->{''.join(letters[label] for label in output)}"


def _einsum(operands: Sequence[Operand], output: Indices) -> Call:
    string = einsum_string([operand.indices for operand in operands], output)
    texts = ", ".join(operand.text for operand in operands)
    return Call(f"np.einsum('{string}', {texts})", output)


def _single(operand: Operand, output: Indices, sizes: Sizes, kind: str) -> Call:
    """Sum, take a diagonal, or leave as it is."""
    indices = operand.indices
    if len(set(indices)) < len(indices):
        if len(indices) == 2 and (output or kind in "fc"):
            diagonal = f"{operand.text}.diagonal()"
            return Call(diagonal if output else f"np.add.reduce({diagonal})", output)
        return _einsum([operand], output)
    summed = tuple(label for label in indices if label not in output)
    if not summed:
        return Call(operand.text, indices)
    kept = tuple(label for label in indices if label in output)
    if kind not in "fc":
        # Sums of integers keep their dtype in an einsum.
        return _einsum([operand], kept)
    if not kept:
        flat = operand.text if len(indices) == 1 else f"{operand.text}.ravel()"
        large = prod(sizes[label] for label in indices) > _SMALL
        return _einsum([operand], ()) if large else Call(f"np.add.reduce({flat})", ())
    return _summed(operand, summed, kept, sizes, kind)


def _summed(operand: Operand, summed: Indices, kept: Indices, sizes: Sizes, kind: str) -> Call:
    """Sum over some axes: a product with ones where the array is large and they lie together."""
    indices = operand.indices
    rows, columns = _size(kept, sizes), _size(summed, sizes)
    if (
        kind == "f"
        and rows * columns > _SMALL // 4
        and indices in ((*kept, *summed), (*summed, *kept))
    ):
        ones = f"np.ones({columns}, {operand.text}.dtype)"
        text = matrix(operand, kept, summed, sizes)
        call = f"{ones}.dot({text[:-2]})" if text.endswith(".T") else f"{text}.dot({ones})"
        return Call(call if len(kept) == 1 else _shaped(call, [sizes[x] for x in kept]), kept)
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
            first.text + "[:, None]" if len(a) == 1 else _shaped(first.text, (_size(a, sizes), 1))
        )
        row = second.text + "[None]" if len(b) == 1 else _shaped(second.text, (1, _size(b, sizes)))
        text = f"{rows}.dot({row})"
        if len(a) + len(b) > 2:
            text = _shaped(text, [sizes[label] for label in (*a, *b)])
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
        inner, middle = _size(shared, sizes), other.indices[: len(other.indices) - len(shared)]
        if not (lies and own and shared and middle) or other.indices != (*middle, *shared):
            continue
        rows, width = _size(own, sizes), _size(other.indices, sizes)
        if inner < _ROW and rows * width > _SMALL:
            stack = _shaped(one.text, (rows, 1, inner))
            repeated = f"np.repeat({stack}, {_size(middle, sizes)}, 1)"
            product = f"{_shaped(repeated, (rows, width))} * {_shaped(other.text, (width,))}"
            return Call(_shaped(f"({product})", [sizes[label] for label in output]), output)
    return None


def _size(labels: Collection[Label], sizes: Sizes) -> int:
    return prod(sizes[label] for label in labels)


def _matrix_product(
    first: Operand, second: Operand, groups: Groups, output: Indices, sizes: Sizes, kind: str
) -> Call:
    inner, left, right = groups.inner, groups.left, groups.right
    if not left and not right:
        return _inner_product(first, second, sizes, kind)
    if _swapped(first.indices, second.indices, groups, output, sizes):
        first, second, left, right = second, first, right, left
    orders = (inner, tuple(label for label in second.indices if label in inner))
    best = min(
        (tuple(label for label in first.indices if label in inner), *orders),
        key=lambda order: (
            _copies(first.indices, left, order, sizes)
            + _copies(second.indices, right, order, sizes)
        ),
    )
    looped = _looped(first, second, best, left, right, sizes)
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
        text = _shaped(text, [sizes[label] for label in (*left, *right)])
    return Call(text, (*left, *right))


def _inner_product(first: Operand, second: Operand, sizes: Sizes, kind: str) -> Call:
    """Contract all axes: a dot product of what lies in memory."""
    if len(first.indices) == 1:
        return Call(f"{first.text}.dot({second.text})", ())
    other = ordered(second, first.indices)
    if kind == "f":
        return Call(f"np.vdot({first.text}, {other})", ())
    # `vdot` conjugates its first argument.
    return Call(f"{first.text}.ravel().dot({other}.ravel())", ())


def _swapped(a: Indices, b: Indices, groups: Groups, output: Indices, sizes: Sizes) -> bool:
    """Tell whether the product is better formed with the operands exchanged."""
    left, right = groups.left, groups.right
    if not left or not right:
        return False
    rows, columns = _size(left, sizes), _size(right, sizes)
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


def _copies(indices: Indices, outer: Indices, inner: Indices, sizes: Sizes) -> int:
    """Count the entries that are copied to make an operand a matrix."""
    fused = indices in ((*outer, *inner), (*inner, *outer))
    return 0 if fused else _size(indices, sizes)


def matrix(operand: Operand, rows: Indices, columns: Indices, sizes: Sizes) -> str:
    """View an array as a matrix with the given groups of labels, or as a vector if one is empty."""
    groups = [group for group in (rows, columns) if group]
    shape = [_size(group, sizes) for group in groups]
    if operand.indices == (*rows, *columns):
        fused = any(len(group) > 1 for group in groups)
        return _shaped(operand.text, shape) if fused else operand.text
    if operand.indices == (*columns, *rows):
        fused = any(len(group) > 1 for group in groups)
        text = _shaped(operand.text, shape[::-1]) if fused else operand.text
        return f"{text}.T"
    return _shaped(ordered(operand, (*rows, *columns)), shape)


def _looped(
    first: Operand, second: Operand, inner: Indices, left: Indices, right: Indices, sizes: Sizes
) -> Call | None:
    """Loop over leading labels where the summed ones lie in the middle, instead of copying."""
    middle = _parted(first.indices, inner, sizes)
    if middle is not None and right and not _copies(second.indices, right, inner, sizes):
        head, tail = middle
        stack = _stacked(first.text, (head, inner, tail), sizes)
        text = f"np.matmul({stack}.transpose(0, 2, 1), {matrix(second, inner, right, sizes)})"
        return _unfused(text, (head, tail, right), sizes)
    middle = _parted(second.indices, inner, sizes)
    if middle is not None and left and not _copies(first.indices, left, inner, sizes):
        head, tail = middle
        stack = _stacked(second.text, (head, inner, tail), sizes)
        text = f"np.matmul({matrix(first, left, inner, sizes)}, {stack})"
        return _unfused(text, (head, left, tail), sizes)
    return None


def _stacked(text: str, groups: Sequence[Indices], sizes: Sizes) -> str:
    """Make each group one axis."""
    if all(len(group) == 1 for group in groups):
        return text
    return _shaped(text, [_size(group, sizes) for group in groups])


def _parted(indices: Indices, inner: Indices, sizes: Sizes) -> tuple[Indices, Indices] | None:
    """Return what lies before and behind the summed labels, if a loop over the first pays."""
    start = indices.index(inner[0])
    head, tail = indices[:start], indices[start + len(inner) :]
    together = indices[start : start + len(inner)] == inner
    return (head, tail) if head and together and tail and _size(tail, sizes) >= _SHORT else None


def _unfused(text: str, groups: Sequence[Indices], sizes: Sizes) -> Call:
    """Give every label of fused groups its axis again."""
    output = tuple(chain(*groups))
    if all(len(group) == 1 for group in groups):
        return Call(text, output)
    return Call(_shaped(text, [sizes[label] for label in output]), output)


def _batched(
    first: Operand, second: Operand, groups: Groups, output: Indices, sizes: Sizes, kind: str
) -> Call:
    batch, inner, left, right = groups.batch, groups.inner, groups.left, groups.right
    batch = tuple(label for label in output if label in batch)
    if not left and not right:
        return _row_products(first, second, batch, inner, output, sizes, kind)
    if left and right and output and output[len(batch) :][:1] and output[len(batch)] in right:
        first, second, left, right = second, first, right, left
    if not left:
        first, second, left, right = second, first, right, left
    tiny = _size((*left, *right, *inner), sizes) <= _TINY
    if tiny and first.indices[-1] in batch and _size(batch, sizes) >= _TINY:
        return _einsum([first, second], output)
    inner = tuple(label for label in first.indices if label in inner)
    stacked = stack(first, batch, (left, inner), sizes)
    if not right:
        text = f"np.matvec({stacked}, {stack(second, batch, (inner,), sizes)})"
    else:
        text = f"np.matmul({stacked}, {stack(second, batch, (inner, right), sizes)})"
    natural = (*batch, *left, *right)
    if len(left) > 1 or len(right) > 1:
        text = _shaped(text, [sizes[label] for label in natural])
    return Call(text, natural)


def stack(operand: Operand, batch: Indices, groups: Sequence[Indices], sizes: Sizes) -> str:
    """View an array as a stack of matrices: batch axes stay apart, other groups are fused."""
    text = ordered(operand, (*batch, *chain(*groups)))
    if all(len(group) == 1 for group in groups):
        return text
    shape = [sizes[label] for label in batch] + [_size(group, sizes) for group in groups]
    return _shaped(text, shape)


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
    if kind == "f" and (rows or (len(inner) == 1 and _size(indices, sizes) <= _SMALL)):
        a, b = (stack(operand, batch, (inner,), sizes) for operand in (first, second))
        return Call(f"np.vecdot({a}, {b})", batch)
    return _einsum([first, second], output)
