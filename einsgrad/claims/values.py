"""Values of expressions node by node: of what changed only, and with every rounding made large."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array, size_of
from einsgrad.engine.dtypes import as_float
from einsgrad.engine.evaluation import evaluate_expr
from einsgrad.engine.row_values import row_value
from einsgrad.expressions.dims import Dim
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
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.walks import children, topological, variables_in
from einsgrad.strings.subscripts import Label

# How large roundings are made.
_ROUNDED = 1e-13
# What one call of numpy's einsum takes.
_MOST_OPERANDS = 30
_MOST_LABELS = 50


class Values:
    """The values of nodes at one point, each found once and kept.

    Parameters
    ----------
    arrays, sizes
        The arrays of variables by name, and the sizes of dims.
    seed
        If given, every value is changed by as much as many roundings would, at random.

    Examples
    --------
    >>> x = Variable("x", ("n",))
    >>> values = Values({"x": np.array([1.0, 2.0])}, {"n": 2})
    >>> values.of(x + x)
    array([2., 4.])
    """

    def __init__(
        self, arrays: Mapping[str, Array], sizes: Mapping[Dim, int], seed: int | None = None
    ) -> None:
        self._arrays = arrays
        self._sizes = sizes
        self._noise = None if seed is None else np.random.default_rng([seed, 13])
        self._known: dict[Expr, Array] = {}

    def of(self, expr: Expr) -> Array:
        """Return the value of an expression.

        Raises
        ------
        LinAlgError
            If a matrix is singular.
        """
        with np.errstate(all="ignore"):
            for node in topological(expr, below=self._unknown):
                if node not in self._known:
                    self._known[node] = self.node(node, [self._known[c] for c in children(node)])
        return self._known[expr]

    def _unknown(self, node: Expr) -> Sequence[Expr]:
        return () if node in self._known else children(node)

    def node(self, node: Expr, parts: Sequence[Array]) -> Array:
        """Return the value of a node with these values of its children."""
        match node:
            case Variable(name=name):
                return self._rounded(self._arrays[name])
            case Constant(value=value):
                return np.asarray(as_float(value))
            case Einsum() if self._is_small(node):
                lists = node.subscripts.inputs
                factors = list(zip(parts, lists, strict=True))
                return self._rounded(factor_by_factor(factors, node.subscripts.output))
            case Add():
                return self._rounded(np.asarray(sum(parts)))
            case Map(function=row):
                return self._rounded(np.asarray(row_value(row, *parts)))
            case Reduce(function=reduction, axes=axes):
                return self._rounded(np.asarray(row_value(reduction, parts[0], axes)))
            case MatrixMap(function=function):
                return self._rounded(np.asarray(row_value(function, parts[0])))
            case Delta(dim=dim, order=2):
                return np.eye(size_of(dim, self._sizes))
            case Delta(dim=dim, order=1):
                return np.ones(size_of(dim, self._sizes))
            case _:
                return self._by_program(node, parts)

    def _by_program(self, node: Expr, parts: Sequence[Array]) -> Array:
        """Evaluate a node by a program: a selector, or what is too large for one call."""
        if not parts:
            return np.asarray(evaluate_expr(node, self._arrays, self._sizes, np.dtype(float)))
        return np.asarray(evaluate_expr(node, self._given(node), self._sizes))

    def _given(self, node: Expr) -> dict[str, Array]:
        return {v.name: self._arrays[v.name] for v in variables_in(node)}

    def _is_small(self, node: Einsum) -> bool:
        lists = node.subscripts.lists
        labels: set[Label] = {label for one in lists for label in one}
        return len(node.operands) <= _MOST_OPERANDS and len(labels) <= _MOST_LABELS

    def _rounded(self, value: Array) -> Array:
        if self._noise is None or value.dtype.kind not in "fc":
            return value
        return np.asarray(value * (1 + _ROUNDED * self._noise.uniform(-1, 1, value.shape)))


def factor_by_factor(
    factors: Sequence[tuple[Array, Sequence[Label]]], output: Sequence[Label]
) -> Array:
    """Multiply arrays and sum over the labels that the output lacks, factor by factor.

    Finding the best order would take longer than the small arrays here.

    Examples
    --------
    >>> A, x = np.ones((2, 3)), np.arange(3.0)
    >>> factor_by_factor([(A, "mn"), (x, "n"), (A, "in")], "im")
    array([[3., 3.],
           [3., 3.]])
    """
    rest = list(factors)
    needed = Counter(label for _, labels in rest for label in dict.fromkeys(labels))
    needed.update(output)
    array, labels = rest.pop(0)
    while len(rest) > 1:
        needed.subtract(dict.fromkeys(labels, 1))
        kept = [_kept(labels, others, needed) for _, others in rest]
        best = min(range(len(rest)), key=lambda place: len(kept[place]))
        other, others = rest.pop(best)
        array = _one_call([(array, labels), (other, others)], kept[best])
        needed.subtract(dict.fromkeys(others, 1))
        labels = kept[best]
        needed.update(labels)
    return _one_call([(array, labels), *rest], output)


def _kept(
    labels: Sequence[Label], others: Sequence[Label], needed: Mapping[Label, int]
) -> Sequence[Label]:
    """Return the labels of a product of two factors that something else needs."""
    return [x for x in dict.fromkeys((*labels, *others)) if needed[x] > (x in others)]


def _one_call(factors: Sequence[tuple[Array, Sequence[Label]]], output: Sequence[Label]) -> Array:
    numbers: dict[Label, int] = {}
    lists: list[Any] = []
    for array, labels in factors:
        lists += [array, [numbers.setdefault(label, len(numbers)) for label in labels]]
    return np.asarray(np.einsum(*lists, [numbers[label] for label in output]))
