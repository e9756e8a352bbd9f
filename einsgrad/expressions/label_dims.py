"""The dim of each label of a product, found again: a product is asked for its dims many times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from einsgrad.errors import ShapeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.dims import Dim, Shape
from einsgrad.strings.subscripts import Indices, Label, Subscripts


def label_dims(subscripts: Subscripts, operands: Sequence[Node]) -> Mapping[Label, Dim]:
    """Return the dim of every label, taken from the operand's axis that it names.

    Raises
    ------
    ShapeError
        If an operand's rank is not its list's length, or a label's dims differ.
    """
    found = _dims_of(subscripts.inputs, tuple([operand.shape for operand in operands]))
    if isinstance(found, int):
        raise _misfit(subscripts.inputs, operands, found)
    return found


@lru_cache(maxsize=4096)
def _dims_of(lists: tuple[Indices, ...], shapes: tuple[Shape, ...]) -> Mapping[Label, Dim] | int:
    """Return the dim of every label, or the place of the first operand that does not fit."""
    dims: dict[Label, Dim] = {}
    for place, (indices, shape) in enumerate(zip(lists, shapes, strict=True)):
        if len(indices) != len(shape):
            return place
        for label, dim in zip(indices, shape, strict=True):
            if dims.setdefault(label, dim) != dim:
                return place
    return dims


def _misfit(lists: Sequence[Indices], operands: Sequence[Node], place: int) -> ShapeError:
    indices, operand = lists[place], operands[place]
    if len(indices) != len(operand.shape):
        return ShapeError(
            f"operand {clip(operand)} has {len(operand.shape)} axes "
            f"and {len(indices)} labels. Give one label for each axis."
        )
    dims: dict[Label, Dim] = {}
    for labels, other in zip(lists[:place], operands[:place], strict=True):
        dims.update(zip(labels, other.shape, strict=True))
    pairs = zip(indices, operand.shape, strict=True)
    label, dim = next(pair for pair in pairs if dims.setdefault(*pair) != pair[1])
    return ShapeError(
        f"label {clip(label)} has dim {dims[label]} and, in operand "
        f"{clip(operand)}, dim {dim}. Axes that share a label share a dim."
    )
