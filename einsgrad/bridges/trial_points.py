"""A number and its derivatives at points that a method tries and may step back from."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np

from einsgrad.bridges.objective import Objective
from einsgrad.engine.binding import Array
from einsgrad.engine.refusals import MatrixError

_P = ParamSpec("_P")
_T = TypeVar("_T")

# Their line searches take an infinite value for a minimum, and stop at nan.
_STOP_AT_NAN = ("L-BFGS-B", "TNC")


def quietly(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Return a function that does not warn of what has no value.

    Examples
    --------
    >>> quietly(np.log)(-1.0)
    np.float64(nan)
    """

    @wraps(function)
    def called(*arguments: _P.args, **named: _P.kwargs) -> _T:
        with np.errstate(all="ignore"):
            return function(*arguments, **named)

    return called


@dataclass(frozen=True, eq=False)
class TrialPoints:
    """An objective where it may have no value, such as a logarithm left of 0, or a
    Cholesky factor of what is not positive definite.

    Parameters
    ----------
    objective
        The objective.
    method
        The name of the method that tries the points.
    """

    objective: Objective
    method: str

    @quietly
    def value(self, vector: Any) -> float:
        """Return the value, infinite where there is none, so that methods step back."""
        try:
            return self._told(self.objective.value(vector))
        except MatrixError:
            return self._told(math.nan)

    @quietly
    def value_and_gradient(self, vector: Any) -> tuple[float, Array]:
        """Return the same with the gradient."""
        try:
            value, gradient = self.objective.value_and_gradient(vector)
        except MatrixError:
            return self._told(math.nan), np.full(len(vector), np.nan)
        return self._told(value), gradient

    @quietly
    def hessian(self, vector: Any) -> Array:
        """Return the Hessian, with 0 where it is not finite.

        Methods factorise it also where they step back, and it only proposes steps: whether one
        is taken is decided by values.
        """
        try:
            found = self.objective.hessian(vector)
        except MatrixError:
            return np.zeros((len(vector), len(vector)))
        return np.nan_to_num(found, copy=False, nan=0.0, posinf=0.0, neginf=0.0)

    @quietly
    def product(self, vector: Any, direction: Any) -> Array:
        """Return the product of the Hessian with a direction."""
        return self.objective.product(vector, direction)

    def _told(self, value: float) -> float:
        return math.inf if math.isnan(value) and self.method not in _STOP_AT_NAN else value
