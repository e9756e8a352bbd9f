"""The graph library that places nodes: networkx, which is optional."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from einsgrad.errors import ArgumentError


def graphs() -> ModuleType:
    """Return the library.

    Raises
    ------
    ArgumentError
        If it is not installed.
    """
    if find_spec("networkx") is None:
        raise ArgumentError(
            "pictures are laid out by networkx, which is not installed. "
            "Install it: pip install 'einsgrad[pictures]'."
        )
    return import_module("networkx")
