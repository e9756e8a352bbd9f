"""Random chains of transforms inside of transforms, compared exactly with polynomials.

A function is a polynomial of each entry, and a link makes another such function of it, by one
transform. What the link makes of the polynomial's coefficients is known.
"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.polynomial import polynomial

import einsgrad as eg

X = np.array([1.0, -2.0, 3.0])


def at(coefficients):
    """Return the polynomial as a function of arrays."""

    def function(x):
        total = coefficients[0] + 0 * x
        for power, number in enumerate(coefficients[1:], 1):
            total = total + number * x**power
        return total

    return function


def derived(c):
    return polynomial.polyder(c)


def times_x(c):
    return polynomial.polymulx(c)


def custom(f):
    return eg.custom_derivative(f, lambda g, y, x: g * eg.grad(lambda z: np.sum(f(z)))(x))


# A transform of an entrywise function, and what it does to the coefficients.
LINKS = {
    "grad": (lambda f: eg.grad(lambda x: np.sum(f(x))), derived),
    "value_and_grad": (
        lambda f: lambda x: eg.value_and_grad(lambda z: np.sum(f(z)))(x)[1],
        derived,
    ),
    "jacobian": (lambda f: lambda x: np.diagonal(eg.jacobian(f)(x)), derived),
    "hessian": (
        lambda f: lambda x: np.diagonal(eg.hessian(lambda z: np.sum(f(z)))(x)),
        lambda c: derived(derived(c)),
    ),
    "hvp": (
        lambda f: lambda x: eg.hvp(lambda z: np.sum(f(z)))(x, x),
        lambda c: times_x(derived(derived(c))),
    ),
    "jvp": (lambda f: lambda x: eg.jvp(f, (x,), (x,))[1], lambda c: times_x(derived(c))),
    "jvp of numbers": (lambda f: lambda x: eg.jvp(f, (x,), (np.ones(3),))[1], derived),
    "vjp": (lambda f: lambda x: eg.vjp(f, x)[1](x)[0], lambda c: times_x(derived(c))),
    "vjp of numbers": (lambda f: lambda x: eg.vjp(f, x)[1](np.ones(3))[0], derived),
    "jit": (eg.jit, lambda c: c),
    "what is around": (lambda f: lambda x: x * f(x), times_x),
    "closure": (
        lambda f: lambda x: eg.grad(lambda z: np.sum(x * f(z)))(x),
        lambda c: times_x(derived(c)),
    ),
    "stopped": (
        lambda f: lambda x: f(x) * (1 + eg.stop_gradient(x) - eg.stop_gradient(1 * x)),
        lambda c: c,
    ),
    "custom": (custom, lambda c: c),
}


@given(
    coefficients=st.lists(st.integers(-3, 3), min_size=2, max_size=6),
    chain=st.lists(st.sampled_from(sorted(LINKS)), min_size=1, max_size=5),
)
def test_a_chain_of_transforms_has_the_value_of_the_polynomial(coefficients, chain):
    function, expected = at(coefficients), np.array(coefficients, float)
    for name in chain:
        link, effect = LINKS[name]
        function, expected = link(function), effect(expected)
    assert np.array_equal(function(X), polynomial.polyval(X, expected))
