"""Products of labelled arrays by numpy's einsum, one after the other, with nothing compiled."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import prod
from typing import Any, NamedTuple

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.expressions.nodes import Einsum, Expr, Pick
from einsgrad.expressions.selectors import Affine, Delta, Step
from einsgrad.strings.subscripts import Indices, Label

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

# From here on numpy's matrix products are faster than its loops: `benchmarks/function_calls.py`.
_SMALL = 1 << 14

# A selector with more entries is not written out.
_MOST_ENTRIES = 1 << 16


class NotImmediateError(Exception):
    """An expression is not evaluated node by node; a program evaluates it."""


def selector(node: Expr) -> Any:
    """Return a selector as an array, as a number, or None if it is ones along an axis.

    Raises
    ------
    NotImmediateError
        If it is large, or of another kind.
    """
    match node:
        case Delta(dim=int() as size, order=0):
            return float(size)
        case Delta(order=1):
            return None
        case Delta() | Affine() | Step():
            return _written_out(node)
    raise NotImmediateError


@lru_cache(maxsize=256)
def _written_out(node: Delta | Affine | Step) -> Array:
    shape: Any = node.shape
    if not all(isinstance(size, int) for size in shape) or prod(shape) > _MOST_ENTRIES:
        raise NotImmediateError
    match node:
        case Delta():
            first, *others = np.indices(shape)
            found = np.ones(shape, bool)
            for other in others:
                found &= first == other
            return found.astype(float)
        case Affine(strides=strides, offset=int() as offset):
            target, *sources = np.indices(shape)
            place = offset + sum(s * i for s, i in zip(strides, sources, strict=True))
            return np.asarray(target == place, float)
        case Step(offset=int() as offset):
            row, column = np.indices(shape)
            return np.asarray(row >= column + offset, float)
    raise NotImmediateError


def written_out_pick(node: Pick, places: Any) -> Array:
    """Return a look-up as an array of zeros and ones.

    Raises
    ------
    NotImmediateError
        If it is large, or looks for what is not there.
    """
    size = node.target
    if not isinstance(size, int) or size * np.size(places) > _MOST_ENTRIES:
        raise NotImmediateError
    if np.any(places < -size) or np.any(places >= size):
        raise NotImmediateError
    targets = np.arange(size).reshape(size, *[1] * np.ndim(places))
    return np.asarray(targets == np.where(places < 0, places + size, places), float)


def labelled_product(
    lists: Sequence[Indices], values: Sequence[Any], output: Indices, sizes: dict[Label, int]
) -> Any:
    """Return the product of factors, summed over the labels that are not in the output.

    Parameters
    ----------
    lists, values
        The labels of each factor, and its array; a number for no labels; None for ones.
    output
        The labels of the result.
    sizes
        The size of each label.
    """
    plan = _plan(tuple(lists), tuple([value is None for value in values]), output)
    number: Any = None
    for place in plan.numbers:
        number = values[place] if number is None else number * values[place]
    for label in plan.summed_ones:
        number = sizes[label] if number is None else number * sizes[label]
    if not plan.arrays:
        number = 1.0 if number is None else number
        return np.full([sizes[label] for label in output], number) if output else number
    found = _einsum(plan.lists, plan.kept, [values[place] for place in plan.arrays], sizes)
    if number is not None:
        found = found * number
    if len(plan.kept) < len(output):
        shape = [sizes[label] if label in plan.kept else 1 for label in output]
        full = tuple([sizes[label] for label in output])
        found = np.broadcast_to(np.reshape(found, shape), full)
    return found


class _Plan(NamedTuple):
    """Which factors are numbers and which arrays, with their labels, and what else is to do."""

    numbers: tuple[int, ...]
    arrays: tuple[int, ...]
    lists: tuple[Indices, ...]
    kept: Indices
    summed_ones: Indices


@lru_cache(maxsize=4096)
def _plan(lists: tuple[Indices, ...], are_ones: tuple[bool, ...], output: Indices) -> _Plan:
    factors = [place for place, ones in enumerate(are_ones) if not ones]
    arrays = tuple([place for place in factors if lists[place]])
    there = {label for place in arrays for label in lists[place]}
    labels = dict.fromkeys(label for indices in lists for label in indices)
    return _Plan(
        tuple([place for place in factors if not lists[place]]),
        arrays,
        tuple([lists[place] for place in arrays]),
        tuple([label for label in output if label in there]),
        tuple([label for label in labels if label not in there and label not in output]),
    )


def _einsum(
    lists: tuple[Indices, ...], output: Indices, arrays: list[Array], sizes: dict[Label, int]
) -> Any:
    if len(arrays) == 1 and lists[0] == output:
        return arrays[0]
    if len(arrays) == 2 and lists[0] == lists[1] == output:
        return arrays[0] * arrays[1]
    text = _text(lists, output)
    if len(arrays) < 3:
        space = 1
        for label in {label for indices in lists for label in indices}:
            space *= sizes[label]
        if len(arrays) == 1 or space <= _SMALL:
            return np.einsum(text, *arrays)
    return np.einsum(text, *arrays, optimize=True)


@lru_cache(maxsize=4096)
def _text(lists: tuple[Indices, ...], output: Indices) -> str:
    labels = dict.fromkeys(label for indices in lists for label in indices)
    if len(labels) > len(_LETTERS):
        raise NotImmediateError
    letters = dict(zip(labels, _LETTERS, strict=False))
    written = ",".join("".join(letters[label] for label in indices) for indices in lists)
    return f"{written}->{''.join(letters[label] for label in output)}"


@lru_cache(maxsize=4096)
def known_sizes(node: Einsum) -> dict[Label, int]:
    """Return the size of each label of a product.

    Raises
    ------
    NotImmediateError
        If one is a name.
    """
    sizes: dict[Label, int] = {}
    for label, dim in node.dims.items():
        if not isinstance(dim, int):
            raise NotImmediateError
        sizes[label] = dim
    return sizes
