"""Checking numpy functions: products with their Jacobians, of any order, against differences.

A function of order two is a derivative of the first: the pullback of a fixed cotangent, or
the tangent along fixed directions. Its differences are those of a derivative that has been
checked, so that the reference of each order is the function itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from einsgrad.engine.binding import Array, as_array
from einsgrad.engine.random_arrays import random_like
from einsgrad.errors import (
    ArgumentError,
    ArgumentTypeError,
    DtypeError,
    GradientMismatch,
    as_sequence,
    clip,
)
from einsgrad.results.numbers.arguments import (
    Where,
    is_differentiable,
    read_arguments,
)
from einsgrad.results.numbers.callables import name_of
from einsgrad.results.numbers.function_products import function_jvp, function_vjp
from einsgrad.results.numbers.jitting import Jitted
from einsgrad.results.numbers.requests import places_of, read_argnums
from einsgrad.testing.comparison import (
    CENTRAL,
    Comparison,
    GradientReport,
    Setting,
    compare,
    merged,
    refuse_infinite,
)
from einsgrad.testing.finite_differences import directional_difference
from einsgrad.testing.flat_functions import components, flat_function
from einsgrad.testing.pullbacks import entry_size

Way: TypeAlias = Literal["fwd", "rev"]
WAYS: tuple[Way, ...] = get_args(Way)

_METHOD: Literal["central difference"] = "central difference"


@dataclass(frozen=True, slots=True)
class Checked:
    """A function that is checked at arguments.

    Parameters
    ----------
    function
        The function, of all arguments.
    what
        What it is, in words.
    arguments
        The arguments.
    places
        Where those stand that it is differentiated in.
    names
        The names of the arguments, for messages.
    """

    function: Callable[..., Any]
    what: str
    arguments: tuple[Any, ...]
    places: tuple[int, ...]
    names: tuple[str, ...]

    def argument(self, place: int) -> str:
        """Name an argument."""
        name = self.names[place] if place < len(self.names) else ""
        return f"argument {place}" + (f" ({name})" if name else "")

    def along(self, place: int) -> Callable[[Any], Any]:
        """Return the function of one argument; the others stay."""

        def function(point: Any) -> Any:
            before, behind = self.arguments[:place], self.arguments[place + 1 :]
            return np.asarray(self.function(*before, point, *behind))

        return function


def check_function(
    function: Callable[..., Any],
    arguments: Any,
    order: int,
    ways: Any,
    wrt: Sequence[Where] | None,
    setting: Setting,
) -> GradientReport:
    """Check the derivatives of a numpy function at arguments.

    Raises
    ------
    GradientMismatch
        If one differs from finite differences.
    ArgumentTypeError, ArgumentError, DtypeError
        If the arguments cannot be read, or there is nothing to check.
    """
    if not isinstance(arguments, tuple | list):
        raise ArgumentTypeError(
            f"args: a tuple with one entry for each argument is expected, not {clip(arguments)}. "
            "Write (x,) for a single one."
        )
    flat = flat_function(function, tuple(arguments), wrt)
    given = tuple(
        [as_array(one, "an argument") if is_differentiable(one) else one for one in flat.arguments]
    )
    places = _places(flat.function, given, flat.wrt)
    evaluable = _evaluable(flat.function, given)
    reports = [
        report
        for one in components(evaluable, evaluable(*given))
        for report in _checks(
            Checked(one, name_of(function), given, places, flat.names),
            order,
            _read_ways(ways),
            setting,
        )
    ]
    return merged(reports)


def _places(
    function: Callable[..., Any], arguments: tuple[Any, ...], wrt: Sequence[Where] | None
) -> tuple[int, ...]:
    if wrt is not None:
        named, _ = read_argnums(as_sequence(wrt, "wrt"), "wrt")
        found = places_of(named, function, read_arguments(arguments, {}))
    else:
        found = [place for place, one in enumerate(arguments) if is_differentiable(one)]
    if not found:
        raise DtypeError(
            "no argument is an array of floats, so there is no derivative to check. "
            "Give floats: 2.0 in place of 2."
        )
    return tuple([place for place in found if isinstance(place, int)])


def _read_ways(ways: Any) -> tuple[Way, ...]:
    found = as_sequence(ways, "modes")
    if not found or any(one not in WAYS for one in found):
        raise ArgumentError(f"modes={clip(ways)}: give 'fwd', 'rev' or both, as in ('fwd', 'rev').")
    return tuple(found)


def _evaluable(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Callable[..., Any]:
    """Return a function that has a value on arrays: one of einsgrad's functions is compiled."""
    try:
        function(*arguments)
    except ArgumentTypeError:
        return Jitted(function, (), ())
    return function


def _checks(
    checked: Checked, order: int, ways: tuple[Way, ...], setting: Setting
) -> Iterator[GradientReport]:
    for way in ways:
        check, derived = (
            (_check_tangents, _tangent) if way == "fwd" else (_check_pullback, _pulled_back)
        )
        yield from check(checked, setting)
        if order > 1:
            for inner in derived(checked, setting):
                for report in _checks(inner, order - 1, ways, setting):
                    yield replace(report, order=report.order + 1)


def _value_like(checked: Checked, seed: int) -> Array:
    value = as_array(checked.function(*checked.arguments), f"the value of {checked.what}")
    return np.asarray(random_like(value.shape, value.dtype, seed))


def _check_pullback(checked: Checked, setting: Setting) -> Iterator[GradientReport]:
    g = _value_like(checked, setting.seed)
    _, pullback = function_vjp(checked.function, checked.arguments, checked.places)
    for place, claimed in zip(checked.places, pullback(g), strict=True):
        point, function = checked.arguments[place], checked.along(place)

        def loss(x: Array, function: Any = function, point: Array = point) -> Any:
            total = np.sum(g * function(x))
            return total if point.dtype.kind == "c" else np.real(total)

        claim = np.asarray(claimed)
        size = np.full(point.shape, entry_size(claim, loss, point, _METHOD))
        what = f"{checked.argument(place)} of {checked.what}"
        yield compare(Comparison(what, loss, point, claim, size, _METHOD), setting)


def _check_tangents(checked: Checked, setting: Setting) -> Iterator[GradientReport]:
    for place in checked.places:
        direction = _direction(checked, place, setting)
        claimed = _tangent_along(checked.function, checked.arguments, place, direction)
        point = checked.arguments[place]
        with np.errstate(all="ignore"):
            slope = directional_difference(checked.along(place), point, direction, _METHOD)
        yield _compared(checked, place, np.asarray(claimed), np.asarray(slope), setting)


def _direction(checked: Checked, place: int, setting: Setting) -> Array:
    point = checked.arguments[place]
    return np.asarray(random_like(point.shape, point.dtype, setting.seed + 1))


def _tangent_along(
    function: Callable[..., Any], arguments: tuple[Any, ...], place: int, direction: Array
) -> Any:
    """Return the tangent of a function when one of its arguments moves."""
    tangents = [direction if one == place else None for one in range(len(arguments))]
    return function_jvp(function, arguments, tangents)[1]


def _compared(
    checked: Checked, place: int, claimed: Array, slope: Array, setting: Setting
) -> GradientReport:
    """Compare the entries of a tangent with differences.

    Raises
    ------
    GradientMismatch
        If they differ by more than the tolerance.
    """
    point = checked.arguments[place]
    value = np.asarray(checked.function(*checked.arguments))
    for one in (value, slope):
        refuse_infinite(one, f"{checked.argument(place)} of {checked.what}")
    size = sum(np.abs(one).max(initial=0.0) for one in (value, claimed, slope))
    scale = float(size * max(1.0, np.abs(point).max(initial=0.0))) or 1.0
    error = np.abs(claimed - slope) / scale
    worst = float(error.max(initial=0.0))
    if not worst <= (CENTRAL if setting.tolerance is None else setting.tolerance):
        entry = tuple(map(int, np.unravel_index(int(np.argmax(error)), error.shape)))
        raise GradientMismatch(
            f"the tangent of {checked.what} along {checked.argument(place)} is wrong at entry "
            f"{entry}: claimed {claimed[entry]:.10g}, {_METHOD} {slope[entry]:.10g}."
        )
    return GradientReport(1, slope.size, worst, 1, _METHOD)


def _pulled_back(checked: Checked, setting: Setting) -> Iterator[Checked]:
    """Yield the pullback of a fixed cotangent in each argument, a function of all."""
    g = _value_like(checked, setting.seed)
    for place in checked.places:

        def derivative(*arguments: Any, place: int = place) -> Any:
            return function_vjp(checked.function, arguments, (place,))[1](g)[0]

        what = f"the derivative of {checked.what} in {checked.argument(place)}"
        yield replace(checked, function=derivative, what=what)


def _tangent(checked: Checked, setting: Setting) -> Iterator[Checked]:
    """Yield the tangent along fixed directions in each argument, a function of all."""
    for place in checked.places:
        direction = _direction(checked, place, setting)

        def derivative(*arguments: Any, place: int = place, direction: Array = direction) -> Any:
            return _tangent_along(checked.function, arguments, place, direction)

        what = f"the tangent of {checked.what} along {checked.argument(place)}"
        yield replace(checked, function=derivative, what=what)
