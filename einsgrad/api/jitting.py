"""What a user traces a function with once and for all: the explicit way to freeze it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from einsgrad.api.given import as_function
from einsgrad.errors import ArgumentTypeError, as_names, as_text, clip
from einsgrad.expressions.construct import as_whole

if TYPE_CHECKING:
    from einsgrad.results.numbers.jitting import Jitted


def jit(
    function: Callable[..., Any],
    static_argnums: int | Sequence[int] = (),
    static_argnames: str | Sequence[str] = (),
) -> Jitted:
    """Trace a numpy function once for each signature of its arguments, and keep its program.

    The derivatives of such a function are kept, too: `grad(jit(f))` neither calls `f` again
    nor compares expressions, so that a call costs what one of a compiled expression costs.

    **What the function reads from outside is frozen**, as in JAX: attributes, globals, arrays
    and random numbers are those of the first call with a signature, also if they change later.
    Whatever changes has to be an argument. Without `jit`, derivatives see every change.

    Parameters
    ----------
    function
        A function of arrays and numbers, which returns arrays and numbers, alone or in tuples,
        lists and dicts.
    static_argnums, static_argnames
        The arguments, by number or by name, whose value is part of the signature; they have to
        be hashable. Integers, booleans, strings, None and tuples of these are part of it
        unasked, and 1, True and 1.0 are different. Of arrays and floats a signature has
        shapes and dtypes.

    Returns
    -------
    callable
        The function, evaluated by a program; `grad`, `jacobian`, `hessian`, `vjp`, `jvp` and
        `hvp` take it as any function. Within the trace of another function it is called as
        it is.

    Raises
    ------
    ArgumentTypeError
        If no function is given; when called, if an argument is neither an array nor hashable.
    ArgumentError
        If the function has no such static argument.

    Examples
    --------
    >>> import einsgrad as eg
    >>> import numpy as np
    >>> calls = []
    >>> def loss(x, power):
    ...     calls.append(power)
    ...     return np.sum(x**power)
    >>> gradient = eg.grad(eg.jit(loss))
    >>> for power in (2, 2, 3):
    ...     print(gradient(np.ones(2), power))
    [2. 2.]
    [2. 2.]
    [3. 3.]
    >>> calls
    [2, 3]
    """
    from einsgrad.results.numbers.jitting import Jitted

    return Jitted(as_function(function), _places(static_argnums), _names(static_argnames))


def _places(given: Any) -> list[int]:
    is_sequence = isinstance(given, Iterable) and as_whole(given) is None
    places = [as_whole(one) for one in given] if is_sequence else [as_whole(given)]
    known = [place for place in places if place is not None]
    if len(known) < len(places):
        raise ArgumentTypeError(
            f"static_argnums: {clip(given)} is no number of an argument, and no sequence of them. "
            "Give names as static_argnames."
        )
    return known


def _names(given: Any) -> tuple[str, ...]:
    names = as_names(given, "static_argnames")
    for name in names:
        as_text(name, "static_argnames")
    return names
