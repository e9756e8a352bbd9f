"""Arrays of other libraries: how each is made of numpy's, where the library is installed."""

import numpy as np
import pytest

NAMES = ("torch", "jax", "array_api_strict", "dask.array")


def maker(name):
    """Return what makes an array of a library of one of numpy, in double precision."""
    module = pytest.importorskip(name)
    if name == "jax":
        module.config.update("jax_enable_x64", True)
        return module.numpy.asarray
    return getattr(module, {"torch": "as_tensor", "dask.array": "from_array"}.get(name, "asarray"))


def is_of(array, name):
    """Tell whether an array is of a library."""
    return type(array).__module__.partition(".")[0] in (name.partition(".")[0], f"{name}lib")


def error(found, expected):
    """Return how far arrays are from numpy's, relative to their scale."""
    expected = np.asarray(expected)
    scale = max(1.0, np.abs(expected).max(initial=0))
    assert np.shape(found) == expected.shape
    return float(np.abs(np.asarray(found) - expected).max(initial=0) / scale)
