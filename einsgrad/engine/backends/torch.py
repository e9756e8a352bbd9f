"""Code for torch."""

from __future__ import annotations

from collections.abc import Sequence

from einsgrad.engine.backends.library import Library
from einsgrad.engine.backends.numpy.constants import literal
from einsgrad.expressions.nodes import Number


def _tensor(value: Number) -> str:
    """Write a number as a tensor without axes, which leaves the dtype of other tensors alone.

    Examples
    --------
    >>> _tensor(-2), _tensor(0.1)
    ('torch.tensor(-2)', 'torch.tensor(0.1, dtype=torch.float64)')
    """
    match value:
        case int():
            return f"torch.tensor({literal(value)})"
        case float():
            return f"torch.tensor({literal(value)}, dtype=torch.float64)"
        case complex():
            return f"torch.tensor({literal(value)}, dtype=torch.complex128)"


def _padded(text: str, around: Sequence[tuple[int, int]]) -> str:
    """Write zeros around an array; torch counts its axes from the last one."""
    numbers = tuple(number for pair in reversed(around) for number in pair)
    return f"torch.nn.functional.pad({text}, {numbers})"


_PROMOTING = """def promoted(*tensors):
    dtype = reduce(torch.promote_types, [one.dtype for one in tensors])
    return [one.to(dtype) for one in tensors]
"""

TORCH = Library(
    "import torch",
    "torch",
    "permute",
    lambda row: row.torch,
    _tensor,
    axis="dim",
    cast="to",
    to_integers=".long()",
    listing="tensor",
    array_of="torch.as_tensor({x}, dtype=torch.{dtype})",
    adding="{base}.index_put(({index},), {values}, accumulate=True)",
    joining="cat",
    padded=_padded,
    windows="{x}.unfold({axis}, {size}, {step}).movedim(-1, {behind})",
    adding_along="{base}.index_add({axis}, {index}, {values})",
    promoting=_PROMOTING,
)
