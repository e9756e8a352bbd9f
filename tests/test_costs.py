"""Costs as polynomials in the dims: they count what opt_einsum counts, and conditions hold."""

import re
from itertools import combinations

import opt_einsum
import pytest
from hypothesis import given
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.engine.costs import cost
from einsgrad.engine.polynomials import Polynomial

SIZES = st.fixed_dictionaries({name: st.integers(1, 9) for name in "mnkl"})
MONOMIALS = st.lists(
    st.lists(st.one_of(st.sampled_from("mnkl"), st.integers(1, 3)), max_size=3), max_size=4
)


def value(products, sizes):
    total = 0
    for product in products:
        term = 1
        for factor in product:
            term *= factor if isinstance(factor, int) else sizes[factor]
        total += term
    return total


@given(MONOMIALS, MONOMIALS, SIZES)
def test_a_polynomial_has_the_value_of_its_terms(one, other, sizes):
    first, second = Polynomial.of(*one), Polynomial.of(*other)
    assert first.at(sizes) == value(one, sizes)
    assert (first + second).at(sizes) == value([*one, *other], sizes)
    left, right = first.without_common(second)
    # What is left compares like what there was.
    before = first.at(sizes) - second.at(sizes)
    after = left.at(sizes) - right.at(sizes)
    assert (before > 0) == (after > 0)
    assert (before < 0) == (after < 0)


CHAINS = ["mn,nk->mk", "mn,nk,kl->ml", "mn,n,nk->mk", "m,mn,n->", "mn,mk,nk->", "mn,nk,kl,l->m"]
LONG = ["km,kn,k,k,n->m", "mn,nk,kl,lm,m,k->n", "mk,nk,lk,mn,nl,k->m"]


@pytest.mark.parametrize("string", CHAINS)
@given(sizes=SIZES)
def test_the_cheaper_way_is_the_one_that_the_condition_names(string, sizes):
    lists = string.split("->")[0].split(",")
    names = [f"T{place}" for place in range(len(lists))]
    declaration = " ".join(
        f"{name}[{','.join(labels)}]" for name, labels in zip(names, lists, strict=True)
    )
    found = cost("product", eg.einsum(string, *eg.variables(declaration)))
    for (first, second), condition in zip(found.choices, found.conditions, strict=True):
        left, right = first.flops.at(sizes), second.flops.at(sizes)
        _, _, inequality = condition.partition(" when ")
        one, other = (evaluated(side, sizes) for side in inequality.split(" < "))
        assert (left < right) == (one < other)


def evaluated(text, sizes):
    """Evaluate a printed polynomial."""
    total = 0
    for term in text.split(" + "):
        number, letters = re.fullmatch(r"(\d*)((?:[a-z][⁰¹²³⁴⁵⁶⁷⁸⁹]*)*)", term).groups()
        product = int(number or 1)
        for name, power in re.findall(r"([a-z])([⁰¹²³⁴⁵⁶⁷⁸⁹]*)", letters):
            exponent = "".join(str("⁰¹²³⁴⁵⁶⁷⁸⁹".index(digit)) for digit in power)
            product *= sizes[name] ** int(exponent or 1)
        total += product
    return total


@pytest.mark.parametrize("string", CHAINS)
def test_for_equal_sizes_the_count_is_that_of_the_best_path(string):
    found, optimal = counted(string)
    assert found == optimal


@pytest.mark.parametrize("string", LONG)
def test_for_many_factors_the_count_is_not_above_that_of_the_best_path(string):
    # opt_einsum counts a sum as a second operation, so that its best path may be another.
    found, optimal = counted(string)
    assert found <= optimal


def counted(string, size=50):
    """Return the count for equal sizes, and that of opt_einsum's best path."""
    lists = string.split("->")[0].split(",")
    names = " ".join(f"T{place}[{','.join(labels)}]" for place, labels in enumerate(lists))
    found = cost("product", eg.einsum(string, *eg.variables(names)))
    shapes = [(size,) * len(labels) for labels in lists]
    path = opt_einsum.contract_path(string, *shapes, shapes=True, optimize="optimal")[0]
    operands = [frozenset(labels) for labels in lists]
    output = frozenset(string.split("->")[1])
    total = 0
    for group in path:
        chosen = [operands[place] for place in group]
        operands = [labels for place, labels in enumerate(operands) if place not in group]
        joint = frozenset().union(*chosen)
        total += size ** len(joint)
        operands.append(joint & output.union(*operands))
    return found.flops.at(dict.fromkeys("mnkl", size)), total


def test_derivatives_have_their_costs():
    A, x, b = eg.variables("A[m,n] x[n] b[m]")
    names = [one.name for one in eg.costs(0.5 * eg.sum_squares(A @ x - b), x)]
    assert names == ["value", "gradient", "Hessian", "Hessian times vector"]
    assert [str(one) for one in eg.costs(A @ x, x)] == ["value: mn", "Jacobian: 0"]
    for one, other in combinations(eg.costs(eg.sum(eg.tanh(A @ x)), x)[:3], 2):
        sizes = {"m": 30, "n": 40}
        assert one.flops.at(sizes) <= other.flops.at(sizes)
