"""Code for torch."""

from __future__ import annotations

from einsgrad.engine.backends.library import Library

TORCH = Library("import torch", "torch", "permute", lambda row: row.torch)
