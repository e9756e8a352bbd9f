"""Code for jax."""

from __future__ import annotations

from einsgrad.engine.backends.helpers import OF_JAX
from einsgrad.engine.backends.library import Library
from einsgrad.engine.backends.numpy.constants import literal_atom
from einsgrad.expressions.nodes import Number


def _number(value: Number, dtype: str) -> str:
    return literal_atom(value)


JAX = Library(
    title="jax",
    imports="import jax\nimport jax.numpy as jnp",
    prefix="jnp",
    column=lambda row: row.jax,
    number=_number,
    permute="{x}.transpose({axes})",
    reshape="{x}.reshape({shape})",
    cast="{x}.astype({dtype})",
    summed="{x}.sum({axes})",
    new="",
    filled="jnp.full({shape}, {value}, dtype={dtype})",
    broadcast="jnp.broadcast_to({x}, {shape})",
    diagonal="jnp.diag({x})",
    masked="jnp.where({mask}, {x}, 0)",
    tensordot="jnp.tensordot({a}, {b}, {axes})",
    einsum="jnp.einsum('{string}', {operands})",
    flip="jnp.flip({x}, {axes})",
    triangle="jnp.tril({x}, {offset})",
    running_sum="jnp.cumsum({x}, axis={axis})",
    clip="jnp.clip({x}, {low}, {high})",
    joined="jnp.concatenate([{arrays}], axis={axis})",
    axis="axis",
    integers="{x}.astype(int)",
    listed="jnp.array({entries})",
    adding="{base}.at[{index}].add({values})",
    taken="",
    padded="jnp.pad({x}, {pairs})",
    helpers=OF_JAX,
)
