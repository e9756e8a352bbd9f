"""Functions that code for other libraries has beside it, where none of theirs does it."""

from __future__ import annotations

_SINC_DERIVATIVE = """from math import pi


def sinc_derivative({first}order, x):
    order, u = int(order), pi * x
    near = {xp}.abs(u) <= order + 1
    small = {xp}.where(near, u, {xp}.zeros_like(u))
    large = {xp}.where(near, {xp}.ones_like(u), u)
    series, power = 0 * small, 1 + 0 * small
    for k in range(order, 5 * order + 40):
        if k % 2 == 0:
            series = series + (1 - k % 4) / (k + 1) * power
        power = power * small / (k - order + 1)
    sine, cosine = {xp}.sin(large), {xp}.cos(large)
    value = sine / large
    for k in range(1, order + 1):
        value = ((sine, cosine, -sine, -cosine)[k % 4] - k * value) / large
    return pi**order * {xp}.where(near, series, value)
"""

_LOGSUMEXP = """def logsumexp(xp, x, axis):
    top = xp.max(x, axis=axis, keepdims=True)
    top = xp.where(xp.isfinite(top), top, xp.zeros_like(top))
    return xp.log(xp.sum(xp.exp(x - top), axis=axis)) + xp.squeeze(top, axis=axis)
"""

_MATRIX_POWER = """def matrix_power(xp, x, exponent):
    if exponent == 1:
        return x
    half = matrix_power(xp, x, exponent // 2)
    return half @ half @ x if exponent % 2 else half @ half
"""

_PAD = """def pad(xp, x, around):
    for axis, widths in enumerate(around):
        shapes = [(*x.shape[:axis], width, *x.shape[axis + 1 :]) for width in widths]
        place = getattr(x, "device", None)
        zeros = [xp.zeros(shape, dtype=x.dtype, device=place) for shape in shapes]
        x = xp.concat([zeros[0], x, zeros[1]], axis=axis)
    return x
"""

# Each place of the result takes the values whose index is that place.
_ADD_AT = """from math import prod


def add_at(xp, base, index, values):
    index = xp.broadcast_arrays(*index)
    count = len(index)
    places = index[0] % base.shape[0]
    for one, size in zip(index[1:], base.shape[1:count]):
        places = places * size + one % size
    values = xp.broadcast_to(values, (*places.shape, *base.shape[count:]))
    numbers = xp.arange(prod(base.shape[:count]), device=getattr(base, "device", None))
    numbers = xp.reshape(numbers, (-1, 1))
    taken = numbers == xp.reshape(places, (1, -1))
    values = xp.reshape(values, (1, places.size, -1))
    chosen = xp.where(taken[:, :, None], values, xp.zeros_like(values))
    return base + xp.reshape(xp.sum(chosen, axis=1, dtype=base.dtype), base.shape)
"""

OF_TORCH = {"sinc_derivative": _SINC_DERIVATIVE.format(xp="torch", first="")}
OF_JAX = {"sinc_derivative": _SINC_DERIVATIVE.format(xp="jnp", first="")}
OF_ARRAY_API = {
    "sinc_derivative": _SINC_DERIVATIVE.format(xp="xp", first="xp, "),
    "logsumexp": _LOGSUMEXP,
    "matrix_power": _MATRIX_POWER,
    "pad": _PAD,
    "add_at": _ADD_AT,
}
