"""Inverses, determinants and Cholesky factors of matrices of residues, by elimination."""

from __future__ import annotations

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.proof.fields import Field
from einsgrad.proof.residues import Residues, times_matrices


def inverse_residues(field: Field, values: Residues) -> Residues:
    """Return the reciprocals of residues; of 0 it is 0, which the caller rules out."""
    if values.imaginary is None:
        return Residues(field.prime, np.where(values.is_zero(), 0, field.inverse(values.real)))
    scale = field.inverse(values.modulus_squared())
    return values.conjugate() * Residues(field.prime, scale)


def eliminate(field: Field, matrices: Residues) -> tuple[Residues, Residues]:
    """Return the inverses and the determinants of square matrices in the last two axes.

    Where the determinant is 0, the inverse is of no use.
    """
    size = matrices.real.shape[-1]
    eye = np.broadcast_to(np.eye(size, dtype=np.int64), matrices.real.shape)
    left = matrices
    right = Residues(field.prime, eye)
    whole = _beside(left, right)
    determinant = Residues(field.prime, np.ones(matrices.real.shape[:-2], dtype=np.int64))
    for step in range(size):
        whole, sign = _with_pivot(whole, step)
        pivot = whole.mapped(lambda part: part[..., step, step])  # noqa: B023
        determinant = determinant * pivot * Residues(field.prime, sign % field.prime)
        row = whole.mapped(lambda part: part[..., step, :])  # noqa: B023
        row = row * inverse_residues(field, pivot).mapped(lambda part: part[..., None])
        column = whole.mapped(lambda part: _without(part[..., :, step], step))  # noqa: B023
        whole = _with_row(
            whole
            - column.mapped(lambda part: part[..., :, None])
            * row.mapped(lambda part: part[..., None, :]),
            row,
            step,
        )
    return whole.mapped(lambda part: part[..., size:]), determinant


def _beside(left: Residues, right: Residues) -> Residues:
    imaginary = left.imaginary
    if imaginary is not None:
        imaginary = np.concatenate([imaginary, np.zeros_like(imaginary)], axis=-1)
    return Residues(left.prime, np.concatenate([left.real, right.real], axis=-1), imaginary)


def _with_pivot(whole: Residues, step: int) -> tuple[Residues, Array]:
    """Exchange rows so that the diagonal has an entry that is not 0, if there is one."""
    below = ~whole.is_zero()[..., step:, step]
    place = step + below.argmax(axis=-1)
    sign = np.where(place == step, 1, -1)
    if (place == step).all():
        return whole, sign
    order = np.broadcast_to(np.arange(whole.real.shape[-2]), whole.real.shape[:-1]).copy()
    order[..., step] = place
    np.put_along_axis(order, place[..., None], step, axis=-1)
    return whole.mapped(lambda part: np.take_along_axis(part, order[..., None], axis=-2)), sign


def _without(column: Array, step: int) -> Array:
    found = column.copy()
    found[..., step] = 0
    return found


def _with_row(whole: Residues, row: Residues, step: int) -> Residues:
    real = whole.real.copy()
    real[..., step, :] = row.real
    if whole.imaginary is None:
        return Residues(whole.prime, real)
    imaginary = np.array(whole.imaginary)
    imaginary[..., step, :] = 0 if row.imaginary is None else row.imaginary
    return Residues(whole.prime, real, imaginary)


def square_root(field: Field, residues: Array) -> tuple[Array, Array]:
    """Return roots that are squares, and where there is one."""
    half = (field.half + 1) // 2
    roots = field.exponential(field.logarithm(residues) * half)
    zero = residues == 0
    return np.where(zero, 0, roots), zero | field.is_positive(residues)


def lower_factors(field: Field, matrices: Residues) -> tuple[Residues, Array]:
    """Return lower factors with positive diagonals, and for which matrices there are some."""
    size = matrices.real.shape[-1]
    lower = matrices - matrices
    found = np.ones(matrices.real.shape[:-2], dtype=bool)
    for step in range(size):
        row = lower.mapped(lambda part: part[..., step : step + 1, :])  # noqa: B023
        products = times_matrices(lower, row.conjugate().mapped(lambda x: x.swapaxes(-1, -2)))
        column = matrices.mapped(lambda part: part[..., :, step]) - products.mapped(  # noqa: B023
            lambda part: part[..., :, 0]
        )
        diagonal, positive = square_root(field, column.real[..., step])
        found = found & positive & (diagonal != 0)
        scale = Residues(field.prime, field.inverse(diagonal)[..., None])
        below = np.arange(size) >= step
        entries = (column * scale).mapped(lambda part: np.where(below, part, 0))  # noqa: B023
        lower = lower + entries.mapped(
            lambda part: part[..., :, None] * (np.arange(size) == step)  # noqa: B023
        )
    return lower, found
