"""Tensor networks of 36 to 200 operands: value, and gradients in all operands."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import opt_einsum

import einsgrad as eg
from benchmarks.libraries import compiled, installed
from benchmarks.measure import Call, Timing, once, race
from benchmarks.report import Report, checked, duration, relative, times

Array = np.ndarray
Edges = tuple[int, ...]
COMPILED, LIBRARIES = "compiled", ("jax jit", "torch")


@dataclass(frozen=True)
class Network:
    """For each operand the numbers of its edges; an edge joins two operands."""

    name: str
    operands: tuple[Edges, ...]
    bonds: dict[int, int]  # the size of each edge

    def arrays(self) -> list[Array]:
        """Return positive operands, scaled so that the value is of the order of 1."""
        random = np.random.default_rng(4)
        shapes = [[self.bonds[edge] for edge in edges] for edges in self.operands]
        return [(random.random(shape) + 0.5) / np.sqrt(np.prod(shape)) for shape in shapes]

    @property
    def string(self) -> str:
        symbols = ["".join(map(opt_einsum.get_symbol, edges)) for edges in self.operands]
        return ",".join(symbols) + "->"

    def path(self) -> list[tuple[int, ...]]:
        """Return the better of opt_einsum's greedy and random-greedy orders."""
        shapes = [array.shape for array in self.arrays()]
        found = [
            opt_einsum.contract_path(self.string, *shapes, shapes=True, optimize=method)
            for method in ("greedy", opt_einsum.RandomGreedy(max_repeats=64, parallel=False))
        ]
        return min(found, key=lambda one: one[1].opt_cost)[0]


def joined(name: str, pairs: Sequence[tuple[int, int]], bond: int) -> Network:
    """Make a network of operands that are joined in pairs."""
    operands: dict[int, list[int]] = {}
    for edge, pair in enumerate(pairs):
        for operand in pair:
            operands.setdefault(operand, []).append(edge)
    found = tuple(tuple(operands[number]) for number in sorted(operands))
    return Network(name, found, dict.fromkeys(range(len(pairs)), bond))


def chain(length: int, bond: int) -> Network:
    return joined(f"chain of {length}", list(itertools.pairwise(range(length))), bond)


def lattice(side: int, bond: int) -> Network:
    sites = [(row, column) for row in range(side) for column in range(side)]
    down = [(r * side + c, (r + 1) * side + c) for r, c in sites if r + 1 < side]
    right = [(r * side + c, r * side + c + 1) for r, c in sites if c + 1 < side]
    return joined(f"lattice {side} x {side}", down + right, bond)


def tree(depth: int, bond: int) -> Network:
    last = 2**depth - 1
    return joined(f"binary tree of {last}", [((n - 1) // 2, n) for n in range(1, last)], bond)


def overlap(length: int, bond: int) -> Network:
    """Make the overlap of two matrix product states; even operands are one, odd the other."""
    pairs = [(2 * n, 2 * n + 1) for n in range(length)]
    rails = [(n, n + 2) for n in range(2 * length - 2)]
    network = joined(f"overlap of MPS, {2 * length}", pairs + rails, bond)
    return replace(network, bonds={**network.bonds, **dict.fromkeys(range(length), 2)})


def regular(size: int, bond: int) -> Network:
    """Draw random graphs with three edges at each operand until one is simple."""
    random = np.random.default_rng(5)
    while True:
        ends = random.permutation(np.repeat(np.arange(size), 3)).reshape(-1, 2)
        pairs = [(int(a), int(b)) for a, b in np.sort(ends, axis=1)]
        if len(set(pairs)) == len(pairs) and all(a != b for a, b in pairs):
            return joined(f"3-regular, {size}", pairs, bond)


NETWORKS = (
    chain(50, 4),
    lattice(6, 4),
    regular(60, 2),
    chain(200, 4),
    tree(6, 4),
    overlap(50, 4),
    lattice(10, 2),
    regular(36, 2),
    regular(100, 2),
)


def pairwise(network: Network, path: Sequence[tuple[int, ...]], einsum: Any) -> Callable[..., Any]:
    """Return the function that contracts pair by pair along a path."""
    terms, steps = list(network.operands), []
    for pair in path:
        chosen = [terms.pop(position) for position in sorted(pair, reverse=True)]
        count = Counter(edge for edges in chosen for edge in edges)
        kept = tuple(edge for edge, times_found in count.items() if times_found == 1)
        letters = {edge: chr(ord("a") + number) for number, edge in enumerate(count)}
        lists = ["".join(letters[edge] for edge in edges) for edges in (*chosen, kept)]
        steps.append((sorted(pair, reverse=True), ",".join(lists[:-1]) + "->" + lists[-1]))
        terms.append(kept)

    def contract(*arrays: Any) -> Any:
        left = list(arrays)
        for positions, string in steps:
            left.append(einsum(string, *[left.pop(position) for position in positions]))
        return left[0]

    return contract


def run(report: Report) -> None:
    report.heading("Tensor networks")
    report.note(
        "JAX and torch contract pair by pair along opt_einsum's path; einsgrad finds its own. "
        "Times of the libraries are divided by einsgrad's. `ratio`: gradients / value."
    )
    report.table(
        "Value, value and all gradients; building: expression to compiled object, JAX to its "
        "first result",
        (
            *("network", "operands", "value", *LIBRARIES, "opt_einsum", "gradients", *LIBRARIES),
            *("ratio", *(f"{name}'s" for name in LIBRARIES), "building", "jax building"),
        ),
    )
    for network in NETWORKS[: report.effort.networks]:
        with report.guarded(network.name):
            _row(network, report)


def _row(network: Network, report: Report) -> None:
    arrays = network.arrays()
    path = network.path()
    shapes = [array.shape for array in arrays]
    expression = opt_einsum.contract_expression(network.string, *shapes, optimize=path)
    (value, both), build = once(lambda: einsgrad_calls(network, arrays))
    values = {COMPILED: value, "opt_einsum": Call(expression, arrays)}
    gradients, builds = {COMPILED: both}, {COMPILED: build}
    for name in LIBRARIES:
        if (library := installed().get(name)) is not None:
            value, both = library_calls(library, network, path)
            values[name], gradients[name] = value, both
            _, builds[name] = once(both)
    checked(f"{network.name}, value", values, values["opt_einsum"](), report)
    reference = next((gradients[name] for name in LIBRARIES if name in gradients), both)
    checked(f"{network.name}, gradients", gradients, reference(), report)
    value_times, times_of_both = _raced_together(values, gradients, report)
    quotients = [
        times(times_of_both[name].best / value_times[name].best) if name in value_times else "-"
        for name in (COMPILED, *LIBRARIES)
    ]
    report.row(
        network.name,
        str(len(arrays)),
        duration(value_times[COMPILED].best),
        *(relative(value_times, name, COMPILED) for name in (*LIBRARIES, "opt_einsum")),
        duration(times_of_both[COMPILED].best),
        *(relative(times_of_both, name, COMPILED) for name in LIBRARIES),
        *quotients,
        *(duration(builds[name]) if name in builds else "-" for name in (COMPILED, "jax jit")),
    )


def _raced_together(
    values: dict[str, Call], gradients: dict[str, Call], report: Report
) -> tuple[dict[str, Timing], dict[str, Timing]]:
    calls = {
        (kind, name): call
        for kind, one in enumerate((values, gradients))
        for name, call in one.items()
    }
    found = race(calls, report.effort)
    return tuple({n: t for (kind, n), t in found.items() if kind == which} for which in (0, 1))


def einsgrad_calls(network: Network, arrays: Sequence[Array]) -> tuple[Call, Call]:
    """Return the compiled value, and the value with all gradients."""
    names = [f"T{number}" for number in range(len(arrays))]
    dims = [",".join(f"e{edge}" for edge in edges) for edges in network.operands]
    symbols = eg.variables(
        " ".join(f"{name}[{inside}]" for name, inside in zip(names, dims, strict=True))
    )
    pairs = zip(symbols, map(list, network.operands), strict=True)
    value = eg.einsum(*itertools.chain.from_iterable(pairs), [])
    by_name = dict(zip(names, arrays, strict=True))
    return compiled([value], by_name), compiled([value, *eg.grad(value, symbols)], by_name)


def library_calls(
    library: Any, network: Network, path: Sequence[tuple[int, ...]]
) -> tuple[Call, Call]:
    arrays = [library.array(array) for array in network.arrays()]
    function = pairwise(network, path, library.m.einsum)
    every = tuple(range(len(arrays)))
    both = library.value_and_grad(lambda m, *arrays: function(*arrays), every)
    return Call(library.compiled(function), arrays), Call(both, arrays)
