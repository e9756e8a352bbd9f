"""Nineteen losses as people write them, over a namespace: numpy's, autograd's or jax's.

Small ones: what a call takes beside its arithmetic is most of its time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray
Loss = Callable[..., Any]
"""A loss of its parameters, behind the namespace, that of special functions, and a number."""

_RANDOM = np.random.default_rng(0)


def _normal(*shape: int) -> Array:
    return _RANDOM.standard_normal(shape)


POINTS = _normal(20, 4)
COUNTS = _RANDOM.poisson(2.0, 20).astype(float)
TARGETS = _normal(20)
TOKENS = _normal(8, 6)
SERIES = _normal(30) * 0.1
LINKS = _RANDOM.random((10, 10)) * (_RANDOM.random((10, 10)) < 0.4) + 0.05
CORE = _normal(4, 5, 6)
STRIKES = np.linspace(80.0, 120.0, 9)
REPULSION = _normal(5, 5, 5, 5) / 5
LABELS = np.concatenate([np.arange(4, 8), np.arange(4)])


def ackley(m: Any, special: Any, k: float, x: Any) -> Any:
    far = m.exp(-0.2 * m.sqrt(0.5 * m.mean(x**2)))
    return -20 * far - m.exp(m.mean(m.cos(2 * np.pi * x))) + np.e + 20 * k


def poisson(m: Any, special: Any, k: float, w: Any) -> Any:
    eta = POINTS @ w
    return m.sum(m.exp(eta) - COUNTS * eta) + 0.5 * k * m.sum(w**2)


def attention(m: Any, special: Any, k: float, wq: Any, wk: Any, wv: Any) -> Any:
    q, keys, v = TOKENS @ wq, TOKENS @ wk, TOKENS @ wv
    scores = q @ keys.T / np.sqrt(q.shape[-1])
    weights = m.exp(scores - m.max(scores, axis=-1, keepdims=True))
    weights = weights / m.sum(weights, axis=-1, keepdims=True)
    return m.sum((weights @ v - k) ** 2)


def attention_of_heads(m: Any, special: Any, k: float, wq: Any, wk: Any, wv: Any, wo: Any) -> Any:
    q = m.einsum("td,hde->hte", TOKENS, wq)
    keys = m.einsum("td,hde->hte", TOKENS, wk)
    v = m.einsum("td,hde->hte", TOKENS, wv)
    scores = m.einsum("hte,hse->hts", q, keys) / np.sqrt(q.shape[-1])
    weights = m.exp(scores - m.max(scores, axis=-1, keepdims=True))
    weights = weights / m.sum(weights, axis=-1, keepdims=True)
    found = m.einsum("hts,hse,hed->td", weights, v, wo)
    return m.mean((found - k * TOKENS) ** 2)


def layer_norm(m: Any, special: Any, k: float, x: Any, gain: Any, shift: Any) -> Any:
    mean = m.mean(x, axis=-1, keepdims=True)
    spread = m.mean((x - mean) ** 2, axis=-1, keepdims=True)
    found = gain * (x - mean) / m.sqrt(spread + 1e-5) + shift
    return m.sum(m.tanh(k * found) ** 2)


def gru_cell(m: Any, special: Any, k: float, w: Any, u: Any, b: Any) -> Any:
    x, h = TOKENS[0], TOKENS[1]
    z = 1 / (1 + m.exp(-(w[0] @ x + u[0] @ h + b[0])))
    r = 1 / (1 + m.exp(-(w[1] @ x + u[1] @ h + b[1])))
    n = m.tanh(w[2] @ x + r * (u[2] @ h) + b[2])
    return m.sum(((1 - z) * n + z * h - k) ** 2)


def gaussian_process(m: Any, special: Any, k: float, p: Any) -> Any:
    distances = m.sum((POINTS[:, None, :] - POINTS[None, :, :]) ** 2, axis=-1)
    kernel = m.exp(2 * p[0]) * m.exp(-0.5 * distances / m.exp(2 * p[1]))
    kernel = kernel + (m.exp(2 * p[2]) + 1e-6 * k) * np.eye(20)
    solved = m.linalg.solve(kernel, TARGETS)
    return 0.5 * TARGETS @ solved + 0.5 * m.linalg.slogdet(kernel)[1] + 10 * np.log(2 * np.pi)


def kalman(m: Any, special: Any, k: float, a: Any, noise: Any) -> Any:
    mean, spread, total = np.zeros(2), np.eye(2), 0.0
    seen = np.array([1.0, 0.0])
    for y in SERIES[:14]:
        mean = a @ mean
        spread = a @ spread @ a.T + m.exp(noise[0]) * np.eye(2)
        residual = y * k - seen @ mean
        s = seen @ spread @ seen + m.exp(noise[1])
        gain = spread @ seen / s
        mean = mean + gain * residual
        spread = spread - m.outer(gain, seen @ spread)
        total = total + 0.5 * (m.log(s) + residual**2 / s)
    return total


def pagerank(m: Any, special: Any, k: float, w: Any) -> Any:
    links = LINKS * m.exp(w)
    links = links / m.sum(links, axis=0)
    rank = np.ones(10) / 10
    for _ in range(10):
        rank = 0.85 * k * (links @ rank) + 0.15 / 10
    return rank[0] + m.sum(rank**2)


def sinkhorn(m: Any, special: Any, k: float, x: Any, y: Any) -> Any:
    cost = m.sum((x[:, None, :] - y[None, :, :]) ** 2, axis=-1)
    kernel = m.exp(-cost / k)
    u = np.ones(8) / 8
    for _ in range(5):
        v = (1 / 6) / (kernel.T @ u)
        u = (1 / 8) / (kernel @ v)
    return m.sum(u[:, None] * kernel * v[None, :] * cost)


def nt_xent(m: Any, special: Any, k: float, z: Any) -> Any:
    z = z / m.sqrt(m.sum(z**2, axis=1, keepdims=True))
    similar = z @ z.T / (0.5 * k) - 1e9 * np.eye(8)
    largest = m.max(similar, axis=1, keepdims=True)
    logs = m.log(m.sum(m.exp(similar - largest), axis=1)) + largest[:, 0]
    return m.mean(logs - similar[np.arange(8), LABELS])


def tucker(m: Any, special: Any, k: float, g: Any, a: Any, b: Any, c: Any) -> Any:
    found = m.einsum("abc,ia,jb,kc->ijk", g, a, b, c)
    return 0.5 * k * m.sum((CORE - found) ** 2)


def neo_hookean(m: Any, special: Any, k: float, f: Any) -> Any:
    j = m.linalg.det(f)
    first = m.trace(f.T @ f)
    return 0.5 * k * (first - 3 - 2 * m.log(j)) + 0.5 * m.log(j) ** 2


def mps_norm(m: Any, special: Any, k: float, a: Any) -> Any:
    left = k * np.eye(3)
    for place in range(6):
        left = m.einsum("ab,asc,bsd->cd", left, a[place], a[place])
    return m.log(m.trace(left))


def hartree_fock(m: Any, special: Any, k: float, c: Any) -> Any:
    density = 2 * c @ c.T
    core = REPULSION[0, 0]
    coulomb = m.einsum("pqrs,rs->pq", REPULSION, density)
    exchange = m.einsum("prqs,rs->pq", REPULSION, density)
    fock = core + coulomb - 0.5 * k * exchange
    return 0.5 * m.sum(density * (core + fock))


def black_scholes(m: Any, special: Any, k: float, p: Any) -> Any:
    spot, rate, spread = p[0], p[1], m.exp(p[2])
    root = spread * np.sqrt(0.5)
    d1 = (m.log(spot / STRIKES) + (rate + 0.5 * spread**2) * 0.5) / root
    d2 = d1 - root
    first = 0.5 * (1 + special.erf(d1 / np.sqrt(2)))
    second = 0.5 * (1 + special.erf(d2 / np.sqrt(2)))
    return m.sum((spot * first - STRIKES * m.exp(-rate * 0.5) * second - 5.0 * k) ** 2)


def mlp(m: Any, special: Any, k: float, w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
    hidden = m.tanh(POINTS @ w1 + b1)
    return m.mean(((hidden @ w2 + b2)[:, 0] - TARGETS) ** 2) + 1e-3 * k * m.sum(w1**2)


def garch(m: Any, special: Any, k: float, p: Any) -> Any:
    omega, alpha, beta = m.exp(p[0]), 1 / (1 + m.exp(-p[1])), 1 / (1 + m.exp(-p[2]))
    variance, total = 0.01 * k, 0.0
    for y in SERIES[:10]:
        total = total + 0.5 * (m.log(variance) + y**2 / variance)
        variance = omega + alpha * y**2 + beta * variance
    return total


def pendulum(m: Any, special: Any, k: float, p: Any) -> Any:
    def slope(angle: Any, speed: Any) -> Any:
        return speed, -p[2] * m.sin(angle) - 0.1 * k * speed

    angle, speed, h = p[0], p[1], 0.1
    for _ in range(2):
        a1, s1 = slope(angle, speed)
        a2, s2 = slope(angle + h / 2 * a1, speed + h / 2 * s1)
        a3, s3 = slope(angle + h / 2 * a2, speed + h / 2 * s2)
        a4, s4 = slope(angle + h * a3, speed + h * s3)
        angle = angle + h / 6 * (a1 + 2 * a2 + 2 * a3 + a4)
        speed = speed + h / 6 * (s1 + 2 * s2 + 2 * s3 + s4)
    return (angle - 0.3) ** 2 + speed**2


LOSSES: dict[str, tuple[Loss, tuple[Array, ...]]] = {
    "Ackley": (ackley, (_normal(10),)),
    "Poisson regression": (poisson, (_normal(4) * 0.1,)),
    "attention, one head": (attention, (_normal(6, 4), _normal(6, 4), _normal(6, 4))),
    "attention, heads": (
        attention_of_heads,
        (_normal(2, 6, 3), _normal(2, 6, 3), _normal(2, 6, 3), _normal(2, 3, 6)),
    ),
    "layer norm": (layer_norm, (_normal(8, 16), _normal(16), _normal(16))),
    "GRU cell": (gru_cell, (_normal(3, 6, 6), _normal(3, 6, 6), _normal(3, 6))),
    "Gaussian process": (gaussian_process, (_normal(3) * 0.1,)),
    "Kalman filter": (kalman, (np.eye(2) + 0.1 * _normal(2, 2), np.array([-2.0, -1.0]))),
    "PageRank": (pagerank, (_normal(10, 10) * 0.1,)),
    "Sinkhorn": (sinkhorn, (_normal(8, 2), _normal(6, 2))),
    "NT-Xent": (nt_xent, (_normal(8, 5),)),
    "Tucker": (tucker, (_normal(2, 2, 2), _normal(4, 2), _normal(5, 2), _normal(6, 2))),
    "neo-Hookean": (neo_hookean, (np.eye(3) + 0.1 * np.abs(_normal(3, 3)),)),
    "MPS norm": (mps_norm, (_normal(6, 3, 2, 3),)),
    "Hartree-Fock": (hartree_fock, (_normal(5, 2),)),
    "Black-Scholes": (black_scholes, (np.array([100.0, 0.03, -1.5]),)),
    "MLP": (mlp, (_normal(4, 8), _normal(8), _normal(8, 1), _normal(1))),
    "GARCH(1,1)": (garch, (np.array([-5.0, -1.0, 1.0]),)),
    "pendulum": (pendulum, (np.array([0.5, 0.1, 9.81]),)),
}
