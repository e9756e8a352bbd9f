"""Code for jax."""

from __future__ import annotations

from collections.abc import Sequence

from einsgrad.engine.backends.library import Library
from einsgrad.engine.backends.numpy.constants import literal_atom


def _padded(text: str, around: Sequence[tuple[int, int]]) -> str:
    return f"jnp.pad({text}, {tuple(around)})"


JAX = Library(
    "import jax\nimport jax.numpy as jnp",
    "jnp",
    "transpose",
    lambda row: row.jax,
    literal_atom,
    axis="axis",
    cast="astype",
    to_integers=".astype(int)",
    listing="array",
    array_of="jnp.asarray({x}, dtype=jnp.{dtype})",
    adding="{base}.at[{index}].add({values})",
    joining="concatenate",
    padded=_padded,
)
