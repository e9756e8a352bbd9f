"""Operators and functions of indexed products: what closes a product, and what it becomes."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.nodes import Constant, Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary import words
from einsgrad.expressions.vocabulary.numpy_table import row_named
from einsgrad.reading.convention import Convention, Labels
from einsgrad.reading.indexed import IndexedFactor, IndexedProduct, mapped, scalar, times
from einsgrad.reading.plain import OPERATORS, ReadValue, divided, is_number
from einsgrad.reading.source import ReadText
from einsgrad.reading.syntax import Brackets

Read: TypeAlias = "ReadValue | IndexedProduct"


@dataclass(frozen=True, slots=True)
class Side:
    """One operand of an operator or a function: its node, and what was read there."""

    node: ast.expr
    value: Read


@dataclass(frozen=True)
class Combining:
    """Combines indexed products by the summation convention of one text."""

    source: ReadText
    convention: Convention

    def close(self, product: IndexedProduct, kept: Labels) -> IndexedFactor:
        """Contract a complete product."""
        return self.convention.close(product, kept)

    def binary(self, sign: ast.AST, left: Side, right: Side, kept: Labels) -> IndexedProduct:
        """Apply an operator to two sides, at least one of them indexed.

        Raises
        ------
        ArgumentError
            If they do not fit.
        """
        match sign:
            case ast.Mult():
                return times(self._product(left), self._product(right))
            case ast.Div():
                return self._quotient(self._product(left), self._product(right), kept)
            case ast.MatMult():
                raise self.source.error(
                    "@ between indexed factors", left.node, "Indexed factors are multiplied with *."
                )
            case ast.Pow():
                return self._power(left, right, kept)
            case _:
                return self._entrywise(OPERATORS[type(sign)].build, [left, right], kept)

    def _product(self, side: Side) -> IndexedProduct:
        """Read a side as a product; a tensor with axes needs indices here."""
        value = side.value
        if isinstance(value, IndexedProduct):
            return value
        if is_number(value):
            return scalar(Constant(value))
        if isinstance(value, Node) and not value.shape:
            return scalar(as_expr(value))
        raise self.source.error(
            f"{clip(value)} stands without indices beside factors with indices",
            side.node,
            "Give indices to every tensor, 'A[m,n]*x[n]', or to none, 'A @ x'.",
        )

    def _quotient(
        self, above: IndexedProduct, below: IndexedProduct, kept: Labels
    ) -> IndexedProduct:
        """Divide by what has no indices factor by factor, as `divided` does."""
        numbers = [one for one in below.factors if not one.labels and one.expr is not None]
        indexed = tuple(one for one in below.factors if one not in numbers)
        for one in numbers:
            above = times(above, scalar(divided(1, one.expr)))
        if not indexed:
            return above
        closed = self.close(IndexedProduct(indexed), kept)
        return times(above, mapped(closed, words.reciprocal(closed.expr)))

    def _power(self, left: Side, right: Side, kept: Labels) -> IndexedProduct:
        base = self.close(self._product(left), kept)
        exponent = self.close(self._product(right), kept)
        if base.labels and exponent.labels:
            return self._entrywise(words.power, [left, right], kept)
        value = right.value if is_number(right.value) else exponent.expr
        return mapped(base if base.labels else exponent, words.power(base.expr, value))

    def _entrywise(
        self, function: Callable[..., Expr], sides: Sequence[Side], kept: Labels
    ) -> IndexedProduct:
        """Apply a function entry by entry: indices agree, and a scalar counts for every entry."""
        products = {
            k: self._product(side) for k, side in enumerate(sides) if not is_number(side.value)
        }
        closed = {k: self.close(product, kept) for k, product in products.items()}
        # What was contracted to a scalar may lack an index by mistake; it is no such scalar.
        indexed = {k: factor for k, factor in closed.items() if products[k].has_labels}
        aligned = self.convention.aligned(list((indexed or closed).values()), kept)
        operands = closed | dict(zip(indexed or closed, aligned, strict=True))
        values = [operands[k].expr if k in operands else side.value for k, side in enumerate(sides)]
        return mapped(aligned[0], function(*values))

    def mapped(
        self, name: str, function: Callable[..., Expr], sides: Sequence[Side], kept: Labels
    ) -> IndexedProduct:
        """Apply a function of the table to every entry.

        Raises
        ------
        ArgumentError
            If the function is no elementwise one.
        """
        row = row_named(name)
        if row is not None and row.arity != len(sides):
            raise ArgumentError(f"{name} takes {row.arity} arguments, {len(sides)} given.")
        if row is None:
            takes_axis = "axis" in inspect.signature(function).parameters
            remedy = (
                f"Name the indices that it takes: {name}[k](...)."
                if takes_axis
                else f"Give indices to its result: {name}(A)[i,j]."
            )
            raise ArgumentError(f"{name} is no function of single entries. {remedy}")
        return self._entrywise(function, sides, kept)

    def reduced(
        self,
        name: str,
        function: Callable[..., Expr],
        over: Brackets,
        side: Side,
        kept: Labels,
    ) -> IndexedProduct:
        """Apply a function along the axes of labels: `sum[k](...)`, `softmax[k](...)`.

        Raises
        ------
        ArgumentError
            If the function has no axes, or a label stands in no factor.
        """
        if "axis" not in inspect.signature(function).parameters:
            return self._entries(name, function, over, side)
        factor = self.close(self._product(side), kept)
        axes = self._axes(name, factor, over)
        expr = function(factor.tensor, axis=axes[0] if len(axes) == 1 else axes)
        if len(expr.shape) == len(factor.tensor.shape):
            return mapped(factor, expr)
        left = [axis for axis in range(len(factor.labels)) if axis not in axes]
        labels = tuple(factor.labels[axis] for axis in left)
        places = tuple(factor.places[axis] for axis in left)
        return IndexedProduct((IndexedFactor(expr, labels, places),))

    def _entries(
        self, name: str, function: Callable[..., Expr], indices: Brackets, side: Side
    ) -> IndexedProduct:
        """Read `pinv_ij(A)` as `pinv(A)[i,j]`: entries of what a function of a whole array gives.

        Raises
        ------
        ArgumentError
            If the argument has indices, or the result other axes.
        """
        is_whole = isinstance(side.value, Node) and row_named(name) is None
        result = function(side.value) if is_whole else None
        if not isinstance(result, Node) or len(result.shape) != len(indices.labels):
            raise ArgumentError(
                f"{name} takes no axes. Give indices to its result: {name}(A)[i,j]."
            )
        return IndexedProduct((IndexedFactor(as_expr(result), indices.labels, indices.places),))

    def _axes(self, name: str, factor: IndexedFactor, over: Brackets) -> tuple[int, ...]:
        for label, place in zip(over.labels, over.places, strict=True):
            if label not in factor.labels:
                raise self.source.error(
                    f"the index {clip(label)} stands in no factor behind {name}",
                    place,
                    f"Write it into a factor, or multiply by size[{label}].",
                )
        return tuple(factor.labels.index(label) for label in over.labels)
