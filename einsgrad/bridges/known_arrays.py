"""What is given for a problem by name: arrays of its data, a start, sizes of dims."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from einsgrad.engine.arguments import read_arrays
from einsgrad.engine.binding import (
    Array,
    as_array,
    bind,
    checked_sizes,
    refuse_undeclared_complex,
    size_of,
)
from einsgrad.engine.structured_arrays import refuse_undeclared
from einsgrad.errors import ArgumentError, ArgumentTypeError, DtypeError, clip, shorten
from einsgrad.expressions.dims import Dim, names_in
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.walks import topological

Sizes = Mapping[Dim, int]


@dataclass(frozen=True, eq=False)
class KnownArrays:
    """The variables that are no unknowns, with their arrays, and all sizes that are known.

    Parameters
    ----------
    symbols, arrays
        The variables, and an array for each.
    sizes
        Sizes of dims.
    """

    symbols: tuple[Variable, ...]
    arrays: tuple[Array, ...]
    sizes: Sizes


def read_named(
    symbols: Sequence[Variable], given: object, named: Mapping[str, Any], what: str
) -> dict[str, Any]:
    """Read what is given by name: in a mapping by name or variable, or by keyword.

    Raises
    ------
    ArgumentError
        If no variable has a name, or one is given twice.
    ArgumentTypeError
        If no mapping is given.

    Examples
    --------
    >>> x, y = Variable("x", ("n",)), Variable("y", ())
    >>> read_named([x, y], {x: 1}, {"y": 2}, "start")
    {'x': 1, 'y': 2}
    """
    if given is not None and not isinstance(given, Mapping):
        raise ArgumentTypeError(
            f"{what}: a mapping of names is expected, not {clip(given)}. "
            f"Give {{{clip(symbols[0].name)}: ...}}."
        )
    found = read_arrays(symbols, ({} if given is None else given,), named, ordered=False)
    if found.further:
        raise ArgumentError(
            f"{what}: {clip(found.further[0])} is none of the variables here, which are "
            f"{symbol_names(symbols)}. Leave it out."
        )
    return found.arrays


def read_data(
    symbols: Sequence[Variable], given: Mapping[str, Any], expr: Expr, sizes: object
) -> KnownArrays:
    """Check the arrays of data, and take sizes from them; floats become double precision.

    Raises
    ------
    ArgumentError, ShapeError, DtypeError
        If an array is missing, or does not fit its variable or its declaration; if a size is
        given for a dim that does not occur.
    """
    told = checked_sizes(sizes)
    dims = set(names_in([dim for node in topological(expr) for dim in node.shape]))
    for name in told:
        if isinstance(name, str) and name not in dims:
            raise ArgumentError(f"sizes: no dim here is called {clip(name)}. Leave it out.")
    refuse_undeclared_complex(symbols, given)
    arrays, known = bind(symbols, given, told)
    for symbol in symbols:
        refuse_undeclared(symbol, arrays[symbol.name])
    return KnownArrays(
        tuple(symbols), tuple([in_double(arrays[symbol.name]) for symbol in symbols]), known
    )


def read_unknowns(
    symbols: Sequence[Variable], given: Mapping[str, Any], sizes: Sizes, what: str
) -> dict[str, Array]:
    """Check an array for each unknown; a number stands for an array of it.

    Raises
    ------
    ArgumentError
        If one is missing, is not what its variable is declared to be, or its size is unknown.
    ShapeError, DtypeError
        If one has another shape, or is complex.

    Examples
    --------
    >>> read_unknowns([Variable("x", ("n",))], {"x": 1}, {"n": 2}, "start")
    {'x': array([1., 1.])}
    """
    missing = [one.name for one in symbols if one.name not in given]
    if missing:
        raise ArgumentError(
            f"{what}: nothing is given for {clip(missing[0])}. "
            f"Give it beside the others: {{{clip(missing[0])}: ...}}."
        )
    arrays = {one.name: _real(given[one.name], f"{what} of {one.name}") for one in symbols}
    whole = [one for one in symbols if arrays[one.name].ndim or not one.shape]
    _, known = bind(whole, arrays, sizes)
    for one in symbols:
        if one not in whole:
            arrays[one.name] = np.full(shape_of(one, known), arrays[one.name])
        refuse_undeclared(one, arrays[one.name])
    return arrays


def shape_of(symbol: Variable, sizes: Sizes) -> tuple[int, ...]:
    """Return the shape of a variable's arrays.

    Raises
    ------
    ArgumentError
        If a size is not known.
    """
    return tuple([size_of(dim, sizes) for dim in symbol.shape])


def in_double(array: Array) -> Array:
    """Return floats in double precision, in which scipy computes, and others as they are.

    Examples
    --------
    >>> in_double(np.ones(1, "float32")).dtype, in_double(np.ones(1, int)).dtype.kind
    (dtype('float64'), 'i')
    """
    match array.dtype.kind:
        case "f":
            return array.astype(np.float64, copy=False)
        case "c":
            return array.astype(np.complex128, copy=False)
        case _:
            return array


def _real(value: object, what: str) -> Array:
    array = as_array(value, what)
    if array.dtype.kind == "c":
        raise DtypeError(f"{what} is complex, and scipy's unknowns are real. Give its real part.")
    return array.astype(np.float64)


def symbol_names(symbols: Iterable[Variable]) -> str:
    """List variables in a message."""
    return shorten(", ".join(one.name for one in symbols)) or "none"


def as_mapping(given: object, what: str) -> Mapping[str, Any]:
    """Refuse options that are no mapping.

    Raises
    ------
    ArgumentTypeError
    """
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise ArgumentTypeError(
            f"{what}: a mapping is expected, not {clip(given)}. Give {{'maxiter': 100}}."
        )
    return given


def as_tolerance(given: object) -> float | None:
    """Refuse a tolerance that is no positive number, nor None.

    Raises
    ------
    ArgumentError

    Examples
    --------
    >>> as_tolerance(1e-6)
    1e-06
    """
    if given is None:
        return None
    if not isinstance(given, int | float | np.number) or isinstance(given, bool) or not given > 0:
        raise ArgumentError(f"tol: {clip(given)} is no positive number. Give one, such as 1e-8.")
    return float(given)
