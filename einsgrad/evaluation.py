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

from einsgrad.construct import factor_expr
from einsgrad.contraction import Array, class_view, contract_arrays
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
from einsgrad.graph import topological
from einsgrad.products import contracted
from einsgrad.rows import Elementwise
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
    values: dict[Expr, Any] = {}
    for node in nodes:
        match node:
            case Variable(name=name):
                values[node] = inputs[name]
            case Constant(value=value):
                values[node] = value
            case Delta(dim=dim, order=0):
                values[node] = size_of(dim, known)
            case Delta():
                values[node] = dense_delta(node, known, dtype)
            case Fuse(dims=parts):
                values[node] = np.eye(prod(parts), dtype=dtype).reshape(node.shape)
            case Einsum():
                values[node] = _einsum(node, values, known, dtype)
            case Add(terms=terms):
                values[node] = sum(values[term] for term in terms)
            case Map(function=row, operands=operands):
                values[node] = _call(row, [values[operand] for operand in operands])
            case Reduce(function=reduction, operand=operand, axes=axes):
                values[node] = np.asarray(call(reduction, values[operand], axes))
            case MatrixMap(function=matrix_function, operand=operand):
                values[node] = np.asarray(call(matrix_function, values[operand]))
            case _ as unreachable:
                assert_never(unreachable)
    result = values[expr]
    return np.array(result, copy=True if isinstance(expr, Variable) else None)[()]


def _call(row: Elementwise, arguments: list[Any]) -> Any:
    """Apply a function; of plain numbers the value is one too, which leaves dtypes alone."""
    value = call(row, *arguments)
    plain = all(isinstance(argument, int | float | complex) for argument in arguments)
    return np.asarray(value).item() if plain else np.asarray(value)


def bind(
    nodes: Iterable[Expr], arrays: Mapping[str, Any], sizes: Mapping[Dim, int]
) -> tuple[dict[str, Array], dict[Dim, int]]:
    """Match arrays with the variables among the nodes, and collect the sizes of dims."""
    inputs: dict[str, Array] = {}
    known = dict(sizes)
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


def _einsum(
    node: Einsum, values: Mapping[Expr, Any], sizes: Mapping[Dim, int], dtype: np.dtype[Any]
) -> Array:
    dims = node.dims
    product = contracted(node)
    coefficient: Number = 1
    arrays: list[Array] = []
    inputs: list[Indices] = []
    joins: dict[Label, Label] = {}
    splits: Splits = {}
    for factor in product.factors:
        match factor_expr(factor, node.operands, dims):
            case Constant(value=number):
                coefficient *= number
            case Delta(dim=dim, order=0):
                coefficient *= size_of(dim, sizes)
            case Delta():
                joins |= dict.fromkeys(factor.indices, factor.indices[0])
            case Fuse(dims=parts) if factor.indices[0] not in splits:
                fused, *apart = factor.indices
                splits[fused] = (tuple(apart), parts)
            case operand if isinstance(values[operand], int | float | complex):
                coefficient *= values[operand]
            case operand:
                arrays.append(values[operand])
                inputs.append(factor.indices)
    arrays, inputs = _split_axes(arrays, inputs, splits)
    joined = (joins.get(label, label) for label in product.output)
    output = tuple(apart for label in joined for apart in splits.get(label, ((label,), ()))[0])
    held = {label for indices in inputs for label in indices}
    core = tuple(dict.fromkeys(label for label in output if label in held))
    value = contract_arrays(arrays, inputs, core) if arrays else np.ones((), dtype)
    if coefficient != 1 or not arrays:
        value = np.asarray(value * coefficient)
    shape = tuple(size_of(dims[label], sizes) for label in output)
    spread = _spread(value, core, output, shape)
    return spread.reshape([size_of(dim, sizes) for dim in node.shape]) if splits else spread


Splits = dict[Label, tuple[Indices, tuple[int, ...]]]


def _split_axes(
    arrays: list[Array], inputs: list[Indices], splits: Splits
) -> tuple[list[Array], list[Indices]]:
    """View every axis that a fuse joins as the axes that it was joined from."""
    viewed, lists = [], []
    for array, indices in zip(arrays, inputs, strict=True):
        shape: list[int] = []
        labels: list[Label] = []
        for label, size in zip(indices, array.shape, strict=True):
            apart, parts = splits.get(label, ((label,), (size,)))
            labels.extend(apart)
            shape.extend(parts)
        viewed.append(array.reshape(shape))
        lists.append(tuple(labels))
    return viewed, lists


def _spread(value: Array, core: Indices, output: Indices, shape: tuple[int, ...]) -> Array:
    """Write a value into an output with more axes: diagonals of zeros, and broadcasts."""
    if core == output:
        return value
    classes = tuple(dict.fromkeys(output))
    expanded = value.reshape(
        [value.shape[core.index(label)] if label in core else 1 for label in classes]
    )
    if len(classes) == len(output):
        return np.broadcast_to(expanded, shape).copy()
    result = np.zeros(shape, value.dtype)
    if prod(shape):
        class_view(result, output, writeable=True)[...] = expanded
    return result
