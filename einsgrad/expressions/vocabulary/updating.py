"""Expressions with other entries at an index: `x.at[key].set(value)`, as jax has it.

What is put at the places of an index is the transposed thing of what is selected there: the
adjoint of `x[key]`, which is an exchange.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

from einsgrad.errors import IndexingError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.capture import TRACED
from einsgrad.expressions.nodes import Constant, Einsum, Expr, Variable
from einsgrad.expressions.products import contract_deltas
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary.arithmetic import add, divide, multiply, negative, power
from einsgrad.expressions.vocabulary.functions import maximum, minimum, where
from einsgrad.expressions.vocabulary.gathering import indexed
from einsgrad.expressions.vocabulary.numpy_rearranging import broadcast_to


@dataclass(frozen=True, slots=True)
class Updates:
    """What `x.at` is: it waits for an index.

    Parameters
    ----------
    expr
        The expression.
    """

    expr: Expr

    def __getitem__(self, key: Any) -> EntriesAt:
        return EntriesAt(self.expr, key, indexed(_stand_in(self.expr), key))


@dataclass(frozen=True, slots=True)
class EntriesAt:
    """The entries of an expression at an index; each method returns the whole with others there.

    Parameters
    ----------
    expr, key
        The expression and the index.
    selected
        What the index selects of what stands for the expression.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> x, y = Variable("x", (5,)), Variable("y", (2,))
    >>> Updates(x)[1:3].add(y).shape
    (5,)
    """

    expr: Expr
    key: Any
    selected: Expr

    def get(self) -> Expr:
        """Return the entries: `x[key]`."""
        return indexed(self.expr, self.key)

    def set(self, value: Any) -> Expr:
        """Return the whole with a value there: what `x[key] = value` is in place."""
        given = as_expr(value)
        if given.shape == ():
            return where(self._mask(), given, self.expr)
        return where(self._mask(), self._put_once(given), self.expr)

    def add(self, value: Any) -> Expr:
        """Return the whole with a value added there; at an entry that stands twice, twice."""
        return add(self.expr, self._put(as_expr(value)))

    def subtract(self, value: Any) -> Expr:
        """Return the whole with a value subtracted there, as `add`."""
        return add(self.expr, self._put(negative(value)))

    def multiply(self, value: Any) -> Expr:
        """Return the whole with a value multiplied there."""
        return self._combined(multiply, value)

    def divide(self, value: Any) -> Expr:
        """Return the whole divided by a value there."""
        return self._combined(divide, value)

    def power(self, value: Any) -> Expr:
        """Return the whole raised to a value there."""
        return self._combined(power, value)

    def min(self, value: Any) -> Expr:
        """Return the whole with the smaller of an entry and a value there."""
        return where(self._mask(), minimum(self.expr, self._put_once(as_expr(value))), self.expr)

    def max(self, value: Any) -> Expr:
        """Return the whole with the larger of an entry and a value there."""
        return where(self._mask(), maximum(self.expr, self._put_once(as_expr(value))), self.expr)

    def _combined(self, operation: Callable[[Any, Any], Expr], value: Any) -> Expr:
        # Elsewhere it is combined with 1.
        return operation(self.expr, where(self._mask(), self._put_once(as_expr(value)), 1))

    def _mask(self) -> Expr:
        """Return 1 or more at the entries, and 0 elsewhere."""
        return self._put(Constant(1))

    def _put_once(self, value: Expr) -> Expr:
        """Put a value at the entries, none of which may stand twice."""
        if _may_repeat(self.expr, self.key):
            raise IndexingError(
                f"the index {clip(self.key)} of {clip(self.expr)} may have an entry twice, so that "
                "its new value is not known. Use .add(value), or .set(number)."
            )
        return self._put(value)

    def _put(self, value: Expr) -> Expr:
        """Put a value at the entries, and 0 elsewhere: the adjoint of selecting."""
        spread = broadcast_to(_without_leading_ones(value, self.selected), self.selected.shape)
        if not isinstance(self.selected, Einsum):
            return spread
        operands = list(self.selected.operands)
        place = next(p for p, one in enumerate(operands) if one is _stand_in(self.expr))
        operands[place] = spread
        exchanged = self.selected.subscripts.exchange(place).numbered()
        return contract_deltas(Einsum(exchanged, tuple(operands)))


def _stand_in(expr: Expr) -> Variable:
    # No name in Python has a space, so that it is no operand of an index.
    return Variable("what is written into", expr.shape, frozenset((TRACED,)))


def _without_leading_ones(value: Expr, target: Expr) -> Expr:
    """Drop axes of size 1 that a value has more than its place, as numpy does."""
    extra = len(value.shape) - len(target.shape)
    if extra <= 0 or any(dim != 1 for dim in value.shape[:extra]):
        return value
    return indexed(value, (0,) * extra)


def _may_repeat(expr: Expr, key: Any) -> bool:
    """Tell whether an index may have an entry twice."""
    parts = key if type(key) is tuple else (key,)
    if not any(isinstance(part, Node | list | tuple) or hasattr(part, "shape") for part in parts):
        return False
    if any(isinstance(part, Node) for part in parts):
        return any(isinstance(part, Node) and part.shape != () for part in parts)
    sizes = [dim for dim in expr.shape if isinstance(dim, int)]
    if len(sizes) < len(expr.shape):
        return True
    import numpy as np

    places = np.arange(prod(sizes)).reshape(sizes)[key]
    return bool(np.unique(places).size < np.size(places))
