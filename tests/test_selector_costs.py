"""Selectors cost nothing: no array of zeros and ones, no work that grows with the sizes.

Memory is what numpy allocates, work is counted in calls; no time is asserted.
"""

from functools import reduce

import numpy as np
import pytest
from counting import bytes_in, calls_in

import einsgrad as eg

ENTRIES = 200_000


def stencil(u):
    around = u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2]
    return np.sum((around - 4 * u[1:-1, 1:-1]) ** 2)


def looked_up(W):
    return np.sum(W[np.arange(ENTRIES // 10) * 7 % ENTRIES] ** 2)


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


LOSSES = {
    "a difference": (lambda x: np.sum(np.diff(x) ** 2), (ENTRIES,), 4),
    "a second difference": (lambda x: np.sum(np.diff(x, 2) ** 2), (ENTRIES,), 4.1),
    "a chain": (rosenbrock, (ENTRIES,), 8),
    "a running sum": (lambda x: np.sum(np.cumsum(x) ** 2), (ENTRIES,), 4),
    "one entry": (lambda x: x[3] ** 2, (ENTRIES,), 2),
    "a look-up": (looked_up, (ENTRIES,), 4),
    "a stencil": (stencil, (400, 500), 5),
    "parts that are joined": (
        lambda x: np.sum(np.concatenate([x[5:], 2 * x[:5]]) ** 2), (ENTRIES,), 4,
    ),
    "an upper triangle": (lambda x: np.sum(np.triu(x, 1) ** 2), (400, 500), 4),
    "a convolution": (
        lambda x: np.sum(np.convolve(x, [1.0, -2.0, 1.0], "valid") ** 2), (ENTRIES,), 5,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("loss", "shape", "most"), LOSSES.values(), ids=LOSSES)
def test_a_gradient_takes_a_few_arrays_of_the_size_of_its_input(loss, shape, most):
    x = np.linspace(0.0, 1.0, np.prod(shape)).reshape(shape)
    assert bytes_in(eg.grad(eg.jit(loss)), x) <= most * x.nbytes


@pytest.mark.parametrize(
    "loss", [rosenbrock, lambda x: np.sum(np.cumsum(x[::-1]) * x), lambda x: x[2] * x[-1]]
)
def test_deriving_is_as_much_work_for_a_long_vector_as_for_a_short_one(loss):
    # A name and sizes of its own: what is in use elsewhere has been simplified already.
    def derived(size):
        (x,) = eg.variables(f"measured[{size}]")
        gradient = eg.grad(loss(x), x)
        f = eg.compile(gradient)
        return f(measured=np.ones(size)), str(eg.hessian(loss(x), x))

    def written(size):
        (x,) = eg.variables(f"written[{size}]")
        return eg.hessian(loss(x), x)

    derived(59)
    short, long = (calls_in(derived, size) for size in (61, 3001))
    assert long <= 1.1 * short
    short, long = (calls_in(written, size) for size in (67, 100_003))
    assert long <= 1.1 * short


@pytest.mark.parametrize("size", [10, 1000])
def test_no_program_holds_an_array_of_zeros_and_ones(size):
    (x,) = eg.variables(f"x[{size}]")
    E = reduce(lambda z, k: z + eg.sum(x[k:] * x[: size - k]), range(1, 4), x[0])
    f = eg.compile(E, eg.grad(E, x))
    f(x=np.ones(size))
    assert f"{size}, {size}" not in f.code()
