"""What scipy gives back, with arrays by name: results, and what a callback is told."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from einsgrad.bridges.packing import Packing
from einsgrad.errors import ArgumentTypeError, clip


def named_result(result: Any, packing: Packing, method: str) -> Any:
    """Put arrays by name into a result of scipy, and the method; the vector is `x_flat`."""
    result["x_flat"] = result["x"]
    result["x"] = packing.unpacked(result["x_flat"])
    result["method"] = method
    return result


def named_callback(callback: object, packing: Packing) -> Callable[..., Any] | None:
    """Return what scipy calls after each step for a callback that takes arrays by name.

    One whose only parameter is called `intermediate_result` is given a result, as by scipy.

    Raises
    ------
    ArgumentTypeError
        If it is none.
    """
    if callback is None:
        return None
    if not callable(callback):
        raise ArgumentTypeError(f"callback: a function is expected, not {clip(callback)}.")
    function: Callable[..., Any] = callback
    parameters = _parameters(function)
    if parameters == ["intermediate_result"]:

        def told_result(intermediate_result: Any) -> Any:
            copied = type(intermediate_result)(intermediate_result)
            return function(intermediate_result=named_result(copied, packing, ""))

        return told_result

    def told(vector: Any, *further: Any) -> Any:
        # trust-constr has more to tell, which few want to know.
        more = further if len(parameters) > 1 else ()
        return function(packing.unpacked(vector), *more)

    return told


def _parameters(function: Callable[..., Any]) -> list[str]:
    try:
        return list(inspect.signature(function).parameters)
    except ValueError:
        # Functions written in C may have none to show.
        return []
