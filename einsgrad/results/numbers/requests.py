"""What is asked of a function: which derivative, in which arguments, and in what form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Literal, TypeAlias

from einsgrad.errors import ArgumentError, ArgumentTypeError, DtypeError, as_flag, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.construct import as_whole
from einsgrad.expressions.nodes import Variable
from einsgrad.results.numbers.arguments import (
    Arguments,
    Place,
    Where,
    is_differentiable,
    is_whole,
)
from einsgrad.results.numbers.arrangements import Containers
from einsgrad.results.numbers.callables import name_of, parameter_names
from einsgrad.results.numbers.prepared import Prepared, prepared
from einsgrad.results.numbers.tracing import (
    Trace,
    require_arrays,
    require_one,
    require_something,
    with_symbols,
)
from einsgrad.results.numbers.transforms import VALUE_AND_GRADIENT, Transform
from einsgrad.results.numbers.trees import leaves, open_container, paths, with_leaves

Argnums: TypeAlias = "int | str | Sequence[int | str]"
Auxiliary: TypeAlias = "Literal['kept', 'dropped'] | None"


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a function, and in which arguments.

    Parameters
    ----------
    transform
        The kind of derivative.
    argnums
        The arguments, as the user gave them; None for the function's value.
    arrange
        Makes what the user gets of the values, given what the function returned,
        and the containers of the arguments.
    auxiliary
        Of a function that returns a pair, whether its second part is kept or dropped.
    """

    transform: Transform
    argnums: tuple[Where, ...] | None
    arrange: Callable[[Any, Sequence[Any], Containers], Any]
    auxiliary: Auxiliary = None

    def places(
        self, function: Callable[..., Any], arguments: Arguments
    ) -> tuple[list[Place], Containers]:
        """Return where what to differentiate in stands in a call, and in which containers."""
        if self.argnums is None:
            return [], None
        places = places_of(self.argnums, function, arguments)
        if not any(_is_container(arguments, place) for place in places):
            return [*places], None
        each = [leaf for place in places for leaf in _leaf_places(place, function, arguments)]
        return each, [
            with_leaves(arguments.given(place), repeat(0)) if _is_container(arguments, place) else 0
            for place in places
        ]

    def prepare(
        self, traced: Trace, function: Callable[..., Any], places: Sequence[Place]
    ) -> Prepared:
        """Derive what is asked for of what a function did."""
        return prepared(self.transform, *self.asked_of(traced, function, places))

    def asked_of(
        self, traced: Trace, function: Callable[..., Any], places: Sequence[Place]
    ) -> tuple[Trace, tuple[Variable, ...]]:
        """Return what a function did, without what is not asked for, and what to differentiate in.

        Raises
        ------
        ArgumentTypeError
            If it has no such derivative.
        """
        if self.auxiliary is not None:
            keep = self.auxiliary == "kept"
            traced = traced.without_auxiliary(function, keep=keep)
        else:
            require_arrays(traced, function)
        if self.argnums is not None:
            require_something(traced, function)
        if self.transform.of_number:
            require_one(traced, function)
        return traced, tuple([traced.variables[place] for place in places])

    def arranged(self, result: Any, values: Sequence[Any], containers: Containers) -> Any:
        """Return what the user gets, given what the function returned, and the values."""
        if self.auxiliary is None:
            return self.arrange(result, values, containers)
        value, other = result
        if self.auxiliary == "dropped":
            return self.arrange(value, values, containers)
        count = len(values) - sum(isinstance(one, Node) for one in leaves(other))
        beside = with_symbols(other, iter(values[count:]))
        found = self.arrange(value, values[:count], containers)
        if self.transform is VALUE_AND_GRADIENT:
            return (found[0], beside), found[1]
        return found, beside


def auxiliary(has_aux: bool, other: Auxiliary = "kept") -> Auxiliary:
    """Return what becomes of what is beside a function's value, if something is.

    Raises
    ------
    ArgumentTypeError
        If it is not told whether something is.
    """
    return other if as_flag(has_aux, "has_aux") else None


def read_argnums(argnums: Argnums, option: str = "argnums") -> tuple[tuple[Where, ...], bool]:
    """Return the arguments that a user names, and whether it is one alone.

    Raises
    ------
    ArgumentTypeError
        If they are neither numbers nor names.
    ArgumentError
        If there is none.

    Examples
    --------
    >>> read_argnums(0), read_argnums([0, "w"])
    (((0,), True), ((0, 'w'), False))
    """
    if not isinstance(argnums, tuple | list):
        return (_argnum(argnums, option),), True
    if not argnums:
        raise ArgumentError(f"{option} is empty. Give the number of an argument, counted from 0.")
    return tuple([_argnum(one, option) for one in argnums]), False


def _argnum(argnum: Any, option: str) -> Where:
    if isinstance(argnum, str):
        return argnum
    number = as_whole(argnum)
    if number is not None:
        return number
    raise ArgumentTypeError(
        f"an argument is named by its number or its name, not by {clip(argnum)}. "
        f"Give {option}={0 if option == 'argnums' else [0]} for the first one."
    )


def places_of(
    argnums: tuple[Where, ...], function: Callable[..., Any], arguments: Arguments
) -> list[Where]:
    """Return where the arguments stand in a call.

    Raises
    ------
    ArgumentError
        If one is not given, or is named twice.
    DtypeError, ArgumentTypeError
        If one is no array of floats.
    """
    places = [_place_of(argnum, function, arguments) for argnum in argnums]
    for place in places:
        if places.count(place) > 1:
            raise ArgumentError(
                f"argument {place} is named twice by {clip(argnums)}. Name each once."
            )
    return places


def _place_of(argnum: Where, function: Callable[..., Any], arguments: Arguments) -> Where:
    place: Where = argnum
    count = len(arguments.positional)
    if isinstance(argnum, str):
        names = () if argnum in arguments.keywords else parameter_names(function)
        place = names.index(argnum) if argnum in names[:count] else argnum
    elif -count <= argnum < count:
        place = argnum % count
    elif argnum >= 0 and arguments.keywords:
        names = parameter_names(function)
        place = names[argnum] if argnum < len(names) else argnum
    given = place in arguments.keywords if isinstance(place, str) else 0 <= place < count
    if not given:
        raise ArgumentError(
            f"argument {clip(argnum) if isinstance(argnum, str) else argnum} of "
            f"{name_of(function)} is not given: there are {count} by position"
            f"{_keywords(arguments)}. They are counted from 0."
        )
    if _is_container(arguments, place):
        return place
    value = arguments.values.get(place)
    if not _has_derivative(value):
        raise _without_derivative(place, arguments.given(place), function)
    return place


def _has_derivative(value: Any) -> bool:
    """Tell whether what becomes a variable, if something does, has floats as far as is known."""
    dtype = getattr(value, "dtype", None)
    return value is not None and getattr(dtype, "kind", "f") in "fc"


def _is_container(arguments: Arguments, place: Where) -> bool:
    """Tell whether a container stands there, maybe an empty one."""
    if place in arguments.values:
        return False
    if place in arguments.containers:
        return True
    given = arguments.given(place)
    return given is not None and not isinstance(given, list) and open_container(given) is not None


def _leaf_places(place: Where, function: Callable[..., Any], arguments: Arguments) -> list[Place]:
    if not _is_container(arguments, place):
        return [place]
    found: list[Place] = []
    for path, leaf in paths(arguments.given(place)):
        value = arguments.values.get((place, path))
        if not _has_derivative(value):
            raise _without_derivative(place, leaf, function, path)
        found.append((place, path))
    return found


def _without_derivative(
    place: Where, value: Any, function: Callable[..., Any], path: str = ""
) -> ArgumentTypeError | DtypeError:
    which = f"argument {place} of {name_of(function)}"
    if path:
        names = parameter_names(function)
        is_named = isinstance(place, int) and place < len(names)
        name = names[place] if is_named else place  # type: ignore[index]
        which = f"{name}{path} of {name_of(function)}"
    if is_differentiable(value):
        return ArgumentTypeError(
            f"{which} is static, a part of the signature by its value, so there is no derivative "
            "in it. Take it out of static_argnums and static_argnames."
        )
    nothing = f"{which} is no array of floats, so there is no derivative in it"
    if is_whole(value):
        return DtypeError(f"{nothing}. Give floats: 2.0 in place of 2.")
    return ArgumentTypeError(f"{nothing}: {clip(value)}. Give an array of floats.")


def _keywords(arguments: Arguments) -> str:
    names = ", ".join(arguments.keywords)
    return f", and by keyword {names}" if names else ""
