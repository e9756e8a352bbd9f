"""Convolutions and correlations of scipy.signal on traced values: scipy's values, and slopes."""

import itertools

import numpy as np
import pytest

import einsgrad as eg

signal = pytest.importorskip("scipy.signal")

RANDOM = np.random.default_rng(7)
LINES = [((5,), (3,)), ((5,), (2,)), ((2,), (5,)), ((1,), (4,)), ((), ())]
PLANES = [((5, 4), (2, 3)), ((5, 4), (3, 2)), ((2, 2), (4, 5)), ((1, 3), (2, 1)), ((2, 5), (4, 3))]
SPACES = [((3, 4, 2), (2, 2, 2))]
OPTIONS = {
    "convolve": [{}, {"method": "direct"}, {"method": "fft"}],
    "correlate": [{}, {"method": "direct"}, {"method": "fft"}],
    "fftconvolve": [{}, {"axes": 0}, {"axes": [-1]}, {"axes": (0, 1)}],
    "oaconvolve": [{}, {"axes": [0]}],
    "convolve2d": [{"boundary": one} for one in ("fill", "wrap", "symm")] + [{"fillvalue": 2.5}],
    "correlate2d": [{"boundary": one} for one in ("fill", "wrap", "symm")] + [{"fillvalue": 2.5}],
}


def whole(*shape):
    return RANDOM.integers(-4, 5, shape).astype(float)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("name", OPTIONS)
def test_values_shapes_and_errors_are_scipys(name, mode):
    """Every shape, option and kind; what scipy refuses is an error of the same class."""
    function = getattr(signal, name)
    shapes = PLANES if name.endswith("2d") else LINES + PLANES + SPACES
    kinds = itertools.product((0, 1j), repeat=2)
    for (one, other), options, (a, b) in itertools.product(shapes, OPTIONS[name], [*kinds]):
        x, y = whole(*one) + a * whole(*one), whole(*other) + b * whole(*other)
        traced = eg.jit(lambda x, y, options=options: function(x, y, mode=mode, **options))
        try:
            expected = function(x, y, mode=mode, **options)
        except ValueError:
            with pytest.raises((eg.ShapeError, eg.ArgumentError)):
                traced(x, y)
            continue
        found = traced(x, y)
        assert np.shape(found) == np.shape(expected)
        assert np.asarray(found).dtype == np.asarray(expected).dtype
        assert np.allclose(found, expected, atol=1e-9)


@pytest.mark.parametrize(("name", "options"), [(n, o) for n in OPTIONS for o in OPTIONS[n]])
def test_a_product_has_the_slopes_of_its_factors(name, options):
    """Linear in each operand, so that differences of whole numbers are exact."""
    function = getattr(signal, name)
    x, y = whole(4, 3), whole(2, 3)
    if "axes" in options:
        y = whole(2, 3) if options["axes"] in (0, [0]) else whole(4, 2)
        y = whole(2, 2) if len(np.shape(options["axes"])) and len(options["axes"]) > 1 else y
    f = lambda x, y: function(x, y, **options)  # noqa: E731
    slopes = eg.jacobian(f, argnums=(0, 1))(x, y)
    for place, (given, slope) in enumerate(zip((x, y), slopes, strict=True)):
        for key in np.ndindex(given.shape):
            moved = [x.copy(), y.copy()]
            moved[place][key] += 1
            assert np.allclose(slope[(..., *key)], f(*moved) - f(x, y), atol=1e-9)
    direction = whole(4, 3)
    loss = lambda x: np.sum(f(x, y) ** 2)  # noqa: E731
    curved = eg.hvp(loss, (x,), direction)
    assert np.allclose(
        np.sum(curved * direction), loss(x + direction) + loss(x - direction) - 2 * loss(x)
    )


@pytest.mark.parametrize(("size", "is_transformed"), [(3, False), (300, True)])
def test_scipys_estimate_says_whether_a_convolution_goes_by_transforms(size, is_transformed):
    seen = []

    def convolved(x):
        seen.append(signal.convolve(x, x))
        return seen[-1]

    x = RANDOM.standard_normal((size, size))
    assert np.allclose(eg.jit(convolved)(x), signal.convolve(x, x))
    assert ("fourier" in repr(seen[0])) is is_transformed


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda x: signal.convolve(x, x, mode="some"), "scipy.signal.convolve: mode='some'"),
        (lambda x: signal.convolve(x, x, method="x"), "is none of auto, direct, fft"),
        (lambda x: signal.convolve(x, x[0]), "has 2 axes and"),
        (lambda x: signal.convolve2d(x, x, boundary="reflect"), "boundary='reflect' is none of"),
        (lambda x: signal.correlate2d(x[0], x[0]), "Use scipy.signal.convolve"),
        (lambda x: signal.fftconvolve(x, x, axes=[]), "axes=\\[\\] is empty"),
    ],
)
def test_what_is_no_convolution_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        eg.grad(lambda x: np.sum(call(x)))(whole(3, 3))
