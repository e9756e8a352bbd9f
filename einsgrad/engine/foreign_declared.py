"""Arrays of other libraries that are not what is declared of their variable, and are refused."""

from __future__ import annotations

from typing import Any

import numpy as np

from einsgrad.engine.foreign_values import permuted
from einsgrad.engine.namespaces import is_traced, numpy_dtype
from einsgrad.engine.structured_arrays import undeclared_error
from einsgrad.expressions.foreign_arrays import DASK, TORCH, namespace_of
from einsgrad.expressions.nodes import DIAGONAL, HERMITIAN, LOWER, ORTHOGONAL, UPPER, Variable
from einsgrad.expressions.structures import exchanges_of


def refuse_undeclared_foreign(symbol: Variable, array: Any) -> None:
    """Refuse an array that is not what is declared of a variable.

    An array whose entries are not known yet is let pass: one that is traced, that is only
    planned, or that has no memory. So is one without entries.

    Raises
    ------
    ArgumentError
        If it is not.
    """
    namespace = namespace_of(array)
    if namespace is None or 0 in array.shape or not _is_known(array):
        return
    functions = namespace.functions
    dtype = numpy_dtype(array, symbol.name)
    least = np.finfo(dtype).eps ** (2 / 3) if dtype.kind in "fc" else 0.0
    largest = functions.max(abs(array))
    for found, wanted in _to_be_equal(symbol, array, functions):
        far = abs(found - wanted) > float(least) * largest
        if bool(functions.any(far)):
            raise undeclared_error(symbol)


def _is_known(array: Any) -> bool:
    """Tell whether the entries of an array are known: it is in no graph, and on a device."""
    if namespace_of(array) != TORCH:
        return namespace_of(array) != DASK and not is_traced(array)
    functorch = TORCH.functions._C._functorch
    return not array.is_meta and not functorch.is_functorch_wrapped_tensor(array)


def _to_be_equal(symbol: Variable, array: Any, functions: Any) -> list[tuple[Any, Any]]:
    """Return what has to be equal to what."""
    traits = symbol.traits
    if ORTHOGONAL in traits:
        product = permuted(array, (1, 0)) @ array
        return [(product, functions.eye(array.shape[0], dtype=array.dtype))]
    if HERMITIAN in traits:
        return [(array, functions.conj(permuted(array, (1, 0))))]
    if DIAGONAL in traits:
        return [(array, functions.tril(functions.triu(array)))]
    if traits & {LOWER, UPPER}:
        half = functions.tril if LOWER in traits else functions.triu
        return [(array, half(array))]
    few = exchanges_of(symbol).made_by
    return [(array, one.sign * permuted(array, one.order)) for one in few]
