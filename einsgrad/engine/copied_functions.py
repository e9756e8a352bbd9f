"""The functions whose text generated code holds, by their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from einsgrad.engine import stable, stable_matrices


def copied_function(name: str) -> Callable[..., Any]:
    """Return the function of a name.

    Examples
    --------
    >>> copied_function("adjugate").__module__
    'einsgrad.engine.stable_matrices'
    """
    found: Callable[..., Any] = getattr(stable if hasattr(stable, name) else stable_matrices, name)
    return found


def is_copied(name: str) -> bool:
    """Tell whether a function has that name.

    Examples
    --------
    >>> is_copied("logsumexp"), is_copied("compute")
    (True, False)
    """
    return hasattr(stable, name) or hasattr(stable_matrices, name)
