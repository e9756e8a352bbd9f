"""Jacobians of functions in a direction of one's choice; `jacobian` needs none.

A program contracts the factors of a Jacobian in the cheapest order, from whichever side. The
direction says how the factors are found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from einsgrad.api.given import as_function

if TYPE_CHECKING:
    from einsgrad.results.numbers.requests import Argnums


def jacfwd(target: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Any:
    """Return the Jacobian of a numpy function, derived forward, as `jax.jacfwd` does.

    Parameters
    ----------
    target
        A function of arrays that returns an array, a number, or a container of these.
    argnums
        The arguments by number or name.
    has_aux
        Whether the function returns a pair of its value and something else, which is returned
        beside the Jacobian.

    Returns
    -------
    callable
        A function of the same arguments. The axes of a Jacobian are the output's, then the
        argument's.

    Examples
    --------
    >>> import einsgrad as eg
    >>> import numpy as np
    >>> eg.jacfwd(lambda x: x * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    from einsgrad.results.numbers.of_functions import function_jacobian

    return function_jacobian(as_function(target), argnums, has_aux=has_aux)


def jacrev(target: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Any:
    """Return the Jacobian of a numpy function, derived in reverse, as `jax.jacrev` does.

    Parameters
    ----------
    target, argnums, has_aux
        As for `jacfwd`.

    Returns
    -------
    callable
        A function of the same arguments.

    Examples
    --------
    >>> import einsgrad as eg
    >>> import numpy as np
    >>> eg.jacrev(lambda x: np.sum(x * x))(np.array([1.0, 2.0]))
    array([2., 4.])
    """
    from einsgrad.results.numbers.of_functions import function_jacobian

    return function_jacobian(as_function(target), argnums, has_aux=has_aux, reverse=True)
