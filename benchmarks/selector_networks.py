"""Losses of networks that index: look-ups, rotations, a recurrence, joined parameters."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from benchmarks.losses import half_square
from benchmarks.selector_rows import Array, Result, SelectorRow


def embedding(E: Array, t: Array, i: Array) -> Result:
    residual = E[i]
    residual -= t
    gradient = np.zeros_like(E)
    np.add.at(gradient, i, residual)
    return half_square(residual), (gradient,)


def embedding_flat(E: Array, t: Array, i: Array) -> Result:
    """Add one entry at a time, which numpy does much faster than rows."""
    residual = E.take(i, 0)
    residual -= t
    gradient = np.zeros_like(E)
    places = i[:, None] * E.shape[1] + np.arange(E.shape[1])
    np.add.at(gradient.reshape(-1), places.ravel(), residual.ravel())
    return half_square(residual), (gradient,)


def embedding_counted(E: Array, t: Array, i: Array) -> Result:
    residual = E.take(i, 0)
    residual -= t
    places = i[:, None] * E.shape[1] + np.arange(E.shape[1])
    gradient = np.bincount(places.ravel(), residual.ravel(), E.size).reshape(E.shape)
    return half_square(residual), (gradient,)


def embedding_sorted(E: Array, t: Array, i: Array) -> Result:
    """Bring equal places together, and add up each run."""
    residual = E.take(i, 0)
    residual -= t
    order = i.argsort(kind="stable")
    found = i[order]
    first = np.flatnonzero(np.concatenate(([True], found[1:] != found[:-1])))
    gradient = np.zeros_like(E)
    gradient[found[first]] = np.add.reduceat(residual[order], first)
    return half_square(residual), (gradient,)


def cross_entropy(Z: Array, y: Array) -> Result:
    p = Z - Z.max(1, keepdims=True)
    rows = np.arange(len(y))
    chosen = p[rows, y].sum()
    np.exp(p, out=p)
    total = p.sum(1, keepdims=True)
    value = np.log(total).sum() - chosen
    p /= total
    p[rows, y] -= 1.0
    return value, (p,)


def distances(X: Array, t: Array) -> Result:
    apart = X[:, None] - X
    residual = np.vecdot(apart, apart)
    residual -= t
    return half_square(residual), (_pulled(residual, X),)


def distances_by_axis(X: Array, t: Array) -> Result:
    """Add up the squares for one axis at a time, so that the inner loop is long."""
    residual = -t
    for column in X.T:
        apart = column[:, None] - column
        apart *= apart
        residual += apart
    return half_square(residual), (_pulled(residual, X),)


def _pulled(residual: Array, X: Array) -> Array:
    weights = residual + residual.T
    gradient = weights.sum(1)[:, None] * X
    gradient -= weights.dot(X)
    gradient *= 2.0
    return gradient


def rope(x: Array, c: Array, s: Array, t: Array) -> Result:
    half = x.shape[1] // 2
    first, second = x[:, :half], x[:, half:]
    residual = np.empty_like(x)
    one, other = residual[:, :half], residual[:, half:]
    np.multiply(first, c, out=one)
    one -= second * s
    np.multiply(second, c, out=other)
    other += first * s
    residual -= t
    gradient = np.empty_like(x)
    np.multiply(one, c, out=gradient[:, :half])
    gradient[:, :half] += other * s
    np.multiply(other, c, out=gradient[:, half:])
    gradient[:, half:] -= one * s
    return half_square(residual), (gradient,)


def _sigmoid_in_place(x: Array) -> Array:
    np.negative(x, out=x)
    np.exp(x, out=x)
    x += 1.0
    return np.reciprocal(x, out=x)


def gru(X: Array, h: Array, W: Array, U: Array, t: Array) -> Result:
    """Multiply all steps with W at once, and add up both gradients in one product each."""
    steps, batch, inputs = X.shape
    size = h.shape[1]
    flat = X.reshape(steps * batch, inputs)
    from_inputs = flat.dot(W).reshape(steps, batch, 3 * size)
    before = np.empty((steps, batch, size))
    kept = []
    for step in range(steps):
        before[step] = h
        from_state = h.dot(U)
        gates = from_inputs[step, :, : 2 * size] + from_state[:, : 2 * size]
        _sigmoid_in_place(gates)
        r, z, state = gates[:, :size], gates[:, size:], from_state[:, 2 * size :]
        new = r * state
        new += from_inputs[step, :, 2 * size :]
        np.tanh(new, out=new)
        kept.append((r, z, new, state))
        h = new + z * (h - new)
    residual = h - t
    slopes, through = np.empty((steps, batch, 3 * size)), np.empty((steps, batch, 3 * size))
    dh = residual
    for step in range(steps - 1, -1, -1):
        r, z, new, state = kept[step]
        slope, into = slopes[step], through[step]
        dnew = dh * (1.0 - z)
        dnew *= 1.0 - new * new
        slope[:, 2 * size :] = dnew
        np.multiply(dnew, state, out=slope[:, :size])
        slope[:, :size] *= r * (1.0 - r)
        np.multiply(dh, before[step] - new, out=slope[:, size : 2 * size])
        slope[:, size : 2 * size] *= z * (1.0 - z)
        into[:, : 2 * size] = slope[:, : 2 * size]
        np.multiply(dnew, r, out=into[:, 2 * size :])
        dh = dh * z
        dh += into.dot(U.T)
    dW = flat.T.dot(slopes.reshape(steps * batch, 3 * size))
    dU = before.reshape(steps * batch, size).T.dot(through.reshape(steps * batch, 3 * size))
    return half_square(residual), (dW, dU)


def _gru_loss(m: Any, X: Any, h: Any, W: Any, U: Any, t: Any) -> Any:
    size = h.shape[1]
    from_inputs = X @ W
    for step in range(50):
        a, b = from_inputs[step], h @ U
        r = m.sigmoid(a[:, :size] + b[:, :size])
        z = m.sigmoid(a[:, size : 2 * size] + b[:, size : 2 * size])
        new = m.tanh(a[:, 2 * size :] + r * b[:, 2 * size :])
        h = new + z * (h - new)
    return 0.5 * m.sum((h - t) ** 2)


def joined(X: Array, y: Array, *parts: Array) -> Result:
    residual = X.dot(np.concatenate([part.ravel() for part in parts]))
    residual -= y
    gradient = residual.dot(X)
    ends = [0, *accumulate(part.size for part in parts)]
    pieces = [gradient[a:b] for a, b in pairwise(ends)]
    shaped = [piece.reshape(part.shape) for piece, part in zip(pieces, parts, strict=True)]
    return half_square(residual), tuple(shaped)


def _joined_loss(m: Any, X: Any, y: Any, *parts: Any) -> Any:
    vector = m.concatenate([part.reshape(-1) for part in parts])
    return 0.5 * m.sum((X @ vector - y) ** 2)


def taken_apart(X: Array, y: Array, p: Array) -> Result:
    """Five layers whose weights and biases are parts of one vector."""
    size = X.shape[1]
    step = size * size + size
    layers = [
        (p[a : a + size * size].reshape(size, size), p[a + size * size : a + step])
        for a in range(0, 5 * step, step)
    ]
    hidden = [X]
    for W, b in layers:
        z = hidden[-1].dot(W)
        z += b
        hidden.append(np.tanh(z, out=z))
    residual = hidden[-1] - y
    gradient = np.empty_like(p)
    slope = residual
    for place in range(4, -1, -1):
        part = gradient[place * step : (place + 1) * step]
        after = hidden[place + 1]
        slope = slope * (1.0 - after * after)
        np.dot(hidden[place].T, slope, out=part[: size * size].reshape(size, size))
        np.add.reduce(slope, 0, out=part[size * size :])
        if place:
            slope = slope.dot(layers[place][0].T)
    return half_square(residual), (gradient,)


def _taken_apart_loss(m: Any, X: Any, y: Any, p: Any) -> Any:
    size = X.shape[1]
    step = size * size + size
    z = X
    for a in range(0, 5 * step, step):
        W = p[a : a + size * size].reshape(size, size)
        z = m.tanh(z @ W + p[a + size * size : a + step])
    return 0.5 * m.sum((z - y) ** 2)


def _cross_entropy_loss(m: Any, Z: Any, y: Any) -> Any:
    return -m.sum(m.log_softmax(Z)[m.arange(len(y)), y])


def _rope_loss(m: Any, x: Any, c: Any, s: Any, t: Any) -> Any:
    half = x.shape[1] // 2
    first, second = x[:, :half], x[:, half:]
    turned = m.concatenate([first * c - second * s, second * c + first * s], 1)
    return 0.5 * m.sum((turned - t) ** 2)


def _distances_loss(m: Any, X: Any, t: Any) -> Any:
    squares = m.sum((X[:, None] - X[None]) ** 2, -1)
    return 0.5 * m.sum((squares - t) ** 2)


def _parts(*sizes: str) -> str:
    return " ".join(f"{letter}[{size}]" for letter, size in zip("abcdefghij", sizes, strict=True))


NETWORKS = (
    SelectorRow(
        "embedding", (0,), lambda m, E, t, i: 0.5 * m.sum((E[i] - t) ** 2),
        (embedding, embedding_flat, embedding_counted, embedding_sorted),
        (
            "E[10,4] t[6,4] i[6]<10",
            "E[1000,32] t[256,32] i[256]<1000",
            "E[20000,64] t[8192,64] i[8192]<20000",
        ),
    ),
    SelectorRow(
        "cross-entropy", (0,), _cross_entropy_loss, (cross_entropy,),
        ("Z[4,3] y[4]<3", "Z[128,10] y[128]<10", "Z[4096,256] y[4096]<256"),
    ),
    SelectorRow(
        "pairwise distances", (0,), _distances_loss, (distances, distances_by_axis),
        ("X[5,3] t[5,5]", "X[100,3] t[100,100]", "X[1000,16] t[1000,1000]"),
    ),
    SelectorRow(
        "RoPE", (0,), _rope_loss, (rope,),
        (
            "x[4,8] c[4,4] s[4,4] t[4,8]",
            "x[64,64] c[64,32] s[64,32] t[64,64]",
            "x[4096,128] c[4096,64] s[4096,64] t[4096,128]",
        ),
    ),
    SelectorRow(
        "GRU, 50 steps", (2, 3), _gru_loss, (gru,),
        (
            "X[50,2,3] h[2,4] W[3,12] U[4,12] t[2,4]",
            "X[50,16,16] h[16,32] W[16,96] U[32,96] t[16,32]",
            "X[50,64,64] h[64,128] W[64,384] U[128,384] t[64,128]",
        ),
    ),
    SelectorRow(
        "ten arrays joined", tuple(range(2, 12)), _joined_loss, (joined,),
        (
            "X[4,30] y[4] " + _parts("3", "2,2", "3", "2,2", "3", "2,2", "3", "2", "2", "2"),
            "X[50,440] y[50] " + _parts(*["8,8", "24"] * 5),
            "X[500,5500] y[500] " + _parts(*["30,30", "200"] * 5),
        ),
    ),
    SelectorRow(
        "vector taken apart", (2,), _taken_apart_loss, (taken_apart,),
        (
            "X[4,3] y[4,3] p[60]",
            "X[32,32] y[32,32] p[5280]",
            "X[256,256] y[256,256] p[328960]",
        ),
    ),
)  # fmt: skip
