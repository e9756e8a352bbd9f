"""Tables of what was computed before, that do not grow without end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")

MOST = 4096
"""How many entries a table has at most: more than a program that runs for long has shapes."""


def remember(table: dict[Any, Value], key: Hashable, value: Value, most: int = MOST) -> Value:
    """Put a value into a table, which is emptied first if it is full.

    A program that meets ever new shapes keeps the latest of them; one that meets few finds
    each by a plain look-up.

    Examples
    --------
    >>> table = {}
    >>> for number in range(5):
    ...     _ = remember(table, number, str(number), most=3)
    >>> table
    {3: '3', 4: '4'}
    """
    if len(table) >= most:
        table.clear()
    table[key] = value
    return value


class Recent(Generic[Value]):
    """A table that is bounded by entries and by bytes: the oldest entries make room for new ones.

    Parameters
    ----------
    most, most_bytes
        How many entries it has at most, and how many bytes these hold. The newest entry is
        kept, however large it is.
    measure
        Returns the bytes that a value holds. A value is measured when it is kept, and again
        when the next one is: it may have grown when it was used for the first time.

    Examples
    --------
    >>> table = Recent(most=2, most_bytes=100, measure=len)
    >>> for number in range(3):
    ...     table.keep(number, str(number))
    >>> table.get(0), table.get(2), len(table)
    (None, '2', 2)
    >>> table.keep(3, "3" * 100)
    >>> len(table)
    1
    """

    def __init__(self, most: int, most_bytes: int, measure: Callable[[Value], int]) -> None:
        self.most = most
        self.most_bytes = most_bytes
        self.measure = measure
        self.bytes = 0
        self._entries: dict[Hashable, Value] = {}
        self._sizes: dict[Hashable, int] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Hashable) -> Value | None:
        """Return what is kept under a key, or None."""
        return self._entries.get(key)

    def keep(self, key: Hashable, value: Value) -> None:
        """Keep a value; under a key that is known, it replaces the old one."""
        with self._lock:
            if self._entries:
                self._weigh(next(reversed(self._entries)))
            self._drop(key)
            self._entries[key] = value
            self._weigh(key)
            while len(self._entries) > 1 and self._is_full():
                self._drop(next(iter(self._entries)))

    def _is_full(self) -> bool:
        return len(self._entries) > self.most or self.bytes > self.most_bytes

    def _weigh(self, key: Hashable) -> None:
        size = self.measure(self._entries[key])
        self.bytes += size - self._sizes.get(key, 0)
        self._sizes[key] = size

    def _drop(self, key: Hashable) -> None:
        self._entries.pop(key, None)
        self.bytes -= self._sizes.pop(key, 0)
