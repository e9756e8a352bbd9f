"""Objects that are the same when they were built from the same parts."""

from __future__ import annotations

import threading
import weakref
from typing import Any

_nodes: weakref.WeakValueDictionary[tuple[object, ...], Any] = weakref.WeakValueDictionary()
_lock = threading.RLock()


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
        node = _nodes.get(key)
        if node is not None:
            return node
        with _lock:
            node = _nodes.get(key)
            if node is None:
                node = _nodes[key] = super().__call__(*parts)
        return node


_NUMBERS = (int, float, complex)
