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
    selector,
    written_out_pick,
)
from einsgrad.engine.immediate_systems import InverseMatrix, solved_product
from einsgrad.engine.row_values import row_value
from einsgrad.expressions.nodes import (
    Add,
    Constant,
    Einsum,
    Expr,
    Map,
    MatrixMap,
    Pick,
    Reduce,
    Variable,
)
from einsgrad.expressions.selectors import Affine, Delta, Integers, Step
from einsgrad.expressions.tables.reductions import INVERSE
from einsgrad.expressions.tables.rows import ELEMENTWISE, all_rows, names_of
from einsgrad.expressions.walks import children


def _is_selector(node: Expr) -> bool:
    return isinstance(node, Delta | Affine | Step)


def _is_of_zeros(node: Expr) -> bool:
    return _is_selector(node) or isinstance(node, Pick)


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
                found = solved_product(subscripts.inputs, factors, subscripts.output, sizes)
                if any(map(_is_of_zeros, node.operands)) and not np.isfinite(found).all():
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
            case MatrixMap(function=row, operand=operand) if row is INVERSE:
                return InverseMatrix(self._array(operand))
            case MatrixMap(function=row, operand=operand):
                return row_value(row, self._array(operand))
            case Integers(sizes=sizes, entries=entries):
                return np.reshape(np.array(entries, float), sizes)
            case Pick(indices=indices):
                return written_out_pick(node, self._array(indices))
            case Reduce(function=row, operand=operand, axes=axes):
                return row_value(row, self._array(operand), axes)
        raise NotImmediateError

    def _array(self, node: Expr) -> Any:
        """Return the value of a node beside a product, where selectors are arrays."""
        value = self.values[node]
        if value is not None:
            return value.array if isinstance(value, InverseMatrix) else value
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
            case MatrixMap(operand=operand):
                shares = [(operand, self._matrix_share(node, total))]
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
        return solved_product(lists, factors, output, known_sizes(node))

    def _matrix_share(self, node: MatrixMap, total: Any) -> Any:
        value, adjoint = self.values[node], node.function.adjoint
        if isinstance(value, InverseMatrix):
            return value.share(total)
        assert adjoint is not None
        return adjoint(ON_ARRAYS, self._array(node.operand), value, total)

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
        operand = self._array(node.operand)
        share = slope(ON_ARRAYS, operand, spread[0], node.axes) * spread[1]
        return share + np.zeros(operand.shape)


def _whole(gradient: Any, like: Any) -> Any:
    """Return a gradient as an array of its own, or as a number."""
    found = np.empty(np.shape(like))
    found[...] = gradient
    return found[()]
