"""Bounds of named arrays as bounds of the unknowns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from einsgrad.bridges.known_arrays import read_named
from einsgrad.bridges.packing import Packing
from einsgrad.engine.binding import Array, as_array
from einsgrad.errors import ArgumentError, ArgumentTypeError, DtypeError, ShapeError, clip


@dataclass(frozen=True, eq=False)
class UnknownBounds:
    """The least and the largest value of each unknown, which may be infinite."""

    low: Array
    high: Array

    @property
    def are_any(self) -> bool:
        """Whether any of them is finite."""
        return bool(np.isfinite(self.low).any() or np.isfinite(self.high).any())


def read_bounds(given: object, packing: Packing) -> UnknownBounds:
    """Read bounds by name: a pair (low, high) of numbers, arrays or None.

    Entries that are equal by declaration have the bounds of all of them.

    Raises
    ------
    ArgumentError
        If a lower bound is above the upper one, or one is nan.
    ArgumentTypeError, ShapeError, DtypeError
        If something is no pair, does not fit the shape, or is no real number.
    """
    named = read_named(packing.symbols, given, {}, "bounds")
    pairs = [
        _pair(named.get(symbol.name), shape, symbol.name)
        for symbol, shape in zip(packing.symbols, packing.shapes, strict=True)
    ]
    low = packing.joined([pair[0] for pair in pairs])
    high = packing.joined([pair[1] for pair in pairs])
    if packing.spread is None:
        return UnknownBounds(low, high)
    return _of_free_entries(low, high, packing)


def refuse_outside_bounds(start: Array, bounds: UnknownBounds, packing: Packing) -> None:
    """Refuse a start that is not between the bounds.

    Raises
    ------
    ArgumentError
    """
    outside = (start < bounds.low) | (start > bounds.high)
    if outside.any():
        entry = packing.kept[outside.argmax()]
        place = int(np.searchsorted(packing.ends, entry, "right")) - 1
        raise ArgumentError(
            f"the start of {clip(packing.symbols[place])} is not between its bounds. "
            "Give one that is."
        )


def _pair(given: object, shape: tuple[int, ...], name: str) -> tuple[Array, Array]:
    if given is None:
        given = (None, None)
    # A pair for each entry is how scipy has them, and two of them would be read as two arrays.
    are_pairs = isinstance(given, list) and any(isinstance(one, tuple) for one in given)
    if are_pairs or not isinstance(given, list | tuple) or len(given) != 2:
        raise ArgumentTypeError(
            f"bounds of {name}: one pair is expected, not {clip(given)}. Give (low, high), each "
            "a number, an array or None."
        )
    return low_and_high(given[0], given[1], shape, name)


def low_and_high(
    low: object, high: object, shape: tuple[int, ...], name: str
) -> tuple[Array, Array]:
    """Return the bounds of an array's entries; None is no bound.

    Raises
    ------
    ArgumentError, ShapeError, DtypeError
        If they exclude each other, do not fit the shape, or are no real numbers.

    Examples
    --------
    >>> low_and_high(None, 1, (2,), "x")
    (array([-inf, -inf]), array([1., 1.]))
    """
    least, most = _side(low, -np.inf, shape, name), _side(high, np.inf, shape, name)
    if not (least <= most).all():
        raise ArgumentError(
            f"bounds of {name}: a lower one is above the upper one, or one is nan. "
            "Give (low, high)."
        )
    return least, most


def _side(given: object, without: float, shape: tuple[int, ...], name: str) -> Array:
    array = as_array(without if given is None else given, f"a bound of {name}")
    if array.dtype.kind == "c":
        raise DtypeError(f"a bound of {name} is complex. Give real numbers.")
    try:
        return np.broadcast_to(array.astype(float), shape)
    except ValueError as error:
        raise ShapeError(
            f"a bound of {name} has shape {array.shape}, which does not broadcast to {shape}. "
            "Give a number, or an array of that shape."
        ) from error


def _of_free_entries(low: Array, high: Array, packing: Packing) -> UnknownBounds:
    """Take the bounds of all entries that an unknown makes."""
    entries = packing.spread.tocoo()
    rows, columns = entries.row, entries.col
    is_same = entries.data > 0
    least, most = np.full(packing.count, -np.inf), np.full(packing.count, np.inf)
    np.maximum.at(least, columns, np.where(is_same, low[rows], -high[rows]))
    np.minimum.at(most, columns, np.where(is_same, high[rows], -low[rows]))
    if not (least <= most).all():
        raise ArgumentError(
            "bounds: entries that are equal by declaration have bounds that exclude each other. "
            "Give them equal ones."
        )
    return UnknownBounds(least, most)
