"""How good contraction orders are, and how long finding them takes, beside other searches.

Run it from the root of the repository: `python benchmarks/paths.py`, or with `--quick` for
half a minute. Each line gives the shortest of several cold searches and the multiplications
of the order, as a multiple of the best that is known: the best of what cotengra 0.8.3
found in 25 seconds (greedy and kahypar, subtrees of up to 12), and of what einsgrad found
in three searches of 3 seconds (12 for more than 100 operands) and in a hundred of this
length with other random numbers. cotengra is run
where it is installed. Times are times of the processor.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from random import Random

from opt_einsum.paths import auto, linear_to_ssa

from einsgrad.orders.exact import Path
from einsgrad.orders.paths import find_path, flops
from einsgrad.strings.subscripts import Indices, Label

Network = tuple[list[Indices], Indices, dict[Label, int]]


def regular(count: int, degree: int, sizes: tuple[int, int], seed: int) -> Network:
    """A random connected network with `degree` bonds at each operand."""
    random = Random(seed)
    inputs: list[list[Label]] = [[] for _ in range(count)]
    degrees = [0] * count
    bonds = []
    for later in range(1, count):
        earlier = random.choice([k for k in range(later) if degrees[k] < degree])
        bonds.append((earlier, later))
        degrees[earlier] += 1
        degrees[later] += 1
    free = [k for k in range(count) for _ in range(degree - degrees[k])]
    random.shuffle(free)
    bonds += [(a, b) for a, b in zip(free[::2], free[1::2], strict=False) if a != b]
    chosen: dict[Label, int] = {}
    for label, pair in enumerate(bonds):
        for operand in pair:
            inputs[operand].append(label)
        chosen[label] = random.randint(*sizes)
    return [tuple(indices) for indices in inputs], (), chosen


def hyper(count: int, seed: int) -> Network:
    """A random network with labels in two to four operands, three of them in the output."""
    random = Random(seed)
    inputs: list[list[Label]] = [[] for _ in range(count)]
    sizes: dict[Label, int] = {}
    for label in range(count + count // 4):
        holders = random.sample(range(count), random.choice((2, 2, 2, 3, 4)))
        if label < count - 1 and random.random() < 0.5:
            holders = sorted({label, label + 1, *holders[: random.choice((0, 0, 1))]})
        for operand in holders:
            inputs[operand].append(label)
        sizes[label] = random.randint(2, 4)
    output = tuple(sorted(random.sample(range(count), 3)))
    return [tuple(indices) for indices in inputs], output, sizes


def lattice(rows: int, columns: int, bond: int) -> Network:
    inputs: list[Indices] = []
    for row in range(rows):
        for column in range(columns):
            down = [("d", r, column) for r in (row, row - 1) if 0 <= r < rows - 1]
            right = [("r", row, c) for c in (column, column - 1) if 0 <= c < columns - 1]
            inputs.append((*down, *right))
    return inputs, (), {label: bond for indices in inputs for label in indices}


def chain(count: int) -> Network:
    random = Random(0)
    sizes: dict[Label, int] = {label: random.randint(4, 8) for label in range(count + 1)}
    return [(k, k + 1) for k in range(count)], (0, count), sizes


def tree(count: int) -> Network:
    random = Random(0)
    inputs: list[list[Label]] = [[] for _ in range(count)]
    sizes: dict[Label, int] = {}
    for later in range(1, count):
        inputs[random.randrange(max(0, later - 6), later)].append(later)
        inputs[later].append(later)
        sizes[later] = random.randint(4, 8)
    return [tuple(indices) for indices in inputs], (), sizes


def states(sites: int) -> Network:
    """The inner product of two matrix product states."""
    inputs: list[Indices] = []
    sizes: dict[Label, int] = {}
    for side in "ab":
        for site in range(sites):
            bonds = [(side, bond) for bond in (site - 1, site) if 0 <= bond < sites - 1]
            inputs.append((("p", site), *bonds))
            sizes |= {("p", site): 4, **dict.fromkeys(bonds, 8)}
    return inputs, (), sizes


CASES: list[tuple[str, Callable[[], Network], float]] = [
    ("random, 3 bonds of 2 to 4, a", lambda: regular(10, 3, (2, 4), 0), 724),
    ("random, 3 bonds of 2 to 4, b", lambda: regular(10, 3, (2, 4), 1), 1_744),
    ("random, 3 bonds of 4 to 8", lambda: regular(10, 3, (4, 8), 7), 78_340),
    ("random, 5 bonds of 2 or 3", lambda: regular(10, 5, (2, 3), 3), 25_083),
    ("hyperedges, with output", lambda: hyper(10, 1), 7_701),
    ("random, 3 bonds of 2 to 4, a", lambda: regular(20, 3, (2, 4), 0), 4_332),
    ("random, 3 bonds of 2 to 4, b", lambda: regular(20, 3, (2, 4), 1), 14_976),
    ("random, 3 bonds of 4 to 8", lambda: regular(20, 3, (4, 8), 7), 522_615),
    ("random, 5 bonds of 2 or 3", lambda: regular(20, 5, (2, 3), 3), 3_668_823),
    ("hyperedges, with output", lambda: hyper(20, 1), 49_634),
    ("random, 3 bonds of 2 to 4, a", lambda: regular(50, 3, (2, 4), 0), 62_286),
    ("random, 3 bonds of 2 to 4, b", lambda: regular(50, 3, (2, 4), 1), 588_304),
    ("random, 3 bonds of 4 to 8", lambda: regular(50, 3, (4, 8), 7), 293_217_479),
    ("random, 5 bonds of 2 or 3", lambda: regular(50, 5, (2, 3), 3), 918_415_773_660),
    ("hyperedges, with output", lambda: hyper(50, 1), 372_451_359),
    ("random, 3 bonds of 2 to 4, a", lambda: regular(200, 3, (2, 4), 0), 5.698e13),
    ("random, 3 bonds of 2 to 4, b", lambda: regular(200, 3, (2, 4), 1), 1.266e14),
    ("random, 3 bonds of 4 to 8", lambda: regular(200, 3, (4, 8), 7), 1.67203e23),
    ("random, 5 bonds of 2 or 3", lambda: regular(200, 5, (2, 3), 3), 5.523e34),
    ("hyperedges, with output", lambda: hyper(200, 1), 1.024e24),
    ("lattice 6x6, bonds of 4", lambda: lattice(6, 6, 4), 1_168_400),
    ("lattice 10x10, bonds of 4", lambda: lattice(10, 10, 4), 1_676_334_096),
    ("lattice 14x14, bonds of 2", lambda: lattice(14, 14, 2), 6_549_712),
    ("chain of matrices", lambda: chain(50), 7_112),
    ("tree", lambda: tree(50), 15_076),
    ("matrix product states", lambda: states(25), 92_192),
    ("chain of matrices", lambda: chain(200), 26_612),
    ("tree", lambda: tree(200), 54_066),
    ("matrix product states", lambda: states(100), 399_424),
]


def timed(search: Callable[[], Path], repetitions: int) -> tuple[float, Path]:
    """Return the shortest time of several searches in milliseconds, and the path."""
    times = []
    for _ in range(repetitions):
        start = time.process_time()
        path = search()
        times.append(time.process_time() - start)
    return 1e3 * min(times), path


def opt_einsum_auto(network: Network) -> Path:
    inputs, output, sizes = network
    path = auto([frozenset(indices) for indices in inputs], frozenset(output), sizes)
    return pairs(linear_to_ssa(path), len(inputs))


def cotengra_auto(network: Network) -> Path | None:
    """The order of cotengra's preset for many uses, or None where it is not installed."""
    try:
        import cotengra
    except ImportError:
        return None
    inputs, output, sizes = network
    symbol = {label: cotengra.get_symbol(number) for number, label in enumerate(sizes)}
    found = cotengra.AutoOptimizer(minimize="flops", parallel=False).search(
        [tuple(symbol[label] for label in indices) for indices in inputs],
        tuple(symbol[label] for label in output),
        {symbol[label]: size for label, size in sizes.items()},
    )
    return pairs(found.get_ssa_path(), len(inputs))


def pairs(path: list[tuple[int, ...]], count: int) -> Path:
    """Take steps of three operands and more apart, and drop steps of one."""
    number = {operand: operand for operand in range(count)}
    steps: list[tuple[int, int]] = []
    for made, step in enumerate(path, count):
        first = number[step[0]]
        for other in step[1:]:
            steps.append((first, number[other]))
            first = count + len(steps) - 1
        number[made] = first
    return tuple(steps)


def main() -> None:
    quick = "--quick" in sys.argv[1:]
    warnings.simplefilter("ignore")
    print(f"{'':<34}{'einsgrad':>18}{'opt_einsum auto':>20}{'cotengra auto':>20}")
    print(f"{'operands, shape':<34}" + f"{'ms':>9}{'cost':>9}" + f"{'ms':>10}{'cost':>10}" * 2)
    for name, make, best in CASES:
        network = make()
        count = len(network[0])
        repetitions = 1 if quick and count > 50 else 3
        ours = timed(lambda network=network: find_path(*network), repetitions)
        columns = f"{ours[0]:9.2f}{flops(ours[1], *network) / best:9.3g}"
        for search in (opt_einsum_auto, cotengra_auto):
            if search is cotengra_auto and quick and count > 20:
                continue
            spent, path = timed(lambda s=search, network=network: s(network), 1)
            if path is not None:
                columns += f"{spent:10.2f}{flops(path, *network) / best:10.3g}"
        print(f"{count:>4} {name:<29}{columns}", flush=True)


if __name__ == "__main__":
    main()
