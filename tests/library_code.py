"""Printed code as a function of a library's own arrays, where the library is installed."""

import numpy as np
import pytest


def converter(library):
    """Return what makes arrays of a library of those of numpy, with their dtypes."""
    if library == "numpy":
        return np.asarray
    module = pytest.importorskip(library)
    if library == "jax":
        module.config.update("jax_enable_x64", True)
        return module.numpy.asarray
    return module.as_tensor


def function_of(text):
    space = {}
    exec(text, space)
    return space["compute"]


def run(f, library, arrays):
    """Return what the printed code computes."""
    convert = converter(library)
    return np.asarray(function_of(f.code(library))(*map(convert, arrays)))
