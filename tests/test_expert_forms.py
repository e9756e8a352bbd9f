"""Derivatives come out as one who knows the subject writes them, in value and in form.

`data/expert_forms.json` has formulas of statistics, learning, physics, control and geometry with
the derivative that was written by hand, before the derived one was seen.
"""

import json
from functools import cache

import numpy as np
import pytest
from formula_cases import DATA, derivative_of, drawn, read, variables

import einsgrad as eg

CASES = json.loads((DATA / "expert_forms.json").read_text())
NUMBERS = range(len(CASES))
# What scipy computes.
SPECIAL = ("gamma", "ndtr", "erf")


@cache
def derived(number):
    return derivative_of(CASES[number])


def name(number):
    case = CASES[number]
    return f"{case['text']} by {' '.join(case['wrt'])}"


@pytest.mark.parametrize("number", NUMBERS, ids=name)
def test_a_derivative_is_the_node_that_the_form_of_an_expert_is(number):
    found, expert = derived(number), read(CASES[number]["expert"], CASES[number])
    assert eg.simplify(expert) is found


@pytest.mark.parametrize("number", NUMBERS, ids=name)
def test_a_derivative_has_the_value_that_is_written_by_hand(number):
    case = CASES[number]
    if any(name in case["text"] for name in SPECIAL):
        pytest.importorskip("scipy")
    arrays, sizes = drawn(case, 1)
    typed = read(case["expert"], case)
    inputs = variables(case)
    both = eg.compile(derived(number), typed, inputs=inputs, sizes=sizes)
    with np.errstate(all="ignore"):
        found, expected = both(*(arrays[v.name] for v in inputs))
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9, equal_nan=True)


@pytest.mark.parametrize("notation", ["matrix", "index"])
@pytest.mark.parametrize("number", NUMBERS, ids=name)
def test_a_derivative_is_read_back(number, notation):
    found = derived(number)
    text = eg.show(found, notation)
    assert eg.simplify(eg.parse(text, variables(CASES[number]))) is found
