"""Products with the derivatives of numpy functions: pullbacks, pushforwards, Hessian products."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError, DtypeError, as_sequence, clip
from einsgrad.results.numbers.answers import answers_to
from einsgrad.results.numbers.arguments import Where, has_floats
from einsgrad.results.numbers.arrangements import (
    alone,
    as_returned,
    as_returned_twice,
    entries_like,
    together,
)
from einsgrad.results.numbers.callables import callable_name, name_of
from einsgrad.results.numbers.requests import Argnums, Request, auxiliary, read_argnums
from einsgrad.results.numbers.transforms import (
    HESSIAN_PRODUCT,
    PULLBACK,
    PUSHFORWARD,
    TANGENT,
    VALUE,
)
from einsgrad.results.numbers.trees import entries_of


def function_vjp(
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    wrt: Sequence[Where] | None = None,
    *,
    has_aux: bool = False,
) -> tuple[Any, ...]:
    """Evaluate a numpy function, and return its pullback: in all arrays, or in some arguments."""
    if wrt is None:
        wrt = _places_of_floats(arguments)
    places, _ = read_argnums(as_sequence(wrt, "wrt"), "wrt")
    value = Request(VALUE, (), as_returned, auxiliary(has_aux))
    products = Request(PULLBACK, places, together, auxiliary(has_aux, "dropped"))
    (first, result), (second, _) = answers_to(function, [value, products], arguments, {})
    held, returned = second.kept(), result[0] if has_aux else result

    def pullback(cotangent: Any) -> tuple[Any, ...]:
        cotangents = entries_of(cotangent, returned, "the cotangent")
        found: tuple[Any, ...] = together(None, held.at(*cotangents), held.containers)
        return found

    found = value.arranged(result, first.at(), None)
    return (found[0], pullback, found[1]) if has_aux else (found, pullback)


def _places_of_floats(arguments: tuple[Any, ...]) -> list[int]:
    places = [place for place, one in enumerate(arguments) if has_floats(one)]
    if not places:
        raise DtypeError(
            "no argument is an array of floats, so there is no derivative. "
            "Give floats: 2.0 in place of 2."
        )
    return places


def function_linearize(
    function: Callable[..., Any], arguments: tuple[Any, ...], *, has_aux: bool = False
) -> tuple[Any, ...]:
    """Evaluate a numpy function, and return its Jacobian there as a function of tangents."""
    places = _places_of_floats(arguments)
    value = Request(VALUE, (), as_returned, auxiliary(has_aux))
    moves = Request(PUSHFORWARD, tuple(places), as_returned, auxiliary(has_aux, "dropped"))
    (first, result), (second, _) = answers_to(function, [value, moves], arguments, {})
    held = second.kept()

    def pushforward(*tangents: Any) -> Any:
        _refuse_tangents(tangents, len(arguments), places)
        given = entries_like([tangents[place] for place in places], held.containers, "the tangent")
        return moves.arranged(result, held.at(*given), None)

    found = value.arranged(result, first.at(), None)
    return (found[0], pushforward, found[1]) if has_aux else (found, pushforward)


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


def function_jvp(
    function: Callable[..., Any], primals: Any, tangents: Any, *, has_aux: bool = False
) -> tuple[Any, ...]:
    """Evaluate a numpy function, and its Jacobian times tangents."""
    arguments = _as_arguments(primals, "primals")
    moved = _as_arguments(tangents, "tangents")
    if len(moved) != len(arguments):
        raise ArgumentError(
            f"{len(arguments)} arguments and {len(moved)} tangents are given. "
            "Give a tangent for each argument, or None where it does not change."
        )
    places = tuple([place for place, one in enumerate(moved) if one is not None])
    request = Request(TANGENT, places, as_returned_twice, auxiliary(has_aux))
    ((answer, result),) = answers_to(function, [request], arguments, {})
    given = entries_like([moved[place] for place in places], answer.containers, "the tangent")
    found = request.arranged(result, answer.at(*given), None)
    return (*found[0], found[1]) if has_aux else found


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
        ((answer, result),) = answers_to(self.function, [self._request], arguments, keywords)
        found = answer.at(*entries_like(vectors, answer.containers, "the vector"))
        return self._request.arranged(result, found, answer.containers)

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
