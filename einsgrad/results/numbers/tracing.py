"""Numpy functions as expressions: what a function does at one call, with variables given."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.errors import ArgumentTypeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.capture import capturing
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary.numpy_along import hook_vectorize
from einsgrad.expressions.vocabulary.numpy_lists import LISTS_AS_ARRAYS
from einsgrad.results.numbers.arguments import Arguments, Place
from einsgrad.results.numbers.callables import name_of, parameter_names
from einsgrad.results.numbers.trees import leaves, open_container, with_leaves


@dataclass(frozen=True, slots=True)
class Trace:
    """What a function did at one call.

    Parameters
    ----------
    exprs
        What it returned, as expressions of the variables, as they were built: the leaves of
        containers, those that are arrays or numbers.
    result
        What it returned, as it was.
    variables
        The variable of each argument, and of each leaf of a container, that has one.
    captured
        A copy of each array that it met, by its variable.
    beside
        Of a function that returns its value and something beside it, the expressions in that.
    """

    exprs: tuple[Expr, ...]
    result: Any
    variables: Mapping[Place, Variable]
    captured: Mapping[Variable, Array]
    beside: tuple[Any, ...] = ()

    def without_auxiliary(self, function: Callable[..., Any], *, keep: bool) -> Trace:
        """Return the trace of the value alone, of a function that returns a pair.

        Raises
        ------
        ArgumentTypeError
            If it returns none.
        """
        if not isinstance(self.result, tuple) or len(self.result) != 2:
            raise ArgumentTypeError(
                f"{name_of(function)} returns {clip(self.result)}. With has_aux it returns a pair "
                "of its value and what is kept beside it. Return (value, auxiliary)."
            )
        value, auxiliary = self.result
        found = replace(self, exprs=self.exprs[: len(list(leaves(value)))], result=value)
        require_arrays(found, function)
        beside = tuple(one for one in leaves(auxiliary) if isinstance(one, Node))
        return replace(found, beside=beside) if keep else found


def trace_function(function: Callable[..., Any], arguments: Arguments) -> Trace:
    """Call a function with variables, and return what it did."""
    _hook_scipy()
    hook_vectorize()
    with capturing(arguments.expressions) as capture, LISTS_AS_ARRAYS:
        variables = arguments.variables(parameter_names(function), capture)
        result = arguments.call(function, variables)
        exprs = tuple([as_expr(one) for one in leaves(result) if _is_array(one)])
    return Trace(exprs, result, variables, capture.arrays)


def _hook_scipy() -> None:
    """Let scipy's functions take expressions; without scipy their tables are not loaded."""
    if "scipy" in sys.modules:
        from einsgrad.expressions.vocabulary.scipy_hooks import hook_scipy

        hook_scipy()


def with_symbols(result: Any, values: Iterator[Any]) -> Any:
    """Put values in the place of the expressions in what a function returned."""
    read = [next(values) if isinstance(one, Node) else one for one in leaves(result)]
    return with_leaves(result, iter(read))


def require_arrays(traced: Trace, function: Callable[..., Any]) -> None:
    """Refuse a function that returns something else than arrays, numbers and containers of them.

    Raises
    ------
    ArgumentTypeError
        If it does.
    """
    if not all(map(_is_array, leaves(traced.result))):
        raise _no_array(traced.result, function)


def require_something(traced: Trace, function: Callable[..., Any]) -> None:
    """Refuse to differentiate a function that returns nothing.

    Raises
    ------
    ArgumentTypeError
        If it does.
    """
    if traced.result is None:
        raise _no_array(traced.result, function)


def require_one(traced: Trace, function: Callable[..., Any]) -> None:
    """Refuse to differentiate a function that returns more than one array or number.

    Raises
    ------
    ArgumentTypeError
        If it does.
    """
    if len(traced.exprs) != 1 or open_container(traced.result) is not None:
        raise _no_array(traced.result, function)


def _is_array(value: object) -> bool:
    return isinstance(value, Node | int | float | complex | np.ndarray | np.generic)


def _no_array(result: object, function: Callable[..., Any]) -> ArgumentTypeError:
    return ArgumentTypeError(
        f"{name_of(function)} returns {clip(result)}. Return one array or number."
    )
