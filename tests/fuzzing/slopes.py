"""Derivatives of a program along a line, by numpy alone, with what they are uncertain by.

A first derivative is a complex step where numpy's functions continue to complex numbers,
else a central difference over three steps. A second one is the same over first ones.
Every step of the program is then disturbed once by relative noise, which shows how far
rounding may move the result, and derivatives over half the steps show how far the
differences have converged.
"""

import numpy as np

from fuzzing import reference

STEP, TINY = 4e-3, 1e-20
NOISE = 1e-10
# One disturbance alone may cancel by chance.
DISTURBED = (1, 2)


class Unsmooth(Exception):
    """There is no slope to compare with: a kink is near, or differences do not converge."""


def value_of(program, arrays, noise=NOISE):
    """Return the value, and how far noise of each step moves its entries."""
    value = np.asarray(program.value(arrays))
    decided = list(reference.jumps)
    moves, jumped = [], False
    for seed in DISTURBED:
        moves.append(np.abs(np.asarray(program.value(arrays, noise, seed)) - value))
        jumped = jumped or reference.jumps != decided
    size = np.abs(value).max(initial=0)
    floor = 0.1 * noise * size + _inner_rounding(program, arrays, noise)
    if jumped:
        # Rounding decides which way the value jumps.
        reference.decisions.append(reference.UNSURE)
    return value, np.max(moves, axis=0) + floor


def slope_of(program, arrays, moves, order=1, noise=NOISE):
    """Return the derivative of an order, 1 or 2, along a line, and its uncertainty.

    Raises
    ------
    Unsmooth
    """
    program.value(arrays)
    decided = list(reference.decisions)
    if reference.KINK in decided:
        raise Unsmooth

    def taken(disturbed, step):
        def at(t):
            placed = {k: a + t * moves[k] if k in moves else a for k, a in arrays.items()}
            value = np.asarray(program.value(placed, disturbed, seed=1))
            if reference.decisions != decided and not disturbed:
                raise Unsmooth
            return value

        if not program.analytic:
            return _difference(at, step, order)
        if order == 1:
            return at(1j * TINY).imag / TINY
        return _difference(lambda t: at(t + 1j * TINY).imag / TINY, step, 1)

    slope, coarse = taken(0.0, STEP), taken(0.0, 2 * STEP)
    moved = taken(noise, STEP)
    size = np.abs(slope).max(initial=0)
    doubt = 2 * np.abs(slope - coarse).max(initial=0)
    uncertain = np.abs(moved - slope) + doubt + 10 * noise * size
    whole = np.abs(program.value(arrays)).max(initial=0)
    if not np.all(np.isfinite(uncertain)):
        raise Unsmooth
    if doubt > 1e-5 * size + 1e-7 * whole:
        raise Unsmooth
    floor = 0.01 * noise * whole + 10 * _inner_rounding(program, arrays, noise)
    if order > 1 or not program.analytic:
        floor += 1e-16 * whole * (10 / STEP) ** order
    return slope, uncertain + floor


def _inner_rounding(program, arrays, noise):
    """Return what may be lost within steps and by cancelling, where no noise comes."""
    largest = [np.abs(value).max(initial=0) for value in program.values(arrays).values()]
    # The noise of narrow dtypes is 64 roundings, that of double precision is many more.
    share = 0.05 if noise > NOISE else 0.01
    return share * noise * max(size for size in largest if size < 1e6)


def _difference(at, step, order):
    """Extrapolate central differences over a step, its half and its quarter to step 0."""
    middle = at(0.0) if order == 2 else 0

    def central(h):
        if order == 2:
            return (at(h) - 2 * middle + at(-h)) / h**2
        return (at(h) - at(-h)) / (2 * h)

    first, second, third = (central(step / part) for part in (1, 2, 4))
    one, other = (4 * second - first) / 3, (4 * third - second) / 3
    return (16 * other - one) / 15
