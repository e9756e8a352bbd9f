"""The pullback of an einsum on arrays: what it needs is found once, then it is only called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array, as_array
from einsgrad.engine.compiled import Compiled
from einsgrad.errors import ShapeError, clip


@dataclass(frozen=True, eq=False, slots=True)
class Plan:
    """What a pullback needs that depends on shapes and dtypes only.

    Parameters
    ----------
    value
        The function of the operands for the einsum's value.
    cotangents
        The function of operands and cotangent for the operands' cotangents.
    shape
        The shape of the value.
    dtype
        The common dtype of the operands.
    """

    value: Callable[..., Any]
    cotangents: Compiled
    shape: tuple[int, ...]
    dtype: np.dtype[Any]


@dataclass(frozen=True, eq=False, slots=True)
class Pullback:
    """The transposed Jacobian of an einsum at given operands, as a function of the cotangent.

    Parameters
    ----------
    plan
        The functions to call.
    operands
        The operands, those of one name once.
    """

    plan: Plan
    operands: tuple[Array, ...]

    def __call__(self, cotangent: Any) -> tuple[Any, ...]:
        """Return a cotangent for each operand, of the operand's shape.

        Raises
        ------
        ShapeError
            If the cotangent's shape is not that of the value.
        """
        plan = self.plan
        g = cotangent
        if type(g) is not np.ndarray or g.shape != plan.shape or g.dtype != plan.dtype:
            g = self._converted(cotangent)
        cotangents: tuple[Any, ...] = plan.cotangents(*self.operands, g)
        return cotangents

    def _converted(self, cotangent: Any) -> Array:
        dtype, shape = self.plan.dtype, self.plan.shape
        g = as_array(cotangent, "the cotangent")
        if isinstance(cotangent, int | float | complex):
            # A plain number does not widen single precision.
            g = g.astype(np.result_type(cotangent, dtype))
        if g.shape != shape:
            raise ShapeError(
                f"the cotangent has shape {clip(g.shape)}, the value {clip(shape)}. "
                "Give it the value's shape."
            )
        # A cotangent of integers is one of numbers: the operands' dtype takes part.
        return g.astype(np.result_type(g, dtype), copy=False)
