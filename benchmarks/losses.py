"""Six losses: written once over a namespace, and their gradients by hand in numpy.

The functions by hand are what a careful person writes: no product twice, temporaries reused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class LossRow:
    name: str
    declaration: str  # as for einsgrad.variables
    wrt: tuple[int, ...]
    loss: Callable[..., Any]  # of a namespace and the arrays
    by_hand: tuple[Callable[..., tuple[Any, tuple[Array, ...]]], ...]
    sizes: tuple[str, str, str]  # small, medium, large

    @property
    def shapes(self) -> list[tuple[str, list[str]]]:
        words = (word.rstrip("]").split("[") for word in self.declaration.split())
        return [(name, dims.split(",")) for name, dims in words]

    def arrays(self, which: int) -> dict[str, Array]:
        dims = {word[0]: int(word[1:]) for word in self.sizes[which].split()}
        random = np.random.default_rng(1)
        return {
            name: random.standard_normal([dims[dim] for dim in axes]) / sqrt(dims[axes[-1]])
            for name, axes in self.shapes
        }


def half_square(residual: Array) -> Any:
    flat = residual.ravel()
    return 0.5 * flat.dot(flat)


def softmax_rows(scores: Array) -> Array:
    """Overwrite scores with their softmax along the last axis."""
    scores -= scores.max(-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(-1, keepdims=True)
    return scores


def least_squares(A: Array, x: Array, b: Array) -> Any:
    residual = A.dot(x)
    residual -= b
    return 0.5 * residual.dot(residual), (residual.dot(A),)


def network(X: Array, V: Array, W: Array, Y: Array) -> Any:
    hidden = X.dot(V)
    np.tanh(hidden, out=hidden)
    residual = hidden.dot(W)
    residual -= Y
    value, dW = half_square(residual), hidden.T.dot(residual)
    inner = residual.dot(W.T)
    np.multiply(hidden, hidden, out=hidden)
    np.subtract(1.0, hidden, out=hidden)
    inner *= hidden
    return value, (X.T.dot(inner), dW)


def attention(Q: Array, K: Array, V: Array, T: Array) -> Any:
    scale = 1 / sqrt(8.0)
    scores = Q @ K.swapaxes(1, 2)
    scores *= scale
    P = softmax_rows(scores)
    residual = P @ V
    residual -= T
    value, dV = half_square(residual), P.swapaxes(1, 2) @ residual
    dP = residual @ V.swapaxes(1, 2)
    dP -= np.vecdot(dP, P)[..., None]
    dP *= P
    dP *= scale
    return value, (dP @ K, dP.swapaxes(1, 2) @ Q, dV)


def cp(X: Array, A: Array, B: Array, C: Array) -> Any:
    (i, r), j, k = A.shape, len(B), len(C)
    pairs = (B[:, None] * C).reshape(j * k, r)
    residual = A.dot(pairs.T)
    residual -= X.reshape(i, j * k)
    dA = residual.dot(pairs)
    inner = residual.T.dot(A).reshape(j, k, r)
    dB = np.einsum("jkr,kr->jr", inner, C)
    dC = np.einsum("jkr,jr->kr", inner, B)
    return half_square(residual), (dA, dB, dC)


def logistic(X: Array, w: Array, y: Array) -> Any:
    z = X.dot(w)
    tail = np.exp(-np.abs(z))
    value = np.maximum(z, 0.0).sum() + np.log1p(tail).sum() - z.dot(y) + 0.05 * w.dot(w)
    p = np.where(z >= 0, 1.0, tail)
    tail += 1.0
    p /= tail
    p -= y
    gradient = p.dot(X)
    gradient += 0.1 * w
    return value, (gradient,)


def logistic_short(X: Array, w: Array, y: Array) -> Any:
    """Take fewer calls, and one of them slow."""
    z = X.dot(w)
    softplus = np.logaddexp(0.0, z)
    value = softplus.sum() - z.dot(y) + 0.05 * w.dot(w)
    z -= softplus
    np.exp(z, out=z)
    z -= y
    return value, (z.dot(X) + 0.1 * w,)


def factorisation(X: Array, U: Array, V: Array) -> Any:
    residual = U.dot(V.T)
    residual -= X
    return half_square(residual), (residual.dot(V), residual.T.dot(U))


LOSSES = (
    LossRow(
        "least squares", "A[m,n] x[n] b[m]", (1,),
        lambda m, A, x, b: 0.5 * m.sum((A @ x - b) ** 2),
        (least_squares,), ("m6 n4", "m200 n100", "m2000 n1000"),
    ),
    LossRow(
        "2-layer tanh network", "X[b,d] V[d,h] W[h,o] Y[b,o]", (1, 2),
        lambda m, X, V, W, Y: 0.5 * m.sum((m.tanh(X @ V) @ W - Y) ** 2),
        (network,), ("b8 d4 h6 o3", "b64 d32 h64 o10", "b512 d256 h256 o64"),
    ),
    LossRow(
        "attention, softmax", "Q[h,q,d] K[h,k,d] V[h,k,d] T[h,q,d]", (0, 1, 2),
        lambda m, Q, K, V, T: 0.5 * m.sum(
            (
                m.einsum(
                    "hqk,hkd->hqd",
                    m.softmax(m.einsum("hqd,hkd->hqk", Q, K) * (1 / sqrt(8.0))),
                    V,
                )
                - T
            )
            ** 2
        ),
        (attention,), ("h2 q4 k4 d4", "h4 q32 k32 d16", "h8 q128 k128 d64"),
    ),
    LossRow(
        "CP decomposition", "X[i,j,k] A[i,r] B[j,r] C[k,r]", (1, 2, 3),
        lambda m, X, A, B, C: 0.5 * m.sum((m.einsum("ir,jr,kr->ijk", A, B, C) - X) ** 2),
        (cp,), ("i3 j4 k5 r2", "i20 j20 k20 r5", "i80 j80 k80 r10"),
    ),
    LossRow(
        "logistic regression", "X[n,d] w[d] y[n]", (1,),
        lambda m, X, w, y: m.sum(m.softplus(X @ w) - y * (X @ w)) + 0.05 * m.sum(w * w),
        (logistic, logistic_short), ("n8 d4", "n500 d30", "n10000 d200"),
    ),
    LossRow(
        "matrix factorisation", "X[m,n] U[m,r] V[n,r]", (1, 2),
        lambda m, X, U, V: 0.5 * m.sum((X - m.einsum("mr,nr->mn", U, V)) ** 2),
        (factorisation,), ("m6 n5 r2", "m100 n80 r5", "m1000 n800 r20"),
    ),
)  # fmt: skip
