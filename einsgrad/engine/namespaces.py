"""Arrays of other libraries: their shapes and dtypes, and that those of a call are of one library.

An array is never converted to another library. What a call is given is of one library, and
numbers of Python; else it is refused.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from einsgrad.errors import ArgumentError, DtypeError, ShapeError, clip, shorten
from einsgrad.expressions.capture import NUMBER_KINDS
from einsgrad.expressions.foreign_arrays import (
    DASK,
    JAX,
    TORCH,
    Namespace,
    dtype_name,
    name_of_dtype,
    namespace_of,
)

_HALVES = {"bfloat16": "float16"}


def numpy_dtype(array: Any, what: str) -> np.dtype[Any]:
    """Return numpy's name of an array's dtype; bfloat16 is planned as half precision.

    Raises
    ------
    DtypeError
        If numpy has none, or not one of numbers.
    """
    if isinstance(array, np.ndarray | np.generic):
        return array.dtype
    name = dtype_name(array)
    try:
        dtype = np.dtype(_HALVES.get(name, name))
    except TypeError:
        dtype = np.dtype(object)
    if dtype.kind not in NUMBER_KINDS:
        raise DtypeError(
            f"{what} has dtype {shorten(name)}. Give booleans, integers, floats or complex numbers."
        )
    return dtype


def known_shape(array: Any, what: str) -> tuple[int, ...]:
    """Return an array's shape as integers.

    Raises
    ------
    ShapeError
        If a size is not known before the array is computed.
    """
    try:
        return tuple([int(size) for size in array.shape])
    except (TypeError, ValueError, OverflowError):
        raise ShapeError(
            f"{what} has shape {clip(array.shape)}, whose sizes are not known. "
            "Give an array of known shape."
        ) from None


def common_namespace(values: Iterable[object]) -> Namespace | None:
    """Return the library that arrays are of; None if it is numpy.

    Raises
    ------
    ArgumentError
        If they are of several.
    """
    found = {one: None for one in map(namespace_of, values) if one is not None}
    if len(found) > 1:
        names = " and ".join(one.title for one in found)
        raise ArgumentError(f"arrays of {names} are given. Give all of one library.")
    return next(iter(found), None)


def in_one_namespace(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return arrays by name, of one library: with others than numpy's, numbers become arrays.

    Raises
    ------
    ArgumentError
        If they are of several libraries.
    """
    if all(namespace_of(one) is None for one in given.values()):
        return given
    return dict(zip(given, one_namespace(tuple(given.values()), tuple(given)), strict=True))


def one_namespace(values: Sequence[Any], whats: Sequence[str]) -> Sequence[Any]:
    """Return values as arrays of one library, if one is of another library than numpy.

    Raises
    ------
    ArgumentError
        If they are of several libraries.
    """
    namespace = common_namespace(values)
    if namespace is None:
        return values
    like = [one for one in values if namespace_of(one) is not None]
    return [
        one if namespace_of(one) is not None else as_array_of(namespace, one, what, like)
        for one, what in zip(values, whats, strict=True)
    ]


def beside(array: Any, value: Any, what: str) -> Any:
    """Return a value as an array of the library of an array, if it is of another than numpy.

    Raises
    ------
    ArgumentError
        If it is of another library.
    """
    return one_namespace([array, value], ["the operand", what])[1]


def as_array_of(namespace: Namespace, value: object, what: str, like: list[Any]) -> Any:
    """Make an array of a number, with the least precision of other arrays, where these are.

    Raises
    ------
    ArgumentError
        If it is an array of numpy, or a list.
    """
    if isinstance(value, np.ndarray) and not value.shape:
        value = value[()]
    if not isinstance(value, int | float | complex | np.generic):
        raise ArgumentError(
            f"{shorten(what)} is {_kind_of(value)}, and there are arrays of {namespace.title}. "
            "Nothing is converted to another library. Give all of one."
        )
    number: Any = value.item() if isinstance(value, np.generic) else value
    module = namespace.functions
    dtype = _number_dtype(module, number, like)
    place = {} if namespace in (JAX, DASK) else {"device": like[0].device}
    make = module.tensor if namespace == TORCH else module.asarray
    return make(number, dtype=dtype, **place)


def _kind_of(value: object) -> str:
    return "an array of numpy" if isinstance(value, np.ndarray) else f"a {type(value).__name__}"


def _number_dtype(module: Any, number: complex, like: list[Any]) -> Any:
    """Return the dtype of a number beside arrays: that of floats with the least precision."""
    floats = [one for one in like if numpy_dtype(one, "an array").kind in "fc"]
    if not floats:
        return None
    least = min(floats, key=lambda one: np.finfo(numpy_dtype(one, "an array")).bits)
    own, is_complex = numpy_dtype(least, "an array"), isinstance(number, complex)
    if own.kind == "f" and is_complex:
        return module.complex64 if np.finfo(own).bits <= 32 else module.complex128
    if own.kind == "c" and not is_complex:
        return module.float32 if np.finfo(own).bits <= 32 else module.float64
    return least.dtype


def is_bfloat(arrays: Iterable[Any]) -> bool:
    """Tell whether half precision means bfloat16 among arrays.

    Raises
    ------
    DtypeError
        If it means both.
    """
    names = set(map(dtype_name, arrays))
    if {"bfloat16", "float16"} <= names:
        raise DtypeError("arrays of bfloat16 and of float16 are given. Give all of one dtype.")
    return names >= {"bfloat16"}


def is_traced(array: object) -> bool:
    """Tell whether an array of jax is one of a function that jax traces."""
    jax = sys.modules.get("jax")
    return jax is not None and isinstance(array, jax.core.Tracer)


def whole_numbers_as(namespace: Namespace, dtypes: Iterable[np.dtype[Any]]) -> np.dtype[Any]:
    """Return the floats that whole numbers become: the least among arrays, or the library's own.

    Examples
    --------
    >>> whole_numbers_as(JAX, [np.dtype("i8"), np.dtype("f4")])
    dtype('float32')
    """
    floats = [np.finfo(one).dtype for one in dtypes if one.kind in "fc"]
    if floats:
        return min(floats, key=lambda one: one.itemsize)
    if namespace == TORCH:
        return np.dtype(name_of_dtype(namespace.functions.get_default_dtype()))
    if namespace == JAX and not sys.modules["jax"].config.jax_enable_x64:
        return np.dtype(np.float32)
    return np.dtype(float)
