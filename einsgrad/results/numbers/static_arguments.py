"""The arguments of a jitted function that are part of its signature by their value."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from inspect import Parameter, signature
from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError, clip
from einsgrad.results.numbers.arguments import Where
from einsgrad.results.numbers.callables import name_of, parameter_names


def static_key(value: Any) -> Hashable:
    """Return what a static argument is found by: 1, True and 1.0 are different."""
    if isinstance(value, tuple | list):
        return type(value), tuple([static_key(one) for one in value])
    if isinstance(value, float | complex):
        return type(value), repr(value)
    try:
        hash(value)
    except TypeError:
        raise ArgumentTypeError(
            f"a static argument has to be hashable, unlike {clip(value)}. "
            "Give a tuple in place of a list or an array."
        ) from None
    return type(value), value


def static_arguments(
    function: Callable[..., Any], argnums: Sequence[int], argnames: Sequence[str]
) -> frozenset[Where]:
    """Return places and names of static arguments: each by both, as far as they are known."""
    _refuse_unknown(function, argnums, argnames)
    names = parameter_names(function)
    places = {place % len(names) if place < 0 and names else place for place in argnums}
    places |= {names.index(name) for name in argnames if name in names}
    known = {names[place] for place in places if place < len(names)}
    return frozenset({*places, *argnames, *known})


def _refuse_unknown(
    function: Callable[..., Any], argnums: Sequence[int], argnames: Sequence[str]
) -> None:
    """Refuse static arguments that a function does not have, as far as it tells."""
    try:
        parameters = signature(function).parameters.values()
    except (TypeError, ValueError):
        return
    kinds = {one.kind for one in parameters}
    count = sum(one.kind in _BY_POSITION for one in parameters)
    others = [place for place in argnums if not -count <= place < count]
    if others and (others[0] < 0 or Parameter.VAR_POSITIONAL not in kinds):
        raise ArgumentError(
            f"static_argnums: {name_of(function)} has no argument {others[0]}: it has {count} by "
            "position. They are counted from 0."
        )
    names = {one.name for one in parameters}
    unknown = [name for name in argnames if name not in names]
    if unknown and Parameter.VAR_KEYWORD not in kinds:
        raise ArgumentError(
            f"static_argnames: {name_of(function)} has no argument {clip(unknown[0])}. "
            "Give names of its arguments."
        )


_BY_POSITION = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
