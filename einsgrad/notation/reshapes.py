"""Reshapes in matrix notation: factors whose axes are split, and products whose axes are joined."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from einsgrad.expressions.dims import Dim, Shape
from einsgrad.expressions.nodes import Einsum, Expr
from einsgrad.expressions.products import SELECTORS
from einsgrad.expressions.reshape_texts import reshaped_operand
from einsgrad.expressions.selecting import is_joining
from einsgrad.strings.subscripts import Indices, Label, Subscripts


def reshaped(node: Einsum) -> Expr | None:
    """Return what a product without numbers only reshapes; None if it does more, or less.

    Examples
    --------
    >>> import einsgrad as eg
    >>> (x,) = eg.variables("x[6]")
    >>> reshaped(eg.simplify(x.reshape(2, 3)))
    x[6]
    """
    if not any(map(is_joining, node.operands)) or not _is_plain(node.shape):
        return None
    whole = reshaped_operand(node.subscripts, node.operands)
    return whole if whole is not None else _of_product(node)


def _is_plain(shape: Shape) -> bool:
    return all(isinstance(dim, int | str) for dim in shape)


def _of_product(node: Einsum) -> Einsum | None:
    """Return the product of which axes are joined to those of the output."""
    output = node.subscripts.output
    joined: dict[Label, Indices] = {}
    pairs = list(zip(node.subscripts.inputs, node.operands, strict=True))
    for indices, operand in pairs:
        if is_joining(operand) and _stands_once(node, indices[0]) and indices[0] in output:
            joined[indices[0]] = indices[1:]
    if not joined:
        return None
    kept = [pair for pair in pairs if not (is_joining(pair[1]) and pair[0][0] in joined)]
    wide = tuple(chain.from_iterable(joined.get(label, (label,)) for label in output))
    held = {label for indices, _ in kept for label in indices}
    if len(set(wide)) < len(wide) or not held.issuperset(wide):
        return None
    inputs = tuple(indices for indices, _ in kept)
    return Einsum(Subscripts(inputs, wide), tuple(operand for _, operand in kept))


def _stands_once(node: Einsum, label: Label) -> bool:
    """Tell whether a label of a selector stands in one other list, once."""
    return sum(indices.count(label) for indices in node.subscripts.lists) == 2


def with_reshapes(node: Einsum) -> Einsum:
    """Write the factors whose axes are split as factors of their own.

    Examples
    --------
    >>> import einsgrad as eg
    >>> a, c = eg.variables("a[6] c[2]")
    >>> with_reshapes(eg.simplify(a.reshape(3, 2) @ c)).operands
    (reshape(a, (3, 2)), c[2])
    """
    pairs = list(zip(node.subscripts.inputs, node.operands, strict=True))
    for place, (indices, selector) in enumerate(pairs):
        if not is_joining(selector) or not _stands_once(node, indices[0]):
            continue
        for other, (labels, operand) in enumerate(pairs):
            if indices[0] in labels and other != place and not isinstance(operand, SELECTORS):
                split = _split(labels, indices)
                part = Einsum(Subscripts((indices, labels), split), (selector, operand))
                kept = [pair for at, pair in enumerate(pairs) if at not in (place, other)]
                inputs = (split, *(one for one, _ in kept))
                operands = (part, *(one for _, one in kept))
                return with_reshapes(Einsum(Subscripts(inputs, node.subscripts.output), operands))
    return node


def _split(labels: Indices, indices: Indices) -> Indices:
    return tuple(
        chain.from_iterable(indices[1:] if label == indices[0] else (label,) for label in labels)
    )


def shape_text(shape: Sequence[Dim]) -> str:
    """Write a shape as Python does.

    Examples
    --------
    >>> shape_text((6,)), shape_text((2, 3))
    ('(6,)', '(2, 3)')
    """
    return f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"
