"""Losses as people write them for autograd: numpy's values, and slopes that are differences."""

import numpy as np
import pytest

import einsgrad as eg

pytest.importorskip("scipy")

from example_grids import GRIDS
from example_losses import NETWORKS
from example_processes import PROCESSES

STEP = 1e-6
LOSSES = {**NETWORKS, **PROCESSES, **GRIDS}


def changed(given, change):
    """Return the container with every array changed."""
    match given:
        case dict():
            return {name: changed(part, change) for name, part in given.items()}
        case list() | tuple():
            return type(given)(changed(part, change) for part in given)
    return change(given)


def leaves(given):
    found = []
    changed(given, found.append)
    return [np.asarray(leaf, float) for leaf in found]


def refilled(given, numbers):
    """Return the container with its numbers, one after the other, replaced by others."""
    left = iter(numbers)

    def taken(old):
        return np.array([next(left) for _ in range(np.size(old))]).reshape(np.shape(old))[()]

    return changed(given, taken)


def differences(loss, point, rest):
    flat = np.concatenate([leaf.ravel() for leaf in leaves(point)])
    for k in range(len(flat)):
        up, down = flat.copy(), flat.copy()
        up[k] += STEP
        down[k] -= STEP
        values = [loss(*refilled(point, moved), *rest) for moved in (up, down)]
        yield (values[0] - values[1]) / (2 * STEP)


@pytest.mark.parametrize("wrap", [lambda loss: loss, eg.jit], ids=["plain", "jitted"])
@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.__name__)
def test_losses_of_programs_have_their_value_and_their_slopes(loss, wrap):
    count, *given = LOSSES[loss]
    point, rest = tuple(given[:count]), given[count:]
    value, found = eg.value_and_grad(wrap(loss), argnums=tuple(range(count)))(*point, *rest)
    np.testing.assert_allclose(value, loss(*point, *rest), rtol=1e-12, atol=1e-12)
    wanted = np.array(list(differences(loss, point, rest)))
    slopes = np.concatenate([leaf.ravel() for leaf in leaves(found)])
    np.testing.assert_allclose(slopes, wanted, rtol=1e-5, atol=1e-7 * max(1, abs(value)))
