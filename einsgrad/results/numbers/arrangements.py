"""What a user gets of the values of a program: in tuples, and in the containers that were given.

Each function takes what the differentiated function returned, the values, and the containers of
the arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from einsgrad.results.numbers.trees import entries_of, leaves, with_leaves

Containers: TypeAlias = "Sequence[Any] | None"
"""The containers of each argument, with 0 for leaves; None if none is a container."""


def entries_like(given: Sequence[Any], containers: Containers, what: str) -> list[Any]:
    """Return the leaves of what is given for each argument, in the order of the argument's."""
    if containers is None:
        return list(given)
    pairs = zip(given, containers, strict=True)
    return [leaf for one, container in pairs for leaf in entries_of(one, container, what)]


def as_returned(result: Any, values: Sequence[Any], containers: Containers) -> Any:
    """Arrange values as the function returned them."""
    return with_leaves(result, iter(values))


def as_returned_twice(result: Any, values: Sequence[Any], containers: Containers) -> Any:
    """Arrange two values for each that the function returned."""
    half = len(values) // 2
    return tuple(as_returned(result, part, containers) for part in (values[:half], values[half:]))


def alone(result: Any, values: Sequence[Any], containers: Containers) -> Any:
    """Return the only value, or the container of values for the only argument."""
    return values[0] if containers is None else _contained(values, containers)[0]


def together(result: Any, values: Sequence[Any], containers: Containers) -> Any:
    """Return all values in a tuple, one for each argument."""
    return tuple(values if containers is None else _contained(values, containers))


def each_alone(result: Any, values: Sequence[Any], containers: Containers) -> Any:
    """Return for each array that the function returned the value for the only argument."""
    return _for_each(result, values, containers, alone)


def each_together(result: Any, values: Sequence[Any], containers: Containers) -> Any:
    """Return for each array that the function returned a tuple, one value for each argument."""
    return _for_each(result, values, containers, together)


def _for_each(
    result: Any, values: Sequence[Any], containers: Containers, arrange: Callable[..., Any]
) -> Any:
    count = len(list(leaves(result)))
    size = len(values) // count if count else 0
    parts = [arrange(result, values[n * size : (n + 1) * size], containers) for n in range(count)]
    return with_leaves(result, iter(parts))


def with_one(result: Any, values: Sequence[Any], containers: Containers) -> Any:
    """Return the function's value, and the only derivative."""
    return values[0], alone(result, values[1:], containers)


def with_several(result: Any, values: Sequence[Any], containers: Containers) -> Any:
    """Return the function's value, and the derivatives in a tuple."""
    return values[0], together(result, values[1:], containers)


def in_rows(result: Any, values: Sequence[Any], containers: Containers) -> Any:
    """Return the blocks of a square in nested tuples."""
    return together(result, _rows(result, values, containers, together), containers)


def in_one_row(result: Any, values: Sequence[Any], containers: Containers) -> Any:
    """Return the blocks for the only argument: in a container of containers if it is one."""
    return alone(result, _rows(result, values, containers, alone), containers)


def _rows(
    result: Any, values: Sequence[Any], containers: Containers, arrange: Callable[..., Any]
) -> list[Any]:
    size = round(len(values) ** 0.5)
    starts = range(0, len(values), size or 1)
    return [arrange(result, values[start : start + size], containers) for start in starts]


def _contained(values: Sequence[Any], containers: Sequence[Any]) -> list[Any]:
    """Return the values for each argument, in the containers that it has."""
    found = iter(values)
    return [with_leaves(one, found) for one in containers]
