"""Contraction orders: every operand once, as cheap as the best known, the same in every run."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from itertools import combinations
from math import prod
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opt_einsum import contract_path
from opt_einsum.paths import DynamicProgramming, optimal

import einsgrad
from einsgrad.errors import ArgumentError
from einsgrad.orders.improvement import anneal, reconfigure
from einsgrad.orders.masks import Entries, Masks
from einsgrad.orders.paths import find_path, flops, peak, sliced
from einsgrad.orders.search import improved
from einsgrad.orders.trees import Tree

LABELS = "abcdefghijklmnopqrstuvwxyz"


@st.composite
def networks(draw, most=7, least=0, sizes=(1, 2, 3), labels=9):
    """Draw inputs, output and sizes: hyperedges, lone labels, numbers, outer products."""
    pool = LABELS[:labels]
    one = st.lists(st.sampled_from(pool), unique=True, max_size=4).map(tuple)
    inputs = draw(st.lists(one, min_size=least, max_size=most))
    held = sorted({label for indices in inputs for label in indices})
    output = tuple(draw(st.lists(st.sampled_from(held), unique=True))) if held else ()
    return inputs, output, {label: draw(st.sampled_from(sizes)) for label in held}


def regular(count, degree, sizes, seed=0):
    """Return a network of random bonds, about `degree` at each operand."""
    random = Random(seed)
    bonds = [(random.randrange(k), k) for k in range(1, count)]
    bonds += [random.sample(range(count), 2) for _ in range(count * (degree - 2) // 2)]
    inputs = [[] for _ in range(count)]
    for label, (first, second) in enumerate(bonds):
        inputs[first].append(label)
        inputs[second].append(label)
    chosen = {label: random.choice(sizes) for label in range(len(bonds))}
    return [tuple(indices) for indices in inputs], (), chosen


def linear(path, count):
    """Return a path in opt_einsum's form: positions among the operands that are left."""
    left = list(range(count))
    steps = []
    for made, pair in enumerate(path, count):
        steps.append(tuple(sorted(left.index(number) for number in pair)))
        left = [number for number in left if number not in pair] + [made]
    return steps


def numbered(path, count):
    """Return opt_einsum's path as pairs of numbers."""
    left = list(range(count))
    pairs = []
    for step in path:
        pair = [left[position] for position in step]
        left = [number for number in left if number not in pair] + [count + len(pairs)]
        pairs.append(tuple(pair))
    return tuple(pairs)


def contracted(path, inputs, output, arrays):
    """Contract arrays in the order of a path, each step with numpy."""
    held = dict(enumerate(zip(inputs, arrays, strict=True)))
    for made, (first, second) in enumerate(path, len(inputs)):
        (a, left), (b, right) = held.pop(first), held.pop(second)
        later = {*output, *(label for indices, _ in held.values() for label in indices)}
        result = [label for label in dict.fromkeys((*a, *b)) if label in later]
        string = f"{''.join(a)},{''.join(b)}->{''.join(result)}"
        held[made] = (result, np.einsum(string, left, right))
    ((indices, array),) = held.values()
    return np.einsum(f"{''.join(indices)}->{''.join(output)}", array)


def cheapest(inputs, output, sizes):
    """Return the least cost over all orders, by trying them all."""

    @cache
    def least(operands):
        if len(operands) == 1:
            return 0
        rest = operands[1:]
        best = None
        for size in range(len(rest)):
            for chosen in combinations(rest, size):
                part = (operands[0], *chosen)
                other = tuple(number for number in rest if number not in chosen)
                step = labels(part) | labels(other)
                cost = least(part) + least(other) + prod(sizes[label] for label in step)
                best = cost if best is None else min(best, cost)
        return best

    def labels(operands):
        held = {label for number in operands for label in inputs[number]}
        if len(operands) == 1:
            return held
        outside = [i for number, i in enumerate(inputs) if number not in operands]
        return held & {*output, *(label for indices in outside for label in indices)}

    return least(tuple(range(len(inputs))))


def check_valid(path, count):
    made = range(count, count + max(0, count - 1))
    assert len(path) == len(made)
    assert all(first < second < number for number, (first, second) in zip(made, path, strict=True))
    used = sorted(number for pair in path for number in pair)
    assert used == list(range(max(0, 2 * count - 2)))


@given(networks(sizes=(0, 1, 2, 3)))
def test_a_path_uses_every_operand_once_and_gives_the_value(network):
    inputs, output, sizes = network
    path = find_path(*network)
    check_valid(path, len(inputs))
    if not inputs:
        return
    generator = np.random.default_rng(0)
    arrays = [generator.integers(-3, 4, [sizes[label] for label in i]) for i in inputs]
    string = f"{','.join(map(''.join, inputs))}->{''.join(output)}"
    np.testing.assert_array_equal(
        contracted(path, inputs, output, arrays), np.einsum(string, *arrays)
    )


@given(networks(least=1, most=14, labels=20))
def test_longer_paths_use_every_operand_once(network):
    check_valid(find_path(*network), len(network[0]))
    check_valid(find_path(*network, memory_limit=4), len(network[0]))


@given(networks(least=3, most=6, sizes=(1, 2, 3, 5)))
def test_few_operands_are_contracted_at_the_least_cost(network):
    inputs, output, sizes = network
    path = find_path(*network)
    assert flops(path, *network) == cheapest(*network)
    theirs = optimal([frozenset(i) for i in inputs], frozenset(output), sizes)
    assert flops(path, *network) <= flops(numbered(theirs, len(inputs)), *network)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("count", "degree"), [(8, 3), (9, 4), (10, 3), (10, 8)])
def test_up_to_ten_operands_cost_what_dynamic_programming_finds(count, degree, seed):
    network = regular(count, degree, (2, 3, 4, 7), seed)
    inputs, output, sizes = network
    theirs = DynamicProgramming(minimize="flops")(
        [frozenset(i) for i in inputs], frozenset(output), sizes
    )
    assert flops(find_path(*network), *network) <= flops(numbered(theirs, count), *network)


@given(networks(least=2, most=7, sizes=(1, 2, 3)))
def test_flops_are_what_opt_einsum_counts(network):
    inputs, output, sizes = network
    path = find_path(*network)
    string = f"{','.join(map(''.join, inputs))}->{''.join(output)}"
    shapes = [tuple(sizes[label] for label in indices) for indices in inputs]
    _, info = contract_path(string, *shapes, shapes=True, optimize=linear(path, len(inputs)))
    # opt_einsum counts a multiplication and an addition where a step sums.
    counted = 0
    for _, removed, step, *_ in info.contraction_list:
        cost = prod(sizes[label] for label in set(step.partition("->")[0]) - {","})
        counted += cost * 2 if removed else cost
    assert counted == info.opt_cost
    assert flops(path, *network) == sum(
        prod(sizes[label] for label in set(step.partition("->")[0]) - {","})
        for _, _, step, *_ in info.contraction_list
    )
    made = [prod(sizes[label] for label in output)]
    made += [
        prod(sizes[label] for label in step.partition("->")[2])
        for _, _, step, *_ in info.contraction_list
    ]
    assert peak(path, *network) == max(made)


@pytest.mark.parametrize("labels", [int, str, lambda label: ("row", label)])
def test_labels_may_be_anything(labels):
    inputs, output, sizes = regular(14, 3, (2, 3))
    path = find_path(inputs, output, sizes)
    renamed = [tuple(map(labels, indices)) for indices in inputs]
    assert find_path(renamed, output, {labels(k): size for k, size in sizes.items()}) == path


def test_no_and_few_operands():
    assert find_path([], (), {}) == ()
    assert find_path(["ij"], ("i",), {"i": 2, "j": 3}) == ()
    assert find_path(["ij", "jk"], ("i",), {"i": 2, "j": 3, "k": 4}) == ((0, 1),)
    assert flops((), ["ij"], ("i",), {"i": 2, "j": 3}) == 0
    assert peak((), ["ij"], ("i",), {"i": 2, "j": 3}) == 2


DETERMINED = """
from einsgrad.orders.paths import find_path
inputs = [("x%d" % k, "x%d" % ((k * 7 + 1) % 20), ("y", k % 9)) for k in range(20)]
sizes = {label: 2 + len(str(label)) % 3 for indices in inputs for label in indices}
print(find_path(inputs, ("x1",), sizes))
"""


def test_the_same_call_gives_the_same_path_in_every_process():
    printed = {
        subprocess.run(
            [sys.executable, "-c", DETERMINED],
            env={"PYTHONPATH": str(Path(einsgrad.__file__).parents[1]), "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(printed) == 1


def test_a_search_loads_neither_numpy_nor_opt_einsum():
    code = f"{DETERMINED}\nimport sys\nprint({{'numpy', 'opt_einsum'}} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(Path(einsgrad.__file__).parents[1])},
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert done.stdout.endswith("set()\n")


def chain(count):
    sizes = {k: 2 + k * 7 % 5 for k in range(count + 1)}
    return [(k, k + 1) for k in range(count)], (0, count), sizes


def test_a_chain_of_matrices_costs_what_dynamic_programming_over_intervals_finds():
    inputs, output, sizes = chain(40)
    cost = {(k, k + 1): 0 for k in range(40)}
    for length in range(2, 41):
        for first in range(41 - length):
            last = first + length
            cost[first, last] = min(
                cost[first, k] + cost[k, last] + sizes[first] * sizes[k] * sizes[last]
                for k in range(first + 1, last)
            )
    assert flops(find_path(inputs, output, sizes), inputs, output, sizes) <= 1.1 * cost[0, 40]


# What cotengra 0.8.3 found in 25 seconds (greedy and kahypar, then subtrees of 12).
@pytest.mark.parametrize(
    ("rows", "columns", "bond", "best"), [(6, 6, 4, 1168640), (10, 10, 4, 1687904256)]
)
def test_lattices_cost_about_what_long_searches_find(rows, columns, bond, best):
    inputs = []
    for row in range(rows):
        for column in range(columns):
            down = [("d", r, column) for r in (row - 1, row) if 0 <= r < rows - 1]
            right = [("r", row, c) for c in (column - 1, column) if 0 <= c < columns - 1]
            inputs.append((*down, *right))
    sizes = {label: bond for indices in inputs for label in indices}
    assert flops(find_path(inputs, (), sizes), inputs, (), sizes) <= 1.5 * best


@pytest.mark.parametrize(
    "network",
    [
        pytest.param(([()] * 300, (), {}), id="numbers"),
        pytest.param(([("b",)] * 300, ("b",), {"b": 3}), id="equal labels"),
        pytest.param(([(k,) for k in range(10)], tuple(range(10)), dict.fromkeys(range(10), 9))),
        pytest.param(([(k,) for k in range(200)], (), dict.fromkeys(range(200), 3)), id="parts"),
        pytest.param(regular(10, 9, (10**9, 10**9 + 1)), id="huge"),
        pytest.param(regular(40, 30, (10**30,)), id="hopeless"),
        pytest.param(regular(60, 3, (0, 1)), id="sizes 0 and 1"),
        pytest.param(
            (
                [("b", k, k + 1) for k in range(200)],
                ("b",),
                {"b": 5, **dict.fromkeys(range(201), 2)},
            ),
            id="batch",
        ),
    ],
)
def test_unusual_networks_get_a_path(network):
    check_valid(find_path(*network), len(network[0]))


def test_a_thousand_operands_get_a_path():
    network = regular(1000, 3, (2, 3))
    check_valid(find_path(*network, budget=0), 1000)


@settings(max_examples=30)
@given(networks(least=11, most=16, labels=18, sizes=(2, 3)), st.integers(0, 9))
def test_changing_a_tree_keeps_its_legs_and_costs_true(network, seed):
    whole = Masks.of(*network)
    work = Entries(whole.sizes)
    count = len(whole.inputs)
    path = tuple((0, 1) if k == 0 else (k + 1, count + k - 1) for k in range(count - 1))
    tree = Tree(whole, path, work)
    anneal(tree, 5, Random(seed), 2.0, 0.5, lambda: False)
    annealed = tree.total()
    check_same(tree, whole)
    reconfigure(tree, 5, {}, lambda: False)
    check_same(tree, whole)
    assert tree.total() <= annealed * (1 + 1e-9)


def check_same(tree, network):
    """Compare a changed tree with one that is built anew from its path."""
    again = Tree(network, tree.path(), tree.work)
    assert sorted(again.legs) == sorted(tree.legs)
    assert again.total() == pytest.approx(tree.total())


def test_more_time_gives_no_worse_an_order():
    inputs, output, sizes = regular(40, 4, (2, 3, 4))
    network = Masks.of(inputs, output, sizes)
    start = find_path(inputs, output, sizes, budget=0)
    tree = Tree(network, start, Entries(network.sizes))
    before = tree.total()
    assert improved(network, tree, 0.2).total() <= before


@given(networks(least=2, most=8, sizes=(0, 1, 2, 3, 5)), st.integers(1, 40))
def test_slices_keep_to_the_limit(network, limit):
    inputs, output, sizes = network
    path = find_path(*network)
    result = prod(sizes[label] for label in output)
    if result > limit:
        with pytest.raises(ArgumentError, match=f"the result alone has {result} entries"):
            sliced(path, *network, limit)
        return
    labels = sliced(path, *network, limit)
    each = sizes | dict.fromkeys(labels, 1)
    assert peak(path, inputs, output, each) <= limit
    # No label is looped over in vain.
    for label in labels:
        assert peak(path, inputs, output, each | {label: sizes[label]}) > limit


def test_a_slice_that_repeats_no_work_is_preferred():
    sizes = {"i": 9, "j": 8, "k": 9}
    assert sliced(((0, 1), (2, 3)), ["ij", "jk", "k"], ("i",), sizes, 10) == ("i",)


def test_a_memory_limit_is_kept_where_an_order_keeps_it():
    # Contracting d first is cheaper, and leaves f, of size 5, to hold.
    network = ["ba", "df", "d", "fc"], ("a",), {"a": 2, "b": 5, "c": 2, "d": 2, "f": 5}
    assert peak(find_path(*network), *network) == 5
    assert peak(find_path(*network, memory_limit=2), *network) == 2


def test_a_memory_limit_out_of_reach_still_gives_a_path():
    network = regular(16, 4, (4,))
    path = find_path(*network, memory_limit=16)
    check_valid(path, 16)
    labels = sliced(path, *network, 16)
    inputs, output, sizes = network
    assert peak(path, inputs, output, sizes | dict.fromkeys(labels, 1)) <= 16


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"budget": -1.0}, "budget=-1.0: seconds for the search are 0 or more."),
        ({"budget": float("nan")}, "budget=nan: seconds for the search are 0 or more."),
        ({"memory_limit": 0}, "memory_limit=0: an array has at least 1 entry."),
    ],
)
def test_options_out_of_range_are_errors(options, message):
    with pytest.raises(ArgumentError) as caught:
        find_path(["i", "i"], (), {"i": 2}, **options)
    assert str(caught.value) == message
