"""Code for torch."""

from __future__ import annotations

from einsgrad.engine.backends.helpers import OF_TORCH
from einsgrad.engine.backends.library import Library
from einsgrad.engine.backends.numpy.constants import literal
from einsgrad.expressions.nodes import Number


def _tensor(value: Number, dtype: str) -> str:
    """Write a number as a tensor without axes, which leaves the dtype of other tensors alone.

    Examples
    --------
    >>> _tensor(-2, "torch.float32"), _tensor(0.1, "torch.float32")
    ('torch.tensor(-2)', 'torch.tensor(0.1, dtype=torch.float32)')
    """
    if isinstance(value, int):
        return f"torch.tensor({literal(value)})"
    return f"torch.tensor({literal(value)}, dtype={dtype})"


TORCH = Library(
    title="torch",
    imports="import torch",
    prefix="torch",
    column=lambda row: row.torch,
    number=_tensor,
    permute="{x}.permute({axes})",
    reshape="{x}.reshape({shape})",
    cast="{x}.to({dtype})",
    summed="{x}.sum({axes})",
    new=", device={x}.device",
    filled="torch.full({shape}, {value}, dtype={dtype}{new})",
    broadcast="torch.broadcast_to({x}, {shape})",
    diagonal="torch.diag({x})",
    masked="torch.where({mask}, {x}, 0)",
    tensordot="torch.tensordot({a}, {b}, {axes})",
    einsum="torch.einsum('{string}', {operands})",
    flip="torch.flip({x}, {axes})",
    triangle="torch.tril({x}, {offset})",
    running_sum="torch.cumsum({x}, dim={axis})",
    clip="torch.clip({x}, {low}, {high})",
    joined="torch.cat([{arrays}], dim={axis})",
    axis="dim",
    integers="{x}.long()",
    listed="torch.tensor({entries}{new})",
    adding="{base}.index_put(({index},), {values}, accumulate=True)",
    taken="",
    padded="torch.nn.functional.pad({x}, {row})",
    windows="{x}.unfold({axis}, {size}, {step}).movedim(-1, {behind})",
    adding_along="{base}.index_add({axis}, {index}, {values})",
    copied="{x}.clone()",
    promotes=False,
    helpers=OF_TORCH,
)
