"""Derivatives of ordinary numpy functions, evaluated at their arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array, as_array
from einsgrad.errors import ArgumentError, ArgumentTypeError, DtypeError, as_sequence, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.current import innermost
from einsgrad.expressions.nodes import Variable
from einsgrad.results.numbers.arguments import (
    Arguments,
    Where,
    callable_name,
    has_floats,
    name_of,
    read_arguments,
)
from einsgrad.results.numbers.jitting import Jitted, is_symbolic
from einsgrad.results.numbers.prepared import Prepared
from einsgrad.results.numbers.requests import (
    Argnums,
    Forms,
    Request,
    alone,
    in_one_row,
    in_rows,
    read_argnums,
    together,
    with_one,
    with_several,
)
from einsgrad.results.numbers.tracing import Trace, trace_function
from einsgrad.results.numbers.transforms import (
    GRADIENT,
    HESSIAN,
    HESSIAN_PRODUCT,
    JACOBIAN,
    PULLBACK,
    PUSHFORWARD,
    TANGENT,
    VALUE,
    VALUE_AND_GRADIENT,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is asked of a function, at arguments.

    Parameters
    ----------
    prepared
        The program.
    values
        Arrays for the arguments, or expressions.
    met
        The arrays that the function met.
    is_symbolic
        Whether the result is an expression: within a trace whose values the function uses, or
        if it is called on expressions.
    forms
        The containers of the arguments, if one is a container.
    """

    prepared: Prepared
    values: Sequence[Any]
    met: Sequence[Array]
    is_symbolic: bool
    forms: Forms = None

    def at(self, *further: Any) -> Sequence[Any]:
        """Return the results, given the inputs beside the arguments."""
        if self.is_symbolic or any(isinstance(one, Node) for one in further):
            return self.prepared.substituted([*self.values, *further], self.met)
        inputs = self.prepared.inputs[len(self.values) :]
        arrays = [_as_real(one, symbol) for one, symbol in zip(further, inputs, strict=True)]
        return self.prepared.evaluate([*self.values, *arrays], self.met)

    def kept(self) -> Answer:
        """Return the same with copies of the arguments, which a user may change."""
        values = [one.copy("K") if isinstance(one, np.ndarray) else one for one in self.values]
        return replace(self, values=values)


def _as_real(value: Any, symbol: Variable) -> Array:
    """Return an array for an input beside the arguments, real if what it belongs to is."""
    array = as_array(value, symbol.name)
    if array.dtype.kind == "c" and not symbol.is_complex:
        raise DtypeError(
            f"{symbol.name} is complex, and what it belongs to is real. Give a real one."
        )
    return array


def _answers(
    function: Callable[..., Any],
    requests: Sequence[Request],
    arguments: tuple[Any, ...],
    keywords: Mapping[str, Any],
) -> list[tuple[Answer, Any]]:
    """Return the answer to each request, and what the function returned; it is traced once."""
    if isinstance(function, Jitted) and not is_symbolic(arguments, keywords):
        found = [function.asked(one).look_up(arguments, keywords) for one in requests]
        return [
            (Answer(ready.prepared, arrays, ready.frozen, False, ready.containers), ready.result)
            for ready, arrays in found
        ]
    given = read_arguments(arguments, keywords)
    places = [one.places(function, given) for one in requests]
    traced = trace_function(function, given)
    return [
        (_answer(one.prepare(traced, function, where), given, traced, forms), traced.result)
        for one, (where, forms) in zip(requests, places, strict=True)
    ]


def _answer(prepared: Prepared, given: Arguments, traced: Trace, forms: Forms) -> Answer:
    met = prepared.arrays_of(traced.captured)
    is_inner = bool(prepared.foreign) and innermost.get() is not None
    if is_inner or not given.are_arrays:
        return Answer(prepared, tuple(given.values.values()), met, True, forms)
    return Answer(prepared, given.arrays(tuple(traced.captured.values())), met, False, forms)


class Derived:
    """A derivative of a function, called with the function's arguments.

    Parameters
    ----------
    function
        The function.
    request
        Which derivative, and in which arguments.
    """

    def __init__(self, function: Callable[..., Any], request: Request) -> None:
        self.function = function
        self.request = request
        self._frozen = function.asked(request) if isinstance(function, Jitted) else None
        self.__wrapped__ = function
        self.__name__ = getattr(function, "__name__", type(function).__name__)

    def __reduce__(self) -> tuple[Any, ...]:
        return Derived, (self.function, self.request)

    def __repr__(self) -> str:
        kind = self.request.transform.name.lower()
        return f"{kind}({callable_name(self.function)}, argnums={self.request.argnums})"

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Evaluate the derivative."""
        if self._frozen is not None and self._frozen.is_for(arguments, keywords):
            return self._frozen(arguments, keywords)
        ((answer, result),) = _answers(self.function, [self.request], arguments, keywords)
        return self.request.arrange(result, answer.at(), answer.forms)


def function_gradient(
    function: Callable[..., Any], argnums: Argnums = 0, *, with_value: bool = False
) -> Derived:
    """Return the gradient of a numpy function, with or without its value."""
    places, is_alone = read_argnums(argnums)
    if with_value:
        arrange = with_one if is_alone else with_several
        return Derived(function, Request(VALUE_AND_GRADIENT, places, arrange))
    return Derived(function, Request(GRADIENT, places, alone if is_alone else together))


def function_jacobian(function: Callable[..., Any], argnums: Argnums = 0) -> Derived:
    """Return the Jacobian of a numpy function."""
    places, is_alone = read_argnums(argnums)
    return Derived(function, Request(JACOBIAN, places, alone if is_alone else together))


def function_hessian(function: Callable[..., Any], argnums: Argnums = 0) -> Derived:
    """Return the Hessian of a numpy function: of several arguments, its blocks."""
    places, is_alone = read_argnums(argnums)
    return Derived(function, Request(HESSIAN, places, in_one_row if is_alone else in_rows))


def function_vjp(
    function: Callable[..., Any], arguments: tuple[Any, ...], wrt: Sequence[Where] | None = None
) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """Evaluate a numpy function, and return its pullback: in all arrays, or in some arguments."""
    if wrt is None:
        wrt = _places_of_floats(arguments)
    places, _ = read_argnums(as_sequence(wrt, "wrt"), "wrt")
    asked = [Request(VALUE, (), together), Request(PULLBACK, places, together)]
    (value, _), (products, _) = _answers(function, asked, arguments, {})
    kept = products.kept()

    def pullback(cotangent: Any) -> tuple[Any, ...]:
        found: tuple[Any, ...] = together(None, kept.at(cotangent), products.forms)
        return found

    return value.at()[0], pullback


def _places_of_floats(arguments: tuple[Any, ...]) -> list[int]:
    places = [place for place, one in enumerate(arguments) if has_floats(one)]
    if not places:
        raise DtypeError(
            "no argument is an array of floats, so there is no derivative. "
            "Give floats: 2.0 in place of 2."
        )
    return places


def function_linearize(
    function: Callable[..., Any], arguments: tuple[Any, ...]
) -> tuple[Any, Callable[..., Any]]:
    """Evaluate a numpy function, and return its Jacobian there as a function of tangents."""
    places = _places_of_floats(arguments)
    asked = [Request(VALUE, (), together), Request(PUSHFORWARD, tuple(places), together)]
    (value, _), (products, _) = _answers(function, asked, arguments, {})
    kept = products.kept()

    def pushforward(*tangents: Any) -> Any:
        _refuse_tangents(tangents, len(arguments), places)
        return kept.at(*[tangents[place] for place in places])[0]

    return value.at()[0], pushforward


def _refuse_tangents(tangents: tuple[Any, ...], count: int, places: Sequence[int]) -> None:
    if len(tangents) != count:
        raise ArgumentError(
            f"{count} arguments and {len(tangents)} tangents are given. "
            "Give a tangent for each argument, or None for one that is no array of floats."
        )
    for place, one in enumerate(tangents):
        if (one is None) is (place in places):
            kind = "an" if one is None else "no"
            remedy = "a tangent, zeros where it does not change" if one is None else "None"
            raise ArgumentTypeError(
                f"argument {place} is {kind} array of floats, and its tangent is {clip(one)}. "
                f"Give {remedy}."
            )


def function_jvp(function: Callable[..., Any], primals: Any, tangents: Any) -> tuple[Any, Any]:
    """Evaluate a numpy function, and its Jacobian times tangents."""
    arguments = _as_arguments(primals, "primals")
    moved = _as_arguments(tangents, "tangents")
    if len(moved) != len(arguments):
        raise ArgumentError(
            f"{len(arguments)} arguments and {len(moved)} tangents are given. "
            "Give a tangent for each argument, or None where it does not change."
        )
    places = tuple([place for place, one in enumerate(moved) if one is not None])
    request = Request(TANGENT, places, together)
    ((answer, _),) = _answers(function, [request], arguments, {})
    value, tangent = answer.at(*[one for one in moved if one is not None])
    return value, tangent


class HessianProduct:
    """The Hessian of a function times a vector, called as scipy's `hessp`.

    Parameters
    ----------
    function
        The function.
    argnums
        The arguments to differentiate in.
    """

    def __init__(self, function: Callable[..., Any], argnums: Argnums = 0) -> None:
        places, is_alone = read_argnums(argnums)
        self.function = function
        self.argnums = argnums
        self._is_alone = is_alone
        self._request = Request(HESSIAN_PRODUCT, places, alone if is_alone else together)
        self.__name__ = getattr(function, "__name__", type(function).__name__)

    def __reduce__(self) -> tuple[Any, ...]:
        return HessianProduct, (self.function, self.argnums)

    def __repr__(self) -> str:
        return f"hvp({callable_name(self.function)}, argnums={self.argnums})"

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Evaluate the product, given the function's arguments with the vector second."""
        if len(arguments) < 2:
            raise ArgumentError(
                f"hvp of {name_of(self.function)} takes the first argument, then the vector, then "
                f"the others, and {len(arguments)} are given by position. Write hvp(f)(x, v)."
            )
        first, vector, *others = arguments
        return self.at((first, *others), vector, keywords)

    def at(self, arguments: tuple[Any, ...], vector: Any, keywords: Mapping[str, Any]) -> Any:
        """Evaluate the product, given the vector apart."""
        vectors = [vector] if self._is_alone else self._vectors(vector)
        ((answer, result),) = _answers(self.function, [self._request], arguments, keywords)
        return self._request.arrange(result, answer.at(*vectors), answer.forms)

    def _vectors(self, given: Any) -> Sequence[Any]:
        places = self._request.argnums or ()
        if not isinstance(given, tuple | list) or len(given) != len(places):
            raise ArgumentError(
                f"argnums names {len(places)} arguments, so the vector is a tuple with one entry "
                f"for each, not {clip(given)}. Write hvp(f, argnums=0) for a single one."
            )
        return given


def function_hvp(
    function: Callable[..., Any], primals: Any, vector: Any, argnums: Argnums = 0
) -> Any:
    """Evaluate the Hessian of a numpy function times a vector."""
    arguments = _as_arguments(primals, "primals")
    return HessianProduct(function, argnums).at(arguments, vector, {})


def _as_arguments(given: Any, what: str) -> tuple[Any, ...]:
    if not isinstance(given, tuple | list):
        raise ArgumentTypeError(
            f"{what}: a tuple with one entry for each argument is expected, not {clip(given)}. "
            "Write (x,) for a single one."
        )
    return tuple(given)
