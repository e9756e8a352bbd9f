"""Derivatives of ordinary numpy functions, evaluated at their arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from einsgrad.results.numbers.answers import derivative_at
from einsgrad.results.numbers.arrangements import (
    alone,
    each_alone,
    each_together,
    in_one_row,
    in_rows,
    together,
    with_one,
    with_several,
)
from einsgrad.results.numbers.callables import callable_name
from einsgrad.results.numbers.jitting import Jitted
from einsgrad.results.numbers.requests import Argnums, Request, auxiliary, read_argnums
from einsgrad.results.numbers.transforms import (
    GRADIENT,
    HESSIAN,
    JACOBIAN,
    JACOBIAN_IN_REVERSE,
    VALUE_AND_GRADIENT,
)


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
        if self._frozen is not None:
            found = self._frozen.ready_for(arguments, keywords)
            if found is not None:
                return self._frozen.arranged(*found)
        return derivative_at(self.function, self.request, arguments, keywords)


def function_gradient(
    function: Callable[..., Any],
    argnums: Argnums = 0,
    *,
    with_value: bool = False,
    has_aux: bool = False,
) -> Derived:
    """Return the gradient of a numpy function, with or without its value."""
    places, is_alone = read_argnums(argnums)
    if with_value:
        arrange = with_one if is_alone else with_several
        return Derived(function, Request(VALUE_AND_GRADIENT, places, arrange, auxiliary(has_aux)))
    arrange = alone if is_alone else together
    return Derived(function, Request(GRADIENT, places, arrange, auxiliary(has_aux)))


def function_jacobian(
    function: Callable[..., Any],
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    reverse: bool = False,
) -> Derived:
    """Return the Jacobians of what a numpy function returns."""
    places, is_alone = read_argnums(argnums)
    arrange = each_alone if is_alone else each_together
    transform = JACOBIAN_IN_REVERSE if reverse else JACOBIAN
    return Derived(function, Request(transform, places, arrange, auxiliary(has_aux)))


def function_hessian(
    function: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False
) -> Derived:
    """Return the Hessian of a numpy function: of several arguments, its blocks."""
    places, is_alone = read_argnums(argnums)
    arrange = in_one_row if is_alone else in_rows
    return Derived(function, Request(HESSIAN, places, arrange, auxiliary(has_aux)))
