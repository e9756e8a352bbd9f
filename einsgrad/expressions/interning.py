"""Objects that are the same when they were built from the same parts."""

from __future__ import annotations

import threading
import weakref
from typing import Any


class _Reference(weakref.ref[Any]):
    """What leads to a node as long as it lives, and knows what the node was built from."""

    __slots__ = ("key",)
    key: tuple[object, ...]


_nodes: dict[tuple[object, ...], _Reference] = {}
_lock = threading.RLock()


def _forget(reference: _Reference) -> None:
    with _lock:
        # Another thread may have built the node anew.
        if _nodes.get(reference.key) is reference:
            del _nodes[reference.key]


class Interned(type):
    """A metaclass that returns the existing node when one was built from the same parts."""

    def __call__(cls, *parts: Any) -> Any:
        """Return the node of this kind with these parts, making it if there is none."""
        made_by = cls.__dict__["__init__"]
        if made_by.__defaults__:
            # A part that is left out is the same as its default.
            given = len(parts) + 1 - made_by.__code__.co_argcount
            parts += made_by.__defaults__[given:] if given else ()
        # repr tells 1 from 1.0 and -0.0 from 0.0, which compare equal.
        key = (cls, *[repr(part) if isinstance(part, _NUMBERS) else part for part in parts])
        known = _nodes.get(key)
        node = None if known is None else known()
        if node is not None:
            return node
        with _lock:
            known = _nodes.get(key)
            node = None if known is None else known()
            if node is None:
                node = super().__call__(*parts)
                reference = _Reference(node, _forget)
                reference.key = key
                _nodes[key] = reference
        return node


_NUMBERS = (int, float, complex)
