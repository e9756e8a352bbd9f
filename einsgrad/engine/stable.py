"""Functions on arrays that neither overflow nor warn where their value is well defined.

Generated code holds the text of those that it calls, so each must stand on its own.
"""

from typing import Any

import numpy as np


def sigmoid(x: Any) -> Any:
    """Return 1 / (1 + exp(-x)); where the exponential overflows, the quotient is 0."""
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


def softplus(x: Any) -> Any:
    """Return log(1 + exp(x)) without overflow."""
    if np.iscomplexobj(x):
        return np.log1p(np.exp(x))
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def silu(x: Any) -> Any:
    """Return x / (1 + exp(-x)); where the exponential overflows, the quotient is 0."""
    with np.errstate(over="ignore"):
        return x / (1 + np.exp(-x))


def quiet_log(x: Any) -> Any:
    """Return log(x), minus infinity at 0."""
    with np.errstate(divide="ignore"):
        return np.log(x)


def logsumexp(x: Any, axis: Any) -> Any:
    """Return log(sum(exp(x))), shifted by the largest entry so that nothing overflows."""
    top = np.max(x.real if np.iscomplexobj(x) else x, axis=axis, keepdims=True, initial=-np.inf)
    top = np.where(np.isfinite(top), top, 0)
    with np.errstate(divide="ignore"):
        total = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return np.squeeze(total, axis=axis)


def logit(x: Any) -> Any:
    """Return log(x / (1 - x)); by an area function near 1/2, where the logarithms cancel."""
    with np.errstate(divide="ignore"):
        middle = 2 * np.arctanh(2 * x - 1)
        return np.where(np.abs(x - 0.5) < 0.25, middle, np.log(x) - np.log1p(-x))[()]


def xlogy(x: Any, y: Any) -> Any:
    """Return x log(y), and 0 where x is 0, as scipy does."""
    wide = np.result_type(x, y)
    return x * np.log(np.where((x == 0) & ~np.isnan(y), 1, y).astype(wide, copy=False))


def sinc_derivative(order: Any, x: Any) -> Any:
    """Return a derivative of sin(pi x) / (pi x): by its series near 0, else by recursion.

    With f = sin(u) / u the n-th derivative of u f is that of sin(u): `u f⁽ⁿ⁾ + n f⁽ⁿ⁻¹⁾`.
    Where `u` is smaller than n, the recursion would enlarge its errors.
    """
    orders, u = np.broadcast_arrays(np.real(order), np.pi * np.asarray(x))
    found = np.empty(u.shape, u.dtype)
    for n in map(int, np.unique(orders)):
        here = orders == n
        near = np.abs(u[here]) <= n + 1
        small, large = np.where(near, u[here], 0), np.where(near, 1, u[here])
        series, power = 0 * small, 1 + 0 * small
        for k in range(n, 5 * n + 40):
            if k % 2 == 0:
                series = series + (1 - k % 4) / (k + 1) * power
            power = power * small / (k - n + 1)
        sine, cosine = np.sin(large), np.cos(large)
        value = sine / large
        for k in range(1, n + 1):
            value = ((sine, cosine, -sine, -cosine)[k % 4] - k * value) / large
        found[here] = np.pi**n * np.where(near, series, value)
    return found[()]


def erfcx_derivative(order: Any, x: Any) -> Any:
    """Return a derivative of exp(x**2) erfc(x): by recursion, far out by the function U.

    With f the function, f' is `2 x f - 2 / sqrt(pi)`, and the derivative of order n + 1 is
    `2 x f⁽ⁿ⁾ + 2 n f⁽ⁿ⁻¹⁾`, whose terms cancel where x is large.
    """
    from scipy import special

    orders, points = np.broadcast_arrays(np.real(order), np.asarray(x) * 1.0)
    found = np.empty(points.shape, points.dtype)
    for n in map(int, np.unique(orders)):
        here = orders == n
        far = points[here] > 6
        near = np.where(far, 0, points[here])
        value = special.erfcx(near)
        before, value = value, 2 * near * value - 2 / np.pi**0.5
        for k in range(1, n):
            before, value = value, 2 * near * value + 2 * k * before
        beyond = special.hyperu((n + 1) / 2, 0.5, np.square(np.where(far, points[here], 7)))
        factor = (-1) ** n * float(special.gamma(n + 1)) / np.pi**0.5
        found[here] = np.where(far, factor * beyond, value)
    return found[()]


def tied_step(x: Any, y: Any) -> Any:
    """Return 1 where x > y, 1/2 where they are equal, also infinite, and 0 where x < y."""
    with np.errstate(invalid="ignore"):
        return np.where(x == y, 0.5, np.heaviside(x - y, 0.5))[()]
