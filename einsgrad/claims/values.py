"""Values of expressions node by node: of what changed only, and with every rounding made large."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from string import ascii_letters

import numpy as np

from einsgrad.engine.binding import Array, size_of
from einsgrad.engine.dtypes import as_float
from einsgrad.engine.evaluation import evaluate_expr
from einsgrad.engine.row_values import row_value
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map, MatrixMap, Reduce, Variable
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.walks import children, topological, variables_in
from einsgrad.strings.subscripts import Indices, Label

# How large roundings are made.
_ROUNDED = 1e-13
# Of more factors than that, the order is one for a program to find.
_MOST_OPERANDS = 64
# The subscripts of longer calls are of arrays with many axes.
_LONGEST_CALL = 40


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

    def replaced(self, variable: Variable, array: Array) -> Values:
        """Return the values with another array of a variable; what it has no part in is kept.

        Examples
        --------
        >>> x, y = Variable("x", ()), Variable("y", ())
        >>> values = Values({"x": np.array(1.0), "y": np.array(2.0)}, {})
        >>> float(values.of(x + y)), float(values.replaced(x, np.array(3.0)).of(x + y))
        (3.0, 5.0)
        """
        found = Values({**self._arrays, variable.name: array}, self._sizes)
        found._noise = self._noise
        changed: set[Expr] = {variable}
        # Nodes are known after those below them.
        for node, value in self._known.items():
            if node is variable or not changed.isdisjoint(children(node)):
                changed.add(node)
            else:
                found._known[node] = value
        return found

    def _unknown(self, node: Expr) -> Sequence[Expr]:
        return () if node in self._known else children(node)

    def node(self, node: Expr, parts: Sequence[Array]) -> Array:
        """Return the value of a node with these values of its children."""
        match node:
            case Variable(name=name):
                return self._rounded(self._arrays[name])
            case Constant(value=value):
                return np.asarray(as_float(value))
            case Einsum() if _is_small(node):
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

    def _rounded(self, value: Array) -> Array:
        if self._noise is None or value.dtype.kind not in "fc":
            return value
        return np.asarray(value * (1 + _ROUNDED * self._noise.uniform(-1, 1, value.shape)))


def _is_small(node: Einsum) -> bool:
    if len(node.operands) > _MOST_OPERANDS:
        return False
    calls = _steps(node.subscripts.inputs, node.subscripts.output)
    return all(len(call) <= _LONGEST_CALL for _, call in calls)


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
    arrays, lists = [array for array, _ in factors], tuple([tuple(own) for _, own in factors])
    found = arrays[0]
    rest = arrays[1:]
    for place, call in _steps(lists, tuple(output)):
        found = np.einsum(call, found, *(() if place is None else (rest.pop(place),)))
    return np.asarray(found)


@lru_cache(maxsize=1024)
def _steps(lists: tuple[Indices, ...], output: Indices) -> tuple[tuple[int | None, str], ...]:
    """Return the places of the factors to multiply by, one after another, and the calls."""
    labels, rest = lists[0], list(lists[1:])
    if not rest:
        return ((None, _call([labels], output)),)
    needed = Counter(label for one in lists for label in dict.fromkeys(one))
    needed.update(output)
    steps: list[tuple[int | None, str]] = []
    while len(rest) > 1:
        needed.subtract(dict.fromkeys(labels, 1))
        kept = [_kept(labels, others, needed) for others in rest]
        best = min(range(len(rest)), key=lambda place: len(kept[place]))
        others = rest.pop(best)
        steps.append((best, _call([labels, others], kept[best])))
        needed.subtract(dict.fromkeys(others, 1))
        labels = kept[best]
        needed.update(labels)
    return (*steps, (0, _call([labels, rest[0]], output)))


def _kept(labels: Indices, others: Indices, needed: Mapping[Label, int]) -> Indices:
    """Return the labels of a product of two factors that something else needs."""
    return tuple([x for x in dict.fromkeys((*labels, *others)) if needed[x] > (x in others)])


def _call(lists: Sequence[Indices], output: Indices) -> str:
    """Return the subscripts of a product for numpy's einsum."""
    letters = dict(zip(dict.fromkeys(chain(*lists, output)), ascii_letters, strict=False))
    texts = ["".join([letters.get(label, "?") for label in one]) for one in (*lists, output)]
    return f"{','.join(texts[:-1])}->{texts[-1]}"
