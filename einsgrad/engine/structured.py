"""Arrays whose Kronecker deltas are not multiplied out: a Hessian in the form it was derived in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array, as_array
from einsgrad.engine.contractions.views import einsum_string
from einsgrad.engine.programs.steps import Term
from einsgrad.engine.refusals import check_array, most_bytes
from einsgrad.errors import ShapeError
from einsgrad.strings.subscripts import Indices


@dataclass(frozen=True, eq=False)
class Part:
    """An array spread by a pattern.

    Parameters
    ----------
    array
        The entries that are not known to be zero.
    held
        The label of each of its axes.
    pattern
        The label of each axis of the whole. A label that stands twice is a Kronecker delta,
        one that the array lacks a vector of ones.
    """

    array: Array
    held: Indices
    pattern: Indices

    def __str__(self) -> str:
        text = einsum_string([self.held], self.pattern)
        return f'"{text}" of an array of shape {self.array.shape}'


@dataclass(frozen=True, eq=False)
class Structured:
    """A sum of arrays that are spread by deltas and ones.

    Parameters
    ----------
    parts
        The terms.
    shape
        The shape of the whole.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y = eg.variables("x[n] y[n]")
    >>> hessian = eg.compile(eg.hessian(eg.sum(y * x**2), x), structured=True)(y=np.arange(3.0))
    >>> print(hessian)
    "i->ii" of an array of shape (3,)
    >>> hessian.contract(np.ones(3))
    array([0., 2., 4.])
    >>> hessian.dense()
    array([[0., 0., 0.],
           [0., 2., 0.],
           [0., 0., 4.]])
    """

    parts: tuple[Part, ...]
    shape: tuple[int, ...]

    @property
    def nbytes(self) -> int:
        """The memory that the parts take."""
        return sum(part.array.nbytes for part in self.parts)

    def __str__(self) -> str:
        return "\n".join(map(str, self.parts))

    def dense(self) -> Array:
        """Multiply the deltas out.

        Raises
        ------
        SizeError
            If the array would be too large.
        """
        dtype = np.result_type(*(part.array for part in self.parts))
        check_array(self.shape, dtype.itemsize, most_bytes(self.nbytes))
        result = np.zeros(self.shape, dtype)
        for part in self.parts:
            _add(result, part.pattern, part.array, part.held)
        return result

    def contract(self, array: Any) -> Array:
        """Contract the last axes with all axes of an array: a Hessian times a direction.

        Raises
        ------
        ShapeError
            If the array's shape is not that of the last axes.
        """
        given = as_array(array, "the array")
        first = len(self.shape) - given.ndim
        if first < 0 or self.shape[first:] != given.shape:
            raise ShapeError(
                f"an array of shape {given.shape} cannot be contracted with the last axes of "
                f"one of shape {self.shape}. Give one whose shape is the end of that."
            )
        result = np.zeros(self.shape[:first], np.result_type(given, *(p.array for p in self.parts)))
        for part in self.parts:
            lists = (part.held, part.pattern[first:])
            kept = dict.fromkeys(part.pattern[:first])
            held = tuple(label for label in kept if any(label in one for one in lists))
            value = np.einsum(einsum_string(lists, held), part.array, given)
            _add(result, part.pattern[:first], value, held)
        return result


def _add(result: Array, pattern: Indices, array: Array, held: Indices) -> None:
    """Add an array to the entries of a result that a pattern does not make zero."""
    labels = tuple(dict.fromkeys(pattern))
    view = result if labels == pattern else np.einsum(einsum_string([pattern], labels), result)
    order = [held.index(label) for label in labels if label in held]
    slots = tuple(slice(None) if label in held else None for label in labels)
    view[...] += np.asarray(array).transpose(order)[slots]


def structured_results(
    results: Sequence[Any], terms: Sequence[Sequence[Term]], shapes: Sequence[tuple[int, ...]]
) -> tuple[Structured, ...]:
    """Make structured arrays of the cores of all their terms, one after the other."""
    cores = iter(results)
    return tuple(
        Structured(tuple(Part(np.asarray(next(cores)), t.held, t.classes) for t in group), shape)
        for group, shape in zip(terms, shapes, strict=True)
    )
