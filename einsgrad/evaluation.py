"""Evaluation of expressions on numpy arrays, node by node.

The deltas that remain after contraction are never multiplied out: one that joins two
axes of the output is a write into the diagonal of zeros, ones are a broadcast, the
size of a closed loop is a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import Any, assert_never

import numpy as np

from einsgrad.axes import Splits, contract_held, split_axes, spread_axes
from einsgrad.construct import factor_expr
from einsgrad.contraction import Array, class_view
from einsgrad.errors import ArgumentError, DtypeError, ShapeError, clip, shorten
from einsgrad.expr import (
    Add,
    Constant,
    Delta,
    Dim,
    Einsum,
    Expr,
    Fuse,
    Map,
    MatrixMap,
    Number,
    Reduce,
    Variable,
)
from einsgrad.functions import call
from einsgrad.graph import topological, variables
from einsgrad.products import contracted
from einsgrad.rows import Elementwise, MatrixFunction
from einsgrad.solving import Inverse, dense, solve_products
from einsgrad.subscripts import Indices, Label

_KINDS = "biufc"


def as_array(value: object, what: str) -> Array:
    """Convert a number or a nested list to an array, as `numpy.asarray` does.

    Raises
    ------
    DtypeError
        If the result holds no numbers.
    """
    try:
        array = np.asarray(value)
    except (ValueError, TypeError) as error:
        raise DtypeError(f"{what} is no array of numbers: {clip(value)}.") from error
    if array.dtype.kind not in _KINDS:
        raise DtypeError(
            f"{what} has dtype {shorten(str(array.dtype))}. "
            "Give booleans, integers, floats or complex numbers."
        )
    return array


def evaluate(
    expr: Expr,
    arrays: Mapping[str, Any],
    sizes: Mapping[Any, int] | None = None,
    dtype: np.dtype[Any] | None = None,
) -> Any:
    """Evaluate an expression.

    Parameters
    ----------
    expr
        The expression.
    arrays
        An array for each variable, by name.
    sizes
        Sizes of dims that no array has.
    dtype
        The dtype of deltas that no array is multiplied with; by default the arrays'
        common dtype.

    Returns
    -------
    numpy.ndarray or numpy scalar
        A new array of the expression's shape; a scalar where that is empty.

    Raises
    ------
    ArgumentError
        If an array or a size is missing.
    ShapeError
        If an array does not fit its variable's dims.

    Examples
    --------
    >>> x = Variable("x", ("n",))
    >>> evaluate(x, {"x": [1.0, 2.0]})
    array([1., 2.])
    """
    nodes = topological(expr)
    inputs, known = bind(nodes, arrays, sizes or {})
    dtype = dtype or (np.result_type(*inputs.values()) if inputs else np.dtype(float))
    evaluation = _Evaluation(inputs, known, dtype)
    for node in nodes:
        evaluation.add(node)
    result = evaluation.array(expr)
    return np.array(result, copy=True if isinstance(expr, Variable) else None)[()]


class _Evaluation:
    """The values of nodes so far; deltas, fuses and inverses are written out on demand only."""

    def __init__(
        self, inputs: Mapping[str, Array], sizes: Mapping[Dim, int], dtype: np.dtype[Any]
    ) -> None:
        self.inputs = inputs
        self.sizes = sizes
        self.dtype = dtype
        self.values: dict[Expr, Any] = {}

    def add(self, node: Expr) -> None:
        """Evaluate a node whose children have values."""
        match node:
            case Variable(name=name):
                self.values[node] = self.inputs[name]
            case Constant(value=value):
                self.values[node] = value
            case Delta() | Fuse():
                pass
            case Einsum():
                self.values[node] = self._einsum(node)
            case Add(terms=terms):
                self.values[node] = sum(map(self.array, terms))
            case Map(function=row, operands=operands):
                self.values[node] = _call(row, [self.array(operand) for operand in operands])
            case Reduce(function=reduction, operand=operand, axes=axes):
                self.values[node] = np.asarray(call(reduction, self.array(operand), axes))
            case MatrixMap(function=function, operand=operand):
                self.values[node] = self._matrix(function, self.array(operand))
            case _ as unreachable:
                assert_never(unreachable)

    def array(self, node: Expr) -> Any:
        """Return the value of a node as an array, or as a plain number."""
        match node:
            case Constant(value=value):
                return value
            case Delta(dim=dim, order=0):
                return size_of(dim, self.sizes)
            case Delta():
                return dense_delta(node, self.sizes, self.dtype)
            case Fuse(dims=dims):
                return np.eye(prod(dims), dtype=self.dtype).reshape(node.shape)
            case _:
                return dense(self.values[node])

    def _matrix(self, function: MatrixFunction, matrix: Array) -> Any:
        if function.name == "inverse" and matrix.ndim == 2:
            return Inverse(matrix)
        return np.asarray(call(function, matrix))

    def _einsum(self, node: Einsum) -> Array:
        dims = node.dims
        product = contracted(node)
        coefficient: Number = 1
        factors: list[tuple[Indices, Any]] = []
        joins: dict[Label, Label] = {}
        splits: Splits = {}
        for factor in product.factors:
            match factor_expr(factor, node.operands, dims):
                case Delta(order=order) if order:
                    joins |= dict.fromkeys(factor.indices, factor.indices[0])
                case Fuse(dims=parts) if factor.indices[0] not in splits:
                    fused, *apart = factor.indices
                    splits[fused] = (tuple(apart), parts)
                case operand:
                    value = self.values[operand] if operand in self.values else self.array(operand)
                    if isinstance(value, int | float | complex):
                        coefficient *= value
                    else:
                        factors.append((factor.indices, value))
        joined = tuple(joins.get(label, label) for label in product.output)
        arrays = split_axes(solve_products(factors, joined), splits)
        output = tuple(apart for x in joined for apart in splits.get(x, ((x,), ()))[0])
        value = contract_held(arrays, output, self.dtype)
        if coefficient != 1 or not arrays:
            value = (value[0], np.asarray(value[1] * coefficient))
        shape = tuple(size_of(dims[label], self.sizes) for label in output)
        spread = spread_axes(value[1], value[0], output, shape)
        return spread.reshape([size_of(d, self.sizes) for d in node.shape]) if splits else spread


def _call(row: Elementwise, arguments: list[Any]) -> Any:
    """Apply a function; of plain numbers the value is one too, which leaves dtypes alone."""
    value = call(row, *arguments)
    plain = all(isinstance(argument, int | float | complex) for argument in arguments)
    return np.asarray(value).item() if plain else np.asarray(value)


def refuse_undeclared_complex(expr: Expr, arrays: Mapping[str, Any]) -> None:
    """Refuse a complex array for a variable that is declared real.

    Conjugates of real expressions are dropped when they are built, so the value would be
    wrong.

    Raises
    ------
    DtypeError
        If there is one.
    """
    for node in variables(expr):
        given = arrays.get(node.name)
        if node.is_complex or given is None or as_array(given, node.name).dtype.kind != "c":
            continue
        raise DtypeError(
            f"{clip(node)} is declared real, and its array is complex. "
            f"Declare it so: variables(..., complex={node.name!r})."
        )


def bind(
    nodes: Iterable[Expr], arrays: Mapping[str, Any], sizes: Mapping[Dim, int]
) -> tuple[dict[str, Array], dict[Dim, int]]:
    """Match arrays with the variables among the nodes, and collect the sizes of dims."""
    inputs: dict[str, Array] = {}
    known = dict(sizes)
    for dim, size in known.items():
        if not isinstance(size, int | np.integer) or size < 0:
            raise ArgumentError(f"{clip(size)} is no size for dim {clip(dim)}. Give an integer.")
    for node in nodes:
        if not isinstance(node, Variable):
            continue
        if node.name not in arrays:
            raise ArgumentError(
                f"no array given for {clip(node)}. Give it by keyword: {shorten(node.name)}=..."
            )
        array = as_array(arrays[node.name], shorten(node.name))
        inputs[node.name] = array
        if array.ndim != len(node.shape):
            raise ShapeError(f"{clip(node)} needs {len(node.shape)} axes, {array.ndim} given.")
        for dim, size in zip(node.shape, array.shape, strict=True):
            expected = dim if isinstance(dim, int) else known.setdefault(dim, size)
            if size != expected:
                raise ShapeError(f"{clip(node)} has size {size} where dim {dim} is {expected}.")
    return inputs, known


def size_of(dim: Dim, sizes: Mapping[Dim, int]) -> int:
    """Return the size of a dim.

    Raises
    ------
    ArgumentError
        If it is a name whose size is not known.
    """
    if isinstance(dim, int):
        return dim
    if dim not in sizes:
        raise ArgumentError(
            f"the size of dim {clip(dim)} is not known from any array. "
            f"Give it: sizes={{{clip(dim)}: ...}}."
        )
    return sizes[dim]


def dense_delta(delta: Delta, sizes: Mapping[Dim, int], dtype: np.dtype[Any]) -> Array:
    """Return a delta as an array: the identity, ones, or the size as a number."""
    size = size_of(delta.dim, sizes)
    if delta.order == 0:
        return np.asarray(size)
    array = np.zeros((size,) * delta.order, dtype)
    class_view(array, ("i",) * delta.order, writeable=True)[...] = 1
    return array


def factor_arrays(
    factors: Sequence[Expr], arrays: Mapping[str, Any], sizes: Mapping[Dim, int]
) -> list[Array]:
    """Return the array of each factor of a term, deltas and ones written out."""
    inputs, known = bind(factors, arrays, sizes)
    dtype = np.result_type(*inputs.values()) if inputs else np.dtype(float)
    return [np.asarray(evaluate(factor, inputs, known, dtype)) for factor in factors]
