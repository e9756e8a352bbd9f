"""Code for jax."""

from __future__ import annotations

from einsgrad.engine.backends.library import Library
from einsgrad.engine.backends.numpy.constants import literal_atom

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
)
