"""Operations of a traced function that were done before: what they built is found again.

A function is traced at every call. Most of what it does then it has done before, on the same
nodes: to find a node takes a small part of the time that it takes to build it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from functools import wraps
from typing import Any, get_args

from einsgrad.expressions.base import Node
from einsgrad.expressions.capture import Capture
from einsgrad.expressions.current import innermost
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import is_of_numpy

MOST = 1 << 14
"""The entries of each of two tables: what was built lately, and what before that."""


class _Built:
    """What operations built: lately, and before that, which is forgotten as a whole."""

    def __init__(self) -> None:
        self.lately: dict[Hashable, Any] = {}
        self._before: dict[Hashable, Any] = {}

    def before(self, key: Hashable) -> Any:
        """Return what was built longer ago, if anything."""
        found = self._before.get(key)
        if found is not None:
            self.keep(key, found)
        return found

    def keep(self, key: Hashable, result: Any) -> None:
        """Keep what was built."""
        if len(self.lately) >= MOST:
            self._before, self.lately = self.lately, {}
        self.lately[key] = result


_built = _Built()


class _Unkeyed(Exception):
    """An argument that cannot be part of a key."""


def repeatable(
    operation: Callable[..., Any],
    *,
    of_operands: bool = False,
    unless: Collection[str] = (),
    never: Collection[str] = (),
) -> Callable[..., Any]:
    """Return an operation that, while a function is traced, finds what it built before.

    Parameters
    ----------
    operation
        A function that builds nodes from nodes, and from nothing else.
    of_operands
        Whether all that is in its arguments are operands: then an array of integers, or a
        scalar of numpy, is one of them, and no axis, shape or order.
    unless
        Names of functions of numpy, given as first argument, for which that does not hold.
    never
        Names of those, or themselves names, that depend on the values of arrays.
    """

    @wraps(operation)
    def repeated(*arguments: Any, **options: Any) -> Any:
        capture = innermost.get()
        if capture is None or (never and _name(arguments[0]) in never):
            return operation(*arguments, **options)
        try:
            strict = of_operands and not (unless and arguments[0].__name__ in unless)
            given, parts = _read(arguments, capture, strict)
            key = (operation, parts, _key(options)) if options else (operation, parts)
        except _Unkeyed:
            key = None
        if key is None:
            return operation(*arguments, **options)
        found = _built.lately.get(key)
        if found is None:
            found = _built.before(key)
        if found is None:
            meetings = capture.meetings
            found = operation(*given, **options)
            # It may depend on the arrays that it met.
            if capture.meetings == meetings and _is_of_nodes(found):
                _built.keep(key, found)
        return found

    return repeated


def _name(function: Any) -> Any:
    return function if isinstance(function, str) else function.__name__


def _is_of_nodes(result: object) -> bool:
    if isinstance(result, tuple):
        return all(isinstance(one, Node) for one in result)
    return isinstance(result, Node)


def _read(
    arguments: tuple[Any, ...], capture: Capture, of_operands: bool
) -> tuple[list[Any], tuple[Hashable, ...]]:
    """Return arguments with variables for arrays, and what they are found by."""
    given: list[Any] = []
    parts: list[Hashable] = []
    for argument in arguments:
        kind = type(argument)
        known, part = argument, argument
        if kind is float:
            # 0.0 is equal to -0.0, and to 0 and False.
            part = (float, argument) if argument else repr(argument)
        elif kind is int:
            part = (int, argument)
        elif kind in _NODES:
            pass
        elif is_of_numpy(argument):
            if of_operands or (argument.shape != () and argument.dtype.kind in "bfc"):
                known = part = capture.variable(argument)
            else:
                part = _number(argument)
        elif kind is tuple or kind is list:
            inner, keys = _read(argument, capture, of_operands)
            known, part = kind(inner), (kind, keys)
        else:
            part = _key(argument)
        given.append(known)
        parts.append(part)
    return given, tuple(parts)


def _number(array: Any) -> Hashable:
    """Return what a number of numpy is found by, which may be an axis or an exponent."""
    if array.shape != ():
        raise _Unkeyed
    return array.dtype, repr(array.item())


def _key(value: Any) -> Hashable:
    """Return what a value is found by: values of two types are never the same."""
    kind = type(value)
    if kind in _NODES:
        return value  # type: ignore[no-any-return]
    if kind in _PLAIN:
        return kind, value
    if kind is float or kind is complex:
        return kind, repr(value)
    if kind is dict:
        return tuple([(name, _key(one)) for name, one in value.items()])
    if kind is tuple or kind is list:
        return kind, tuple([_key(one) for one in value])
    if kind is slice:
        return kind, _key((value.start, value.stop, value.step))
    if is_of_numpy(value) or not _is_function_of_numpy(kind):
        # It may change, or refer to what changes.
        raise _Unkeyed
    return value  # type: ignore[no-any-return]


def _is_function_of_numpy(kind: type) -> bool:
    return kind.__module__ == "numpy" and kind.__name__ in ("ufunc", "_ArrayFunctionDispatcher")


_NODES = frozenset(get_args(Expr))
_PLAIN = frozenset((int, bool, str, type(None), type(...), type))
