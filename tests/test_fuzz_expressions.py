"""Random programs over the whole language agree with numpy, by every door of einsgrad.

1,000 programs of fixed seeds; `EINSGRAD_FUZZ=20000` asks for more, and
`python tests/fuzz_expressions.py` prints what it finds by kind.
"""

import os

import numpy as np
import pytest
from fuzzing import derivative_checks, operations
from fuzzing.arrays import LAYOUTS
from fuzzing.checks import VALUES, Case, Difference
from fuzzing.findings import Report, run_seed, run_string
from fuzzing.programs import Input, Program, Step
from fuzzing.slopes import slope_of

COUNT = int(os.environ.get("EINSGRAD_FUZZ", "1000"))
BLOCK = 50
DOUBLE, MIXED = range(0, COUNT * 3 // 4, BLOCK), range(0, COUNT // 4, BLOCK)


def found_in(seeds, **options):
    report = Report()
    for seed in seeds:
        run_seed(seed, report, **options)
    assert report.compared.total() > len(seeds)
    return report.findings


@pytest.mark.parametrize("first", DOUBLE)
def test_values_and_derivatives_are_those_of_numpy(first):
    found = found_in(range(first, first + BLOCK))
    assert not found, f"{len(found)} findings, the first: {found[0]}"


@pytest.mark.parametrize("first", MIXED)
def test_so_they_are_for_arrays_of_all_dtypes(first):
    found = found_in(range(first, first + BLOCK), dtypes=True)
    assert not found, f"{len(found)} findings, the first: {found[0]}"


@pytest.mark.parametrize("first", range(0, 500, 250))
def test_einsum_strings_are_numpy_s_for_arrays_of_all_dtypes(first):
    report = Report()
    for seed in range(first, first + 250):
        run_string(seed, report)
    found = report.findings
    assert not found, f"{len(found)} findings, the first: {found[0]}"


def wrong(text, value):
    """Return a program whose operation says another value than numpy's."""
    operation = operations.Operation("wrong", text, text, value, ((-1.0, 1.0),))
    total = operations.named("sum")
    steps = (
        Step("t0", operation, ("x",)),
        Step("t1", total, ("t0",), {"axis": None, "keepdims": False}),
    )
    program = Program((Input("x", ("n",)),), steps, {"n": 3})
    arrays = {"x": np.array([0.25, -0.5, 0.75])}
    return Case(program, arrays, arrays, np.random.default_rng(0))


ALL = (*VALUES, *derivative_checks.OF_NUMBERS, *derivative_checks.OF_ARRAYS)


@pytest.mark.parametrize("check", ALL, ids=lambda one: one.__name__)
def test_every_check_sees_a_wrong_function(check):
    with pytest.raises(Difference):
        check(wrong("eg.tanh({0})", lambda x: np.tanh(x) + 1e-6 * x**2 + 1e-6 * x))


@pytest.mark.parametrize("check", ALL, ids=lambda one: one.__name__)
def test_no_check_complains_of_a_right_one(check):
    check(wrong("eg.tanh({0}) * {0}", lambda x: np.tanh(x) * x))


@pytest.mark.parametrize("order", [1, 2])
def test_slopes_are_exact_to_many_digits(order):
    case = wrong("eg.exp({0})", np.exp)
    move = np.ones(3)
    slope, uncertain = slope_of(case.program, case.arrays, {"x": move}, order)
    assert abs(slope - np.exp(case.arrays["x"]).sum()) <= uncertain < 1e-7


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda one: one.__name__)
def test_a_layout_keeps_the_numbers(layout):
    for shape in [(), (3,), (2, 3), (0, 2), (1, 2, 3)]:
        array = np.arange(np.prod(shape, dtype=int), dtype="f4").reshape(shape)
        moved = layout(array)
        assert moved.dtype == array.dtype
        assert np.array_equal(moved, array)
