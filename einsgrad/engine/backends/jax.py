"""Code for jax."""

from __future__ import annotations

from einsgrad.engine.backends.library import Library
from einsgrad.engine.backends.numpy.constants import literal_atom

JAX = Library(
    "import jax\nimport jax.numpy as jnp", "jnp", "transpose", lambda row: row.jax, literal_atom
)
