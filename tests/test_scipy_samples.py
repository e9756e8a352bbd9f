"""Integrals and Fourier transforms of traced samples, called by scipy's names."""

import numpy as np
import pytest

import einsgrad as eg

fft = pytest.importorskip("scipy.fft")
integrate = pytest.importorskip("scipy.integrate")

X = np.array([0.3, -1.2, 0.8, 2.0, 0.4])


@pytest.mark.parametrize("name", ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"])
@pytest.mark.parametrize("options", [{}, {"n": 4, "norm": "ortho", "workers": 1}])
def test_a_transform_has_scipys_values_and_slopes(name, options):
    transform = getattr(fft, name)
    assert np.allclose(eg.jit(lambda x: transform(x, **options))(X), transform(X, **options))
    weights = np.cos(np.arange(transform(X, **options).size))
    loss = lambda x: np.sum(weights * np.real(transform(x, **options)))  # noqa: E731
    # The transform is linear, so that its differences are exact.
    assert np.allclose(eg.grad(loss)(X), [loss(X + unit) - loss(X) for unit in np.eye(5)])


@pytest.mark.parametrize(
    "name", ["fft2", "ifft2", "rfft2", "irfft2", "fftn", "ifftn", "rfftn", "irfftn"]
)
@pytest.mark.parametrize("options", [{}, {"s": (4, 3), "norm": "forward"}, {"axes": (1, 0)}])
def test_a_transform_along_axes_has_scipys_values_and_slopes(name, options):
    transform, x = getattr(fft, name), np.arange(12.0).reshape(3, 4) % 5
    assert np.allclose(eg.jit(lambda x: transform(x, **options))(x), transform(x, **options))
    weights = np.cos(np.arange(transform(x, **options).size))
    loss = lambda x: weights @ np.real(transform(x, **options)).ravel()  # noqa: E731
    units = np.eye(12).reshape(3, 4, 3, 4)
    assert np.allclose(
        eg.grad(loss)(x), [[loss(x + unit) - loss(x) for unit in row] for row in units]
    )


@pytest.mark.parametrize("name", ["fftshift", "ifftshift"])
def test_frequencies_are_put_in_scipys_order(name):
    moved = getattr(fft, name)
    assert eg.jit(moved)(X).tolist() == moved(X).tolist()


@pytest.mark.parametrize("options", [{}, {"dx": 0.1}, {"x": np.array([0.0, 1, 3, 4, 6])}])
def test_an_integral_by_trapezoids_has_scipys_value_and_slopes(options):
    loss = lambda y: integrate.trapezoid(y, **options)  # noqa: E731
    value, slope = eg.value_and_grad(loss)(X)
    assert np.isclose(value, loss(X), rtol=1e-14)
    assert np.allclose(slope, [loss(unit) for unit in np.eye(5)])


@pytest.mark.parametrize("options", [{}, {"dx": 0.1}, {"initial": 0, "x": X**2}, {"axis": 0}])
def test_running_integrals_have_scipys_values_and_slopes(options):
    y = np.outer(X, [1.0, -2.0, 0.5, 3.0, 1.5])
    running = lambda y: integrate.cumulative_trapezoid(y, **options)  # noqa: E731
    assert np.allclose(eg.jit(running)(y), running(y), rtol=1e-14)
    weights = np.cos(np.arange(running(y).size)).reshape(running(y).shape)
    units = np.eye(25).reshape(5, 5, 5, 5)
    slopes = [[np.sum(weights * running(unit)) for unit in row] for row in units]
    assert np.allclose(eg.grad(lambda y: np.sum(weights * running(y)))(y), slopes)
    with pytest.raises(eg.ArgumentError, match="neither None nor 0"):
        eg.jit(lambda y: integrate.cumulative_trapezoid(y, initial=1.0))(y)
