"""The arguments of a numpy function: which of them are variables, and the arrays for these."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from inspect import signature
from typing import Any, TypeAlias

import numpy as np

from einsgrad.engine.binding import refuse_lost_meaning
from einsgrad.engine.namespaces import known_shape, one_namespace
from einsgrad.errors import ArgumentTypeError, EinsgradError, shorten
from einsgrad.expressions.base import Node
from einsgrad.expressions.capture import Capture
from einsgrad.expressions.foreign_arrays import kind_of_entries, namespace_of
from einsgrad.expressions.kinds import kind_of
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.shaping import as_expr
from einsgrad.results.numbers.callables import name_of
from einsgrad.results.numbers.trees import leaves, paths, with_leaves

Where: TypeAlias = "int | str"
Place: TypeAlias = "int | str | tuple[int | str, str]"
"""Where an argument stands; for a leaf of a container also the path to it."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a function is called with.

    Parameters
    ----------
    positional, keywords
        The arguments, as they were given.
    values
        By place or keyword those that become variables: arrays, numbers of Python, and
        expressions; of a container, its leaves.
    containers
        The places of arguments that are containers with such leaves.
    """

    positional: tuple[Any, ...]
    keywords: Mapping[str, Any]
    values: Mapping[Place, Any]
    containers: frozenset[Where] = frozenset()

    @property
    def are_arrays(self) -> bool:
        """Tell whether none of them is an expression."""
        return not self.expressions

    @property
    def expressions(self) -> list[Expr]:
        """Those that are expressions."""
        return [as_expr(value) for value in self.values.values() if isinstance(value, Node)]

    def given(self, place: Where) -> Any:
        """Return the argument at a place, or of a keyword, as it was given."""
        return self.keywords[place] if isinstance(place, str) else self.positional[place]

    def variables(self, names: Sequence[str], capture: Capture) -> dict[Place, Variable]:
        """Return a variable for each of the values, named as the function names it."""
        # An argument by position only may share its name with a keyword.
        taken = self.keywords
        names = [name if name not in taken else "" for name in names] if taken else names
        variables = {
            place: _variable(_name(place, names), value, capture)
            for place, value in self.values.items()
        }
        capture.given.update(zip(variables.values(), self.values.values(), strict=True))
        return variables

    def call(self, function: Callable[..., Any], variables: Mapping[Place, Variable]) -> Any:
        """Call a function with variables in the place of their values."""
        positional = [variables.get(place, one) for place, one in enumerate(self.positional)]
        keywords = {name: variables.get(name, one) for name, one in self.keywords.items()}
        for where in self.containers:
            given = self.given(where)
            found = iter([variables.get((where, path), one) for path, one in paths(given)])
            if isinstance(where, str):
                keywords[where] = with_leaves(given, found)
            else:
                positional[where] = with_leaves(given, found)
        try:
            return function(*positional, **keywords)
        except (TypeError, ValueError) as error:
            if isinstance(error, TypeError):
                _refuse_other_arguments(function, positional, keywords)
            elif isinstance(error.__cause__, EinsgradError) and str(error) == _BY_NUMPY:
                raise error.__cause__ from None
            raise

    def arrays(self, met: Sequence[Any] = ()) -> list[Any]:
        """Return an array for each of the values.

        A number of Python gets the precision of the arrays that are given and of those that
        were met, as in numpy.
        """
        found = list(self.values.values())
        if not any(map(_is_weak, found)):
            return found
        if any(namespace_of(one) is not None for one in (*found, *met)):
            return of_one_library(found, met)
        strong = [one.dtype for one in (*found, *met) if not _is_weak(one)]
        return [
            np.asarray(one, np.result_type(*strong, one)) if _is_weak(one) else one for one in found
        ]


_BY_NUMPY = "setting an array element with a sequence."
"""What numpy puts in the place of an expression's own refusal to be an entry of an array."""


def _refuse_other_arguments(
    function: Callable[..., Any], positional: Sequence[Any], keywords: Mapping[str, Any]
) -> None:
    """Refuse arguments that a function does not have: it has raised, maybe for that."""
    try:
        form = signature(function, follow_wrapped=False)
    except (TypeError, ValueError):
        return
    try:
        form.bind(*positional, **keywords)
    except TypeError as error:
        raise ArgumentTypeError(
            f"{name_of(function)}{shorten(str(form))}: {error}. Give the arguments of the function."
        ) from None


def read_arguments(
    positional: tuple[Any, ...],
    keywords: Mapping[str, Any],
    kinds: str = "fc",
    static: Collection[Where] = (),
) -> Arguments:
    """Find the arguments that become variables.

    Parameters
    ----------
    positional, keywords
        The arguments.
    kinds
        The kinds of dtypes that do.
    static
        Places and keywords of arguments that do not.

    Examples
    --------
    >>> read_arguments((2.0, 3, "text"), {"scale": 0.5}).values
    {0: 2.0, 'scale': 0.5}
    """
    values: dict[Place, Any] = {}
    containers: set[Where] = set()
    given: list[tuple[Where, Any]] = [*enumerate(positional), *keywords.items()]
    for place, argument in given:
        if place in static:
            continue
        value = _as_value(argument, kinds)
        if value is not None:
            values[place] = value
            continue
        found = _leaf_values(place, argument, kinds)
        if found:
            values.update(found)
            containers.add(place)
    return Arguments(positional, keywords, values, frozenset(containers))


def _leaf_values(place: Where, argument: Any, kinds: str) -> dict[Place, Any]:
    """Return the leaves of a container that become variables."""
    found = [(path, _as_leaf(leaf, kinds)) for path, leaf in paths(argument) if path]
    return {(place, path): value for path, value in found if value is not None}


def is_differentiable(argument: object) -> bool:
    """Tell whether an argument has a derivative: floats, complex numbers, expressions."""
    return _as_value(argument, "fc") is not None


def has_floats(argument: object) -> bool:
    """Tell whether an argument has a derivative, or is a container of such leaves.

    A container without any entry has a derivative, which is as empty; None is a default.

    Examples
    --------
    >>> has_floats(2.0), has_floats({"a": [2.0]}), has_floats({"a": 2}), has_floats({})
    (True, True, False, True)
    """
    if isinstance(argument, dict | tuple) and not argument:
        return True
    return is_differentiable(argument) or any(map(is_differentiable, leaves(argument)))


def is_whole(argument: object) -> bool:
    """Tell whether an argument has integers or booleans, which have no derivative.

    Examples
    --------
    >>> is_whole(2), is_whole([True, False]), is_whole("2"), is_whole(2.0)
    (True, True, False, False)
    """
    if is_differentiable(argument):
        return False
    return isinstance(argument, int) or _as_value(argument, "biu") is not None


def _as_value(argument: Any, kinds: str) -> Any:
    """Return what stands for a variable: an array, a number, an expression; else None."""
    if isinstance(argument, np.ndarray):
        return argument if argument.dtype.kind in kinds else None
    if namespace_of(argument) is not None:
        return argument if kind_of_entries(argument) in tuple(kinds) else None
    if isinstance(argument, np.generic):
        return np.asarray(argument) if argument.dtype.kind in kinds else None
    if isinstance(argument, float | complex | Node):
        return argument
    if not isinstance(argument, list) or holds_arrays(argument):
        return None
    return _as_numbers(argument, kinds)


def holds_arrays(argument: list[Any]) -> bool:
    """Tell whether a list is a container of arrays, and no array written as numbers."""
    return any(
        holds_arrays(one)
        if isinstance(one, list)
        else isinstance(one, np.ndarray | Node) or namespace_of(one) is not None
        for one in argument
    )


def _as_leaf(leaf: Any, kinds: str) -> Any:
    if isinstance(leaf, np.ndarray):
        refuse_lost_meaning(leaf, "an array in a container")
    return _as_value(leaf, kinds)


def _as_numbers(argument: list[Any], kinds: str) -> Any:
    try:
        array = np.asarray(argument)
    except (ValueError, TypeError, EinsgradError):
        return None
    if array.dtype.kind not in kinds:
        return None
    refuse_lost_meaning(argument, "the list of an argument")
    return array


def _is_weak(value: object) -> bool:
    return isinstance(value, float | complex)


def _name(place: Place, names: Sequence[str]) -> str:
    if isinstance(place, tuple):
        return _name(place[0], names) + place[1]
    if isinstance(place, str):
        return place if place.isidentifier() else f"argument {place!r}"
    # Of a function without names; a name in Python has no space.
    name = names[place] if place < len(names) else ""
    return name or f"argument {place}"


def _variable(name: str, value: Any, capture: Capture) -> Variable:
    if isinstance(value, Node):
        return capture.named(name, value.shape, kind_of(as_expr(value)))
    if isinstance(value, float | complex):
        return capture.named(name, (), "c" if isinstance(value, complex) else "f")
    if namespace_of(value) is not None:
        return capture.named(name, known_shape(value, name), kind_of_entries(value))
    return capture.named(name, value.shape, value.dtype.kind)


def of_one_library(values: Sequence[Any], met: Sequence[Any]) -> list[Any]:
    """Return values as arrays of the library that some of them, or arrays beside them, are of."""
    names = [f"argument {place}" for place in range(len(values))]
    others = ["an array that the function uses"] * len(met)
    return [*one_namespace([*values, *met], [*names, *others])][: len(values)]
