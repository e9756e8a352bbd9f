"""The pullback of an einsum on arrays: what it needs is found once, then it is only called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array, as_array, as_input
from einsgrad.engine.compiled import Compiled
from einsgrad.engine.foreign_values import with_dtype
from einsgrad.engine.namespaces import beside, known_shape
from einsgrad.errors import ShapeError, clip
from einsgrad.expressions.foreign_arrays import namespace_of

Copies = Callable[..., tuple[Array, ...]]


@cache
def copies_of(needed: tuple[bool, ...], copied: str = "{0}.copy()") -> Copies:
    """Return the function that copies those of its arrays that are needed.

    Written out, it takes half the time of a loop.

    Parameters
    ----------
    needed
        Which are.
    copied
        How an array is copied.

    Examples
    --------
    >>> one, other = np.ones(2), np.ones(2)
    >>> kept = copies_of((True, False))(one, other)
    >>> kept[0] is one, kept[1] is other
    (False, True)
    """
    names = [f"a{place}" for place in range(len(needed))]
    pairs = zip(names, needed, strict=True)
    kept = [copied.format(name) if one else name for name, one in pairs]
    function: Copies = eval(f"lambda {', '.join(names)}: ({''.join(f'{one}, ' for one in kept)})")
    return function


@dataclass(eq=False, slots=True)
class Plan:
    """What a pullback needs that depends on shapes and dtypes only.

    Parameters
    ----------
    value
        The function of the operands for the einsum's value.
    cotangents
        The function of operands and cotangent for the operands' cotangents.
    copies
        The function that copies the operands that cotangents depend on.
    shape
        The shape of the value.
    dtype
        The common dtype of the operands.
    usual
        What computes the cotangents where the cotangent has the value's shape and dtype;
        known after the first call.
    """

    value: Callable[..., Any]
    cotangents: Compiled
    copies: Copies
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    usual: Callable[..., tuple[Any, ...]] | None = None

    def __call__(self, operands: Sequence[Array]) -> tuple[Any, Pullback]:
        """Return the value, and the pullback at the operands as they are now."""
        return self.value(*operands), Pullback(self, self.copies(*operands))


@dataclass(eq=False, slots=True, repr=False)
class Pullback:
    """The transposed Jacobian of an einsum at given operands, as a function of the cotangent.

    Parameters
    ----------
    plan
        The functions to call.
    operands
        The operands, those of one name once. No one else has those that are needed.
    """

    plan: Plan
    operands: tuple[Array, ...]

    def __repr__(self) -> str:
        return f"<pullback at {len(self.operands)} arrays, of a value of shape {self.plan.shape}>"

    def __call__(self, cotangent: Any) -> tuple[Any, ...]:
        """Return a cotangent for each operand, of the operand's shape.

        Raises
        ------
        ShapeError
            If the cotangent's shape is not that of the value.
        """
        plan = self.plan
        g = cotangent
        if type(g) is np.ndarray and g.dtype is plan.dtype and g.shape == plan.shape:
            usual = plan.usual
            if usual is None:
                usual = plan.usual = plan.cotangents.kernel((*self.operands, g)).function
            return usual(*self.operands, g)
        cotangents: tuple[Any, ...] = plan.cotangents(*self.operands, self._converted(g))
        return cotangents

    def _converted(self, cotangent: Any) -> Any:
        dtype = self.plan.dtype
        if namespace_of(self.operands[0]) is not None:
            return self._beside_operands(cotangent)
        g = as_array(cotangent, "the cotangent")
        if isinstance(cotangent, int | float | complex):
            # A plain number does not widen single precision.
            g = g.astype(np.result_type(cotangent, dtype))
        self._refuse_other_shape(g.shape)
        # A cotangent of integers is one of numbers: the operands' dtype takes part.
        return g.astype(np.result_type(g, dtype), copy=False)

    def _beside_operands(self, cotangent: Any) -> Any:
        """Return the cotangent as an array of the operands' library, and of their dtype."""
        g = as_input(beside(self.operands[0], cotangent, "the cotangent"), "the cotangent")
        self._refuse_other_shape(known_shape(g, "the cotangent"))
        for operand in self.operands:
            g = with_dtype(g, operand)
        return g

    def _refuse_other_shape(self, shape: tuple[int, ...]) -> None:
        if shape != self.plan.shape:
            raise ShapeError(
                f"the cotangent has shape {clip(shape)}, the value {clip(self.plan.shape)}. "
                "Give it the value's shape."
            )
