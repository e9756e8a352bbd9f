"""Derivatives that people ask for come out as one who knows the subject writes them."""

from statistics import fmean

import pytest
from formula_cases import FORMULAS, derived, read, terms_of

import einsgrad as eg

# What an expert writes in another form, which is proved equal, and why it is another one.
OTHER_FORMS = {
    "s8": "the inverse is written once on each side, not squared",
    "w1h": "the gradient of a number that is not known to be real is refused",
    "l3": "(A + S⁻¹)⁻¹ is not known as S (I + A S)⁻¹, which needs no inverse of S",
    "i2": "the projector P = S (SᵀS)⁻¹ Sᵀ is not taken out of I - P",
    "i3": "the projector P = S (SᵀS)⁻¹ Sᵀ is not taken out of I - P",
    "gp1": "two traces are one",
    "in2": "of two ways to take out common factors the other one is taken",
    "cs1H": "of two ways to take out common factors the other one is taken",
    "x1": "Z is not taken out beside Z Zᵀ Z, where Zᵀ Z may be the smaller matrix",
    "lm2": "two traces are one",
    "mis7": "the inverse of what was asserted to be positive definite keeps the assertion",
}
WITH_EXPERT = [case for case in FORMULAS if case.get("expert")]


def is_same_form(case):
    try:
        return eg.simplify(read(case["expert"], case)) is eg.simplify(derived(case))
    except eg.EinsgradError:
        return False


@pytest.mark.parametrize("case", WITH_EXPERT, ids=lambda case: case["id"])
def test_a_derivative_is_the_node_that_an_expert_writes(case):
    assert is_same_form(case) == (case["id"] not in OTHER_FORMS)


def test_formulas_are_no_longer_than_those_of_experts():
    ratios = []
    for case in FORMULAS:
        if case.get("terms"):
            ratios.append(terms_of(eg.show(derived(case), "matrix")) / case["terms"])
    assert len(ratios) > 200
    assert fmean(ratios) <= 1.05
