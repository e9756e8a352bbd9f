"""Code for jax."""

from __future__ import annotations

from einsgrad.engine.backends.library import Library

JAX = Library("import jax\nimport jax.numpy as jnp", "jnp", "transpose", lambda row: row.jax)
