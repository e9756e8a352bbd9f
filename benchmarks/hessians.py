"""Hessians and Jacobians as full arrays, and the memory that a structured one takes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

import einsgrad as eg
from benchmarks.compared import COMPILED, compared, means
from benchmarks.libraries import EINSGRAD, compiled, installed
from benchmarks.losses import LOSSES
from benchmarks.measure import Call, Timing
from benchmarks.report import Report, duration

Array = np.ndarray
LIBRARIES = ("jax jit", "torch")
MANY_ROWS = 2000  # of X, U and V, where the libraries would need more memory than there is
LOSS = {row.name: row for row in LOSSES}


@dataclass(frozen=True)
class HessianRow:
    """The derivative of the gradient in variable `first` in variable `second`."""

    name: str
    declaration: str
    first: int
    second: int
    target: Callable[..., Any]  # of a namespace and arrays
    written: tuple[Callable[..., Array], ...]
    sizes: tuple[str, ...]
    jacobian: bool = False  # of a vector, instead of a Hessian

    def shapes(self, sizes: str) -> dict[str, list[int]]:
        dims = {word[0]: int(word[1:]) for word in sizes.split()}
        words = (word.rstrip("]").split("[") for word in self.declaration.split())
        return {name: [dims[dim] for dim in axes.split(",")] for name, axes in words}

    def arrays(self, sizes: str) -> dict[str, Array]:
        random = np.random.default_rng(3)
        shapes = self.shapes(sizes)
        return {n: random.standard_normal(s) / np.sqrt(s[-1]) for n, s in shapes.items()}

    def derivative(self, sizes: str) -> Any:
        """Return einsgrad's expression, of numbers for dims: the Hessian may not hold U."""
        shapes = self.shapes(sizes).items()
        symbols = eg.variables(" ".join(f"{name}{shape}" for name, shape in shapes))
        value = self.target(EINSGRAD, *symbols)
        if self.jacobian:
            return eg.jacobian(value, symbols[self.first])
        if self.first == self.second:
            return eg.hessian(value, symbols[self.first])
        return eg.jacobian(eg.grad(value, symbols[self.first]), symbols[self.second])


def logistic(X: Array, w: Array, y: Array) -> Array:
    z = X.dot(w)
    p = np.exp(-np.abs(z))
    hessian = (X.T * (p / (1.0 + p) ** 2)).dot(X)
    hessian.reshape(-1)[:: len(w) + 1] += 0.1
    return hessian


def logistic_syrk(X: Array, w: Array, y: Array) -> Array:
    """Multiply a matrix with its own transpose, for which BLAS does half the work."""
    half = np.exp(-0.5 * np.abs(X.dot(w)))
    Z = X * (half / (1.0 + half * half))[:, None]
    hessian = Z.T.dot(Z)
    hessian.reshape(-1)[:: len(w) + 1] += 0.1
    return hessian


def factorisation_uu(X: Array, U: Array, V: Array) -> Array:
    n, r = U.shape
    hessian = np.zeros((n, r, n, r))
    np.einsum("iaib->iab", hessian)[...] = V.T.dot(V)
    return hessian


def factorisation_uv(X: Array, U: Array, V: Array) -> Array:
    hessian = U[:, None, None, :] * V.T[None, :, :, None]
    return _less_residual(hessian, X, U, V)


def factorisation_uv_repeated(X: Array, U: Array, V: Array) -> Array:
    """Repeat first, so that the inner loop is as long as a row of the result."""
    (m, r), n = U.shape, len(V)
    hessian = np.tile(U, n)[:, None, :] * np.repeat(V.T, r, axis=1)
    return _less_residual(hessian.reshape(m, r, n, r), X, U, V)


def _less_residual(hessian: Array, X: Array, U: Array, V: Array) -> Array:
    residual = X - U.dot(V.T)
    np.einsum("irjr->irj", hessian)[...] -= residual[:, None, :]
    return hessian


def relu_network(x: Array, A: Array, B: Array, C: Array, D: Array, y: Array) -> Array:
    a = A.dot(x)
    b = B.dot(np.maximum(a, 0.0))
    c = C.dot(np.maximum(b, 0.0))
    logits = D.dot(np.maximum(c, 0.0))
    J = (((D * (c > 0)).dot(C) * (b > 0)).dot(B) * (a > 0)).dot(A)
    p = np.exp(logits - logits.max())
    p /= p.sum()
    weighted = J.T * p
    weighted -= p.dot(J)[:, None] * p
    return weighted.dot(J)


def softmax(x: Array) -> Array:
    p = np.exp(x - x.max())
    p /= p.sum()
    jacobian = -p[:, None] * p
    jacobian.reshape(-1)[:: len(p) + 1] += p
    return jacobian


def network_loss(m: Any, x: Any, A: Any, B: Any, C: Any, D: Any, y: Any) -> Any:
    logits = D @ m.relu(C @ m.relu(B @ m.relu(A @ x)))
    return m.logsumexp(logits) - m.sum(y * logits)


FACTORISATION = LOSS["matrix factorisation"]
LOGISTIC = LOSS["logistic regression"]
FACTORISATION_SIZES = ("m8 n8 r5", "m32 n32 r5", "m100 n100 r5")
HESSIANS = (
    HessianRow(
        "logistic regression", LOGISTIC.declaration, 1, 1, LOGISTIC.loss, (logistic, logistic_syrk),
        ("n32 d8", "n128 d32", "n512 d128", "n2048 d512"),
    ),
    HessianRow(
        "factorisation, U and U", FACTORISATION.declaration, 1, 1, FACTORISATION.loss,
        (factorisation_uu,), FACTORISATION_SIZES,
    ),
    HessianRow(
        "factorisation, U and V", FACTORISATION.declaration, 1, 2, FACTORISATION.loss,
        (factorisation_uv, factorisation_uv_repeated), FACTORISATION_SIZES,
    ),
    HessianRow(
        "4-layer ReLU network", "x[n] A[h,n] B[h,h] C[h,h] D[c,h] y[c]", 0, 0, network_loss,
        (relu_network,), ("n8 h8 c4", "n32 h32 c10", "n128 h128 c10", "n512 h512 c10"),
    ),
    HessianRow(
        "softmax Jacobian", "x[n]", 0, 0, lambda m, x: m.softmax(x), (softmax,),
        ("n8", "n32", "n128", "n1024"), jacobian=True,
    ),
)  # fmt: skip


def run(report: Report) -> None:
    report.heading("Hessians")
    report.table(
        "Full arrays: time / compiled",
        ("Hessian", "sizes", "by hand", COMPILED, "/ hand", "quartiles", *LIBRARIES),
        first=24,
    )
    found: list[Mapping[str, Timing]] = []
    for row in HESSIANS:
        for sizes in row.sizes[: report.effort.sizes]:
            with report.guarded(f"{row.name}, {sizes}"):
                what, calls = f"Hessian, {row.name} {sizes}", hessian_calls(row, sizes)
                found.append(compared(what, [row.name, sizes], calls, LIBRARIES, report))
    means(found, ["geometric mean", ""], LIBRARIES, report)
    _run_memory(report)


def hessian_calls(row: HessianRow, sizes: str) -> dict[str, Call]:
    hands = [f"hand {number}" for number in range(len(row.written))]
    libraries = [name for name in LIBRARIES if name in installed()]
    return {who: hessian_call(row, sizes, who) for who in (*hands, COMPILED, *libraries)}


def hessian_call(row: HessianRow, sizes: str, who: str) -> Call:
    """Return one of the ways to compute the array: `hand 0`, `compiled`, `jax jit`, `torch`."""
    arrays = row.arrays(sizes)
    if who == COMPILED:
        return compiled([row.derivative(sizes)], arrays)
    if who.startswith("hand "):
        return Call(row.written[int(who[5:])], list(arrays.values()))
    library = installed()[who]
    if row.jacobian:
        function = library.jacobian(row.target)
    else:
        function = library.hessian(row.target, (row.first, row.second))
    return Call(function, [library.array(array) for array in arrays.values()])


def _run_memory(report: Report) -> None:
    report.table(
        "Memory for the Hessian of the factorisation in U, rank 5, each in its own process",
        ("by", "rows", "result", "resident", "allocated", "first call"),
    )
    ours = (COMPILED, "hand 0")
    libraries = tuple(name for name in LIBRARIES if name in installed())
    for rows, every in ((report.effort.rows, ours + libraries), (MANY_ROWS, ours)):
        for who in every:
            command = [sys.executable, "-m", "benchmarks.memory", who, str(rows)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                reason = (done.stderr.strip().splitlines() or ["killed"])[-1]
                report.row(who, str(rows), "-", "failed", "-", "-")
                report.note(f"{who}, {rows} rows: {reason[:200]}")
                continue
            found = json.loads(done.stdout.splitlines()[-1])
            sizes = (
                f"{found[key] / 2**20:.0f} MiB" if found[key] else "-"
                for key in ("result", "resident", "allocated")
            )
            report.row(who, str(rows), *sizes, duration(found["seconds"]))
    report.note(
        "Resident: the most memory that the process held, less what it held before the call. "
        "Pages of zeros that were never written do not count. Allocated: the most that numpy "
        "allocated at a time during the call, which other libraries do not report."
    )
