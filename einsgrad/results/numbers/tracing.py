"""Numpy functions as expressions: what a function does at one call, with variables given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.errors import ArgumentTypeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.capture import capturing
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary.scipy_hooks import hook_scipy
from einsgrad.results.numbers.arguments import Arguments, Place, name_of, parameter_names
from einsgrad.results.numbers.trees import leaves, open_container


@dataclass(frozen=True, slots=True)
class Trace:
    """What a function did at one call.

    Parameters
    ----------
    exprs
        What it returned, as expressions of the variables, as they were built.
    result
        What it returned, as it was: the expressions may stand in tuples, lists and dicts.
    variables
        The variable of each argument, and of each leaf of a container, that has one.
    captured
        A copy of each array that it met, by its variable.
    """

    exprs: tuple[Expr, ...]
    result: Any
    variables: Mapping[Place, Variable]
    captured: Mapping[Variable, Array]


def trace_function(function: Callable[..., Any], arguments: Arguments) -> Trace:
    """Call a function with variables, and return what it did."""
    hook_scipy()
    with capturing(arguments.expressions) as capture:
        variables = arguments.variables(parameter_names(function), capture)
        result = arguments.call(function, variables)
        exprs = tuple([_as_result(one, function) for one in leaves(result)])
    return Trace(exprs, result, variables, capture.arrays)


def require_one(traced: Trace, function: Callable[..., Any]) -> None:
    """Refuse to differentiate a function that returns more than one array or number.

    Raises
    ------
    ArgumentTypeError
        If it does.
    """
    if len(traced.exprs) != 1 or open_container(traced.result) is not None:
        raise _no_array(traced.result, function)


def _as_result(value: Any, function: Callable[..., Any]) -> Expr:
    if not isinstance(value, Node | int | float | complex | np.ndarray | np.generic):
        raise _no_array(value, function)
    return as_expr(value)


def _no_array(result: object, function: Callable[..., Any]) -> ArgumentTypeError:
    return ArgumentTypeError(
        f"{name_of(function)} returns {clip(result)}. Return one array or number."
    )
