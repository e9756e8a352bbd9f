"""Arrays of residues, one for each draw along the first axis, and what is computed with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.strings.subscripts import Indices, Label, Subscripts


@dataclass(frozen=True, slots=True, eq=False)
class Residues:
    """Residues modulo a prime, or with an imaginary part over a root of -1.

    Parameters
    ----------
    prime
        The prime.
    real
        The array: first the draws, or one entry that stands for all of them.
    imaginary
        The same for the imaginary part; None where it is 0.
    """

    prime: int
    real: Array
    imaginary: Array | None = None

    def mapped(self, function: Callable[[Array], Array]) -> Residues:
        """Apply what moves entries to both parts."""
        imaginary = None if self.imaginary is None else function(self.imaginary)
        return Residues(self.prime, function(self.real), imaginary)

    def __add__(self, other: Residues) -> Residues:
        imaginary = self.imaginary
        if imaginary is None:
            imaginary = other.imaginary
        elif other.imaginary is not None:
            imaginary = (imaginary + other.imaginary) % self.prime
        real = (self.real + other.real) % self.prime
        if imaginary is not None:
            imaginary = np.broadcast_to(imaginary, real.shape)
        return Residues(self.prime, real, imaginary)

    def __neg__(self) -> Residues:
        return self.mapped(lambda part: -part % self.prime)

    def __sub__(self, other: Residues) -> Residues:
        return self + -other

    def __mul__(self, other: Residues) -> Residues:
        return _joined(self, other, lambda one, two: one * two)

    def conjugate(self) -> Residues:
        """Return the complex conjugates."""
        if self.imaginary is None:
            return self
        return Residues(self.prime, self.real, -self.imaginary % self.prime)

    def modulus_squared(self) -> Array:
        """Return the squares of the moduli, for real residues their own."""
        found: Array = self.real * self.real
        if self.imaginary is not None:
            found = found + self.imaginary * self.imaginary
        return np.asarray(found % self.prime)

    def is_zero(self) -> Array:
        """Tell which entries are 0."""
        zero: Array = np.asarray(self.real == 0)
        return zero if self.imaginary is None else np.asarray(zero & (self.imaginary == 0))


def _joined(one: Residues, other: Residues, join: Callable[[Array, Array], Array]) -> Residues:
    """Multiply in a way that is bilinear in the parts."""
    prime = one.prime
    real = join(one.real, other.real) % prime
    if one.imaginary is None and other.imaginary is None:
        return Residues(prime, real)
    if other.imaginary is None:
        assert one.imaginary is not None
        return Residues(prime, real, join(one.imaginary, other.real) % prime)
    if one.imaginary is None:
        return Residues(prime, real, join(one.real, other.imaginary) % prime)
    imaginary = join(one.real, other.imaginary) + join(one.imaginary, other.real)
    real = (real - join(one.imaginary, other.imaginary)) % prime
    return Residues(prime, real, imaginary % prime)


def times_matrices(one: Residues, other: Residues) -> Residues:
    """Multiply the matrices in the last two axes."""
    return _joined(one, other, np.matmul)


def summed(terms: Sequence[Residues]) -> Residues:
    """Add terms."""
    return reduce(Residues.__add__, terms)


def contract_draws(
    subscripts: Subscripts, operands: Sequence[Any], product: Callable[..., Any] | None = None
) -> Any:
    """Contract arrays whose first axis is the draws, two at a time.

    Parameters
    ----------
    subscripts
        The label lists, without the draws.
    operands
        Residues, or arrays where `product` is `join_arrays`.
    product
        Multiplies two operands, given their labels and those of the result.
    """
    multiply = join_residues if product is None else product
    pending = list(zip(subscripts.inputs, operands, strict=True))
    labels, value = pending.pop(0)
    while pending:
        place = _nearest(labels, [one for one, _ in pending])
        others, other = pending.pop(place)
        kept = {*subscripts.output, *(label for one, _ in pending for label in one)}
        result = tuple(dict.fromkeys(one for one in (*labels, *others) if one in kept))
        value = multiply(labels, value, others, other, result)
        labels = result
    return multiply(labels, value, (), None, subscripts.output)


def _nearest(labels: Indices, others: Sequence[Indices]) -> int:
    """Return the place of the list that shares most labels and brings fewest new ones."""
    held = set(labels)
    return max(
        range(len(others)),
        key=lambda place: (
            len(held.intersection(others[place])) - len(set(others[place]) - held),
            -place,
        ),
    )


def join_residues(
    labels: Indices, one: Residues, others: Indices, other: Residues | None, result: Indices
) -> Residues:
    """Contract two operands of residues, or bring one into the order of the result."""
    numbers = _numbers(labels, others, result)
    if other is None:
        lists = _numbered(labels, numbers), _numbered(result, numbers)
        return one.mapped(lambda part: np.einsum(part, *lists) % one.prime)
    first, second, third = (_numbered(each, numbers) for each in (labels, others, result))
    return _joined(one, other, lambda x, y: np.einsum(x, first, y, second, third))


def join_arrays(
    labels: Indices, one: Array, others: Indices, other: Array | None, result: Indices
) -> Array:
    """Contract two arrays of numbers, or bring one into the order of the result."""
    numbers = _numbers(labels, others, result)
    first, second, third = (_numbered(each, numbers) for each in (labels, others, result))
    if other is None:
        return np.asarray(np.einsum(one, first, third))
    return np.asarray(np.einsum(one, first, other, second, third))


def _numbers(*lists: Indices) -> Mapping[Label, int]:
    return {label: place for place, label in enumerate(dict.fromkeys(sum(lists, ())), 1)}


def _numbered(labels: Indices, numbers: Mapping[Label, int]) -> list[int]:
    return [0, *(numbers[label] for label in labels)]
