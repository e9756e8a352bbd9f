"""Arrays of all dtypes, laid out in memory in all ways."""

import numpy as np

FLOATS = ("f2", "f4", "f8")
DTYPES = (*FLOATS, "f4", "f8", "?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "c8", "c16")


def _transposed(array):
    return np.array(array.T, order="C").T


def _reversed(array):
    return array[::-1].copy()[::-1] if array.ndim else array


def _every_second(array):
    if not array.ndim:
        return array
    wide = np.zeros([2 * size for size in array.shape], array.dtype)
    part = wide[tuple(slice(None, None, 2) for _ in array.shape)]
    part[...] = array
    return part


def _read_only(array):
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def _unaligned(array):
    raw = np.zeros(array.nbytes + 1, np.uint8)[1:]
    moved = raw[: array.nbytes].view(array.dtype).reshape(array.shape)
    moved[...] = array
    return moved


def _inner_axis_apart(array):
    wide = np.zeros((*array.shape, 3), array.dtype)
    wide[..., 1] = array
    return wide[..., 1]


LAYOUTS = (_transposed, _reversed, _every_second, _read_only, _unaligned, _inner_axis_apart)


def laid_out(array, random):
    """Return an array of the same numbers in another layout; or the array itself."""
    array = np.asarray(array)
    if not array.ndim or random.random() < 0.4:
        return array
    return LAYOUTS[int(random.integers(len(LAYOUTS)))](array)


def drawn_dtype(random):
    return np.dtype(DTYPES[int(random.integers(len(DTYPES)))])


def rounded(value, dtype, random):
    """Return the numbers nearest to a value that a dtype has; small whole ones for integers."""
    if dtype.kind == "b":
        return np.asarray(np.real(value) > 0.5)
    if dtype.kind in "iu":
        large = random.random() < 0.3
        whole = np.round(np.abs(np.real(value)) * (60 if large else 2))
        signed = whole * np.sign(np.real(value)) if dtype.kind == "i" else whole
        return np.asarray(signed).astype(dtype)
    if dtype.kind == "f":
        return np.asarray(np.real(value)).astype(dtype)
    return np.asarray(value).astype(dtype)


def precision(dtypes):
    """Return the rounding error of the least exact float dtype; without one, of the integers'."""
    floats = [np.finfo(dtype).eps for dtype in dtypes if dtype.kind in "fc"]
    if floats:
        return float(max(floats))
    exact = {1: "f2", 2: "f4"}
    return float(max(np.finfo(exact.get(dtype.itemsize, "f8")).eps for dtype in dtypes))
