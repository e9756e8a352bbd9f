"""What a user linearizes a function with: its value, and its Jacobian as a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from einsgrad.api.given import as_function


def linearize(target: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """Evaluate a numpy function, and return its Jacobian there as a function of tangents.

    Parameters
    ----------
    target
        A function of arrays that returns an array, a number or a container of these.
    primals
        Its arguments.
    has_aux
        Whether the function returns a pair of its value and something else, which is returned
        behind the pushforward.

    Returns
    -------
    (value, pushforward)
        The pushforward takes a tangent for each argument, of its shape, and returns the
        tangent of the value, as `jvp` does; None for an argument that is no array of floats.
        The function is called only once, however many tangents follow.

    Raises
    ------
    DtypeError
        If no argument is an array of floats.

    Examples
    --------
    >>> import einsgrad as eg
    >>> import numpy as np
    >>> value, pushforward = eg.linearize(lambda x: x * x, np.array([1.0, 2.0]))
    >>> value
    array([1., 4.])
    >>> pushforward(np.array([1.0, 0.0])), pushforward(np.array([0.0, 1.0]))
    (array([2., 0.]), array([0., 4.]))
    """
    from einsgrad.results.numbers.function_products import function_linearize

    return function_linearize(as_function(target), primals, has_aux=has_aux)
