"""Selectors as arrays of zeros and ones, small enough to be written out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

import numpy as np

from einsgrad.engine.binding import Array, size_of
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.selectors import Affine, Delta, Fourier, Integers, Step
from einsgrad.proof.fields import root_of_unity
from einsgrad.proof.residues import Residues


def selector_array(node: Delta | Affine | Step | Integers, sizes: Mapping[Dim, int]) -> Array:
    """Write a selector out as an array of integers.

    Examples
    --------
    >>> selector_array(Affine("n", (2,), (1,), 1), {"n": 3}).tolist()
    [[0, 0], [1, 0], [0, 1]]
    """
    shape = [size_of(dim, sizes) for dim in node.shape]
    match node:
        case Delta(dim=dim, order=order):
            if order == 0:
                return np.asarray(size_of(dim, sizes))
            places = np.indices(shape)
            return np.asarray((places == places[0]).all(axis=0), dtype=int)
        case Affine(strides=strides, offset=offset):
            target, *sources = np.indices(shape)
            place = size_of(offset, sizes)
            for stride, source in zip(strides, sources, strict=True):
                place = place + stride * source
            return np.asarray(target == place, dtype=int)
        case Step(offset=offset):
            row, column = np.indices(shape)
            return np.asarray(row >= column + size_of(offset, sizes), dtype=int)
        case Integers(sizes=lengths, entries=entries):
            return np.array(entries, dtype=int).reshape(lengths)
        case _ as unreachable:
            assert_never(unreachable)


def fourier_floats(node: Fourier, sizes: Mapping[Dim, int]) -> Array:
    """Return the matrix of a transform as complex numbers."""
    size = size_of(node.dim, sizes)
    turns = np.outer(np.arange(size), np.arange(size)) * (2 if node.conjugated else -2)
    return np.asarray(np.exp(1j * np.pi * turns / max(size, 1)))


def fourier_residues(node: Fourier, sizes: Mapping[Dim, int], prime: int) -> Residues | None:
    """Return the matrix of a transform over a field; None if that has no such roots of unity."""
    size = size_of(node.dim, sizes)
    root = root_of_unity(prime, size)
    if root is None:
        return None
    real, imaginary = [1], [0]
    for _ in range(size - 1):
        x, y = real[-1], imaginary[-1]
        real.append((x * root[0] - y * root[1]) % prime)
        imaginary.append((x * root[1] + y * root[0]) % prime)
    places = np.outer(np.arange(size), np.arange(size)) * (1 if node.conjugated else -1) % size
    return Residues(prime, np.array(real)[places][None], np.array(imaginary)[places][None])


def one_hot(places: Array, target: int) -> Array:
    """Return where the entries of each draw stand on an axis, which becomes the second.

    Integers below 0 count from the end.

    Examples
    --------
    >>> one_hot(np.array([[0, -1]]), 3).tolist()
    [[[1, 0], [0, 0], [0, 1]]]
    """
    wrapped = np.where(places < 0, places + target, places)[:, None]
    axis = np.arange(target).reshape(1, target, *[1] * (places.ndim - 1))
    return np.asarray(wrapped == axis, dtype=int)
