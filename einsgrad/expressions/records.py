"""Interned objects that are built from one another, as a flat list: what is pickled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

from einsgrad.expressions.interning import Interned


class Entry(NamedTuple):
    """One object of a list.

    Parameters
    ----------
    kind
        Its class.
    parts
        What it is built from; None in place of earlier objects of the list.
    places
        For each part that is None the places of these: one, or as many as a tuple holds.
    """

    kind: type
    parts: tuple[Any, ...]
    places: tuple[int | tuple[int, ...], ...]


Record: TypeAlias = tuple[Entry, ...]


def as_record(root: Any) -> Record:
    """Write an interned object as a list in which each stands after those that it is built from.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Add, Variable
    >>> x = Variable("x", ("n",))
    >>> [(entry.kind.__name__, entry.places) for entry in as_record(Add((x, x)))]
    [('Variable', ()), ('Add', ((0, 0),))]
    """
    places: dict[Any, int] = {}
    record: list[Entry] = []
    waiting = [root]
    while waiting:
        parts = waiting[-1].parts()
        missing = [one for part in parts for one in _interned(part) if one not in places]
        if missing:
            waiting.extend(missing)
            continue
        made = waiting.pop()
        if made not in places:
            places[made] = len(record)
            record.append(_entry(made, parts, places))
    return tuple(record)


def from_record(record: Record) -> Any:
    """Build the last object of a list, which is the one that was written.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Add, Variable
    >>> total = Add(tuple(Variable(name, (), frozenset()) for name in "xy"))
    >>> from_record(as_record(total)) is total
    True
    """
    made: list[Any] = []
    for kind, parts, places in record:
        left = iter(places)
        known = [_found(next(left), made) if part is None else part for part in parts]
        made.append(kind(*known))
    return made[-1]


def _interned(part: Any) -> Sequence[Any]:
    """Return the interned objects that a part is, or consists of."""
    if isinstance(type(part), Interned):
        return (part,)
    if isinstance(part, tuple) and part and isinstance(type(part[0]), Interned):
        return part
    return ()


def _entry(made: Any, parts: Sequence[Any], places: dict[Any, int]) -> Entry:
    plain: list[Any] = []
    held: list[int | tuple[int, ...]] = []
    for part in parts:
        found = _interned(part)
        plain.append(None if found else part)
        if found:
            numbers = tuple(places[one] for one in found)
            held.append(numbers if isinstance(part, tuple) else numbers[0])
    return Entry(type(made), tuple(plain), tuple(held))


def _found(places: int | tuple[int, ...], made: Sequence[Any]) -> Any:
    return made[places] if isinstance(places, int) else tuple(made[place] for place in places)
