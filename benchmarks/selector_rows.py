"""Losses of code that shifts, joins and looks up: written once, and by hand in numpy.

The functions by hand are what a careful person writes: views, temporaries reused, no product
twice, and no loop of Python over entries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.losses import half_square

Array = np.ndarray
Result = tuple[Any, tuple[Array, ...]]


@dataclass(frozen=True)
class SelectorRow:
    name: str
    wrt: tuple[int, ...]
    loss: Callable[..., Any]  # of a namespace and the arrays
    by_hand: tuple[Callable[..., Result], ...]
    declarations: tuple[str, str, str]  # small, medium, large; `y[5]<3` holds integers below 3

    def arrays(self, which: int) -> dict[str, Array]:
        random = np.random.default_rng(6)
        found = {}
        for word in self.declarations[which].split():
            array, _, below = word.partition("<")
            name, _, sizes = array.rstrip("]").partition("[")
            shape = [int(size) for size in sizes.split(",")]
            if below:
                found[name] = random.integers(0, int(below), shape)
            else:
                found[name] = random.standard_normal(shape) / np.sqrt(shape[-1])
        return found


def first_differences(x: Array) -> Result:
    d = x[1:] - x[:-1]
    value = d.dot(d)
    d *= 2.0
    gradient = np.empty_like(x)
    gradient[0] = -d[0]
    np.subtract(d[:-1], d[1:], out=gradient[1:-1])
    gradient[-1] = d[-1]
    return value, (gradient,)


def first_differences_added(x: Array) -> Result:
    d = x[1:] - x[:-1]
    value = d.dot(d)
    d *= 2.0
    gradient = np.empty_like(x)
    gradient[0] = 0.0
    gradient[1:] = d
    gradient[:-1] -= d
    return value, (gradient,)


def second_differences(x: Array) -> Result:
    d = x[1:] - x[:-1]
    s = d[1:] - d[:-1]
    value = s.dot(s)
    s *= 2.0
    gradient = np.empty_like(x)
    gradient[:-2] = s
    gradient[-2:] = 0.0
    gradient[2:] += s
    s *= 2.0
    gradient[1:-1] -= s
    return value, (gradient,)


def second_differences_shifted(x: Array) -> Result:
    s = -2.0 * x[1:-1]
    s += x[2:]
    s += x[:-2]
    value = s.dot(s)
    s *= 2.0
    gradient = np.zeros_like(x)
    gradient[:-2] = s
    gradient[2:] += s
    s *= 2.0
    gradient[1:-1] -= s
    return value, (gradient,)


def running_sum(x: Array, t: Array) -> Result:
    residual = x.cumsum()
    residual -= t
    return 0.5 * residual.dot(residual), (residual[::-1].cumsum()[::-1],)


def dirichlet(u: Array) -> Result:
    down, right = u[1:] - u[:-1], u[:, 1:] - u[:, :-1]
    gradient = np.empty_like(u)
    gradient[0] = 0.0
    gradient[1:] = down
    gradient[:-1] -= down
    gradient[:, 1:] += right
    gradient[:, :-1] -= right
    return half_square(down) + half_square(right), (gradient,)


def stencil(u: Array, f: Array) -> Result:
    r = -4.0 * u[1:-1, 1:-1]
    r += u[2:, 1:-1]
    r += u[:-2, 1:-1]
    r += u[1:-1, 2:]
    r += u[1:-1, :-2]
    r -= f
    value = half_square(r)
    gradient = np.zeros_like(u)
    gradient[2:, 1:-1] = r
    gradient[:-2, 1:-1] += r
    gradient[1:-1, 2:] += r
    gradient[1:-1, :-2] += r
    r *= 4.0
    gradient[1:-1, 1:-1] -= r
    return value, (gradient,)


def convolution(x: Array, w: Array, t: Array) -> Result:
    residual = np.correlate(x, w, "valid")
    residual -= t
    dw = np.correlate(x, residual, "valid")
    return half_square(residual), (np.convolve(residual, w), dw)


def strided_taps(x: Array, w: Array, t: Array) -> Result:
    """Stride 2, dilation 3, padding 1: one product of vectors for each weight."""
    padded = np.zeros(len(x) + 2)
    padded[1:-1] = x
    views = [padded[3 * k : 3 * k + 2 * len(t) - 1 : 2] for k in range(len(w))]
    residual = w[0] * views[0]
    for k in range(1, len(w)):
        residual += w[k] * views[k]
    residual -= t
    dw = np.array([view.dot(residual) for view in views])
    dx = np.zeros(len(x) + 2)
    for k in range(len(w)):
        dx[3 * k : 3 * k + 2 * len(t) - 1 : 2] += w[k] * residual
    return half_square(residual), (dx[1:-1], dw)


def strided_windows(x: Array, w: Array, t: Array) -> Result:
    padded = np.zeros(len(x) + 2)
    padded[1:-1] = x
    (step,), size = padded.strides, (len(t), len(w))
    windows = np.ascontiguousarray(
        np.lib.stride_tricks.as_strided(padded, size, (2 * step, 3 * step))
    )
    residual = windows.dot(w)
    residual -= t
    dx = np.zeros(len(x) + 2)
    for k in range(len(w)):
        dx[3 * k : 3 * k + 2 * len(t) - 1 : 2] += w[k] * residual
    return half_square(residual), (dx[1:-1], residual.dot(windows))


def images(x: Array, w: Array, t: Array, stride: int = 1, padding: int = 0) -> Result:
    """Copy the windows into a matrix, as `im2col` does, for one product of matrices each way."""
    wide, (b, i, j, o) = _padded(x, padding), t.shape
    shape = (b, i, j, *w.shape[:3])
    windows = np.empty(shape)
    for (row, column), view in _windows(wide, w, t, stride).items():
        windows[:, :, :, row, column] = view
    columns, weights = windows.reshape(b * i * j, -1), w.reshape(-1, o)
    residual = columns.dot(weights)
    residual -= t.reshape(b * i * j, o)
    parts = residual.dot(weights.T).reshape(shape)
    dx = np.zeros(wide.shape)
    for (row, column), target in _windows(dx, w, t, stride).items():
        np.add(target, parts[:, :, :, row, column], out=target)
    dw = columns.T.dot(residual).reshape(w.shape)
    return half_square(residual), (_inner(dx, padding), dw)


def images_taps(x: Array, w: Array, t: Array, stride: int = 1, padding: int = 0) -> Result:
    """Take one product of matrices for each place of the window, without copies of windows."""
    wide = _padded(x, padding)
    views = _windows(wide, w, t, stride)
    residual = -t
    for place, view in views.items():
        residual += view @ w[place]
    flat = residual.reshape(-1, t.shape[-1])
    dx, dw = np.zeros(wide.shape), np.empty_like(w)
    for place, target in _windows(dx, w, t, stride).items():
        dw[place] = views[place].reshape(-1, w.shape[2]).T.dot(flat)
        np.add(target, residual @ w[place].T, out=target)
    return half_square(residual), (_inner(dx, padding), dw)


def _padded(x: Array, p: int) -> Array:
    if not p:
        return x
    b, rows, columns, c = x.shape
    wide = np.zeros((b, rows + 2 * p, columns + 2 * p, c))
    wide[:, p:-p, p:-p] = x
    return wide


def _inner(x: Array, p: int) -> Array:
    return x[:, p:-p, p:-p] if p else x


def _windows(wide: Array, w: Array, t: Array, s: int) -> dict[tuple[int, int], Array]:
    """For each place of the window, the entries of the images that it meets."""
    _, i, j, _ = t.shape
    spans = [(1 + s * (i - 1), w.shape[0]), (1 + s * (j - 1), w.shape[1])]
    rows, columns = ([slice(k, k + span, s) for k in range(taps)] for span, taps in spans)
    return {
        (k, m): wide[:, row, column]
        for k, row in enumerate(rows)
        for m, column in enumerate(columns)
    }


def _stencil_loss(m: Any, u: Any, f: Any) -> Any:
    around = u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2]
    return 0.5 * m.sum((around - 4 * u[1:-1, 1:-1] - f) ** 2)


def _dirichlet_loss(m: Any, u: Any) -> Any:
    down, right = u[1:] - u[:-1], u[:, 1:] - u[:, :-1]
    return 0.5 * m.sum(down**2) + 0.5 * m.sum(right**2)


SHIFTS = (
    SelectorRow(
        "first differences", (0,), lambda m, x: m.sum(m.diff(x) ** 2),
        (first_differences, first_differences_added), ("x[6]", "x[1000]", "x[1000000]"),
    ),
    SelectorRow(
        "second differences", (0,), lambda m, x: m.sum((x[2:] - 2 * x[1:-1] + x[:-2]) ** 2),
        (second_differences, second_differences_shifted), ("x[6]", "x[1000]", "x[1000000]"),
    ),
    SelectorRow(
        "cumsum", (0,), lambda m, x, t: 0.5 * m.sum((m.cumsum(x, 0) - t) ** 2),
        (running_sum,), ("x[6] t[6]", "x[1000] t[1000]", "x[1000000] t[1000000]"),
    ),
    SelectorRow(
        "Dirichlet energy", (0,), _dirichlet_loss, (dirichlet,),
        ("u[5,5]", "u[100,100]", "u[1000,1000]"),
    ),
    SelectorRow(
        "5-point stencil", (0,), _stencil_loss, (stencil,),
        ("u[6,6] f[4,4]", "u[100,100] f[98,98]", "u[1000,1000] f[998,998]"),
    ),
    SelectorRow(
        "convolution, 1-D", (0, 1), lambda m, x, w, t: 0.5 * m.sum((m.convolved(x, w) - t) ** 2),
        (convolution,),
        ("x[8] w[3] t[6]", "x[1000] w[9] t[992]", "x[100000] w[33] t[99968]"),
    ),
    SelectorRow(
        "1-D, 2i+3k-1", (0, 1),
        lambda m, x, w, t: 0.5 * m.sum((m.convolved(x, w, 2, 1, 3) - t) ** 2),
        (strided_taps, strided_windows),
        ("x[12] w[3] t[4]", "x[1000] w[5] t[495]", "x[100000] w[9] t[49989]"),
    ),
    SelectorRow(
        "images", (0, 1), lambda m, x, w, t: 0.5 * m.sum((m.filtered(x, w) - t) ** 2),
        (images, images_taps),
        (
            "x[1,6,6,2] w[3,3,2,3] t[1,4,4,3]",
            "x[4,16,16,8] w[3,3,8,16] t[4,14,14,16]",
            "x[8,56,56,16] w[3,3,16,32] t[8,54,54,32]",
        ),
    ),
    SelectorRow(
        "images, 2i+k-1", (0, 1),
        lambda m, x, w, t: 0.5 * m.sum((m.filtered(x, w, 2, 1) - t) ** 2),
        (
            lambda x, w, t: images(x, w, t, 2, 1),
            lambda x, w, t: images_taps(x, w, t, 2, 1),
        ),
        (
            "x[1,6,6,2] w[3,3,2,3] t[1,3,3,3]",
            "x[4,16,16,8] w[3,3,8,16] t[4,8,8,16]",
            "x[8,56,56,16] w[3,3,16,32] t[8,28,28,32]",
        ),
    ),
)  # fmt: skip
