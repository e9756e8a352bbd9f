"""How long deriving takes: long chains, recurrences, networks. Prints seconds.

Run it from the root of the repository: `python benchmarks/derive.py`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import einsgrad as eg
from einsgrad.expressions.nodes import Expr, Variable


def report(name: str, derive: Callable[[], object], repetitions: int) -> None:
    """Print the shortest and the longest of several runs."""
    seconds = []
    for _ in range(repetitions):
        start = time.process_time()
        derive()
        seconds.append(time.process_time() - start)
    print(f"{name:<60} {min(seconds):8.3f} s to {max(seconds):8.3f} s", flush=True)


def linear_chain(length: int) -> tuple[Expr, Variable]:
    A, x = eg.variables("A[n,n] x[n]")
    value: Expr = x
    for _ in range(length):
        value = A @ value
    return eg.sum(value), x


def tanh_chain(layers: int) -> tuple[Expr, Variable, Variable]:
    A, x = eg.variables("A[n,n] x[n]")
    value: Expr = x
    for _ in range(layers):
        value = eg.tanh(A @ value)
    return eg.sum(value), A, x


def recurrence(steps: int) -> tuple[Expr, Variable]:
    (x,) = eg.variables("x[n]")
    value: Expr = x
    for _ in range(steps):
        value = eg.tanh(value) + value
    return eg.sum(value), x


def network(layers: int) -> tuple[Expr, tuple[Variable, ...]]:
    weights = eg.variables(" ".join(f"W{layer}[d,d]" for layer in range(layers)))
    X, Y = eg.variables("X[b,d] Y[b,d]")
    hidden: Expr = X
    for weight in weights[:-1]:
        hidden = eg.tanh(hidden @ weight)
    return eg.negative(eg.sum(Y * eg.log_softmax(hidden @ weights[-1]))), weights


def cases(length: int = 10_000) -> Iterator[tuple[str, Callable[[], object], int]]:
    """Yield what is derived, how, and how often."""
    value, x = linear_chain(length)
    yield f"chain of {length:,} products, gradient in x", lambda: eg.grad(value, x), 1
    deep, A, y = tanh_chain(length // 2)
    yield (
        f"chain of {length:,} nodes, every second a tanh, gradient in x",
        lambda: eg.grad(deep, y),
        1,
    )
    yield "the same, gradient in the shared matrix", lambda: eg.grad(deep, A), 1
    again, z = recurrence(200)
    yield "e = tanh(e) + e, 200 deep", lambda: eg.grad(again, z), 3
    loss, weights = network(12)
    yield (
        "12 layers with softmax cross-entropy, all gradients",
        lambda: eg.grad(loss, weights),
        3,
    )
    (V,) = eg.variables("V[d,d]")
    yield "the same, Hessian-vector product", lambda: eg.hvp(loss, weights[0], V), 3
    yield "all adjoints of bij,bjk->bik", lambda: eg.adjoint("bij,bjk->bik"), 20


def main() -> None:
    for name, derive, repetitions in cases():
        report(name, derive, repetitions)


if __name__ == "__main__":
    main()
