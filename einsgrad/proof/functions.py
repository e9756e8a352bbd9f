"""Elementwise functions of residues, and where they have no value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.expressions.nodes import Constant, Expr, Map
from einsgrad.expressions.tables.elementwise import POWER
from einsgrad.proof.elimination import inverse_residues, square_root
from einsgrad.proof.fields import ANGLES, CHAIN, Field, field_of, turns
from einsgrad.proof.residues import Residues
from einsgrad.proof.unknown import entrywise

COMPARISONS = frozenset(["greater", "greater_equal", "equal", "not_equal"])
ROUNDED = frozenset(["floor", "ceil", "trunc", "rint"])
# Where floats are nearer than this to where a function jumps, they do not decide.
NEAR = 1e-9


def below(prime: int) -> int | None:
    """Return the field of the exponents of a field's exponentials; None if there is none."""
    return CHAIN[CHAIN.index(prime) - 1] if prime in CHAIN[1:] else None


def above(prime: int) -> int | None:
    """Return the field whose logarithms a field holds; None if there is none."""
    return CHAIN[CHAIN.index(prime) + 1] if prime in CHAIN[:-1] else None


def whole_exponent(node: Map) -> int | None:
    """Return the exponent of a power, if it is a whole number."""
    exponent = node.operands[1]
    if not isinstance(exponent, Constant) or isinstance(exponent.value, complex):
        return None
    return int(exponent.value) if exponent.value == int(exponent.value) else None


def fields_of_operands(node: Map, prime: int) -> list[tuple[Expr, int]]:
    """Return in which fields operands are needed for a function's value in a field."""
    name, operands = node.function.name, node.operands
    lower, upper = below(prime), above(prime)
    x = operands[0]
    if name == "exp" and lower is not None:
        return [(x, lower), *([(x, ANGLES)] if x.is_complex else [])]
    if name == "log" and upper is not None and not x.is_complex:
        return [(x, upper)]
    if name in ("sin", "cos") and lower is not None and not x.is_complex:
        return [(x, ANGLES)]
    if name == "power" and whole_exponent(node) is not None:
        return [(x, prime)]
    if name == "power" and lower is not None and not any(one.is_complex for one in operands):
        return [(x, prime), (operands[1], lower)]
    return [(one, prime) for one in operands]


def is_unrelated(node: Map, prime: int) -> bool:
    """Tell whether a field lacks the place of a function's exponents, logarithms or roots."""
    if node.function is POWER:
        whole = whole_exponent(node) is not None
        return not whole and fields_of_operands(node, prime)[1][1] == prime
    match node.function.name:
        case "exp" | "sin" | "cos" | "log":
            return fields_of_operands(node, prime)[0][1] == prime
        case "sqrt":
            return prime == CHAIN[0]
        case _:
            return False


@dataclass(frozen=True, eq=False)
class MapValue:
    """What a function's value is in a field.

    Parameters
    ----------
    residues
        The value.
    missing
        Where there is none: a reciprocal of 0, a root of what is no square.
    rooted
        Whether that says that a positive number is no square.
    """

    residues: Residues
    missing: Array | None = None
    rooted: bool = False


@dataclass(frozen=True, eq=False)
class MapArguments:
    """What the value of a function in a field follows from.

    Parameters
    ----------
    node, field
        The application of the function, and the field.
    residues
        The operands in the fields that `fields_of_operands` says.
    floats
        The operands as floats.
    value
        The value as floats.
    units
        By what exponents of this field, and of the one above, are multiplied.
    strict
        Whether logarithms and signs are those of squares and of what is none.
    rootless
        Whether roots are functions of which nothing is known, so that none is missing.
    """

    node: Map
    field: Field
    residues: list[Residues]
    floats: list[Array]
    value: Array
    units: dict[int, Array]
    strict: bool
    rootless: bool


def map_value(given: MapArguments) -> MapValue:
    """Evaluate an elementwise function in a field."""
    name, field = given.node.function.name, given.field
    x = given.residues[0]
    if name in COMPARISONS or name in ROUNDED:
        return MapValue(Residues(field.prime, _whole(given.value, field.prime)))
    if given.node.function is POWER:
        return _power(given)
    match name:
        case "where":
            return MapValue(_chosen(given))
        case "conj":
            return MapValue(x.conjugate())
        case "real":
            return MapValue(Residues(field.prime, x.real))
        case "imag":
            zero = np.zeros_like(x.real)
            return MapValue(Residues(field.prime, zero if x.imaginary is None else x.imaginary))
        case "reciprocal":
            return MapValue(inverse_residues(field, x), x.is_zero())
        case "abs" | "sign":
            return _signed(given)
        case "sqrt" if given.rootless and not given.node.is_complex:
            lower = below(field.prime) or field.prime
            half = Residues(lower, np.full(x.real.shape, (lower + 1) // 2))
            return MapValue(_unknown_power(field, x, half))
        case "sqrt" if x.imaginary is None and field.ordered:
            return _root(given)
        case "exp" | "log" | "sin" | "cos":
            return _transcendental(given)
        case _:
            return _unknown(given)


def _unknown(given: MapArguments) -> MapValue:
    name = given.node.function.name
    return MapValue(entrywise(name, given.field, given.residues, given.node.is_complex))


def _whole(floats: Array, prime: int) -> Array:
    """Return whole numbers as residues; of nan it is 0."""
    return np.asarray(np.where(np.isfinite(floats), floats, 0).astype(np.int64) % prime)


def _chosen(given: MapArguments) -> Residues:
    condition, yes, no = given.residues[0], given.residues[1], given.residues[2]
    taken = given.floats[0] != 0
    real = np.where(taken, yes.real, no.real)
    if yes.imaginary is None and no.imaginary is None:
        return Residues(condition.prime, real)
    zero = np.zeros(1, dtype=np.int64)
    parts = [zero if one.imaginary is None else one.imaginary for one in (yes, no)]
    return Residues(condition.prime, real, np.where(taken, *parts))


def _signed(given: MapArguments) -> MapValue:
    """Return moduli or signs; of complex numbers they are roots of sums of two squares."""
    field, x, name = given.field, given.residues[0], given.node.function.name
    if x.imaginary is not None:
        if not field.ordered or given.rootless:
            return _unknown(given)
        modulus, found = square_root(field, x.modulus_squared())
        whole = Residues(field.prime, modulus)
        if name == "abs":
            return MapValue(whole, ~found, rooted=True)
        return MapValue(x * inverse_residues(field, whole), ~found | (modulus == 0), rooted=True)
    floats = given.floats[0].real
    sign = np.sign(np.where(np.isfinite(floats), floats, 0)).astype(np.int64)
    missing = None
    if given.strict and field.ordered:
        missing = (x.real != 0) & (field.is_positive(x.real) != (floats > 0))
    value = x.real * sign if name == "abs" else sign
    return MapValue(Residues(field.prime, value % field.prime), missing, rooted=True)


def _root(given: MapArguments) -> MapValue:
    x = given.residues[0].real
    roots, found = square_root(given.field, x)
    # Where a residue is 0 and the number is not, it is so by chance.
    found = found & ((x != 0) | (abs(given.floats[0]) < NEAR))
    return MapValue(Residues(given.field.prime, roots), ~found, rooted=True)


def _power(given: MapArguments) -> MapValue:
    field, x = given.field, given.residues[0]
    whole = whole_exponent(given.node)
    if whole is not None:
        return _whole_power(field, x, whole)
    if x.imaginary is not None or given.node.is_complex:
        return _unknown(given)
    if given.rootless or below(field.prime) is None:
        return MapValue(_unknown_power(field, x, given.residues[1]))
    exponent = given.residues[1].real
    found = field.exponential(field.logarithm(x.real) * exponent)
    return MapValue(Residues(field.prime, found), ~field.is_positive(x.real), rooted=True)


def _unknown_power(field: Field, x: Residues, exponent: Residues) -> Residues:
    """Return a power of which is known only what a negative exponent means."""
    negative = exponent.real > exponent.prime // 2
    modulus = np.where(negative, exponent.prime - exponent.real, exponent.real)
    found = entrywise("power", field, [x, Residues(exponent.prime, modulus)])
    return Residues(
        field.prime, np.where(negative, inverse_residues(field, found).real, found.real)
    )


def _whole_power(field: Field, x: Residues, exponent: int) -> MapValue:
    if x.imaginary is None:
        zero = x.real == 0
        found = np.where(zero, int(exponent == 0), field.whole_power(x.real, exponent))
        return MapValue(Residues(field.prime, found), zero if exponent < 0 else None)
    base = x if exponent >= 0 else inverse_residues(field, x)
    result = Residues(field.prime, np.ones_like(x.real))
    for digit in f"{abs(exponent):b}":
        result = result * result
        if digit == "1":
            result = result * base
    return MapValue(result, x.is_zero() if exponent < 0 else None)


def _transcendental(given: MapArguments) -> MapValue:
    field, x, name = given.field, given.residues[0], given.node.function.name
    if x.prime == field.prime:
        return _unknown(given)
    if name == "log":
        higher = field_of(x.prime)
        scale = field.inverse(given.units[x.prime])
        found = higher.logarithm(x.real) * _beside(scale, x.real) % field.prime
        missing = x.real == 0
        if given.strict:
            missing = missing | ~higher.is_positive(x.real)
        return MapValue(Residues(field.prime, found), missing, rooted=given.strict)
    if name == "exp":
        found = field.exponential(x.real * _beside(given.units[field.prime], x.real))
        modulus = Residues(field.prime, found)
        if x.imaginary is None:
            return MapValue(modulus)
        angle = given.residues[1].imaginary
        assert angle is not None
        return MapValue(modulus * _turned(given, angle))
    turned = _turned(given, x.real)
    assert turned.imaginary is not None
    part = turned.real if name == "cos" else turned.imaginary
    return MapValue(Residues(field.prime, part))


def _turned(given: MapArguments, angle: Array) -> Residues:
    """Return the numbers of modulus 1 that have these angles."""
    cosines, sines = turns(given.field.prime)
    place = angle * _beside(given.units[ANGLES], angle) % ANGLES
    return Residues(given.field.prime, cosines[place], sines[place])


def _beside(units: Array, array: Array) -> Array:
    """Give numbers for each draw the rank of an array."""
    return units.reshape(-1, *[1] * (array.ndim - 1))
