"""Containers of arrays, nested: what a function takes or returns that is more than one array."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple

from einsgrad.errors import ArgumentTypeError, clip
from einsgrad.expressions.base import Node


class Opened(NamedTuple):
    """A container that was opened: its entries by what follows its name in Python, and the rest."""

    entries: tuple[tuple[str, Any], ...]
    close: Callable[[list[Any]], Any]
    rest: Any = None


_registered: dict[type, tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]] = {}


def register_container(
    cls: type,
    flatten: Callable[[Any], tuple[Any, Any]],
    unflatten: Callable[[Any, Any], Any],
) -> None:
    """Declare a class as a container of arrays, as `jax.tree_util.register_pytree_node` does.

    Parameters
    ----------
    cls
        The class.
    flatten
        Returns of an object the entries in a sequence, and the rest, which is hashable.
    unflatten
        Makes an object of the rest and a tuple of entries.

    Raises
    ------
    ArgumentTypeError
        If the first is no class, or the others are no functions.

    Examples
    --------
    >>> import einsgrad as eg
    >>> class Line:
    ...     def __init__(self, slope, start):
    ...         self.slope, self.start = slope, start
    >>> def flatten(line):
    ...     return (line.slope, line.start), None
    >>> eg.register_container(Line, flatten, lambda rest, entries: Line(*entries))
    >>> eg.grad(lambda line: line.slope * 3.0 + line.start)(Line(2.0, 1.0)).slope
    np.float64(3.0)
    """
    if not isinstance(cls, type) or not callable(flatten) or not callable(unflatten):
        raise ArgumentTypeError(
            f"a class and two functions are expected, not {clip(cls)}, {clip(flatten)} and "
            f"{clip(unflatten)}. Write register_container(cls, flatten, unflatten)."
        )
    _registered[cls] = flatten, unflatten


def open_container(value: Any) -> Opened | None:
    """Return what stands in a container; None for a leaf."""
    if isinstance(value, Node):
        return None
    if value is None:
        return Opened((), lambda entries: None)
    if type(value) in _registered:
        return _by_registration(value)
    if isinstance(value, dict):
        return Opened(
            tuple(zip(_keys(value), value.values(), strict=True)),
            lambda entries: _dict_like(value, entries),
        )
    if isinstance(value, tuple):
        return _opened_tuple(value)
    if isinstance(value, list):
        return Opened(_numbered(value), list)
    if is_dataclass(value) and not isinstance(value, type):
        names = [one.name for one in fields(value) if hasattr(value, one.name)]
        return Opened(
            tuple([(f".{name}", getattr(value, name)) for name in names]),
            lambda entries: _record_like(value, names, entries),
        )
    return None


def _keys(value: dict[Any, Any]) -> list[str]:
    """Return the texts of keys, told apart where they are the same."""
    texts = [f"[{key!r}]" for key in value]
    if len(set(texts)) == len(texts):
        return texts
    return [f"{text} ({number})" for number, text in enumerate(texts)]


def _by_registration(value: Any) -> Opened:
    flatten, unflatten = _registered[type(value)]
    entries, rest = flatten(value)
    return Opened(_numbered(entries), lambda found: unflatten(rest, tuple(found)), rest)


def _opened_tuple(value: tuple[Any, ...]) -> Opened:
    make: Callable[..., Any] | None = getattr(type(value), "_make", None)
    if make is None:
        return Opened(_numbered(value), tuple)
    names: tuple[str, ...] = type(value)._fields  # type: ignore[attr-defined]
    return Opened(tuple([(f".{n}", one) for n, one in zip(names, value, strict=True)]), make)


def _numbered(entries: Any) -> tuple[tuple[str, Any], ...]:
    return tuple([(f"[{place}]", one) for place, one in enumerate(entries)])


def _dict_like(value: dict[Any, Any], entries: list[Any]) -> dict[Any, Any]:
    """Return a dict of the same type with other values: also a default factory is kept."""
    made = copy(value)
    made.update(zip(value, entries, strict=True))
    return made


def _record_like(value: Any, names: list[str], entries: list[Any]) -> Any:
    """Return a dataclass with other entries, of which its own checks know nothing."""
    made = copy(value)
    for name, entry in zip(names, entries, strict=True):
        object.__setattr__(made, name, entry)
    return made


def paths(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield what stands in nested containers, with the path to it.

    Examples
    --------
    >>> list(paths((1, [2, {"a": 3}, None])))
    [('[0]', 1), ('[1][0]', 2), ("[1][1]['a']", 3)]
    """
    found = open_container(value)
    if found is None:
        yield path, value
        return
    for key, one in found.entries:
        yield from paths(one, path + key)


def leaves(value: Any) -> Iterator[Any]:
    """Yield what stands in nested containers, None left out.

    Examples
    --------
    >>> list(leaves((1, [2, {"a": 3}, None])))
    [1, 2, 3]
    """
    return (one for _, one in paths(value))


def with_leaves(value: Any, values: Iterator[Any]) -> Any:
    """Return the same containers with other values in them.

    Examples
    --------
    >>> with_leaves((1, [2, {"a": 3}, None]), iter("xyz"))
    ('x', ['y', {'a': 'z'}, None])
    """
    found = open_container(value)
    if found is None:
        return next(values)
    return found.close([with_leaves(one, values) for _, one in found.entries])


def entries_of(given: Any, form: Any, what: str) -> list[Any]:
    """Return the leaves of containers, in the order that they have in others of the same form.

    Raises
    ------
    ArgumentTypeError
        If the containers are others.

    Examples
    --------
    >>> entries_of({"b": 1, "a": [2]}, {"a": [0], "b": 0}, "the tangent")
    [2, 1]
    """
    wanted = open_container(form)
    if wanted is None:
        return [given]
    found = open_container(given)
    if found is None or not _are_alike(given, form, found, wanted):
        raise _other_form(given, form, what)
    parts = [one for _, one in found.entries]
    if isinstance(form, dict):
        # Entries of a dict are found by their keys, whatever their order.
        if given.keys() != form.keys():
            raise _other_form(given, form, what)
        parts = [given[key] for key in form]
    pairs = zip(parts, wanted.entries, strict=True)
    return [leaf for part, (_, one) in pairs for leaf in entries_of(part, one, what)]


def _are_alike(given: Any, form: Any, found: Opened, wanted: Opened) -> bool:
    """Tell whether two containers are of one kind, with as many entries and the same rest."""
    of_one_kind = type(given) is type(form) or any(
        isinstance(given, kind) and isinstance(form, kind) for kind in (tuple, dict)
    )
    return of_one_kind and len(found.entries) == len(wanted.entries) and found.rest == wanted.rest


def _other_form(given: Any, form: Any, what: str) -> ArgumentTypeError:
    return ArgumentTypeError(
        f"{what} has the form {clip(given)}, and {clip(form)} is needed. Give the same "
        "containers, with an array for each of the arrays."
    )
