"""Prime fields with tables of powers and logarithms, in a chain: exponents live one field down.

Each prime of the chain is twice the one before it and 1. The squares of a field are then a
group whose order is the prime before: `exp` takes residues of that prime to squares of this
one. Squares stand for positive numbers: each has one root that is a square, of every order.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from einsgrad.engine.binding import Array

# p + 1 of each is 2·3·5·5591 times a power of 2: of the numbers of modulus 1 there are groups of
# order 5591, the exponents of sines, and roots of unity for Fourier transforms. In the last three
# 2, 3 and 5 are squares; the first has no order, as -1 is a square in it.
CHAIN = (167729, 335459, 670919, 1341839, 2683679)
# The prime of angles.
ANGLES = 5591


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """The residues of a prime, with tables.

    Parameters
    ----------
    prime
        The prime p.
    powers
        The powers of a generator, from 0 to p - 2.
    logarithms
        The exponent of each residue; 0 for 0, which has none.
    ordered
        Whether -1 is no square, so that squares may stand for positive numbers.
    """

    prime: int
    powers: Array
    logarithms: Array
    ordered: bool

    @property
    def half(self) -> int:
        """The number of squares that are not 0."""
        return (self.prime - 1) // 2

    def is_positive(self, residues: Array) -> Array:
        """Tell which residues are squares and not 0."""
        return np.asarray((self.logarithms[residues] % 2 == 0) & (residues != 0))

    def logarithm(self, residues: Array) -> Array:
        """Return the logarithm of the square that a residue is up to its sign.

        A product's is the sum of the factors', modulo the number of squares.
        """
        # The generator's logarithm counts half, and 2 is a unit, as the number of squares is odd.
        return np.asarray(self.logarithms[residues] * ((self.half + 1) // 2) % self.half)

    def exponential(self, exponents: Array) -> Array:
        """Return the squares that have these logarithms."""
        return np.asarray(self.powers[2 * (exponents % self.half)])

    def inverse(self, residues: Array) -> Array:
        """Return the reciprocals of residues that are not 0."""
        return np.asarray(self.powers[-self.logarithms[residues] % (self.prime - 1)])

    def whole_power(self, residues: Array, exponent: int) -> Array:
        """Return powers with a whole exponent of residues that are not 0."""
        return np.asarray(self.powers[self.logarithms[residues] * exponent % (self.prime - 1)])


@lru_cache(maxsize=8)
def field_of(prime: int) -> Field:
    """Return the field of a prime.

    Examples
    --------
    >>> seven = field_of(7)
    >>> seven.inverse(np.array([2, 3])), seven.is_positive(np.arange(7))
    (array([4, 5]), array([False,  True,  True, False,  True, False, False]))
    """
    generator = _generator(prime)
    powers = np.ones(1, dtype=np.int64)
    while len(powers) < prime - 1:
        step = int(powers[-1]) * generator % prime
        powers = np.concatenate([powers, powers * step % prime])[: prime - 1]
    logarithms = np.zeros(prime, dtype=np.int64)
    logarithms[powers] = np.arange(prime - 1)
    return Field(prime, powers, logarithms, prime % 4 == 3)


def _generator(prime: int) -> int:
    factors = _prime_factors(prime - 1)
    return next(
        candidate
        for candidate in range(2, prime)
        if all(pow(candidate, (prime - 1) // factor, prime) != 1 for factor in factors)
    )


def _prime_factors(number: int) -> list[int]:
    found = []
    divisor = 2
    while number > 1:
        if divisor * divisor > number:
            divisor = number
        if number % divisor == 0:
            found.append(divisor)
        while number % divisor == 0:
            number //= divisor
        divisor += 1
    return found


@lru_cache(maxsize=64)
def root_of_unity(prime: int, order: int) -> tuple[int, int] | None:
    """Return the real and the imaginary part of `exp(2πi/order)`; None if the field has none.

    Its modulus is 1, and the roots of different orders are powers of one number, of which i is
    one, too. Real numbers and i are 1 and a root of -1, so the field must be ordered.

    Examples
    --------
    >>> root_of_unity(CHAIN[2], 4), root_of_unity(CHAIN[2], 7)
    ((0, 1), None)
    """
    if prime % 4 != 3 or (prime + 1) % order:
        return None
    factors = _prime_factors(prime + 1)
    for candidate in range(2, prime):
        # z / conj(z) has modulus 1.
        whole = _power(_quotient((candidate, 1), prime), 1, prime)
        if any(_power(whole, (prime + 1) // factor, prime) == (1, 0) for factor in factors):
            continue
        if _power(whole, (prime + 1) // 4, prime) != (0, 1):
            whole = (whole[0], -whole[1] % prime)
        return _power(whole, (prime + 1) // order, prime)
    return None


def _quotient(number: tuple[int, int], prime: int) -> tuple[int, int]:
    """Return a number divided by its conjugate."""
    real, imaginary = number
    inverse = pow(real * real + imaginary * imaginary, -1, prime)
    return (
        (real * real - imaginary * imaginary) * inverse % prime,
        2 * real * imaginary * inverse % prime,
    )


def _power(number: tuple[int, int], exponent: int, prime: int) -> tuple[int, int]:
    real, imaginary = 1, 0
    for digit in f"{exponent:b}":
        real, imaginary = (
            (real * real - imaginary * imaginary) % prime,
            2 * real * imaginary % prime,
        )
        if digit == "1":
            real, imaginary = (
                (real * number[0] - imaginary * number[1]) % prime,
                (real * number[1] + imaginary * number[0]) % prime,
            )
    return real, imaginary


@lru_cache(maxsize=8)
def turns(prime: int) -> tuple[Array, Array]:
    """Return cosines and sines: of all residues of the prime of angles, in a field of the chain.

    Examples
    --------
    >>> cosines, sines = turns(CHAIN[2])
    >>> bool(((cosines**2 + sines**2) % CHAIN[2] == 1).all())
    True
    """
    root = root_of_unity(prime, ANGLES)
    assert root is not None
    cosines, sines = [1], [0]
    for _ in range(ANGLES - 1):
        c, s = cosines[-1], sines[-1]
        cosines.append((c * root[0] - s * root[1]) % prime)
        sines.append((c * root[1] + s * root[0]) % prime)
    return np.array(cosines), np.array(sines)
