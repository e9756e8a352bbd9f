"""What `x[key]` is: its value and its pullback are those of numpy, compared with `==`."""

import math

import numpy as np

import einsgrad as eg


def filled(*shape):
    """Return an array of different whole numbers."""
    return np.arange(1.0, 1 + math.prod(shape)).reshape(shape)


def agrees(key, shape):
    """Compare value and pullback with those of numpy, with `==`."""
    array = filled(*shape)
    value, pullback = eg.vjp(lambda x: x[key], array)
    expected = array[key]
    assert np.shape(value) == np.shape(expected)
    assert np.array_equal(value, expected)
    cotangent = filled(*np.shape(expected))
    pulled = np.zeros(shape)
    np.add.at(pulled, key, cotangent)
    assert np.array_equal(pullback(cotangent)[0], pulled)
