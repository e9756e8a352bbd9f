"""The values of nodes as floats, which decide on sides, signs and places."""

from __future__ import annotations

from typing import Any, assert_never

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.dtypes import as_float
from einsgrad.engine.row_values import row_value
from einsgrad.errors import ArgumentError
from einsgrad.expressions.nodes import (
    ARGSORT,
    Add,
    Called,
    Constant,
    Einsum,
    Expr,
    Map,
    MatrixMap,
    Pick,
    Places,
    Reduce,
    Variable,
)
from einsgrad.expressions.selectors import Affine, Delta, Fourier, Integers, Step
from einsgrad.expressions.tables.rows import Row
from einsgrad.proof.functions import COMPARISONS, NEAR, ROUNDED
from einsgrad.proof.known_values import KnownValues, with_rank
from einsgrad.proof.residues import contract_draws, join_arrays
from einsgrad.proof.selections import fourier_floats, one_hot, selector_array


def float_value(node: Expr, known: KnownValues) -> Any:
    """Evaluate a node whose operands are known, as floats."""
    match node:
        case Variable():
            return known.draws.floats(node)
        case Constant(value=value):
            return np.array([as_float(value)])
        case Delta() | Affine() | Step() | Integers():
            return selector_array(node, known.draws.sizes)[None]
        case Fourier():
            return fourier_floats(node, known.draws.sizes)[None]
        case Pick(target=target, indices=indices):
            return _picked(known.size(target), known.floats[indices])
        case Places():
            return _places(known, node)
        case Einsum(subscripts=subscripts, operands=operands):
            return contract_draws(subscripts, [known.floats[one] for one in operands], join_arrays)
        case Add(terms=terms):
            return sum(known.floats[term] for term in terms)
        case Map():
            return _map_float(known, node)
        case Reduce(function=reduction, operand=operand, axes=axes):
            shifted = tuple(axis + 1 for axis in axes)
            return row_value(reduction, known.floats[operand], shifted)
        case MatrixMap(function=row, operand=operand):
            return _matrix_float(row, known.floats[operand])
        case Called():
            return _called_float(known, node)
        case _ as unreachable:
            assert_never(unreachable)


def _picked(target: int, places: Array) -> Array:
    whole = np.where(np.isfinite(places), places, 0).astype(np.int64)
    return one_hot(whole, target)


def _places(known: KnownValues, node: Places) -> Array:
    x = known.floats[node.operand]
    if node.name == ARGSORT:
        return np.asarray(np.argsort(x, axis=node.axis + 1, kind="stable"))
    return np.asarray(getattr(np, node.name)(x, axis=node.axis + 1))


def _spread(known: KnownValues, node: Map) -> list[Array]:
    """Return the operands' floats, numbers with axes of size 1."""
    return [with_rank(known.floats[one], len(node.shape)) for one in node.operands]


def _map_float(known: KnownValues, node: Map) -> Array:
    given = _spread(known, node)
    name = node.function.name
    if name in COMPARISONS:
        return _compared(known, node, *given)
    value = np.asarray(row_value(node.function, *given))
    if name == "where":
        # A condition that is not known chooses nothing.
        value = np.where(np.isnan(given[0]), np.nan, value)
    if name in ROUNDED:
        near = abs(given[0] - np.rint(given[0])) < NEAR
        exact = _is_whole(known, node.operands[0], given[0])
        return np.where(near & ~exact, np.nan, value)
    return np.broadcast_to(value, np.broadcast_shapes(value.shape, *[x.shape for x in given]))


def _is_whole(known: KnownValues, node: Expr, floats: Array) -> Array:
    """Tell which entries are whole numbers, by their residues."""
    prime = next(p for one, p in known.residues if one is node)
    value = with_rank(known.residues[node, prime].real, floats.ndim - 1)
    nearest = np.where(np.isfinite(floats), np.rint(floats), 0).astype(np.int64)
    return np.asarray(value == nearest % prime)


def _compared(known: KnownValues, node: Map, x: Array, y: Array) -> Array:
    """Compare; of numbers that are near the residues say whether they are equal."""
    first, second = node.operands
    prime = next(p for one, p in known.residues if one is first)
    if (second, prime) not in known.residues:
        return np.full(np.broadcast_shapes(x.shape, y.shape), np.nan)
    rank = len(node.shape)
    one, other = (
        known.residues[each, prime].mapped(lambda part: with_rank(part, rank))
        for each in node.operands
    )
    equal = (one - other).is_zero()
    near = abs(x - y) <= NEAR * (1 + abs(x) + abs(y))
    same = near & equal
    value = np.where(same, row_value(node.function, 0, 0), row_value(node.function, x, y))
    unknown = (near & ~equal) | ~np.isfinite(x) | ~np.isfinite(y)
    return np.where(unknown, np.nan, value)


def _called_float(known: KnownValues, node: Called) -> Array:
    count = known.draws.count
    given = [
        np.broadcast_to(known.floats[one], (count, *known.shape(one))) for one in node.operands
    ]
    found = [np.asarray(node.call.value([array[k] for array in given])) for k in range(count)]
    return np.stack(found)


def _matrix_float(row: Row, array: Array) -> Array:
    """Evaluate a function of matrices; nan where a matrix has no value."""
    if np.isfinite(array).all():
        try:
            return np.asarray(row_value(row, array))
        except np.linalg.LinAlgError:
            pass
    flat = array.reshape(-1, *array.shape[-2:])
    found = [_one_matrix(row, one) for one in flat]
    shape = next((one.shape for one in found if one is not None), None)
    if shape is None:
        raise ArgumentError(f"{row.name} has no value for any of the matrices that were drawn.")
    entries = [np.full(shape, np.nan) if one is None else one for one in found]
    return np.stack(entries).reshape(*array.shape[:-2], *shape)


def _one_matrix(row: Row, matrix: Array) -> Array | None:
    if not np.isfinite(matrix).all():
        return None
    try:
        return np.asarray(row_value(row, matrix))
    except (np.linalg.LinAlgError, ValueError, ArithmeticError):
        return None
