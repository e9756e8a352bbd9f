"""Central differences of functions of one array, which derivatives are compared with."""

import numpy as np

import einsgrad as eg


def difference(f, x, direction, step=1e-6):
    """Return the slope of a function of an array along a direction."""
    return (f(x + step * direction) - f(x - step * direction)) / (2 * step)


def value_at(expr, data):
    """Compute an expression on those of some arrays that it has."""
    function = eg.compile(expr)
    return function(**{name: data[name] for name in function.variables})


def check_derivatives(f, A, direction):
    """Compare values, tangents, gradients and, of real arrays, products with Hessians."""
    found, expected = eg.jit(f)(A), f(A)
    assert np.allclose(found, expected)
    assert found.dtype == expected.dtype

    def loss(A):
        return np.sum(np.sin(np.abs(f(A)) ** 2))

    _, tangent = eg.jvp(f, (A,), (direction,))
    assert np.allclose(tangent, difference(f, A, direction), rtol=1e-5, atol=1e-6)
    gradient = eg.grad(loss)
    along = np.vdot(gradient(A), direction).real
    assert np.allclose(along, difference(loss, A, direction), rtol=1e-4, atol=1e-5)
    if A.dtype.kind == "f":
        product = eg.hvp(loss)(A, direction)
        assert np.allclose(product, difference(gradient, A, direction), rtol=1e-3, atol=1e-3)
