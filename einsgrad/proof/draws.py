"""Random values of variables: floats that decide on signs, and residues that decide on equality.

Floats and residues are drawn apart: rational numbers near any float have any residues modulo
several primes. Only their signs agree: a residue is a square where the float is positive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import pi
from zlib import crc32

import numpy as np

from einsgrad.engine.binding import Array, size_of
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import COMPLEX, Variable
from einsgrad.expressions.tables.rows import Interval
from einsgrad.proof.declared import structured_floats, structured_residues
from einsgrad.proof.fields import ANGLES, CHAIN, Field, field_of
from einsgrad.proof.residues import Residues

# No variable has this name.
_PI, _UNIT = " pi", " unit"


@dataclass(frozen=True, eq=False)
class Draws:
    """Values of variables, by what they are drawn from.

    Parameters
    ----------
    count
        How many draws there are, the first axis of every array.
    sizes
        The sizes of dims.
    interval
        What floats lie between.
    seed
        What else the draws depend on.
    indices
        Variables that are indices only, with the size of the axis that they stand for.
    """

    count: int
    sizes: Mapping[Dim, int]
    interval: Interval
    seed: int
    indices: Mapping[Variable, int]

    def _generator(self, name: str, prime: int = 0) -> np.random.Generator:
        """Return a generator that depends on the name alone, and on no other variable."""
        return np.random.default_rng([self.seed, crc32(name.encode()), prime])

    def floats(self, node: Variable) -> Array:
        """Draw the floats of a variable."""
        generator = self._generator(node.name)
        shape = (self.count, *(size_of(dim, self.sizes) for dim in node.shape))
        if node in self.indices:
            return np.asarray(generator.integers(0, self.indices[node], shape))
        array = generator.uniform(*self.interval, shape)
        if COMPLEX in node.traits:
            array = array + 1j * generator.uniform(*self.interval, shape)
        return structured_floats(node, array)

    def residues(self, node: Variable, prime: int) -> Residues:
        """Draw the residues of a variable."""
        field = field_of(prime)
        shape = (self.count, *(size_of(dim, self.sizes) for dim in node.shape))
        if node in self.indices:
            return Residues(prime, np.asarray(self.floats(node) % prime))
        signs = self._generator(node.name)
        generator = self._generator(node.name, prime)
        # The signs are those of the floats before these are made to be what is declared.
        found = Residues(prime, _drawn(field, signs.uniform(*self.interval, shape), generator))
        if COMPLEX in node.traits:
            imaginary = _drawn(field, signs.uniform(*self.interval, shape), generator)
            found = Residues(prime, found.real, imaginary)
        return structured_residues(node, field, found)

    def pi(self, prime: int) -> Residues:
        """Draw the residue that stands for π."""
        floats = np.full(self.count, pi)
        return Residues(prime, _drawn(field_of(prime), floats, self._generator(_PI, prime)))

    def units(self, prime: int) -> Array:
        """Draw by what exponents are multiplied before they become exponentials.

        Each draw has another generator of the group of squares, or of angles.
        """
        order = ANGLES if prime == ANGLES else CHAIN[CHAIN.index(prime) - 1]
        return np.asarray(self._generator(_UNIT, prime).integers(1, order, self.count))


def _drawn(field: Field, floats: Array, generator: np.random.Generator) -> Array:
    """Draw residues with the signs of floats."""
    if not field.ordered:
        return np.asarray(generator.integers(1, field.prime, floats.shape))
    squares = field.powers[2 * generator.integers(0, field.half, floats.shape)]
    return np.asarray(np.where(floats < 0, -squares % field.prime, squares))
