"""Code that indexes, shifts, joins and looks up: value and gradient, memory, time to build."""

from __future__ import annotations

import tracemalloc
from types import SimpleNamespace
from typing import Any

import numpy as np

import einsgrad as eg
from benchmarks.compared import COMPILED, HAND, compared, means
from benchmarks.libraries import NUMPY, compiled, installed
from benchmarks.measure import Call, once
from benchmarks.report import Report, duration
from benchmarks.selector_networks import NETWORKS
from benchmarks.selector_rows import SHIFTS, SelectorRow

JITTED = "eg.jit"
ALTERNATIVES = (JITTED, "jax jit", "torch")
LONG = 10_000_000  # entries, for the memory that a gradient takes
LENGTHS = (5, 100_000)  # of what is derived in the same time


def _convolved(x: Any, w: Any, stride: int = 1, padding: int = 0, dilation: int = 1) -> Any:
    return eg.einsum(f"({stride}i+{dilation}k-{padding}),k->i", x, w)


def _filtered(x: Any, w: Any, stride: int = 1, padding: int = 0) -> Any:
    rows, columns = (f"({stride}{i}+{k}-{padding})" for i, k in ("ik", "jl"))
    return eg.einsum(f"b{rows}{columns}c,klco->bijo", x, w)


EINSGRAD = SimpleNamespace(
    **vars(NUMPY),
    diff=np.diff,
    cumsum=np.cumsum,
    concatenate=np.concatenate,
    arange=np.arange,
    sigmoid=lambda x: 1 / (1 + np.exp(-x)),
    log_softmax=eg.log_softmax,
    convolved=_convolved,
    filtered=_filtered,
)


def _jax(library: Any) -> SimpleNamespace:
    jax, jnp = library.jax, library.jax.numpy
    convolve = jax.lax.conv_general_dilated

    def convolved(x: Any, w: Any, stride: int = 1, padding: int = 0, dilation: int = 1) -> Any:
        pair = (padding, _right(x.shape[0], w.shape[0], stride, padding, dilation))
        return convolve(x[None, None], w[None, None], (stride,), (pair,), rhs_dilation=(dilation,))[
            0, 0
        ]

    def filtered(x: Any, w: Any, stride: int = 1, padding: int = 0) -> Any:
        pairs = [(padding, _right(x.shape[a], w.shape[a - 1], stride, padding)) for a in (1, 2)]
        letters = ("NHWC", "HWIO", "NHWC")
        return convolve(x, w, (stride, stride), pairs, dimension_numbers=letters)

    return SimpleNamespace(
        **vars(library.m),
        diff=jnp.diff,
        cumsum=jnp.cumsum,
        concatenate=jnp.concatenate,
        arange=jnp.arange,
        sigmoid=jax.nn.sigmoid,
        log_softmax=jax.nn.log_softmax,
        convolved=convolved,
        filtered=filtered,
    )


def _right(size: int, taps: int, stride: int, left: int, dilation: int = 1) -> int:
    """Return the padding behind an axis: none, less what no window reaches."""
    reach = size + left - 1 - dilation * (taps - 1)
    return -(reach % stride)


def _torch(library: Any) -> SimpleNamespace:
    torch, functional = library.torch, library.torch.nn.functional

    def convolved(x: Any, w: Any, stride: int = 1, padding: int = 0, dilation: int = 1) -> Any:
        wide = functional.pad(x, (padding, 0))[None, None]
        return functional.conv1d(wide, w[None, None], stride=stride, dilation=dilation)[0, 0]

    def filtered(x: Any, w: Any, stride: int = 1, padding: int = 0) -> Any:
        wide = functional.pad(x.permute(0, 3, 1, 2), (padding, 0, padding, 0))
        return functional.conv2d(wide, w.permute(3, 2, 0, 1), stride=stride).permute(0, 2, 3, 1)

    return SimpleNamespace(
        **vars(library.m),
        diff=torch.diff,
        cumsum=torch.cumsum,
        concatenate=torch.concatenate,
        arange=torch.arange,
        sigmoid=torch.sigmoid,
        log_softmax=lambda x: torch.log_softmax(x, -1),
        convolved=convolved,
        filtered=filtered,
    )


def run(report: Report) -> None:
    report.heading("Selectors")
    for which, size in enumerate(("small", "medium", "large")):
        report.table(
            f"Value and gradient, {size}: time / compiled",
            ("loss", HAND, COMPILED, "/ hand", "quartiles", *ALTERNATIVES),
        )
        found = []
        for row in (*SHIFTS, *NETWORKS):
            with report.guarded(f"{row.name}, {size}"):
                what, calls = f"selectors, {row.name}", selector_calls(row, which)
                found.append(compared(what, [row.name], calls, ALTERNATIVES, report))
        means(found, ["geometric mean"], ALTERNATIVES, report)
    with report.guarded("memory"):
        _run_memory(report)
    with report.guarded("building"):
        _run_builds(report)


def selector_calls(row: SelectorRow, which: int) -> dict[str, Call]:
    """Return the ways to get value and gradients of a loss."""
    named = row.arrays(which)
    arrays = list(named.values())
    symbols = eg.variables(" ".join(f"{n}{list(a.shape)}" for n, a in named.items()))
    value = row.loss(EINSGRAD, *symbols)
    gradients = eg.grad(value, tuple(symbols[place] for place in row.wrt))
    jitted = eg.value_and_grad(eg.jit(lambda *given: row.loss(EINSGRAD, *given)), argnums=row.wrt)
    calls = {
        **{f"hand {n}": Call(function, arrays) for n, function in enumerate(row.by_hand)},
        COMPILED: compiled([value, *gradients], named),
        JITTED: Call(jitted, arrays),
    }
    for name, words in (("jax jit", _jax), ("torch", _torch)):
        if (library := installed().get(name)) is not None:
            library_words = words(library)
            function = library.value_and_grad(
                lambda _, *given, m=library_words: row.loss(m, *given), row.wrt
            )
            calls[name] = Call(function, [library.array(array) for array in arrays])
    return calls


def _run_memory(report: Report) -> None:
    x = np.linspace(0.0, 1.0, LONG)
    gradient = eg.grad(eg.jit(lambda x: np.sum(np.diff(x) ** 2)))
    gradient(x)
    tracemalloc.start()
    gradient(x)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    report.note(
        f"The gradient of `np.sum(np.diff(x)**2)` of {LONG:,} entries allocates at most "
        f"{peak / x.nbytes:.2f} arrays of that size at a time, its result among them."
    )


def _rosenbrock(x: Any) -> Any:
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def _first_gradient(length: int) -> object:
    (x,) = eg.variables(f"x[{length}]")
    return eg.compile(eg.grad(_rosenbrock(x), x))


def _run_builds(report: Report) -> None:
    columns = ("what", *(f"n = {length}" for length in LENGTHS))
    report.table("Rosenbrock's gradient: to derive and compile, first and again", columns)
    _first_gradient(3)
    for what in ("first", "again"):
        seconds = [once(lambda n=n: _first_gradient(n))[1] for n in LENGTHS]
        report.row(what, *map(duration, seconds))
