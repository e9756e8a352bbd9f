"""Functions of which nothing is known: random values that depend on the arguments alone.

An identity that holds for them holds for every function. What is known of their symmetries
is kept: an odd function is drawn as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.expressions.tables.elementwise import ELEMENTWISE
from einsgrad.expressions.tables.matrix_rows import MatrixFunction
from einsgrad.proof.fields import Field
from einsgrad.proof.residues import Residues


def mixed(seed: Array, *arrays: Array | None) -> Array:
    """Mix arrays into random numbers of 64 bits, entry by entry."""
    found = seed
    for array in arrays:
        if array is not None:
            found = _scrambled(found ^ (array.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)))
    return found


def _scrambled(numbers: Array) -> Array:
    """Scramble the bits of numbers, as the generator SplitMix64 does."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(numbers ^ (numbers >> np.uint64(31)))


def seed_of(name: str) -> Array:
    """Return the number that a name is mixed from."""
    return np.asarray(crc32(name.encode()), dtype=np.uint64) * np.uint64(0xD1342543DE82EF95)


def _residues(field: Field, numbers: Array, is_complex: bool) -> Residues:
    real = (numbers % np.uint64(field.prime)).astype(np.int64)
    if not is_complex:
        return Residues(field.prime, real)
    return Residues(
        field.prime, real, (_scrambled(numbers) % np.uint64(field.prime)).astype(np.int64)
    )


def entrywise(
    name: str, field: Field, operands: Sequence[Residues], is_complex: bool = False
) -> Residues:
    """Return an unknown function of entries."""
    row = ELEMENTWISE.get(name)
    if row is None or row.parity is None or not field.ordered or operands[0].imaginary is not None:
        parts = [part for one in operands for part in (one.real, one.imaginary)]
        return _residues(field, mixed(seed_of(name), *parts), is_complex)
    (x,) = operands
    positive = field.is_positive(x.real)
    modulus = np.where(positive, x.real, -x.real % field.prime)
    found = _residues(field, mixed(seed_of(name), modulus), is_complex)
    if row.parity == 1:
        return found
    return found.mapped(
        lambda part: np.where(x.real == 0, 0, np.where(positive, part, -part % field.prime))
    )


def of_arrays(
    name: str,
    field: Field,
    operands: Sequence[Residues],
    shape: tuple[int, ...],
    is_complex: bool = False,
    batch: int = 1,
) -> Residues:
    """Return an unknown function of whole arrays, whose value has this shape for each.

    Parameters
    ----------
    name, field, operands, is_complex
        The function and its operands.
    shape
        The shape of the value, without the axes that are batches.
    batch
        How many of the first axes are draws or batches.
    """
    parts = [part for one in operands for part in (one.real, one.imaginary) if part is not None]
    hashed = mixed(seed_of(name), *[_whole(part, batch) for part in parts])
    entries = np.arange(int(np.prod(shape, dtype=int))).reshape(shape)
    spread = hashed.reshape(*hashed.shape, *[1] * len(shape))
    return _residues(field, mixed(spread, entries), is_complex)


def _whole(array: Array, batch: int) -> Array:
    """Mix the entries of each array into one number."""
    flat = array.reshape(*array.shape[:batch], -1).astype(np.uint64)
    places = np.arange(flat.shape[-1], dtype=np.uint64)
    return np.asarray(mixed(seed_of("place"), flat, places).sum(axis=-1, dtype=np.uint64))


def of_matrices(row: MatrixFunction, field: Field, x: Residues, is_complex: bool) -> Residues:
    """Return an unknown function of the matrices in the last two axes."""
    batch = x.real.ndim - 2
    shape = row.value_shape(x.real.shape)[batch:]
    found = of_arrays(row.name, field, [x], shape, is_complex, batch)
    if not row.transposes or not row.square:
        return found
    turned = x.mapped(lambda part: part.swapaxes(-1, -2))
    other = of_arrays(row.name, field, [turned], shape, is_complex, batch)
    return found + (other if row.scalar else other.mapped(lambda part: part.swapaxes(-1, -2)))
