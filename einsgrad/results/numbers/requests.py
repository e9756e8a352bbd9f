"""What is asked of a function: which derivative, in which arguments, and in what form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from einsgrad.errors import ArgumentError, ArgumentTypeError, DtypeError, clip
from einsgrad.expressions.construct import as_whole
from einsgrad.results.numbers.arguments import (
    Arguments,
    Where,
    is_differentiable,
    is_whole,
    name_of,
    parameter_names,
)
from einsgrad.results.numbers.nesting import with_leaves
from einsgrad.results.numbers.prepared import Prepared, prepared
from einsgrad.results.numbers.tracing import Trace, require_one
from einsgrad.results.numbers.transforms import Transform

Argnums: TypeAlias = "int | str | Sequence[int | str]"


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
        Makes what the user gets of the values, given what the function returned.
    """

    transform: Transform
    argnums: tuple[Where, ...] | None
    arrange: Callable[[Any, Sequence[Any]], Any]

    def places(self, function: Callable[..., Any], arguments: Arguments) -> list[Where]:
        """Return where the arguments to differentiate in stand in a call."""
        return [] if self.argnums is None else places_of(self.argnums, function, arguments)

    def prepare(
        self, traced: Trace, function: Callable[..., Any], places: Sequence[Where]
    ) -> Prepared:
        """Derive what is asked for of what a function did."""
        if self.argnums is not None:
            require_one(traced, function)
        return prepared(self.transform, traced, tuple([traced.variables[p] for p in places]))


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
    value = arguments.values.get(place)
    if value is None or getattr(getattr(value, "dtype", None), "kind", "f") not in "fc":
        raise _without_derivative(place, arguments.given(place), function)
    return place


def _without_derivative(
    place: Where, value: Any, function: Callable[..., Any]
) -> ArgumentTypeError | DtypeError:
    which = f"argument {place} of {name_of(function)}"
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


def as_returned(result: Any, values: Sequence[Any]) -> Any:
    """Arrange values as the function returned them."""
    return with_leaves(result, iter(values))


def alone(result: Any, values: Sequence[Any]) -> Any:
    """Return the only value."""
    return values[0]


def together(result: Any, values: Sequence[Any]) -> Any:
    """Return all values in a tuple."""
    return tuple(values)


def with_one(result: Any, values: Sequence[Any]) -> Any:
    """Return the function's value, and the only derivative."""
    return values[0], values[1]


def with_several(result: Any, values: Sequence[Any]) -> Any:
    """Return the function's value, and the derivatives in a tuple."""
    return values[0], tuple(values[1:])


def in_rows(result: Any, values: Sequence[Any]) -> Any:
    """Return the blocks of a square in nested tuples."""
    size = round(len(values) ** 0.5)
    return tuple([tuple(values[size * row : size * (row + 1)]) for row in range(size)])
