"""Showing how far long work is: by tqdm, where it is installed."""

from __future__ import annotations

from importlib.util import find_spec

from einsgrad.errors import ArgumentError


def has_tqdm() -> bool:
    """Tell whether progress can be shown."""
    return find_spec("tqdm") is not None


def require_tqdm() -> None:
    """Refuse to show progress where that is not possible.

    Raises
    ------
    ArgumentError
        If tqdm is not installed.
    """
    if not has_tqdm():
        raise ArgumentError(
            "progress is shown by tqdm, which is not installed. "
            "Install it: pip install 'einsgrad[progress]'."
        )
