"""Hypothesis profiles, and the references that the tests compare with.

The references are numpy and plain arithmetic over label values. None of them calls
einsgrad, and none knows a rule of derivatives.
"""

from __future__ import annotations

import functools
import math
import os
from collections import Counter
from itertools import chain

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, settings

from einsgrad.results.numbers import first_calls
from einsgrad.testing.strategies import EinsumCase

_CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
settings.register_profile(
    "ci", derandomize=True, deadline=None, max_examples=100, suppress_health_check=_CHECKS
)
settings.register_profile(
    "thorough", deadline=None, max_examples=3000, suppress_health_check=_CHECKS
)
settings.register_profile("quick", settings.get_profile("ci"), max_examples=50)
settings.register_profile(
    "unshrunk", settings.get_profile("quick"), phases=(Phase.explicit, Phase.generate)
)
settings.load_profile(os.environ.get("EINSGRAD_HYPOTHESIS_PROFILE", "ci"))

_drawn: Counter[tuple[object, ...]] = Counter()
_make_case = EinsumCase.__init__


@functools.wraps(_make_case)
def _count_case(self, string, arrays, names):
    _make_case(self, string, arrays, names)
    _drawn[string, self.shapes, names] += 1


EinsumCase.__init__ = _count_case


@pytest.fixture(scope="session", autouse=True)
def _programs_only():
    """Let programs answer all calls, which are tested thus; `test_first_calls.py` tests others."""
    first_calls.calls_before_program = lambda nodes: 0


def pytest_terminal_summary(terminalreporter):
    if _drawn:
        terminalreporter.write_line(
            f"{_drawn.total()} einsums generated, {len(_drawn)} different ones"
        )


def _lists(string, arrays):
    """Read an explicit string into label lists; `...` becomes labels counted from the right."""
    inputs, _, output = string.replace(" ", "").partition("->")
    lists, widest = [], 0
    for indices, array in zip(inputs.split(","), arrays, strict=True):
        before, dots, after = indices.partition("...")
        width = array.ndim - len(before) - len(after) if dots else 0
        widest = max(widest, width)
        lists.append([*before, *range(-width, 0), *after])
    before, dots, after = output.partition("...")
    return lists, [*before, *range(-widest if dots else 0, 0), *after]


def _einsum(string, *arrays):
    """Multiply at every value of every label, and add up into the output's entries."""
    lists, output = _lists(string, arrays)
    labels = list(dict.fromkeys(chain.from_iterable(lists)))
    sizes = {}
    for indices, array in zip(lists, arrays, strict=True):
        for label, size in zip(indices, array.shape, strict=True):
            sizes[label] = size if sizes.get(label, 1) == 1 else sizes[label]
    values = dict(zip(labels, np.ix_(*(range(sizes[label]) for label in labels)), strict=True))
    product = np.ones([sizes[label] for label in labels], np.result_type(*arrays))
    for indices, array in zip(lists, arrays, strict=True):
        places = [
            values[label] if size > 1 else 0
            for label, size in zip(indices, array.shape, strict=True)
        ]
        if array.size:
            product = product * array[tuple(places)]
    result = np.zeros([1, *(sizes[label] for label in output)], product.dtype)
    if product.size:
        places = [np.broadcast_to(values[label], product.shape) for label in output]
        np.add.at(result, (np.zeros(product.shape, int), *places), product)
    return result[0]


def _jacobian(string, arrays, position):
    """Put an identity tensor in an operand's place, one entry of the operand after another."""
    shape = arrays[position].shape
    columns = []
    for entry in range(math.prod(shape)):
        unit = np.zeros(math.prod(shape))
        unit[entry] = 1
        operands = [*arrays[:position], unit.reshape(shape), *arrays[position + 1 :]]
        columns.append(_einsum(string, *operands))
    value = _einsum(string, *arrays)
    if not columns:
        return np.zeros((*value.shape, *shape), value.dtype)
    return np.stack(columns, -1).reshape((*value.shape, *shape))


@pytest.fixture(scope="session")
def reference_einsum():
    """An einsum of an explicit string by arithmetic over label values; slow and plain."""
    return _einsum


@pytest.fixture(scope="session")
def exact_jacobian():
    """The Jacobian of a string at arrays, in one position: the output's axes, the operand's."""
    return _jacobian


@pytest.fixture(scope="session")
def exact_gradient():
    """The product of a cotangent with the Jacobian, summed over the occurrences of one array."""

    def gradient(string, arrays, positions, cotangent):
        total = np.zeros(arrays[positions[0]].shape)
        for position in positions:
            jacobian = _jacobian(string, arrays, position)
            total = total + np.tensordot(cotangent, jacobian, np.ndim(cotangent))
        return total

    return gradient


@pytest.fixture(scope="session")
def small_integers():
    """Draw an array of small whole numbers, so that sums of products are exact."""

    def draw(shape, dtype=float, seed=0):
        generator = np.random.default_rng([seed, *shape])
        values = generator.integers(-4, 5, shape)
        if np.dtype(dtype).kind == "c":
            values = values + 1j * generator.integers(-4, 5, shape)
        return np.asarray(values).astype(dtype)

    return draw
