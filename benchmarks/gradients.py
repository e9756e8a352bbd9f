"""Gradients of small einsums, and value and gradient of six losses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import einsgrad as eg
from benchmarks.compared import COMPILED, compared, means
from benchmarks.libraries import EINSGRAD, NUMPY, compiled, installed
from benchmarks.losses import LOSSES, LossRow
from benchmarks.measure import Call
from benchmarks.report import Report

Array = np.ndarray
LIBRARIES = ("jax jit", "torch", "autograd")
ALTERNATIVES = ("vjp", *LIBRARIES)


def _mttkrp(g: Array, T: Array, B: Array, C: Array) -> Any:
    i, (j, r), k = len(T), B.shape, len(C)
    pairs = (B[:, None] * C).reshape(j * k, r)
    inner = T.reshape(i, j * k).T.dot(g).reshape(j, k, r)
    dB = np.einsum("jkr,kr->jr", inner, C)
    return g.dot(pairs.T).reshape(T.shape), dB, np.einsum("jkr,jr->kr", inner, B)


def _bilinear(g: Array, x: Array, W: Array, y: Array) -> Any:
    (b, i), (o, _, j) = x.shape, W.shape
    inner = g.dot(W.reshape(o, i * j)).reshape(b, i, j)
    pairs = (x[:, :, None] * y[:, None]).reshape(b, i * j)
    dx = np.matvec(inner, y)
    return dx, g.T.dot(pairs).reshape(o, i, j), np.vecmat(x, inner)


def _chain(g: Array, A: Array, B: Array, C: Array) -> Any:
    inner = g.dot(C.T)
    left = A.T.dot(g)
    return inner.dot(B.T), left.dot(C.T), (A.dot(B)).T.dot(g)


EINSUMS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("matvec", "ij,j->i", "i4 j5", lambda g, A, x: (g[:, None] * x, g.dot(A))),
    ("matmul", "ij,jk->ik", "i4 j5 k6", lambda g, A, B: (g.dot(B.T), A.T.dot(g))),
    ("bilinear", "bi,oij,bj->bo", "b4 i3 o3 j4", _bilinear),
    ("chain of three", "ij,jk,kl->il", "i3 j4 k5 l6", _chain),
    ("MTTKRP", "ijk,jr,kr->ir", "i3 j4 k5 r2", _mttkrp),
)


def run(report: Report) -> None:
    report.heading("Gradients")
    _run_einsums(report)
    for which, size in enumerate(("small", "medium", "large")):
        _run_losses(which, size, report)


def _run_einsums(report: Report) -> None:
    report.table(
        "All gradients of a small einsum: time / compiled (vjp: the value, and the pullback)",
        ("einsum", "by hand", COMPILED, "/ hand", "quartiles", *ALTERNATIVES),
    )
    found = []
    for name, string, sizes, written in EINSUMS:
        with report.guarded(name):
            calls = einsum_calls(string, sizes, written)
            found.append(compared(f"gradients, {name}", [name], calls, ALTERNATIVES, report))
    means(found, ["geometric mean"], ALTERNATIVES, report)


def einsum_calls(string: str, sizes: str, written: Callable[..., Any]) -> dict[str, Call]:
    """Return the ways to get the gradients of an einsum in all operands."""
    dims = {word[0]: int(word[1:]) for word in sizes.split()}
    inputs, output = string.split("->")
    lists = {"g": output} | {f"x{n}": labels for n, labels in enumerate(inputs.split(","))}
    random = np.random.default_rng(2)
    arrays = {name: random.random([dims[x] for x in labels]) for name, labels in lists.items()}
    declaration = " ".join(f"{name}[{','.join(labels)}]" for name, labels in lists.items())
    g, *operands = eg.variables(declaration)
    value = eg.einsum(string, *operands)
    positional = list(arrays.values())
    calls = {
        "hand 0": Call(written, positional),
        COMPILED: compiled([eg.vjp(value, x, g) for x in operands], arrays),
        "vjp": Call(_pullback, (string, *positional)),
    }
    for name, library in installed().items():
        calls[name] = Call(library.vjp(string), [library.array(array) for array in positional])
    return calls


def _pullback(string: str, g: Array, *arrays: Array) -> Any:
    return eg.vjp(string, *arrays)[1](g)


def _run_losses(which: int, size: str, report: Report) -> None:
    columns = ("numpy function", *LIBRARIES)
    report.table(
        f"Value and gradient, {size}: time / compiled",
        ("loss", "by hand", COMPILED, "/ hand", "quartiles", *columns),
    )
    found = []
    for row in LOSSES:
        with report.guarded(row.name):
            calls = loss_calls(row, which)
            found.append(compared(f"gradients, {row.name}", [row.name], calls, columns, report))
    means(found, ["geometric mean"], columns, report)


def loss_calls(row: LossRow, which: int) -> dict[str, Call]:
    """Return the ways to get value and gradients of a loss."""
    arrays = row.arrays(which)
    positional = list(arrays.values())
    symbols = eg.variables(row.declaration)
    value = row.loss(EINSGRAD, *symbols)
    gradients = eg.grad(value, tuple(symbols[position] for position in row.wrt))
    own = eg.value_and_grad(eg.jit(lambda *arrays: row.loss(NUMPY, *arrays)), argnums=row.wrt)
    calls = {
        **{f"hand {n}": Call(function, positional) for n, function in enumerate(row.by_hand)},
        COMPILED: compiled([value, *gradients], arrays),
        "numpy function": Call(own, positional),
    }
    for name, library in installed().items():
        function = library.value_and_grad(row.loss, row.wrt)
        calls[name] = Call(function, [library.array(array) for array in positional])
    return calls
