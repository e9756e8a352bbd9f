"""What a callable says of itself: its name, and those of its parameters."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from inspect import CO_VARARGS
from itertools import takewhile
from typing import Any

from einsgrad.errors import clip


def callable_name(function: Callable[..., Any]) -> str:
    """Return the name of a function, whatever kind of callable it is.

    Examples
    --------
    >>> from functools import partial
    >>> callable_name(max), callable_name(partial(max, 1))
    ('max', 'max')
    """
    inner = getattr(function, "func", function)
    return str(getattr(inner, "__name__", type(inner).__name__))


def name_of(function: Callable[..., Any]) -> str:
    """Return the name of a function for use inside a message."""
    return clip(callable_name(function))


def parameter_names(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of the positional parameters of a function, as far as it tells them.

    Examples
    --------
    >>> parameter_names(lambda x, y: x + y)
    ('x', 'y')
    """
    code = getattr(function, "__code__", None)
    if code is None:
        return _names_without_code(function)
    names: tuple[str, ...] = code.co_varnames[: code.co_argcount]
    if not names and code.co_flags & CO_VARARGS:
        # A decorator hands all on.
        names = _names_without_code(function)
    return names[1:] if getattr(function, "__self__", None) is not None else names


def _names_without_code(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of what is called in the end: wrapped, in part, or as an object."""
    if isinstance(function, partial):
        free = parameter_names(function.func)[len(function.args) :]
        return tuple(takewhile(lambda name: name not in function.keywords, free))
    inner = getattr(function, "__wrapped__", None)
    if inner is not None:
        return parameter_names(inner)
    called: Any = getattr(type(function), "__call__", None)  # noqa: B004
    return parameter_names(called)[1:] if hasattr(called, "__code__") else ()
