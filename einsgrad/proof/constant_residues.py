"""Constants as residues: what a float stands for, and else a number with its first digits."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.expressions.nodes import Number
from einsgrad.proof.constants import Known, recognise
from einsgrad.proof.draws import Draws
from einsgrad.proof.elimination import square_root
from einsgrad.proof.fields import field_of
from einsgrad.proof.functions import above, below
from einsgrad.proof.residues import Residues
from einsgrad.proof.unknown import entrywise


@dataclass(eq=False)
class ConstantResidues:
    """Constants in fields.

    Parameters
    ----------
    draws
        What stands for π.
    units
        By what exponents are multiplied in each field.
    lacking
        Whether a root was asked for that is no residue: another field may have it.
    """

    draws: Draws
    units: dict[int, Array]
    lacking: bool = field(default=False)

    def value(self, number: Number, prime: int) -> Residues:
        """Return a constant as a residue for each draw, or for all draws."""
        if not isinstance(number, complex):
            return Residues(prime, self._real(number, prime))
        parts = self._real(number.real, prime), self._real(number.imag, prime)
        real, imaginary = np.broadcast_arrays(*parts)
        return Residues(prime, real, imaginary)

    def _real(self, value: float, prime: int) -> Array:
        if isinstance(value, int):
            return np.array([value % prime])
        known = recognise(value)
        found = None if known is None else self._known(known, prime)
        if found is not None:
            return found
        name = f"number {abs(value):.11e}"
        unknown = entrywise(name, field_of(prime), [Residues(prime, np.zeros(1, np.int64))]).real
        return np.asarray(unknown if value > 0 else -unknown % prime)

    def _known(self, known: Known, prime: int) -> Array | None:
        """Return a number that is known; None if a field has no place for it."""
        own = field_of(prime)
        numerator, denominator = known.fraction.as_integer_ratio()
        if denominator % prime == 0:
            return None
        result = np.array([numerator * pow(denominator, -1, prime) % prime])
        if known.pi_power:
            powers = own.whole_power(self.draws.pi(prime).real, known.pi_power)
            result = result * powers % prime
        if known.root:
            return self._root(result, 1 if numerator > 0 else -1, prime)
        for factor in self._factors(known, prime):
            if factor is None:
                return None
            result = result * factor % prime
        return np.asarray((result + known.added) % prime)

    def _root(self, square: Array, sign: int, prime: int) -> Array | None:
        own = field_of(prime)
        if not own.ordered:
            return None
        roots, found = square_root(own, square * sign % prime)
        self.lacking = self.lacking or not found.all()
        return np.asarray(roots * sign % prime)

    def _factors(self, known: Known, prime: int) -> list[Array | None]:
        """Return the exponential and the logarithm that a number is multiplied by."""
        found: list[Array | None] = []
        if known.exponent:
            found.append(self._exponential(known, prime))
        if known.logarithm is not None:
            found.append(self._logarithm(known, prime))
        return found

    def _exponential(self, known: Known, prime: int) -> Array | None:
        lower = below(prime)
        power = None if lower is None else self._known(Known(known.exponent), lower)
        return None if power is None else field_of(prime).exponential(power * self.units[prime])

    def _logarithm(self, known: Known, prime: int) -> Array | None:
        upper = above(prime)
        if upper is None or known.logarithm is None:
            return None
        number = self._known(Known(known.logarithm), upper)
        if number is None:
            return None
        own = field_of(prime)
        scaled = field_of(upper).logarithm(number) * own.inverse(self.units[upper]) % prime
        return own.inverse(scaled) if known.divided else np.asarray(scaled)
