"""The likely cause of a wrong derivative, in words: each cause is a test on two arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import permutations

import numpy as np

from einsgrad.engine.binding import Array

_MOST_AXES = 4


def likely_cause(claimed: Array, reference: Array) -> str:
    """Say what turns the reference into the claimed array; empty if nothing known does.

    Examples
    --------
    >>> A = np.arange(4.0).reshape(2, 2)
    >>> likely_cause(A.T, A)
    'the axes are permuted: a transpose is missing or one too many'
    >>> likely_cause(2 * A, A)
    'a factor 2: an occurrence or a term is counted twice'
    """
    if claimed.shape != reference.shape:
        return f"the shape is {claimed.shape} instead of {reference.shape}"
    for cause in (_factor, _conjugate, _permutation, _delta, _spread):
        for words in cause(claimed, reference):
            return words
    return ""


def _close(one: Array, other: Array) -> bool:
    scale = np.abs(other).max(initial=0.0)
    return bool(np.abs(one - other).max(initial=0.0) <= 1e-5 * scale)


def _factor(claimed: Array, reference: Array) -> Iterator[str]:
    norm = float(np.vdot(reference, reference).real)
    if norm == 0:
        return
    ratio = np.vdot(reference, claimed) / norm
    if ratio == 0 or not _close(claimed, ratio * reference):
        return
    sizes = {1.0 / size for size in reference.shape} | {1.0 / reference.size}
    if _is(ratio, -1):
        yield "the sign is wrong"
    elif _is(ratio, 2):
        yield "a factor 2: an occurrence or a term is counted twice"
    elif _is(ratio, 0.5):
        yield "a factor 1/2: an occurrence is forgotten"
    elif any(_is(ratio, size) for size in sizes):
        yield f"a factor {ratio.real:.4g}: a mean where a sum belongs"
    else:
        yield f"a factor {ratio:.6g}"


def _is(ratio: complex, value: float) -> bool:
    return abs(ratio - value) < 1e-4 * abs(value)


def _conjugate(claimed: Array, reference: Array) -> Iterator[str]:
    if _close(claimed, reference.conj()):
        yield "the conjugate is taken"


def _permutation(claimed: Array, reference: Array) -> Iterator[str]:
    axes = tuple(range(reference.ndim))
    if not 2 <= reference.ndim <= _MOST_AXES:
        return
    for order in permutations(axes):
        moved = reference.transpose(order)
        if order != axes and moved.shape == claimed.shape and _close(claimed, moved):
            yield "the axes are permuted: a transpose is missing or one too many"


def _delta(claimed: Array, reference: Array) -> Iterator[str]:
    zero, gone = _vanishes(reference), _vanishes(claimed)
    if zero.any() and not zero.all() and _close(claimed[~zero], reference[~zero]):
        yield "entries that vanish are filled: a delta is missing"
    elif gone.any() and not gone.all() and _close(claimed[~gone], reference[~gone]):
        yield "entries are missing: a delta too many, or an occurrence forgotten"


def _vanishes(array: Array) -> Array:
    return np.asarray(np.abs(array) <= 1e-9 * np.abs(array).max(initial=0.0))


def _spread(claimed: Array, reference: Array) -> Iterator[str]:
    for axis, size in enumerate(reference.shape):
        for name, reduced in _REDUCTIONS:
            if size > 1 and _close(claimed, reduced(reference, axis) + 0 * reference):
                yield f"axis {axis} is lost: the entries along it are replaced by their {name}"


def _sum(array: Array, axis: int) -> Array:
    return np.asarray(array.sum(axis, keepdims=True))


def _mean(array: Array, axis: int) -> Array:
    return np.asarray(array.mean(axis, keepdims=True))


_REDUCTIONS: tuple[tuple[str, Callable[[Array, int], Array]], ...] = (
    ("sum", _sum),
    ("mean", _mean),
)
