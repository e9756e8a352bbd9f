"""Expressions as functions of jax, with derived tangents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

from einsgrad.bridges.orders import Differentiated
from einsgrad.bridges.stated_functions import BridgedFunction, require_library, stated
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.strings.equation import Equation


def jax(
    *targets: Expr | str | Equation,
    inputs: Sequence[Variable] | None = None,
    sizes: Mapping[str, int] | None = None,
) -> BridgedFunction:
    """Make a function of jax arrays, with the derived formulas as its tangents.

    It is a `jax.custom_jvp`: forward mode evaluates the derived tangent, and reverse mode
    transposes it. `jit`, `vmap`, `grad`, `hessian` and their kin take it.

    Parameters
    ----------
    targets
        Expressions, or one einsum string.
    inputs
        The variables, in the order of the arguments; of a string its operands.
    sizes
        Sizes of dims that no array tells.

    Returns
    -------
    callable
        A function of arrays. It returns an array, or a tuple where several expressions are given.

    Raises
    ------
    ArgumentError
        If jax is not installed, nothing is given, or a variable is not among the inputs.

    Examples
    --------
    >>> import jax
    >>> import einsgrad as eg
    >>> A, x = eg.variables("A[m,n] x[n]")
    >>> f = eg.bridges.jax(eg.sum_squares(A @ x), inputs=(A, x))
    >>> jax.jit(jax.grad(f, 1))(jax.numpy.eye(2), jax.numpy.ones(2)).tolist()
    [2.0, 2.0]
    """
    require_library("jax")
    return stated(targets, inputs, sizes, _with_tangents)


def _with_tangents(parts: Differentiated) -> Callable[..., tuple[Any, ...]]:
    """Return the function of expressions whose tangents are the derived ones."""
    library = import_module("jax")

    def value(*arrays: Any) -> tuple[Any, ...]:
        # A function of jax takes arrays of numpy, too.
        results: tuple[Any, ...] = parts.value(*map(library.numpy.asarray, arrays))
        return results

    function = library.custom_jvp(value)

    def tangents(primals: Sequence[Any], moved: Sequence[Any]) -> tuple[Any, Any]:
        places = [place for place, one in enumerate(moved) if one.dtype != library.dtypes.float0]
        wrt = tuple([parts.inputs[place] for place in places])
        pushed = parts.pushforward(wrt).value
        results = function(*primals)
        directions = [library.numpy.asarray(moved[place]) for place in places]
        found = pushed(*map(library.numpy.asarray, primals), *directions)
        pairs = zip(found, results, strict=True)
        return results, tuple([one.astype(result.dtype) for one, result in pairs])

    function.defjvp(tangents)
    bridged: Callable[..., tuple[Any, ...]] = function
    return bridged
