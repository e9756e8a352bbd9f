"""Functions of containers as functions of arrays alone, one array for each leaf."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from einsgrad.results.numbers.arguments import Where, is_differentiable, read_arguments
from einsgrad.results.numbers.callables import parameter_names
from einsgrad.results.numbers.requests import places_of, read_argnums
from einsgrad.results.numbers.trees import leaves, open_container, paths, with_leaves


@dataclass(frozen=True, slots=True)
class FlatFunction:
    """A function of the leaves of its arguments.

    Parameters
    ----------
    function
        The function, of all leaves.
    arguments
        The leaves.
    wrt
        Where those stand that it is differentiated in; None for all floats.
    names
        Their names: those of the arguments, with paths.
    """

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    wrt: Sequence[Where] | None
    names: tuple[str, ...]


def is_container(value: object) -> bool:
    """Tell whether a value is no single array.

    Examples
    --------
    >>> is_container((1.0,)), is_container([1.0, 2.0]), is_container(1.0)
    (True, False, False)
    """
    return not is_differentiable(value) and open_container(value) is not None


def flat_function(
    function: Callable[..., Any], arguments: tuple[Any, ...], wrt: Sequence[Where] | None
) -> FlatFunction:
    """Return a function of the leaves of containers; one without containers as it is."""
    names = parameter_names(function)
    if not any(map(is_container, arguments)):
        return FlatFunction(function, arguments, wrt, names)
    wanted = None
    if wrt is not None:
        wanted = places_of(read_argnums(tuple(wrt))[0], function, read_arguments(arguments, {}))
    places, given, found = count(), [], []
    chosen: list[Where] = []
    for number, one in enumerate(arguments):
        name = names[number] if number < len(names) else f"argument {number}"
        for path, leaf in paths(one) if is_container(one) else [("", one)]:
            place = next(places)
            given.append(leaf)
            found.append(name + path)
            if wanted is not None and number in wanted:
                chosen.append(place)

    def of_leaves(*values: Any) -> Any:
        each = iter(values)
        return function(
            *[with_leaves(one, each) if is_container(one) else next(each) for one in arguments]
        )

    return FlatFunction(of_leaves, tuple(given), chosen if wrt is not None else None, tuple(found))


def components(function: Callable[..., Any], value: Any) -> list[Callable[..., Any]]:
    """Return a function for each leaf of what a function returns."""
    if not is_container(value):
        return [function]

    def component(place: int) -> Callable[..., Any]:
        return lambda *arguments: list(leaves(function(*arguments)))[place]

    return [component(place) for place, _ in enumerate(leaves(value))]
