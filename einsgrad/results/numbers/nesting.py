"""What a function returns that is more than one array: tuples, lists and dicts of arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def leaves(result: Any) -> Iterator[Any]:
    """Yield what stands in nested tuples, lists and dicts, None left out.

    Examples
    --------
    >>> list(leaves((1, [2, {"a": 3}, None])))
    [1, 2, 3]
    """
    match result:
        case tuple() | list():
            for one in result:
                yield from leaves(one)
        case dict():
            for one in result.values():
                yield from leaves(one)
        case None:
            pass
        case _:
            yield result


def with_leaves(result: Any, values: Iterator[Any]) -> Any:
    """Return the same tuples, lists and dicts with other values in them.

    Examples
    --------
    >>> with_leaves((1, [2, {"a": 3}, None]), iter("xyz"))
    ('x', ['y', {'a': 'z'}, None])
    """
    match result:
        case tuple():
            parts = [with_leaves(one, values) for one in result]
            make: Callable[..., Any] | None = getattr(type(result), "_make", None)
            return tuple(parts) if make is None else make(parts)
        case list():
            return [with_leaves(one, values) for one in result]
        case dict():
            return {name: with_leaves(one, values) for name, one in result.items()}
        case None:
            return None
        case _:
            return next(values)
