"""Values and gradients at once, node by node, while it is not known whether a program pays.

The derivatives are those of the tables, on arrays in place of expressions, and the adjoint of a
product exchanges its list with the output's, as in `calculus.rules`. What a program rewrites so
that it does not overflow or lose digits is left to a program, and so is each value that is not
finite.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from einsgrad.calculus.selections import is_where
from einsgrad.engine.binding import Array
from einsgrad.engine.immediate_products import (
    NotImmediateError,
    known_sizes,
    labelled_product,
    selector,
)
from einsgrad.engine.row_values import row_value
from einsgrad.expressions.nodes import (
    Add,
    Constant,
    Einsum,
    Expr,
    Map,
    MatrixMap,
    Reduce,
    Variable,
)
from einsgrad.expressions.selectors import Affine, Delta, Step
from einsgrad.expressions.tables.elementwise import EXP, SIGMOID, SOFTPLUS
from einsgrad.expressions.tables.rows import ELEMENTWISE, all_rows, elementwise_row, names_of
from einsgrad.expressions.walks import children, topological

# Of these a program finds forms that lose no digits, where a logarithm follows.
_GROWING = (EXP, SIGMOID, SOFTPLUS)
_MOST_ROWS = 8
_SHRINKING = tuple(map(elementwise_row, ("log", "log1p", "log2", "log10")))


def plain_nodes(exprs: Sequence[Expr]) -> list[Expr]:
    """Return all nodes in order, if they are evaluated as exactly as by a program; else none."""
    growing: set[Expr] = set()
    numbers: set[Expr] = set()
    nodes = topological(*exprs)
    for node in nodes:
        if not isinstance(node, Variable) and numbers.issuperset(children(node)):
            numbers.add(node)
        match node:
            case Variable() | Constant() | Delta() | Affine() | Step():
                if node.is_complex:
                    return []
            case Map(function=row):
                if node.is_complex or row.transpose is not None:
                    return []
                inner = any(child in growing for child in node.operands)
                if inner and row in _SHRINKING:
                    return []
                if inner or row in _GROWING:
                    growing.add(node)
            case MatrixMap(function=function, operand=operand):
                if node.is_complex or function.adjoint is None or not _is_small(operand):
                    return []
            case Einsum() | Add() | Reduce():
                if node.is_complex:
                    return []
                grows = any(child in growing for child in children(node))
                # A program knows better forms beside a number, as of 1 + exp(x).
                if grows and not (isinstance(node, Add) and _are_several(node, numbers)):
                    growing.add(node)
            case _:
                return []
    return nodes


def _are_several(node: Add, numbers: set[Expr]) -> bool:
    """Tell whether a sum has two terms and more that are no numbers."""
    inner = [term.terms if isinstance(term, Add) else (term,) for term in node.terms]
    return sum(one not in numbers for terms in inner for one in terms) > 1


def _is_small(matrix: Expr) -> bool:
    """Tell whether an inverse loses no more digits than the solution of a system."""
    rows = matrix.shape[-1]
    return isinstance(rows, int) and rows <= _MOST_ROWS


def _is_selector(node: Expr) -> bool:
    return isinstance(node, Delta | Affine | Step)


class _OnArrays:
    """The namespace `m` of the tables' derivatives, for arrays."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        row = ELEMENTWISE.get(name) or next((r for r in all_rows() if name in names_of(r)), None)
        if row is None:
            raise NotImmediateError
        return partial(row_value, row)

    def shared(self, weights: Any, axes: Sequence[int]) -> Any:
        return weights / np.sum(weights, tuple(axes), keepdims=True)

    def exchanged(self, x: Any) -> Any:
        return np.swapaxes(x, -1, -2)

    def with_numbers(self, numbers: Any, x: Any) -> Any:
        return np.asarray(numbers)[..., None, None] * x

    def step_between(self, x: Any, y: Any) -> Any:
        return np.heaviside(np.subtract(x, y), 0.5)


ON_ARRAYS = _OnArrays()


class Evaluation:
    """The values of nodes, at arrays.

    Parameters
    ----------
    order
        The nodes, each after its operands.
    arrays
        The array of each variable.

    Raises
    ------
    NotImmediateError
        If a node has no value of this kind.
    """

    def __init__(self, order: Sequence[Expr], arrays: Mapping[Variable, Array]) -> None:
        self.order = order
        self.values: dict[Expr, Any] = {}
        for symbol, array in arrays.items():
            self.values[symbol] = array
        with np.errstate(all="ignore"):
            for node in self.order:
                if node not in self.values:
                    self.values[node] = self._value(node)

    def _value(self, node: Expr) -> Any:
        match node:
            case Constant(value=number):
                return float(number)  # type: ignore[arg-type]
            case Delta() | Affine() | Step():
                return None
            case Einsum(subscripts=subscripts):
                factors, sizes = self._factors(node), known_sizes(node)
                found = labelled_product(subscripts.inputs, factors, subscripts.output, sizes)
                if any(map(_is_selector, node.operands)) and not np.isfinite(found).all():
                    # What is infinite has met the zeros of a selector.
                    raise NotImmediateError
                return found
            case Add(terms=terms):
                found = self._array(terms[0]) + self._array(terms[1])
                for term in terms[2:]:
                    found = found + self._array(term)
                return found
            case Map(function=row, operands=operands):
                return row_value(row, *[self._array(one) for one in operands])
            case MatrixMap(function=row, operand=operand):
                return row_value(row, self._array(operand))
            case Reduce(function=row, operand=operand, axes=axes):
                return row_value(row, self._array(operand), axes)
        raise NotImmediateError

    def _array(self, node: Expr) -> Any:
        """Return the value of a node beside a product, where selectors are arrays."""
        value = self.values[node]
        if value is not None:
            return value
        found = selector(node)
        shape: Any = node.shape
        return np.ones(shape) if found is None else found

    def _factors(self, node: Einsum) -> list[Any]:
        return [selector(one) if _is_selector(one) else self.values[one] for one in node.operands]

    def gradients(self, expr: Expr, wrt: Sequence[Variable]) -> list[Array]:
        """Return the gradient of a number in each variable."""
        needed: set[Expr] = set(wrt)
        for node in self.order:
            if any(child in needed for child in children(node)):
                needed.add(node)
        received: dict[Expr, Any] = {expr: 1.0}
        with np.errstate(all="ignore"):
            for node in reversed(self.order):
                if node in received and node in needed:
                    self._pull(node, received[node], needed, received)
        return [_whole(received.get(v, 0.0), self.values[v]) for v in wrt]

    def _pull(self, node: Expr, total: Any, needed: set[Expr], received: dict[Expr, Any]) -> None:
        match node:
            case Add(terms=terms):
                shares = [(term, total) for term in terms if term in needed]
            case Einsum():
                shares = [
                    (one, self._adjoint(node, place, total))
                    for place, one in enumerate(node.operands)
                    if one in needed
                ]
            case Map(operands=operands):
                shares = [
                    (one, self._map_share(node, place, total))
                    for place, one in enumerate(operands)
                    if one in needed
                ]
            case MatrixMap(function=matrix_function, operand=operand):
                adjoint = matrix_function.adjoint
                assert adjoint is not None
                share = adjoint(ON_ARRAYS, self._array(operand), self.values[node], total)
                shares = [(operand, share)]
            case Reduce(operand=operand):
                shares = [(operand, self._reduction_share(node, total))]
            case _:
                return
        for operand, share in shares:
            if share is not None:
                before = received.get(operand)
                received[operand] = share if before is None else before + share

    def _adjoint(self, node: Einsum, place: int, total: Any) -> Any:
        lists, factors = list(node.subscripts.inputs), self._factors(node)
        output, lists[place] = lists[place], node.subscripts.output
        factors[place] = total
        return labelled_product(lists, factors, output, known_sizes(node))

    def _map_share(self, node: Map, place: int, total: Any) -> Any:
        slope = node.function.partials[place]
        if slope is None:
            return None
        values = [self._array(one) for one in node.operands]
        if is_where(node):
            chosen = np.asarray(values[0]) != 0
            share = np.where(chosen if place == 1 else ~chosen, total, 0.0)
        else:
            share = slope(ON_ARRAYS, *values, self.values[node]) * total
        if not node.operands[place].shape and node.shape:
            shape: Any = node.shape
            return np.sum(np.broadcast_to(share, shape))
        return share

    def _reduction_share(self, node: Reduce, total: Any) -> Any:
        slope = node.function.partial
        if slope is None:
            raise NotImmediateError
        spread = [np.expand_dims(one, node.axes) for one in (self.values[node], total)]
        operand = self.values[node.operand]
        share = slope(ON_ARRAYS, operand, spread[0], node.axes) * spread[1]
        return share + np.zeros(operand.shape)


def _whole(gradient: Any, like: Any) -> Any:
    """Return a gradient as an array of its own, or as a number."""
    found = np.empty(np.shape(like))
    found[...] = gradient
    return found[()]
