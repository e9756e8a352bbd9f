"""numpy's functions that move, join, split, repeat, pad, cumulate and transform entries.

Each call has numpy's value, or is refused where numpy refuses. Entries are integers, so that
values, differences and products of them are compared with `==`.
"""

import re
import warnings
from fractions import Fraction

import numpy as np
import pytest

import einsgrad as eg

RNG = np.random.default_rng(8)
windows = np.lib.stride_tricks.sliding_window_view
fft = np.fft


def integers(*shape):
    return RNG.integers(-4, 5, shape).astype(float)


def whole_complex(*shape):
    return integers(*shape) + 1j * integers(*shape)


x, y, M, N, T = integers(5), integers(4), integers(3, 4), integers(3, 4), integers(2, 3, 4)
one, empty, z = np.array(3.0), integers(0), whole_complex(5)

AXES = (0, 1, -1, None)
OFFSETS = (-3, -1, 0, 1, 2, 5)


def of_each(values, *calls):
    """Yield calls with each value put in."""
    for call, *arrays in calls:
        for value in values:
            yield (lambda *a, call=call, value=value: call(*a, value), *arrays)


# Functions that are linear in each of their arrays, or in all of them together.
LINEAR = [
    *of_each(
        AXES,
        (lambda a, b, axis: np.concatenate([a, b, a], axis=axis), M, N),
        (lambda a, axis: np.roll(a, 2, axis=axis), M),
        (lambda a, axis: np.flip(a, axis=axis), M),
        (lambda a, axis: np.repeat(a, 2, axis=axis), M),
        (lambda a, axis: np.repeat(a, [2, 0, 1, 3], axis=axis), T[0, :1].T @ M[:1]),
        (lambda a, axis: np.cumsum(a, axis=axis), M),
        (lambda a, axis: np.append(a, a, axis=axis), M),
    ),
    *of_each((0, 1, 2, -1), (lambda a, b, axis: np.stack((a, b), axis=axis), M, N)),
    *of_each(
        (np.hstack, np.vstack, np.dstack, np.column_stack, np.block),
        (lambda a, f: f([a, 2 * a]), x),
        (lambda a, f: f([a, 2 * a]), M),
        (lambda a, f: f([a, 2 * a]), T),
        (lambda a, f: f([a, 2 * a]), one),
        (lambda a, f: f([a, a]), empty),
    ),
    (lambda a, b: np.block([[a, 0 * b], [b, np.zeros((3, 4))]]), M, N),
    (lambda a: np.block([0, a, [[0]]]), x),
    (lambda a: np.concatenate([[0.0, 0.0], a, [0]]), x),
    (lambda a, b: np.concatenate([[a, a], b]), one, x),
    (lambda a: np.append(a, 0.0), x),
    (lambda a, b: np.array([a, b], like=a), x, x),
    *of_each(
        (2, 3, 5, 0, [1, 3], [3, 1, 9, -1], (2,), np.array([1, 2])),
        (lambda a, parts: np.split(a, parts, axis=1), M),
        (np.array_split, x),
        (np.hsplit, M),
        (np.hsplit, x),
        (np.vsplit, M),
        (np.vsplit, x),
        (np.dsplit, T),
    ),
    *of_each((0, 1, -1, 5), (lambda a, axis: np.unstack(a, axis=axis), M)),
    *of_each(
        ([0, 1, 2, 3, 1], [3], 0, [3, 1], -1, np.int64(2), np.array([1, 1, 0, 0, 4])),
        (np.repeat, x),
        (np.repeat, one),
    ),
    *of_each(
        (2, (2,), (2, 1), (1, 3), (2, 2, 2), 0, (0, 1), (), -1),
        (np.tile, M),
        (np.tile, x),
        (np.tile, one),
    ),
    *of_each((3, (2, 2), (7, 3), (0, 2), -1), (np.resize, M)),
    *of_each(
        [((1, -1), (0, 1)), (1, (0, 1)), ((1, 2), 0), ((1, 2), (0, 0)), ((1, 2), (0, 1, 1))],
        (lambda a, given: np.roll(a, given[0], axis=given[1]), M),
    ),
    *of_each((7, -9, 0, np.int64(1), (1, 2)), (np.roll, x)),
    *of_each(((0, 2), (), (1, 1), -1, 3), (lambda a, axis: np.flip(a, axis=axis), T)),
    *of_each((np.fliplr, np.flipud), *[(lambda a, f: f(a), a) for a in (x, M, T)]),
    *of_each(
        range(-2, 5),
        (np.rot90, M),
        (lambda a, k: np.rot90(a, k, axes=(2, 0)), T),
        (lambda a, k: np.rot90(a, k, axes=(0, 0)), T),
    ),
    *of_each(
        (0, 1, 2, 3, 6, -1),
        *[(lambda a, n, axis=axis: np.diff(a, n, axis), M) for axis in (0, -1, 2)],
    ),
    (lambda a: np.diff(a, prepend=0, append=a), x),
    (lambda a, b: np.diff(a, append=b), M, N),
    (lambda a: np.diff(a, append=np.zeros((2, 2))), M),
    (np.ediff1d, M),
    (lambda a: np.ediff1d(a, to_begin=[0, 0], to_end=0.0), x),
    (np.trapezoid, M),
    (lambda a: np.trapezoid(a, dx=2, axis=0), M),
    (lambda a: np.trapezoid(a, [0, 1, 4], axis=0), M),
    *of_each(
        (np.cumulative_sum, lambda a: np.cumulative_sum(a, axis=1, include_initial=True)),
        *[(lambda a, f: f(a), a) for a in (x, M, one)],
    ),
    *of_each(
        OFFSETS,
        *[(lambda a, k, f=f: f(a, k), a) for f in (np.tril, np.triu) for a in (x, M, T, one)],
        *[(lambda a, k, f=f: f(a, k), a) for f in (np.diag, np.diagflat) for a in (x, M, T, one)],
        (np.diagonal, T),
        (lambda a, k: np.diagonal(a, k, 2, 0), T),
        (np.trace, T),
        (lambda a, k: np.trace(a, k, -1, -2), T),
        (lambda a, k: np.linalg.trace(a, offset=k), T),
        (lambda a, k: np.linalg.diagonal(a, offset=k), T),
    ),
    *of_each(
        (1, 3, (3,), (2, 3), 9, -1, ()),
        (windows, x),
        (windows, M),
        (lambda a, size: windows(a, size, axis=0), M),
        (lambda a, size: windows(a, size, axis=(1, 1)), M),
    ),
    *of_each(
        [(i, s) for i in ("xy", "ij", "x") for s in (True, False)],
        *[
            (lambda *a: np.meshgrid(*a[:-1], indexing=a[-1][0], sparse=a[-1][1]), *given)
            for given in [(x, y), (x, y, empty), (x,), (one, y), (M, x)]
        ],
    ),
    (lambda p: np.polyval(p, 2.0), x),
    (lambda p: np.polyval(p, M), x),
    *of_each((None, 0, (1,), (0, 0)), (fft.fftshift, M), (fft.ifftshift, M)),
    *of_each(
        (np.expand_dims, np.squeeze, np.rollaxis),
        (lambda a, f: f(a, 1), M),
        (lambda a, f: f(a, 1), integers(3, 1, 2)),
    ),
    (lambda a: np.rollaxis(a, 2), T),
    (lambda a: np.rollaxis(a, 0, 3), T),
    (lambda a: np.rollaxis(a, -1, -2), T),
    (lambda a: np.rollaxis(a, 0, 4), T),
]

WIDTHS = [0, 2, (1, 2), ((1, 2),), ((1, 0), (0, 3)), ((2,), (1,)), (1, 2, 3), -1, 1.5, (11, 9)]
MODES = ["constant", "edge", "reflect", "symmetric", "wrap", "linear_ramp", "mean"]
PADDED = [
    *of_each(
        [(width, mode) for width in WIDTHS for mode in MODES],
        (lambda a, given: np.pad(a, given[0], given[1]), M),
        (lambda a, given: np.pad(a, given[0], given[1]), integers(4, 1)),
    ),
    *of_each(
        [(w, m, k) for w in (3, (9, 14)) for m in MODES[2:4] for k in ("odd", "even")],
        *[
            (lambda a, given: np.pad(a, given[0], given[1], reflect_type=given[2]), x[:length])
            for length in (0, 1, 2, 3, 5)
        ],
    ),
    *of_each(
        (0, (0, 0), ((0, 0),), ((0, 0), (0, 0)), (0, 0, 0)),
        (lambda a, ends: np.pad(a, 1, constant_values=ends), M),
        (lambda a, ends: np.pad(a, 1, "linear_ramp", end_values=ends), M),
    ),
    *of_each((1, 2, 9, ((1, 2), (3, 9))), (lambda a, s: np.pad(a, 2, "mean", stat_length=s), M)),
    (lambda a: np.pad(a, 2, "edge", stat_length=2), M),
    (lambda a: np.pad(a, 2, "unknown"), M),
    (lambda a, b: np.pad(a, 1, constant_values=b), M, one),
]

GRADIENTS = [
    *of_each(
        (1, 2, 3),
        (lambda a, e: np.gradient(a, edge_order=e), M),
        (lambda a, e: np.gradient(a, edge_order=e), x[:2]),
        (lambda a, e: np.gradient(a, 2.0, np.array([0, 1, 3, 7.0]), edge_order=e), M),
        (lambda a, e: np.gradient(a, np.array([0, 2, 3.0]), axis=0, edge_order=e), M),
        (lambda a, e: np.gradient(a, [0, 1, 2, 3], axis=1, edge_order=e), M),
    ),
    (lambda a: np.gradient(a, 2.0), x),
    (lambda a: np.gradient(a, 2.0, 3.0), M),
    (lambda a: np.gradient(a, 2.0, 3.0, 4.0), M),
    (lambda a: np.gradient(a, x), M),
    (lambda a: np.gradient(a, 2.0, axis=(1, 0)), M),
    (lambda a: np.gradient(a, np.arange(5.0)), x),
    (lambda a: np.gradient(a, np.arange(4.0)), x),
]

# Functions that are linear in each of their arrays while the others keep.
PRODUCTS = [
    *[
        (lambda a, b, f=f, mode=mode: f(a, b, mode), integers(size), integers(other))
        for f in (np.convolve, np.correlate)
        for mode in ("full", "same", "valid", "other")
        for size, other in ((5, 1), (5, 2), (5, 3), (3, 6), (1, 4), (4, 4), (5, 0))
    ],
    (lambda a, b: np.trapezoid(a, b, axis=0), M, N),
    (np.trapezoid, x, x[::-1]),
    (np.kron, M, integers(2, 1, 2)),
    (np.cross, integers(4, 3), integers(3)),
    (np.cross, integers(4, 2), integers(3)),
    (np.cross, integers(4, 2), integers(2)),
    (lambda a, b: np.cross(a, b, axis=0), integers(3, 4), integers(3, 4)),
    (lambda a, b: np.cross(a, b, axisa=0, axisb=1, axisc=0), integers(3, 4), integers(4, 3)),
    (np.linalg.cross, integers(4, 3), integers(4, 3)),
    (lambda a, b: np.linalg.cross(a, b, axis=0), integers(3, 4), integers(3, 4)),
    (np.cross, integers(4), integers(4)),
    (np.linalg.cross, integers(4, 2), integers(4, 2)),
]


def listed(result):
    return list(result) if isinstance(result, list | tuple) else [result]


def result_or_error(call):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return listed(call())
        except (ValueError, TypeError, IndexError, ZeroDivisionError) as error:
            return error


def numbered(calls):
    return [pytest.param(call[0], call[1:], id=str(number)) for number, call in enumerate(calls)]


def values(function, arrays, expected):
    """Return the results of a call, and what each of them is a function of."""
    each = [lambda *a, k=k: listed(function(*a))[k] for k in range(len(expected))]
    return [(eg.vjp(part, *arrays)[0], part) for part in each]


def check_refused(function, arrays):
    with pytest.raises((eg.EinsgradError, TypeError, ValueError)):
        eg.vjp(lambda *a: listed(function(*a))[0], *arrays)


def closely(found, expected):
    return np.shape(found) == np.shape(expected) and np.allclose(
        found, expected, rtol=1e-12, atol=1e-12
    )


def check_linear(function, arrays, agree):
    """Compare values, and derivatives with the function itself and with their transposes."""
    expected = result_or_error(lambda: function(*arrays))
    if isinstance(expected, Exception):
        return check_refused(function, arrays)
    pairs = list(zip(values(function, arrays, expected), expected, strict=True))
    assert all(agree(found, wanted) for (found, _), wanted in pairs)
    # What is so of the last result is so of the others.
    for (_, part), wanted in pairs[-1:]:
        steps = tuple(integers(*a.shape) for a in arrays)
        tangent = eg.jvp(part, arrays, steps)[1]
        assert agree(tangent, part(*steps))
        weight = integers(*np.shape(wanted))
        back = listed(eg.vjp(part, *arrays)[1](weight))
        through = sum(np.sum(b * s) for b, s in zip(back, steps, strict=True))
        assert agree(np.sum(weight * tangent), through)
    return None


@pytest.mark.parametrize(("function", "arrays"), numbered(LINEAR))
def test_what_moves_entries_is_numpys_and_its_own_derivative(function, arrays):
    check_linear(function, arrays, np.array_equal)


@pytest.mark.parametrize(("function", "arrays"), numbered([*PADDED, *GRADIENTS]))
def test_what_weighs_entries_is_numpys_and_its_own_derivative(function, arrays):
    check_linear(function, arrays, closely)


@pytest.mark.parametrize(("function", "arrays"), numbered(PRODUCTS))
def test_products_along_axes_are_numpys_and_linear_in_each(function, arrays):
    expected = result_or_error(lambda: function(*arrays))
    if isinstance(expected, Exception):
        return check_refused(function, arrays)
    value, pullback = eg.vjp(function, *arrays)
    assert np.array_equal(value, expected[0])
    weight = integers(*np.shape(value))
    for place, back in enumerate(pullback(weight)):
        step = integers(*arrays[place].shape)
        given = [step if k == place else a for k, a in enumerate(arrays)]
        (change,) = result_or_error(lambda given=given: function(*given))
        assert np.sum(weight * change) == np.sum(back * step)
    return None


TRANSFORMS = [
    *of_each(
        [
            (None, None),
            (1, "ortho"),
            (4, "forward"),
            (5, "backward"),
            (6, "ortho"),
            (9, "forward"),
            (0, None),
            (4, "x"),
            (7, None),
        ],
        *[
            (lambda a, given, f=f, axis=axis: f(a, given[0], axis, given[1]), a)
            for f in (fft.fft, fft.ifft, fft.rfft, fft.irfft, fft.hfft, fft.ihfft)
            for a, axis in ((x, -1), (M, 0), (z, 0), (one, 0))
        ],
    ),
    *of_each(
        [
            (s, axes)
            for s in (None, (3,), (2, 3), (4, 6), (-1, 5), 3)
            for axes in (None, (0,), (1, 0), (-1, -2), (1, 1))
        ],
        *[
            (lambda a, given, f=f: f(a, given[0], given[1], "ortho"), a)
            for f in (fft.fftn, fft.ifftn, fft.rfftn, fft.irfftn)
            for a in (T, T + 1j)
        ],
    ),
    *of_each(
        (None, (3, 4), (1,)),
        *[(f, T) for f in (fft.fft2, fft.ifft2, fft.rfft2, fft.irfft2)],
    ),
    (lambda a, b: fft.irfft(fft.rfft(a, 8) * fft.rfft(b, 8), 8), x, y),
    (lambda a: np.real(fft.ifft(fft.fft(a))), x),
    (lambda a: fft.fft(fft.fftshift(a, axes=1), axis=1), M),
]


def drawn_like(array):
    return whole_complex(*array.shape) if np.iscomplexobj(array) else integers(*array.shape)


def pairing(a, b):
    """Return what a step changes a sum by: the real part of a product, the second conjugated."""
    return np.sum(np.asarray(a) * np.conj(b)).real


@pytest.mark.parametrize(("function", "arrays"), numbered(TRANSFORMS))
def test_transforms_are_numpys_and_linear(function, arrays):
    expected = result_or_error(lambda: function(*arrays))
    if isinstance(expected, Exception):
        return check_refused(function, arrays)
    value, pullback = eg.vjp(function, *arrays)
    assert closely(value, expected[0])
    # Of one point, the transform is known to be real.
    assert np.iscomplexobj(value) == np.iscomplexobj(expected[0]) or np.isrealobj(value)
    steps = tuple(map(drawn_like, arrays))
    tangent = eg.jvp(function, arrays, steps)[1]
    shifted = [[a + k * s for a, s in zip(arrays, steps, strict=True)] for k in (1, -1)]
    (ahead,), (behind,) = (result_or_error(lambda g=g: function(*g)) for g in shifted)
    assert np.allclose(tangent, (ahead - behind) / 2, rtol=1e-10, atol=1e-10)
    weight = drawn_like(np.asarray(value))
    back = listed(pullback(weight))
    through = sum(pairing(s, np.conj(b)) for s, b in zip(steps, back, strict=True))
    assert np.allclose(pairing(weight, np.conj(tangent)), through, rtol=1e-10, atol=1e-10)
    return None


RUNNING = np.array([2.0, 0.0, -3.0, 0.0, 1.0])
POLYNOMIALS = {
    "cumprod": (np.cumprod, RUNNING),
    "cumprod of all": (np.cumprod, M),
    "cumprod along an axis": (lambda a: np.cumprod(a, axis=1), M),
    "cumulative_prod": (lambda a: np.cumulative_prod(a, include_initial=True), RUNNING),
    **{
        f"vander {n} {up}": (lambda a, n=n, up=up: np.vander(a, n, increasing=up), integers(3))
        for n in (None, 0, 1, 2, 5, 8)
        for up in (True, False)
    },
    "polyval": (np.polyval, integers(4), M),
    "polyval of a number": (np.polyval, integers(4), one),
    "polyval of given coefficients": (lambda a: np.polyval([1, 0, 2], a), M),
    "polyval of one coefficient": (np.polyval, integers(1), M),
    "polyval of none": (lambda a: np.polyval([], a), M),
}


def slope(function, arrays, steps):
    """Return the exact derivative of a polynomial along steps, by way of whole numbers."""
    degree = 12
    points = np.arange(-degree, degree + 1)
    rows = [function(*(a + int(t) * s for a, s in zip(arrays, steps, strict=True))) for t in points]
    # The weights of the difference quotient that is exact up to this degree.
    weights = []
    for t in points:
        weight = Fraction(0) if t == 0 else Fraction(1, int(t))
        for other in points:
            if t != 0 and other not in (0, t):
                weight *= Fraction(int(-other), int(t - other))
        weights.append(weight)
    whole = [np.asarray(row, dtype=object) for row in rows]
    total = sum(
        np.vectorize(lambda v: Fraction(int(v)), otypes=[object])(row) * w
        for row, w in zip(whole, weights, strict=True)
    )
    return np.asarray(total, dtype=float)


@pytest.mark.parametrize("name", POLYNOMIALS)
def test_running_products_and_powers_are_numpys_with_exact_derivatives(name):
    function, *arrays = POLYNOMIALS[name]
    value, pullback = eg.vjp(function, *arrays)
    assert np.array_equal(value, function(*arrays))
    steps = [RNG.integers(-1, 2, a.shape).astype(float) for a in arrays]
    tangent = eg.jvp(function, tuple(arrays), tuple(steps))[1]
    expected = slope(function, arrays, steps) if np.size(value) else np.zeros(np.shape(value))
    assert np.array_equal(tangent, expected)
    weight = integers(*np.shape(value))
    back = listed(pullback(weight))
    through = sum(np.sum(b * s) for b, s in zip(back, steps, strict=True))
    assert np.sum(weight * tangent) == through


KNOTS = np.array([-2.0, -1.0, 0.5, 2.0, 3.0, 3.5])
POINTS = [integers(7), RNG.uniform(-5, 5, (3, 4)), KNOTS, one, np.array([np.nan, -9.0, 9.0])]


@pytest.mark.parametrize("number", range(1, 7))
@pytest.mark.parametrize("ends", [{}, {"left": 9.0}, {"left": -7.0, "right": 2.0}])
def test_interpolation_is_numpys(number, ends):
    knots, values = KNOTS[:number], integers(number)
    for points in POINTS:
        expected = np.interp(points, knots, values, **ends)
        for given in (knots, list(knots)):
            found = eg.vjp(lambda a, f: np.interp(a, given, f, **ends), points, values)[0]  # noqa: B023
            assert np.allclose(found, expected, rtol=1e-13, atol=1e-13, equal_nan=True)
        in_values = eg.vjp(lambda f: np.interp(points, knots, f, **ends), values)  # noqa: B023
        assert np.allclose(in_values[0], expected, equal_nan=True)
    between = np.array([-1.5, 0.0, 1.0, 2.75, 3.25, 9.0, -9.0])
    slopes = (np.interp(between + 0.25, knots, values) - np.interp(between, knots, values)) * 4
    derivative = eg.vjp(lambda a: np.sum(np.interp(a, knots, values)), between)[1](1.0)
    assert np.allclose(derivative, slopes)
    weight = integers(*between.shape)
    back = eg.vjp(lambda f: np.interp(between, knots, f), values)[1](weight)
    each = [np.sum(weight * np.interp(between, knots, row)) for row in np.eye(number)]
    assert np.allclose(back, each)


def test_interpolation_follows_its_data_from_call_to_call():
    for scale in (1.0, 2.0, 1.0):
        knots = KNOTS * scale
        found = eg.vjp(lambda a: np.interp(a, knots, KNOTS), one)[0]  # noqa: B023
        assert np.allclose(found, np.interp(one, knots, KNOTS))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda a: np.interp(1.0, a[:0], a[:0]), "one entry or more"),
        (lambda a: np.interp(a, [0, 1], [0, 1], period=2), "period"),
        (lambda a: np.interp(a, [1, 0], [0, 1]), "rise"),
        (lambda a: np.interp(a, [0, 1], [0, 1, 2]), "no pairs"),
        (lambda a: np.tanh([a, a]), "numpy.stack"),
        (lambda a: np.asarray([a[0] if False else a, 2.0]), "two shapes"),
        (lambda a: np.array([[a], [1.0]], dtype=float), "two shapes"),
        (np.trim_zeros, "trim_zeros"),
        (lambda a: np.fill_diagonal(a, 1.0), "fill_diagonal"),
        (lambda a: np.concatenate([a, a], dtype=np.float32), "dtype"),
        (lambda a: np.pad(a, 1, "median"), "median"),
        (lambda a: np.pad(a, 1, lambda *given: None), "mode"),
        (lambda a: np.cumsum(a, out=np.zeros(5)), "out="),
        (lambda a: np.split(a, 2), "array_split"),
        (lambda a: np.fft.rfft(a * 1j), "complex"),
        (lambda a: np.block([[a], []]), "depth"),
        (lambda a: np.stack([a, 1.0]), "shape"),
    ],
)
def test_what_cannot_be_joined_or_moved_is_an_error_that_names_it(call, message):
    with pytest.raises((eg.EinsgradError, ValueError), match=message):
        eg.vjp(call, x)


NAMED = {
    "concatenate": (lambda x, y, A, B, z: np.concatenate([x, y, z]), "m+n+3"),
    "append": (lambda x, y, A, B, z: np.append(x, [1.0, 2.0]), "n+2"),
    "stack": (lambda x, y, A, B, z: np.stack([x, 2 * x], axis=1), "n,2"),
    "hstack": (lambda x, y, A, B, z: np.hstack([z[0], x]), "n+1"),
    "column_stack": (lambda x, y, A, B, z: np.column_stack([x, A]), "n,5"),
    "vstack": (lambda x, y, A, B, z: np.vstack([B, x]), "m+1,n"),
    "block": (lambda x, y, A, B, z: np.block([[A, A], [A, A]]), "2n,8"),
    "pad": (lambda x, y, A, B, z: np.pad(x, (1, 2)), "n+3"),
    "pad with values": (lambda x, y, A, B, z: np.pad(x, 1, constant_values=(3, 4)), "n+2"),
    "pad rows": (lambda x, y, A, B, z: np.pad(B, ((1, 0), (0, 2)), "edge"), "m+1,n+2"),
    **{
        f"pad by {mode}": (lambda x, y, A, B, z, mode=mode: np.pad(x, 2, mode), "n+4")
        for mode in MODES[1:]
    },
    "flip": (lambda x, y, A, B, z: np.flip(B), "m,n"),
    "roll": (lambda x, y, A, B, z: np.roll(x, 2), "n"),
    "roll back": (lambda x, y, A, B, z: np.roll(x, -2), "n"),
    "roll by the size": (lambda x, y, A, B, z: np.roll(x, x.shape[0]), "n"),
    "rot90": (lambda x, y, A, B, z: np.rot90(B), "n,m"),
    "diff": (lambda x, y, A, B, z: np.diff(x, 2), "n-2"),
    "diff with an end": (lambda x, y, A, B, z: np.diff(x, prepend=0.0), "n"),
    "gradient": (lambda x, y, A, B, z: np.gradient(x, edge_order=2), "n"),
    "gradient at points": (lambda x, y, A, B, z: np.gradient(B[0], np.cumsum(x * x + 1)), "n"),
    "trapezoid": (lambda x, y, A, B, z: np.trapezoid(x * x, x), ""),
    "ediff1d": (lambda x, y, A, B, z: np.ediff1d(x, to_end=[1, 2]), "n+1"),
    "cumsum": (lambda x, y, A, B, z: np.cumsum(B, axis=1), "m,n"),
    "cumulative_sum": (lambda x, y, A, B, z: np.cumulative_sum(x, include_initial=True), "n+1"),
    "repeat": (lambda x, y, A, B, z: np.repeat(x, 2), "2n"),
    "tile": (lambda x, y, A, B, z: np.tile(x, (2, 2)), "2,2n"),
    "tril": (lambda x, y, A, B, z: np.tril(B, 1) + np.triu(B), "m,n"),
    "diag": (lambda x, y, A, B, z: np.diag(x, -1), "n+1,n+1"),
    "trace": (lambda x, y, A, B, z: np.trace(B.T @ B, 1), ""),
    "diagonal": (lambda x, y, A, B, z: np.diagonal(B.T @ B, -1), "n-1"),
    "convolve": (lambda x, y, A, B, z: np.convolve(x, y), "m+n-1"),
    "convolve same": (lambda x, y, A, B, z: np.convolve(z, x, "same"), "n"),
    "correlate": (lambda x, y, A, B, z: np.correlate(x, z), "n-2"),
    "windows": (lambda x, y, A, B, z: windows(x, 3), "n-2,3"),
    "reshape": (lambda x, y, A, B, z: np.reshape(A, (A.shape[0], 2, 2)), "n,2,2"),
    "reshape to fewer": (lambda x, y, A, B, z: np.reshape(A, (1, -1, 2)), "1,2n,2"),
    "ravel": (lambda x, y, A, B, z: np.ravel(A) + A.T.flatten("F"), "4n"),
    "kron": (lambda x, y, A, B, z: np.kron(x, z), "3n"),
    "cross": (lambda x, y, A, B, z: np.cross(A[:, :3], z), "n,3"),
    "meshgrid": (lambda x, y, A, B, z: np.meshgrid(x, y)[0], "m,n"),
    "vander": (lambda x, y, A, B, z: np.vander(x, 3), "n,3"),
    "interp": (lambda x, y, A, B, z: np.interp(x, [0, 1, 3], z), "n"),
    "fft": (lambda x, y, A, B, z: np.fft.ifft(np.fft.fft(x, norm="ortho")).real, "n"),
    "split": (lambda x, y, A, B, z: np.split(x, [2, -1])[1], "n-3"),
}


@pytest.mark.parametrize("name", NAMED)
def test_dims_that_are_names_are_moved_as_sizes_are(name):
    function, dims = NAMED[name]
    # Names that no other variable has: the arrays of those that cancel give sizes.
    symbols = eg.variables("mx[n] my[m] mA[n,4] mB[m,n] mz[3]")
    drawn = x, integers(3), integers(5, 4), integers(3, 5), z.real[:3]
    arrays = dict(zip(("mx", "my", "mA", "mB", "mz"), drawn, strict=True))
    expr = function(*symbols)
    assert ",".join(map(str, expr.shape)) == dims
    expected = function(*arrays.values())
    assert np.shape(expected) == np.shape(eg.evaluate(expr, **arrays))
    assert np.allclose(eg.evaluate(expr, **arrays), expected, atol=1e-12)
    given = tuple(arrays.values())
    steps = [integers(*a.shape) for a in given]
    for symbol, step in zip(symbols, steps, strict=True):
        back = eg.evaluate(eg.grad(eg.sum(expr * expr), symbol), **arrays)
        along = np.sum(back * step)
        alone = [s if s is step else 0 * s for s in steps]
        change = eg.jvp(lambda *a: np.sum(function(*a) ** 2), given, tuple(alone))[1]
        assert np.allclose(along, change)


@pytest.mark.parametrize("name", ["roll", "roll back", "gradient", "pad by wrap", "split", "diff"])
def test_too_few_entries_are_an_error_or_moved_as_numpy_does(name):
    function, _ = NAMED[name]
    (symbol,) = eg.variables("x[n]")
    expr = function(symbol, *[None] * 4)
    for size in range(4):
        given = np.arange(1.0, size + 1)
        for one in (expr, eg.simplify(expr)):
            try:
                value = eg.evaluate(one, x=given)
            except eg.EinsgradError:
                continue
            assert np.array_equal(value, function(given, *[None] * 4))


TEXTS = {
    "np.concatenate([x, y])": lambda x, y, A: np.concatenate([x, y]),
    "np.block([[A, A], [A, A]])": lambda x, y, A: np.block([[A, A], [A, A]]),
    "np.diff(x, 2) + y.cumsum()": lambda x, y, A: np.diff(x, 2) + y.cumsum(),
    "np.pad(x, (1, 2), mode='edge')": lambda x, y, A: np.pad(x, (1, 2), mode="edge"),
    "np.real(np.fft.fft(x))": lambda x, y, A: np.real(np.fft.fft(x)),
    "np.tril(A, -1) + np.diag(y)": lambda x, y, A: np.tril(A, -1) + np.diag(y),
    "np.lib.stride_tricks.sliding_window_view(x, 3) @ y": lambda x, y, A: windows(x, 3) @ y,
    "np.convolve(x, y, 'same')": lambda x, y, A: np.convolve(x, y, "same"),
}


@pytest.mark.parametrize("text", TEXTS)
def test_texts_move_entries_as_numpy_does(text):
    arrays = {"x": integers(5), "y": integers(3), "A": integers(3, 3)}
    named = {name: array for name, array in arrays.items() if re.search(rf"\b{name}\b", text)}
    found = eg.evaluate(eg.parse(text, "x[5] y[3] A[3,3]"), **named)
    expected = TEXTS[text](**arrays)
    assert np.shape(found) == np.shape(expected)
    assert np.allclose(found, expected)


def test_the_power_of_a_spectrum_is_that_of_its_signal():
    (signal,) = eg.variables("x[n]")
    power = eg.sum(eg.abs(np.fft.fft(signal, norm="ortho")) ** 2)
    gradient = eg.grad(power, signal)
    for size in (1, 4, 7):
        drawn = integers(size)
        assert np.allclose(eg.evaluate(gradient, x=drawn), 2 * drawn)


CURVED = {
    "differences": lambda a: np.sum(np.diff(a, 2) ** 4),
    "running sums": lambda a: np.sum(np.exp(np.cumsum(a) / 9)),
    "running products": lambda a: np.sum(np.cumprod(a)),
    "joined": lambda a: np.sum(np.concatenate([a, np.sin(a), a[::-1]]) ** 3),
    "convolved": lambda a: np.sum(np.convolve(a, a) ** 2),
    "interpolated": lambda a: np.sum(np.interp(a**2 / 9, KNOTS, KNOTS**2) ** 2),
    "transformed": lambda a: np.sum(np.abs(np.fft.rfft(a**2)) ** 2),
}


@pytest.mark.parametrize("name", CURVED)
def test_hessians_of_moved_entries_are_differences_of_gradients(name):
    function, point, step = CURVED[name], np.array([1.2, -0.7, 2.1, 0.4, 1.7]), integers(5)
    found = eg.hessian(function)(point) @ step
    ahead, behind = (eg.grad(function)(point + h * step) for h in (1e-5, -1e-5))
    assert np.allclose(found, (ahead - behind) / 2e-5, rtol=1e-5, atol=1e-5)
