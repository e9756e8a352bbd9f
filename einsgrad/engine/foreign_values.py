"""Arrays of other libraries in another dtype or order, and their copies, by their own functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from einsgrad.expressions.foreign_arrays import (
    DASK,
    JAX,
    TORCH,
    Namespace,
    kind_of_entries,
    namespace_of,
)


def with_dtype(array: Any, like: Any) -> Any:
    """Return an array in the dtype that it has together with another.

    Examples
    --------
    >>> with_dtype(np.ones(2, "f4"), np.ones(2)).dtype
    dtype('float64')
    """
    namespace = namespace_of(array)
    if namespace is None:
        return array.astype(np.result_type(array, like), copy=False)
    return with_dtypes(array, [like.dtype])


def with_dtypes(array: Any, dtypes: Iterable[Any]) -> Any:
    """Return an array of another library in the dtype that it has together with others."""
    for dtype in dtypes:
        if array.dtype != dtype and kind_of_entries(array):
            array = cast_to(array, _promoted(array, dtype))
    return array


def _promoted(array: Any, dtype: Any) -> Any:
    functions = _functions_of(array)
    if namespace_of(array) == TORCH:
        return functions.promote_types(array.dtype, dtype)
    return functions.result_type(array.dtype, dtype)


def _functions_of(array: Any) -> Any:
    namespace = namespace_of(array)
    assert namespace is not None
    return namespace.functions


def cast_to(array: Any, dtype: Any) -> Any:
    """Return an array of another library in one of its dtypes."""
    if namespace_of(array) == TORCH:
        return array.to(dtype)
    return (
        array.astype(dtype)
        if hasattr(array, "astype")
        else _functions_of(array).astype(array, dtype)
    )


def as_booleans(array: Any) -> Any:
    """Return an array's entries as booleans."""
    if namespace_of(array) is None:
        return array.astype(bool)
    functions = _functions_of(array)
    return cast_to(array, getattr(functions, "bool", None) or functions.bool_)


def copy_of(array: Any) -> Any:
    """Return a copy of an array that may be changed; all else as it is.

    Examples
    --------
    >>> copy_of(2.0)
    2.0
    """
    namespace = namespace_of(array)
    if isinstance(array, np.ndarray):
        return array.copy("K")
    if namespace is None or namespace in (JAX, DASK):
        return array
    return array.clone() if namespace == TORCH else namespace.functions.asarray(array, copy=True)


def copying(namespace: Namespace | None) -> str:
    """Write how an array is copied; arrays that nothing can change need no copy.

    Examples
    --------
    >>> copying(TORCH), copying(JAX)
    ('{0}.clone()', '{0}')
    """
    if namespace is None:
        return "{0}.copy()"
    if namespace == TORCH:
        return "{0}.clone()"
    if namespace in (JAX, DASK):
        return "{0}"
    return "{0}.__array_namespace__().asarray({0}, copy=True)"


def permuted(array: Any, order: Sequence[int]) -> Any:
    """Return an array with its axes in another order.

    Examples
    --------
    >>> permuted(np.ones((2, 3)), (1, 0)).shape
    (3, 2)
    """
    namespace = namespace_of(array)
    if namespace is None:
        return array.transpose(order)
    functions = namespace.functions
    names = {"torch": "permute", "jax": "transpose", "dask": "transpose"}
    name = names.get(namespace.library, "permute_dims")
    return getattr(functions, name)(array, tuple(order))


def first_entry(array: Any) -> Any:
    """Return what an array of another library holds at the first place of its first axis."""
    if int(array.shape[0]):
        return array[0, ...]
    return _functions_of(array).zeros(tuple(array.shape[1:]), dtype=array.dtype)
