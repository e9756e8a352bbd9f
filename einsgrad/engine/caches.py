"""Tables of what was computed before, that do not grow without end."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, TypeVar

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
