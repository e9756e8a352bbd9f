"""What is declared of a variable, made of floats and of residues in the same way."""

from __future__ import annotations

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.structured_arrays import as_declared
from einsgrad.expressions.nodes import (
    DEFINITE,
    DIAGONAL,
    HERMITIAN,
    ORTHOGONAL,
    Variable,
)
from einsgrad.expressions.structures import is_structured
from einsgrad.proof.elimination import eliminate
from einsgrad.proof.fields import Field
from einsgrad.proof.residues import Residues, times_matrices


def structured_floats(node: Variable, array: Array) -> Array:
    """Return floats with what is declared of a variable; the first axis is the draws."""
    if not is_structured(node):
        return array
    if DEFINITE in node.traits:
        eye = np.eye(array.shape[-1])
        below = 0 if DIAGONAL in node.traits else np.tril(array, -1)
        factor = below + (1 + abs(array)) * eye
        return np.asarray(factor @ factor.swapaxes(-1, -2).conj())
    if ORTHOGONAL in node.traits:
        skew, one = _below_and_above(array, -1), np.eye(array.shape[-1])
        rotations = np.linalg.solve(one + skew, one - skew)
        return np.asarray(rotations * _reflections(array))
    if HERMITIAN in node.traits:
        below = np.tril(array, -1)
        diagonal = array.real * np.eye(array.shape[-1])
        return np.asarray(below + below.swapaxes(-1, -2).conj() + diagonal)
    places, signs = _entries(node, array.shape[1:])
    return np.asarray(array.reshape(len(array), -1)[:, places] * signs)


def structured_residues(node: Variable, field: Field, x: Residues) -> Residues:
    """Return residues with what is declared of a variable."""
    if not is_structured(node):
        return x
    if DEFINITE in node.traits:
        factor = _positive_factor(node, field, x)
        return times_matrices(factor, factor.conjugate().mapped(_turned))
    if ORTHOGONAL in node.traits:
        skew = Residues(field.prime, _below_and_above(x.real, -1) % field.prime)
        one = Residues(field.prime, np.eye(x.real.shape[-1], dtype=np.int64)[None])
        rotations = times_matrices(eliminate(field, one + skew)[0], one - skew)
        return rotations.mapped(lambda part: part * _reflections(x.real) % field.prime)
    if HERMITIAN in node.traits:
        below = x.mapped(lambda part: np.tril(part, -1))
        diagonal = Residues(field.prime, x.real * np.eye(x.real.shape[-1], dtype=np.int64))
        return below + below.conjugate().mapped(_turned) + diagonal
    places, signs = _entries(node, x.real.shape[1:])
    return x.mapped(lambda part: part.reshape(len(part), -1)[:, places] * signs % field.prime)


def _turned(part: Array) -> Array:
    return part.swapaxes(-1, -2)


def _below_and_above(array: Array, sign: int) -> Array:
    below = np.tril(array, -1)
    return np.asarray(below + sign * below.swapaxes(-1, -2))


def _reflections(array: Array) -> Array:
    """Return by what rows are multiplied: in every second draw the first by -1."""
    signs = np.ones((*array.shape[:2], 1), dtype=np.int64)
    signs[::2, :1] = -1
    return signs


def _positive_factor(node: Variable, field: Field, x: Residues) -> Residues:
    """Return lower triangles with a diagonal of squares."""
    eye = np.eye(x.real.shape[-1], dtype=np.int64)
    positive = np.where(field.is_positive(x.real), x.real, -x.real % field.prime)
    diagonal = Residues(field.prime, positive * eye)
    if DIAGONAL in node.traits:
        return diagonal
    return diagonal + x.mapped(lambda part: np.tril(part, -1))


def _entries(node: Variable, shape: tuple[int, ...]) -> tuple[Array, Array]:
    """Return which entry each entry is equal to, and its sign there; 0 where it vanishes."""
    count = int(np.prod(shape, dtype=int))
    numbered = as_declared(np.arange(1, count + 1).reshape(shape), node)
    return np.asarray(np.maximum(abs(numbered).astype(int) - 1, 0)), np.sign(numbered).astype(int)
