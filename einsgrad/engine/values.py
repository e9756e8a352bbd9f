"""The values of table functions on numpy arrays."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from einsgrad.engine import stable
from einsgrad.errors import ArgumentError
from einsgrad.expressions.tables.rows import Elementwise, MatrixFunction, Reduction

Row = Elementwise | Reduction | MatrixFunction


def call(row: Row, *arguments: Any) -> Any:
    """Evaluate a function of the tables.

    Raises
    ------
    ArgumentError
        If it needs scipy, which is not installed.

    Examples
    --------
    >>> from einsgrad.expressions.tables.rows import elementwise_row
    >>> call(elementwise_row("tanh"), np.zeros(2))
    array([0., 0.])
    """
    return compiled(row)(*arguments)


@cache
def compiled(row: Row) -> Callable[..., Any]:
    """Turn the numpy column of a row into a function."""
    if callable(row.numpy):
        return row.numpy
    parameters = "x, axis" if isinstance(row, Reduction) else "x, y, z"
    names: dict[str, Any] = {
        "np": np,
        "stable": stable,
        "limit": float(np.finfo(float).max),
        "log_limit": 709.0,
    }
    if "special." in row.numpy:
        names["special"] = _Special(row.name)
    count = row.arity if isinstance(row, Elementwise) else 2
    used = ", ".join(parameters.split(", ")[:count]) if isinstance(row, Elementwise) else parameters
    if isinstance(row, MatrixFunction):
        used = "x"
    # The text comes from the tables of this package, never from a user.
    function: Callable[..., Any] = eval(f"lambda {used}: {row.numpy}", names)
    return function


class _Special:
    """scipy's special functions, with the error function of the standard library without it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, function: str) -> Any:
        try:
            from scipy import special
        except ImportError:
            if function == "erf":
                return _erf
            raise ArgumentError(
                f"{self._name} is evaluated by scipy, which is not installed. "
                "Install it: pip install 'einsgrad[special]'."
            ) from None
        return getattr(special, function)


def _erf(x: Any) -> Any:
    from math import erf

    return np.vectorize(erf, otypes=[float])(x)
