"""Calls of scipy's solvers, whose refusals become errors of this package."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from einsgrad.bridges import named_results
from einsgrad.errors import ArgumentError, EinsgradError, printable


def call_scipy(solver: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Call a solver of scipy.

    Raises
    ------
    ArgumentError
        If scipy refuses what it is given. What a callback raises passes through as it is.
    """
    try:
        return solver(*arguments, **named)
    except (TypeError, ValueError) as error:
        if isinstance(error, EinsgradError) or not _is_scipys(error):
            raise
        reason = printable(" ".join(str(error).split())).rstrip(".")
        raise ArgumentError(
            f"scipy refuses what it is given: {reason}. Its documentation says what it takes."
        ) from error


def _is_scipys(error: BaseException) -> bool:
    """Tell whether scipy raised an error, and not what a callback calls."""
    trace, name = error.__traceback__, ""
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if name == named_results.__name__:
            return False
        trace = trace.tb_next
    return name.startswith("scipy.")
